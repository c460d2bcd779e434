"""KAITO's own example Workspaces, reduced, with their placeholders filled in: nothing in them is an error, but for what they

tell a vLLM that has no such argument any more, or fewer GPUs.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.kaito.rules.workspaces import A100


def _workspace(name: str, resource: dict[str, Any], **workload: Any) -> dict[str, Any]:
    resource = {**resource, "labelSelector": {"matchLabels": {"apps": name}}}
    return {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "Workspace",
        "metadata": {"name": name},
        "resource": resource,
    } | workload


def _preset(name: str, secret: str = "", config: str = "") -> dict[str, Any]:
    preset: dict[str, Any] = {"name": name}
    if secret:
        preset["presetOptions"] = {"modelAccessSecret": secret}
    return {"preset": preset, "config": config} if config else {"preset": preset}


def _tuning(source: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    return {
        "preset": {"name": "phi-3-mini-128k-instruct"},
        "method": "qlora",
        "input": source,
        "output": target,
    }


def _claim(name: str) -> dict[str, Any]:
    return {"volumeSource": {"persistentVolumeClaim": {"claimName": name}}}


_LONG = """# The longest context.
max_probe_steps: 6

vllm:
  cpu-offload-gb: 0
  gpu-memory-utilization: 0.95
  max-model-len: 131072
  tensor-parallel-size: 2

  enable-chunked-prefill: true
"""
_H100 = "Standard_NC80adis_H100_v5"

#: The Workspace, what is said of it, its target, and the text of its ConfigMap.
EXAMPLES: dict[str, tuple[dict[str, Any], list[str], Target, str]] = {
    "accelerator": (
        _workspace(
            "llama",
            {"partition": {"mode": "accelerator", "count": 2}},
            inference=_preset("llama-3.1-8b-instruct", "hf"),
        ),
        [],
        Target(node_provisioner="byo", feature_gates={"enableAccelerator": True}),
        "",
    ),
    "custom config": (
        _workspace(
            "qwen", {"instanceType": A100}, inference=_preset("deepseek-r1-distill-qwen-14b", config="params")
        ),
        ["KG709 error"],
        Target(),
        _LONG,
    ),
    "deepseek": (
        _workspace("deepseek", {"count": 6, "instanceType": _H100}, inference=_preset("deepseek-r1-0528")),
        ["KG461 warning"],
        Target(),
        "",
    ),
    "gpt-oss": (
        _workspace("gpt", {"instanceType": A100}, inference=_preset("gpt-oss-120b", "hf", "params")),
        [],
        Target(),
        "vllm:\n  gpu-memory-utilization: 0.92  # most of it\n",
    ),
    "llama": (
        _workspace(
            "llama",
            {"count": 2, "instanceType": "Standard_NC48ads_A100_v4"},
            inference=_preset("llama-3.3-70b-instruct", "hf", "params"),
        ),
        ["KG741 error", "KG461 note"],
        Target(),
        "vllm:\n  swap-space: 4\n  max-model-len: 16384\n",
    ),
    "adapters": (
        _workspace(
            "adapted",
            {"instanceType": "Standard_NC4_A2", "preferredNodes": ["arc-node"]},
            inference=_preset("phi-3-mini-128k-instruct")
            | {
                "adapters": [
                    {
                        "source": {"name": "phi-3-adapter", "image": "registry.example.com/a:0.0.1"},
                        "strength": "1.0",
                    }
                ]
            },
        ),
        ["KG462 warning"],
        Target(provider="arc", feature_gates={"vLLM": False}),
        "",
    ),
    "phi-4": (_workspace("phi", {"instanceType": A100}, inference=_preset("phi-4")), [], Target(), ""),
    "throughput": (
        _workspace("phi", {"instanceType": A100}, inference=_preset("phi-4-mini-instruct"))
        | {"metadata": {"name": "phi", "annotations": {"kaito.sh/performance-mode": "throughput"}}},
        [],
        Target(),
        "",
    ),
    "tuning": (
        _workspace(
            "tuned",
            {"instanceType": A100},
            tuning=_tuning(
                {"urls": ["https://huggingface.co/datasets/a/b/resolve/main/train.parquet?download=true"]},
                {"image": "registry.example.com/tuned:0.0.1", "imagePushSecret": "push"},
            ),
        ),
        [],
        Target(),
        "",
    ),
    "tuning on volumes": (
        _workspace(
            "tuned", {"instanceType": "Standard_NC6s_v3"}, tuning=_tuning(_claim("input"), _claim("output"))
        ),
        ["KG480 warning"],
        Target(),
        "",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_no_other_error(name: str) -> None:
    workspace, expected, target, config = EXAMPLES[name]
    config_maps: Mapping[tuple[str, str], Mapping[str, str]] = {
        ("", "params"): {"inference_config.yaml": config}
    }
    problems = judge(RuleContext(workspace, target, config_maps=config_maps))
    assert [f"{problem.code} {problem.severity}" for problem in problems] == expected


def test_there_are_ten() -> None:
    assert len(EXAMPLES) == 10
