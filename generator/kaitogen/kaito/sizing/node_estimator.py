"""Column A: what the controller of the target's version will ask for, in its own arithmetic."""

from collections.abc import Mapping
from typing import NamedTuple

from kaitogen.kaito import versions
from kaitogen.kaito.objects import number, part, text
from kaitogen.kaito.rules import config
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.kaito.rules.partition import profile_memory
from kaitogen.kaito.rules.sizing import (
    DEFAULT_CONTEXT,
    GIB,
    asks_for_estimate,
    gpus_needed,
    node_size,
    nodes_needed,
    shares,
)
from kaitogen.kaito.sizing.model_spec import Subject
from kaitogen.kaito.sizing.types import Context, Estimate, Layout, Node, Runtime
from kaitogen.model import Json


class Settings(NamedTuple):
    """What a Workspace's ConfigMap says: the vllm section, and how the length was found in it."""

    vllm: Mapping[str, Json]
    context: int
    source: str


def estimates(minor: int) -> bool:
    """Whether KAITO 0.`minor` works out the nodes of a preset on vLLM by itself."""
    return versions.ESTIMATE.holds(minor)


def runtime(ctx: RuleContext) -> Runtime:
    """Who serves the model."""
    if ctx.tuning is not None:
        return "tuning"
    if ctx.preset is None:
        return "template"
    return "transformers" if ctx.transformers else "vllm"


def settings(ctx: RuleContext) -> Settings:
    """What vLLM and the estimate read in the ConfigMap; the default where there is none to read."""
    name = text(ctx.inference or {}, "config")
    default = f"KAITO's default of {DEFAULT_CONTEXT}"
    if not name or ctx.transformers:
        return Settings({}, DEFAULT_CONTEXT, f"{default}, since no max-model-len is set")
    data = ctx.config_map(name)
    if data is None:
        return Settings(
            {}, DEFAULT_CONTEXT, f"{default}; the ConfigMap {cut(name)} is not at hand and may say more"
        )
    source = data.get(config.KEY)
    if not isinstance(source, str):
        return Settings({}, DEFAULT_CONTEXT, f"{default}; the ConfigMap {cut(name)} has no {config.KEY}")
    vllm = config.settings_of(source)
    found = config.scan(source) if ctx.has(versions.ESTIMATE) else None
    if found is not None:
        return Settings(vllm, found, f"max-model-len in the ConfigMap {cut(name)}")
    why = (
        "its line scanner misses the max-model-len"
        if config.served_length(vllm)
        else "no max-model-len is set"
    )
    return Settings(vllm, DEFAULT_CONTEXT, f"{default}, since {why}")


def estimate(ctx: RuleContext, known: Subject | str, given: Node | None, said: Settings) -> Estimate:
    """The whole column. `known` is the model or why there is none, `given` the GPUs of nodes that a user brings."""
    kind = runtime(ctx)
    requested = number(ctx.resource, "count")
    context = Context(said.context, said.source, _served(ctx, said.vllm))
    node = node_of(ctx, given)
    sized = None if isinstance(node, str) else node
    blank = Estimate(ctx.kaito, kind, requested, None, sized, context, None, True, (), "")
    if kind == "tuning":
        return blank._replace(nodes=1, reasons=("tuning always takes one node",))
    if not asks_for_estimate(ctx):
        return _counted(ctx, blank)
    if isinstance(known, str):
        return blank._replace(unknown=known)
    if isinstance(node, str):
        return blank._replace(unknown=node)
    return _estimated(ctx, known, node, blank)


def _estimated(ctx: RuleContext, known: Subject, node: Node, blank: Estimate) -> Estimate:
    tokens = blank.context.tokens
    weights, per_token = known.counted
    nodes = nodes_needed(ctx.minor, weights, per_token, (node.gpus, node.memory), tokens)
    per_gpu = node.memory_per_gpu / GIB
    if not nodes:
        why = (
            f"a GPU of {per_gpu:g} GiB is too small at {tokens} tokens, so KAITO never gets a number of nodes"
        )
        return blank._replace(unknown=why, certain=not known.doubt)
    if "partition" in ctx.resource and profile_memory(ctx) is not None and nodes > 1:
        why = f"the model needs {nodes} slices of {per_gpu:g} GiB, and KAITO gives it one"
        return blank._replace(unknown=why)
    size, available = shares(ctx.minor, weights, per_token, (node.gpus, node.memory), tokens)
    reasons = [_arithmetic(size, available, tokens)]
    if known.doubt:
        reasons.append(known.doubt)
    layout = layout_of(ctx.minor, weights, node, nodes)
    return blank._replace(nodes=nodes, layout=layout, certain=not known.doubt, reasons=tuple(reasons))


