"""Where a kustomization calls kaitogen: found by reading kustomization.yaml and what it lists, as kustomize would."""

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from kaitogen.integrations.krm.configuration import GROUP, INTENTS
from kaitogen.model import Json
from kaitogen.yaml.reader import Unreadable, read

FIELDS: Final = ("generators", "transformers", "validators")
NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
FUNCTION: Final = "config.kubernetes.io/function"
_MAX_FOLDERS: Final = 200
_MAX_BYTES: Final = 16 * 1024 * 1024


class Site(NamedTuple):
    """One call: the folder whose kustomization lists it, under which field, and the configuration's value."""

    folder: str
    field: str
    config: Json

    @property
    def name(self) -> str:
        """Kind and name, for a person."""
        metadata = self.config.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        return f"{self.config.get('kind')} {name or '(without a name)'} in {self.folder}"

    @property
    def function(self) -> dict[str, Json]:
        """The function annotation, read; empty where there is none, so that kustomize looks for a legacy plugin."""
        metadata = self.config.get("metadata")
        noted = metadata.get("annotations") if isinstance(metadata, dict) else None
        text = noted.get(FUNCTION) if isinstance(noted, dict) else None
        values = documents(text) if isinstance(text, str) else []
        return values[0] if values and isinstance(values[0], dict) else {}


class Tree(NamedTuple):
    """What a kustomization and the local folders below it hold: the calls, the intents, the kustomizations by folder."""

    sites: list[Site]
    intents: list[tuple[str, Json]]
    kustomizations: dict[str, Json]


def look(folder: str) -> Tree:
    """The tree of a folder; without any kustomization where the folder has none."""
    tree = Tree([], [], {})
    pending = [os.path.normpath(folder)]
    while pending and len(tree.kustomizations) < _MAX_FOLDERS:
        current = pending.pop(0)
        kustomization = _kustomization(current)
        if kustomization is None or current in tree.kustomizations:
            continue
        tree.kustomizations[current] = kustomization
        for field in FIELDS:
            for value in _listed(kustomization, field, current, []):
                if _is_of_group(value):
                    tree.sites.append(Site(current, field, value))
        for field in ("resources", "bases", "components"):
            tree.intents.extend(
                (current, value)
                for value in _listed(kustomization, field, current, pending)
                if _is_of_group(value) and value.get("kind") in INTENTS
            )
    return tree


def _listed(kustomization: Json, field: str, folder: str, folders: list[str]) -> Iterator[Json]:
    """The objects that the entries of a field stand for; entries that are folders go into `folders`."""
    entries = kustomization.get(field)
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, str):
            continue
        path = os.path.normpath(os.path.join(folder, entry)) if "\n" not in entry else ""
        if path and os.path.isdir(path):
            folders.append(path)
        else:
            yield from documents(_text(path) if path and os.path.isfile(path) else entry)


def _kustomization(folder: str) -> Json:
    for name in NAMES:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            found = documents(_text(path))
            return found[0] if found and isinstance(found[0], dict) else {}
    return None


def documents(text: str) -> list[Json]:
    """The values in a text, as far as it can be read."""
    found = []
    try:
        for document in read(text):
            found.append(document.value)  # noqa: PERF401 - what comes before a fault counts
    except Unreadable:
        pass
    return found


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(_MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _is_of_group(value: Json) -> bool:
    version = value.get("apiVersion") if isinstance(value, dict) else None
    return isinstance(version, str) and version.partition("/")[0] == GROUP
