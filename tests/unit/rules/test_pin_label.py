"""The label that pins: its value, the lines that set it and take it away, and where it is another Workspace's."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.kaito.rules.ignored import label_line, pin, preferred_nodes, relabelling
from kaitogen.model import ByoNodes, Target
from tests.unit.rules.workspaces import byo, change

_PIN = "kaitogen.io/workspace"


def pinned(label: dict[str, str], nodes: list[str], **metadata: str) -> dict[str, Any]:
    workspace = byo(resource__preferredNodes=nodes, resource__labelSelector={"matchLabels": label})
    return change(workspace, {f"metadata.{key}": value for key, value in metadata.items()})


def ctx(workspace: dict[str, Any], kaito: str = "0.12", provisioner: str = "byo", **more: Any) -> RuleContext:
    return RuleContext(workspace, Target(kaito, node_provisioner=provisioner), **more)


@pytest.mark.parametrize(
    ("namespace", "name", "value"),
    [
        ("", "phi", "phi"),
        ("team-a", "phi", "team-a.phi"),
        ("a" * 10, "b" * 52, "a" * 10 + "." + "b" * 52),
        ("a" * 11, "b" * 52, "a" * 11 + "." + "b" * 34 + "_90d4729604120ff4"),
    ],
)
def test_a_value_fits_a_label(namespace: str, name: str, value: str) -> None:
    assert pin(namespace, name) == value
    assert len(value) <= 63


def test_the_lines_name_what_came_and_what_went() -> None:
    workspace = pinned({_PIN: "search.phi"}, ["gpu-2", "gpu-3"], namespace="search")
    assert relabelling(ctx(workspace), ["gpu-1", "gpu-2"]) == [
        f"kubectl label nodes gpu-3 {_PIN}=search.phi",
        f"kubectl label nodes gpu-1 {_PIN}-",
    ]
    assert relabelling(ctx(workspace), ["gpu-2", "gpu-3"]) == []
    assert relabelling(ctx(workspace, "0.7"), ["gpu-1"]) == []
    assert relabelling(ctx(workspace, provisioner="karpenter"), ["gpu-1"]) == []
    assert label_line(ctx(workspace)) == f"kubectl label nodes gpu-2 gpu-3 {_PIN}=search.phi"
    assert label_line(ctx(workspace, provisioner="karpenter")) == ""
    assert label_line(ctx(pinned({_PIN: "phi"}, []))) == ""


def test_several_labels_of_ones_own_are_all_set_and_all_taken_away() -> None:
    workspace = pinned({"pool": "a", "team": "b"}, ["gpu-2"])
    assert relabelling(ctx(workspace), ["gpu-1"]) == [
        "kubectl label nodes gpu-2 pool=a team=b",
        "kubectl label nodes gpu-1 pool- team-",
    ]


@pytest.mark.parametrize("label", [{"topology.kubernetes.io/zone": "1"}, {"pool": "a b"}, {"a b": "c"}, {}])
def test_labels_that_are_not_for_people_or_shells_get_no_line(label: dict[str, str]) -> None:
    assert relabelling(ctx(pinned(label, ["gpu-2"])), ["gpu-1"]) == []


def test_only_names_are_names() -> None:
    assert preferred_nodes({"preferredNodes": ["a", 1, None, "b"]}) == ["a", "b"]
    assert preferred_nodes({"preferredNodes": "a"}) == []
    assert preferred_nodes({}) == []


def shared(workspace: dict[str, Any], *, notes: bool = False) -> list[str]:
    return [one.severity for one in judge(ctx(workspace, notes=notes)) if one.code == "KG317"]


def test_a_label_of_another_workspace_is_a_warning() -> None:
    assert shared(pinned({_PIN: "phi"}, ["a"], namespace="search")) == ["warning"]
    assert shared(pinned({_PIN: "search.llama"}, ["a"], namespace="search")) == ["warning"]
    assert shared(pinned({_PIN: "search.phi"}, ["a"], namespace="search")) == []
    assert shared(pinned({"pool": "phi"}, ["a"], namespace="search")) == []


def test_a_label_without_a_namespace_is_a_note_where_notes_are_asked_for() -> None:
    assert shared(pinned({_PIN: "phi"}, ["a"])) == []
    assert shared(pinned({_PIN: "phi"}, ["a"]), notes=True) == ["note"]
    assert shared(pinned({_PIN: "other"}, ["a"]), notes=True) == []


@pytest.mark.parametrize(
    ("match", "codes"), [(True, ["KG463"]), (False, []), (None, ["KG462"])], ids=["alone", "others", "hints"]
)
def test_what_the_facts_about_the_nodes_say_is_not_said_again(match: bool | None, codes: list[str]) -> None:
    facts = ByoNodes(nodes=1, gpus=1, memory=0, pinned=match)
    workspace = pinned({"pool": "phi"}, ["a"])
    assert [one.code for one in judge(ctx(workspace, byo_nodes=facts))] == codes


@pytest.mark.parametrize(
    ("label", "provisioner", "told"),
    [({_PIN: "phi"}, "byo", False), ({"pool": "a"}, "byo", True), ({_PIN: "phi"}, "azure-gpu-provisioner", True)],
)  # fmt: skip
def test_a_count_that_numbers_the_names_is_told_with_them(
    label: dict[str, str], provisioner: str, told: bool
) -> None:
    workspace = change(pinned(label, ["gpu-1"]), {"resource.count": 1})
    codes = [one.code for one in judge(ctx(workspace, "0.7", provisioner))]
    assert ("KG461" in codes) is told
