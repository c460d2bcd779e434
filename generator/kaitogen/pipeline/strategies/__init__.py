"""The placement strategies: a literal registry, and the choice among them."""

from kaitogen.model import Diagnostic, Placement, Spec
from kaitogen.pipeline.strategies import auto, count, explicit
from kaitogen.pipeline.strategies.base import Strategy
from kaitogen.typed import Final, Iterator

#: In the order in which they are asked to claim an intent that names none.
STRATEGIES: Final[dict[str, Strategy]] = {
    "explicit": explicit,
    "count": count,
    "auto": auto,
}


def resolve(specs: list[Spec]) -> tuple[list[tuple[Spec, Placement]], list[Diagnostic]]:
    """The resource of every Spec whose placement does not contradict its strategy, and what contradicts."""
    diagnostics: list[Diagnostic] = []
    return list(resolved(specs, diagnostics)), diagnostics


def resolved(specs: list[Spec], diagnostics: list[Diagnostic]) -> Iterator[tuple[Spec, Placement]]:
    """The same one after the other: what contradicts goes to the diagnostics on the way."""
    for spec in specs:
        strategy = STRATEGIES[strategy_of(spec.placement)]
        objections = [objection.of(spec.origin) for objection in strategy.objections(spec)]
        diagnostics += objections
        if not objections:
            yield spec, strategy.resource(spec)


def strategy_of(placement: Placement) -> str:
    """The strategy that a placement names, or the first that claims it."""
    if placement.strategy is not None:
        return placement.strategy
    return next(name for name, strategy in STRATEGIES.items() if strategy.claims(placement))
