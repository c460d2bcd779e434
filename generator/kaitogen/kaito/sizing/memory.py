"""What the memory of one GPU goes to under vLLM, and the tokens and requests that its cache then holds."""

from kaitogen.kaito import versions
from kaitogen.kaito.rules.config import served_length
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.layout import Layout, setting, whole, with_settings
from kaitogen.kaito.sizing.model_spec import ModelSpec
from kaitogen.kaito.sizing.node_estimator import estimate
from kaitogen.kaito.sizing.overheads import activations, card_memory, non_torch, term
from kaitogen.kaito.sizing.types import (
    Analysis,
    Context,
    EngineArgs,
    Estimate,
    Label,
    Memory,
    Node,
    Span,
    Term,
    Verdict,
)
from kaitogen.model import GIB, Json
from kaitogen.typed import Final, Mapping

#: KAITO's own factor on the weight files is the most that loading adds; headers missed by 0.75 % on average.
_WEIGHTS_MORE, _WEIGHTS_LESS = 1.02, 0.9925
#: More tokens than any cache holds.
_ANY: Final = 2**62
_TRUST: Final[tuple[Label, ...]] = ("exact", "measured", "assumed")
_USUAL_SHARE: Final = 0.84
#: Only where the card is called exactly so (pkg/model/interface.go:391@v0.12.0).
_SMALLER_SHARE: Final = {"NVIDIA A10": 0.82}
#: The compute capability of cards with 8-bit floating point, which vLLM's fp8 cache asks for.
_FP8_COMPUTE: Final = 8.9
#: Cards that do, as their drivers name them: for nodes that a user brings.
_FP8_CARDS: Final = ("H100", "H200", "L4", "B200", "RTX-6000-Ada")


def analyse(ctx: RuleContext, model: ModelSpec | str, node: Node | None, context: Context) -> Analysis:
    """A Workspace sized twice. `model` may be why nothing is known about it; `node` has the GPUs of nodes that a user brings."""
    found = estimate(ctx, model, node, context)
    args = memory = None
    if not isinstance(model, str) and found.node is not None and (args := _engine_args(ctx, found)):
        memory = memory_of(model, found.node, args)
    return Analysis(ctx=ctx, model=model, estimate=found, args=args, memory=memory)


def is_nvidia(ctx: RuleContext, node: Node) -> bool:
    """Whether the measurements, which are of NVIDIA's cards, say anything about these. A slice is one of theirs."""
    return ctx.byo or node.card.startswith("NVIDIA")


def takes_fp8(ctx: RuleContext, node: Node) -> bool:
    """Whether the card has 8-bit floating point."""
    if ctx.sku is not None:
        return ctx.sku.compute >= _FP8_COMPUTE
    return any(card in node.card for card in _FP8_CARDS)


def _engine_args(ctx: RuleContext, found: Estimate) -> EngineArgs | None:
    """How a preset is started on vLLM; None where there are no nodes to start it on, or nobody knows how it is started."""
    node, layout, vllm = found.node, found.layout, found.context.vllm
    published = ctx.has(versions.MEMORY_SHARE_PUBLISHED) and found.runtime == "vllm"
    if node is None or layout is None or not published or not is_nvidia(ctx, node):
        return None
    return EngineArgs(
        version=versions.RELEASES[ctx.kaito].vllm,
        batched_tokens=whole(vllm, "max-num-batched-tokens", 2**31) or 0,
        utilization=_share_of_gpu(ctx, node, vllm),
        layout=with_settings(layout, vllm),
        context=found.context,
    )


def _share_of_gpu(ctx: RuleContext, node: Node, vllm: Mapping[str, Json]) -> float:
    own = setting(vllm, "gpu-memory-utilization")
    if isinstance(own, (int, float)) and not isinstance(own, bool) and 0 < own <= 1:
        return float(own)
    smaller = _SMALLER_SHARE if ctx.has(versions.SMALLER_SHARE_OF_A10) else {}
    return smaller.get(node.card, _USUAL_SHARE)


