"""Where the columns part company: each warning at its place, with both numbers, and not where they agree.

That each code appears and disappears is held by the examples of `kaitogen explain`; here is what they say.
"""

from typing import Any

import pytest

from kaitogen.kaito.sizing.size import size
from kaitogen.model import Diagnostic, Target
from tests.unit.kaito.sizing.workspaces import context, sized, workspace


def said(model: str, sku: str, text: str = "", **more: Any) -> dict[str, Diagnostic]:
    return {one.code: one for one in sized(model, sku, text, **more).warnings}


def test_no_memory_left_gives_the_range() -> None:
    found = said(
        "ibm-granite/granite-4.1-8b", "Standard_NV36ads_A10_v5", "vllm:\n  gpu-memory-utilization: 0.7\n"
    )
    assert list(found) == ["KG701"]
    assert found["KG701"].message == (
        "KAITO asks for 1 node, and vLLM then probably has no memory left for its cache: -2.5 to 0.3 GiB on each GPU"
    )


def test_more_context_than_the_cache_holds_is_about_the_setting() -> None:
    text = "vllm:\n  max-model-len: 4096\n  gpu-memory-utilization: 0.7\n"
    found = said("llama-3.1-8b-instruct", "Standard_NV36ads_A10_v5", text)["KG707"]
    assert found.path == ("inference", "config")
    assert (found.found, found.expected) == ("4096", "about 1638")


def test_heads_are_told() -> None:
    found = said("qwen2.5-coder-7b-instruct", "g6.48xlarge", provider="aws")
    assert "8 GPUs, which do not divide its 28 attention heads" in found["KG704"].message
    own = said(
        "qwen2.5-coder-7b-instruct", "g6.48xlarge", "vllm:\n  tensor-parallel-size: 4\n", provider="aws"
    )
    assert "KG704" not in own


def test_a_context_that_was_chosen_is_no_surprise() -> None:
    sku = "Standard_NV36ads_A10_v5"
    assert list(said("llama-3.1-8b-instruct", sku)) == ["KG703"]
    assert list(said("llama-3.1-8b-instruct", sku, context(8192))) == []
    assert "fp8" not in said("llama-3.1-8b-instruct", sku)["KG703"].fix
    assert "fp8" in said("llama-3.1-8b-instruct", "g6.2xlarge", provider="aws")["KG703"].fix


@pytest.mark.parametrize(
    ("model", "sku", "kaito", "words"),
    [
        ("gemma-3-4b-instruct", "Standard_NC64as_T4_v3", "0.11", "Standard_NC64as_T4_v3 (NVIDIA T4) leaves"),
        ("falcon-7b", "Standard_NC24ads_A100_v4", "0.10", "the preset falcon-7b goes with KAITO 0.11"),
    ],
)
def test_what_leaves_with_a_newer_version(model: str, sku: str, kaito: str, words: str) -> None:
    assert words in said(model, sku, kaito=kaito)["KG706"].message


def test_a_tuned_preset_that_leaves_is_told_at_its_own_place() -> None:
    made = {"metadata": {}, "resource": {}, "tuning": {"preset": {"name": "falcon-7b"}}}
    assert [one.path for one in size(made, Target("0.10")).warnings] == [("tuning", "preset", "name")]


def test_one_node_fewer_has_both_counts() -> None:
    found = said("llama-3.3-70b-instruct", "Standard_NV36ads_A10_v5")["KG705"]
    assert (found.found, found.expected) == ("9", "8")
    assert "KG705" not in said("llama-3.3-70b-instruct", "Standard_NC80adis_H100_v5")


def test_a_model_that_nothing_is_known_about_says_how_to_tell() -> None:
    made, maps = workspace("acme/llm", "Standard_NC24ads_A100_v4")
    (found,) = size(made, Target(), maps).warnings
    assert found.fix == "give the folder that it is in with --model-config acme/llm=FOLDER"


def test_a_short_context_is_a_warning_and_another_a_note() -> None:
    short = said("llama-3.3-70b-instruct", "g5.12xlarge", provider="aws")["KG702"]
    assert short.severity == "warning"
    assert "expect about 1530 of the model's 131072" in short.message
    assert said("llama-3.1-8b-instruct", "Standard_NV36ads_A10_v5")["KG703"].severity == "note"


def test_replicas_are_counted() -> None:
    assert said("phi-4", "Standard_NC48ads_A100_v4")["KG708"].found == "2"
    assert "KG708" not in said("phi-4", "Standard_NC24ads_A100_v4")


def test_more_gpus_than_the_nodes_have() -> None:
    found = said("phi-4", "Standard_NC24ads_A100_v4", "vllm:\n  tensor-parallel-size: 4\n")["KG709"]
    assert (found.path, found.found, found.expected) == (("inference", "config"), "4", "1")
    assert "KAITO asks for 1 node with 1 GPU" in found.message
