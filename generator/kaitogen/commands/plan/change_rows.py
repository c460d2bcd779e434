"""The changes of a plan as rows to show: equal changes of many Workspaces are one."""

from collections import Counter
from decimal import Decimal

from kaitogen.commands.diff.report import verdict
from kaitogen.commands.plan import view_model
from kaitogen.commands.plan.types import Change, Comparison, Plan, PlannedWorkspace
from kaitogen.diagnostics.wording import listed, number_of
from kaitogen.kaito.sizing.costs import Prices
from kaitogen.kaito.updates.judging import KG834
from kaitogen.kaito.updates.model import VERDICTS, Judgement
from kaitogen.typed import Callable, Final, NamedTuple

#: So many names stand in the title of a row.
_MOST_NAMES: Final = 5


class Row(NamedTuple):
    """One change, or several that are equal in all but the names."""

    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        """What is said of it holds for all."""
        return self.changes[0]

    @property
    def workspaces(self) -> list[PlannedWorkspace]:
        """The Workspaces of the row, as they will be where they stay."""
        return [change.workspace for change in self.changes]

    @property
    def title(self) -> str:
        """The name of the Workspace; of several how many, and the first names."""
        names = [one.title for one in self.workspaces]
        return names[0] if len(names) == 1 else f"{len(names)} Workspaces ({listed(names, _MOST_NAMES)})"

    @property
    def nodes(self) -> tuple[int, int]:
        """How many nodes all of them took and will take."""
        return self._sum(lambda change: change.nodes)

    @property
    def gpus(self) -> tuple[int, int]:
        """How many GPUs all of them took and will take."""
        return self._sum(lambda change: change.gpus)

    def _sum(self, figures: Callable[[Change], tuple[int, int]]) -> tuple[int, int]:
        before, after = (sum(side) for side in zip(*map(figures, self.changes), strict=True))
        return before, after

    @property
    def hours(self) -> tuple[Decimal | None, Decimal | None]:
        """What all of them cost and will cost for an hour; equal changes cost the same."""
        before, after = (None if one is None else one * len(self.changes) for one in self.first.hours)
        return before, after


def rows(against: Comparison) -> list[Row]:
    """All changes in their order; of what changes, those that are equal are one row at the place of the first."""
    groups: dict[object, list[Change]] = {}
    for number, change in enumerate(against.changes):
        same = (change.judgement, change.details, change.nodes, change.gpus, change.hours, change.way is None)
        groups.setdefault(same if change.kind == "changed" else number, []).append(change)
    return [Row(tuple(group)) for group in groups.values()]


def figures(row: Row, prices: Prices | None) -> list[str]:
    """The nodes, GPUs and, where there are prices, money of a row, for the columns of a table."""
    moved = [view_model.moved(*row.nodes), view_model.moved(*row.gpus)]
    return moved if prices is None else [*moved, view_model.paid(*row.hours)]


def what(row: Row) -> str:
    """In which respects a Workspace changes; of one that is new or gone, where it is."""
    return ", ".join(row.first.details) or view_model.place(row.first.workspace)


def delta(row: Row, prices: Prices | None) -> str:
    """What a row costs in nodes, GPUs and, by the hour, money."""
    text = f"{_signed(*row.nodes, 'node')}, {_signed(*row.gpus, 'GPU')}"
    if prices is None:
        return text
    before, after = row.hours
    if before is None or after is None:
        return f"{text}, at an unknown price"
    return f"{text}, {after - before:+,.2f} {prices.currency} an hour"


def _signed(before: int, after: int, noun: str) -> str:
    number = after - before
    return f"{number:+,} {noun}" if abs(number) == 1 else f"{number:+,} {noun}s" if number else f"0 {noun}s"


def said(row: Row) -> str:
    """What KAITO does with the change, as `refused (U4, KG804)`; empty where its kind says it already."""
    judgement = row.first.judgement
    if _is_said_by_kind(row.first):
        return ""
    return verdict(judgement).replace(judgement.verdict, word(judgement), 1)


def why(row: Row) -> str:
    """Why KAITO does that; empty where there is nothing to say, or it stands at the new name."""
    return row.first.judgement.why if said(row) and row.first.kind != "gone" else ""


def word(judgement: Judgement) -> str:
    """The verdict in a word or two; what has no effect on the replicas of a set that run reaches new ones."""
    return "new replicas only" if judgement.rule == KG834 else judgement.verdict


def _is_said_by_kind(change: Change) -> bool:
    return change.kind != "changed" and change.judgement.verdict in ("create", "delete")


def way_out(row: Row) -> str:
    """How the change gets through, with what both take meanwhile; empty where it does, or does not at all."""
    way, number = row.first.way, len(row.changes)
    if way is None or number == 1:
        return "" if way is None else way.sentence
    name = row.first.workspace.name
    how = f"run each under another name ({way.name} for {name}) beside the one that runs, switch to it, then remove the old one"
    held, both = way.held.times(number), way.meanwhile.times(number)
    if both.nodes is None:
        return f"{how}; how many nodes both take meanwhile, only the cluster knows"
    return f"{how}: {both} meanwhile, {held} of which run now"


def verdicts(against: Comparison) -> str:
    """What KAITO does with the changes of what was there, the worst first, as `31 refused, 2 restart`; empty without any."""
    judgements = [
        change.judgement
        for change in against.changes
        # Of another name the new one counts.
        if not _is_said_by_kind(change) and (change.kind != "gone" or change.judgement.verdict != "recreate")
    ]
    judgements.sort(key=lambda one: VERDICTS.index(one.verdict))
    return ", ".join(f"{number} {text}" for text, number in Counter(map(word, judgements)).items())


def meanwhile(against: Comparison, plan: Plan) -> str:
    """What is needed until what takes over serves; empty where nothing runs side by side."""
    nodes, gpus = against.held
    return f"{number_of(plan.nodes + nodes, 'node')}, {number_of(plan.gpus + gpus, 'GPU')}" if nodes else ""
