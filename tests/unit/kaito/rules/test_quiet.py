"""What lies just inside a rule is left alone."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.kaito.rules.rows_inference import named
from tests.unit.kaito.rules.workspaces import (
    TEMPLATED,
    adapted,
    adapter,
    annotated,
    byo,
    change,
    serve,
    transformers,
    tune,
)

_CONFIGURED = serve(inference__config="settings")
_TUNED = tune(tuning__config="settings")
_QLORA = tune(tuning__config="settings", tuning__method="qlora")
_VOLUME = {"volumeSource": {"persistentVolumeClaim": {"claimName": "data"}}}
_TOO_DEEP = "[" * 200 + "]" * 200

#: A Workspace, and the minor versions in which there is nothing to say of it.
QUIET: dict[str, tuple[dict[str, Any], range]] = {
    "63 characters for a Job": (tune(metadata__name="a" * 63), range(4, 13)),
    "a digit first for a Job": (tune(metadata__name="4phi"), range(4, 13)),
    "ten adapters": (adapted(*(adapter(f"a{number}") for number in range(10))), range(4, 13)),
    "an adapter on a volume": (adapted({"source": {"name": "style", **_VOLUME}}), range(10, 13)),
    "a strength on transformers": (transformers(adapted({**adapter(), "strength": "0.5"})), range(4, 13)),
    "the least and the most strength": (
        transformers(adapted({**adapter("a"), "strength": "0"}, {**adapter("b"), "strength": "1.0"})),
        range(4, 13),
    ),
    "a model at its limit": (named("phi-4-mini-instruct"), range(4, 13)),
    "a Hugging Face id": (named("Microsoft/PHI-4"), range(9, 13)),
    "a stranger": (named("acme/phi"), range(9, 13)),
    "a short name in capitals": (named("PHI-3-Mini-4k-Instruct"), range(11, 13)),
    "gated with its secret": (named("llama-3.1-8b-instruct", "hf"), range(4, 13)),
    "gated with local weights": (
        annotated("kaito.sh/use-local-weights", "true", named("llama-3.1-8b-instruct")),
        range(12, 13),
    ),
    "a secret that is not needed": (named("phi-4", "hf"), range(11, 13)),
    "a config elsewhere": (serve(inference__config="elsewhere"), range(4, 13)),
    "a namespace without the config": (
        serve(inference__config="elsewhere", metadata__namespace="other"),
        range(4, 13),
    ),
    "count on transformers": (transformers(serve(resource__count=2)), range(4, 13)),
    "count for a template": (change(TEMPLATED, {"resource.count": 3}), range(4, 13)),
    "one node to tune on": (tune(resource__count=1), range(4, 13)),
    "a type in other letters for nobody": (
        change(TEMPLATED, {"resource.instanceType": "Standard_D4s_v5"}),
        range(4, 13),
    ),
    "any image family": (annotated("kaito.sh/node-image-family", " AzureLinux "), range(9, 13)),
    "a runtime for a tuning": (annotated("kaito.sh/runtime", "vLLM", tune()), range(4, 13)),
    "no load balancer": (annotated("kaito.sh/enablelb", "false"), range(4, 13)),
    "what the controller writes": (annotated("workspace.kaito.io/hash", "1"), range(4, 13)),
    "gpt-oss-120b on one card": (named("gpt-oss-120b", "hf"), range(7, 11)),
    "the benchmark of 0.10": (annotated("kaito.sh/run-benchmark", "true"), range(10, 11)),
    "tuning on volumes": (tune(tuning__input=_VOLUME, tuning__output=_VOLUME), range(5, 13)),
    "a private address before 0.12": (tune(tuning__input={"urls": ["http://10.0.0.1/a"]}), range(4, 12)),
    "a public address": (
        tune(tuning__input={"urls": ["HTTP://11.0.0.1:8080/a", "https://a.b/c"]}),
        range(4, 13),
    ),
    "a short image": (tune(tuning__output={"image": "tuned", "imagePushSecret": "push"}), range(4, 13)),
    "preferredNodes when they counted": (serve(resource__preferredNodes=["gpu-1"]), range(4, 8)),
    "reserved labels when they were honoured": (
        serve(resource__labelSelector__matchLabels={"kaito.sh/workspace": "a"}),
        range(4, 11),
    ),
}

#: A Workspace with its settings, the settings, and the versions.
SETTINGS: dict[str, tuple[dict[str, Any], str, range]] = {
    "no vllm": (_CONFIGURED, "max_probe_steps: 6", range(4, 13)),
    "numbers and words": (
        _CONFIGURED,
        "vllm:\n  max-num-seqs: 1\n  cpu-offload-gb: 0.5\n  enforce-eager: true\n  tokenizer: null\n  dtype: half\n",
        range(7, 13),
    ),
    "an empty vllm": (_CONFIGURED, "vllm: {}\n", range(4, 13)),
    "what vLLM completes": (_CONFIGURED, "vllm:\n  max-num-seq: 1\n", range(4, 13)),
    "flags as their own values": (
        _CONFIGURED,
        "vllm:\n  enforce-eager: --enforce-eager\n  no-enable-prefix-caching: --no-enable-prefix-caching\n",
        range(8, 13),
    ),
    "a flag and an argument behind it": (
        _CONFIGURED,
        "vllm:\n  enforce-eager: --max-num-seqs=4\n",
        range(4, 13),
    ),
    "JSON": (_CONFIGURED, 'vllm:\n  kv-transfer-config: \'{"a": 80m, "b": "8k"}\'\n', range(4, 13)),
    "a part of JSON": (_CONFIGURED, "vllm:\n  compilation-config.mode: 3\n", range(5, 13)),
    "pairs for JSON": (_CONFIGURED, "vllm:\n  limit-mm-per-prompt: image=4, video=2\n", range(4, 7)),
    "a choice of one's own": (_CONFIGURED, "vllm:\n  load-format: runai_streamer\n", range(5, 13)),
    "KAITO's own template up to 0.10": (
        _CONFIGURED,
        "max_probe_steps: 6\nvllm:\n  cpu-offload-gb: 0\n  swap-space: 4\n  # max-model-len: 8192\n",
        range(4, 11),
    ),
    "KAITO's own template of 0.12": (
        _CONFIGURED,
        "kv_cache_cpu_memory_utilization: 0.5\nvllm:\n  cpu-offload-gb: 0\n",
        range(7, 13),
    ),
    "KAITO's own example of tool calling": (
        _CONFIGURED,
        "vllm: {cpu-offload-gb: 0, tool-call-parser: phi4_mini_json, chat-template: /workspace/chat_templates/a.jinja}\n",
        range(4, 13),
    ),
    "KAITO's own port": (_CONFIGURED, "vllm:\n  port: 5000\n", range(4, 13)),
    "the longest context": (_CONFIGURED, "vllm:\n  max-model-len: 16384\n", range(4, 13)),
    "a negative context": (_CONFIGURED, "vllm:\n  max-model-len: -5\n", range(4, 9)),
    "quoted when nothing was estimated": (_CONFIGURED, 'vllm:\n  max-model-len: "8192"\n', range(4, 7)),
    "more than is read": (_CONFIGURED, _TOO_DEEP, range(4, 13)),
    "lora": (_TUNED, "training_config:\n  LoraConfig:\n    r: 8\n", range(4, 13)),
    "lora with bits off": (
        _TUNED,
        "training_config:\n  QuantizationConfig: {load_in_4bit: false, load_in_8bit: null}\n",
        range(4, 13),
    ),
    "qlora in 4 bit": (
        _QLORA,
        "training_config:\n  QuantizationConfig: {load_in_4bit: true}\n",
        range(4, 13),
    ),
    "method in capitals with settings": (
        tune(tuning__config="settings", tuning__method="LoRA"),
        "training_config: {}\n",
        range(4, 13),
    ),
    "an output below /mnt": (
        _TUNED,
        "training_config:\n  TrainingArguments: {output_dir: /results}\n",
        range(4, 13),
    ),
    "an output that only begins so": (
        _TUNED,
        "training_config:\n  TrainingArguments: {output_dir: ../mntx}\n",
        range(4, 13),
    ),
    "more of a tuning than is read": (_TUNED, _TOO_DEEP, range(4, 13)),
}


@pytest.mark.parametrize("about", QUIET)
def test_nothing_is_said(about: str) -> None:
    workspace, minors = QUIET[about]
    for minor in minors:
        assert judge(RuleContext(workspace, Target(f"0.{minor}"), config_maps={})) == [], minor


@pytest.mark.parametrize("about", SETTINGS)
def test_nothing_is_said_of_settings(about: str) -> None:
    workspace, text, minors = SETTINGS[about]
    maps = {("", "settings"): {"inference_config.yaml": text, "training_config.yaml": text}}
    for minor in minors:
        assert judge(RuleContext(workspace, Target(f"0.{minor}"), config_maps=maps)) == [], minor


def test_streaming_that_is_switched_off_may_be_on_any_cloud() -> None:
    workspace = annotated(
        "kaito.sh/model-streaming", "disabled", serve(resource__instanceType="p4d.24xlarge")
    )
    target = Target("0.12", "aws", feature_gates={"ModelStreaming": True})
    assert judge(RuleContext(workspace, target)) == []


def test_a_slice_that_is_large_enough_is_fine() -> None:
    workspace = byo(
        inference__preset__name="phi-4-mini-instruct",
        resource__partition={"mode": "mig", "profile": "1g.18gb"},
    )
    target = Target("0.12", "azure", "byo", {"enableMIG": True})
    assert judge(RuleContext(workspace, target)) == []
