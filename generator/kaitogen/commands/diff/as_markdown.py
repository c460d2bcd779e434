"""A comparison as Markdown, for the comment of a pull request."""

from collections.abc import Iterator

from kaitogen.commands.diff import wording
from kaitogen.commands.diff.report import Told
from kaitogen.diagnostics.markdown import plain
from kaitogen.diagnostics.wording import printable
from kaitogen.kaito.objects import MISSING
from kaitogen.kaito.updates.findings import shown
from kaitogen.kaito.updates.model import Change, ObjectChange
from kaitogen.model import Json

_LONG = 200
_HEAD = ("| field | before | after | what KAITO does |", "|---|---|---|---|")


def write(told: Told) -> str:
    """The whole comparison, the total first: a reader sees at once whether to read on."""
    blocks = [f"**{plain(wording.total(told.comparison))}** (against {_code(told.against)})"]
    blocks += ["\n".join(_object(one, told)) for one in told.comparison.objects]
    return "\n\n".join(blocks) + "\n"


def _object(one: ObjectChange, told: Told) -> Iterator[str]:
    yield f"### {plain(wording.title(one))}: {one.judgement.verdict}"
    if not one.changes and one.judgement.why:
        yield ""
        yield plain(f"{wording.verdict(one.judgement)}: {one.judgement.why}.")
    if one.changes:
        yield ""
        yield from _HEAD
        yield from map(_row, one.changes)
    way = told.ways.get(one.item.identity)
    if way is not None:
        yield ""
        yield f"Way out: {plain(way.words)}."


def _row(change: Change) -> str:
    difference = change.difference
    said = plain(wording.judged(change.judgement))
    return (
        f"| {_code(difference.shown)} | {_value(difference.before)} | {_value(difference.after)} | {said} |"
    )


def _value(value: Json) -> str:
    return "" if value is MISSING or value is None else _code(shown(value, _LONG))


def _code(text: str) -> str:
    """Text as code; a backtick in it would end that, and a bar the cell."""
    clean = printable(text).replace("|", "\\|")
    fence = "``" if "`" in clean else "`"
    space = " " if "`" in clean else ""
    return f"{fence}{space}{clean}{space}{fence}"
