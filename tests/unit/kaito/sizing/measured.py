"""What others measured of vLLM's memory, and what column B and a naive rule say of the same runs.

Sources: A is llm-d-planner's report on vLLM 0.19.0 (accuracy/results/v0.19.0/accuracy_report.md): H100 80 GB, share
0.95, 8,192 batched tokens. Where it gives errors and constants instead of GiB, the GiB are worked out from those. B is
KAITO's pull request 2156, on Azure; its tokens are turned into GiB by the bytes of a token.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from kaitogen.kaito.catalogue.architectures import Shape, find_shape
from kaitogen.kaito.catalogue.models import find_model
from kaitogen.kaito.rules.layout import Layout
from kaitogen.kaito.sizing.memory import memory_of
from kaitogen.kaito.sizing.model_spec import Layers, ModelSpec, has_experts
from kaitogen.kaito.sizing.types import Context, EngineArgs, Memory, Node

GIB: Final = 2**30
H100: Final = Node(1, 80 * GIB, "NVIDIA H100", "")
H100_94: Final = Node(2, 188 * GIB, "NVIDIA H100", "")
A10: Final = Node(1, 24 * GIB, "NVIDIA A10", "")
_AUTO: Final = Context(2048, "", "auto")


class Run(NamedTuple):
    """One measured run: `gib` of KV cache on one GPU. `used` says that a constant of column B rests on it."""

    name: str
    subject: ModelSpec
    node: Node
    layout: tuple[int, int]
    share: float
    gib: float
    used: bool
    source: str
    settings: tuple[tuple[str, str], ...] = ()


def catalogued(name: str) -> ModelSpec:
    model, shape = find_model(name), find_shape(name)
    assert model is not None
    assert shape is not None
    layers = Layers(shape.layers)
    experts = has_experts(shape.architecture, name)
    return ModelSpec(
        model.id, model.weights, model.bytes_per_token, model.token_limit, shape, layers, experts, False, ""
    )


def qwen3(gib: float, layers: int, hidden: int) -> ModelSpec:
    """8 heads of 128 in the cache, as both sizes have."""
    shape = Shape(layers, hidden, 32, 8, 128, 0, 0, "Qwen3ForCausalLM", "")
    return ModelSpec("", round(gib * GIB), layers * 4096, 40960, shape, Layers(layers), False, False, "")


def tokens(count: int, bytes_on_a_gpu: int) -> float:
    return count * bytes_on_a_gpu / GIB


_LLAMA: Final = catalogued("meta-llama/Llama-3.1-8B-Instruct")
_QWEN: Final = catalogued("Qwen/Qwen2.5-Coder-7B-Instruct")
_MINIMAX: Final = catalogued("MiniMaxAI/MiniMax-M2.7")
_SMALL: Final = catalogued("mistralai/Mistral-Small-4-119B-2603")
_PHI: Final = catalogued("microsoft/phi-4")
_GEMMA_27: Final = catalogued("google/gemma-3-27b-it")
_GEMMA_4: Final = catalogued("google/gemma-3-4b-it")
#: 0.95 of the 79.19 GiB that the driver hands out.
_BUDGET: Final = 0.95 * 79.19

RUNS: Final = (
    Run("Llama-3.1-8B", _LLAMA, H100, (1, 1), 0.95, 58.11, True, "A"),
    Run("Llama-3.1-8B, TP 2", _LLAMA, H100, (2, 1), 0.95, _BUDGET - 7.51 - 1.89 - 2.07, True, "A"),
    Run("Llama-3.1-8B, TP 4", _LLAMA, H100, (4, 1), 0.95, _BUDGET - 3.77 - 1.89 - 2.13, True, "A"),
    Run("Llama-3.1-8B, PP 2", _LLAMA, H100, (1, 2), 0.95, _BUDGET - 7.51 - 1.10 - 0.07, True, "A"),
    Run("Llama-3.1-8B, PP 4", _LLAMA, H100, (1, 4), 0.95, _BUDGET - 4.26 - 1.05 - 0.07, True, "A"),
    Run("Qwen3-8B, A10", qwen3(15.26, 36, 4096), A10, (1, 1), 0.82, tokens(20_272, 147_456), True, "B"),
    Run("Qwen3-14B, 2 A10, PP 2", qwen3(27.51, 40, 5120), A10, (1, 2), 0.82, tokens(55_952, 81_920), True, "B"),
    Run("MiniMax-M2.7, TP 2, PP 2", _MINIMAX, H100_94, (2, 2), 0.70, tokens(117_264, 63_488), True, "B"),
    Run("MiniMax-M2.7, share 0.75", _MINIMAX, H100_94, (2, 2), 0.75, tokens(195_968, 63_488), True, "B"),
    Run("Mistral-Small-4, TP 2", _SMALL, H100_94, (2, 1), 0.84, tokens(810_208, 23_040), True, "B"),
    Run("Qwen2.5-7B", _QWEN, H100, (1, 1), 0.95, 58.53, False, "A"),
    Run("Qwen2.5-7B, TP 2", _QWEN, H100, (2, 1), 0.95, _BUDGET - 7.12 - 2.21 - 2.06, False, "A"),
    Run("Qwen2.5-7B, TP 4", _QWEN, H100, (4, 1), 0.95, _BUDGET - 3.55 - 2.21 - 2.13, False, "A"),
    Run(
        "Qwen2.5-7B, fp8 cache", _QWEN, H100, (1, 1), 0.95, tokens(2_192_000, 28_672), False, "A",
        (("kv-cache-dtype", "fp8"),),
    ),
    Run(
        "Llama-3.1-8B, fp8 cache", _LLAMA, H100, (1, 1), 0.95, tokens(952_032, 65_536), False, "A",
        (("kv-cache-dtype", "fp8"),),
    ),
    Run(
        "Llama-3.1-8B, fp8 weights", _LLAMA, H100, (1, 1), 0.95, 64.61, False, "A",
        (("quantization", "fp8"),),
    ),
    Run("phi-4", _PHI, H100, (1, 1), 0.95, _BUDGET - 27.39 - 1.52 - 0.25, False, "A"),
    Run("gemma-3-27b", _GEMMA_27, H100, (1, 1), 0.95, _BUDGET - 51.45 - 3.99 - 0.26, False, "A"),
    Run("gemma-3-4b", _GEMMA_4, H100, (1, 1), 0.95, _BUDGET - 8.58 - 3.89 - 0.25, False, "A"),
)  # fmt: skip


def predicted(run: Run) -> Memory:
    """Column B for the run."""
    layout = Layout(1, *run.layout)
    return memory_of(
        run.subject,
        run.node,
        EngineArgs(
            version="0.19.0",
            batched_tokens=0,
            utilization=run.share,
            layout=layout,
            context=_AUTO._replace(vllm=dict(run.settings)),
        ),
    )


def naive(run: Run) -> float:
    """The rule of thumb: the share of what is written on the card, less the files, and nothing else."""
    return (run.share * run.node.memory_per_gpu - run.subject.weights / run.layout[0] / run.layout[1]) / GIB


def error(said: float, run: Run) -> float:
    """In percent of what was measured."""
    return (said / run.gib - 1) * 100


class Errors(NamedTuple):
    """Mean and worst size of the errors of column B and of the naive rule, in percent."""

    mean: float
    worst: float
    naive_mean: float
    naive_worst: float


def errors(runs: Iterable[Run]) -> Errors:
    chosen = list(runs)
    ours = [abs(error(predicted(run).pool.likely / GIB, run)) for run in chosen]
    theirs = [abs(error(naive(run), run)) for run in chosen]
    return Errors(sum(ours) / len(ours), max(ours), sum(theirs) / len(theirs), max(theirs))


def table() -> str:
    """The comparison as it stands in the documentation."""
    lines = [
        "| run | measured | column B | error | naive rule | error | source |",
        "|---|---|---|---|---|---|---|",
    ]
    for used, about in ((True, "constants rest on these"), (False, "held out")):
        runs = [run for run in RUNS if run.used is used]
        lines += [_line(run) for run in runs]
        all_of = errors(runs)
        lines.append(
            f"| **{about}: mean, worst** | | | **{all_of.mean:.1f} %, {all_of.worst:.1f} %** | "
            f"| **{all_of.naive_mean:.1f} %, {all_of.naive_worst:.1f} %** | |"
        )
    return "\n".join(lines) + "\n"


def _line(run: Run) -> str:
    pool = predicted(run).pool
    low, likely, high = (number / GIB for number in (pool.low, pool.likely, pool.high))
    return (
        f"| {run.name} | {run.gib:.1f} | {likely:.1f} ({low:.1f} to {high:.1f}) | {error(likely, run):+.1f} % | "
        f"{naive(run):.1f} | {error(naive(run), run):+.1f} % | {run.source} |"
    )
