"""A comparison as text, for a terminal or a log."""

from collections.abc import Iterator
from difflib import unified_diff
from textwrap import wrap
from typing import Final

from kaitogen.commands.diff import wording
from kaitogen.commands.diff.report import Told
from kaitogen.diagnostics.wording import printable
from kaitogen.kaito.objects import MISSING
from kaitogen.kaito.updates.findings import shown
from kaitogen.kaito.updates.model import Change, ObjectChange
from kaitogen.model import Json
from kaitogen.yaml.writer import flow

_WIDTH: Final = 110
_SHORT: Final = 60
_LONG: Final = 400
_NOTHING: Final = "(nothing)"
#: Lines of a text that differ: as many are shown.
_MOST_LINES: Final = 40


def write(told: Told) -> str:
    """The whole comparison."""
    blocks = ["\n".join(_object(one, told)) for one in told.comparison.objects]
    return "\n\n".join([*blocks, wording.total(told.comparison)]) + "\n"


def _object(one: ObjectChange, told: Told) -> Iterator[str]:
    yield printable(
        f"{wording.title(one)}: {wording.verdict(one.judgement) if not one.changes else one.judgement.verdict}"
    )
    if not one.changes and one.judgement.why:
        yield from _wrapped(one.judgement.why, "    ")
    for change in one.changes:
        yield from _change(change)
    way = told.ways.get(one.item.identity)
    if way is not None:
        yield from _wrapped(f"way out: {way.words}", "    ")


def _change(change: Change) -> Iterator[str]:
    difference = change.difference
    if difference.before is None and difference.after is None:
        yield printable(f"    {difference.shown} stays as it is")
    else:
        yield from _values(difference.shown, difference.before, difference.after)
    yield from _wrapped(wording.judged(change.judgement), "        ")


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
    if len(old) + len(new) <= _SHORT:
        yield printable(f"    {field}: {old} -> {new}")
        return
    yield printable(f"    {field}:")
    yield printable(f"      - {shown(before, _LONG) or _NOTHING}")
    yield printable(f"      + {shown(after, _LONG) or _NOTHING}")


def _wrapped(text: str, indent: str) -> list[str]:
    return wrap(
        printable(text),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
    )
