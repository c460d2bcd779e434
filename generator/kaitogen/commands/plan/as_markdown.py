"""A plan as Markdown for a comment on a pull request."""

from kaitogen.commands.diff.as_markdown import block
from kaitogen.commands.plan import as_text, rows, view_model
from kaitogen.commands.plan.types import Comparison, Plan, PlannedWorkspace
from kaitogen.diagnostics.markdown import Comment, fenced, heads, plain, row
from kaitogen.diagnostics.wording import counted, number_of, place
from kaitogen.typed import Final, Iterator, Sequence

_LONGEST_CELL: Final = 160
_LONGEST_MESSAGE: Final = 400
_NUMBERS: Final = ("nodes", "GPUs")


def write(plan: Plan) -> Iterator[str]:
    """The whole comment: figures first, then a table, then each Workspace folded, as far as there is room."""
    comment = Comment("kaitogen plan")
    planned = _all(comment, plan) if plan.against is None else _changes(comment, plan, plan.against)
    if alone := view_model.alone(plan):
        comment.add(f"{alone}.\n\n")
    loud = sorted(
        (one for one in plan.findings if one.severity != "note"), key=lambda one: one.severity != "error"
    )
    if loud:
        lines = (
            f"- **{one.severity} {one.code}** {plain(place(one))}: {plain(one.message, _LONGEST_MESSAGE)}\n"
            for one in loud
        )
        comment.fold(counted(loud), "", lines)
    report = None if plan.against is None else plan.against.report
    # What is on both sides and differs, as `kaitogen diff` has it.
    if report is not None and (objects := [one for one in report.comparison.objects if one.changes]):
        blocks = (block(one, report) + "\n" for one in objects)
        comment.fold(f"{number_of(len(objects), 'object')} field by field", "", blocks)
    for one in planned:
        gpus = "unknown size" if (number := one.takes.gpus) is None else number_of(number, "GPU")
        text = fenced(as_text.block(one, plan), "text")
        comment.add(f"<details><summary>{plain(one.title)}: {gpus}</summary>\n\n{text}\n\n</details>\n\n")
    yield comment.text()


def _all(comment: Comment, plan: Plan) -> Sequence[PlannedWorkspace]:
    """What all Workspaces come to, and a row for each; those to show, what can't work first, then the most GPUs."""
    comment.add(f"## Plan of {view_model.planned_objects(plan)}\n\n")
    comment.add(f"**{plain(view_model.total(plan))}**\n\n")
    names = ("Workspace", "strategy", "instance type", *_NUMBERS, "verdict", *_money_head(plan))
    comment.table(heads(names, _NUMBERS), [_row(one, plan) for one in rows.in_order(plan)])
    return sorted(plan.workspaces, key=lambda one: (not one.fails, -(one.takes.gpus or 0)))


def _changes(comment: Comment, plan: Plan, against: Comparison) -> Sequence[PlannedWorkspace]:
    """What changes, and a row for each change; the Workspaces to show."""
    comment.add(f"## Plan against {plain(against.revision)}\n\n")
    comment.add(f"**{view_model.summary(against)}**: {plain(view_model.figures(against.before, plan))}\n\n")
    for about, text in (
        ("What KAITO does", rows.verdicts(against)),
        ("While both run", rows.meanwhile(against, plan)),
    ):
        if text:
            comment.add(f"{about}: **{text}**\n\n")
    names = ("", "Workspace", *_NUMBERS, *_money_head(plan), "what", "what KAITO does")
    changes = rows.change_rows(against)
    comment.table(heads(names, _NUMBERS), [_change_row(one, plan) for one in changes])
    if ways := [one for one in changes if one.way]:
        lines = (f"- {plain(one.title, _LONGEST_CELL)}: {plain(one.way, _LONGEST_MESSAGE)}\n" for one in ways)
        comment.fold(number_of(len(ways), "way") + " out", "", lines)
    return [change.after for change in against.changes if change.after is not None]


def _money_head(plan: Plan) -> list[str]:
    """The head of the column with the cost, where there are prices."""
    return [] if plan.prices is None else [f"{plain(plan.prices.currency)} an hour"]


def _row(one: PlannedWorkspace, plan: Plan) -> str:
    said = rows.cells(one)
    title, kind = (plain(text, _LONGEST_CELL) for text in (one.title, said["type"]))
    money = [] if plan.prices is None else [said["hour"]]
    return row((title, one.strategy, kind, said["nodes"], said["gpus"], said["verdict"], *money))


def _change_row(change: rows.Row, plan: Plan) -> str:
    title, what, verdict = (
        plain(text, _LONGEST_CELL) for text in (change.title, change.what, change.verdict)
    )
    if change.first.refused:
        verdict = f"**{verdict}**"
    return row((change.first.kind, title, *rows.figures(change, plan.prices), what, verdict))
