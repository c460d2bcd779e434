"""What a placement strategy is: a module with these three functions."""

from kaitogen.model import Diagnostic, Placement, Spec
from kaitogen.typed import Iterator, Mapping, Protocol

#: Paths of diagnostics start here, since a strategy only judges the placement.
PLACEMENT = ("spec", "placement")


class Strategy(Protocol):
    """One way to place a Workspace; pure, and satisfied by a module."""

    def claims(self, placement: Placement, /) -> bool:
        """Whether an intent that names no strategy means this one; asked in the registry's order."""

    def objections(self, spec: Spec, /) -> Iterator[Diagnostic]:
        """What in the placement contradicts this strategy."""

    def resource(self, spec: Spec, /) -> Placement:
        """The resource of the Workspace; called only where there are no objections."""


def from_placement(strategy: str, spec: Spec, default_labels: Mapping[str, str] | None = None) -> Placement:
    """The resource as the placement says it, for the strategy of that name.

    Where the intent has no selector, it selects by `default_labels`, or else by the label `apps` with the
    Workspace's name.
    """
    placement = spec.placement
    selector = placement.label_selector
    if selector is None:
        selector = {"matchLabels": default_labels or {"apps": spec.name}}
    if placement.labels:
        selector = {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), **placement.labels}}
    return placement._replace(strategy=strategy, label_selector=selector)
