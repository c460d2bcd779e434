"""Rows of words under headings, in columns as wide as their longest word."""

from collections.abc import Sequence
from typing import Final

_BETWEEN: Final = "  "


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> str:
    """The table with a newline at its end; columns whose numbers are in `right` are aligned to the right."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    lines = []
    for row in (headings, *rows):
        words = [
            word.rjust(width) if number in right else word.ljust(width)
            for number, (word, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(_BETWEEN.join(words).rstrip())
    return "\n".join(lines) + "\n"
