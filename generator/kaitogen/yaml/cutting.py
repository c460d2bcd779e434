"""The entries of a list in a text as the very text that each was written in, whatever the layout: block, flow, JSON.

What is cut here may be anybody's, and is not read. An entry stands for itself: where it has an alias
of an anchor that stands elsewhere, what that anchor holds is written out in its place.
"""

import kaitogen.yaml.libyaml  # noqa: F401 - PyYAML without its half in Python

# isort: split
import yaml
from yaml import tokens
from yaml.error import YAMLError

from kaitogen.typed import Any, Final, Iterator, NamedTuple
from kaitogen.yaml import libyaml
from kaitogen.yaml.builder import MAX_DEPTH, unreadable
from kaitogen.yaml.reader import read
from kaitogen.yaml.writer import dashed

#: The indent of entries that stand between brackets.
FLOW: Final = -2

_STARTS: Final = (
    tokens.BlockMappingStartToken, tokens.BlockSequenceStartToken,
    tokens.FlowMappingStartToken, tokens.FlowSequenceStartToken,
)  # fmt: skip
_ENDS: Final = (tokens.BlockEndToken, tokens.FlowMappingEndToken, tokens.FlowSequenceEndToken)
_FRAME: Final = (
    tokens.StreamStartToken,
    tokens.DocumentStartToken,
    tokens.DocumentEndToken,
    tokens.StreamEndToken,
)
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
    walk = _Walk(key)
    try:
        for token in libyaml.tokens(text):
            walk.see(token)
            if walk.depth > MAX_DEPTH:
                return None  # for the reader to say so; the scanner takes longer the deeper it is
    except YAMLError as error:
        raise unreadable(error, text) from error
    if walk.end < 0:
        return None
    if walk.flow:
        entries = [Entry(text[start:end], FLOW) for start, end in walk.spans]
        rest = f"{text[: walk.start]}[]{text[walk.end :]}"
    else:
        starts = [text.rfind("\n", 0, dash) + 1 for dash, _ in walk.spans]
        end = text.rfind("\n", 0, walk.end) + 1 if walk.end < len(text) else len(text)
        indent = walk.spans[0][0] - starts[0]
        pairs = zip(starts, [*starts[1:], end], strict=True)
        entries = [Entry(text[start:stop], indent) for start, stop in pairs]
        rest = text[: starts[0]] + text[end:]
    if walk.crossing:
        whole = _Written(walk.with_new_names(text), key)
        for number in walk.crossing - {_REST}:
            entries[number] = whole.entry(number, entries[number].indent)
        rest = whole.rest() if _REST in walk.crossing else rest
    return Cut(tuple(entries), rest)


