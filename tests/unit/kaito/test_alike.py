"""Values that are written alike."""

from typing import Any

import pytest

from kaitogen.kaito.objects import alike


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"a": 1, "b": [1, "x", None]}, {"b": [1, "x", None], "a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1.0}, False),
        ({"a": 0.0}, {"a": -0.0}, False),
        ({"a": 1e-5}, {"a": 0.00001}, True),
        ({"a": float("nan")}, {"a": float("nan")}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ("1", 1, False),
        (None, False, False),
    ],
)
def test_only_what_is_written_alike_is(one: Any, other: Any, *, expected: bool) -> None:
    assert alike(one, other) is expected
    assert alike(other, one) is expected
