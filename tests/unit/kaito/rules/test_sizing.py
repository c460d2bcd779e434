"""KAITO's estimate of nodes, held against examples worked by hand, and its reading of max-model-len."""

import pytest

from kaitogen.kaito.catalogue.models import find_model
from kaitogen.kaito.catalogue.skus import find_sku
from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.kaito.rules.config import scan
from kaitogen.kaito.rules.sizing import nodes_needed
from kaitogen.model import GIB, Target
from tests.unit.kaito.rules.rows_inference import named
from tests.unit.kaito.rules.workspaces import change


@pytest.mark.parametrize(
    ("model", "sku", "context", "minor", "nodes"),
    [
        ("phi-4-mini-instruct", "Standard_NV36ads_A10_v5", 2048, 12, 1),
        ("phi-4", "Standard_NV36ads_A10_v5", 2048, 12, 2),
        ("phi-4", "Standard_NV72ads_A10_v5", 2048, 12, 1),
        ("llama-3.1-8b-instruct", "Standard_NV36ads_A10_v5", 2048, 12, 1),
        ("llama-3.1-8b-instruct", "Standard_NV36ads_A10_v5", 131072, 12, 9),
        ("llama-3.3-70b-instruct", "Standard_NC24ads_A100_v4", 2048, 12, 3),
        ("llama-3.3-70b-instruct", "Standard_NC48ads_A100_v4", 2048, 12, 2),
        ("llama-3.3-70b-instruct", "Standard_NC96ads_A100_v4", 2048, 12, 1),
        ("llama-3.3-70b-instruct", "Standard_NC80adis_H100_v5", 2048, 12, 1),
        ("qwen2.5-coder-32b-instruct", "Standard_NC24ads_A100_v4", 2048, 12, 2),
        ("qwen2.5-coder-32b-instruct", "Standard_NC24ads_A100_v4", 2048, 11, 2),
        ("qwen2.5-coder-32b-instruct", "Standard_NC24ads_A100_v4", 2048, 10, 1),
        ("deepseek-r1-0528", "Standard_ND96isr_H200_v5", 2048, 12, 1),
        ("deepseek-r1-0528", "Standard_ND96isr_H100_v5", 2048, 12, 2),
        ("phi-3-mini-128k-instruct", "Standard_NV36ads_A10_v5", 131072, 12, 0),
    ],
)
def test_estimate_is_kaitos(model: str, sku: str, context: int, minor: int, nodes: int) -> None:
    found, node = find_model(model), find_sku("azure", sku)
    assert found is not None
    assert node is not None
    size = (node.gpus, node.memory * GIB)
    assert nodes_needed(minor, found.weights, found.bytes_per_token, size, context) == nodes


def test_an_exact_division_still_adds_a_gpu() -> None:
    usable = 0.84 * 80 * GIB - 2.3 * GIB
    weights = int(2 * usable / 1.02)
    assert nodes_needed(10, weights + 1, 0, (1, 80 * GIB), 2048) == 3
    assert nodes_needed(10, weights - GIB, 0, (1, 80 * GIB), 2048) == 2


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("vllm:\n  max-model-len: 8192\n", 8192),
        ("# a\nmax_probe_steps: 6\n\nvllm:\n  swap-space: 4\n  max-model-len: 8192\n", 8192),
        ("vllm:\n      max-model-len:   8192   \n", 8192),
        ("vllm:\r\n  max-model-len: 8192\r\n", 8192),
        ("vllm:\n max-model-len: 8192\n", None),
        ("max-model-len: 8192\nvllm:\n", None),
        ("  max-model-len: 8192\n", None),
        ("vllm:\n  max-model-len: '8192'\n", None),
        ("vllm:\n  max-model-len: 8192 # a\n", None),
        ("vllm:\n  max-model-len: 0\n", None),
        ("vllm:\n  max-model-len: -8\n", None),
        ("vllm:\n  max-model-len: auto\n", None),
        ("vllm: {max-model-len: 8192}\n", None),
        ("vllm:\n  max_model_len: 8192\n", None),
        ("", None),
        ("vllm:\n  swap-space: 4\nother:\n  max-model-len: 8192\n", None),
        ("vllm:\n# a\n\n  max-model-len: 8192\n", 8192),
        ("vllm:\n\t\tmax-model-len: 8192\n", 8192),
        ("vllm:\n  max-model-len: 8k\n  max-model-len: 8192\n", None),
        ("a:\n  vllm:\n    max-model-len: 8192\n", 8192),
        ("vllm:\n  max-model-len: +8192\n", 8192),
        ("vllm:\n  a: 1\u2028  max-model-len: 8192\n", None),
    ],
)
def test_lines_are_scanned_as_kaito_does(text: str, length: int | None) -> None:
    assert scan(text) == length


def test_a_gpu_with_nothing_left_holds_no_share() -> None:
    """0.84 of its memory is just what KAITO 0.7 reserves for five GPUs and four bytes of cache."""
    assert nodes_needed(7, 1, 4, (5, 5 * 2940007377), 1) == 0


@pytest.mark.parametrize(
    ("preset", "instance_type", "kaito", "tokens", "expected"),
    [
        ("falcon-7b", "Standard_NV6", "0.8", 0, ["KG466 take larger GPUs"]),
        ("falcon-7b", "Standard_NV6", "0.8", 2048, ["KG466 take larger GPUs"]),
        ("phi-3-mini-128k-instruct", "Standard_NV36ads_A10_v5", "0.12", 131072,
         ["KG466 take larger GPUs, or a smaller max-model-len"]),
        ("llama-3.3-70b-instruct", "Standard_NC24ads_A100_v4", "0.11", 0, []),
        ("llama-3.3-70b-instruct", "Standard_NC40ads_H100_v5", "0.11", 0, []),
        ("acme/phi", "Standard_NC24ads_A100_v4", "0.12", 65536, []),
    ],
)  # fmt: skip
def test_estimates_that_fail_and_the_limit_of_nodes(
    preset: str, instance_type: str, kaito: str, tokens: int, expected: list[str]
) -> None:
    workspace = change(
        named(preset, "hf"), {"resource.instanceType": instance_type, "inference.config": "settings"}
    )
    text = f"vllm:\n  max-model-len: {tokens}\n" if tokens else "vllm: {a: 1}"
    ctx = RuleContext(
        workspace, Target(kaito), config_maps={("", "settings"): {"inference_config.yaml": text}}
    )
    found = [one for one in judge(ctx) if one.code in ("KG465", "KG466", "KG469")]
    assert [f"{one.code} {one.fix}" for one in found] == expected
