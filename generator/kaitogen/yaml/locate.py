"""From a path in a value back to its line and column in the text.

Only findings need this, so the text is read a second time when there is one, and
only the wanted paths are followed: no position is kept for the valid 99 percent.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from kaitogen.model import Path
from kaitogen.yaml.lines import Lines
from kaitogen.yaml.reader import events

_STARTS: Final = (MappingStartEvent, SequenceStartEvent)
_ENDS: Final = (MappingEndEvent, SequenceEndEvent)
_BLOCK: Final = 65536
_Trie: TypeAlias = dict[str | int, Any]


class Place(NamedTuple):
    """Where a value stands: its key (or the value itself, in a list) and the value. Counted from 1."""

    key_line: int
    key_column: int
    line: int
    column: int


class _AllFound(Exception):
    """Every place is known, so that the rest of the text need not be read."""


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
        for _ in range(before):
            start = text.find("\n", start) + 1
            if not start:
                return found
        end = text.find("\n", start)
        found[number] = text[start : len(text) if end < 0 else end].rstrip("\r")
    return found


def locate(text: str, paths: Iterable[Path]) -> dict[Path, Place]:
    """The places of the paths, and of the mappings and lists on the way to them, that the text's first document has."""
    wanted: _Trie = {}
    # The root has a place as well.
    missing = 1
    for path in paths:
        node = wanted
        for step in path:
            missing += step not in node
            node = node.setdefault(step, {})
    places: dict[Path, Place] = {}
    try:
        next_event = events(text)

        def get() -> Any:
            if len(places) == missing:
                raise _AllFound
            return next_event()

        event = get()
        while not isinstance(event, (ScalarEvent, AliasEvent, *_STARTS)):
            if isinstance(event, (DocumentEndEvent, StreamEndEvent)):
                return {}
            event = get()
        _follow(get, event, wanted, (), event.start_mark, places)
    except _AllFound:
        pass
    except YAMLError:
        pass  # a text that broke off after a good document: what was found so far is right
    lines = Lines(text)
    return {path: _for_editors(place, lines) for path, place in places.items()}


def _for_editors(place: Place, lines: Lines) -> Place:
    key_line, key_column = lines.place(place.key_line - 1, place.key_column - 1)
    line, column = lines.place(place.line - 1, place.column - 1)
    return Place(key_line + 1, key_column + 1, line + 1, column + 1)


def _follow(
    get: Any, event: Any, wanted: _Trie, path: Path, key_mark: Any, places: dict[Path, Place]
) -> None:
    """Note the value that `event` starts and go into it as far as the wanted paths do."""
    mark = event.start_mark
    if isinstance(event, _STARTS):
        # A collection is named by its key: its own first line may be far below.
        places[path] = Place(key_mark.line + 1, key_mark.column + 1, key_mark.line + 1, key_mark.column + 1)
    else:
        places[path] = Place(key_mark.line + 1, key_mark.column + 1, mark.line + 1, mark.column + 1)
        return
    in_mapping = isinstance(event, MappingStartEvent)
    index = 0
    while True:
        event = get()
        if isinstance(event, _ENDS):
            return
        step: str | int = index
        mark = event.start_mark
        if in_mapping:
            step = event.value if isinstance(event, ScalarEvent) else index
            event = get()
        index += 1
        if step in wanted:
            _follow(get, event, wanted[step], (*path, step), mark, places)
        elif isinstance(event, _STARTS):
            _skip(get)


def _skip(get: Any) -> None:
    depth = 1
    while depth:
        event = get()
        if isinstance(event, _STARTS):
            depth += 1
        elif isinstance(event, _ENDS):
            depth -= 1
