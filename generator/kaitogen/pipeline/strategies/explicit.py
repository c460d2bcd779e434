"""Placement `explicit`: exactly the nodes that the user names, in the given order."""

from collections.abc import Iterator
from typing import Final

from kaitogen.model import Diagnostic, Json, Placement, ResourceSpec, Rule, Spec
from kaitogen.pipeline.strategies.base import PLACEMENT, own_label

KG205 = Rule("KG205", "Strategy explicit without nodes", kind="invalid")
KG206 = Rule("KG206", "Another count than there are named nodes", kind="invalid")
KG207 = Rule("KG207", "Two lists of nodes", kind="invalid")


#: The label that pins under byo: a Workspace's own, so that the selector matches its nodes and no others.
PIN_LABEL: Final = "kaitogen.io/workspace"
INSTANCE_TYPE_LABEL: Final = "node.kubernetes.io/instance-type"


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


def plan(spec: Spec) -> ResourceSpec:
    """Count and preferredNodes from the nodes; a default selector that fits how the provisioner finds nodes."""
    placement = spec.placement
    nodes = placement.nodes or ()
    selector = _selector(spec) if placement.label_selector is None else placement.label_selector
    return ResourceSpec("explicit", len(nodes), nodes, placement.instance_type, selector)


def _selector(spec: Spec) -> dict[str, Json]:
    if spec.target.byo:
        return {"matchLabels": {PIN_LABEL: spec.name}}
    if spec.placement.instance_type is None:
        return own_label(spec)
    return {"matchLabels": {INSTANCE_TYPE_LABEL: spec.placement.instance_type}}
