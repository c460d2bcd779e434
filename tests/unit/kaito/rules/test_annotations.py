"""What a load balancer opens, by how many nodes are behind it."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.kaito.rules.rows_inference import named
from tests.unit.kaito.rules.workspaces import TEMPLATED, annotated, byo, change, serve, transformers, tune

_LLAMA = named("llama-3.3-70b-instruct", "hf")
_LB = "kaito.sh/enablelb"


def opened(workspace: dict[str, Any], value: str = "True", *, kaito: str = "0.12", provisioner: str = "azure-gpu-provisioner", notes: bool = True) -> list[str]:  # fmt: skip
    ctx = RuleContext(
        annotated(_LB, value, workspace), Target(kaito, node_provisioner=provisioner), notes=notes
    )
    return [one.severity for one in judge(ctx) if one.code == "KG400"]


@pytest.mark.parametrize(
    ("workspace", "severities"),
    [
        (_LLAMA, ["warning"]),
        (serve(), ["note"]),
        (serve(resource__count=2), ["note"]),
        (change(transformers(), {"resource.count": 2}), ["note"]),
        (change(TEMPLATED, {"resource.count": 2}), ["note"]),
        (tune(), []),
    ],
    ids=["several by estimate", "one", "one by estimate", "transformers", "template", "tuning"],
)
def test_who_is_behind_it(workspace: dict[str, Any], severities: list[str]) -> None:
    assert opened(workspace) == severities
    assert opened(workspace, notes=False) == [one for one in severities if one != "note"]
    assert opened(workspace, "true") == []


def test_under_byo_what_is_named_or_counted_says_how_many() -> None:
    assert opened(byo(), provisioner="byo") == ["note"]
    assert opened(byo(resource__preferredNodes=["a"]), provisioner="byo") == ["note"]
    assert opened(byo(resource__preferredNodes=["a", "b"]), provisioner="byo") == ["warning"]
    assert opened(byo(resource__count=2), provisioner="byo") == ["warning"]


def test_before_several_nodes_there_is_no_ray() -> None:
    assert opened(serve(resource__count=2), kaito="0.4") == []
    assert opened(serve(resource__count=2), kaito="0.5") == ["warning"]


_V1ALPHA1 = change(TEMPLATED, {"apiVersion": "kaito.sh/v1alpha1"})


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("kaito.sh/performance-mode", "fast", ""),
        ("kaito.sh/use-local-weights", "yes", ""),
        ("kaito.sh/runtime", "tgi", "KG481"),
        ("kaito.sh/enablelb", "true", "KG482"),
        ("kaito.sh/node-image-family", "windows", "KG406"),
    ],
)
def test_rules_of_v1alpha1_are_older_than_two_annotations(key: str, value: str, code: str) -> None:
    old = judge(RuleContext(annotated(key, value, _V1ALPHA1), Target("0.12")))
    assert [one.code for one in old if one.path[:1] == ("metadata",)] == [code] * bool(code)


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ((), "note image-family-ubuntu or image-family-azure-linux"),
        (("ours", "theirs"), "error ours or theirs"),
    ],
)
def test_node_classes_that_are_listed(classes: tuple[str, ...], expected: str) -> None:
    target = Target("0.12", node_provisioner="karpenter", node_classes=classes)
    (one,) = judge(RuleContext(annotated("kaito.sh/node-class-name", "mine"), target, notes=True))[:1]
    assert (one.code, f"{one.severity} {one.expected}") == ("KG409", expected)
