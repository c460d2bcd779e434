"""One row per rule on what vLLM makes of its settings (KG741 to KG749), and on layouts that it does not start in (KG704, KG709).

The first vLLM of each KAITO decides: 0.8.5 (0.4), 0.9.0 (0.5, 0.6), 0.10.1 (0.7), 0.12 (0.8), 0.14 (0.9), 0.17 (0.10), 0.22 (0.11), 0.25 (0.12).
"""

from typing import Any, Final

from tests.unit.kaito.rules.rows_inference import configured, named
from tests.unit.kaito.rules.rows_tuning import trained
from tests.unit.kaito.rules.workspaces import Row, adapted, adapter, change, serve

_CONFIG: Final = "inference.config"
_VLLM: Final = f"{_CONFIG}.vllm"
_H100: Final = "Standard_NC80adis_H100_v5"


def setting(code: str, since: int, until: int, line: str, **more: Any) -> Row:
    """A row with one setting, which is what is wrong."""
    key = line.partition(":")[0]
    return configured(
        f"{line[:40]} 0.{since}", f"{code} {_VLLM}.{key}", since, until, f"vllm:\n  {line}\n", **more
    )


def two(code: str, since: int, until: int, first: str, second: str, **more: Any) -> Row:
    """A row whose second setting is what is wrong."""
    key = second.partition(":")[0]
    text = f"vllm:\n  {first}\n  {second}\n"
    return configured(f"{second} after {first}", f"{code} {_VLLM}.{key}", since, until, text, **more)


_UNKNOWN: Final = "KG741 error"
_VALUE: Final = "KG742 error"
_WORD: Final = "KG743 error"
_AGAINST: Final = "KG745 warning"
_ELSEWHERE: Final = "KG746 error"

