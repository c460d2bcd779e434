"""What a stream is (a terminal with colours, one without, or something read later), and the colours of what people read on one."""

import os
import sys

from kaitogen.typed import Final, Literal, TypeAlias

Colour: TypeAlias = Literal["red", "green", "yellow", "cyan", "plain"]

_CODES: Final[dict[Colour, str]] = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "plain": ""}


class _Chosen:
    """What the command line says of colours; None where it leaves them to the terminal."""

    always: bool | None = None


def choose(*, always: bool) -> None:
    """Colour everything for people from now on, or nothing."""
    _Chosen.always = always


def colours(descriptor: int = 2) -> bool | None:
    """Whether to colour (True, False) for a terminal, None where the stream is none (https://no-color.org).

    What the command line says goes before all of that.
    """
    if _Chosen.always:
        return True
    if not _is_terminal(descriptor):
        return None
    if _Chosen.always is False or os.environ.get("NO_COLOR"):
        return False
    return os.environ.get("TERM") != "dumb" and sys.platform != "win32"


def rewrites() -> bool:
    """Whether standard error is a terminal on which a line can be written over."""
    return _is_terminal(2) and os.environ.get("TERM") != "dumb"


def painted(text: str, colour: Colour, *, bold: bool = False) -> str:
    """The text between the sequences that begin and end a colour; printable text alone may be given."""
    code = ";".join(filter(None, ("1" if bold else "", _CODES[colour])))
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


def painted_word(line: str, word: str, colour: Colour) -> str:
    """A line that begins with the word, behind blanks, with that word in bold colour.

    Lines are coloured when they are laid out already: the sequences have no width.
    """
    start = len(line) - len(line.lstrip())
    if not line.startswith(word, start):
        return line
    return line[:start] + painted(word, colour, bold=True) + line[start + len(word) :]


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False
