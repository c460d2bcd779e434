"""Where a kustomization calls kaitogen: found by reading kustomization.yaml and what it lists, as kustomize would."""

import os

from kaitogen.files.output_folder import KUSTOMIZATIONS
from kaitogen.integrations.krm.bookkeeping import annotations
from kaitogen.integrations.krm.configuration import FUNCTIONS, GROUP, INTENTS
from kaitogen.kaito.objects import value_at
from kaitogen.model import Json
from kaitogen.typed import Final, Iterator, NamedTuple
from kaitogen.yaml.reader import Unreadable, read

FIELDS: Final = ("generators", "transformers", "validators")
_RESOURCES: Final = ("resources", "bases", "components")
_MOST_FOLDERS: Final = 200
_MOST_BYTES: Final = 16 * 1024 * 1024
FUNCTION: Final = "config.kubernetes.io/function"


class Site(NamedTuple):
    """One call: the folder whose kustomization lists it, under which field, and the configuration's value."""

    folder: str
    field: str
    config: Json

    @property
    def kind(self) -> str:
        """The configuration's kind."""
        return str(self.config.get("kind"))

    @property
    def name(self) -> str:
        """Kind and name, for a person."""
        name = value_at(self.config, ("metadata", "name"))
        return f"{self.kind} {name or '(without a name)'} in {self.folder}"

    @property
    def function(self) -> dict[str, Json]:
        """The function annotation, read; empty where there is none, so that kustomize looks for a legacy plugin."""
        text = annotations(self.config).get(FUNCTION)
        return _mapping(text) if isinstance(text, str) else {}


class Tree(NamedTuple):
    """What a kustomization and the local folders below it hold: the calls, the intents, the kustomizations by folder."""

    sites: list[Site]
    intents: list[Json]
    kustomizations: dict[str, Json]


def look(folder: str) -> Tree:
    """The tree of a folder; without any kustomization where the folder has none."""
    tree = Tree([], [], {})
    pending = [os.path.normpath(folder)]
    for current, kustomization in _kustomizations(pending):
        tree.kustomizations[current] = kustomization
        for field in FIELDS:
            folders: list[str] = []
            values = [*_ours(kustomization, field, current, folders)]
            values += (value for folder in folders for value in _resources(folder))
            tree.sites.extend(Site(current, field, value) for value in values)
        for field in _RESOURCES:
            values = [*_ours(kustomization, field, current, pending)]
            tree.intents.extend(value for value in values if value.get("kind") in INTENTS)
            tree.sites.extend(Site(current, field, one) for one in values if one.get("kind") in FUNCTIONS)
    return tree


def unread(tree: Tree) -> Iterator[tuple[str, str]]:
    """What could not be read in a tree, and so may call kaitogen: each with what is wrong and what to do."""
    for folder, kustomization in tree.kustomizations.items():
        path = _path(folder) or folder
        yield from _faults(path)
        for field in (*FIELDS, *_RESOURCES):
            entries = kustomization.get(field) or []
            if not isinstance(entries, list):
                yield f"{field} of {path} is no list", "write each entry after a dash"
                continue
            for entry in entries:
                if (
                    not isinstance(entry, str)
                    or not entry.endswith((".yaml", ".yml"))
                    or set("\n:{") & set(entry)
                ):
                    continue  # a folder, an object or an address
                file = os.path.normpath(os.path.join(folder, entry))
                if os.path.lexists(file):
                    yield from _faults(file)
                else:
                    yield f"{path} lists {entry} under {field}:, and there is no {file}", "correct its name"


def _faults(path: str) -> Iterator[tuple[str, str]]:
    """Why a file is no YAML, where it is none."""
    try:
        for _ in read(_text(path)):
            pass
    except Unreadable as stop:
        yield f"{path}:{stop.flaw.line}: {stop.flaw.message}", stop.flaw.fix


def _resources(folder: str) -> Iterator[Json]:
    """The objects of kaitogen's that a kustomization builds of its resources: listed as a generator, it runs them."""
    pending = [folder]
    for current, kustomization in _kustomizations(pending):
        for field in _RESOURCES:
            yield from _ours(kustomization, field, current, pending)


def _kustomizations(pending: list[str]) -> Iterator[tuple[str, Json]]:
    """The folders with their kustomizations, each once; whoever goes through them may add to the folders."""
    seen: set[str] = set()
    for current in pending:
        if len(seen) == _MOST_FOLDERS:
            return
        kustomization = None if current in seen else _kustomization(current)
        if kustomization is not None:
            seen.add(current)
            yield current, kustomization


def _kustomization(folder: str) -> Json | None:
    """The kustomization in a folder; None where there is none."""
    path = _path(folder)
    return None if path is None else _mapping(_text(path))


def _path(folder: str) -> str | None:
    paths = (os.path.join(folder, name) for name in KUSTOMIZATIONS)
    return next(filter(os.path.isfile, paths), None)


def _ours(kustomization: Json, field: str, folder: str, folders: list[str]) -> Iterator[Json]:
    """The objects of kaitogen's that the entries of a field stand for; entries that are folders go into `folders`."""
    entries = kustomization.get(field)
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, str):
            continue
        path = os.path.normpath(os.path.join(folder, entry)) if "\n" not in entry else ""
        if path and os.path.isdir(path):
            folders.append(path)
            continue
        for value in _documents(_text(path) if path and os.path.isfile(path) else entry):
            version = value.get("apiVersion") if isinstance(value, dict) else None
            if isinstance(version, str) and version.partition("/")[0] == GROUP:
                yield value


def _mapping(text: str) -> dict[str, Json]:
    """The mapping that is the first document of a text; an empty one where it is none."""
    value = next(_documents(text), None)
    return value if isinstance(value, dict) else {}


def _documents(text: str) -> Iterator[Json]:
    """The values in a text, as far as it can be read."""
    try:
        for document in read(text):
            yield document.value
    except Unreadable:
        pass


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
