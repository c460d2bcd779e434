"""Explaining what is wrong takes bounded time and tells a bounded number of problems, however much is wrong."""

from typing import Any

import pytest

from kaitogen import schema
from tests.unit.schema_samples import SERVING, SET, changed
from tests.work import calls


def _fleet(good: int, bad: int) -> Any:
    entry = SET["spec"]["workspaces"][1]
    wrong = changed(entry, ("spec", "placement"), {"count": "2"})
    return changed(SET, ("spec", "workspaces"), [entry] * good + [wrong] * bad)


def test_one_wrong_entry_of_thousands_is_found_quickly() -> None:
    few, fleet = _fleet(500, 1), _fleet(2000, 1)
    assert calls(lambda: schema.problems("set", fleet)) < 6 * calls(lambda: schema.problems("set", few))
    problems = schema.problems("set", fleet)
    assert [problem.path for problem in problems] == [
        ("spec", "workspaces", 2000, "spec", "placement", "count")
    ]


def test_thousands_of_wrong_entries_are_cut_to_fifty_and_a_count() -> None:
    few, fleet = _fleet(0, 500), _fleet(0, 2000)
    assert calls(lambda: schema.problems("set", fleet)) < 6 * calls(lambda: schema.problems("set", few))
    problems = schema.problems("set", fleet)
    assert len(problems) == 51
    assert (problems[-1].code, problems[-1].message) == ("KG125", "more than 200 more problems are not shown")
    assert problems[-1].path == ("spec", "workspaces", 50, "spec", "placement", "count")


@pytest.mark.parametrize(
    ("wrong", "last"), [(51, "1 more problem is not shown"), (60, "10 more problems are not shown")]
)
def test_the_count_is_exact_where_it_can_be(wrong: int, last: str) -> None:
    assert schema.problems("set", _fleet(0, wrong))[-1].message == last


def test_fifty_problems_need_no_count() -> None:
    assert {problem.code for problem in schema.problems("set", _fleet(0, 50))} == {"KG122"}


def test_a_long_list_of_mixed_items_is_judged_in_bounded_time() -> None:
    def wrong(length: int) -> Any:
        items = [{"a": number} if number % 2 else f"n{number}" for number in range(length)]
        return changed(SERVING, ("spec", "placement", "nodes"), items)

    few, many = wrong(2000), wrong(20000)
    assert len(schema.problems("intent", many)) == 51
    assert calls(lambda: schema.problems("intent", many)) < 15 * calls(lambda: schema.problems("intent", few))
