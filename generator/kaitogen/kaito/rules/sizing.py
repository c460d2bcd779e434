"""KAITO's own estimate of nodes for a preset on vLLM, and where it fails or surprises."""

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models import Model, built_in
from kaitogen.kaito.objects import number
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.model import GIB, Diagnostic, Rule
from kaitogen.typed import Final, Iterator

KG465 = Rule("KG465", "More nodes than KAITO 0.11 allows", kind="can't work", since="0.11", until="0.11",
             source="pkg/workspace/controllers/workspace_controller.go:1164@v0.11.0")  # fmt: skip
KG466 = Rule("KG466", "KAITO's estimate of nodes fails", kind="can't work", since="0.7",
             source="pkg/workspace/estimator/nodesestimator/estimator.go:162@v0.12.0")  # fmt: skip
KG469 = Rule("KG469", "max-model-len multiplies the nodes", kind="warning", since="0.7",
             source="pkg/workspace/estimator/nodesestimator/estimator.go:159@v0.12.0")  # fmt: skip

#: Built-in presets that vLLM cannot spread over the GPUs of a node: 71 attention heads (presets/workspace/models/falcon/model.go:80@v0.10.0).
_WHOLE_ON_ONE_GPU: Final = ("falcon-7b", "falcon-7b-instruct")
#: What the estimate counts with where the configuration gives no max-model-len.
DEFAULT_CONTEXT: Final = 2048


def nodes_needed(minor: int, weights: int, bytes_per_token: int, node: tuple[int, int], tokens: int) -> int:
    """How many nodes KAITO 0.`minor` (7 or newer) takes; 0 where one GPU is too small for any share.

    `weights` in bytes, `node` the GPUs and GPU memory in bytes of one node, `tokens` the context that it counts with.
    Source: KAITO's pkg/workspace/estimator/nodesestimator/estimator.go:145.
    """
    return _nodes(*shares(minor, weights, bytes_per_token, node, tokens), node[0])


