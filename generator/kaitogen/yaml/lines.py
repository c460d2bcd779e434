"""Lines as editors count them, where the parser counts otherwise.

To YAML 1.1, and so to the parser, three characters of Unicode end a line that end
none in an editor, in git or on a terminal.
"""

import re
from array import array
from bisect import bisect_left
from typing import Final

_ODD: Final = "\x85\u2028\u2029"
_PARSERS: Final = f"\r\n|[\n\r{_ODD}]"
#: No text of a person's has more lines, and a hostile one may be told a wrong line.
_MOST: Final = 1_000_000


class Lines:
    """Places of one text from the parser's counting to the editor's. All numbers count from 0."""

    def __init__(self, text: str) -> None:
        self._starts = array("l")
        self._ends = array("l")
        if _is_odd(text):
            self._starts = array("l", (0, *(match.end() for match in re.finditer(_PARSERS, text))))
            self._ends = array("l", (match.start() for match in re.finditer("\n", text)))

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in an editor; most texts have the same in both."""
        if line >= len(self._starts):
            return line, column
        at = self._starts[line] + column
        before = bisect_left(self._ends, at)
        return before, at - (self._ends[before - 1] + 1 if before else 0)


def _is_odd(text: str) -> bool:
    if text.isascii() or not any(character in text for character in _ODD):
        return False
    return sum(map(text.count, ("\n", "\r", *_ODD))) < _MOST
