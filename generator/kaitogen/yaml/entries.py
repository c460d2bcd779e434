"""Every key and list item of a text with the lines it stands on: what comments and small edits are held against."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from kaitogen.model import Path
from kaitogen.yaml.reader import events

_STARTS: Final = (MappingStartEvent, SequenceStartEvent)
_ENDS: Final = (MappingEndEvent, SequenceEndEvent)
_BLOCK: Final = ("|", ">")
#: Line breaks to YAML 1.1 that editors, and YAML 1.2, take for characters: lines are counted differently.
ODD_BREAKS: Final = ("\r", "\x85", "\u2028", "\u2029")


class Entry(NamedTuple):
    """One key or item. Lines and columns count from 0, `start`, `value` and `end` are offsets into the text.

    `start` is where the key begins (for an item its value), `value` to `end` is what stands
    beside it. `last` is the last line of that, and `inline` says that it stands in a flow
    collection of one line, where there is no room for lines of its own. `kind` is scalar, alias,
    block or flow, and `one_line` says that the value ends on the line on which it begins.
    """

    path: Path
    line: int
    column: int
    last: int
    start: int
    value: int
    end: int
    inline: bool
    kind: str
    one_line: bool


class _End(NamedTuple):
    offset: int
    last: int
    kind: str


def document_starts(text: str) -> list[int]:
    """The offset at which each document of a text begins, those without content included."""
    starts: list[int] = []
    get = events(text)
    while type(event := get()) is not StreamEndEvent:
        if type(event) is DocumentStartEvent:
            mark: Any = event.start_mark
            explicit = event.explicit or bool(starts)
            starts.append(mark.index - mark.column if explicit else 0)
    return starts


def entries(text: str) -> list[Entry]:
    """The keys and items of the text's first document, in order; empty where the text cannot be read."""
    found: list[Entry] = []
    try:
        get = events(text)
        event = get()
        while type(event) is not DocumentStartEvent:
            if type(event) is StreamEndEvent:
                return []
            event = get()
        event = get()
        if type(event) is not DocumentEndEvent:
            _Walk(get, text, found).value(event, (), inline=False)
    except YAMLError:
        return []
    return sorted(found, key=lambda entry: (entry.start, len(entry.path)))


class _Walk:
    """One pass over the events of a document."""

    def __init__(self, get: Callable[[], Any], text: str, found: list[Entry]) -> None:
        self.get = get
        self.text = text
        self.found = found

    def value(self, event: Any, path: Path, *, inline: bool) -> _End:
        """Note all entries below a value, and say where it ends."""
        if isinstance(event, _STARTS):
            return self._collection(event, path, inline=inline)
        end, last = event.end_mark, event.end_mark.line
        kind = type(event)
        if kind is ScalarEvent and event.style in _BLOCK:
            last = self._last_line_of_block(event)
        return _End(end.index, last, "alias" if kind is AliasEvent else "scalar")

    def _last_line_of_block(self, event: Any) -> int:
        first: int = event.start_mark.line
        text = self.text[event.start_mark.index : event.end_mark.index].rstrip()
        return first + text.count("\n")

    def _collection(self, start: Any, path: Path, *, inline: bool) -> _End:
        mapping = type(start) is MappingStartEvent
        first_inside = len(self.found)
        index, last, offset = 0, start.start_mark.line, start.start_mark.index
        event: Any
        while not isinstance(event := self.get(), _ENDS):
            mark, column = event.start_mark, start.start_mark.column
            step: str | int = index
            if mapping:
                step, column = (event.value if type(event) is ScalarEvent else index), mark.column
                event = self.get()
            index += 1
            where = (*path, step)
            at = event.start_mark
            end = self.value(event, where, inline=inline)
            last, offset = end.last, end.offset
            one_line = at.line == last
            self.found.append(
                Entry(
                    where, mark.line, column, last, mark.index, at.index, offset, inline, end.kind, one_line
                )
            )
        if not start.flow_style:
            return _End(offset, last, "block")
        closing: Any = event.end_mark
        if start.start_mark.line == closing.line:
            inside = self.found[first_inside:]
            self.found[first_inside:] = [entry._replace(inline=True) for entry in inside]
        return _End(closing.index, closing.line, "flow")
