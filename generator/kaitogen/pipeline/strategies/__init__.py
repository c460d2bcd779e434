"""The placement strategies: a literal registry, and the choice among them."""

from typing import Final

from kaitogen.model import Diagnostic, ResourceSpec, Spec
from kaitogen.pipeline.strategies import auto, count, explicit
from kaitogen.pipeline.strategies.base import Strategy

#: In the order in which they are asked to claim an intent that names none.
STRATEGIES: Final[dict[str, Strategy]] = {
    "explicit": explicit,
    "count": count,
    "auto": auto,
}


def resolve(specs: list[Spec]) -> tuple[list[tuple[Spec, ResourceSpec]], list[Diagnostic]]:
    """The plan of every Spec whose placement does not contradict its strategy, and what contradicts."""
    planned: list[tuple[Spec, ResourceSpec]] = []
    located: list[Diagnostic] = []
    for spec in specs:
        strategy = STRATEGIES[chosen(spec)]
        problems: list[Diagnostic] = list(strategy.objections(spec))
        if problems:
            located.extend(problem.of(spec.origin) for problem in problems)
        else:
            planned.append((spec, strategy.plan(spec)))
    return planned, located


def chosen(spec: Spec) -> str:
    """The name of the strategy of a Spec: the one it names, or the first that claims it."""
    named = spec.placement.strategy
    if named is not None:
        return named
    return next(name for name, strategy in STRATEGIES.items() if strategy.claims(spec.placement))
