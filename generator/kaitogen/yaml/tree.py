"""A text as a tree of places: where each key and value stands, and how it is written.

One pass over the parser's events. Findings, comments, small edits and layout all stand on it.
"""

import kaitogen.yaml.libyaml  # noqa: F401 - PyYAML without its half in Python

# isort: split
from bisect import bisect_right

from yaml import events
from yaml.error import Mark, YAMLError

from kaitogen.model import Path
from kaitogen.typed import TYPE_CHECKING, Any, Callable, Final, Iterable, Iterator, NamedTuple, TypeAlias
from kaitogen.yaml import builder
from kaitogen.yaml.lines import Lines, next_line
from kaitogen.yaml.places import Place

if TYPE_CHECKING:
    import re

STARTS: Final = frozenset((events.MappingStartEvent, events.SequenceStartEvent))
ENDS: Final = frozenset((events.MappingEndEvent, events.SequenceEndEvent))
VALUES: Final = frozenset((events.ScalarEvent, events.AliasEvent, *STARTS))
_NO_VALUE: Final = frozenset((events.DocumentEndEvent, events.StreamEndEvent))
#: The styles of texts that stand on lines of their own.
BLOCK_STYLES: Final = ("|", ">")
#: Where paths lead from a value: from each step on.
_Steps: TypeAlias = dict[str | int, Any]


class YamlNode:
    """One value of a document, with its key where a mapping holds it.

    `step` is the key, or the number in a list. `start` is the mark at which the key begins, or the
    value where there is none, `value` the one at which the value begins (with its anchor), `end`
    the one behind it; a mark has `index`, `line` and `column`, all from 0. `last` is the value's
    last line. `kind` is scalar, alias, block or flow. `style` and `key_style` are the quotes or
    other marks of a scalar, empty for a plain one; `text` is what a scalar, or the name of an
    alias, says. `target` is the value that an alias stands for.
    """

    __slots__ = (
        "anchor", "children", "end", "key_style", "kind", "last", "start", "step", "style", "target", "text", "value",
    )  # fmt: skip

    def __init__(self, step: str | int, key: Any, event: Any) -> None:
        self.step = step
        self.start: Mark = (key or event).start_mark
        self.value: Mark = event.start_mark
        self.end: Mark = event.end_mark
        self.last: int = event.end_mark.line
        self.anchor: str | None = event.anchor
        self.key_style: str = getattr(key, "style", None) or ""
        self.style: str = ""
        self.text: str = ""
        self.children: list[YamlNode] = []
        self.target: YamlNode | None = None
        if type(event) is events.ScalarEvent:
            self.kind, self.style, self.text = "scalar", event.style or "", event.value
        elif type(event) is events.AliasEvent:
            self.kind, self.anchor, self.text = "alias", None, str(event.anchor)
        else:
            self.kind = "flow" if event.flow_style else "block"

    @property
    def one_line(self) -> bool:
        """Whether the value ends on the line on which it begins."""
        return self.value.line == self.last


class Scalars:
    """Where the scalars of a text stand, its keys among them: what looks like a comment there is none."""

    def __init__(self) -> None:
        from array import array  # loads all of `collections`, and a finding's place needs none

        self._starts = array("q")
        self._ends = array("q")
        self._blocks: set[int] = set()

    def noted(self, text: str) -> Callable[[], Any]:
        """The events of the text, as `builder.events` has them, with the scalars among them noted here."""
        get = builder.events(text)

        def next_event() -> Any:
            event = get()
            if type(event) is events.ScalarEvent:
                mark: Any = event.start_mark
                end: Any = event.end_mark
                start = mark.index
                if event.style in BLOCK_STYLES:
                    # Beside the | or > there is room for a comment, in the text below it there is none.
                    start = next_line(text, start)
                    self._blocks.add(len(self._starts))
                self._starts.append(start)
                self._ends.append(end.index)
            return event

        return next_event

    def __contains__(self, offset: int) -> bool:
        """Whether the character at the offset belongs to a scalar."""
        before = bisect_right(self._starts, offset) - 1
        return before >= 0 and offset < self._ends[before]

    def in_block(self, offset: int) -> bool:
        """Whether it belongs to a text that stands on lines of its own, and may be YAML itself."""
        return offset in self and bisect_right(self._starts, offset) - 1 in self._blocks

    def comment(
        self, line: str, offset: int, pattern: str = "#", *, in_blocks: bool = False
    ) -> "re.Match[str] | None":
        """Where a comment like that begins on the line at the offset: behind a blank or nothing, and in no scalar.

        With `in_blocks` one in a text that stands on lines of its own is one as well.
        """
        import re  # few comments are asked for

        for match in re.finditer(pattern, line):
            at = match.start()
            in_value = offset + at in self and not (in_blocks and self.in_block(offset + at))
            if (not at or line[at - 1] in " \t") and not in_value:
                return match
        return None


class Tree(NamedTuple):
    """One document of a text: the offset and the line at which it begins, and its value unless it is empty."""

    start: int
    line: int
    root: YamlNode | None


def trees(text: str) -> tuple[list[Tree], Scalars]:
    """All documents of the text, and its scalars; yaml.YAMLError where it cannot be read."""
    found = Scalars()
    return list(_Parser(text, found.noted(text)).trees()), found


def scalars(text: str) -> Scalars:
    """The scalars of the text, as far as it can be read."""
    found = Scalars()
    next_event = found.noted(text)
    try:
        while type(next_event()) is not events.StreamEndEvent:
            pass
    except YAMLError:
        pass
    return found


