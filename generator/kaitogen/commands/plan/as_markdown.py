"""A plan as Markdown for a comment on a pull request, never longer than such a comment may be."""

from collections.abc import Iterable, Sequence
from typing import Final

from kaitogen.commands.plan import as_text, view_model, wording
from kaitogen.commands.plan.changes import Change, Comparison
from kaitogen.commands.plan.types import Fleet, Planned
from kaitogen.diagnostics.markdown import plain
from kaitogen.diagnostics.wording import counted, number_of, place
from kaitogen.model import Diagnostic

#: GitHub takes comments of so many characters; counted in bytes, so that no reader counts more.
LIMIT: Final = 65_536
#: Room for the last line, which says what is left out.
_TAIL: Final = 400
#: So many rows stand open; the others are folded.
_OPEN_ROWS: Final = 20
_LONGEST_CELL: Final = 160
_CLOSE: Final = "\n</details>\n\n"


def write(fleet: Fleet, against: Comparison | None = None) -> str:
    """The whole comment: figures first, then a table, then each Workspace folded, as far as there is room."""
    page = _Page()
    if against is None:
        page.add(
            f"## Plan of {number_of(len(fleet.planned), 'Workspace')}\n\n**{plain(as_text.size(fleet))}**\n\n"
        )
        _table(page, (*_HEADS, *_money_head(fleet)), [_row(one, fleet) for one in fleet.planned])
        planned = sorted(fleet.planned, key=_urgency)
    else:
        page.add(f"## Plan against {plain(against.revision)}\n\n**{as_text.summary(against)}**: ")
        page.add(f"{plain(wording.figures(against.before, against.after))}\n\n")
        heads = (*_CHANGE_HEADS[:-1], *_money_head(fleet), _CHANGE_HEADS[-1])
        _table(page, heads, [_change_row(change, fleet) for change in against.changes])
        planned = [change.after for change in against.changes if change.after is not None]
    _findings(page, fleet.findings)
    for one in planned:
        page.add(_details(one, fleet))
    return page.text()


class _Page:
    """Parts that are taken as long as there is room, each whole or not at all."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._room = LIMIT - _TAIL
        self._left_out = 0

    def add(self, part: str) -> bool:
        """Take a part, or count it where it does not fit."""
        need = len(part.encode("utf-8", "backslashreplace"))
        if need > self._room:
            self._left_out += 1
            return False
        self._room -= need
        self._parts.append(part)
        return True

    def fold(self, head: str, parts: Iterable[str]) -> None:
        """Parts behind a line to click on; what opens is closed, however full the page gets."""
        self._room -= len(_CLOSE)
        if self.add(head):
            for part in parts:
                self.add(part)
            self._parts.append(_CLOSE)

    def text(self) -> str:
        """Everything that was taken."""
        if self._left_out:
            left = number_of(self._left_out, "more part")
            self._parts.append(f"\n{left} would be too long for a comment: `kaitogen plan` shows them all.\n")
        return "".join(self._parts)


_HEADS: Final = ("Workspace", "strategy", "instance type", "nodes", "GPUs", "fits")
_CHANGE_HEADS: Final = ("", "Workspace", "nodes", "GPUs", "what")
_NUMBERS: Final = frozenset(("nodes", "GPUs"))


def _table(page: _Page, heads: Sequence[str], rows: Sequence[str]) -> None:
    if not rows:
        return
    marks = ("---:" if head in _NUMBERS else "---" for head in heads)
    head = f"| {' | '.join(heads)} |\n|{'|'.join(marks)}|\n"
    page.add(head + "".join(rows[:_OPEN_ROWS]) + "\n")
    folded = rows[_OPEN_ROWS:]
    if folded:
        page.fold(f"<details><summary>{number_of(len(folded), 'more row')}</summary>\n\n{head}", folded)


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _row(one: Planned, fleet: Fleet) -> str:
    memory = one.sizing.memory
    fits = "error" if one.fails else "" if memory is None else memory.verdict
    title, where = (
        plain(text, _LONGEST_CELL)
        for text in (one.title, one.instance_type or one.spec.target.node_provisioner)
    )
    cells = [title, one.strategy, where, wording.known(one.nodes), wording.known(one.gpus), fits]
    if fleet.prices is not None:
        cells.append("unknown" if one.cost is None or one.cost.unpriced else f"{one.cost.hour:,.2f}")
    return _cells(cells)


def _money_head(fleet: Fleet) -> list[str]:
    """The head of the column with the cost, where there are prices."""
    return [] if fleet.prices is None else [f"{plain(fleet.prices.currency)} an hour"]


def _change_row(change: Change, fleet: Fleet) -> str:
    what = ", ".join(change.what) or view_model.place(change.one)
    return _cells(
        (
            change.kind,
            plain(change.one.title, _LONGEST_CELL),
            wording.moved(change.before and change.before.nodes, change.after and change.after.nodes),
            wording.moved(change.before and change.before.gpus, change.after and change.after.gpus),
            *([] if fleet.prices is None else [wording.paid(*change.hours)]),
            plain(what, _LONGEST_CELL),
        )
    )


def _urgency(one: Planned) -> tuple[bool, int]:
    """What can't work first, then the most GPUs."""
    return not one.fails, -(one.gpus or 0)


def _findings(page: _Page, findings: Sequence[Diagnostic]) -> None:
    loud = [one for one in findings if one.severity != "note"]
    if not loud:
        return
    lines = (
        f"- **{one.severity} {one.code}** {plain(place(one))}: {plain(one.message, 400)}\n" for one in loud
    )
    errors_first = sorted(lines, key=lambda line: not line.startswith("- **error"))
    page.fold(f"<details><summary>{counted(loud)}</summary>\n\n", errors_first)


def _details(one: Planned, fleet: Fleet) -> str:
    """A Workspace folded: its block as text, in a fence that nothing in it can close."""
    text = as_text.block(one, fleet)
    fence = "```"
    while fence in text:
        fence += "`"
    gpus = "unknown size" if one.gpus is None else number_of(one.gpus, "GPU")
    return f"<details><summary>{plain(one.title)}: {gpus}</summary>\n\n{fence}text\n{text}\n{fence}\n\n</details>\n\n"
