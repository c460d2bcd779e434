"""The entries of a list in a text as the very text that each was written in, whatever the layout: block, flow, JSON.

What is cut here may be anybody's, and is not read. An entry stands for itself: where it has an alias
of an anchor that stands elsewhere, what that anchor holds is written out in its place.
"""

import kaitogen.yaml.libyaml  # noqa: F401 - PyYAML without its half in Python

# isort: split
import yaml
from yaml import events
from yaml.error import YAMLError

from kaitogen.typed import Any, Final, Iterable, Iterator, NamedTuple
from kaitogen.yaml import libyaml
from kaitogen.yaml.builder import KG104, MAX_DEPTH, unreadable
from kaitogen.yaml.reader import Unreadable, read
from kaitogen.yaml.tree import ENDS, STARTS, VALUES

#: The indent of entries that stand between brackets.
FLOW: Final = -2
#: The number of what is no entry.
_REST: Final = -1
_WIDEST: Final = 2**31 - 1  # as much as the emitter in C can hold: no line is broken


class Entry(NamedTuple):
    """One entry: its text, and the number of blanks before its dash, FLOW where it has none."""

    text: str
    indent: int


class Cut(NamedTuple):
    """A list's entries, and the text around them, in which the list is empty."""

    entries: tuple[Entry, ...]
    rest: str


def cut(text: str, key: str) -> Cut | None:
    """The list under a key of the one mapping that the text is; None where there is none.

    Unreadable where it is no YAML. What is nested too deep has no list either: reading it says why.
    """
    walk = _Walk(text, key)
    try:
        if any(walk.depth > MAX_DEPTH for _ in walk):
            return None  # for the reader to say so; the parser takes longer the deeper it is
    except YAMLError as error:
        raise unreadable(error, text) from error
    if not walk.bounds:
        return None
    entries, rest = _pieces(text, walk.bounds, walk.spans)
    if walk.crossing:
        sections = _written_out(text, key)
        for number in walk.crossing - {_REST}:
            entries[number] = _entry(sections[number], entries[number].indent)
        rest = _emitted(sections[_REST]) if _REST in walk.crossing else rest
    return Cut(tuple(entries), rest)


def _pieces(text: str, bounds: list[Any], spans: list[tuple[int, int]]) -> tuple[list[Entry], str]:
    """The entries as they stand in the text, and the text without them."""
    opening, closing = bounds
    start, end = opening.end_mark.index, closing.end_mark.index
    if opening.flow_style:
        return [Entry(text[start:end], FLOW) for start, end in spans], f"{text[: start - 1]}[]{text[end:]}"
    dash = start if text.startswith("-", start) else start - 1  # behind it where the list is not indented
    starts = [text.rfind("\n", 0, dash) + 1]
    indent = dash - starts[0]
    # Between a dash and its value there are comments alone.
    margin = "\n" + " " * indent + "-"
    starts += [text.rfind(margin, 0, value) + 1 for value, _ in spans[1:]]
    end = text.rfind("\n", 0, end) + 1 if end < len(text) else end
    pairs = zip(starts, [*starts[1:], end], strict=True)
    return [Entry(text[start:stop], indent) for start, stop in pairs], text[: starts[0]] + text[end:]


class _Walk:
    """The events of a text, each with the number of the entry that it belongs to."""

    def __init__(self, text: str, key: str) -> None:
        self.text = text
        self.key = key
        self.depth = 0
        #: The events with which the list begins and ends.
        self.bounds: list[Any] = []
        #: Where each entry begins, without its dash, and where it ends if it stands between brackets.
        self.spans: list[tuple[int, int]] = []
        #: The numbers of the entries with an alias of an anchor outside, _REST for the text around them.
        self.crossing: set[int] = set()
        #: Of each anchor that is known so far the entry that it stands in.
        self._anchors: dict[str, int] = {}

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        get, number = libyaml.events(self.text), _REST
        is_mapping = is_key = is_wanted = False
        while type(event := get()) is not events.StreamEndEvent:
            kind = type(event)
            self.depth -= kind in ENDS
            in_list = len(self.bounds) == 1
            if self.depth == 1 and in_list:
                self.bounds.append(event)
                number = _REST
            elif self.depth == 0 and kind in VALUES:
                is_mapping, is_key = kind is events.MappingStartEvent, False
            elif self.depth == 1 and kind in VALUES and is_mapping:
                is_key = not is_key  # in a mapping they take turns
                if is_wanted and kind is events.SequenceStartEvent and not self.bounds:
                    self.bounds.append(event)
                is_wanted = is_key and kind is events.ScalarEvent and event.value == self.key
            elif self.depth == 2 and kind in VALUES and in_list:
                number += 1
            self.depth += kind in STARTS
            self._note(event, number)
            yield event, number

    def _note(self, event: Any, number: int) -> None:
        anchor = getattr(event, "anchor", "")
        if type(event) is events.AliasEvent:
            if self._anchors.get(anchor, number) != number:
                self.crossing.add(number)
        elif anchor:
            self._anchors[anchor] = number
        start, end = event.start_mark.index, event.end_mark.index
        if number == len(self.spans):
            self.spans.append((start, end))
        elif number != _REST:
            begin, last = self.spans[number]
            if start == end:  # what nothing is written for; a comment may follow
                is_value = type(event) is events.ScalarEvent
                end = max(last, self.text.find(":", last, start) + 1) if is_value else last
            self.spans[number] = begin, end


def _written_out(text: str, key: str) -> dict[int, list[Any]]:
    """The events of each entry and of the rest, with what each alias stands for in its place.

    Few texts need it: writing them is the first to ask for all of PyYAML, which takes a fifth of a start.
    """
    for _ in read(text):  # refuses what is nested too deep or grows too large
        pass
    sections: dict[int, list[Any]] = {}
    #: What each anchor stands for, as far as it has been read; under None what has none.
    known: dict[str | None, list[Any]] = {}
    begun: list[tuple[list[Any], int]] = []
    for event, number in _Walk(text, key):
        section = sections.setdefault(number, [])
        if type(event) is events.AliasEvent:
            if not known[event.anchor]:
                message = f"alias *{event.anchor} stands in its own anchor"
                raise Unreadable(KG104.in_file("", message, fix="a value cannot contain itself"))
            section += known[event.anchor]
            continue
        section.append(event)
        if type(event) in VALUES:
            known[event.anchor] = []
            begun.append((known[event.anchor], len(section) - 1))
            event.anchor = None
        if type(event) is events.ScalarEvent or type(event) in ENDS:
            value, start = begun.pop()
            value += section[start:]
    return sections


def _entry(section: Iterable[Any], indent: int) -> Entry:
    """An entry written anew, as the one of a list: what stood in block layout may go between brackets."""
    flow = indent == FLOW
    list_start = events.SequenceStartEvent(None, None, implicit=True, flow_style=flow)
    begin = events.StreamStartEvent(), events.DocumentStartEvent(explicit=False), list_start
    text = _emitted([*begin, *section, events.SequenceEndEvent(), events.DocumentEndEvent(explicit=False)])
    if flow:
        return Entry(text.strip()[1:-1], FLOW)
    return Entry("\n".join(line and " " * indent + line for line in text.split("\n")), indent)


def _emitted(section: Iterable[Any]) -> str:
    """The text of a stream's events but for the last."""
    whole = [*section, events.StreamEndEvent()]
    dumper: Any = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper
    text: str = yaml.emit(whole, Dumper=dumper, allow_unicode=True, width=_WIDEST)
    return text.removesuffix("...\n")
