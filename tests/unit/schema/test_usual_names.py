"""What is taken for a usual name, without a regular expression, is one to the pattern as well."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kaitogen.schema import checks

LETTERS = "aZ0-_./ \n\u00e9\u0660"


@pytest.mark.parametrize("pattern", checks._USUAL)
@given(text=st.text(LETTERS, max_size=8) | st.from_regex("[a-z0-9./-]{60,70}"))
@example(text="node.kubernetes.io/instance-type")
@example(text="/a")
@example(text="a" * 64)
@example(text="a\n")
def test_a_usual_name_matches_its_pattern(pattern: str, text: str) -> None:
    assert not checks._USUAL[pattern](text) or re.search(pattern, text)


@pytest.mark.parametrize("pattern", checks._USUAL)
def test_most_names_are_usual(pattern: str) -> None:
    assert checks._USUAL[pattern]("llama-3-3-70b")


@pytest.mark.parametrize("text", ["", "a b", "a\u00a0b", "a\x1cb", "a\u200bb", "ab", "\u2028"])
def test_white_space_is_what_it_is_to_a_regular_expression(text: str) -> None:
    assert bool(checks.make_check({"type": "string", "pattern": r"\s"})(text)) == bool(re.search(r"\s", text))
