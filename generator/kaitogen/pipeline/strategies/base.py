"""What a placement strategy is: a module with these three functions."""

from collections.abc import Iterator
from typing import Protocol

from kaitogen.model import Diagnostic, Placement, ResourceSpec, Spec

#: Paths of problems start here, since a strategy only judges the placement.
PLACEMENT = ("spec", "placement")


class Strategy(Protocol):
    """One way to place a Workspace; pure, and satisfied by a module."""

    def claims(self, placement: Placement, /) -> bool:
        """Whether an intent that names no strategy means this one; asked in the registry's order."""

    def objections(self, spec: Spec, /) -> Iterator[Diagnostic]:
        """What in the placement contradicts this strategy."""

    def plan(self, spec: Spec, /) -> ResourceSpec:
        """The resource of the Workspace; called only where there are no objections."""


def own_label(spec: Spec) -> dict[str, object]:
    """The selector of a Workspace whose intent names none: the label `apps` with the Workspace's name."""
    return {"matchLabels": {"apps": spec.name}}