class _Walk:
    """Where the entries of the list are, and which of them need what stands outside of them."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.depth = 0
        self.start = self.end = -1
        self.flow = False
        #: Where each entry begins (in block layout with its dash) and ends.
        self.spans: list[tuple[int, int]] = []
        #: The numbers of the entries with an alias of an anchor outside, _REST for the text around them.
        self.crossing: set[int] = set()
        self._inside = 0
        self._before: list[type[Any]] = []
        #: Anchors and aliases with a name for each that no other anchor has: YAML lets one name be used again.
        self.renamed: list[tuple[int, int, str]] = []
        #: Of each anchor that is known so far the part that it stands in, and its new name.
        self._anchors: dict[str, tuple[int, str]] = {}

    def see(self, token: Any) -> None:
        """The next token of the text."""
        kind = type(token)
        here = len(self.spans) - 1 if self._inside else _REST
        if kind is tokens.AnchorToken:
            self._anchors[token.value] = here, f"&a{len(self.renamed)}"
        if kind in (tokens.AnchorToken, tokens.AliasToken):
            section, name = self._anchors.get(token.value, (here, f"&{token.value}"))
            self.renamed.append((token.start_mark.index, token.end_mark.index, name))
            if section != here:
                self.crossing.add(here)
        if self._inside:
            self._in_list(token, kind)
        elif self.end < 0:
            self._outside(token, kind)
        if kind in _STARTS:
            self.depth += 1
        elif kind in _ENDS:
            self.depth -= 1

    def with_new_names(self, text: str) -> str:
        """The text in which no anchor has the name of another."""
        parts, behind = [], 0
        for start, end, name in self.renamed:
            parts += [text[behind : start + 1], name[1:]]
            behind = end
        return "".join([*parts, text[behind:]])

    def _outside(self, token: Any, kind: type[Any]) -> None:
        """Look for the key of the outermost mapping, and for the list behind it."""
        found = self._before == [tokens.KeyToken, tokens.ScalarToken, tokens.ValueToken]
        if found and kind is tokens.FlowSequenceStartToken:
            self.flow, self.start, self._inside = True, token.start_mark.index, self.depth + 1
        elif found and kind in (tokens.BlockSequenceStartToken, tokens.BlockEntryToken):
            self._inside = self.depth + (kind is tokens.BlockSequenceStartToken)
            if kind is tokens.BlockEntryToken:
                self.spans.append((token.start_mark.index, -1))
        elif found and kind is tokens.AnchorToken:
            return
        if self.depth == 1 and kind is tokens.KeyToken:
            self._before = [tokens.KeyToken]
        elif (
            self._before == [tokens.KeyToken] and kind is tokens.ScalarToken and token.value == self.key
        ) or (self._before == [tokens.KeyToken, tokens.ScalarToken] and kind is tokens.ValueToken):
            self._before.append(kind)
        else:
            self._before = []

    def _in_list(self, token: Any, kind: type[Any]) -> None:
        if self.flow:
            self._in_brackets(token, kind)
        elif kind is tokens.BlockEntryToken and self.depth == self._inside:
            self.spans.append((token.start_mark.index, -1))
        elif self.depth <= 1 and kind in (tokens.KeyToken, tokens.BlockEndToken, *_FRAME):
            self.end, self._inside = token.start_mark.index, 0

    def _in_brackets(self, token: Any, kind: type[Any]) -> None:
        level = self.depth == self._inside
        if level and kind is tokens.FlowSequenceEndToken:
            self.end, self._inside = token.end_mark.index, 0
        elif level and kind is tokens.FlowEntryToken:
            self._before = [tokens.FlowEntryToken]
        elif not self.spans or self._before == [tokens.FlowEntryToken]:
            self.spans.append((token.start_mark.index, token.end_mark.index))
            self._before = []
        else:
            self.spans[-1] = (self.spans[-1][0], token.end_mark.index)


class _Written:
    """The text once more as nodes, of which single ones are written with all that they refer to.

    Few texts need it: it is the first to ask for all of PyYAML, which takes a fifth of a start.
    """

    def __init__(self, text: str, key: str) -> None:
        for _ in read(text):  # refuses what is nested too deep or grows too large
            pass
        loader: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
        root: Any = yaml.compose(text, Loader=loader)
        self.root = root
        self.pair: Any = next(pair for pair in self.root.value if pair[0].value == key)

    def entry(self, number: int, indent: int) -> Entry:
        """One entry of the list, to stand at an indent."""
        text = self._text(self.pair[1].value[number])
        return Entry(text.rstrip("\n") if indent == FLOW else dashed(text, indent), indent)

    def rest(self) -> str:
        """Everything else, with an empty list."""
        self.pair[1].value.clear()
        return self._text(self.root)

    def _text(self, node: Any) -> str:
        dumper: Any = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper
        whole: str = yaml.serialize(_alone(node), Dumper=dumper, allow_unicode=True, width=_WIDEST)
        return whole.removesuffix("...\n")


def _alone(node: Any) -> Any:
    """A copy of a node in which nothing stands twice, so that it is written without anchors."""
    if isinstance(node, yaml.ScalarNode):
        return yaml.ScalarNode(node.tag, node.value, style=node.style)
    values: Iterator[Any]
    if isinstance(node, yaml.MappingNode):
        values = ((_alone(key), _alone(value)) for key, value in node.value)
    else:
        values = map(_alone, node.value)
    return type(node)(node.tag, list(values), flow_style=node.flow_style)
