"""Nodes that a user brings against the model: too few, too small, or with less memory than the webhook asks for."""

from typing import Any

import pytest

from kaitogen.kaito.catalogue.models import sized_model
from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import GIB, ByoNodes, Target
from tests.unit.kaito.rules.rows_inference import named
from tests.unit.kaito.rules.workspaces import GONE, annotated, byo, change, transformers

_LLAMA = change(named("llama-3.3-70b-instruct", "hf"), {"resource.instanceType": GONE})
_WEBHOOK = "; its webhook refuses them: Insufficient total GPU memory"


def said(
    workspace: dict[str, Any],
    nodes: int,
    gpus: int,
    memory: int,
    *,
    kaito: str = "0.12",
    is_named: bool = False,
) -> str:
    facts = ByoNodes(nodes=nodes, gpus=gpus, memory=gpus * memory * GIB, pinned=True if is_named else None)
    target = Target(kaito, node_provisioner="byo")
    found = [one for one in judge(RuleContext(workspace, target, byo_nodes=facts)) if one.code == "KG313"]
    where = "preferredNodes" if is_named else "labelSelector"
    assert [one.path for one in found] == [("resource", where)] * len(found)
    return "".join(one.message for one in found)


@pytest.mark.parametrize(
    ("nodes", "memory", "words"),
    [(1, 80, "1 matches the selector" + _WEBHOOK), (2, 80, "2 match the selector"), (3, 80, ""), (1, 2, "are too small for")],
)  # fmt: skip
def test_what_a_selector_finds(nodes: int, memory: int, words: str) -> None:
    text = said(_LLAMA, nodes, 1, memory)
    assert words in text
    assert (_WEBHOOK in text) == (_WEBHOOK in words)
    assert bool(text) == bool(words)


def test_what_is_named() -> None:
    assert said(_LLAMA, 1, 1, 80, is_named=True).startswith("KAITO 0.12 will wait for 3 nodes of 1 x 80 GiB")
    assert "1 is chosen; its webhook" in said(_LLAMA, 1, 1, 80, is_named=True)
    assert said(_LLAMA, 2, 1, 80, is_named=True).endswith("2 are chosen")


def test_the_webhook_is_not_named_where_it_does_not_ask() -> None:
    assert _WEBHOOK not in said(_LLAMA, 1, 1, 80, kaito="0.7")
    bypassed = annotated("kaito.sh/bypass-resource-checks", "true", _LLAMA)
    assert said(bypassed, 1, 1, 80).endswith("1 matches the selector")


def test_transformers_runs_on_one_node() -> None:
    assert "transformers runs it on one node, of 1 x 80 GiB" in said(transformers(_LLAMA), 3, 1, 80)
    assert said(transformers(_LLAMA), 1, 2, 80) == ""


def test_what_is_not_known_is_not_judged() -> None:
    assert said(_LLAMA, 1, 0, 0) == ""
    assert said(byo(), 1, 1, 80) == ""


def test_memory_for_the_weights_to_the_last_byte_is_enough_for_the_webhook() -> None:
    model = sized_model("llama-3.3-70b-instruct", 12)
    assert model is not None
    for memory, asked in ((model.weights, False), (model.weights - 1, True)):
        facts = ByoNodes(nodes=1, gpus=1, memory=memory, pinned=None)
        ctx = RuleContext(_LLAMA, Target(node_provisioner="byo"), byo_nodes=facts)
        assert [_WEBHOOK in one.message for one in judge(ctx) if one.code == "KG313"] == [asked]
        alone = RuleContext(transformers(_LLAMA), Target(node_provisioner="byo"), byo_nodes=facts)
        assert [one.code for one in judge(alone) if one.code == "KG313"] == ["KG313"] * asked
