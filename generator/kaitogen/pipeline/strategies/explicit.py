"""Placement `explicit`: exactly the nodes that the user names, in the given order."""

from kaitogen.kaito import versions
from kaitogen.kaito.objects import on_vllm, runtime_of
from kaitogen.model import Diagnostic, Placement, Rule, Spec
from kaitogen.nodes import default_labels
from kaitogen.pipeline.strategies.base import PLACEMENT, from_placement
from kaitogen.typed import Iterator

KG205 = Rule("KG205", "Strategy explicit without nodes", kind="invalid")
KG206 = Rule("KG206", "Another count than there are named nodes", kind="invalid")
KG207 = Rule("KG207", "Two lists of nodes", kind="invalid")


def claims(placement: Placement) -> bool:
    """Named nodes mean this strategy, with or without a count."""
    return placement.nodes is not None or placement.selection is not None


def objections(spec: Spec) -> Iterator[Diagnostic]:
    """There must be nodes, as many as the count says, and no second list of preferred ones."""
    placement = spec.placement
    if placement.nodes is None:
        message = "strategy explicit names no nodes"
        yield KG205.at(PLACEMENT, message, fix="add nodes: [...], or use strategy: count or auto")
    elif placement.node_count not in (None, len(placement.nodes)):
        message = f"count is {placement.node_count}, but {len(placement.nodes)} nodes are named"
        advice = "remove count; with explicit it is the number of nodes"
        yield KG206.at((*PLACEMENT, "count"), message, fix=advice)
    if placement.preferred_nodes is not None:
        message = "strategy explicit writes preferredNodes from nodes, but the intent gives both"
        yield KG207.at((*PLACEMENT, "preferredNodes"), message, fix="remove preferredNodes")


def resource(spec: Spec) -> Placement:
    """Count and preferredNodes from the nodes; a default selector that fits how the provisioner finds nodes.

    Under byo KAITO finds the nodes by their labels, and does not read the count of a preset on vLLM; but it fixes it, so
    that a node could never be added. There it is written only where the intent itself says it.
    """
    nodes = spec.placement.nodes or ()
    node_count = spec.placement.node_count if _count_is_unread(spec) else len(nodes)
    placement = from_placement("explicit", spec, default_labels(spec))
    return placement._replace(node_count=node_count, preferred_nodes=nodes)


def _count_is_unread(spec: Spec) -> bool:
    """Whether KAITO leaves the number of nodes to its own estimate, and their choice to the selector."""
    target, inference = spec.target, spec.inference or {}
    by_labels_alone = target.byo and not target.has(versions.PREFERRED_NODES_READ)
    runs_on_vllm = on_vllm(runtime_of(inference, spec.annotations), target)
    return by_labels_alone and runs_on_vllm and "model" in inference
