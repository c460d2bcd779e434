"""JSON is laid out as Python's own library does it, in one text or piece by piece."""

import gc
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from kaitogen.diagnostics.wording import json_parts, json_text

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(VALUES)
def test_it_is_what_json_writes(value: object) -> None:
    text = json_text(value)
    assert json.loads(text) == value
    assert _unescaped(text) == _unescaped(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _unescaped(text: str) -> str:
    """The text with characters in the place of escapes of those that not every terminal shows as such."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


@given(st.dictionaries(st.text(max_size=3), st.lists(VALUES, max_size=3), min_size=1, max_size=3))
def test_piece_by_piece_it_is_the_same(members: dict[str, list[object]]) -> None:
    items = {key: iter(value) for key, value in members.items()}
    assert "".join(json_parts(items)) == "".join(json_parts(members)) == json_text(members)


def test_nothing_is_left_behind() -> None:
    """A run collects no garbage, so that what holds itself stays to its end: for each text of very many."""
    value = {"a": [1, {"b": "c"}], "d": None}
    json_text(value)
    gc.collect()
    gc.disable()
    try:
        json_text(value)
        assert gc.collect() == 0
    finally:
        gc.enable()
