"""Lines of a terminal: those of Python's textwrap, made in a tenth of its time."""

from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.diagnostics.wording import wrapped

WORDS = st.lists(st.text("ab-—", min_size=1, max_size=30), min_size=1, max_size=40)


@given(words=WORDS, gap=st.sampled_from([" ", "  "]), width=st.sampled_from([20, 110]))
def test_lines_are_those_of_textwrap_without_blanks_at_their_ends(
    words: list[str], gap: str, width: int
) -> None:
    text, first, others = gap.join(words), "name:  ", "    "
    expected = wrap(text, width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
    assert wrapped(text, first, others, width) == [line.rstrip(" ") for line in expected]


@pytest.mark.parametrize("text", ["", "short", "ends in a blank "])
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert wrapped(text, "  ", "    ") == ["  " + text]


def test_a_word_that_no_line_has_room_for_is_broken() -> None:
    assert wrapped("a " + "b" * 20, "", "  ", 10) == ["a bbbbbbbb", "  bbbbbbbb", "  bbbb"]
