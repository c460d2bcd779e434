"""How much of what could be tried is tried: the whole at night, a part of it in the gate, little of it in between.

`HYPOTHESIS_PROFILE` says which: `whole` (make thorough), none or `same` (the gate), `quick` (make unit, other Pythons). All
draw the same in each run. What the gate leaves out differs from what it runs in number only.
"""

import os
from collections.abc import Iterable
from typing import Any, Final

import pytest
from hypothesis import settings

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE") or "same"
#: Whether all is tried that there is.
WHOLE: Final = PROFILE in ("whole", "random")
#: One of how many examples is drawn.
_ONE_IN: Final = {"whole": 1, "random": 1, "same": 8, "quick": 20}[PROFILE]
_FEWEST: Final = 5


def count(number: int) -> int:
    """How many of so many examples are drawn."""
    return number if WHOLE else max(min(number, _FEWEST), number // _ONE_IN)


def examples(number: int) -> settings:
    """Settings for so many examples in the whole, and for fewer otherwise."""
    return settings(max_examples=count(number))


def one_in(step: int, values: Iterable[Any]) -> list[Any]:
    """Values of a test's parameter: the first of each `step` always, the others at night."""
    return [
        pytest.param(value, marks=pytest.mark.night) if number % step else value
        for number, value in enumerate(values)
    ]


def crossed(values: Iterable[Any], others: Iterable[Any]) -> list[Any]:
    """Values of two parameters: each value with one of the others always, by turns, and with all of them at night."""
    columns = list(others)
    return [
        (value, other)
        if column == turn % len(columns)
        else pytest.param(value, other, marks=pytest.mark.night)
        for turn, value in enumerate(values)
        for column, other in enumerate(columns)
    ]
