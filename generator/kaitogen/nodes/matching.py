"""Nodes that a selector finds under byo: what KAITO's webhook would say to them, for intents and for finished objects."""

from kaitogen.diagnostics.wording import cut
from kaitogen.kaito import versions
from kaitogen.kaito.objects import is_of_kaito
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.ignored import preferred_nodes
from kaitogen.kaito.rules.inference_set import replica_of
from kaitogen.kaito.rules.resource import KG423, RESERVED_KEYS
from kaitogen.model import GIB, ByoNodes, Diagnostic, Document, Path, Target, UserObject
from kaitogen.nodes import checks, inventory
from kaitogen.nodes.facts import NodeFacts, gpus
from kaitogen.nodes.inventory import Inventory
from kaitogen.typed import Final, Iterator, Mapping, Sequence

#: Where each kind that takes nodes says by which labels.
_SELECTORS: Final[Mapping[str, Path]] = {
    "Workspace": ("resource", "labelSelector"),
    "InferenceSet": ("spec", "labelSelector"),
}


def matching(target: Target, labels: Mapping[str, str], facts: Inventory) -> tuple[NodeFacts, ...]:
    """All nodes that KAITO finds by these labels, in order of name; keys that it reserves do not count."""
    dropped = RESERVED_KEYS if target.has(versions.RESERVED_LABELS) else ()
    asked = {key: value for key, value in labels.items() if key not in dropped}
    return tuple(facts.nodes[name] for name in sorted(facts.having(asked)))


def refusals(
    target: Target, labels: Mapping[str, str], nodes: Sequence[NodeFacts], path: Path
) -> Iterator[Diagnostic]:
    """R23 to R25: one node at least, all with the labels that KAITO reads, and all alike."""
    selector = cut(",".join(f"{key}={value}" for key, value in labels.items()), 120) or "the empty selector"
    if not nodes:
        message = f"no node of the inventory matches {selector}, and KAITO {target.kaito} then refuses it: No nodes found matching"
        fix = (
            "label the nodes before it is applied and refresh the inventory, or select a label that they have"
        )
        yield KG423.at(path, message, fix=fix, severity="error")
        return
    yield from [*checks.unlabelled(target, nodes, path), *checks.unlike(target, nodes, path)][:1]


def of_objects(
    objects: Sequence[UserObject], target: Target, documents: Sequence[Document]
) -> tuple[dict[int, ByoNodes], list[Diagnostic]]:
    """What facts say about the nodes of finished objects, by the identity of their data, and what is wrong with them.

    Of a set that is asked for one of its replicas; how many nodes there are is of interest whatever these run. What is
    wrong with the facts themselves is told where intents are held against them.
    """
    facts = inventory.read(documents)[0].inventory
    found: dict[int, ByoNodes] = {}
    diagnostics: list[Diagnostic] = []
    if facts is None or not checks.reads_labels(target):
        return found, diagnostics
    for origin, data in objects:
        path = _SELECTORS.get(data["kind"]) if is_of_kaito(data) else None
        if path is None or not isinstance(data.get(path[0]), dict):
            continue
        is_set = data["kind"] == "InferenceSet"
        ctx = RuleContext(replica_of(data) if is_set else data, target)
        labels = {key: value for key, value in ctx.match_labels.items() if isinstance(value, str)}
        asked = ctx.inference is not None and ctx.preset is not None and not ctx.resource.get("partition")
        if not asked and not is_set:
            continue
        nodes = matching(target, labels, facts)
        if asked:
            diagnostics += [one.of(origin) for one in refusals(target, labels, nodes, path)]
        named = set(preferred_nodes(ctx.resource))
        pinned = named == {node.name for node in nodes} if named else None
        found[id(data)] = together(nodes, len(nodes), pinned)
    return found, diagnostics


def together(nodes: Sequence[NodeFacts], number: int, pinned: bool | None) -> ByoNodes:
    """What the facts say about nodes together: the least of their GPUs, whose memory KAITO rounds to whole GiB."""
    with_gpus = [one for node in nodes if (one := gpus(node)) is not None]
    least = min((one.number for one in with_gpus), default=0)
    memory = min(((one.memory * 2 + 1024) // 2048 for one in with_gpus), default=0)
    names = tuple(node.name for node in nodes)
    return ByoNodes(nodes=number, gpus=least, memory=least * memory * GIB, pinned=pinned, names=names)