def memory_of(model: ModelSpec, node: Node, args: EngineArgs) -> Memory:
    """The memory of one model on these GPUs."""
    layout, share = args.layout, args.utilization
    gpu = card_memory(node)
    shape = model.shape
    kind = ("", 0, 0) if shape is None else (shape.architecture, shape.layers, shape.hidden)
    taken = (_weights(model, args), activations(args, node, kind, model.experts), non_torch(args, node))
    left = 1 - share
    source = f"vLLM may use {share:g} of the memory; CUDA graphs take 0.5 to 1.85 GiB of the rest"
    reserve = term("reserve", (gpu.low * left, gpu.likely * left, gpu.high * left), gpu.label, source)
    pool = _pool(gpu, share, taken)
    per_token = _per_token(model, args)
    tokens = _tokens(model, args, pool, per_token)
    context = _context(model, args, tokens)
    return Memory(
        vllm=args.version,
        layout=layout,
        utilization=share,
        gpu=gpu,
        terms=(*taken, reserve, pool),
        pool=pool,
        per_token=per_token,
        tokens=tokens,
        context=context,
        requests=tokens.each(lambda number: layout.data * (number // max(context.likely, 1))),
        verdict=_verdict(model, args, pool, tokens),
    )


def _weights(model: ModelSpec, args: EngineArgs) -> Term:
    layout = args.layout
    shares = layout.tensor * layout.pipeline
    each = model.weights / shares
    most = each * _WEIGHTS_MORE
    if layout.pipeline > 1 and model.shape is not None and model.shape.layers:
        # The longest stage decides, where the layers do not divide.
        stage = -(-model.shape.layers // layout.pipeline)
        most *= stage * layout.pipeline / model.shape.layers
    over = "" if shares == 1 else f" over {shares} GPUs"
    source = f"files of {model.weights / GIB:.2f} GiB{over}, {model.source}"
    if args.context.vllm.get("quantization") == "fp8" and not model.quantized:
        source += "; fp8 at run time halves them, embeddings apart"
        return term("weights", (each * 0.5, each * 0.55, most * 0.6), "assumed", source)
    source += "; loading missed such sizes by 0.75 % with vLLM 0.19"
    return term("weights", (each * _WEIGHTS_LESS, each, most), "measured", source)


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
    return 1 if kind.startswith(("fp8", "int8")) else 2


def _per_token(model: ModelSpec, args: EngineArgs) -> Term:
    """What a token of the growing layers takes on one GPU."""
    layers, shape = model.layers, model.shape
    growing = 1.0 if layers is None or shape is None or not shape.layers else layers.growing / shape.layers
    each = _share(model, args, growing)
    if layers is None:
        source = "every layer counted, as KAITO does; layers with a window or a state take less"
        return term("KV cache per token", (each,) * 3, "assumed", source)
    source = f"{model.source}, {8 * _bytes_per_element(model, args.context.vllm)} bits per element"
    return term("KV cache per token", (each,) * 3, "exact", source)


def _share(model: ModelSpec, args: EngineArgs, part: float) -> int:
    """The bytes on one GPU of one token in that part of the layers: heads are split, and repeated where too few."""
    layout, shape = args.layout, model.shape
    split = layout.tensor
    if shape is not None:
        split = 1 if shape.latent else min(layout.tensor, max(shape.kv_heads, 1))
    whole = model.bytes_per_token * _bytes_per_element(model, args.context.vllm) / 2 * part
    return max(round(whole / (split * layout.pipeline)), 1)


def _tokens(model: ModelSpec, args: EngineArgs, pool: Term, per_token: Term) -> Span:
    layers, shape, fixed = model.layers, model.shape, 0
    if layers is not None and shape is not None and layers.windowed:  # what the windows of one request take
        fixed = _share(model, args, layers.windowed / shape.layers) * layers.window
    cache = Span(pool.low, pool.likely, None if layers is None else pool.high)
    return cache.each(lambda number: max(number - fixed, 0) // per_token.likely)


def _context(model: ModelSpec, args: EngineArgs, tokens: Span) -> Span:
    """The longest request that fits, and that vLLM admits; where nobody knows how much the cache holds, any length fits."""
    own = served_length(args.context.vllm)
    longest = (own if own is not None else model.token_limit) or _ANY
    held = tokens._replace(high=_ANY if tokens.high is None else tokens.high)
    return held.each(lambda number: min(number, longest))


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
