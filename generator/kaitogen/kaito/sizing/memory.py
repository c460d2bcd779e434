"""Column B: the memory bill of one GPU under vLLM, and the tokens and requests that its cache then holds."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from kaitogen.kaito.rules.config import served_length
from kaitogen.kaito.sizing.model_spec import Subject
from kaitogen.kaito.sizing.overheads import GIB, Engine, activations, card_memory, non_torch
from kaitogen.kaito.sizing.types import Context, Label, Layout, Memory, Node, Span, Term, Verdict
from kaitogen.model import Json

#: KAITO's own factor on the weight files is the most that loading adds; headers missed by 0.75 % on average.
_WEIGHTS_MORE, _WEIGHTS_LESS = 1.02, 0.9925
_EIGHT_BITS: Final = ("fp8", "int8")
_TRUST: Final[tuple[Label, ...]] = ("exact", "measured", "assumed")


class Launch(NamedTuple):
    """How vLLM is started: which one, with which share of the GPU, spread how, for how long a context, and its settings."""

    engine: Engine
    utilization: float
    layout: Layout
    context: Context
    vllm: Mapping[str, Json]


def memory(known: Subject, node: Node, launch: Launch) -> Memory:
    """The whole column for one model on these GPUs."""
    layout, share = launch.layout, launch.utilization
    gpu = card_memory(node)
    shape = known.shape
    kind = ("", 0, 0) if shape is None else (shape.architecture, shape.layers, shape.hidden)
    bill = (
        _weights(known, launch),
        activations(launch.engine, node, layout, kind, known.experts),
        non_torch(launch.engine, node, layout),
    )
    rest = 1 - share
    reserve = Term(
        "reserve", round(gpu.low * rest), round(gpu.likely * rest), round(gpu.high * rest), gpu.label,
        f"vLLM may use {share:g} of the memory; CUDA graphs take 0.5 to 1.85 GiB of the rest",
    )  # fmt: skip
    pool = _pool(gpu, share, bill)
    per_token = _per_token(known, launch)
    tokens = _tokens(known, launch, pool, per_token)
    wanted = _wanted(known, launch)
    context = Span(*(min(number, wanted) if wanted else number for number in _known(tokens)))
    requests = _requests(tokens, context, layout.data)
    verdict = _verdict(known, launch, pool, tokens)
    return Memory(
        launch.engine.version, layout, share, gpu, (*bill, reserve, pool), pool, per_token,
        tokens, context, requests, verdict,
    )  # fmt: skip


def _weights(known: Subject, launch: Launch) -> Term:
    layout = launch.layout
    each = known.weights / (layout.tensor * layout.pipeline)
    most = each * _WEIGHTS_MORE
    if layout.pipeline > 1 and known.shape is not None and known.shape.layers:
        # The longest stage decides, where the layers do not divide.
        stage = -(-known.shape.layers // layout.pipeline)
        most *= stage * layout.pipeline / known.shape.layers
    shares = layout.tensor * layout.pipeline
    over = "" if shares == 1 else f" over {shares} GPUs"
    source = f"files of {known.weights / GIB:.2f} GiB{over}, {known.source}"
    if launch.vllm.get("quantization") == "fp8" and not known.quantized:
        source += "; fp8 at run time halves them, embeddings apart"
        return Term("weights", round(each * 0.5), round(each * 0.55), round(most * 0.6), "assumed", source)
    source += "; loading missed such sizes by 0.75 % with vLLM 0.19"
    return Term("weights", round(each * _WEIGHTS_LESS), round(each), round(most), "measured", source)


def _pool(gpu: Term, share: float, bill: tuple[Term, ...]) -> Term:
    low = round(gpu.low * share) - sum(one.high for one in bill)
    likely = round(gpu.likely * share) - sum(one.likely for one in bill)
    high = round(gpu.high * share) - sum(one.low for one in bill)
    label = max((gpu.label, *(one.label for one in bill)), key=_TRUST.index)
    return Term("KV cache", low, likely, high, label, "what the others leave")


def _bytes_per_element(known: Subject, vllm: Mapping[str, Json]) -> int:
    said = vllm.get("kv-cache-dtype", vllm.get("kv_cache_dtype"))
    kind = (
        said if isinstance(said, str) and said != "auto" else "" if known.shape is None else known.shape.cache
    )
    return 1 if kind.startswith(_EIGHT_BITS) else 2


def _per_token(known: Subject, launch: Launch) -> Term:
    """What a token of the growing layers takes on one GPU."""
    each = _share(known, launch, _growing(known))
    if known.layers is None:
        source = "every layer counted, as KAITO does; layers with a window or a state take less"
        return Term("KV cache per token", each, each, each, "assumed", source)
    kind = "8" if _bytes_per_element(known, launch.vllm) == 1 else "16"
    return Term("KV cache per token", each, each, each, "exact", f"{known.source}, {kind} bits per element")


def _growing(known: Subject) -> float:
    layers, shape = known.layers, known.shape
    return 1.0 if layers is None or shape is None or not shape.layers else layers.growing / shape.layers


def _share(known: Subject, launch: Launch, part: float) -> int:
    """The bytes on one GPU of one token in that part of the layers: heads are split, and repeated where too few."""
    layout, shape = launch.layout, known.shape
    split = layout.tensor
    if shape is not None:
        split = 1 if shape.latent else min(layout.tensor, max(shape.kv_heads, 1))
    whole = known.bytes_per_token * _bytes_per_element(known, launch.vllm) / 2 * part
    return max(round(whole / (split * layout.pipeline)), 1)


def _tokens(known: Subject, launch: Launch, pool: Term, per_token: Term) -> Span:
    fixed = _windowed(known, launch)
    low, likely, high = (
        max(number - fixed, 0) // per_token.likely for number in (pool.low, pool.likely, pool.high)
    )
    return Span(low, likely, None if known.layers is None else high)


def _windowed(known: Subject, launch: Launch) -> int:
    """The bytes that the windows of one request take."""
    layers, shape = known.layers, known.shape
    if layers is None or shape is None or not layers.windowed:
        return 0
    return _share(known, launch, layers.windowed / shape.layers) * layers.window


def _wanted(known: Subject, launch: Launch) -> int:
    """The longest request that vLLM will admit; 0 where only the memory limits it."""
    own = served_length(launch.vllm)
    return own if own is not None else known.token_limit


def _known(span: Span) -> tuple[int, int, int]:
    """The numbers of a span; where the most is not known, any context fits."""
    return span.low, span.likely, 2**62 if span.high is None else span.high


def _requests(tokens: Span, context: Span, replicas: int) -> Span:
    length = max(context.likely, 1)
    low, likely = (replicas * (number // length) for number in (tokens.low, tokens.likely))
    return Span(low, likely, None if tokens.high is None else replicas * (tokens.high // length))


def _verdict(known: Subject, launch: Launch, pool: Term, tokens: Span) -> Verdict:
    if indivisible(known, launch.layout) or pool.high <= 0:
        return "fails"
    # A length that was asked for must fit; with `auto` and `computed` vLLM takes what there is.
    least = launch.context.served
    need = int(least) if least.isdigit() else 1
    if tokens.low >= need:
        return "fits"
    return "tight" if tokens.high is None or tokens.high >= need else "fails"


def indivisible(known: Subject, layout: Layout) -> bool:
    """Whether vLLM refuses the layout, because its GPUs do not divide the attention heads."""
    return known.shape is not None and known.shape.heads % layout.tensor != 0
