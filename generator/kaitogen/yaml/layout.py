"""The only home of ruamel.yaml: one document laid out anew, with its comments, its anchors and its line breaks in texts.

ruamel.yaml keeps anchors, block texts and the notation of numbers. Comments it would hang on
the key before them, so that they stayed behind when keys move: they are taken out first, and
put back beside what they speak of.
"""

import io
from collections.abc import Callable
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import YAMLError
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    FoldedScalarString,
    LiteralScalarString,
    PlainScalarString,
    ScalarString,
)

from kaitogen.model import Path
from kaitogen.yaml.comments import bare, commented, comments
from kaitogen.yaml.entries import entries
from kaitogen.yaml.scalars import is_plain
from kaitogen.yaml.writer import reads_plain

_ENDLESS: Final = 2**31


class NotLaidOut(Exception):
    """ruamel.yaml cannot read or write the text."""


class _Representer(RoundTripRepresenter):
    """Writes out what would be left empty."""

    def null(self, _: None) -> Any:
        """A null as a word."""
        return self.represent_scalar("tag:yaml.org,2002:null", "null")


_Representer.add_representer(type(None), _Representer.null)


class _Constructor(RoundTripConstructor):
    """Reads a date as the text that it is to kaitogen and to Kubernetes."""

    def date(self, node: Any) -> Any:
        """The text in quotes, so that it is one to every reader."""
        return DoubleQuotedScalarString(node.value, anchor=node.anchor)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.date)


def restyled(text: str, arrange: Callable[[Any], None]) -> str:
    """The text of one document in block style, once `arrange` has put the keys of its value in order."""
    found = comments(text)
    plain = bare(text)
    yaml = YAML()
    yaml.Constructor, yaml.Representer = _Constructor, _Representer
    yaml.preserve_quotes = True
    yaml.width = _ENDLESS
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    try:
        value = yaml.load(plain)
        _Style(
            {entry.path for entry in entries(plain) if entry.kind == "flow" and not entry.one_line}
        ).lay_out(value)
        arrange(value)
        yaml.dump(value, out)
    except (YAMLError, ValueError, TypeError, AttributeError, NotImplementedError) as error:
        raise NotLaidOut(str(error).splitlines()[0] if str(error) else type(error).__name__) from error
    return commented(out.getvalue().rstrip("\n") + "\n", found)


class _Style:
    """Goes through a loaded value once: quotes where they are needed, blocks where a flow had several lines."""

    def __init__(self, opened: set[Path]) -> None:
        self.opened = opened
        self.seen: dict[int, Any] = {}
        self.kept: list[Any] = []

    def lay_out(self, value: Any) -> None:
        """Lay out a whole document, which is a block whatever it was."""
        if isinstance(value, CommentedMap | CommentedSeq):
            value.fa.set_block_style()
        self._value(value, (), inline=False)

    def _value(self, value: Any, path: Path, *, inline: bool) -> Any:
        if id(value) in self.seen:
            return self.seen[id(value)]
        self.kept.append(value)  # so that its id stays its own
        made = value
        if isinstance(value, CommentedMap | CommentedSeq):
            self.seen[id(value)] = value
            self._collection(value, path, inline=inline)
        elif isinstance(value, str):
            made = _text(value, inline=inline)
        anchor = getattr(value, "anchor", None)
        if anchor is not None and anchor.value:
            made = PlainScalarString(made) if type(made) is str else made
            made.yaml_set_anchor(anchor.value, always_dump=True)
            self.seen[id(value)] = made
        return made

    def _collection(self, value: Any, path: Path, *, inline: bool) -> None:
        if path in self.opened:
            value.fa.set_block_style()
        inline = inline or bool(value.fa.flow_style())
        if isinstance(value, CommentedSeq):
            for index, item in enumerate(value):
                value[index] = self._value(item, (*path, index), inline=inline)
            return
        for key in list(value):
            item = value.pop(key)
            value[_text(key, inline=inline)] = self._value(item, (*path, key), inline=inline)


def _text(value: str, *, inline: bool) -> str:
    """A text as kaitogen writes one: without quotes where it can do without, in double quotes elsewhere."""
    kept: str = value
    if isinstance(value, LiteralScalarString | FoldedScalarString) and not value.endswith("\n\n"):
        return kept
    if is_plain(value) or (not inline and reads_plain(value)):
        # Not simply str: ruamel.yaml would take the quotes of what it replaces.
        kept = PlainScalarString(value)
    elif isinstance(value, ScalarString) and not isinstance(value, PlainScalarString):
        kept = DoubleQuotedScalarString(value)
    return kept
