"""Lines of a text, looked up by number and counted as editors do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.yaml import lines as of_text
from kaitogen.yaml.lines import Lines
from tests.draws import examples

TEXT = st.text(alphabet="ab\n\r\u2028\x85é", max_size=60)


@given(TEXT, st.lists(st.integers(-1, 70), max_size=8))
@examples(150)
def test_lines_are_those_of_the_split_text(text: str, numbers: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(of_text, "_BLOCK", 4)
        found = of_text.lines_of(text, numbers)
    lines = text.split("\n")
    assert found == {
        number: lines[number - 1].rstrip("\r") for number in set(numbers) if 0 < number <= len(lines)
    }


@given(TEXT)
@examples(100)
def test_each_place_of_the_parser_is_the_place_in_an_editor(text: str) -> None:
    lines = Lines(text)
    odd = any(character in text for character in "\u2028\x85")
    starts = [0, *(match.end() for match in re.finditer("\r\n|[\n\r\u2028\x85]", text))]
    for line, start in enumerate(starts):
        for column in range(3):
            if start + column <= len(text):
                before = text[: start + column]
                expected = (before.count("\n"), len(before) - (before.rfind("\n") + 1))
                assert lines.place(line, column) == (expected if odd else (line, column))
