"""One row per rule on what an inference runs, its adapters and its configuration (KG430 to KG446)."""

from typing import Any, Final

from tests.unit.kaito.rules.workspaces import (
    GONE,
    SERVING,
    TEMPLATED,
    Row,
    adapted,
    adapter,
    change,
    serve,
    transformers,
)

_NAME: Final = "inference.preset.name"
_WITH_CONFIG: Final = serve(inference__config="settings")
_SECRET: Final = "inference.preset.presetOptions"
_FALCON: Final = serve(inference__preset__name="falcon-7b")


def named(name: str, secret: str = "") -> dict[str, Any]:
    """SERVING with another preset."""
    preset: dict[str, Any] = {"name": name}
    if secret:
        preset["presetOptions"] = {"modelAccessSecret": secret}
    return serve(inference__preset=preset)


def configured(about: str, expected: str, since: int, until: int, text: str, **more: Any) -> Row:
    """A row whose Workspace has its configuration in the same output."""
    workspace = more.pop("workspace", _WITH_CONFIG)
    return Row(
        about,
        expected,
        since,
        until,
        workspace,
        config_maps={("", "settings"): {"inference_config.yaml": text}},
        **more,
    )


ROWS: Final = (
    Row("nothing to run", "KG430 error inference", 4, 12, serve(inference__preset=GONE)),
    Row("preset and template", "KG431 error inference.template", 4, 12, change(TEMPLATED, {
        "inference.preset": {"name": "phi-4"}})),
    Row("unknown name", f"KG432 error {_NAME}", 4, 12, named("qwen3-8b")),
    Row("no owner", f"KG432 error {_NAME}", 4, 12, named("/phi-4")),
    Row("no name", f"KG432 error {_NAME}", 4, 12, named("microsoft/")),
    Row("empty name", f"KG432 error {_NAME}", 4, 12, named("")),
    Row("Hugging Face id", f"KG432 error {_NAME}", 4, 8, named("Qwen/Qwen3-8B-AWQ")),
    Row("letter case before aliases", f"KG432 error {_NAME}", 4, 10, named("Phi-3-mini-4k-instruct")),
    Row("letter case of the first aliases", f"KG432 error {_NAME}", 4, 10, named("Phi-4")),
    Row("falcon left", f"KG432 error {_NAME}", 11, 12, _FALCON),
    Row("gemma came", f"KG432 error {_NAME}", 4, 7, named("gemma-3-4b-instruct", "hf")),
    Row("gpt-oss came", f"KG432 error {_NAME}", 4, 6, named("gpt-oss-20b")),
    Row("deepseek came", f"KG432 error {_NAME}", 4, 5, named("deepseek-r1-0528")),
    Row("llama 3.3 came", f"KG432 error {_NAME}", 4, 4, named("llama-3.3-70b-instruct", "hf")),
    Row("a wrong name hides resource rules", f"KG432 error {_NAME}", 4, 12,
        change(named("qwen3-8b"), {"resource.instanceType": "gpu-large"})),
    Row("network at admission", f"KG433 note {_NAME}", 9, 12, named("acme/phi"), notes=True, also=("KG488",)),
    Row("catalogued later", f"KG433 note {_NAME}", 9, 11, named("zai-org/GLM-5.2-FP8"), notes=True,
        also=("KG488", "KG465")),
    Row("no transformers", f"KG434 error {_NAME}", 11, 12, transformers(named("phi-4-mini-instruct"))),
    Row("no transformers by gate", f"KG434 error {_NAME}", 11, 12, named("phi-4-mini-instruct"), gates={"vLLM": False}),
    Row("no transformers for a stranger", f"KG434 error {_NAME}", 11, 12, transformers(named("acme/phi"))),
    Row("strength on vllm", "KG435 error inference.adapters.0.strength", 4, 12,
        adapted({**adapter(), "strength": "1.0"})),
    Row("falcon with adapters", "KG436 error inference.adapters", 4, 10, adapted(adapter(), workspace=_FALCON)),
    Row("downloaded without secret", "KG437 error inference.preset", 6, 7,
        change(named("deepseek-r1-0528"), {"resource.instanceType": "Standard_ND96isr_H200_v5"})),
    Row("gated without secret", "KG437 error inference.preset", 4, 10, named("llama-3.1-8b-instruct")),
    Row("gated id at 0.9", "KG437 error inference.preset", 9, 10, named("meta-llama/Llama-3.1-8B-Instruct")),
    Row("baked with secret", f"KG438 error {_SECRET}.modelAccessSecret", 4, 10, named("phi-3-mini-4k-instruct", "hf")),
    Row("phi-4 with a secret", f"KG438 error {_SECRET}.modelAccessSecret", 4, 10, named("phi-4", "hf")),
    Row("baked id at 0.9", f"KG438 error {_SECRET}.modelAccessSecret", 9, 10, named("microsoft/phi-4", "hf")),
    Row("eleven adapters", "KG439 error inference.adapters", 4, 12, adapted(*(adapter(f"a{n}") for n in range(11)))),
    Row("one name twice", "KG440 error inference.adapters.1.source.name", 4, 12, adapted(adapter(), adapter())),
    Row("no source", "KG440 error inference.adapters.0", 4, 12, adapted({})),
    Row("ConfigMap elsewhere", "KG441 note inference.config", 4, 12, _WITH_CONFIG, notes=True),
    Row("ConfigMap not in the output", "KG441 note inference.config", 4, 12, _WITH_CONFIG, notes=True, config_maps={}),
    Row("a name that no ConfigMap has", "KG441 error inference.config", 4, 12, serve(inference__config="vLLM_settings")),
    Row("a name of 254 letters", "KG441 error inference.config", 4, 12, serve(inference__config="s" * 254)),
    Row("no key", "KG442 error inference.config", 4, 12, _WITH_CONFIG, config_maps={("", "settings"): {"a": "b"}}),
    configured("no YAML", "KG443 error inference.config", 4, 12, "vllm: {"),
    configured("a list", "KG443 error inference.config", 4, 12, "- vllm"),
    configured("text", "KG443 error inference.config", 4, 12, "vllm"),
    configured("vllm a list", "KG443 error inference.config", 4, 12, "vllm: [a]"),
    configured("nested", "KG443 error inference.config", 4, 12, "vllm:\n  hf-overrides:\n    a: 1\n"),
    configured("in a template's ConfigMap too", "KG443 error inference.config", 4, 12, "vllm: 1",
               workspace=change(TEMPLATED, {"inference.config": "settings"})),
    configured("auto", "KG444 error inference.config.vllm.max-model-len", 7, 12, "vllm:\n  max-model-len: auto\n"),
    configured("8k", "KG444 error inference.config.vllm.max-model-len", 7, 12, "vllm:\n  max-model-len: 8k\n"),
    configured("1e4", "KG444 error inference.config.vllm.max-model-len", 7, 12, "vllm:\n  max-model-len: 1e4\n"),
    configured("auto for a model of nobody's catalogue", "KG444 warning inference.config.vllm.max-model-len", 9, 12,
               "vllm:\n  max-model-len: auto\n", workspace=change(named("acme/phi"), {"inference.config": "settings"})),
    configured("auto for a model that was built in", "KG444 error inference.config.vllm.max-model-len", 7, 10,
               "vllm:\n  max-model-len: auto\n", workspace=change(_FALCON, {"inference.config": "settings"})),
    configured("small GPUs", "KG444 error inference.config", 4, 6, "vllm:\n  swap-space: 4\n",
               workspace=change(_WITH_CONFIG, {"resource.instanceType": "Standard_NC24rs_v3"})),
    configured("several nodes", "KG444 error inference.config", 5, 6, "vllm:\n  swap-space: 4\n",
               workspace=change(_WITH_CONFIG, {"resource.count": 2})),
    configured("over the limit", "KG445 error inference.config.vllm.max-model-len", 7, 12, "vllm:\n  max-model-len: 16385\n"),
    configured("far over the limit", "KG445 error inference.config.vllm.max-model-len", 7, 12, "vllm:\n  max-model-len: 9999999999999999\n"),
    Row("streaming off azure", "KG446 error inference.preset", 11, 12,
        serve(resource__instanceType="p4d.24xlarge"), provider="aws", gates={"ModelStreaming": True}),
    Row("streaming needs a driver", "KG446 note inference.preset", 11, 12, SERVING,
        gates={"ModelStreaming": True}, notes=True, also=("KG488",)),
)  # fmt: skip
