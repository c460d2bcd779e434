"""What vLLM takes beside weights and cache, as it has been measured, and how far each figure can be trusted.

The measurements are llm-d-planner's (vLLM 0.19 on H100 80 GB, 50 runs of 29 models, at the server's default of 8,192
batched tokens) and those of KAITO's pull request 2156 (A10 on Azure). They are cited, with version and card, and
where another version or card is at work, they are assumptions with a range.
"""

from kaitogen.kaito.sizing.types import EngineArgs, Label, Node, Term
from kaitogen.model import GIB
from kaitogen.typed import Final

_H100: Final = "vLLM 0.19, H100 80 GB"
_A10: Final = "one A10, KAITO's pull request 2156"
#: So much more the activations of a vLLM took that is not lean yet.
_BEFORE_LEAN: Final = 5.64 / 2.23
#: What the measured runs allowed in one batch; another setting moves the peak by nobody knows how much.
_BATCHED_TOKENS: Final = 8192
#: What vLLM allows on smaller cards, and from which memory on it allows more.
_SMALL_BATCH: Final = 2048
_LARGE_CARD: Final = 70 * GIB
#: Least and most of all measured peaks, in GiB.
_LEAST, _MOST = 0.75, 3.99
#: Mixtures of experts take more than others; those that read pictures as well take as much as dense ones.
_DENSE, _EXPERTS = 2.0, 2.5
#: The peak over pipeline stages, as a part of that of one: Llama-3.1-8B, 1.89, 1.10 and 1.05 GiB at 1, 2 and 4.
#: Two A10 with qwen3-14b show no such fall, so for other models it only widens the range.
_STAGES: Final = ((4, 1.05 / 1.89), (2, 1.10 / 1.89), (1, 1.0))
#: Peaks of single models, in GiB, by layers and hidden size of an architecture.
_SEEN: Final = {("LlamaForCausalLM", 32, 4096): 1.89, ("Qwen3ForCausalLM", 40, 5120): 2.23}
#: The one that was measured in stages as well.
_STAGED: Final = ("LlamaForCausalLM", 32, 4096)
#: Of the memory on the label a driver hands out about this much: 79.19 of the 80 GiB of an H100.
_OF_THE_LABEL: Final = 79.19 / 80
_LEAST_OF_THE_LABEL: Final = 0.97
#: On one A10 everything beside weights and cache took 1.64 GiB, counted from the full 24 GiB.
_A10_CARD: Final = "NVIDIA A10"
_A10_OVERHEAD: Final = 1.64
#: Non-torch memory in GiB: one GPU, one GPU of several stages, tensor parallelism (its buffers are most of it).
_ALONE, _STAGE, _TENSOR = 0.27, 0.07, 2.10
#: KAITO's own estimate of it (pkg/workspace/estimator/nodesestimator/estimator.go:43).
_KAITO: Final = 0.6
_MORE: Final = 1.2


def term(name: str, sizes: tuple[float, float, float], label: Label, source: str) -> Term:
    """A term from its least, likely and most bytes."""
    low, likely, high = map(round, sizes)
    return Term(name=name, low=low, likely=likely, high=high, label=label, source=source)


def _measured(name: str, gib: float, source: str) -> Term:
    return term(name, (gib * GIB,) * 3, "measured", source)


def _assumed(name: str, low: float, likely: float, high: float, source: str) -> Term:
    """A term from its least, likely and most GiB."""
    return term(name, (low * GIB, likely * GIB, high * GIB), "assumed", source)


def card_memory(node: Node) -> Term:
    """What the driver hands out of one GPU."""
    name, gib, size = "GPU memory", node.memory_per_gpu / GIB, node.measured
    if size:
        return term(name, (size,) * 3, "exact", node.source)
    if node.card == _A10_CARD:
        return _assumed(name, gib, gib, gib, f"{node.source}; the overhead is counted from it")
    likely = gib * _OF_THE_LABEL
    if gib == 80 and node.card.endswith("H100"):
        return _measured(name, likely, _H100)
    source = f"{node.source}, less as large a part as an H100 withholds"
    return _assumed(name, gib * _LEAST_OF_THE_LABEL, likely, gib, source)


def activations(args: EngineArgs, node: Node, kind: tuple[str, int, int], experts: bool) -> Term:
    """The peak of the activations. `kind` is the architecture with its layers and hidden size."""
    part = next(factor for stages, factor in _STAGES if args.layout.pipeline >= stages)
    seen = _SEEN.get(kind) if args.layout.pipeline == 1 or kind == _STAGED else None
    if seen is not None and args.lean and not args.batched_tokens and _same_card(node):
        return _measured("activations", seen * part, f"this model, {_H100}")
    # The default of vLLM (vllm/engine/arg_utils.py).
    large = node.memory_per_gpu >= _LARGE_CARD and "A100" not in node.card
    batched = _BATCHED_TOKENS if large else _SMALL_BATCH
    likely, least, most = _EXPERTS if experts else _DENSE, _LEAST, _MOST
    source = f"{likely} GiB for its kind, {_LEAST} to {_MOST} over 29 models, {_H100}"
    if batched == _SMALL_BATCH:
        likely, least, most = _A10_OVERHEAD - _ALONE, _LEAST * _SMALL_BATCH / _BATCHED_TOKENS, likely
        source = f"solved from qwen3-8b on {_A10}; such cards batch {_SMALL_BATCH} tokens"
    if not args.lean:
        likely, most = likely * _BEFORE_LEAN, most * _BEFORE_LEAN
        source += "; vLLM before 0.17 took 2.5 times as much"
    if args.batched_tokens:
        share = args.batched_tokens / batched
        least, most = least * min(share, 1.0), most * max(share, 1.0)
        source += f"; that is for {batched} batched tokens, not {args.batched_tokens}"
    return _assumed("activations", least * part, likely, most, source)


def non_torch(args: EngineArgs, node: Node) -> Term:
    """What the driver and the communication buffers take."""
    if args.layout.tensor > 1:
        likely, least, most = _TENSOR, _KAITO, _TENSOR * _MORE
    elif args.layout.pipeline > 1:
        likely, least, most = _STAGE, _STAGE, _KAITO
    else:
        likely, least, most = _ALONE, _STAGE, _KAITO
    if args.lean and _same_card(node):
        return _measured("non-torch", likely, _H100)
    return _assumed("non-torch", least, likely, most, f"as with {_H100}")


def _same_card(node: Node) -> bool:
    return node.card.endswith("H100") or "H100" in node.card.split("-")
