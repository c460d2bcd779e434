"""What is read line by line is what the parser reads, value for value and place for place."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kaitogen.model import Path
from kaitogen.yaml import builder, plain, reader, tree
from kaitogen.yaml.places import locate
from kaitogen.yaml.reader import RawDocument, Unreadable, read
from kaitogen.yaml.writer import dump

_KEYS = st.sampled_from(
    ("a", "b", "c", "name", "x.y/z", "y", "1", "_u", "-k", '"q"', "a b", "<<", "null", "/p", "kind")
)
_WORDS = st.sampled_from((
    "x", "1", "1", "true", "a b", "a b", "yes", "017", "1.5", "1e3", "-1", "~", "null", "12:30:45", "2001-01-01",
    "a  b", "'q'", '"q"', "''", '"a: b"', '"a # b"', "'don''t'", '"\\n"', '"un', "a: b", "a:", "a:b", "x#c", "x # c",
    "[]", "{}", "|", ">-", "&a x", "*a", "!t x", "- x", "a\tb", "é", "%x", "x%", "?", "a ?", ".inf", "_", "---x", "a, b",
))  # fmt: skip
_ENDS = st.sampled_from(("", "", "", "", "", " ", " # c", " # don't", "#", "\r"))
_OTHERS = st.sampled_from(("", "# c", "  # --- x", "# \x07", "---", "--- ", "--- a", "...", "%YAML 1.1", "-"))
_INDENTS = st.sampled_from(("", "", "  ", "  ", "    ", "      ", " "))
_DASHES = st.sampled_from(("", "", "", "- ", "-  ", "- - "))
_ENTRIES = st.builds("{}{}{}: {}{}".format, _INDENTS, _DASHES, _KEYS, _WORDS, _ENDS)
_OPENINGS = st.builds("{}{}{}:{}".format, _INDENTS, _DASHES, _KEYS, _ENDS)
_ITEMS = st.builds("{}- {}{}".format, _INDENTS, _WORDS, _ENDS)
_LINES = _ENTRIES | _OPENINGS | _ITEMS | _OTHERS
_LOOSE = st.lists(_LINES, max_size=7).map("\n".join)
_PLAIN_KEYS = st.sampled_from(("a", "b", "c", "name"))
_VALUES = st.dictionaries(
    _PLAIN_KEYS,
    st.recursive(
        st.sampled_from(("x", "a b", "1", 1, True, 1.5, "a: b")),
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(_PLAIN_KEYS, inner, min_size=1, max_size=3)
        ),
        max_leaves=12,
    ),
    max_size=4,
)


@st.composite
def _tidy(draw: st.DrawFn) -> str:
    """A document as it is written by programs, with a line or two changed."""
    lines = dump(draw(_VALUES)).split("\n")
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(lines) - 1))
        change = draw(st.sampled_from(("shift", "open", "drop", "add")))
        if change == "shift":
            lines[at] = draw(st.sampled_from(("  ", ""))) + lines[at].removeprefix("  ")
        elif change == "open":
            lines[at] = lines[at].partition(":")[0] + ":"
        elif change == "drop" and len(lines) > 1:
            del lines[at]
        else:
            lines.insert(at, draw(_LINES))
    return "\n".join(lines)


_BELOW = st.sampled_from(("x", "x", "# c", "- a: |", "b: c", " y", "  z", "", "x ", "'"))
_ODD = st.sampled_from(("", "x", " ", "  # c", "     ", "é", "b: 1", "  c: 2"))


@st.composite
def _literal(draw: st.DrawFn) -> str:
    """A text of whole lines behind a key, and what may stand around it."""
    above = draw(st.sampled_from(("", "", "z: 1\n", "z:\n", "- q\n")))
    indent, dash = draw(st.sampled_from(("", "", "  "))), draw(st.sampled_from(("", "", "- ")))
    end = draw(st.sampled_from(("", "", "", "-", " # c")))
    margin = draw(st.sampled_from((" ", "  ", "  ", "    ", "      ")))
    below = [margin + line if line else "" for line in draw(st.lists(_BELOW, min_size=1, max_size=4))]
    if draw(st.booleans()):
        below.insert(draw(st.integers(0, len(below))), draw(_ODD))
    below += draw(st.sampled_from(((), (f"{indent}b: 1",), ("c: 2", "# d"))))
    return (
        above
        + "\n".join([f"{indent}{dash}a: |{end}", *below])
        + draw(st.sampled_from(("", "\n", "\n", "\n---\na: 1\n")))
    )


_TEXTS = _tidy() | _tidy() | _LOOSE | _literal()


def outcome(text: str) -> list[RawDocument] | tuple[Any, ...]:
    try:
        return list(read(text))
    except Unreadable as stop:
        return tuple(stop.flaw)


def paths_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value, and one behind each that leads nowhere."""
    yield path
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    )
    for step, below in entries:
        yield from paths_in(below, (*path, step))
    yield (*path, "none")
    yield (*path, 7)