def _arithmetic(size: float, available: float, tokens: int) -> str:
    """The division that decides, in its own numbers."""
    gpus = gpus_needed(size, available)
    words = "1 GPU" if gpus == 1 else f"{gpus} GPUs"
    left = f"{available / GIB:.2f} GiB left on each GPU beside overhead and {tokens:,} tokens"
    return f"{size / GIB:.2f} GiB of weights / {left}: {words}"


def _counted(ctx: RuleContext, blank: Estimate) -> Estimate:
    """Where no estimate is made, `count` counts."""
    count = 1 if blank.requested is None else blank.requested
    if ctx.preset is None or ctx.transformers:
        return blank._replace(nodes=count, reasons=(f"KAITO takes count as it is: {count}",))
    if ctx.has(versions.SEVERAL_NODES) and count > 1:
        why = f"KAITO {ctx.kaito} lowers count where fewer nodes hold the model, by sizes that are not published"
        return blank._replace(unknown=why)
    layout = None
    if blank.node is not None and count == 1:
        layout = Layout(1, blank.node.gpus, 1)
    reason = f"KAITO {ctx.kaito} makes no estimate: it takes count as it is, {count}"
    return blank._replace(nodes=count, layout=layout, reasons=(reason,))


def layout_of(minor: int, weights: int, node: Node, nodes: int) -> Layout:
    """How KAITO has vLLM spread the model (pkg/model/interface.go:543)."""
    if (
        nodes == 1
        and versions.DATA_PARALLEL.holds(minor)
        and node.gpus > 1
        and weights * node.gpus * 2 < node.memory
    ):
        return Layout(node.gpus, 1, 1)
    return Layout(1, node.gpus, nodes)


def holds(minor: int, known: Subject, node: Node, nodes: int, tokens: int) -> bool:
    """Whether that many nodes hold weights and tokens by KAITO's own reserve, the cache over all of their GPUs."""
    gpus = nodes * node.gpus
    spread = (gpus, node.memory_per_gpu * gpus)
    return nodes_needed(minor, *known.counted, spread, tokens) == 1


def node_of(ctx: RuleContext, given: Node | None) -> Node | str:
    """The GPUs of one node as the controller sees them, or why nobody can say."""
    size = node_size(ctx)
    if size is not None:
        return Node(*size, *_card(ctx, size[1]))
    if not ctx.byo:
        what = cut(ctx.instance_type) or "the instance type"
        return f"{what} is not in KAITO {ctx.kaito}'s table, so it has no GPU data"
    if given is None:
        return f"under byo KAITO {ctx.kaito} reads the GPUs from the nodes, and none are known here"
    partition = part(ctx.resource, "partition") if ctx.has(versions.PARTITIONS) else {}
    wanted = number(partition, "count")
    if wanted is None or not partition:
        return given
    if not 0 < wanted <= given.gpus:
        return f"the partition takes {wanted} GPUs, and a node has {given.gpus}"
    return given._replace(gpus=wanted, memory=given.memory_per_gpu * wanted)


def _card(ctx: RuleContext, memory: int) -> tuple[str, str]:
    """The GPU's model and where that is from."""
    if "partition" in ctx.resource and ctx.has(versions.PARTITIONS):
        return "", f"a slice of {memory // GIB} GiB"
    return (
        "" if ctx.sku is None else ctx.sku.gpu_model,
        f"KAITO {ctx.kaito}'s table of {ctx.provider}",
    )


def moved(ctx: RuleContext, instance_type: str) -> RuleContext:
    """The same Workspace on another instance type."""
    resource = {**ctx.resource, "instanceType": instance_type}
    return RuleContext({**ctx.workspace, "resource": resource}, ctx.target, config_maps=ctx.config_maps)


def node_from_labels(labels: Mapping[str, str]) -> Node | None:
    """The GPUs of a node by the labels of GPU Feature Discovery, as KAITO reads them (pkg/sku/helpers.go:75)."""
    product, count, memory = (
        labels.get(f"nvidia.com/gpu.{name}", "") for name in ("product", "count", "memory")
    )
    if not product or not _whole(count) or not _whole(memory) or not int(count):
        return None
    gib = (int(memory) * 2 + 1024) // 2048
    return Node(int(count), gib * int(count) * GIB, product, "the node's labels", int(memory) * 2**20)


def _whole(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 10


def _served(ctx: RuleContext, vllm: Mapping[str, Json]) -> str:
    own = config.served_length(vllm)
    if own is not None:
        return str(own)
    if ctx.has(versions.AUTO_LENGTH):
        return "auto"
    return "computed" if ctx.has(versions.ESTIMATE) else ""
