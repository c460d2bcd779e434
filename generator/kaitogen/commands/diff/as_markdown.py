"""A comparison as Markdown, for a comment on a pull request."""

from kaitogen.commands.diff.report import DiffReport, commands, judged, title, total
from kaitogen.diagnostics.markdown import Comment, code, heads, plain, row
from kaitogen.kaito.objects import MISSING
from kaitogen.kaito.updates.findings import shown
from kaitogen.kaito.updates.model import Change, ObjectChange
from kaitogen.model import Json

_LONG = 200
_HEADS = ("field", "before", "after", "what KAITO does")


def write(report: DiffReport) -> str:
    """The comparison, as far as there is room, the total first: a reader sees at once whether to read on."""
    comment = Comment("kaitogen diff")
    comment.add(f"**{plain(total(report.comparison))}** (against {code(report.against)})\n")
    for change in report.comparison.objects:
        comment.add("\n" + block(change, report))
    return comment.text()


def block(changed: ObjectChange, report: DiffReport) -> str:
    """Everything about one object: its fields in a table, what to run, and the way out."""
    parts = [f"### {plain(title(changed))}: {changed.judgement.verdict}\n"]
    if changed.changes:
        parts.append(heads(_HEADS) + "".join(map(_row, changed.changes)))
    elif changed.judgement.why:
        parts.append(plain(f"{judged(changed.judgement)}.") + "\n")
    parts += [f"Run {code(line)}.\n" for line in commands(changed)]
    if way := report.way_out(changed):
        parts.append(f"Way out: {plain(way.sentence())}.\n")
    return "\n".join(parts)


def _row(change: Change) -> str:
    difference = change.difference
    values = map(_value, (difference.before, difference.after))
    return row((code(difference.shown), *values, plain(judged(change.judgement))))


def _value(value: Json) -> str:
    return "" if value is MISSING or value is None else code(shown(value, _LONG))
