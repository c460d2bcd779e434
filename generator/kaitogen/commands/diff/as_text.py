"""A comparison as text, for a terminal or a log."""

from difflib import unified_diff

from kaitogen.commands.diff.report import DiffReport, commands, judged, painted, title, total, verdict
from kaitogen.diagnostics.wording import printable, wrapped
from kaitogen.kaito.objects import MISSING
from kaitogen.kaito.updates.findings import shown
from kaitogen.kaito.updates.model import Change, ObjectChange
from kaitogen.model import Json
from kaitogen.typed import Final, Iterator
from kaitogen.yaml.writer import flow

_INDENT: Final = "    "
_LONG: Final = 400
_NOTHING: Final = "(nothing)"
#: Lines of a text that differ: as many are shown.
_MOST_LINES: Final = 40


def write(report: DiffReport, *, colour: bool = False) -> str:
    """The whole comparison."""
    blocks = ["\n".join(_object(one, report, colour=colour)) for one in report.comparison.objects]
    return "\n\n".join([*blocks, total(report.comparison)]) + "\n"


def _object(changed: ObjectChange, report: DiffReport, *, colour: bool) -> Iterator[str]:
    said = verdict(changed.judgement) if not changed.changes else changed.judgement.verdict
    said = painted(said, changed.judgement) if colour else said
    yield f"{printable(title(changed))}: {said}"
    if not changed.changes and changed.judgement.why:
        yield from wrapped(changed.judgement.why, _INDENT, _INDENT + "  ")
    for change in changed.changes:
        yield from _change(change, colour=colour)
    for line in commands(changed):
        # A line to paste is never wrapped.
        yield printable(f"{_INDENT}run: {line}")
    if way := report.way_out(changed):
        yield from wrapped(f"way out: {way.sentence()}", _INDENT, _INDENT + "  ")


def _change(change: Change, *, colour: bool) -> Iterator[str]:
    difference = change.difference
    if difference.before is None and difference.after is None:
        yield printable(f"    {difference.shown} stays as it is")
    else:
        yield from _values(difference.shown, difference.before, difference.after)
    first, *others = wrapped(judged(change.judgement), _INDENT * 2, _INDENT * 2 + "  ")
    yield painted(first, change.judgement) if colour else first
    yield from others


def _values(field: str, before: Json, after: Json) -> Iterator[str]:
    if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        yield printable(f"    {field}:")
        lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1))[2:]
        for line in lines[:_MOST_LINES]:
            yield printable(f"      {line}")
        if len(lines) > _MOST_LINES:
            yield f"      ({len(lines) - _MOST_LINES} lines more)"
        return
    old, new = (_NOTHING if value is MISSING else flow(value) for value in (before, after))
    if len(old) + len(new) <= 60:
        yield printable(f"    {field}: {old} -> {new}")
        return
    yield printable(f"    {field}:")
    yield printable(f"      - {shown(before, _LONG) or _NOTHING}")
    yield printable(f"      + {shown(after, _LONG) or _NOTHING}")
