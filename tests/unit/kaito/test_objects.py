"""Merging of objects, what stands at a path, and the form in which Kubernetes stores a value."""

from typing import Any

import pytest

from kaitogen.kaito import objects
from kaitogen.kaito.objects import (
    MISSING,
    canonical,
    config_maps_of,
    is_kustomize_annotation,
    merged,
    to_intent_path,
    value_at,
    without_nulls,
)
from kaitogen.model import RUNTIME_ANNOTATION, Document, Origin, Placement, Spec, Target


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


def _spec(**placement: Any) -> Spec:
    return Spec(
        origin=Origin(Document("a.yaml", 0, {})),
        name="phi",
        namespace=None,
        labels={},
        annotations={},
        target=Target(),
        placement=Placement(**placement),
        inference={"model": "phi-4", "runtime": "vllm"},
        tuning=None,
    )


NAMED, COUNTED = _spec(nodes=("a",)), _spec(node_count=2)
BOTH = _spec(nodes=("a",), node_count=1)


@pytest.mark.parametrize(
    ("spec", "path", "intent_path"),
    [
        (NAMED, ("resource", "preferredNodes", 0), ("spec", "placement", "nodes", 0)),
        (NAMED, ("resource", "count"), ("spec", "placement", "nodes")),
        (BOTH, ("resource", "count"), ("spec", "placement", "count")),
        (COUNTED, ("resource", "count"), ("spec", "placement", "count")),
        (COUNTED, ("resource", "preferredNodes", 0), ("spec", "placement", "preferredNodes", 0)),
        (NAMED, ("resource", "instanceType"), ("spec", "placement", "instanceType")),
        (NAMED, ("metadata", "labels", "count"), ("metadata", "labels", "count")),
        (NAMED, ("inference", "preset", "name"), ("spec", "inference", "model")),
        (NAMED, ("inference", "adapters", 0), ("spec", "inference", "adapters", 0)),
        (NAMED, ("metadata", "annotations", RUNTIME_ANNOTATION), ("spec", "inference", "runtime")),
        (NAMED, ("metadata", "annotations", "a"), ("metadata", "annotations", "a")),
        (NAMED, (), ("spec",)),
    ],
)
def test_the_way_back_to_the_intent(spec: Spec, path: Any, intent_path: Any) -> None:
    assert to_intent_path(spec, path) == intent_path


def test_only_config_maps_of_the_core_group_are_looked_into() -> None:
    def of(**changes: Any) -> Any:
        return {
            "kind": "ConfigMap",
            "apiVersion": "v1",
            "metadata": {"name": "a"},
            "data": {"b": "c"},
            **changes,
        }

    assert config_maps_of([of()]) == {("", "a"): {"b": "c"}}
    assert config_maps_of([of(metadata={"name": "a", "namespace": "n"})]) == {("n", "a"): {"b": "c"}}
    assert config_maps_of([of(data=None)]) == {("", "a"): {}}
    wrong: list[dict[str, Any]] = [
        {"kind": "Secret"},
        {"apiVersion": "v2"},
        {"metadata": None},
        {"metadata": {"name": 1}},
        {"data": [1]},
    ]
    assert config_maps_of([of(**changes) for changes in wrong]) == {}


@pytest.mark.parametrize(
    ("key", "theirs"),
    [
        ("config.kubernetes.io/path", True),
        ("config.kubernetes.io/depends-on", False),
        ("internal.config.kubernetes.io/x", True),
        ("kaito.sh/runtime", False),
    ],
)
def test_which_annotations_are_kustomizes_own(key: str, theirs: bool) -> None:
    assert is_kustomize_annotation(key) is theirs


_FLEET = COUNTED._replace(fleet={"replicas": 2})


