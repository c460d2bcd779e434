"""What the controller of the target's version will ask for, in its own arithmetic."""

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito import versions
from kaitogen.kaito.objects import number, part, text
from kaitogen.kaito.rules import config, sizing
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.kaito.rules.layout import Layout, layout_of
from kaitogen.kaito.rules.partition import profile_memory
from kaitogen.kaito.sizing.model_spec import ModelSpec
from kaitogen.kaito.sizing.types import Context, Estimate, Node, Runtime
from kaitogen.model import GIB, Json
from kaitogen.typed import Mapping


def runtime(ctx: RuleContext) -> Runtime:
    """Who serves the model."""
    if ctx.tuning is not None:
        return "tuning"
    if ctx.preset is None:
        return "template"
    return "transformers" if ctx.transformers else "vllm"


def context_of(ctx: RuleContext) -> Context:
    """What vLLM and the estimate read in the Workspace's ConfigMap; the default where there is none to read."""
    name = text(ctx.inference or {}, "config")
    if not name or ctx.transformers:
        return _default(ctx, ", since no max-model-len is set")
    data = ctx.config_map(name)
    if data is None:
        return _default(ctx, f"; the ConfigMap {cut(name)} is not at hand and may say more")
    source = data.get(config.KEY)
    if not isinstance(source, str):
        return _default(ctx, f"; the ConfigMap {cut(name)} has no {config.KEY}")
    vllm = config.settings_of(source)
    scanned = config.scan(source) if ctx.has(versions.ESTIMATE) else None
    if scanned is not None:
        return Context(scanned, f"max-model-len in the ConfigMap {cut(name)}", _served(ctx, vllm), vllm)
    missed = config.served_length(vllm) is not None
    why = "its line scanner misses the max-model-len" if missed else "no max-model-len is set"
    return _default(ctx, f", since {why}", vllm)


def _default(ctx: RuleContext, why: str, vllm: Mapping[str, Json] | None = None) -> Context:
    vllm, tokens = vllm or {}, sizing.DEFAULT_CONTEXT
    source = f"KAITO's default of {tokens}{why}"
    if not ctx.has(versions.ESTIMATE):
        source = f"KAITO {ctx.kaito} makes no estimate"
    return Context(tokens, source, _served(ctx, vllm), vllm)


def estimate(ctx: RuleContext, model: ModelSpec | str, given: Node | None, context: Context) -> Estimate:
    """The whole estimate. `model` may be why nothing is known about it; `given` has the GPUs of nodes that a user brings."""
    node = node_of(ctx, given)
    blank = Estimate(
        kaito=ctx.kaito,
        runtime=runtime(ctx),
        requested=number(ctx.resource, "count"),
        nodes=None,
        node=None if isinstance(node, str) else node,
        context=context,
    )
    if blank.runtime == "tuning":
        return blank._replace(nodes=1, reasons=("tuning always takes one node",))
    if not sizing.asks_for_estimate(ctx):
        return _counted(ctx, blank)
    if isinstance(model, str):
        return blank._replace(unknown=model)
    if isinstance(node, str):
        return blank._replace(unknown=node)
    return _estimated(ctx, model, node, blank)


def _estimated(ctx: RuleContext, model: ModelSpec, node: Node, blank: Estimate) -> Estimate:
    tokens, per_gpu = blank.context.tokens, node.memory_per_gpu / GIB
    weights, per_token = model.counted
    nodes = sizing.nodes_needed(ctx.minor, weights, per_token, (node.gpus, node.memory), tokens)
    if not nodes:
        why = (
            f"a GPU of {per_gpu:g} GiB is too small at {tokens} tokens, so KAITO never gets a number of nodes"
        )
        return blank._replace(unknown=why, certain=not model.doubt)
    if "partition" in ctx.resource and profile_memory(ctx) is not None and nodes > 1:
        why = f"the model needs {nodes} slices of {per_gpu:g} GiB, and KAITO gives it one"
        return blank._replace(unknown=why)
    size, available = sizing.shares(ctx.minor, weights, per_token, (node.gpus, node.memory), tokens)
    left = f"{available / GIB:.2f} GiB left on each GPU beside overhead and {tokens:,} tokens"
    gpus = number_of(sizing.gpus_needed(size, available), "GPU")
    division = f"{size / GIB:.2f} GiB of weights / {left}: {gpus}"
    return blank._replace(
        nodes=nodes,
        layout=layout_of(ctx, weights, (node.gpus, node.memory), nodes),
        certain=not model.doubt,
        reasons=(division, model.doubt) if model.doubt else (division,),
    )


