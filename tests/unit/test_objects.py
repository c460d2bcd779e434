"""Merging of objects, what stands at a path, and the form in which Kubernetes stores a value."""

from typing import Any

import pytest

from kaitogen.kaito import objects
from kaitogen.kaito.objects import MISSING, canonical, merged, value_at


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": {"b": 1, "c": 1}}, {"a": {"b": 2}}, {"a": {"b": 2, "c": 1}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": {"b": 2}}, {"a": {"b": 2}}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({}, {"a": None}, {}),
        ({}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
        ({"a": False}, {"a": 0}, {"a": 0}),
        ({"a": 1}, {}, {"a": 1}),
        ([1], {"a": 1}, {"a": 1}),
        ({"a": 1}, [1], [1]),
    ],
)
def test_mappings_merge_lists_and_scalars_replace_and_null_removes(base: Any, over: Any, result: Any) -> None:
    assert merged(base, over) == result


def test_merging_changes_neither_side() -> None:
    base, over = {"a": {"b": 1}}, {"a": {"c": 2}}
    merged(base, over)
    assert (base, over) == ({"a": {"b": 1}}, {"a": {"c": 2}})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ((), {"a": [{"b": None}]}),
        (("a", 0), {"b": None}),
        (("a", 0, "b"), None),
        (("a", 1), MISSING),
        (("a", "0"), MISSING),
        (("a", 0, "c"), MISSING),
        (("a", 0, "b", "c"), MISSING),
        (("c",), MISSING),
    ],
)
def test_what_stands_at_a_path(path: Any, found: Any) -> None:
    assert value_at({"a": [{"b": None}]}, path, MISSING) == found


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ({"a": None, "b": {}, "c": [], "d": 0}, {"d": 0}),
        ({"resource": {"labelSelector": {}}}, {"resource": {"labelSelector": {}}}),
        ({"placement": {"labelSelector": {}}}, {}),
        ({"inference": {"template": {"a": None, "b": {}}}}, {"inference": {"template": {"b": {}}}}),
        ({"volumeSource": {"emptyDir": {}}}, {"volumeSource": {"emptyDir": {}}}),
        ({"a": [{"b": None}, {}]}, {"a": [{}, {}]}),
        ({"a": ""}, {"a": ""}),
    ],
)
def test_nothing_is_stored_that_a_server_would_drop(value: Any, stored: Any) -> None:
    assert canonical(value) == stored


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (1, 1),
        (0, 0),
        (True, None),
        (1.0, 1),
        (1.5, None),
        ("1", None),
        (2**63, None),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
    ],
)
def test_a_whole_number_has_at_most_64_bits(value: Any, whole: Any) -> None:
    assert objects.number({"a": value}, "a") == whole
