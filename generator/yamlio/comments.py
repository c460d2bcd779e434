"""The comments of a text by the key or item that they speak of, and back into another text that has it."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from generator.model import Path
from generator.yamlio.entries import Entry, entries
from generator.yamlio.values import Span, spans

#: Behind every place of a text.
_LAST: Final = (1 << 60, 0)


class Comments(NamedTuple):
    """What is said of one key or item: on the lines above it, beside it, and on the lines below all of it.

    A blank line is an empty text. The path `()` has what stands at the head and at the end of the document.
    """

    above: tuple[str, ...] = ()
    beside: str = ""
    below: tuple[str, ...] = ()


def comments(text: str) -> dict[Path, Comments]:
    """The comments of the text's first document; several blank lines count for one."""
    if "#" not in text and "\n\n" not in text:
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
        quiet = self._lines_of_texts()
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

    def _lines_of_texts(self) -> list[bool]:
        """Which lines are inside of a value, so that an empty one belongs to it."""
        quiet = [False] * (len(self.lines) + 1)
        for (first, _), (last, column) in self.values:
            for number in range(first, last + (column > 0)):
                quiet[number] = True
        return quiet

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
            self._add(starting[-1].path, beside=words)
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
        self, path: Path, above: tuple[str, ...] = (), beside: str = "", below: tuple[str, ...] = ()
    ) -> None:
        if above or beside or below:
            old = self.found.get(path, Comments())
            self.found[path] = Comments(old.above + above, old.beside or beside, old.below + below)


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


def commented(text: str, found: Mapping[Path, Comments]) -> str:
    """The text, which has no comments of its own, with these; what its place is gone from goes above the nearest one."""
    if not found:
        return text
    lines = text.removesuffix("\n").split("\n")
    places = {entry.path: entry for entry in entries(text) if not entry.inline}
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
        indent = " " * place.column
        over = list(said.above)
        if said.beside:
            if length < len(path) or place.line in beside:
                over.append(said.beside)
            else:
                beside[place.line] = said.beside
        above.setdefault(place.line, []).extend(_indented(over, indent))
        # What ends further in comes first where several end on one line.
        below.setdefault(place.last, [])[:0] = _indented(said.below, indent)
    return "\n".join(_woven(lines, above, beside, below)) + "\n"


def _indented(lines: Sequence[str], indent: str) -> list[str]:
    return [indent + line if line else "" for line in lines]


def _woven(
    lines: Sequence[str],
    above: Mapping[int, Sequence[str]],
    beside: Mapping[int, str],
    below: Mapping[int, Sequence[str]],
) -> list[str]:
    woven: list[str] = []
    for number, line in enumerate(lines):
        woven += above.get(number, ())
        woven.append(f"{line}  {beside[number]}" if number in beside else line)
        woven += below.get(number, ())
    return woven
