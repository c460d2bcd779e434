"""The instance type and the label selector that follow from chosen nodes, and which nodes that selector really takes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kaitogen.diagnostics.wording import listed, number_of
from kaitogen.kaito import versions
from kaitogen.kaito.rules.ignored import SYSTEM_LABEL_DOMAINS
from kaitogen.kaito.rules.resource import RESERVED_KEYS
from kaitogen.model import INSTANCE_TYPE_LABEL, PIN_LABEL, ByoNodes, Diagnostic, Path, Rule, Spec
from kaitogen.nodes import default_labels
from kaitogen.nodes.checks import NODES, detected
from kaitogen.nodes.facts import POOL_LABELS, ZONE_LABEL, NodeFacts
from kaitogen.nodes.gpus import PRODUCT_LABEL, gpus
from kaitogen.nodes.inventory import Inventory

KG310 = Rule("KG310", "Chosen nodes that the selector does not match", kind="warning", since="0.4")
KG314 = Rule("KG314", "A selector that matches other nodes as well", kind="warning", since="0.4")


#: Labels that stay with a node, and so may be selected by without being asked to; in this order.
_LASTING: Final = (*POOL_LABELS, INSTANCE_TYPE_LABEL, PRODUCT_LABEL, ZONE_LABEL)
_MANY: Final = 20


def typed(spec: Spec, nodes: Sequence[NodeFacts]) -> Spec:
    """The Spec with the instance type of its nodes, where it names none and KAITO takes one."""
    placement = spec.placement
    if spec.target.byo or placement.instance_type is not None:
        return spec
    with_gpus = [node for node in nodes if gpus(node)]
    return spec._replace(placement=placement._replace(instance_type=detected(with_gpus)))


def pinned(spec: Spec, nodes: Sequence[NodeFacts], asked: Mapping[str, str], facts: Inventory) -> Spec:
    """The Spec with a selector of labels that its selected nodes have and no others, where it names none and some do.

    Where KAITO provisions the strategy's own default stays: it selects by the instance type.
    """
    placement = spec.placement
    if not spec.target.byo or placement.label_selector is not None:
        return spec
    chosen = {node.name for node in nodes}
    if facts.lookup.having(default_labels(spec)) == chosen:
        return spec
    labels = _distinguishing(nodes, asked, facts)
    if labels is None:
        return spec
    return spec._replace(placement=placement._replace(label_selector={"matchLabels": labels}))


def _distinguishing(
    nodes: Sequence[NodeFacts], asked: Mapping[str, str], facts: Inventory
) -> dict[str, str] | None:
    """The fewest of the labels asked for and the lasting ones that these nodes have and no others; None where none do."""
    chosen = {node.name for node in nodes}
    labels = {key: value for key, value in asked.items() if key not in RESERVED_KEYS}
    others = facts.lookup.having(labels) - chosen
    for key in _LASTING:
        if not others:
            break
        values = {node.labels.get(key) for node in nodes}
        value = values.pop() if len(values) == 1 else None
        if value is None or key in labels:
            continue
        left = {name for name in others if facts.nodes[name].labels.get(key) == value}
        if len(left) < len(others):
            labels[key], others = value, left
    return labels if labels and not others else None


def with_byo_nodes(spec: Spec, nodes: Sequence[NodeFacts], facts: Inventory) -> Spec:
    """The Spec with what the facts say about all of its nodes, for the rules of KAITO's that need it."""
    if not nodes:
        return spec
    found = [one for node in nodes if (one := gpus(node)) is not None]
    least = min((one.number for one in found), default=0)
    # KAITO rounds the memory of a GPU to whole GiB.
    memory = min(((one.memory * 2 + 1024) // 2048 for one in found), default=0)
    pinned = facts.lookup.having(_selected(spec)) == {node.name for node in nodes}
    together = ByoNodes(len(spec.placement.nodes or ()), least, least * memory * 2**30, pinned)
    return spec._replace(placement=spec.placement._replace(byo_nodes=together))


def judge(spec: Spec, nodes: Sequence[NodeFacts], facts: Inventory) -> Iterator[Diagnostic]:
    """Nodes that the selector misses, and others that it takes as well."""
    if not nodes or not _looks_for_nodes(spec):
        return
    labels = _selected(spec)
    chosen = {node.name for node in nodes}
    found = facts.lookup.having(labels)
    given = spec.placement.label_selector is not None
    path: Path = ("spec", "placement", "labelSelector") if given else NODES
    missed = [node.name for node in nodes if node.name not in found and not _of_other_type(spec, node)]
    if missed:
        yield _missed(spec, path, labels, missed)
    others = sorted(found - chosen)
    if others and not (spec.target.has(versions.LISTED_NODES_ONLY) and not spec.target.byo):
        yield _others(spec, path, labels, others)


def _of_other_type(spec: Spec, node: NodeFacts) -> bool:
    """Whether its type is what is wrong with a node, which is told as such."""
    return spec.placement.instance_type not in (None, node.instance_type) and node.instance_type != ""


def _missed(spec: Spec, path: Path, labels: Mapping[str, str], missed: Sequence[str]) -> Diagnostic:
    said = ",".join(f"{key}={value}" for key, value in labels.items())
    message = (
        f"KAITO {spec.target.kaito} finds nodes by {said[:120]}, and {number_of(len(missed), 'chosen node')} "
    )
    message += f"{'does' if len(missed) == 1 else 'do'} not match: {listed(missed)}"
    foreign = [key for key in labels if key.partition("/")[0].endswith(SYSTEM_LABEL_DOMAINS)]
    if foreign:
        advice = f"select by another label than {foreign[0]}, which is not for people to set"
    else:
        advice = f"run: {command(missed, labels)}"
    return KG310.at(path, message, fix=advice)


def _others(spec: Spec, path: Path, labels: Mapping[str, str], others: Sequence[str]) -> Diagnostic:
    said = ",".join(f"{key}={value}" for key, value in labels.items()) or "the empty selector"
    message = f"{said[:120]} matches {number_of(len(others), 'node')} besides the chosen ones, which KAITO {spec.target.kaito} may "
    message += f"take as well: {listed(others)}"
    advice = "select by a label that only the chosen nodes have"
    if spec.target.byo and spec.placement.label_selector is not None:
        names = spec.placement.nodes or ()
        advice = f"remove labelSelector, and run: {command(names, {PIN_LABEL: spec.name})}"
    return KG314.at(path, message, fix=advice, found=listed(others))


def command(names: Iterable[str], labels: Mapping[str, str]) -> str:
    """The line of a shell that puts labels on nodes. Names and labels have passed schemas that let no blank through."""
    nodes = list(names)
    shown = " ".join(nodes[:_MANY]) + (" ..." if len(nodes) > _MANY else "")
    pairs = " ".join(f"{key}={value}" for key, value in labels.items())
    return (
        f"kubectl label nodes {shown} {pairs}"
        if re.fullmatch(r"[-\w./ =]+", pairs)
        else f"kubectl label nodes {shown} ..."
    )


def _looks_for_nodes(spec: Spec) -> bool:
    """Whether KAITO takes nodes that are there already; since 0.11 it does so only where the user brings them."""
    return spec.target.byo or spec.target.has(versions.NODES_REUSED)


def _selected(spec: Spec) -> dict[str, str]:
    said = spec.placement.label_selector
    return default_labels(spec) if said is None else dict(said.get("matchLabels") or {})
