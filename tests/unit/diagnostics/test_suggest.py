"""Near misses: what is taken for which known word, and what is not."""

import pytest

from kaitogen.diagnostics.suggest import distance, nearest
from tests.work import calls

FIELDS = ["strategy", "nodes", "count", "instanceType", "labelSelector", "preferredNodes"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("instanceTyp", "instanceType"),
        ("instance_type", "instanceType"),
        ("instance-type", "instanceType"),
        ("INSTANCETYPE", "instanceType"),
        ("InstanceTypes", "instanceType"),
        ("node", "nodes"),
        ("cuont", "count"),
        ("counts", "count"),
        ("lableSelector", "labelSelector"),
        ("preferedNodes", "preferredNodes"),
        ("strat", "strategy"),
        ("zzz", None),
        ("image", None),
        ("c", None),
        ("", None),
        ("instanceTyp" * 20, None),
    ],
)
def test_nearest_field(word: str, meant: str | None) -> None:
    assert nearest(word, FIELDS) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [("v0.12", "0.12"), ("0.12.1", "0.12"), ("0.13", None), ("0.2", None), ("0.11", "0.11"), ("12", None)],
)
def test_a_version_is_never_taken_for_another_one(word: str, meant: str | None) -> None:
    assert nearest(word, ["0.4", "0.11", "0.12"]) == meant


def test_the_first_of_equally_near_words_is_meant() -> None:
    assert nearest("lorb", ["lora", "lorc"]) == "lora"
    assert nearest("lorb", ["lorc", "lora"]) == "lorc"


def test_nothing_is_near_where_there_is_no_choice() -> None:
    assert nearest("count", []) is None


@pytest.mark.parametrize(
    ("left", "right", "steps"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "abd", 1),
        ("abc", "ab", 1),
        ("kitten", "sitting", 3),
    ],
)
def test_distance(left: str, right: str, steps: int) -> None:
    assert distance(left, right) == distance(right, left) == steps


def test_the_work_grows_with_the_number_of_choices() -> None:
    choices = [f"Standard_NC{number}ads_A100_v4" for number in range(1000)]
    few = calls(lambda: nearest("Standard_NC24ads_A100_v5", choices[:100]))
    assert calls(lambda: nearest("Standard_NC24ads_A100_v5", choices)) < 15 * few
