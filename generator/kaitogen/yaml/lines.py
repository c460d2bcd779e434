"""Lines of a text: by number, and as editors count them where the parser counts otherwise.

To YAML 1.1, and so to the parser, three characters of Unicode end a line that end
none in an editor, in git or on a terminal.
"""

from kaitogen.typed import Final, Iterable, Iterator, Sequence

_ODD: Final = "\x85\u2028\u2029"
_PARSERS: Final = f"\r\n|[\n\r{_ODD}]"
#: No text of a person's has more lines, and a hostile one may be told a wrong line.
_MOST: Final = 1_000_000
#: Characters in which lines are counted at once.
_BLOCK: Final = 65536


class Lines:
    """Places of one text from the parser's counting to the editor's. All numbers count from 0."""

    def __init__(self, text: str) -> None:
        self._starts: Sequence[int] = ()
        self._ends: Sequence[int] = ()
        odd = not text.isascii() and any(map(text.__contains__, _ODD))
        if odd and sum(map(text.count, ("\n", "\r", *_ODD))) < _MOST:
            import re  # few texts have such line ends
            from array import array

            self._starts = array("l", line_starts(text))
            self._ends = array("l", (match.start() for match in re.finditer("\n", text)))

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in an editor; most texts have the same in both."""
        if line >= len(self._starts):
            return line, column
        from bisect import bisect_left  # as few

        at = self._starts[line] + column
        before = bisect_left(self._ends, at)
        return before, at - (self._ends[before - 1] + 1 if before else 0)


def is_regular(text: str) -> bool:
    """Whether a newline is all that ends a line of the text, to whoever reads it."""
    return not any(map(text.__contains__, ("\r", *_ODD)))


def line_starts(text: str) -> Iterator[int]:
    """The offset at which each line begins, as the parser counts."""
    import re  # the run of a valid intent needs none

    yield 0
    yield from (match.end() for match in re.finditer(_PARSERS, text))


def next_line(text: str, offset: int) -> int:
    """Where the line behind the one of the offset begins, as the parser counts; the text's length where there is none."""
    import re  # nor here

    found = re.compile(_PARSERS).search(text, offset)
    return found.end() if found else len(text)


def line_of(text: str, number: int) -> str:
    """The line of that number, from 1, without its end; empty where there is none."""
    return lines_of(text, (number,)).get(number, "")


def lines_of(text: str, numbers: Iterable[int]) -> dict[int, str]:
    """The lines of those numbers, from 1, without their ends, as far as there are any; in one pass over the text."""
    found: dict[int, str] = {}
    start, at = 0, 1
    for number in sorted({number for number in numbers if number > 0}):
        before, at = number - at, number
        # In blocks first: a file may have millions of lines.
        while start < len(text) and (passed := text.count("\n", start, start + _BLOCK)) < before:
            start, before = start + _BLOCK, before - passed
        block = text[start : start + _BLOCK]
        *passed_by, rest = block.split("\n", before)
        if len(passed_by) < before:
            return found
        start += len(block) - len(rest)
        end = text.find("\n", start)
        found[number] = text[start : len(text) if end < 0 else end].rstrip("\r")
    return found
