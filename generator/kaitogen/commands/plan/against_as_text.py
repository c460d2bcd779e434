"""What a plan changes of a revision as text, for a terminal or a log."""

from kaitogen.commands.diff.report import painted
from kaitogen.commands.plan import rows, view_model
from kaitogen.commands.plan.types import Plan
from kaitogen.diagnostics.wording import printable, wrapped
from kaitogen.typed import Final, Iterator

#: Where what is said of a change begins, below its name.
_BELOW: Final = " " * 11


def lines(plan: Plan, *, colour: bool) -> Iterator[str]:
    """What changes against a revision; of each change what KAITO does with it and the way out below its line."""
    assert plan.against is not None
    yield printable(f"Against {plan.against.revision}: {view_model.summary(plan.against)}")
    yield f"  {view_model.figures(plan.against.before, plan)}"
    if verdicts := rows.verdicts(plan.against):
        yield f"  KAITO: {verdicts}"
    if meanwhile := rows.meanwhile(plan.against, plan):
        yield f"  while both run: {meanwhile}"
    for row in rows.change_rows(plan.against):
        details = f"; {', '.join(row.first.details)}" if row.first.details else ""
        yield printable(f"  {row.first.kind:<8} {row.title}  {rows.delta(row, plan.prices)}{details}")
        yield from _verdict(row, colour=colour)


def _verdict(row: rows.Row, *, colour: bool) -> Iterator[str]:
    """What KAITO does with the change and why, and the way out, below its line."""
    for text in (row.verdict, f"way out: {row.way}" if row.way else ""):
        if text:
            first, *others = wrapped(text, _BELOW, _BELOW + "  ")
            judgement = row.first.judgement
            yield painted(first, judgement, rows.word(judgement)) if colour else first
            yield from others
