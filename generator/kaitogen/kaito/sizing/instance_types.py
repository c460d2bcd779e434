"""On which instance types a Workspace can run, the cheapest first, why not on the others, and which models fit on one."""

import re
from decimal import Decimal

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models import Model, all_models
from kaitogen.kaito.catalogue.skus import Sku, all_skus
from kaitogen.kaito.objects import ConfigMaps
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.sizing import node_limit
from kaitogen.kaito.sizing.costs import Cost, Prices, Usage, cost
from kaitogen.kaito.sizing.memory import analyse, indivisible
from kaitogen.kaito.sizing.model_spec import Configs, model_spec
from kaitogen.kaito.sizing.node_estimator import context_of, on_instance_type, runtime
from kaitogen.kaito.sizing.types import Analysis, Memory
from kaitogen.model import GIB, Json, Target
from kaitogen.typed import NamedTuple


class Offer(NamedTuple):
    """One instance type on which the Workspace runs; `cost` is None where there is no price for it."""

    sku: Sku
    memory: Memory
    nodes: int
    cost: Cost | None

    @property
    def gpus(self) -> int:
        """All GPUs that it takes."""
        return self.nodes * self.sku.gpus


class Excluded(NamedTuple):
    """One instance type on which the Workspace cannot run, and why."""

    sku: Sku
    why: str


class Choice(NamedTuple):
    """All instance types of the provider that the target's KAITO has: those that fit, in order, and the others by name.

    `unknown` says why there is nothing to choose from at all; it is empty where there is.
    """

    offers: tuple[Offer, ...]
    excluded: tuple[Excluded, ...]
    unknown: str = ""


def choose(
    workspace: Json,
    target: Target,
    config_maps: ConfigMaps | None = None,
    configs: Configs | None = None,
    prices: Prices | None = None,
) -> Choice:
    """The choice for a finished Workspace, in the order of `_rank`."""
    ctx = RuleContext(workspace, target, config_maps=config_maps)
    if ctx.byo:
        return Choice((), (), "under byo the nodes are there already")
    if (serves := runtime(ctx)) != "vllm":
        return Choice((), (), f"only a preset on vLLM is sized, and {serves} runs here")
    if not ctx.has(versions.ESTIMATE):
        return Choice((), (), f"KAITO {ctx.kaito} makes no estimate: it takes as many nodes as count says")
    model, context = model_spec(ctx, configs or {}), context_of(ctx)
    offers: list[Offer] = []
    excluded: list[Excluded] = []
    for sku in all_skus(ctx.provider):
        if not sku.known_to(ctx.minor):
            continue
        if isinstance(model, str):
            return Choice((), (), model)
        analysis = analyse(on_instance_type(ctx, sku.name), model, None, context)
        offer = _offer(analysis, sku, prices)
        if isinstance(offer, str):
            excluded.append(Excluded(sku, offer))
        else:
            offers.append(offer)
    return Choice(tuple(sorted(offers, key=_rank)), tuple(excluded))


def on_one_node(sku: Sku, provider: str, kaito: str) -> list[Model] | None:
    """The models that KAITO puts on one node of an instance type, and that vLLM then probably has room for.

    None where that version makes no estimate.
    """
    target = Target(kaito=kaito, provider=provider)
    if not target.has(versions.ESTIMATE):
        return None
    fitting = []
    for model in all_models():
        ctx = RuleContext(_bare(name_of(model, target.minor), sku.name), target)
        analysis = analyse(ctx, model_spec(ctx, {}), None, context_of(ctx))
        if analysis.estimate.nodes == 1 and not _why_not(analysis):
            fitting.append(model)
    return fitting


def offers_for(preset: str, provider: str, kaito: str) -> Choice:
    """The instance types on which a model fits."""
    return choose(_bare(preset, ""), Target(kaito=kaito, provider=provider))


def name_of(model: Model, minor: int) -> str:
    """A name of the model that KAITO 0.`minor` takes for a preset, where it takes one."""
    return model.id if versions.HUGGING_FACE_IDS.holds(minor) or not model.aliases else model.aliases[0]


def _bare(preset: str, instance_type: str) -> dict[str, object]:
    """As little of a Workspace as has a size."""
    return {
        "metadata": {"name": preset},
        "resource": {"instanceType": instance_type},
        "inference": {"preset": {"name": preset}},
    }


def _offer(analysis: Analysis, sku: Sku, prices: Prices | None) -> Offer | str:
    """The instance type as an offer, or why it is none."""
    nodes, memory = analysis.estimate.nodes, analysis.memory
    why = _why_not(analysis)
    if why or nodes is None or memory is None:
        return why
    price = None if prices is None else cost(prices, [Usage(sku.name, nodes, sku.gpus)])
    known = None if price is None or price.unpriced else price
    return Offer(sku, memory, nodes, known)


def _rank(offer: Offer) -> tuple[bool, bool, Decimal, int, int, int, str]:
    """What has a price before what has none, and behind each of both what nobody takes without a reason.

    Then the cheapest first, the fewest GPUs and nodes (between nodes lies a network), the longest context, the smallest name.
    """
    sku, context = offer.sku, offer.memory.context.likely
    hour = Decimal(0) if offer.cost is None else offer.cost.hour
    return offer.cost is None, bool(sku.caveat), hour, offer.gpus, offer.nodes, -context, _by_size(sku.name)


def _by_size(name: str) -> str:
    """The name as it is sorted: g5.xlarge before g5.2xlarge, and that before g5.16xlarge. The tables do not say what else they differ in."""
    return re.sub(r"\d+", lambda number: number[0].zfill(4), name.replace(".xlarge", ".1xlarge"))


def _why_not(analysis: Analysis) -> str:
    """Why the Workspace cannot run there; empty where it can."""
    estimate, memory, model = analysis.estimate, analysis.memory, analysis.model
    if estimate.nodes is None:
        return estimate.unknown
    limit = node_limit(analysis.ctx.minor)
    if limit is not None and estimate.nodes > limit:
        return f"it takes {estimate.nodes} nodes, and KAITO {estimate.kaito} stops above {limit}"
    if memory is None or isinstance(model, str):
        return f"nothing is known about vLLM on {'' if estimate.node is None else estimate.node.card}"
    if model.shape is not None and indivisible(model, memory.layout):
        return f"its {memory.layout.tensor} GPUs do not divide the {model.shape.heads} attention heads"
    if memory.pool.likely <= 0:
        return f"vLLM probably has no memory left for its cache ({memory.pool.likely / GIB:.1f} GiB)"
    served = estimate.context.served
    if served.isdigit() and memory.tokens.likely < int(served):
        return f"the cache holds about {memory.tokens.likely} tokens, not {served}"
    return ""
