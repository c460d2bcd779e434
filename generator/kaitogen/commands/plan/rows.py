"""The rows of a plan: one for each Workspace, in natural order, and by what they can be grouped; and one for equal changes."""

import re
from collections import Counter

from kaitogen.commands.diff.report import verdict
from kaitogen.commands.plan import view_model
from kaitogen.commands.plan.types import Change, Comparison, Figures, Plan, PlannedWorkspace
from kaitogen.commands.plan.view_model import known
from kaitogen.diagnostics.wording import listed, number_of
from kaitogen.kaito.sizing.costs import Prices
from kaitogen.kaito.updates.judging import KG834
from kaitogen.kaito.updates.model import VERDICTS, Judgement
from kaitogen.typed import Any, Final, NamedTuple, Sequence

_NUMBERS: Final = re.compile(r"([0-9]{1,9})")
#: Groups are for looking over: with more than so many there is no overview.
_MOST_GROUPS: Final = 20
#: What a label is called that says whose a Workspace is, with or without a domain before it.
_TEAM: Final = "team"


def naturally(title: str) -> list[tuple[int, str]]:
    """The key that sorts a title with its numbers as numbers, so that w10 comes after w2."""
    return [(int(word), "") if word.isdecimal() else (-1, word) for word in _NUMBERS.split(title)]


def in_order(plan: Plan) -> list[PlannedWorkspace]:
    """The Workspaces in natural order."""
    return sorted(plan.workspaces, key=lambda one: naturally(one.title))


def overview(plan: Plan) -> dict[str, Any]:
    """The `rows` of a page, their `groupings`, the `first` of these, and the label that names the `team`, empty without one."""
    rows = in_order(plan)
    groupings = _groupings(rows)
    labels = [key.removeprefix("label.") for key in groupings if key.startswith("label.")]
    team = next((key for key in labels if key.rpartition("/")[2] == _TEAM), "")
    wanted = (f"label.{team}", "namespace", "type", "strategy", "cluster")
    useful = {key for key, (_, number) in groupings.items() if 1 < number <= _MOST_GROUPS}
    first = next((key for key in wanted if key in useful), "strategy")
    return {"rows": rows, "groupings": groupings, "first": first, "team": team}


def cells(planned: PlannedWorkspace) -> dict[str, str]:
    """What stands in its row: figures, what becomes of it, and the tone of that; its other findings stand beside."""
    memory, estimate, takes = planned.sizing.memory, planned.sizing.estimate, planned.takes
    fewest = planned.fewest_take
    if planned.fails:
        tone, verdict = "bad", "error"
    elif memory is not None:
        tone, verdict = view_model.VERDICTS[memory.verdict][:2]
    else:
        tone, verdict = "plain", "size unknown" if estimate.nodes is None else estimate.runtime
    return {
        "type": planned.instance_type or planned.spec.target.node_provisioner,
        "nodes": known(takes.nodes, fewest.nodes),
        "gpus": known(takes.gpus, fewest.gpus),
        "hour": "unknown" if planned.hourly is None else f"{planned.hourly:,.2f}",
        "tone": tone,
        "verdict": verdict,
    }


def groups_of(planned: PlannedWorkspace) -> dict[str, str]:
    """What it can be grouped by."""
    return {
        "namespace": planned.namespace,
        "type": planned.instance_type,
        "strategy": planned.strategy,
        "cluster": cluster_of(planned),
        **{f"label.{key}": value for key, value in planned.spec.labels.items()},
    }


def cluster_of(planned: PlannedWorkspace) -> str:
    """The installation that it is for."""
    target = planned.spec.target
    return f"KAITO {target.kaito} on {target.provider}, nodes by {target.node_provisioner}"


