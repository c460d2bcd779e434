"""Two plans of the same paths, and what is new, gone and changed between them, the most important first."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypeAlias

from kaitogen.commands.plan.types import Fleet, Planned

Kind: TypeAlias = Literal["new", "changed", "gone"]

_RANK: Final[dict[Kind, int]] = {"new": 0, "changed": 1, "gone": 2}


class Change(NamedTuple):
    """One Workspace that is not what it was; `what` says in which respects, besides its figures."""

    kind: Kind
    before: Planned | None
    after: Planned | None
    what: tuple[str, ...]

    @property
    def one(self) -> Planned:
        """The Workspace as it will be; where it goes, as it was."""
        one = self.after or self.before
        assert one is not None
        return one

    @property
    def nodes(self) -> int:
        """How many nodes it takes more."""
        return _more(self.before and self.before.nodes, self.after and self.after.nodes)

    @property
    def gpus(self) -> int:
        """How many GPUs it takes more."""
        return _more(self.before and self.before.gpus, self.after and self.after.gpus)

    @property
    def hours(self) -> tuple[Decimal | None, Decimal | None]:
        """What it cost and will cost for an hour; None where there is no price, or nobody knows the nodes."""
        return _hourly(self.before), _hourly(self.after)


def _hourly(one: Planned | None) -> Decimal | None:
    if one is None or one.spec.target.byo:
        return Decimal(0)
    return None if one.cost is None or one.cost.unpriced else one.cost.hour


class Comparison(NamedTuple):
    """Everything that a plan changes. `same` counts the Workspaces that stay as they are."""

    revision: str
    before: Fleet
    after: Fleet
    changes: tuple[Change, ...]
    same: int

    def count(self, kind: Kind) -> int:
        """How many changes there are of a kind."""
        return sum(change.kind == kind for change in self.changes)


def compare(revision: str, before: Fleet, after: Fleet) -> Comparison:
    """What became of the fleet at a revision."""
    old = {(one.namespace, one.name): one for one in before.planned}
    new = {(one.namespace, one.name): one for one in after.planned}
    changes = [Change("new", None, one, ()) for key, one in new.items() if key not in old]
    changes += [Change("gone", one, None, ()) for key, one in old.items() if key not in new]
    both = [(one, new[key]) for key, one in old.items() if key in new]
    changed = [
        Change("changed", was, will, tuple(_what(was, will))) for was, will in both if _differ(was, will)
    ]
    return Comparison(
        revision,
        before,
        after,
        tuple(sorted((*changes, *changed), key=_importance)),
        len(both) - len(changed),
    )


def _importance(change: Change) -> tuple[bool, Decimal, int, int, int, str]:
    """What can't work comes first, then the most money, the most GPUs, the most nodes."""
    fails = change.after is not None and change.after.fails
    before, after = (amount or Decimal(0) for amount in change.hours)
    return (
        not fails, -abs(after - before), -abs(change.gpus), -abs(change.nodes), _RANK[change.kind], change.one.title,
    )  # fmt: skip


def _more(before: int | None, after: int | None) -> int:
    return (after or 0) - (before or 0)


def _differ(was: Planned, will: Planned) -> bool:
    """Whether anything that is applied differs, or anything that KAITO makes of it."""
    if (was.spec.target, was.sizing.estimate) != (will.spec.target, will.sizing.estimate):
        return True
    return [one.data for one in was.manifests] != [one.data for one in will.manifests]


def _what(was: Planned, will: Planned) -> Iterator[str]:
    """The respects in which a Workspace changes; what has no name of its own here is `other fields`."""
    known = list(zip(_respects(was), _respects(will), strict=True))
    changed = [f"{name} {old} -> {new}" for (name, old), (_, new) in known if old != new]
    yield from changed
    if not changed:
        yield "other fields"


def _respects(one: Planned) -> Iterator[tuple[str, str]]:
    estimate, target = one.sizing.estimate, one.spec.target
    yield "model", one.sizing.model or "none"
    yield "runtime", estimate.runtime
    yield "instance type", one.instance_type or "none"
    yield "strategy", one.strategy
    yield "layout", "none" if estimate.layout is None else "x".join(map(str, estimate.layout))
    yield "context", f"{estimate.context.tokens:,}"
    yield "KAITO", target.kaito
    yield "node provisioner", target.node_provisioner
