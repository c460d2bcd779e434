"""Whether nodes of a user's are enough for a model: the nodes, and what is said of them."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import GIB, ByoNodes, Target
from tests.unit.rules.rows_inference import named
from tests.unit.rules.workspaces import BYO, GONE, TEMPLATED, change, transformers

#: phi-4 has 27.31 GiB of weights, and llama-3.3-70b-instruct takes three GPUs of 80 GiB.
_LLAMA = change(named("llama-3.3-70b-instruct", "hf"), {"resource.instanceType": GONE})
_OF_PHI = 29323889214


def _said(workspace: dict[str, Any], nodes: int, gpus: int, memory: int, kaito: str = "0.12") -> list[str]:
    facts = ByoNodes(nodes=nodes, gpus=gpus, memory=memory, pinned=True)
    ctx = RuleContext(workspace, Target(kaito, node_provisioner="byo"), byo_nodes=facts)
    # What KAITO's webhook says besides comes behind a semicolon.
    return [one.message.partition(";")[0] for one in judge(ctx) if one.code == "KG313"]


@pytest.mark.parametrize(
    ("workspace", "nodes", "gpus", "gib", "expected"),
    [
        (BYO, 1, 1, 80, []),
        (BYO, 1, 2, 48, []),
        (BYO, 2, 1, 24, []),
        (BYO, 1, 0, 80, []),
        (BYO, 1, 1, 0, []),
        (BYO, 1, 1, 24, ["KAITO 0.12 will wait for 2 nodes of 1 x 24 GiB for microsoft/phi-4, and 1 is chosen"]),
        (BYO, 2, 1, 16, ["KAITO 0.12 will wait for 3 nodes of 1 x 16 GiB for microsoft/phi-4, and 2 are chosen"]),
        (BYO, 2, 1, 2, ["GPUs of nodes with 1 x 2 GiB are too small for microsoft/phi-4 at 2048 tokens"]),
        (_LLAMA, 3, 1, 80, []),
        (_LLAMA, 2, 1, 80, [
            "KAITO 0.12 will wait for 3 nodes of 1 x 80 GiB for meta-llama/Llama-3.3-70B-Instruct, and 2 are chosen"
        ]),
        (named("acme/phi"), 1, 1, 24, []),
        (TEMPLATED, 1, 1, 24, []),
        (change(BYO, {"resource.partition": {"mode": "accelerator", "count": 1}}), 1, 1, 24, []),
        (transformers(BYO), 1, 1, 28, []),
        (transformers(BYO), 3, 1, 24, [
            "microsoft/phi-4 has 27.3 GiB of weights, and transformers runs it on one node, of 1 x 24 GiB"
        ]),
    ],
)  # fmt: skip
def test_nodes(workspace: dict[str, Any], nodes: int, gpus: int, gib: int, expected: list[str]) -> None:
    assert _said(workspace, nodes, gpus, gib * GIB) == expected


def test_weights_may_fill_a_node_to_the_last_byte() -> None:
    assert _said(transformers(BYO), 1, 1, _OF_PHI) == []
    assert len(_said(transformers(BYO), 1, 1, _OF_PHI - 1)) == 1


def test_where_kaito_provisions_the_instance_type_tells() -> None:
    facts = ByoNodes(nodes=1, gpus=1, memory=GIB, pinned=True)
    assert (
        judge(
            RuleContext(
                change(BYO, {"resource.instanceType": "Standard_NC24ads_A100_v4"}), Target(), byo_nodes=facts
            )
        )
        == []
    )
