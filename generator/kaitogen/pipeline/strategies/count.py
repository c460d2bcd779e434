"""Placement `count`: a number of nodes of one instance type."""

from kaitogen.model import Diagnostic, Placement, Rule, Spec
from kaitogen.pipeline.strategies.base import PLACEMENT, from_placement
from kaitogen.typed import Iterator

KG203 = Rule("KG203", "Strategy count with named nodes", kind="invalid")
KG204 = Rule("KG204", "Strategy count without a count", kind="invalid")


def claims(placement: Placement) -> bool:
    """A count without nodes means this strategy."""
    return placement.node_count is not None


def objections(spec: Spec) -> Iterator[Diagnostic]:
    """The count must be there, and nodes must not be named."""
    placement = spec.placement
    if placement.node_count is None:
        message = "strategy count does not say how many nodes"
        yield KG204.at(PLACEMENT, message, fix="add count, such as count: 2, or use strategy: auto")
    if placement.nodes is not None or placement.selection is not None:
        message = "strategy count takes any nodes of the instance type, but nodes are named"
        yield KG203.at((*PLACEMENT, "nodes"), message, fix="remove nodes, or use strategy: explicit")


def resource(spec: Spec) -> Placement:
    """The count as written; preferredNodes only where the intent hands some through to KAITO."""
    return from_placement("count", spec)