def _nodes(size: float, available: float, gpus: int) -> int:
    return 0 if available <= 0 else -(-gpus_needed(size, available) // gpus)


def shares(
    minor: int, weights: int, bytes_per_token: int, node: tuple[int, int], tokens: int
) -> tuple[float, float]:
    """The bytes that KAITO counts for the weights, and those that one GPU has for them."""
    gpus, memory = node
    usable = 0.84 * (memory // gpus)
    size = 1.02 * weights
    if versions.ESTIMATE_IN_WHOLE_BYTES.holds(minor):
        usable, size = float(int(usable)), float(int(size))
    reserve = 2.3 * GIB + tokens * bytes_per_token / gpus
    available = usable - reserve
    return size, available / 1.05 if versions.ESTIMATE_WITH_ACTIVATIONS.holds(minor) else available


def node_limit(minor: int) -> int | None:
    """The most nodes that KAITO 0.`minor` takes; None where it has no limit."""
    return versions.MOST_NODES if versions.NODE_LIMIT.holds(minor) else None


def gpus_needed(size: float, available: float) -> int:
    """KAITO's rounding: what divides without a rest still takes one more."""
    return int(size / available) + 1


def estimate(ctx: RuleContext, tokens: int) -> int | None:
    """The nodes that KAITO will want for a model of the catalogue on vLLM; None where only the cluster knows.

    0 where the estimate fails: one GPU is too small for any share, or must hold the model whole and cannot
    (pkg/workspace/estimator/nodesestimator/estimator.go:115 at v0.10.0).
    """
    model, node = ctx.model, node_size(ctx)
    if model is None or node is None or ctx.transformers or not ctx.has(versions.ESTIMATE):
        return None
    size, available = shares(ctx.minor, model.weights, model.bytes_per_token, node, tokens)
    if size > available and on_one_gpu(ctx):
        return 0
    return _nodes(size, available, node[0])


def on_one_gpu(ctx: RuleContext) -> bool:
    """Whether KAITO leaves the preset on one GPU, however many the node has: then it passes no parallel size."""
    name = (ctx.preset or "").lower().removeprefix("tiiuae/")
    return name in _WHOLE_ON_ONE_GPU and ctx.has(versions.BUILT_IN_PRESETS)


def node_size(ctx: RuleContext) -> tuple[int, int] | None:
    """The GPUs and GPU memory in bytes of one node by profile or instance type; None where only the nodes know."""
    if ctx.partitioned:
        from kaitogen.kaito.rules.partition import profile_memory  # partitions are rare

        memory = profile_memory(ctx) if ctx.byo else None
        return None if memory is None else (1, memory * GIB)
    if (ctx.byo and ctx.has(versions.NODE_LABELS_READ)) or ctx.sku is None:
        return None
    return ctx.sku.gpus, ctx.sku.memory * GIB


def judge(ctx: RuleContext, tokens: int) -> Iterator[Diagnostic]:
    """Estimates that fail, and the limit of 0.11. `tokens` is what KAITO reads as max-model-len."""
    model, node, nodes = ctx.model, node_size(ctx), estimate(ctx, tokens)
    if model is None or node is None or nodes is None:
        if ctx.has(versions.NODE_LIMIT):
            yield from _too_many_counted(ctx)
        return
    path = ("resource", "partition" if ctx.partitioned else "instanceType")
    limit = node_limit(ctx.minor)
    what = ctx.sku.name if ctx.sku is not None else f"a slice of {node[1] // GIB} GB"
    if nodes == 0:
        message = f"a GPU of {what} is too small for {model.id} at {tokens} tokens, so KAITO never gets a number of nodes"
        or_shorter = ", or a smaller max-model-len" if tokens > DEFAULT_CONTEXT else ""
        yield KG466.at(path, message, fix=f"take larger GPUs{or_shorter}", found=what)
    elif path[1] == "partition" and nodes > 1:
        message = f"{model.id} needs {nodes} slices of {node[1] // GIB} GB, and KAITO gives it one"
        fix = "take a larger profile or a smaller model"
        yield KG466.at(path, message, fix=fix, found=f"{nodes}", expected="1")
    elif limit is not None and nodes > limit:
        message = f"{model.id} needs {nodes} x {what}, and KAITO {ctx.kaito} stops above {limit} nodes"
        fix = (
            f"take a larger instance type, a smaller max-model-len, or KAITO {versions.NODE_LIMIT.went_with}"
        )
        yield KG465.at(path, message, fix=fix, found=f"{nodes}", expected=f"at most {limit}")
    elif nodes > 1 and not _spreads(ctx, model):
        message = f"{model.id} needs {nodes} x {what}, and KAITO {ctx.kaito} runs it on one node only"
        yield KG466.at(path, message, fix="take a larger instance type", found=f"{nodes}", expected="1")


def _spreads(ctx: RuleContext, model: Model) -> bool:
    """Whether the model may run on several nodes."""
    if built_in(ctx.preset or "", ctx.minor) is None:
        return True
    return any(
        name.startswith(prefix) and ctx.has(feature)
        for prefix, feature in versions.SPREAD_PRESETS.items()
        for name in model.aliases
    )


def _too_many_counted(ctx: RuleContext) -> Iterator[Diagnostic]:
    """Templates and transformers take `count` nodes; the limit of 0.11 holds for them too."""
    limit, count = versions.MOST_NODES, number(ctx.resource, "count")
    counted = ctx.transformers or ctx.preset is None
    if counted and count is not None and count > limit:
        message = f"count is {count}, and KAITO {ctx.kaito} stops above {limit} nodes"
        fix = f"lower count to {limit}, or use KAITO {versions.NODE_LIMIT.went_with}"
        yield KG465.at(("resource", "count"), message, fix=fix, found=str(count), expected=f"at most {limit}")


def surprises(ctx: RuleContext, tokens: int) -> Iterator[Diagnostic]:
    """A max-model-len that multiplies the nodes."""
    if tokens <= DEFAULT_CONTEXT:
        return
    nodes, usual = estimate(ctx, tokens), estimate(ctx, DEFAULT_CONTEXT)
    if nodes and usual and nodes > usual and nodes <= (node_limit(ctx.minor) or nodes):
        message = f"max-model-len {tokens} raises KAITO's estimate from {usual} to {nodes} nodes"
        path, fix = ("inference", "config"), "lower it, or take GPUs with more memory"
        yield KG469.at(path, message, fix=fix, found=f"{nodes}", expected=f"{usual}")


def asks_for_estimate(ctx: RuleContext) -> bool:
    """Whether KAITO sets the number of nodes itself, so that nobody reads `count`."""
    preset_on_vllm = ctx.preset is not None and not ctx.transformers and ctx.tuning is None
    return preset_on_vllm and ctx.has(versions.ESTIMATE)
