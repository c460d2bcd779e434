"""One Workspace to its size: the estimate and the memory, warnings where they disagree, and the change that helps most."""

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.catalogue.skus import all_skus
from kaitogen.kaito.objects import ConfigMaps
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.sizing import warnings
from kaitogen.kaito.sizing.memory import analyse, is_nvidia, memory_of, takes_fp8
from kaitogen.kaito.sizing.model_spec import Configs, model_spec
from kaitogen.kaito.sizing.node_estimator import context_of, on_instance_type
from kaitogen.kaito.sizing.types import Analysis, Memory, Node, Recommendation, Sizing
from kaitogen.model import Json, Target
from kaitogen.typed import Final

#: Lengths are advised in whole multiples of it.
_STEP: Final = 1024
#: Compute capability from which on KAITO's newest table takes cards.
_MODERN: Final = 8.0
_FP8: Final = "set kv-cache-dtype: fp8"


def size(
    workspace: Json,
    target: Target,
    config_maps: ConfigMaps | None = None,
    configs: Configs | None = None,
    node: Node | None = None,
) -> Sizing:
    """The size of a finished Workspace that the rules have let through.

    `config_maps` are those of the same output by (namespace, name), `configs` what the user said about models outside
    the catalogue, `node` the GPUs of the nodes that the selector finds under byo (`kaito.node_from_labels`).
    """
    return sized(RuleContext(workspace, target, config_maps=config_maps), configs, node)


def sized(ctx: RuleContext, configs: Configs | None = None, node: Node | None = None) -> Sizing:
    """The same of a Workspace that is taken apart already."""
    analysis = analyse(ctx, model_spec(ctx, configs or {}), node, context_of(ctx))
    return Sizing(
        model=analysis.name,
        estimate=analysis.estimate,
        memory=analysis.memory,
        missing="" if analysis.memory is not None else _missing(analysis),
        recommendation=_recommended(analysis),
        warnings=tuple(warnings.judge(analysis)),
    )


def _missing(analysis: Analysis) -> str:
    estimate, node = analysis.estimate, analysis.estimate.node
    if estimate.runtime != "vllm":
        return f"this is about vLLM, and {estimate.runtime} runs here"
    if estimate.unknown or isinstance(analysis.model, str):
        return estimate.unknown or str(analysis.model)
    if node is not None and not is_nvidia(analysis.ctx, node):
        return f"nothing has been measured of vLLM on {node.card}"
    return f"nothing that is published says how KAITO {estimate.kaito} divides the memory"


def _recommended(analysis: Analysis) -> Recommendation | None:
    """The recommendation for one Workspace; None where nothing is known, or nothing needs to change."""
    memory, model = analysis.memory, analysis.model
    if memory is None or isinstance(model, str):
        return None
    served = analysis.estimate.context.served
    need = int(served) if served.isdigit() else 1
    if memory.pool.likely <= 0 or (memory.verdict == "fails" and memory.tokens.likely >= need):
        return _larger(analysis, 1)
    better = _with_fp8(analysis, memory)
    if memory.tokens.likely < need:
        return _to_start(analysis, memory, better, need)
    longer = min(model.token_limit, 2 * memory.context.likely)
    if better is None:
        return None if served.isdigit() or memory.context.likely >= longer else _larger(analysis, longer)
    context = memory.context.likely
    if better.context.likely > context:
        return Recommendation(_FP8, f"{context:,} -> {better.context.likely:,} tokens of context")
    more = f"{memory.requests.likely:,} -> {better.requests.likely:,}"
    return Recommendation(_FP8, f"{more} requests of {context:,} tokens at once")


def _to_start(analysis: Analysis, memory: Memory, better: Memory | None, need: int) -> Recommendation | None:
    """What lets vLLM start with a context that does not fit."""
    if better is not None and better.tokens.likely >= need:
        tokens = f"{memory.tokens.likely:,} -> {better.tokens.likely:,}"
        return Recommendation(_FP8, f"{tokens} tokens of cache, so that {need:,} fit")
    length = memory.tokens.likely // _STEP * _STEP
    if not length:
        return _larger(analysis, 1)
    return Recommendation(
        f"set max-model-len: {length}", f"{need:,} -> {length:,} tokens, so that vLLM starts"
    )


def _with_fp8(analysis: Analysis, memory: Memory) -> Memory | None:
    """The memory with a cache of 8 bits; None where it has one already, or the card cannot."""
    model, node, args = analysis.model, analysis.estimate.node, analysis.args
    if isinstance(model, str) or node is None or args is None or not takes_fp8(analysis.ctx, node):
        return None
    context = args.context._replace(vllm={**args.context.vllm, "kv-cache-dtype": "fp8"})
    better = memory_of(model, node, args._replace(context=context))
    return better if better.per_token.likely < memory.per_token.likely else None


def _larger(analysis: Analysis, context: int) -> Recommendation | None:
    """The instance type of the same provider with the fewest GPUs that fits at the worst, and so long a context."""
    ctx = analysis.ctx
    if ctx.byo or ctx.sku is None:
        return None
    fitting: list[tuple[int, int, str, str]] = []
    for sku in all_skus(ctx.provider):
        if not sku.known_to(ctx.minor) or sku.compute < _MODERN:
            continue
        other = on_instance_type(ctx, sku.name)
        _, _, found, _, memory = analyse(other, analysis.model, None, analysis.estimate.context)
        nodes = found.nodes
        if nodes and memory is not None and memory.verdict == "fits" and memory.context.likely >= context:
            gpus = nodes * sku.gpus
            effect = f"{number_of(nodes, 'node')} with {number_of(gpus, 'GPU')}, {memory.context.likely:,} tokens of context"
            fitting.append((gpus, nodes * sku.memory, sku.name, effect))
    if not fitting:
        return None
    _, _, name, effect = min(fitting)
    return Recommendation(f"take {name}", effect)