def _groupings(rows: Sequence[PlannedWorkspace]) -> dict[str, tuple[str, int]]:
    """What not all rows have alike, nor each of its own, and whatever happens the strategy; then labels by their keys.

    Each has a title, and the number of its values.
    """
    titles = {
        "namespace": "namespace",
        "type": "instance type",
        "strategy": "strategy",
        "cluster": "cluster",
    }
    by = [groups_of(one) for one in rows]
    labels = sorted({key for groups in by for key in groups} - titles.keys())
    titles |= {key: f"{key.removeprefix('label.')} (label)" for key in labels}
    found = {}
    for key, title in titles.items():
        number = len({groups.get(key, "") for groups in by})
        always = key == "strategy" or key.rpartition("/")[2].removeprefix("label.") == _TEAM
        if always or 1 < number < max(len(rows), 3):
            found[key] = title, number
    return found


class Row(NamedTuple):
    """One change, or several that are equal in all but the names.

    `before` and `after` are what all of them took and will take. `what` is in which respects a Workspace changes, of one
    that is new or gone where it is. `said` is what KAITO does with it, as `refused (U4, KG804)`, and `why` for what reason;
    they are empty where the kind says it already. `way` is how it gets through; empty where it does, or does not at all.
    """

    changes: tuple[Change, ...]
    title: str
    before: Figures
    after: Figures
    what: str
    said: str
    why: str
    way: str

    @property
    def first(self) -> Change:
        """What is said of it holds for all."""
        return self.changes[0]

    @property
    def verdict(self) -> str:
        """What KAITO does with the change, and why."""
        return ": ".join(filter(None, (self.said, self.why)))


def change_rows(against: Comparison) -> list[Row]:
    """All changes in their order; of what changes, those that are equal are one row at the place of the first."""
    groups: dict[object, list[Change]] = {}
    for number, change in enumerate(against.changes):
        same = (change.judgement, change.details, change.figures, change.way is None)
        groups.setdefault(same if change.kind == "changed" else number, []).append(change)
    return [_row(tuple(group)) for group in groups.values()]


def _row(changes: tuple[Change, ...]) -> Row:
    first, number = changes[0], len(changes)
    names = [change.workspace.title for change in changes]
    judgement, (before, after) = first.judgement, first.figures
    said = verdict(judgement).replace(judgement.verdict, word(judgement), 1)
    if _is_said_by_kind(first):
        said = ""
    return Row(
        changes=changes,
        title=names[0] if number == 1 else f"{number} Workspaces ({listed(names, 5)})",
        before=before.times(number),
        after=after.times(number),
        what=", ".join(first.details) or view_model.place(first.workspace),
        said=said,
        why=judgement.why if said and first.kind != "gone" else "",
        way="" if first.way is None else first.way.sentence(first.workspace.name, number),
    )


def figures(row: Row, prices: Prices | None) -> list[str]:
    """The nodes, GPUs and, where there are prices, money of a row, for the columns of a table."""
    before, after = row.before, row.after
    moved = [view_model.moved(before.nodes, after.nodes), view_model.moved(before.gpus, after.gpus)]
    return moved if prices is None else [*moved, view_model.paid(before.hour, after.hour)]


def delta(row: Row, prices: Prices | None) -> str:
    """What a row costs in nodes, GPUs and, by the hour, money."""
    before, after = row.before, row.after
    text = f"{_signed(after.nodes - before.nodes, 'node')}, {_signed(after.gpus - before.gpus, 'GPU')}"
    if prices is None:
        return text
    if before.hour is None or after.hour is None:
        return f"{text}, at an unknown price"
    return f"{text}, {after.hour - before.hour:+,.2f} {prices.currency} an hour"


def _signed(number: int, noun: str) -> str:
    return f"{number:+,} {noun}" if abs(number) == 1 else f"{number:+,} {noun}s" if number else f"0 {noun}s"


def word(judgement: Judgement) -> str:
    """The verdict in a word or two; what has no effect on the replicas of a set that run reaches new ones."""
    return "new replicas only" if judgement.rule == KG834 else judgement.verdict


def _is_said_by_kind(change: Change) -> bool:
    return change.kind != "changed" and change.judgement.verdict in ("create", "delete")


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
