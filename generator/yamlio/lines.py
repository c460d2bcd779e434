"""Lines as editors count them, where the parser counts otherwise.

To YAML 1.1, and so to the parser, three characters of Unicode end a line that end
none in an editor, in git or on a terminal.
"""

import re
from typing import Final

_ODD: Final = "\x85\u2028\u2029"
_PARSERS: Final = f"\r\n|[\n\r{_ODD}]"


class Lines:
    """Places of one text from the parser's counting to the editor's. All numbers count from 0."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer(_PARSERS, text))] if _is_odd(text) else []

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in an editor; most texts have the same in both."""
        if not self._starts or line >= len(self._starts):
            return line, column
        at = self._starts[line] + column
        return self._text.count("\n", 0, at), at - (self._text.rfind("\n", 0, at) + 1)


def _is_odd(text: str) -> bool:
    return not text.isascii() and any(character in text for character in _ODD)
