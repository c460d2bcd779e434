"""Which of the named files hold what runs, as kubectl printed it, and which say what should: the objects themselves tell."""

import os

from kaitogen.files import standard_input
from kaitogen.kaito.objects import list_items, part, serves, text
from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.pipeline.classify import INTENT_FILES
from kaitogen.pipeline.load import MAX_FACT_VALUES, MAX_FACTS, STDIN, documents_of, read_file
from kaitogen.typed import Final, Iterator, NamedTuple, Sequence
from kaitogen.yaml.reader import Unreadable
from kaitogen.yaml.stream import items

KG771 = Rule("KG771", "Nothing that KAITO runs is in it", kind="invalid")

#: What makes a file that a status can be told from.
HOW_TO_DUMP: Final = (
    "kubectl get workspaces,inferencesets,configmaps,pods,events,nodes -A -o yaml > cluster.yaml"
)
#: Kinds that nobody writes down: kubectl alone has them.
_OBSERVED: Final = ("Pod", "Event", "Node")


class Named(NamedTuple):
    """The paths of a command line: those with what should run, and the `dumps`, their objects together.

    `stdin` is what was read from standard input, None where nothing was.
    """

    paths: tuple[str, ...]
    dumps: tuple[str, ...]
    objects: list[Json]
    stdin: bytes | None


def told_apart(paths: Sequence[str]) -> Named:
    """The paths by what they hold; what cannot be read is left to whoever reads what should run, who says why."""
    wanted: list[str] = []
    dumps: list[str] = []
    objects: list[Json] = []
    stdin: bytes | None = None
    for path in paths:
        data: bytes | Diagnostic = b""
        if path == "-":
            data = stdin = standard_input.read(MAX_FACTS)
        elif not os.path.isdir(path) and not path.endswith(INTENT_FILES):
            data = read_file(path, MAX_FACTS)
        found = [] if isinstance(data, Diagnostic) else list(_objects(path, data))
        if any(map(_is_observed, found)):
            dumps.append(STDIN if path == "-" else path)
            objects += found
        else:
            wanted.append(path)
    return Named(tuple(wanted), tuple(dumps), objects, stdin)


def nothing(named: Named) -> Diagnostic | None:
    """The finding for dumps that hold nothing of KAITO's."""
    if any(serves(one) for one in named.objects):
        return None
    kinds = ", ".join(sorted({text(one, "kind")[:60] for one in named.objects})[:3])
    message = f"there is no Workspace and no InferenceSet in it, only objects of kind {kinds}"
    return KG771.in_file(named.dumps[0], message, fix=f"take all that tells: {HOW_TO_DUMP}")


def _objects(path: str, data: bytes) -> Iterator[Json]:
    """The objects of a text, those of a list one by one; nothing where it is not well written."""
    if data.lstrip().startswith(b"{"):
        try:
            found: list[Json] = list(items(iter((data,))))
        except Unreadable:
            return
    else:
        found = [one.value for one in documents_of(path, data, MAX_FACT_VALUES).documents]
    for value in found:
        if isinstance(value, dict):
            listed = list_items(value)
            every = [value] if listed is None else listed
            yield from (one for one in every if isinstance(one, dict) and _is_named(one))


def _is_named(one: Json) -> bool:
    metadata = part(one, "metadata")
    named = text(one, "kind") and text(metadata, "name")
    return bool(named) and isinstance(metadata.get("namespace"), str | None)


def _is_observed(one: Json) -> bool:
    """Whether an API server has had it in its hands: what someone writes has no uid and no status."""
    return one["kind"] in _OBSERVED or "uid" in one["metadata"] or bool(one.get("status"))
