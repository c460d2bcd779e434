"""YAML text to values: the one loader of everything that users, templates and tools hand in.

Plain texts are read line by line (plain.py), all others from the parser's events (builder.py), so that no hostile input is ever
held whole. Whether a document with flaws is one of ours, and so wrong, is for the caller to decide.
"""

from kaitogen.model import Diagnostic, Json
from kaitogen.typed import Any, Final, Iterable, Iterator, NamedTuple
from kaitogen.yaml import plain

MAX_NODES: Final = 800_000
#: JSON's escapes for a character beyond 16 bits, two halves that YAML does not put together: behind an even number of backslashes.
_SURROGATES: Final = r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
#: In characters. What is longer is read as it is, since json has no bound on what it builds.
_LONGEST_JOINED: Final = 4 * 1024 * 1024


class RawDocument(NamedTuple):
    """One document of a text: its value, what is wrong with how it is written, and which part of the text it is.

    `start` and `end` are character offsets into the text, `line` the number of lines before `start`.
    """

    value: Json
    flaws: tuple[Diagnostic, ...]
    start: int
    end: int
    line: int


class Unreadable(Exception):
    """The text ends here for us: no further document can be made out. Holds the flaw that says why."""

    def __init__(self, flaw: Diagnostic) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


def text_of(data: bytes) -> str:
    """The text of a file; UnicodeDecodeError where it is not UTF-8."""
    return joined(data.removeprefix(b"\xef\xbb\xbf").decode())


def joined(text: str) -> str:
    """The text with each pair of escaped surrogates as the one character that is meant, where all of it is JSON."""
    if ("\\ud" not in text and "\\uD" not in text) or len(text) > _LONGEST_JOINED:
        return text
    import json  # few texts have such escapes, and other YAML may mean them as they stand
    import re

    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return re.sub(_SURROGATES, _character, text)


def _character(match: Any) -> str:
    high, low = int(match[2], 16) - 0xD800, int(match[3], 16) - 0xDC00
    return str(match[1]) + chr(0x10000 + (high << 10) + low)


def read(text: str, most: int = MAX_NODES) -> Iterator[RawDocument]:
    """The documents of a text in order, empty ones (comments only) left out; Unreadable where the text goes wrong.

    `most` is the number of values that the whole text may have.
    """
    found = _plain(text, most)
    if found is None:
        # Most texts are plain, and loading the parser takes a tenth of a render.
        from kaitogen.yaml.builder import built

        found = built(text, most)
    yield from found


def _plain(text: str, most: int) -> Iterable[RawDocument] | None:
    """The documents of a text whose every line is a plain one, in which nothing can be wrong; None for any other."""
    if not plain.fits(text, most):
        return None
    found: list[RawDocument] = []
    start = line = 0
    divider = f"\n{plain.DIVIDER}\n"
    while start < len(text):
        end = text.find(divider, start) + 1 or len(text)
        lines = plain.lines_of(text[start:end])
        value = plain.value_of(lines[1:] if lines[0] == plain.DIVIDER else lines)
        if value is plain.NOT_PLAIN:
            return None
        if value is not None:
            found.append(RawDocument(value, (), start=start, end=end, line=line))
        start, line = end, line + len(lines) - 1
    return found
