"""Nodes that are named: the label that stands for them, the lines that set it, and when there is something to say."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.kaito.rules.ignored import label_line, pin, relabelling
from kaitogen.model import Target
from tests.unit.kaito.rules.rows_inference import named
from tests.unit.kaito.rules.workspaces import BYO, SERVING, TUNING, change

_BYO = Target("0.12", node_provisioner="byo")
_PIN = "kaitogen.io/workspace"


def _pinned(value: str, *nodes: str, namespace: str = "", **resource: Any) -> dict[str, Any]:
    labels = {"matchLabels": {_PIN: value}}
    metadata = {"name": "phi", **({"namespace": namespace} if namespace else {})}
    return change(
        BYO,
        {"metadata": metadata, "resource": {"preferredNodes": [*nodes], "labelSelector": labels, **resource}},
    )


def _said(workspace: dict[str, Any], code: str, target: Target = _BYO, *, notes: bool = False) -> list[str]:
    found = judge(RuleContext(workspace, target, notes=notes))
    return [f"{one.severity} {one.fix}" for one in found if one.code == code]


@pytest.mark.parametrize(
    ("namespace", "name", "value"),
    [
        ("", "phi", "phi"),
        ("models", "phi", "models.phi"),
        ("", "a" * 63, "a" * 63),
        ("", "a" * 64, "a" * 46 + "_ffe054fe7ae0cb6d"),
    ],
)
def test_the_value_of_the_label(namespace: str, name: str, value: str) -> None:
    assert pin(namespace, name) == value


@pytest.mark.parametrize(
    ("value", "namespace", "notes", "expected"),
    [
        ("models.phi", "models", True, []),
        ("phi", "models", False, [f"error select {_PIN}=models.phi in a new Workspace; one that runs has to keep its selector"]),
        ("phi", "", False, []),
        ("phi", "", True, ["note name the namespace in metadata"]),
        ("other", "", True, []),
    ],
)  # fmt: skip
def test_a_label_that_another_workspace_may_have(
    value: str, namespace: str, notes: bool, expected: list[str]
) -> None:
    workspace = _pinned(value, "gpu-1", namespace=namespace)
    said = [one.replace("warning", "error") for one in _said(workspace, "KG317", notes=notes)]
    assert said == expected


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        (["gpu-1", "gpu-2"], []),
        (["gpu-1"], [f"kubectl label nodes gpu-2 {_PIN}=phi"]),
        (["gpu-1", "gpu-2", "gpu-3"], [f"kubectl label nodes gpu-3 {_PIN}-"]),
        ([], [f"kubectl label nodes gpu-1 gpu-2 {_PIN}=phi"]),
    ],
    ids=str,
)
def test_the_lines_that_move_the_label(before: list[str], lines: list[str]) -> None:
    assert relabelling(RuleContext(_pinned("phi", "gpu-1", "gpu-2"), _BYO), before) == lines


def test_no_line_where_names_alone_tell_or_nobody_sets_the_label() -> None:
    two = _pinned("phi", "gpu-1", "gpu-2")
    assert relabelling(RuleContext(two, Target("0.7", node_provisioner="byo")), []) == []
    assert relabelling(RuleContext(two, Target("0.12")), []) == []
    assert relabelling(RuleContext(_pinned("a b", "gpu-1"), _BYO), []) == []
    assert label_line(RuleContext(two, _BYO)) == f"kubectl label nodes gpu-1 gpu-2 {_PIN}=phi"
    assert label_line(RuleContext(two, Target("0.12"))) == ""
    assert label_line(RuleContext(_pinned("phi"), _BYO)) == ""


@pytest.mark.parametrize(
    ("kaito", "count", "value", "said"),
    [("0.12", 2, "phi", 0), ("0.7", 2, "phi", 0), ("0.12", 1, "phi", 1), ("0.7", 2, "a b", 1), ("0.12", 2, "a b", 0)],
)  # fmt: skip
def test_a_count_that_numbers_the_names_is_no_thing_of_its_own(
    kaito: str, count: int, value: str, said: int
) -> None:
    workspace = _pinned(value, "gpu-1", "gpu-2", count=count)
    assert len(_said(workspace, "KG461", Target(kaito, node_provisioner="byo"))) == said


@pytest.mark.parametrize(
    ("name", "count", "kaito", "replicas"),
    [
        ("phi", 2, "0.12", True),
        ("phi", 1, "0.12", False),
        ("phi", 2, "0.10", False),
        ("a" * 46, 2, "0.12", True),
        ("a" * 47, 2, "0.12", False),
        ("1phi", 2, "0.12", False),
    ],
)
def test_replicas_are_a_way_out_where_kaito_has_them(
    name: str, count: int, kaito: str, replicas: bool
) -> None:
    workspace = change(SERVING, {"metadata.name": name, "resource.count": count})
    (fix,) = _said(workspace, "KG461", Target(kaito))
    assert ("for 2 replicas on as many nodes add replicas: auto" in fix) is replicas


def test_names_in_vain_lead_to_replicas_where_something_serves() -> None:
    nodes = {"resource.preferredNodes": ["gpu-1", "gpu-2"]}
    assert "add replicas: auto" in _said(change(SERVING, nodes), "KG462", Target())[0]
    assert "replicas" not in _said(change(named("acme/phi"), nodes), "KG462", Target())[0]
    tuned = {"resource.preferredNodes": ["gpu-1"]}
    assert _said(change(TUNING, tuned), "KG462", Target()) == [
        "warning leave the nodes out; a tuning takes one node by instanceType and labelSelector"
    ]
