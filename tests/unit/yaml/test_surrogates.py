"""JSON as any program writes it is read as what was meant."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kaitogen.yaml.reader import joined, read
from tests.draws import examples

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["😀", "a😀😁b", "\\ud83d\\ude00", "\\😀", "\\\\😀"]
)


@given(st.lists(TEXT, max_size=5))
@example(["\\😀", "\\\\ud83d\\ude00", "😀\\"])
@examples(100)
def test_ascii_json_is_read_as_json_means_it(words: list[str]) -> None:
    value: Any = {"words": words, "end": True}
    [raw] = read(joined(json.dumps(value)))
    assert raw.value == value


@pytest.mark.parametrize(
    "text",
    [
        "{a: '\\ud83d\\ude00'}",
        "a: |\n  \\ud83d\\ude00\n",
        '"\\ud83d"',
        '["\\ude00\\ud83d"]',
        "[" * 99999 + "\\ud",
    ],
)
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert joined(text) == text


def test_long_text_is_not_taken_apart() -> None:
    text = json.dumps(["😀" * 400_000])
    assert joined(text) == text
