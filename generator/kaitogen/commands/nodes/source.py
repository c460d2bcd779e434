"""Where facts about nodes come from (an inventory, what kubectl printed, or the live cluster), and the option that selects among them."""

from itertools import chain

from kaitogen.commands.inputs import AgeOptions, LiveOptions, now
from kaitogen.commands.options import option
from kaitogen.commands.progress import asking
from kaitogen.diagnostics.placing import place
from kaitogen.errors import EnvironmentFailure, UsageError, reason
from kaitogen.files import standard_input
from kaitogen.kaito.objects import part
from kaitogen.model import Diagnostic, Document, Json
from kaitogen.nodes import inventory, snapshot
from kaitogen.nodes.facts import entry
from kaitogen.nodes.inventory import KG320, Known
from kaitogen.nodes.selectors import Refused, Selector, asked
from kaitogen.nodes.status import Held, held, used
from kaitogen.pipeline.load import MAX_FACTS, STDIN, facts_of
from kaitogen.typed import Final, Iterable, Iterator, Mapping, NamedTuple, Sequence
from kaitogen.yaml.reader import Unreadable
from kaitogen.yaml.stream import items

SELECTOR: Final = option("-l", "--selector", metavar="SELECTOR", help="Labels, as kubectl's -l takes them.")
#: In so many of its first bytes a document of ours says what it is.
_HEAD: Final = 1 << 16
_KUBECTL: Final = "kubectl get nodes -o json | kaitogen nodes snapshot - > nodes.yaml"


def selector_of(text: str | None) -> Selector:
    """The value of `SELECTOR`, read; UsageError where it is no selector."""
    try:
        return () if text is None else asked({"labels": text})
    except Refused as refused:
        raise UsageError(f"--selector: {refused.problem.message}", fix=refused.problem.fix) from refused


class Facts(NamedTuple):
    """What is known, what is wrong with where it comes from, and the time that ages count to.

    `used` are the GPU resources that pods hold, by node; None where nobody asked for pods.
    """

    known: Known
    findings: list[Diagnostic]
    now: str
    used: Mapping[str, Mapping[str, int]] | None = None


class Read(NamedTuple):
    """What one file or a cluster holds: its inventories, what is wrong with it, and its pods where they came along."""

    documents: Sequence[Document] = ()
    findings: Sequence[Diagnostic] = ()
    pods: Sequence[Held] | None = None


def facts(
    inventories: Sequence[str],
    cluster: LiveOptions,
    age: AgeOptions,
    *,
    needed: bool = True,
    with_pods: bool = False,
) -> Facts:
    """The facts that the options name; UsageError where they name none and some are needed."""
    live = cluster.asked
    if not live and needed and not inventories:
        fix = f"add --inventory nodes.yaml or --live; without either: {_KUBECTL}"
        raise UsageError("nothing says where the facts about nodes come from", fix=fix)
    sources = [_live(cluster, with_pods=with_pods)] if live else []
    sources += map(read, inventories)
    documents = [document for one in sources for document in one.documents]
    known, located = inventory.read(documents, "" if live else age.oldest)
    pods = next((one.pods for one in reversed(sources) if one.pods is not None), None)
    if with_pods and pods is None:
        fix = "ask the cluster with --live --pods, or hand over kubectl get nodes,pods -A -o json"
        raise UsageError("--pods needs to know the pods, and these facts are about nodes alone", fix=fix)
    return Facts(
        known=known,
        findings=[*(finding for one in sources for finding in one.findings), *place(located)],
        now=(known.inventory and known.inventory.taken) or now(),
        used=None if pods is None else used(pods),
    )


def read(name: str) -> Read:
    """The content of a file: inventories as they are, what kubectl printed as an inventory."""
    label = STDIN if name == "-" else name
    pieces = _pieces(name)
    data = bytearray()
    while len(data) < _HEAD and (piece := next(pieces, b"")):
        data += piece
    if b"kaitogen.io/" not in data and data.lstrip().startswith(b"{"):
        try:
            return _of_objects(label, items(chain((bytes(data),), pieces)))
        except Unreadable as stop:
            flaw = stop.flaw
            return Read(findings=[flaw.rule.in_file(label, flaw.message, line=flaw.line, fix=flaw.fix)])
    while len(data) <= MAX_FACTS and (piece := next(pieces, b"")):
        data += piece
    loaded = facts_of(label, bytes(data))
    if loaded.findings:
        return Read(findings=loaded.findings)
    values = [document.value for document in loaded.documents]
    kinds = [str(value.get("kind")) for value in values if isinstance(value, dict)]
    if any(kind == "Node" or kind.endswith("List") for kind in kinds):
        return _of_objects(label, (one for value in values for one in _items(value)))
    return Read(loaded.documents)


def _of_objects(label: str, objects: Iterable[Json]) -> Read:
    """What kubectl printed: nodes as entries of an inventory, and of pods what they hold."""
    entries: list[Json] = []
    pods: list[Held] | None = None
    for one in objects:
        kind = _kind(one)
        if kind == "Node":
            entries.append(entry(one))
        elif kind == "Pod":
            pods = pods or []
            pods += filter(None, [held(one)])
    if not entries:
        finding = KG320.in_file(label, "there is no Node in it", fix=f"hand over nodes: {_KUBECTL}")
        return Read(findings=[finding])
    value = snapshot.document(entries, "", "")
    return Read([Document(label, value=value, inline=True)], pods=pods)


def _items(value: Json) -> Iterator[Json]:
    found = value.get("items") if isinstance(value, dict) else None
    yield from found if isinstance(found, list) else (value,)


def _kind(one: Json) -> str:
    """The kind of an object; the API server's own lists hold objects that do not say it."""
    if not isinstance(one, dict):
        return ""
    return str(one.get("kind") or ("Pod" if "containers" in part(one, "spec") else "Node"))


def _live(options: LiveOptions, *, with_pods: bool) -> Read:
    with asking(options) as cluster:
        entries = cluster.nodes(entry)
        pods = cluster.pods(held) if with_pods else None
        value = snapshot.document(entries, cluster.name, now())
    return Read([Document(f"the cluster {cluster.name}", value=value, inline=True)], pods=pods)


def live_document(options: LiveOptions) -> Document:
    """The nodes of the live cluster as an inventory that was never a file."""
    return _live(options, with_pods=False).documents[0]


def _pieces(name: str) -> Iterator[bytes]:
    if name == "-":
        yield from standard_input.pieces()
        return
    try:
        with open(name, "rb", buffering=0, opener=standard_input.waits_for_nobody) as file:
            while piece := file.read(1 << 20):
                yield piece
    except (OSError, ValueError) as error:
        fix = "check the path and its permissions"
        raise EnvironmentFailure(f"{name} cannot be read: {reason(error)}", fix=fix) from error
