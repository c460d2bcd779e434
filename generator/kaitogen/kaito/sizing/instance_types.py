"""Every instance type of the provider on which a Workspace can run, the cheapest first, and why the others cannot."""

from decimal import Decimal
from typing import NamedTuple

from kaitogen.kaito.catalogue.skus import Sku, all_skus
from kaitogen.kaito.objects import ConfigMaps
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.sizing import GIB, node_limit
from kaitogen.kaito.sizing import node_estimator
from kaitogen.kaito.sizing.analysis import Case, case_of
from kaitogen.kaito.sizing.costs import Cost, Prices, Usage, cost
from kaitogen.kaito.sizing.memory import indivisible
from kaitogen.kaito.sizing.model_spec import Configs
from kaitogen.kaito.sizing.types import Estimate, Memory
from kaitogen.model import Json, Target


class Offer(NamedTuple):
    """One instance type on which the Workspace runs; `cost` is None where there is no price for it."""

    sku: Sku
    estimate: Estimate
    memory: Memory
    nodes: int
    cost: Cost | None

    @property
    def gpus(self) -> int:
        """All GPUs that it takes."""
        return self.nodes * self.sku.gpus


class Out(NamedTuple):
    """One instance type that falls out, and why."""

    sku: Sku
    why: str


class Choice(NamedTuple):
    """All instance types of the provider that the target's KAITO has: those that fit, in order, and the others by name.

    `unknown` says why there is nothing to choose from at all; it is empty where there is.
    """

    offers: tuple[Offer, ...]
    out: tuple[Out, ...]
    unknown: str = ""


def choose(
    workspace: Json,
    target: Target,
    config_maps: ConfigMaps | None = None,
    configs: Configs | None = None,
    prices: Prices | None = None,
) -> Choice:
    """The choice for a finished Workspace: cheapest first, and what has no price behind that, fewest GPUs first."""
    ctx = RuleContext(workspace, target, config_maps=config_maps)
    if ctx.byo:
        return Choice((), (), "under byo the nodes are there already")
    runtime = node_estimator.runtime(ctx)
    if runtime != "vllm":
        return Choice((), (), f"only a preset on vLLM is sized, and {runtime} runs here")
    if not node_estimator.estimates(ctx.minor):
        return Choice((), (), f"KAITO {ctx.kaito} makes no estimate: it takes as many nodes as count says")
    offers: list[Offer] = []
    out: list[Out] = []
    for sku in all_skus(ctx.provider):
        if not sku.known_to(ctx.minor):
            continue
        case = case_of(node_estimator.moved(ctx, sku.name), configs or {}, None)
        if isinstance(case.known, str):
            return Choice((), (), case.known)
        why = _against(case)
        if why:
            out.append(Out(sku, why))
        else:
            offers.append(_offer(case, sku, prices))
    return Choice(tuple(sorted(offers, key=_rank)), tuple(out))


def fits(ctx: RuleContext) -> bool:
    """Whether the Workspace runs on one node of its own instance type."""
    case = case_of(ctx, {}, None)
    return not isinstance(case.known, str) and case.estimate.nodes == 1 and not _against(case)


def _offer(case: Case, sku: Sku, prices: Prices | None) -> Offer:
    nodes = case.estimate.nodes or 0
    assert case.memory is not None
    price = None if prices is None else cost(prices, [Usage(sku.name, nodes, sku.gpus)])
    return Offer(sku, case.estimate, case.memory, nodes, None if price is None or price.unpriced else price)


def _rank(offer: Offer) -> tuple[bool, Decimal, int, int, str]:
    hour = Decimal(0) if offer.cost is None else offer.cost.hour
    return offer.cost is None, hour, offer.gpus, offer.nodes * offer.sku.memory, offer.sku.name


def _against(case: Case) -> str:
    """Why the Workspace cannot run there; empty where it can."""
    estimate, bill = case.estimate, case.memory
    if estimate.nodes is None:
        return estimate.unknown
    limit = node_limit(case.ctx.minor)
    if limit is not None and estimate.nodes > limit:
        return f"it takes {estimate.nodes} nodes, and KAITO {estimate.kaito} stops above {limit}"
    if bill is None:
        card = "" if estimate.node is None else estimate.node.card
        return f"nothing is known about vLLM on {card}"
    assert not isinstance(case.known, str)
    if case.known.shape is not None and indivisible(case.known, bill.layout):
        return f"its {bill.layout.tensor} GPUs do not divide the {case.known.shape.heads} attention heads"
    if bill.pool.likely <= 0:
        return f"vLLM probably has no memory left for its cache ({bill.pool.likely / GIB:.1f} GiB)"
    wanted = estimate.context.served
    if wanted.isdigit() and bill.tokens.likely < int(wanted):
        return f"the cache holds about {bill.tokens.likely} tokens, not {wanted}"
    return ""