@pytest.mark.parametrize(
    ("spec", "path", "intent_path"),
    [
        (_FLEET, ("kind",), ("spec", "replicas")),
        (COUNTED, ("kind",), ("spec", "kind")),
        (_FLEET, ("spec", "replicas"), ("spec", "replicas")),
        (_FLEET, ("spec", "nodeCountLimit"), ("spec", "nodeCountLimit")),
        (
            _FLEET,
            ("spec", "autoUpgrade", "maintenanceWindow", "duration"),
            ("spec", "upgrade", "window", "duration"),
        ),
        (_FLEET, ("spec", "template", "inference", "preset", "name"), ("spec", "inference", "model")),
        (_FLEET, ("spec", "template", "resource", "instanceType"), ("spec", "placement", "instanceType")),
        (
            _FLEET,
            ("spec", "labelSelector", "matchLabels"),
            ("spec", "placement", "labelSelector", "matchLabels"),
        ),
        (_FLEET, ("metadata", "name"), ("metadata", "name")),
        (COUNTED, ("spec", "labelSelector"), ("spec", "spec", "labelSelector")),
    ],
    ids=str,
)
def test_the_way_back_from_a_set(spec: Spec, path: Any, intent_path: Any) -> None:
    assert to_intent_path(spec, path) == intent_path


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({}, False),
        ([], False),
        ({"a": 1, "b": "", "c": [], "d": {}}, False),
        ({"a": None}, True),
        ([None], True),
        ({"a": {"b": [1, {"c": None}]}}, True),
        ({"a": [[], {}], "b": None}, True),
    ],
)
def test_whether_a_null_stands_anywhere(value: Any, found: bool) -> None:
    assert objects.has_null(value) is found


def test_what_a_user_wrote_is_stored_without_nulls_but_for_empty_labels_and_annotations() -> None:
    written = {
        "metadata": {"labels": {"a": None, "b": "c"}, "annotations": {"d": None}, "namespace": None},
        "spec": {"e": None, "f": [{"g": None, "h": 1}, None], "labels": {"i": 0}},
    }
    assert objects.as_stored(written) == {
        "metadata": {"labels": {"a": "", "b": "c"}, "annotations": {"d": ""}},
        "spec": {"f": [{"h": 1}, None], "labels": {"i": 0}},
    }


@pytest.mark.parametrize(
    ("value", "path", "result"),
    [
        ({"a": 1, "b": 2}, ("a",), {"b": 2}),
        ({"a": 1}, ("a",), {}),
        ({"a": 1}, ("b",), {"a": 1}),
        ({"a": 1}, ("b", "c"), {"a": 1}),
        ({"a": 1}, ("a", "b"), {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, ("a", "b"), {"a": {"c": 2}}),
        ({"a": {"b": 1}, "d": 1}, ("a", "b"), {"d": 1}),
        ({"a": {}}, ("a", "b"), {"a": {}}),
        ({"a": [{"b": 1, "c": 2}, 3]}, ("a", 0, "b"), {"a": [{"c": 2}, 3]}),
        ({"a": [{"b": 1}, 3]}, ("a", 0, "b"), {"a": [{}, 3]}),
        ({"a": [{"b": 1}]}, ("a", 1, "b"), {"a": [{"b": 1}]}),
        ({"a": [{"b": 1}]}, ("a", 0), {"a": [{"b": 1}]}),
        ({"a": [{"b": 1}]}, ("a", "b", "c"), {"a": [{"b": 1}]}),
    ],
    ids=str,
)
def test_a_copy_without_what_stands_at_a_path(value: Any, path: Any, result: Any) -> None:
    assert objects.without(value, path) == result


def test_whole_numbers_lose_their_fraction_wherever_they_stand() -> None:
    """`args` and the like are kept as they are written, but for what JSON does not tell apart."""
    items = [2.0, 2.5, "a", True, 3, 1e300]
    kept = [2, 2.5, "a", True, 3, 1e300]
    for value, expected in ((items, kept), ({"a": items}, {"a": kept}), ({"args": items}, {"args": kept})):
        found = canonical(value)
        assert found == expected
        assert repr(found) == repr(expected)
    assert repr(without_nulls({"a": items, "b": None})) == repr({"a": kept})
