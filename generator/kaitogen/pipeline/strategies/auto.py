"""Placement `auto`: KAITO decides how many nodes of the instance type it takes, and which."""

from kaitogen.model import Diagnostic, Placement, Rule, Spec
from kaitogen.pipeline.strategies.base import PLACEMENT, from_placement
from kaitogen.typed import Iterator

KG201 = Rule("KG201", "Strategy auto with a count", kind="invalid")
KG202 = Rule("KG202", "Strategy auto with named nodes", kind="invalid")


def claims(_placement: Placement) -> bool:
    """What says neither nodes nor a count is auto, so this one stands last in the registry."""
    return True


def objections(spec: Spec) -> Iterator[Diagnostic]:
    """A count or named nodes belong to the other strategies."""
    placement = spec.placement
    if placement.node_count is not None:
        message = f"strategy auto leaves the number of nodes to KAITO, but count is {placement.node_count}"
        yield KG201.at((*PLACEMENT, "count"), message, fix="remove count, or use strategy: count")
    if placement.nodes is not None or placement.selection is not None:
        message = "strategy auto leaves the choice of nodes to KAITO, but nodes are named"
        yield KG202.at((*PLACEMENT, "nodes"), message, fix="remove nodes, or use strategy: explicit")


def resource(spec: Spec) -> Placement:
    """No count; preferredNodes only where the intent hands some through to KAITO."""
    return from_placement("auto", spec)
