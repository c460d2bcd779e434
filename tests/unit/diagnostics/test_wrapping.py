"""Lines of a terminal."""

import pytest

from kaitogen.diagnostics.wording import wrapped


def test_further_lines_have_their_own_indent() -> None:
    assert wrapped("one two three", "name:  ", "  ", 14) == ["name:  one two", "  three"]


@pytest.mark.parametrize("text", ["", "short", "ends in a blank "])
def test_what_fits_stays_as_it_is(text: str) -> None:
    assert wrapped(text, "  ", "    ") == ["  " + text]


def test_a_word_that_no_line_has_room_for_is_broken() -> None:
    assert wrapped("a " + "b" * 20, "", "  ", 10) == ["a bbbbbbbb", "  bbbbbbbb", "  bbbb"]


def test_an_indent_that_leaves_no_room_ends_as_well() -> None:
    assert wrapped("ab", "12345", "12345", 5) == ["12345a", "12345b"]
