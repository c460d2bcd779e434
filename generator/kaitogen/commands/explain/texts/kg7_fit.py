"""Explanations of KG701 to KG711: what KAITO asks for, held against what vLLM will then probably have."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import INTENT_FILE, Example, Explanation, intent

_PLAN: Final = f"kaitogen plan {INTENT_FILE}"
_A10: Final = "  placement: {instanceType: Standard_NV36ads_A10_v5}\n"
_A100: Final = "  placement: {instanceType: Standard_NC24ads_A100_v4}\n"
_G5: Final = "  placement: {instanceType: g5.48xlarge}\n  target: {provider: aws}\n"
_PHI: Final = "  inference: {model: phi-4}\n"
_QWEN: Final = "  inference: {model: qwen2.5-coder-7b-instruct}\n"
_SINCE: Final = "0.7 to 0.12"


def _granite(settings: str) -> str:
    return f"  inference: {{model: ibm-granite/granite-4.1-8b, config: {{vllm: {{{settings}}}}}}}\n"


def _llama(settings: str) -> str:
    return f"  inference: {{model: deepseek-r1-distill-llama-8b, config: {{vllm: {{{settings}}}}}}}\n"


def _planned(spec: str) -> Example:
    return intent(spec, command=_PLAN)


FIT: Final = (
    Explanation(
        "KG701",
        "warning",
        "KAITO's nodes leave vLLM no memory for its cache",
        "KAITO counts nodes with a reserve of its own, and vLLM measures what it really takes when it starts. By what "
        "is known of vLLM nothing is left of the GPU for the cache, and without a cache it ends with an error. The "
        "message gives the range, since some of the figures are assumed.",
        "Take GPUs with more memory; the plan names the instance type that helps most.",
        _planned(_A10 + _granite("gpu-memory-utilization: 0.7")),
        _planned(_A10 + _granite("gpu-memory-utilization: 0.85")),
        _SINCE,
    ),
    Explanation(
        "KG702",
        "warning",
        "A short context that nobody chose",
        "Without max-model-len KAITO sizes for 2,048 tokens, and vLLM then takes the longest context that fits the "
        "memory that is left. That is less than 8,192 tokens here, though the model offers more.",
        "Set max-model-len to what you need, so that KAITO counts with it, or give the cache more room.",
        _planned(
            "  placement: {instanceType: g5.12xlarge}\n  target: {provider: aws}\n"
            "  inference: {model: llama-3.3-70b-instruct, accessSecret: hf-token}\n"
        ),
        _planned(
            "  placement: {instanceType: Standard_NC80adis_H100_v5}\n"
            "  inference: {model: llama-3.3-70b-instruct, accessSecret: hf-token}\n"
        ),
        _SINCE,
    ),
    Explanation(
        "KG703",
        "note",
        "A shorter context than the model's",
        "The cache will not hold a request of the length that the model was made for, so vLLM lowers the limit to what "
        "fits. Longer requests are refused.",
        "Set max-model-len to what you need, or give the cache more room: larger GPUs, or kv-cache-dtype: fp8 on cards that have it.",
        _planned(_A10 + "  inference: {model: deepseek-r1-distill-llama-8b}\n"),
        _planned(_A100 + "  inference: {model: deepseek-r1-distill-llama-8b}\n"),
        _SINCE,
    ),
    Explanation(
        "KG704",
        "warning",
        "The GPUs do not divide the attention heads",
        "With tensor parallelism each GPU takes the same number of the model's attention heads. KAITO sets it to the "
        "number of GPUs of a node and never looks at the heads; vLLM does, and refuses to start.",
        "Take an instance type whose number of GPUs divides the heads, or set tensor-parallel-size.",
        _planned(_G5 + _QWEN),
        _planned(_A100 + _QWEN),
        _SINCE,
    ),
    Explanation(
        "KG705",
        "warning",
        "One node fewer would do",
        "KAITO's estimate takes the cache for the whole context off the GPUs of one node, however many nodes there will "
        "be, although it is spread over all of them. Counted over all GPUs, by KAITO's own reserve, the model fits on a "
        "node less.",
        "Take an instance type with more GPUs per node, or a smaller max-model-len.",
        _planned(_A10 + "  inference: {model: Qwen/Qwen3.5-122B-A10B}\n"),
        _planned(_A100 + "  inference: {model: Qwen/Qwen3.5-122B-A10B}\n"),
        _SINCE,
    ),
    Explanation(
        "KG706",
        "warning",
        "A preset or card that leaves with a newer KAITO",
        "The target's KAITO has this preset or instance type in its tables, and a newer one no longer does. A Workspace "
        "cannot change either later: it has to be made anew.",
        "Take another model or a newer card before KAITO is upgraded.",
        _planned(
            '  placement: {instanceType: Standard_NC64as_T4_v3}\n  target: {kaito: "0.11"}\n'
            "  inference: {model: phi-4-mini-instruct}\n"
        ),
        _planned(_A100 + '  target: {kaito: "0.11"}\n  inference: {model: phi-4-mini-instruct}\n'),
        "0.4 to 0.11",
    ),
    Explanation(
        "KG707",
        "warning",
        "More context than the cache will hold",
        "vLLM starts only if its cache holds one request of max-model-len. By what is known of vLLM it will not, "
        "although KAITO's estimate says so.",
        "Lower max-model-len, or give the cache more room: larger GPUs, or kv-cache-dtype: fp8 on cards that have it.",
        _planned(_A10 + _llama("max-model-len: 4096, gpu-memory-utilization: 0.7")),
        _planned(_A10 + _llama("max-model-len: 4096")),
        _SINCE,
    ),
    Explanation(
        "KG708",
        "note",
        "Replicas in one pod",
        "Where the weights take less than half of one GPU, KAITO has vLLM run a replica of the model on each GPU of the "
        "node. That multiplies the throughput and the memory for weights, not the context.",
        "Take an instance type with one GPU where one replica is enough.",
        _planned("  placement: {instanceType: Standard_NC48ads_A100_v4}\n" + _PHI),
        _planned(_A100 + _PHI),
        "0.10 to 0.12",
    ),
    Explanation(
        "KG709",
        "warning",
        "The settings spread the model over more GPUs than there are",
        "KAITO sets the parallel sizes to the GPUs of its nodes, and what the settings of vLLM say wins over that. Their "
        "product is the number of GPUs that vLLM takes; here the nodes have fewer, so that it does not start.",
        "Remove the parallel sizes from the settings, or take nodes with more GPUs.",
        _planned(_A100 + "  inference: {model: phi-4, config: {vllm: {tensor-parallel-size: 2}}}\n"),
        _planned(
            "  placement: {instanceType: Standard_NC80adis_H100_v5}\n"
            "  inference: {model: phi-4, config: {vllm: {tensor-parallel-size: 2, data-parallel-size: 1}}}\n"
        ),
        _SINCE,
    ),
    Explanation(
        "KG711",
        "warning",
        "A model that nothing is known about",
        "KAITO asks Hugging Face for the size of a model outside its catalogue. The plan never asks the network, so it "
        "can say neither how many nodes nor how much memory.",
        "Give the model's config.json and the index of its weights with --model-config.",
        _planned(_A100 + "  inference: {model: acme/llm-7b}\n"),
        _planned(_A100 + _PHI),
        "0.9 to 0.12",
    ),
)