def _counted(ctx: RuleContext, blank: Estimate) -> Estimate:
    """Where no estimate is made, `count` counts."""
    count = 1 if blank.requested is None else max(blank.requested, 1)
    if ctx.preset is None or ctx.transformers:
        reason = f"KAITO takes count as it is: {count}"
        if blank.requested is not None and blank.requested < 1:
            reason = f"KAITO takes a count of {blank.requested} for 1"
        return blank._replace(nodes=count, reasons=(reason,))
    if ctx.has(versions.SEVERAL_NODES) and count > 1:
        why = f"KAITO {ctx.kaito} lowers count where fewer nodes hold the model, by sizes that are not published"
        return blank._replace(unknown=why)
    layout = None
    if blank.node is not None and count == 1:
        layout = Layout(1, 1 if sizing.on_one_gpu(ctx) else blank.node.gpus, 1)
    reason = f"KAITO {ctx.kaito} makes no estimate: it takes count as it is, {count}"
    return blank._replace(nodes=count, layout=layout, reasons=(reason,))


def holds(minor: int, model: ModelSpec, node: Node, nodes: int, tokens: int) -> bool:
    """Whether that many nodes hold weights and tokens by KAITO's own reserve, the cache over all of their GPUs."""
    gpus = nodes * node.gpus
    return sizing.nodes_needed(minor, *model.counted, (gpus, node.memory_per_gpu * gpus), tokens) == 1


def node_of(ctx: RuleContext, given: Node | None) -> Node | str:
    """The GPUs of one node as the controller sees them, or why nobody can say."""
    size = sizing.node_size(ctx)
    if size is not None:
        card, source = "", f"a slice of {size[1] // GIB} GiB"
        if ctx.sku is not None and not ctx.partitioned:
            card, source = ctx.sku.gpu_model, f"KAITO {ctx.kaito}'s table of {ctx.provider}"
        return Node(gpus=size[0], memory=size[1], card=card, source=source)
    if not ctx.byo:
        what = cut(ctx.instance_type) or "the instance type"
        return f"{what} is not in KAITO {ctx.kaito}'s table, so it has no GPU data"
    if given is None:
        return f"under byo KAITO {ctx.kaito} reads the GPUs from the nodes, and none are known here"
    wanted = number(part(ctx.resource, "partition"), "count") if ctx.partitioned else None
    if wanted is None:
        return given
    if not 0 < wanted <= given.gpus:
        return f"the partition takes {wanted} GPUs, and a node has {given.gpus}"
    return given._replace(gpus=wanted, memory=given.memory_per_gpu * wanted)


def on_instance_type(ctx: RuleContext, instance_type: str) -> RuleContext:
    """The same Workspace on another instance type."""
    resource = {**ctx.resource, "instanceType": instance_type}
    return RuleContext({**ctx.workspace, "resource": resource}, ctx.target, config_maps=ctx.config_maps)


def node_from_labels(labels: Mapping[str, str]) -> Node | None:
    """The GPUs of a node by the labels of GPU Feature Discovery, as KAITO reads them (pkg/sku/helpers.go:75)."""
    product, count = labels.get("nvidia.com/gpu.product", ""), labels.get("nvidia.com/gpu.count", "")
    memory = labels.get("nvidia.com/gpu.memory", "")
    if not product or not _whole(count) or not _whole(memory) or not int(count):
        return None
    gib = (int(memory) * 2 + 1024) // 2048
    return Node(
        gpus=int(count),
        memory=gib * int(count) * GIB,
        card=product,
        source="the node's labels",
        measured=int(memory) * 2**20,
    )


def _whole(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 10


def _served(ctx: RuleContext, vllm: Mapping[str, Json]) -> str:
    own = config.served_length(vllm)
    if own is not None:
        return str(own)
    if ctx.has(versions.AUTO_LENGTH):
        return "auto"
    return "computed" if ctx.has(versions.ESTIMATE) else ""
