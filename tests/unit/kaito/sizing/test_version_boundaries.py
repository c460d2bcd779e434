"""What each KAITO version makes of one Workspace: a row for each thing that a release changed, a column for each release."""

from collections.abc import Callable
from typing import Any

import pytest

from kaitogen.kaito.catalogue.models import find_model
from kaitogen.kaito.catalogue.skus import find_sku
from kaitogen.kaito.rules.sizing import node_limit, shares
from kaitogen.kaito.sizing.instance_types import choose, name_of, on_one_node
from kaitogen.kaito.sizing.size import size
from kaitogen.kaito.sizing.types import Node, Sizing
from kaitogen.model import KAITO_VERSIONS, Target
from tests.unit.kaito.sizing.workspaces import context, sized, workspace

GIB = 2**30
MINORS = [int(kaito.partition(".")[2]) for kaito in KAITO_VERSIONS]
NC24, NC96, NV36 = "Standard_NC24ads_A100_v4", "Standard_NC96ads_A100_v4", "Standard_NV36ads_A10_v5"
BYO_NODE = Node(4, 4 * 80 * GIB, "NVIDIA-A100", "the node's labels")


def _counted(kaito: str) -> Sizing:
    made, maps = workspace("phi-4", NC24, count=3)
    return size(made, Target(kaito), maps)


def _under_byo(kaito: str, **resource: Any) -> Sizing:
    made, maps = workspace("phi-4", NC24, **resource)
    return size(made, Target(kaito, node_provisioner="byo"), maps, node=BYO_NODE)


def _gpus_of_a_node(found: Sizing) -> int | None:
    return None if found.estimate.node is None else found.estimate.node.gpus


def _out(kaito: str) -> bool:
    """Whether an instance type falls out because the model takes too many nodes of it."""
    made, maps = workspace("llama-3.1-8b-instruct", settings=context(131072))
    choice = choose(made, Target(kaito), maps)
    return any("stops above 3" in out.why for out in choice.excluded)


def _memory(model: str, instance_type: str, kaito: str) -> tuple[str, float] | None:
    bill = sized(model, instance_type, kaito=kaito).memory
    return None if bill is None else (bill.vllm, bill.utilization)


def _named(minor: int) -> str:
    model = find_model("phi-4")
    assert model is not None
    return name_of(model, minor)