def walk(root: YamlNode | None) -> Iterator[tuple[Path, YamlNode]]:
    """Every value below and with the root, in the order of the text, with the path to it."""
    pending: list[tuple[Path, YamlNode]] = [((), root)] if root is not None else []
    while pending:
        path, node = pending.pop()
        yield path, node
        pending += [((*path, child.step), child) for child in reversed(node.children)]


def located(text: str, paths: Iterable[Path]) -> dict[Path, Place]:
    """The places of the paths; see places.locate, which knows of those in plain texts without this."""
    steps: _Steps = {}
    for path in paths:
        below = steps
        for step in path:
            below = below.setdefault(step, {})
    return _located(text, steps)


def _located(text: str, steps: _Steps) -> dict[Path, Place]:
    parser = _Parser(text, builder.events(text), steps)
    try:
        parser.first_value()
    except (_AllRead, YAMLError):
        pass  # where a text breaks off behind a good document, what was found so far is right
    lines = Lines(text)
    places: dict[Path, Place] = {}
    for path, node in walk(parser.root):
        # A collection is named by its key: its first line may be far below.
        own = node.start if node.kind in ("block", "flow") else node.value
        key_line, key_column = lines.place(node.start.line, node.start.column)
        line, column = lines.place(own.line, own.column)
        places[path] = Place(key_line + 1, key_column + 1, line + 1, column + 1)
        if node.style == "|":
            below = steps
            for step in path:
                below = below[step]
            places.update(_in_block(node, path, below, text))
    return places


def _in_block(node: YamlNode, at: Path, steps: _Steps, text: str) -> Iterator[tuple[Path, Place]]:
    """The places of what a text in the literal style says as YAML of its own, such as the settings in a ConfigMap."""
    inner = node.text.split("\n")
    first = next((number for number, line in enumerate(inner) if line.strip()), None)
    if first is None or not steps:
        return  # nothing is said, and the document may end with it
    down = node.value.line + 1
    outer = text.split("\n")[down + first]
    right = max(outer.find(inner[first]), 0)
    for path, place in _located(node.text, steps).items():
        if path:
            key = place.key_line + down, place.key_column + right
            yield (*at, *path), Place(*key, place.line + down, place.column + right)


class _AllRead(Exception):
    """All that was asked for is read."""


class _Parser:
    """Events to nodes. Where there are steps, those that they lead to are kept alone, and nothing is read behind the last."""

    def __init__(self, text: str, next_event: Callable[[], Any], steps: _Steps | None = None) -> None:
        self.text = text
        self.next = next_event
        self.root: YamlNode | None = None
        self.anchors: dict[str, YamlNode] = {}
        self.steps = steps
        #: The ids of all steps that are still to be read.
        self.unread = set[int]()
        pending = [] if steps is None else [steps]
        while pending:
            below = pending.pop()
            self.unread.add(id(below))
            pending += below.values()

    def trees(self) -> Iterator[Tree]:
        """The documents, one after the other."""
        begun = False
        while type(event := self.next()) is not events.StreamEndEvent:
            if type(event) is not events.DocumentStartEvent:
                continue
            mark: Any = event.start_mark
            # Comments above the first document belong to it where no --- starts it.
            explicit = event.explicit or begun
            begun = True
            self.root = None
            self.first_value()
            yield Tree(mark.index - mark.column if explicit else 0, mark.line if explicit else 0, self.root)

    def first_value(self) -> None:
        """Read up to the end of the next value, which becomes the root, or of a document without one."""
        self.anchors = {}
        event = self.next()
        while type(event) not in VALUES:
            if type(event) in _NO_VALUE:
                return
            event = self.next()
        self.root = self._node("", None, event)
        self._fill(self.root, event, self.steps)

    def _node(self, step: str | int, key: Any, event: Any) -> YamlNode:
        node = YamlNode(step, key=key, event=event)
        if node.kind == "alias":
            node.target = self.anchors.get(node.text)
        if key is not None and key.anchor:
            self.anchors[key.anchor] = YamlNode("", key=None, event=key)
        if node.anchor:
            self.anchors[node.anchor] = node
        if node.style in BLOCK_STYLES:
            node.last = node.value.line + self.text[node.value.index : node.end.index].rstrip().count("\n")
        return node

    def _fill(self, node: YamlNode, start: Any, steps: _Steps | None) -> None:
        """Read the rest of a value that has begun. A child is kept before it is read: it may be the last one to be read."""
        if steps is not None:
            self.unread.discard(id(steps))
            if not self.unread:
                raise _AllRead
        if type(start) not in STARTS:
            return
        mapping = type(start) is events.MappingStartEvent
        index = 0
        while type(event := self.next()) not in ENDS:
            key: Any = None
            step: str | int = index
            if mapping:
                key, step = event, (event.value if type(event) is events.ScalarEvent else index)
                event = self.next()
            index += 1
            if steps is not None and step not in steps:
                self._skip(event)
                continue
            child = self._node(step, key, event)
            node.children.append(child)
            self._fill(child, event, None if steps is None else steps[step])
            node.end, node.last = child.end, child.last
        if node.kind == "flow":
            node.end = event.end_mark
            node.last = node.end.line

    def _skip(self, event: Any) -> None:
        """Read the rest of a value that nobody wants."""
        depth = int(type(event) in STARTS)
        while depth:
            kind = type(self.next())
            depth += kind in STARTS
            depth -= kind in ENDS
