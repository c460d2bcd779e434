"""What a load balancer opens, by how many nodes are behind it."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.rules.rows_inference import named
from tests.unit.rules.workspaces import TEMPLATED, annotated, byo, change, serve, transformers, tune

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