def without_lines(patch: pytest.MonkeyPatch) -> None:
    """Have the parser read everything."""
    patch.setattr(plain, "value_of", lambda *_: plain.NOT_PLAIN)


@given(_TEXTS)
@example("a:\n- b: 1\n  c:\n  - x\n- d\ne: 2\n---\n---\n# c\nf:  # c\n")
@example("a:\nb: 1\n")
@example("a: 1\n- b\n")
@example("  a: 1\nb: 2\n")
@example("a: 1\n  b: 2\n")
@example("a: 1\na: 2\n")
@example("a:\n  - b\n c: 1\n")
@example("- a\nb: 1\n")
def test_whatever_is_read_line_by_line_is_what_the_parser_reads(text: str) -> None:
    documents = outcome(text)
    with pytest.MonkeyPatch.context() as patch:
        without_lines(patch)
        # By their texts, in which 1, 1.0 and True differ, and the order of keys counts.
        assert repr(documents) == repr(outcome(text))
    for raw in documents if isinstance(documents, list) else ():
        own, paths = text[raw.start : raw.end], list(paths_in(raw.value))
        for path in paths:
            places = locate(own, [path])
            with pytest.MonkeyPatch.context() as patch:
                without_lines(patch)
                parsed = locate(own, [path])
            assert places.items() <= parsed.items()
            assert max(places, key=len) == max(parsed, key=len)


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-1\nspec:\n  count: 2  # two\n  ready: \n",
        "# above\n---\na:\n  b:\n    - c: 1\n      d: 'e f'\n    - g: \"h: i\"\nj:\n- k\n- 1.5\n---\nl: m\n",
        "- a\n- b: c\n",
    ],
)
def test_plain_texts_need_no_parser(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "_Builder", None)
    monkeypatch.setattr(tree, "_Parser", None)
    for raw in read(text):
        assert () in locate(text[raw.start : raw.end], [()])


def test_a_text_of_whole_lines_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "_Builder", None)
    text = "a: |\n  kind: b\n\n    # c\nd: 1\ne:\n- f: |\n    g\n---\nh: |\n i\n\n"
    read_so = [raw.value for raw in read(text)]
    assert read_so == [{"a": "kind: b\n\n  # c\n", "d": 1, "e": [{"f": "g\n"}]}, {"h": "i\n"}]


def test_as_many_lines_as_may_be_too_many_values_are_left_to_the_limits() -> None:
    text = "a:\n" + "- b\n" * 20
    assert reader._plain(text, 105) is not None
    assert reader._plain(text, 104) is None


@pytest.mark.parametrize(
    "text",
    ["- a:\n  - b: 1\n" * 40, "".join("  " * depth + "- b:\n" for depth in range(40)), "- a: b\n---\n" * 40],
    ids=["lists in a list", "a list in each entry", "documents"],
)
def test_what_has_too_many_values_for_the_parser_has_too_many_in_plain_lines(text: str) -> None:
    for most in range(50, 5 * text.count("\n")):
        try:
            list(builder.built(text, most))
        except Unreadable:
            assert reader._plain(text, most) is None
