"""What the memory of one GPU goes to under vLLM, and the tokens and requests that its cache then holds."""

from collections.abc import Mapping
from typing import Final

from kaitogen.kaito.rules.config import served_length
from kaitogen.kaito.rules.layout import Layout
from kaitogen.kaito.sizing.engine_args import EngineArgs
from kaitogen.kaito.sizing.model_spec import ModelSpec
from kaitogen.kaito.sizing.overheads import activations, card_memory, non_torch
from kaitogen.kaito.sizing.types import Label, Memory, Node, Span, Term, Verdict
from kaitogen.model import GIB, Json

#: KAITO's own factor on the weight files is the most that loading adds; headers missed by 0.75 % on average.
_WEIGHTS_MORE, _WEIGHTS_LESS = 1.02, 0.9925
_EIGHT_BITS: Final = ("fp8", "int8")
#: More tokens than any cache holds.
_ANY: Final = 2**62
_TRUST: Final[tuple[Label, ...]] = ("exact", "measured", "assumed")


def memory_of(model: ModelSpec, node: Node, args: EngineArgs) -> Memory:
    """The memory of one model on these GPUs."""
    layout, share = args.layout, args.utilization
    gpu = card_memory(node)
    shape = model.shape
    kind = ("", 0, 0) if shape is None else (shape.architecture, shape.layers, shape.hidden)
    taken = (
        _weights(model, args),
        activations(args.engine, node, layout, kind, model.experts),
        non_torch(args.engine, node, layout),
    )
    low, likely, high = (round(part * (1 - share)) for part in (gpu.low, gpu.likely, gpu.high))
    source = f"vLLM may use {share:g} of the memory; CUDA graphs take 0.5 to 1.85 GiB of the rest"
    reserve = Term(name="reserve", low=low, likely=likely, high=high, label=gpu.label, source=source)
    pool = _pool(gpu, share, taken)
    per_token = _per_token(model, args)
    tokens = _tokens(model, args, pool, per_token)
    context = _context(model, args, tokens)
    return Memory(
        vllm=args.engine.version,
        layout=layout,
        utilization=share,
        gpu=gpu,
        terms=(*taken, reserve, pool),
        pool=pool,
        per_token=per_token,
        tokens=tokens,
        context=context,
        requests=_requests(tokens, context, layout.data),
        verdict=_verdict(model, args, pool, tokens),
    )


def _weights(model: ModelSpec, args: EngineArgs) -> Term:
    layout = args.layout
    shares = layout.tensor * layout.pipeline
    each = model.weights / shares
    label: Label
    most = each * _WEIGHTS_MORE
    if layout.pipeline > 1 and model.shape is not None and model.shape.layers:
        # The longest stage decides, where the layers do not divide.
        stage = -(-model.shape.layers // layout.pipeline)
        most *= stage * layout.pipeline / model.shape.layers
    over = "" if shares == 1 else f" over {shares} GPUs"
    source = f"files of {model.weights / GIB:.2f} GiB{over}, {model.source}"
    if args.vllm.get("quantization") == "fp8" and not model.quantized:
        source += "; fp8 at run time halves them, embeddings apart"
        sizes, label = (each * 0.5, each * 0.55, most * 0.6), "assumed"
    else:
        source += "; loading missed such sizes by 0.75 % with vLLM 0.19"
        sizes, label = (each * _WEIGHTS_LESS, each, most), "measured"
    low, likely, high = map(round, sizes)
    return Term(name="weights", low=low, likely=likely, high=high, label=label, source=source)


def _pool(gpu: Term, share: float, taken: tuple[Term, ...]) -> Term:
    return Term(
        name="KV cache",
        low=round(gpu.low * share) - sum(term.high for term in taken),
        likely=round(gpu.likely * share) - sum(term.likely for term in taken),
        high=round(gpu.high * share) - sum(term.low for term in taken),
        label=max((gpu.label, *(term.label for term in taken)), key=_TRUST.index),
        source="what the others leave",
    )


def _bytes_per_element(model: ModelSpec, vllm: Mapping[str, Json]) -> int:
    kind = vllm.get("kv-cache-dtype", vllm.get("kv_cache_dtype"))
    if not isinstance(kind, str) or kind == "auto":
        kind = "" if model.shape is None else model.shape.cache
    return 1 if kind.startswith(_EIGHT_BITS) else 2


def _per_token(model: ModelSpec, args: EngineArgs) -> Term:
    """What a token of the growing layers takes on one GPU."""
    layers, shape = model.layers, model.shape
    growing = 1.0 if layers is None or shape is None or not shape.layers else layers.growing / shape.layers
    each = _share(model, args, growing)
    label: Label = "exact"
    source = f"{model.source}, {8 * _bytes_per_element(model, args.vllm)} bits per element"
    if layers is None:
        label = "assumed"
        source = "every layer counted, as KAITO does; layers with a window or a state take less"
    return Term(name="KV cache per token", low=each, likely=each, high=each, label=label, source=source)


def _share(model: ModelSpec, args: EngineArgs, part: float) -> int:
    """The bytes on one GPU of one token in that part of the layers: heads are split, and repeated where too few."""
    layout, shape = args.layout, model.shape
    split = layout.tensor
    if shape is not None:
        split = 1 if shape.latent else min(layout.tensor, max(shape.kv_heads, 1))
    whole = model.bytes_per_token * _bytes_per_element(model, args.vllm) / 2 * part
    return max(round(whole / (split * layout.pipeline)), 1)


def _tokens(model: ModelSpec, args: EngineArgs, pool: Term, per_token: Term) -> Span:
    fixed = _windowed(model, args)
    low, likely, high = (
        max(number - fixed, 0) // per_token.likely for number in (pool.low, pool.likely, pool.high)
    )
    return Span(low, likely, None if model.layers is None else high)


def _windowed(model: ModelSpec, args: EngineArgs) -> int:
    """The bytes that the windows of one request take."""
    layers, shape = model.layers, model.shape
    if layers is None or shape is None or not layers.windowed:
        return 0
    return _share(model, args, layers.windowed / shape.layers) * layers.window


def _context(model: ModelSpec, args: EngineArgs, tokens: Span) -> Span:
    """The longest request that fits, and that vLLM admits; where nobody knows how much the cache holds, any length fits."""
    own = served_length(args.vllm)
    longest = (own if own is not None else model.token_limit) or _ANY
    high = _ANY if tokens.high is None else tokens.high
    return Span(min(tokens.low, longest), min(tokens.likely, longest), min(high, longest))


def _requests(tokens: Span, context: Span, replicas: int) -> Span:
    length = max(context.likely, 1)
    low, likely = (replicas * (number // length) for number in (tokens.low, tokens.likely))
    return Span(low, likely, None if tokens.high is None else replicas * (tokens.high // length))


def _verdict(model: ModelSpec, args: EngineArgs, pool: Term, tokens: Span) -> Verdict:
    if indivisible(model, args.layout) or pool.high <= 0:
        return "fails"
    # A length that was asked for must fit; with `auto` and `computed` vLLM takes what there is.
    least = args.context.served
    need = int(least) if least.isdigit() else 1
    if tokens.low >= need:
        return "fits"
    return "tight" if tokens.high is None or tokens.high >= need else "fails"


def indivisible(model: ModelSpec, layout: Layout) -> bool:
    """Whether vLLM refuses the layout, because its GPUs do not divide the attention heads."""
    return model.shape is not None and model.shape.heads % layout.tensor != 0
