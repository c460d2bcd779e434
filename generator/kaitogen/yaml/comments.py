"""The comments of a text by the key or item that they speak of, and back into another text that has it."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from kaitogen.model import Path
from kaitogen.yaml.entries import ODD_BREAKS, Entry, entries
from kaitogen.yaml.spans import Span, spans

#: Behind every place of a text.
_LAST: Final = (1 << 60, 0)


class Comments(NamedTuple):
    """What is said of one key or item: on the lines above it, beside it, and on the lines below all of it.

    A blank line is an empty text. `column` is where the one beside it should begin, if there is room. The path `()` has what stands at the head and at the end of the document.
    """

    above: tuple[str, ...] = ()
    beside: str = ""
    below: tuple[str, ...] = ()
    column: int = 0


def comments(text: str) -> dict[Path, Comments]:
    """The comments of the text's first document; several blank lines count for one. Where lines are not sure, none are."""
    if ("#" not in text and "\n\n" not in text) or any(map(text.__contains__, ODD_BREAKS)):
        return {}
    return _Reader(text).read()


class _Reader:
    """One pass over the lines, with the entries that begin on each."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.values = spans(text)
        self.entries = [entry for entry in entries(text) if not entry.inline]
        self.found: dict[Path, Comments] = {}
        self.pending: list[tuple[int, str]] = []
        self.open: list[Entry] = []

    def read(self) -> dict[Path, Comments]:
        begins: dict[int, list[Entry]] = {}
        for entry in self.entries:
            begins.setdefault(entry.line, []).append(entry)
        quiet = _lines_of_texts(self.values, len(self.lines))
        for number, line in enumerate(self.lines):
            starting = begins.get(number, [])
            if starting:
                self._flush(starting[0])
                self._enter(starting)
            at = comment_start(line, number, self.values)
            if at >= 0:
                self._comment(line, at, starting)
            elif not line.strip() and not quiet[number] and not starting:
                self._blank()
        self._flush(None)
        return self.found

    def _enter(self, starting: Sequence[Entry]) -> None:
        for entry in starting:
            while self.open and entry.path[: len(self.open[-1].path)] != self.open[-1].path:
                self.open.pop()
            self.open.append(entry)

    def _comment(self, line: str, at: int, starting: Sequence[Entry]) -> None:
        words = line[at:].rstrip()
        if not line[:at].strip():
            self.pending.append((at, words))
        elif starting:
            self._add(starting[-1].path, beside=words, column=at)
        elif self.open:  # behind a later line of a value
            self._add(self.open[-1].path, above=(words,))
        else:
            self.pending.append((0, words))

    def _blank(self) -> None:
        if self.pending and self.pending[-1][1]:
            self.pending.append((self.pending[-1][0], ""))
        elif not self.pending and self.open:
            self.pending.append((-1, ""))

    def _flush(self, entry: Entry | None) -> None:
        """Give what has come up to the entry that begins now; what is indented deeper belongs to the one before."""
        pending, self.pending = self.pending, []
        while pending and entry is None and not pending[-1][1]:
            pending.pop()
        if not self.open:
            self._add((), above=tuple(words for _, words in pending))
            return
        if len(pending) > 1 and not pending[0][1]:
            pending[0] = (pending[1][0], "")  # a blank line goes with what follows it
        room = entry.column if entry is not None else -1
        while pending and pending[0][0] > room and (entry is not None or pending[0][0] > 0):
            column, words = pending.pop(0)
            holders = [one for one in self.open if one.column <= column] or self.open[:1]
            self._add(holders[-1].path, below=(words,))
        if entry is None:
            self._add((), below=tuple(words for _, words in pending))
        else:
            self._add(entry.path, above=tuple(words for _, words in pending))

    def _add(
        self,
        path: Path,
        *,
        above: tuple[str, ...] = (),
        beside: str = "",
        below: tuple[str, ...] = (),
        column: int = 0,
    ) -> None:
        if above or beside or below:
            old = self.found.get(path, Comments())
            self.found[path] = Comments(
                old.above + above, old.beside or beside, old.below + below, old.column or column
            )


def _lines_of_texts(values: Sequence[Span], count: int) -> list[bool]:
    """Which of so many lines are inside of a value, so that an empty one belongs to it."""
    quiet = [False] * (count + 1)
    for (first, _), (last, column) in values:
        for number in range(first, last + (column > 0)):
            quiet[number] = True
    return quiet


def comment_start(line: str, number: int, values: Sequence[Span]) -> int:
    """Where a comment begins on the line of that number, from 0; -1 where there is none. A # in a value is none."""
    at = line.find("#")
    while at >= 0:
        before = bisect_right(values, ((number, at), _LAST)) - 1
        outside = before < 0 or (number, at) >= values[before][1]
        if (not at or line[at - 1] in " \t") and outside:
            return at
        at = line.find("#", at + 1)
    return -1


def bare(text: str) -> str:
    """The text without its comments and without the blank lines between values."""
    values = spans(text)
    quiet = _lines_of_texts(values, text.count("\n") + 1)
    kept: list[str] = []
    for number, line in enumerate(text.split("\n")):
        at = comment_start(line, number, values)
        rest = line if at < 0 else line[:at].rstrip()
        if rest.strip() or quiet[number]:
            kept.append(rest)
    return "\n".join(kept) + "\n"


def commented(text: str, found: Mapping[Path, Comments]) -> str:
    """The text, which has no comments of its own, with these; what its place is gone from goes above the nearest one."""
    if not found:
        return text
    lines = text.removesuffix("\n").split("\n")
    places = {entry.path: entry for entry in entries(text) if not entry.inline}
    # What begins behind a dash has its comment above the dash.
    columns: dict[int, int] = {}
    for entry in places.values():
        columns[entry.line] = min(columns.get(entry.line, entry.column), entry.column)
    above: dict[int, list[str]] = {}
    beside: dict[int, str] = {}
    below: dict[int, list[str]] = {}
    for path, said in found.items():
        place, length = None, len(path)
        while length and (place := places.get(path[:length])) is None:
            length -= 1
        if place is None:
            above.setdefault(0, [])[:0] = [*said.above, *([said.beside] if said.beside else [])]
            below.setdefault(len(lines) - 1, []).extend(said.below)
            continue
        over = list(said.above)
        if _is_first(place, places):
            over = over[not over[0] :] if over else over
        if said.beside:
            if length < len(path) or place.line in beside:
                over.append(said.beside)
            else:
                gap = max(said.column - len(lines[place.line]), 2)
                beside[place.line] = " " * gap + said.beside
        above.setdefault(place.line, []).extend(_indented(over, columns[place.line]))
        # What ends further in comes first where several end on one line.
        below.setdefault(place.last, [])[:0] = _indented(said.below, place.column)
    return "\n".join(_woven(lines, above, beside, below)) + "\n"


def _is_first(place: Entry, places: Mapping[Path, Entry]) -> bool:
    """Whether nothing stands between the key or item and the line of what holds it."""
    holder = places.get(place.path[:-1])
    return place.line == (0 if holder is None else holder.line + 1)


def _indented(lines: Sequence[str], column: int) -> list[str]:
    return [" " * column + line if line else "" for line in lines]


def _woven(
    lines: Sequence[str],
    above: Mapping[int, Sequence[str]],
    beside: Mapping[int, str],
    below: Mapping[int, Sequence[str]],
) -> list[str]:
    woven: list[str] = []
    for number, line in enumerate(lines):
        woven += above.get(number, ())
        woven.append(line + beside.get(number, ""))
        woven += below.get(number, ())
    return woven
