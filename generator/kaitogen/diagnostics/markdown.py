"""Markdown: text of users that makes no markup, tables, and comments that are no longer than a code host takes."""

from kaitogen.diagnostics.wording import cut, number_of, printable
from kaitogen.typed import Final, Iterable, Sequence

#: GitHub takes comments of so many characters; counted in bytes, so that no reader counts more.
LIMIT: Final = 65_536
#: Room for the last line, which says what is left out.
_TAIL: Final = 400
#: So many rows stand open; the others are folded.
_OPEN_ROWS: Final = 20
_END_OF_FOLD: Final = "\n</details>\n\n"
#: What Markdown, HTML in it or GitHub would take for more than text.
_ESCAPES: Final = str.maketrans(
    {**{char: f"\\{char}" for char in "\\`*_[]|~#"}, "<": "&lt;", "&": "&amp;", "@": "&#64;"}
)


def plain(text: str, most: int = 0) -> str:
    """The text on one line as it is: it makes no markup, breaks no table and calls nobody.

    It has at most `most` characters before they are escaped (0: all of them).
    """
    line = printable(text)
    return (cut(line, most) if most else line).translate(_ESCAPES)


def code(text: str) -> str:
    """The text as code on one line; a backtick in it would end that, and a bar the cell of a table."""
    clean = printable(text).replace("|", "\\|")
    return f"`` {clean} ``" if "`" in clean else f"`{clean}`"


def fenced(text: str, language: str) -> str:
    """The text as a block of code, in a fence that nothing in it can close."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"


def row(cells: Iterable[str]) -> str:
    """A row of a table. The cells are Markdown: text of users has to be plain or code already."""
    return f"| {' | '.join(cells)} |\n"


def heads(names: Sequence[str], numbers: Iterable[str] = ()) -> str:
    """The first two rows of a table; the columns called `numbers` are aligned to the right."""
    aligned = set(numbers)
    return f"{row(names)}|{'|'.join('---:' if name in aligned else '---' for name in names)}|\n"


class Comment:
    """The text of a comment: parts that are taken as long as there is room, each whole or not at all."""

    def __init__(self, command: str) -> None:
        """`command` shows all where the comment cannot."""
        self._command = command
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

    def fold(self, summary: str, head: str, parts: Iterable[str]) -> None:
        """Parts behind a line to click on; what opens is closed, however full the comment gets."""
        self._room -= len(_END_OF_FOLD)
        if self.add(f"<details><summary>{summary}</summary>\n\n{head}"):
            for part in parts:
                self.add(part)
            self._parts.append(_END_OF_FOLD)

    def table(self, head: str, rows: Sequence[str]) -> None:
        """A table, of which the first rows stand open and the others are folded; nothing where it has none."""
        if rows:
            self.add(head + "".join(rows[:_OPEN_ROWS]) + "\n")
        if folded := rows[_OPEN_ROWS:]:
            self.fold(number_of(len(folded), "more row"), head, folded)

    def text(self) -> str:
        """Everything that was taken, and how much was not."""
        if not self._left_out:
            return "".join(self._parts)
        left = number_of(self._left_out, "more part")
        return f"{''.join(self._parts)}\n{left} would be too long for a comment: `{self._command}` shows them all.\n"
