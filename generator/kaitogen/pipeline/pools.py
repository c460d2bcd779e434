"""Nodes of the user's own that replicas and others would both take: nothing is reserved there for either."""

from kaitogen.diagnostics.wording import listed, which
from kaitogen.kaito.objects import full_name, in_key_order, is_replica, part, serves
from kaitogen.model import ByoNodes, Diagnostic, Origin, Path, Rule
from kaitogen.pipeline.one_cluster import Placed
from kaitogen.typed import Final, Iterable, Iterator, Mapping, NamedTuple, Sequence
from kaitogen.yaml.writer import flow

KG326 = Rule("KG326", "Nodes that replicas and others select alike", kind="warning", since="0.8",
             source="pkg/nodeprovision/byo-provisioner/byo_provisioner.go:68@v0.12.0")  # fmt: skip

_PLACED: Final[Path] = ("spec", "placement", "labelSelector")
_NAMED: Final[Path] = ("spec", "placement", "nodes")


class _Taker(NamedTuple):
    """Who takes nodes: by which selector, which of them a list names, or else an inventory finds, and where it says so."""

    title: str
    origin: Origin
    is_set: bool
    selector: str
    nodes: Sequence[str]
    path: Path


def shared(every: Iterable[Placed], facts: Mapping[int, ByoNodes]) -> Iterator[Diagnostic]:
    """KG326: under byo every replica takes all nodes of its selector for its own, and so does a Workspace.

    One selector is one pool. Two of which an inventory knows that they find the same node, or two lists that name it,
    are one as well. `facts` are about the nodes of finished objects, by the identity of their data.
    """
    everyone: dict[str, _Taker] = {}
    sets: dict[str, _Taker] = {}
    for taker in _takers(every, facts):
        pools = (taker.selector, *taker.nodes)
        others = everyone if taker.is_set else sets
        taken = [pool for pool in pools if pool in others and others[pool].title != taker.title]
        for pool in pools:
            everyone.setdefault(pool, taker)
            if taker.is_set:
                sets.setdefault(pool, taker)
        if taken:
            yield _told(taker, others[taken[0]], [pool for pool in taken if others[pool] is others[taken[0]]])


def _told(taker: _Taker, first: _Taker, taken: Sequence[str]) -> Diagnostic:
    path, what = taker.path, "the same nodes"
    fix = "select a label of its own for each, as without labelSelector"
    if path[:2] != _PLACED[:2]:
        fix = "select a label of its own for each"
    if taken[0] != taker.selector:
        what = f"{listed(taken, 4)} as well"
        if path == _NAMED:
            fix = "let no two have one node"
    elif path == _NAMED:
        path = _PLACED
    message = f"{first.title[:80]} selects {what}, and KAITO reserves none for either"
    fix = f"{fix}; the other is in {which(first.origin.document)}"
    return KG326.at(path, message, fix=fix).of(taker.origin)


def _takers(every: Iterable[Placed], facts: Mapping[int, ByoNodes]) -> Iterator[_Taker]:
    """Those of nodes of the user's own, but for the finished Workspaces that KAITO made of a set: they are its replicas."""
    for data, origin, target, spec, _ in every:
        if not target.byo or not serves(data) or (spec is None and is_replica(data)):
            continue
        holder = "spec" if data["kind"] == "InferenceSet" else "resource"
        path: Path = (holder, "labelSelector")
        is_set = data["kind"] == "InferenceSet"
        known, names = facts.get(id(data)), tuple[str, ...]()
        if spec is not None:
            known, names = spec.placement.byo_nodes, spec.placement.nodes or ()
            path, is_set = _NAMED if names else _PLACED, spec.fleet is not None
        yield _Taker(
            title=full_name(data),
            origin=origin,
            is_set=is_set,
            selector=flow(in_key_order(part(data, holder).get("labelSelector"))),
            nodes=names or (() if known is None else known.names),
            path=path,
        )
