"""Where the keys and values of a text stand, so that what lies between them can be told apart: its comments."""

from typing import Any, Final, TypeAlias

from yaml.error import YAMLError
from yaml.events import ScalarEvent, StreamEndEvent

from kaitogen.yaml.lines import Lines
from kaitogen.yaml.reader import events

#: Line and column, from 0, of the first character of a value, and of the first one behind it.
Span: TypeAlias = tuple[tuple[int, int], tuple[int, int]]

_BLOCK: Final = ("|", ">")


def spans(text: str) -> list[Span]:
    """The spans of all keys and values in order, as far as the text can be read."""
    found: list[Span] = []
    lines = Lines(text)
    try:
        get = events(text)
        while not isinstance(event := get(), StreamEndEvent):
            if isinstance(event, ScalarEvent):
                start: Any = event.start_mark
                end: Any = event.end_mark
                # The line of the | or > has room for a comment, the text below it has none.
                first = (start.line + 1, 0) if event.style in _BLOCK else (start.line, start.column)
                found.append((lines.place(*first), lines.place(end.line, end.column)))
    except YAMLError:
        pass
    return found