ROWS: Final = (
    setting(_UNKNOWN, 4, 12, "max-num-sqs: 8"),
    setting(_UNKNOWN, 4, 12, "no-max-num-seqs: 8"),
    setting(_UNKNOWN, 4, 12, "enable: 1", also=("KG743",)),
    setting(_UNKNOWN, 11, 12, "swap-space: 4"),
    setting(_UNKNOWN, 8, 12, "max-seq-len-to-capture: 8192"),
    setting(_UNKNOWN, 7, 12, "num-scheduler-steps: 1"),
    setting(_UNKNOWN, 4, 10, "mamba_backend: triton"),
    setting(_UNKNOWN, 4, 11, "watermark: 0.1"),
    setting(_UNKNOWN, 4, 4, "limit-mm-per-prompt.image: 4"),
    setting(_UNKNOWN, 4, 12, "max-num-seqs.image: 4"),
    setting(_UNKNOWN, 4, 12, "enforce-eager: --enforce-eagre"),
    setting(_VALUE, 4, 12, "max-num-seqs: many"),
    setting(_VALUE, 4, 12, "max-num-seqs: 128.0"),
    setting(_VALUE, 4, 12, "max-num-seqs: true"),
    setting(_VALUE, 4, 12, "max-num-seqs: " + "9" * 5000),
    setting(_VALUE, 8, 12, "max-num-seqs: 0", bounded=False),
    setting(_VALUE, 7, 12, "max-num-batched-tokens: 8.5K", bounded=False),
    setting(_VALUE, 4, 6, "max-num-batched-tokens: 8k", bounded=False),
    setting(_VALUE, 8, 8, "max-num-batched-tokens: 8k", bounded=False),
    setting(_VALUE, 4, 12, "max-num-batched-tokens: -x"),
    setting(_VALUE, 4, 12, "gpu-memory-utilization: most"),
    setting(_VALUE, 8, 12, "gpu-memory-utilization: 1.1"),
    setting(_VALUE, 8, 12, "gpu-memory-utilization: 1e999"),
    setting(_VALUE, 8, 12, "gpu-memory-utilization: .nan", bounded=False),
    setting(_VALUE, 8, 12, "gpu-memory-utilization: 0"),
    setting(_VALUE, 4, 12, "dtype: float8"),
    setting(_VALUE, 4, 10, "block-size: 20"),
    setting(_VALUE, 4, 7, "block-size: 256"),
    setting(_VALUE, 4, 12, "max-logprobs: null"),
    setting(_VALUE, 4, 12, "kv-transfer-config: \"{'a': 1}\""),
    setting(_VALUE, 4, 12, "speculative-config: '" + "[" * 3000 + "'"),
    setting(_VALUE, 4, 12, "limit-mm-per-prompt: 4"),
    setting(_VALUE, 7, 12, "limit-mm-per-prompt: image=4"),
    setting(_VALUE, 4, 12, "enforce-eager: --max-num-seqs"),
    setting(_VALUE, 4, 12, "enforce-eager: --max-num-seqs=x"),
    setting(_VALUE, 4, 12, "max-model-len: ' '"),
    configured("a share that is text", f"{_VALUE} {_CONFIG}.kv_cache_cpu_memory_utilization", 7, 12,
               "kv_cache_cpu_memory_utilization: half\n", also=("KG747",)),
    setting(_WORD, 4, 6, "enforce-eager: true"),
    setting(_WORD, 4, 6, "enforce-eager: false"),
    two(_WORD, 7, 12, "enforce-eager: true", "enable-prefix-caching: true", bounded=False),
    two(_WORD, 7, 12, "enforce-eager: true", "no-enable-prefix-caching: ''", bounded=False),
    setting("KG744 warning", 7, 12, "enable-prefix-caching: false"),
    setting("KG744 warning", 7, 12, "no-enable-prefix-caching: 'off'"),
    setting("KG744 warning", 7, 12, "enable-prefix-caching: null"),
    setting(_AGAINST, 4, 12, "model: microsoft/phi-4"),
    setting(_AGAINST, 4, 12, "disable-log-stats: --disable-log-stats"),
    setting(_AGAINST, 4, 12, "lora-modules: a=/b", workspace=adapted(adapter(), workspace=serve(inference__config="settings"))),
    setting(_AGAINST, 11, 12, "compilation-config: '{\"mode\": 3}'"),
    setting(_ELSEWHERE, 4, 12, "port: 8000"),
    setting(_ELSEWHERE, 4, 12, "ssl-certfile: /certs/tls.crt"),
    configured("beside vllm", f"KG747 warning {_CONFIG}.max-num-seqs", 4, 12, "max-num-seqs: 8\n"),
    configured("read later", f"KG747 warning {_CONFIG}.kv_cache_cpu_memory_utilization", 4, 6,
               "kv_cache_cpu_memory_utilization: 0.5\n"),
    setting("KG748 error", 4, 12, "max_model_len: 16385", also=("KG468",)),
    setting("KG748 error", 4, 6, "max-model-len: 16385"),
    trained("unknown setting", "KG749 error tuning.config.training_config.DatasetConfig.shufle",
            "training_config:\n  DatasetConfig: {shufle: true}\n"),
    trained("a section of nothing", "KG749 error tuning.config.training_config.ModelConfig",
            "training_config:\n  ModelConfig:\n"),
    Row("28 heads on 8 GPUs", "KG704 error resource.instanceType", 7, 12,
        serve(resource__instanceType="g5.48xlarge", inference__preset__name="qwen2.5-coder-7b-instruct"), provider="aws",
        bounded=False),
    configured("tensor parallel on one GPU", f"KG709 error {_CONFIG}", 7, 12, "vllm:\n  tensor-parallel-size: 2\n"),
    configured("two stages on one node", f"KG709 error {_CONFIG}", 10, 12, "vllm:\n  pipeline_parallel_size: 2\n",
               workspace=change(named("phi-4"), {"resource.instanceType": _H100, "inference.config": "settings"}),
               bounded=False),
)  # fmt: skip
