"""A plan as JSON, in the shape of schemas/plan.schema.json."""

from decimal import Decimal

from kaitogen.commands.plan.objects import objects_of
from kaitogen.commands.plan.types import Change, Comparison, Plan, PlannedWorkspace
from kaitogen.diagnostics.formats.as_json import finding_data
from kaitogen.diagnostics.wording import json_report_parts
from kaitogen.kaito.sizing.costs import Cost, Prices
from kaitogen.kaito.sizing.instance_types import Offer
from kaitogen.kaito.sizing.types import Memory
from kaitogen.typed import Any, Final, Iterator

_VERSION: Final = 1


def write(plan: Plan) -> Iterator[str]:
    """One JSON object, piece by piece: that of 10,000 Workspaces has 44 MB, and ten times that as data."""
    document: dict[str, Any] = {
        "totals": _totals(plan),
        "workspaces": (_workspace(one, plan.prices) for one in plan.workspaces),
        "findings": map(finding_data, plan.elsewhere),
    }
    if plan.against is not None:
        document["against"] = _against(plan, plan.against)
    return json_report_parts(_VERSION, document)


def _against(plan: Plan, against: Comparison) -> dict[str, Any]:
    nodes, gpus = against.held
    return {
        "revision": against.revision,
        "before": _totals(against.before),
        "same": against.same,
        "refused": sum(change.refused for change in against.changes),
        "meanwhile": {"nodes": plan.nodes + nodes, "gpus": plan.gpus + gpus},
        "changes": [_change(change, plan.prices) for change in against.changes],
    }


def _totals(plan: Plan) -> dict[str, Any]:
    return {
        "workspaces": len(plan.workspaces),
        "nodes": plan.nodes,
        "gpus": plan.gpus,
        "unknown": plan.unknown,
        **({} if plan.prices is None else {"cost": _cost(plan.cost, plan.prices)}),
    }


def _cost(cost: Cost | None, prices: Prices) -> dict[str, Any] | None:
    if cost is None:
        return None
    return {
        "currency": prices.currency,
        "hour": str(cost.hour),
        "month": str(cost.month),
        "spotHour": _amount(cost.spot),
        "unpriced": list(cost.unpriced),
    }


def _asked(planned: PlannedWorkspace, prices: Prices | None) -> dict[str, Any]:
    """What is there only where an option asks for it."""
    asked: dict[str, Any] = {} if prices is None else {"cost": _cost(planned.cost, prices)}
    if planned.choice is not None:
        asked["choice"] = {
            "offers": [_offer(offer, prices) for offer in planned.choice.offers],
            "out": [{"instanceType": other.sku.name, "why": other.why} for other in planned.choice.excluded],
            "unknown": planned.choice.unknown,
        }
    return asked


def _offer(offer: Offer, prices: Prices | None) -> dict[str, Any]:
    return {
        "instanceType": offer.sku.name,
        "nodes": offer.nodes,
        "gpus": offer.gpus,
        "context": offer.memory.context._asdict(),
        "verdict": offer.memory.verdict,
        "caveat": offer.sku.caveat,
        "cost": None if prices is None else _cost(offer.cost, prices),
    }


def _workspace(planned: PlannedWorkspace, prices: Prices | None) -> dict[str, Any]:
    estimate, layout = planned.sizing.estimate, planned.sizing.estimate.layout
    recommendation, memory = planned.sizing.recommendation, planned.sizing.memory
    name, config_map = planned.model
    return {
        "name": planned.name,
        "namespace": planned.namespace or None,
        "strategy": planned.strategy,
        "instanceType": planned.instance_type or None,
        "kaito": estimate.kaito,
        "requestedNodes": estimate.requested,
        "estimatedNodes": estimate.nodes,
        "gpus": estimate.gpus,
        "parallelism": None if layout is None else layout._asdict(),
        "contextLength": estimate.context.tokens,
        "memory": None if memory is None else _memory(memory),
        "findings": [finding_data(finding) for finding in planned.findings],
        "model": planned.sizing.model,
        "runtime": estimate.runtime,
        "labels": dict(planned.spec.labels),
        "reasons": [*estimate.reasons, *([estimate.unknown] if estimate.unknown else [])],
        "context": {"source": estimate.context.source, "served": estimate.context.served},
        "objects": [made._asdict() for made in objects_of(planned)],
        "command": planned.command,
        "lever": None if recommendation is None else recommendation._asdict(),
        "servedModel": None if not name or config_map else name,
        **_replicas(planned),
        **_asked(planned, prices),
    }


def _replicas(planned: PlannedWorkspace) -> dict[str, Any]:
    """How many copies there are, and how many serve when a node is lost; of a set alone also how many there may be."""
    numbers: dict[str, Any] = {}
    if planned.is_set:
        numbers = {"replicas": planned.replicas, "fewestReplicas": planned.fewest}
        if planned.extra_replicas:
            numbers["upgradeReplicas"] = planned.extra_replicas
    serving = planned.serving_without_a_node
    if serving is not None and not planned.fails:
        numbers["nodeLost"] = {"serving": serving[1], "fewestServing": serving[0]}
    return numbers


def _memory(memory: Memory) -> dict[str, Any]:
    return {
        "vllm": memory.vllm,
        "utilization": memory.utilization,
        "verdict": memory.verdict,
        "gpu": memory.gpu._asdict(),
        "terms": [term._asdict() for term in memory.terms],
        "perToken": memory.per_token._asdict(),
        "tokens": memory.tokens._asdict(),
        "context": memory.context._asdict(),
        "requests": memory.requests._asdict(),
    }


def _change(change: Change, prices: Prices | None) -> dict[str, Any]:
    from kaitogen.commands.diff import as_json as diff  # a plan of today alone has no changes

    before, after = (None if one is None else one.takes for one in (change.before, change.after))
    was, will = change.figures
    paid = {"before": _amount(was.hour), "after": _amount(will.hour)}
    return {
        "change": change.kind,
        "name": change.workspace.name,
        "namespace": change.workspace.namespace or None,
        "nodes": {"before": before and before.nodes, "after": after and after.nodes},
        "gpus": {"before": before and before.gpus, "after": after and after.gpus},
        **({} if prices is None else {"cost": paid}),
        "what": list(change.details),
        **diff.judgement_data(change.judgement),
        **({} if change.way is None else {"wayOut": diff.way_data(change.way)}),
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
