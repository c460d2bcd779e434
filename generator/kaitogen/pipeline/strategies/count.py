"""Placement `count`: a number of nodes of one instance type."""

from collections.abc import Iterator

from kaitogen.model import Placement, Problem, ResourceSpec, Spec
from kaitogen.pipeline.strategies.base import PLACEMENT, own_label


def claims(placement: Placement) -> bool:
    """A count without nodes means this strategy."""
    return placement.node_count is not None


def objections(spec: Spec) -> Iterator[Problem]:
    """The count must be there, and nodes must not be named."""
    placement = spec.placement
    if placement.node_count is None:
        message = "strategy count does not say how many nodes"
        yield Problem(
            "KG204", "error", PLACEMENT, message, "add count, such as count: 2, or use strategy: auto"
        )
    if placement.nodes is not None or placement.selection is not None:
        message = "strategy count takes any nodes of the instance type, but nodes are named"
        yield Problem(
            "KG203", "error", (*PLACEMENT, "nodes"), message, "remove nodes, or use strategy: explicit"
        )


def plan(spec: Spec) -> ResourceSpec:
    """The count as written; preferredNodes only where the intent hands some through to KAITO."""
    placement = spec.placement
    selector = own_label(spec) if placement.label_selector is None else placement.label_selector
    return ResourceSpec(
        "count", placement.node_count, placement.preferred_nodes, placement.instance_type, selector
    )