ROWS: dict[str, tuple[Callable[[str], Any], list[Any]]] = {
    #                       0.4    0.5    0.6    0.7    0.8    0.9    0.10   0.11   0.12
    "nodes of count: 3": (
        lambda kaito: _counted(kaito).estimate.nodes,
        [                   3,     None,  None,  1,     1,     1,     1,     1,     1],
    ),
    "nodes of a model that just fits one GPU": (
        lambda kaito: sized("qwen2.5-coder-32b-instruct", NC24, kaito=kaito).estimate.nodes,
        [                   1,     1,     1,     1,     1,     1,     1,     2,     2],
    ),
    "tokens of max-model-len: 4096": (
        lambda kaito: sized("phi-4", NC24, context(4096), kaito).estimate.context.tokens,
        [                   2048,  2048,  2048,  4096,  4096,  4096,  4096,  4096,  4096],
    ),
    "what vLLM is told without one": (
        lambda kaito: sized("phi-4", NC24, kaito=kaito).estimate.context.served,
        [                   "",    "",    "",    "computed", "computed", "computed", "computed", "auto", "auto"],
    ),
    "replicas of a small model on four GPUs": (
        lambda kaito: (sized("phi-4-mini-instruct", NC96, kaito=kaito).estimate.layout or (0,))[0],
        [                   1,     1,     1,     1,     1,     1,     4,     4,     4],
    ),
    "stages of a model over its nodes": (
        lambda kaito: (sized("llama-3.1-8b-instruct", NV36, context(16384), kaito).estimate.layout or (0, 0, 0))[2],
        [                   0,     0,     1,     1,     1,     1,     1,     2,     2],
    ),
    "vLLM and its share of an A10": (
        lambda kaito: _memory("phi-4-mini-instruct", NV36, kaito),
        [None, None, None, ("0.10.1.1", 0.84), ("0.12.0", 0.84), ("0.14.1", 0.84), ("0.17.1", 0.84), ("0.22.1", 0.84), ("0.25.1", 0.82)],
    ),
    "vLLM and its share of an A100": (
        lambda kaito: _memory("phi-4-mini-instruct", NC24, kaito),
        [None, None, None, ("0.10.1.1", 0.84), ("0.12.0", 0.84), ("0.14.1", 0.84), ("0.17.1", 0.84), ("0.22.1", 0.84), ("0.25.1", 0.84)],
    ),
    "GPUs of a node under byo": (
        lambda kaito: _gpus_of_a_node(_under_byo(kaito)),
        [                   1,     1,     1,     1,     4,     4,     4,     4,     4],
    ),
    "GPUs of a part of a node": (
        lambda kaito: _gpus_of_a_node(_under_byo(kaito, partition={"mode": "accelerator", "count": 2})),
        [                   1,     1,     1,     1,     4,     4,     4,     4,     2],
    ),
    "a slice is looked up": (
        lambda kaito: _gpus_of_a_node(_under_byo(kaito, partition={"mode": "mig", "profile": "7g.80gb"})),
        [                   1,     1,     1,     1,     4,     4,     4,     4,     1],
    ),
    "instance types that take too many nodes": (
        _out,
        [                   False, False, False, False, False, False, False, True,  False],
    ),
    "models on one node are known": (
        lambda kaito: on_one_node(find_sku("azure", NC24), "azure", kaito) is not None,  # type: ignore[arg-type]
        [                   False, False, False, True,  True,  True,  True,  True,  True],
    ),
}  # fmt: skip


@pytest.mark.parametrize("about", ROWS)
def test_each_version_makes_of_a_workspace_what_its_release_did(about: str) -> None:
    asked, expected = ROWS[about]
    assert [asked(kaito) for kaito in KAITO_VERSIONS] == expected


def test_the_estimate_takes_whole_bytes_up_to_0_9_and_activations_since_0_11() -> None:
    odd = (7_677_254_043, 1, (3, 3 * (80 * GIB + 7)), 2048)
    size_, available = 1.02 * odd[0], 0.84 * (80 * GIB + 7) - 2.3 * GIB - 2048 / 3
    for minor in MINORS[3:]:
        expected = (float(int(size_)), int(0.84 * (80 * GIB + 7)) - 2.3 * GIB - 2048 / 3) if minor <= 9 else (
            size_, available / 1.05 if minor >= 11 else available)  # fmt: skip
        assert shares(minor, *odd) == pytest.approx(expected, rel=0, abs=1e-4), minor


def test_only_0_11_has_a_limit_of_nodes() -> None:
    assert [node_limit(minor) for minor in MINORS] == [None] * 7 + [3] + [None]


def test_a_model_goes_by_its_short_name_until_ids_are_taken() -> None:
    assert [_named(minor) for minor in MINORS] == ["phi-4"] * 5 + ["microsoft/phi-4"] * 4


@pytest.mark.parametrize(
    ("kind", "bits"), [("auto", 16), ("fp8", 8), ("fp8_e5m2", 8), ("int8", 8), ("bfloat16", 16)]
)
def test_a_cache_of_8_bits_takes_half_and_says_so(kind: str, bits: int) -> None:
    usual = sized("llama-3.1-8b-instruct", NC24).memory
    found = sized("llama-3.1-8b-instruct", NC24, f"vllm:\n  kv-cache-dtype: {kind}\n").memory
    assert usual is not None
    assert found is not None
    assert found.per_token.source.endswith(f"{bits} bits per element")
    assert found.per_token.likely * 16 == usual.per_token.likely * bits
