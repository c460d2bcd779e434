"""Where facts about nodes come from: an inventory, what kubectl printed, or the live cluster."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from kaitogen.commands.live import Asking, LiveOptions
from kaitogen.commands.max_age import AgeOptions, now
from kaitogen.diagnostics.placing import place
from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.files import standard_input
from kaitogen.kaito.objects import part
from kaitogen.model import Diagnostic, Document, Json, Request, Rule
from kaitogen.nodes import inventory, snapshot
from kaitogen.nodes.facts import entry
from kaitogen.nodes.inventory import KG320, Known
from kaitogen.nodes.status import used
from kaitogen.pipeline.load import MAX_FACTS, STDIN, facts_of
from kaitogen.yaml.reader import Unreadable
from kaitogen.yaml.stream import items
from kaitogen.yaml.writer import dump

_CHUNK: Final = 1 << 20
#: In so many of its first bytes a document of ours says what it is.
_HEAD: Final = 1 << 16
_OURS: Final = b"kaitogen.io/"
_KUBECTL: Final = "kubectl get nodes -o json | kaitogen nodes snapshot - > nodes.yaml"


class Facts(NamedTuple):
    """What is known, what is wrong with where it comes from, and the time that ages count to.

    `used` are the GPU resources that pods hold, by node; None where nobody asked for pods.
    """

    known: Known
    findings: list[Diagnostic]
    now: str
    used: Mapping[str, Mapping[str, int]] | None = None


class _Objects(NamedTuple):
    """The nodes of a cluster as entries, and its pods where they came along."""

    entries: list[Json]
    pods: list[Json] | None


def facts(
    inventories: Sequence[str],
    cluster: LiveOptions,
    age: AgeOptions,
    *,
    needed: bool = True,
    with_pods: bool = False,
) -> Facts:
    """The facts that the options name; UsageError where they name none and some are needed."""
    pods: list[Json] | None = None
    documents: list[Document] = []
    findings: list[Diagnostic] = []
    live = cluster.asked
    if live:
        document, pods = _live(cluster, with_pods=with_pods)
        documents.append(document)
    elif needed and not inventories:
        fix = f"add --inventory nodes.yaml or --live; without either: {_KUBECTL}"
        raise UsageError("nothing says where the facts about nodes come from", fix=fix)
    for name in inventories:
        found, more, held = read(name)
        documents += found
        findings += more
        pods = held if held is not None else pods
    known, located = inventory.read(documents, "" if live else age.oldest)
    taken = known.inventory.taken if known.inventory is not None else ""
    if with_pods and pods is None:
        fix = "ask the cluster with --live --pods, or hand over kubectl get nodes,pods -A -o json"
        raise UsageError("--pods needs to know the pods, and these facts are about nodes alone", fix=fix)
    return Facts(
        known=known,
        findings=[*findings, *place(located)],
        now=taken or now(),
        used=used(pods) if pods is not None else None,
    )


def read(name: str) -> tuple[list[Document], list[Diagnostic], list[Json] | None]:
    """The documents of a file: inventories as they are, what kubectl printed as an inventory; and pods, if it has some."""
    label = STDIN if name == "-" else name
    pieces = _pieces(name)
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= _HEAD:
            break
    if _OURS in head or not head.lstrip().startswith(b"{"):
        return _of_documents(label, chain((head,), pieces))
    try:
        objects = _sorted(items(chain((head,), pieces)))
    except Unreadable as stop:
        flaw = stop.flaw
        return [], [_wrong(label, flaw.rule, flaw.line, flaw.message, flaw.fix)], None
    return _of_objects(label, objects)


def _of_documents(
    label: str, pieces: Iterator[bytes]
) -> tuple[list[Document], list[Diagnostic], list[Json] | None]:
    parts: list[bytes] = []
    size = 0
    while size <= MAX_FACTS and (piece := next(pieces, b"")):
        parts.append(piece)
        size += len(piece)
    loaded = facts_of(label, b"".join(parts))
    if loaded.findings:
        return [], loaded.findings, None
    values = [document.value for document in loaded.documents]
    if any(_is_kubectls(value) for value in values):
        return _of_objects(label, _sorted(one for value in values for one in _items(value)))
    return loaded.documents, [], None


def _of_objects(label: str, objects: _Objects) -> tuple[list[Document], list[Diagnostic], list[Json] | None]:
    if not objects.entries:
        return [], [_wrong(label, KG320, 0, "there is no Node in it", f"hand over nodes: {_KUBECTL}")], None
    return (
        [Document(file=label, number=0, value=snapshot.document(objects.entries, "", ""), inline=True)],
        [],
        objects.pods,
    )


def _is_kubectls(value: Json) -> bool:
    kind = value.get("kind") if isinstance(value, dict) else None
    return kind == "Node" or (isinstance(kind, str) and kind.endswith("List"))


def _items(value: Json) -> Iterator[Json]:
    found = value.get("items") if isinstance(value, dict) else None
    yield from found if isinstance(found, list) else (value,)


def _sorted(objects: Iterator[Json]) -> _Objects:
    entries: list[Json] = []
    pods: list[Json] | None = None
    for one in objects:
        kind = _kind(one)
        if kind == "Node":
            entries.append(entry(one))
        elif kind == "Pod":
            pods = pods if pods is not None else []
            pods.append(_slim(one))
    return _Objects(entries, pods)


def _kind(one: Json) -> str:
    """The kind of an object; the API server's own lists hold objects that do not say it."""
    if not isinstance(one, dict):
        return ""
    return str(one.get("kind") or ("Pod" if "containers" in part(one, "spec") else "Node"))


def _slim(pod: Json) -> Json:
    """The part of a pod that says what it holds."""
    return {key: pod.get(key) for key in ("spec", "status")}


def _live(options: LiveOptions, *, with_pods: bool) -> tuple[Document, list[Json] | None]:
    with Asking(options) as cluster:
        entries = [entry(node) for node in cluster.nodes()]
        pods = cluster.pods() if with_pods else None
        value = snapshot.document(entries, cluster.name, now())
    return Document(file=f"the cluster {cluster.name}", number=0, value=value, inline=True), pods


def live_document(options: LiveOptions) -> Document:
    """The nodes of the live cluster as an inventory that was never a file."""
    return _live(options, with_pods=False)[0]


def with_live_inventory(request: Request, cluster: LiveOptions) -> Request:
    """The request with the nodes of the live cluster; UsageError where the options do not go together."""
    if not cluster.asked:
        fix = "add --live, or take an inventory with kaitogen nodes snapshot"
        raise UsageError("--save-inventory keeps the facts of a live cluster, and none is asked", fix=fix)
    return request._replace(inventory=(live_document(cluster), *request.inventory))


def save_inventory(request: Request, name: str | None) -> str:
    """Write the facts that were used into the file of --save-inventory, if there is one; what to say about it."""
    if name is None:
        return ""
    from kaitogen.files import atomic  # few keep them

    live = request.inventory[0]
    assert isinstance(live, Document), "the facts of the cluster come first"
    atomic.write_files({name: dump(live.value).encode()})
    return f"kaitogen: kept the facts about nodes in {name}\n"


def _pieces(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from standard_input.pieces()
        return
    try:
        with open(name, "rb", buffering=0) as file:
            while piece := file.read(_CHUNK):
                yield piece
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        fix = "check the path and its permissions"
        raise EnvironmentFailure(f"{name} cannot be read: {reason}", fix=fix) from error


def _wrong(label: str, rule: Rule, line: int, message: str, fix: str) -> Diagnostic:
    return rule.in_file(label, message, line=line, fix=fix)
