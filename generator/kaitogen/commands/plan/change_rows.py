"""The changes of a plan as rows to show: equal changes of many Workspaces are one."""

from collections import Counter

from kaitogen.commands.diff.report import verdict
from kaitogen.commands.plan import view_model
from kaitogen.commands.plan.types import Change, Comparison, Figures, Plan
from kaitogen.diagnostics.wording import listed, number_of
from kaitogen.kaito.sizing.costs import Prices
from kaitogen.kaito.updates.judging import KG834
from kaitogen.kaito.updates.model import VERDICTS, Judgement
from kaitogen.typed import Final, NamedTuple

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
    def title(self) -> str:
        """The name of the Workspace; of several how many, and the first names."""
        names = [change.workspace.title for change in self.changes]
        return names[0] if len(names) == 1 else f"{len(names)} Workspaces ({listed(names, _MOST_NAMES)})"

    @property
    def figures(self) -> tuple[Figures, Figures]:
        """What all of them took and will take: equal changes take the same."""
        before, after = (one.times(len(self.changes)) for one in self.first.figures)
        return before, after


def rows(against: Comparison) -> list[Row]:
    """All changes in their order; of what changes, those that are equal are one row at the place of the first."""
    groups: dict[object, list[Change]] = {}
    for number, change in enumerate(against.changes):
        same = (change.judgement, change.details, change.figures, change.way is None)
        groups.setdefault(same if change.kind == "changed" else number, []).append(change)
    return [Row(tuple(group)) for group in groups.values()]


def figures(row: Row, prices: Prices | None) -> list[str]:
    """The nodes, GPUs and, where there are prices, money of a row, for the columns of a table."""
    before, after = row.figures
    moved = [view_model.moved(before.nodes, after.nodes), view_model.moved(before.gpus, after.gpus)]
    return moved if prices is None else [*moved, view_model.paid(before.hour, after.hour)]


def what(row: Row) -> str:
    """In which respects a Workspace changes; of one that is new or gone, where it is."""
    return ", ".join(row.first.details) or view_model.place(row.first.workspace)


def delta(row: Row, prices: Prices | None) -> str:
    """What a row costs in nodes, GPUs and, by the hour, money."""
    before, after = row.figures
    text = f"{_signed(after.nodes - before.nodes, 'node')}, {_signed(after.gpus - before.gpus, 'GPU')}"
    if prices is None:
        return text
    if before.hour is None or after.hour is None:
        return f"{text}, at an unknown price"
    return f"{text}, {after.hour - before.hour:+,.2f} {prices.currency} an hour"


def _signed(number: int, noun: str) -> str:
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
    way = row.first.way
    return "" if way is None else way.sentence(row.first.workspace.name, len(row.changes))


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
