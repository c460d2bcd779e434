"""What formats of a plan share: the two columns of a Workspace, kept apart, and figures with their ranges in words."""

from collections import Counter
from decimal import Decimal
from functools import lru_cache

from kaitogen.commands.plan.objects import objects_of
from kaitogen.commands.plan.types import Comparison, Plan, PlannedWorkspace
from kaitogen.diagnostics.wording import from_to, number_of
from kaitogen.kaito.objects import part, text
from kaitogen.kaito.rules.annotations import KG482, KG483, KG484
from kaitogen.kaito.rules.config import KG468, KG486
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.rules.ignored import KG461, KG462, KG463
from kaitogen.kaito.rules.layout import Layout
from kaitogen.kaito.rules.resource import KG474
from kaitogen.kaito.rules.vllm_settings import KG747
from kaitogen.kaito.sizing.costs import Cost, Prices
from kaitogen.kaito.sizing.instance_types import Offer
from kaitogen.kaito.sizing.types import Estimate, Memory, Span, Term, Verdict
from kaitogen.kaito.versions import ESTIMATE, KINDS
from kaitogen.model import GIB
from kaitogen.pipeline.burst import pair_of
from kaitogen.typed import Final, Iterator, NamedTuple

#: The line that is for a shell, the one whose paragraphs are objects, and the one that has a colour.
COMMAND: Final = "first run"
MAKES: Final = "makes"
VERDICT: Final = "verdict"
#: Findings about fields that the target's controller does not read.
_UNREAD: Final = frozenset((KG461, KG462, KG463, KG468, KG474, KG482, KG483, KG484, KG486, KG747))
#: What a memory comes to: the tone of it, a word, and a few of them.
VERDICTS: Final[dict[Verdict, tuple[str, str, str]]] = {
    "fits": ("good", "fits", "fits, with every figure at its worst"),
    "tight": ("warn", "tight", "tight: it may not start"),
    "fails": ("bad", "does not fit", "does not fit: vLLM will not start"),
}
_RUNTIMES: Final = {"vllm": "vLLM", "transformers": "transformers"}


class Line(NamedTuple):
    """A line under a heading: what it is about, what it says in one paragraph or several, how far that can be trusted

    (empty: it is certain), and where a figure is from.
    """

    about: str
    paragraphs: tuple[str, ...]
    trust: str = ""
    source: str = ""


def columns(planned: PlannedWorkspace, prices: Prices | None) -> dict[str, list[Line]]:
    """What KAITO will do, and what vLLM will then probably have, each below its heading."""
    kaito, memory = planned.sizing.estimate.kaito, planned.sizing.memory
    vllm = "vLLM" if memory is None else f"vLLM {memory.vllm}"
    each = "" if memory is None else ", on each GPU"
    return {
        f"What KAITO {kaito} will do": [*_kaito(planned), *_cost(planned, prices)],
        f"What {vllm} will then probably have{each}": list(_vllm(planned)),
    }


def choice(planned: PlannedWorkspace, prices: Prices | None) -> dict[str, list[Line]]:
    """The instance types on which it would run, and why the others fall out; empty where that was not asked for."""
    found = planned.choice
    if found is None:
        return {}
    first, by = "the fewest GPUs first", "by GPUs"
    if prices is not None:
        first, by = "the cheapest first", "by price, then by GPUs"
    ranks = ("best", "runner-up", *(f"{number}." for number in range(3, len(found.offers) + 1)))
    offers = zip(ranks, found.offers, strict=False)
    lines = [_line("unknown", found.unknown)] if found.unknown else []
    lines += [_line(rank, _offer(offer, planned, prices)) for rank, offer in offers]
    if len(found.offers) > 1:
        last = "confidential types, and those that a later KAITO no longer has, come last"
        order = f"{by}, then by nodes, of which fewer is better, then by the longest context; {last}"
        lines.append(_line("order", order))
    lines += [_line("falls out", f"{out.sku.name}: {out.why}") for out in found.excluded]
    return {f"Instance types that would do, {first}": lines}


def _line(about: str, text: str, trust: str = "", source: str = "") -> Line:
    return Line(about, (text,), trust, source)


def _offer(offer: Offer, planned: PlannedWorkspace, prices: Prices | None) -> str:
    text = f"{offer.sku.name}: {number_of(offer.nodes, 'node')}, {number_of(offer.gpus, 'GPU')}"
    text += f", about {offer.memory.context.likely:,} tokens in one request"
    if offer.memory.verdict != "fits":
        text += f" ({offer.memory.verdict})"
    if prices is not None:
        text += ", no price" if offer.cost is None else f", {price(offer.cost, prices)}"
    if offer.sku.caveat:
        text += f"; {offer.sku.caveat}"
    return f"{text}; this is what the intent says" if offer.sku.name == planned.instance_type else text


def _cost(planned: PlannedWorkspace, prices: Prices | None) -> Iterator[Line]:
    if prices is None:
        return
    if planned.cost is not None:
        yield _line("costs", price(planned.cost, prices))
        if (least := planned.fewest_hourly) is not None and planned.fewest != planned.replicas:
            yield _line("costs", f"{money(least, prices)} an hour with the fewest replicas")
    elif planned.spec.target.byo:
        yield _line("costs", "nothing more: the nodes are there already")
    else:
        yield _line("costs", "unknown, as the nodes are")


def place(planned: PlannedWorkspace) -> str:
    """The instance type with its GPUs, or what takes its place."""
    node = planned.sizing.estimate.node
    where = cut(planned.instance_type) or planned.spec.target.node_provisioner
    return where if node is None else f"{where}, {node.gpus} x {node.card} {node.memory_per_gpu / GIB:g} GiB"


def _kaito(planned: PlannedWorkspace) -> Iterator[Line]:
    estimate = planned.sizing.estimate
    yield from _served(planned)
    if planned.is_set:
        yield from _replicas(planned)
    nodes = size(estimate)
    if estimate.nodes is not None and estimate.requested not in (None, estimate.nodes):
        nodes += f", though count asks for {estimate.requested}"
    yield _line("nodes", nodes, "" if estimate.certain else "assumed")
    if estimate.reasons:
        yield Line("because", estimate.reasons)
    if estimate.layout is not None:
        yield _line("layout", layout(estimate.layout))
    if estimate.runtime == "vllm":
        yield _line("context", _context(planned))
    if planned.is_spot:
        yield _line("evicted", _evicted(planned))
    if objects := tuple(map(str, objects_of(planned))):
        yield Line(MAKES, objects)
    if ignored := [finding for finding in planned.findings if finding.rule in _UNREAD]:
        yield Line("ignores", tuple(f"{finding.message} ({finding.code})" for finding in ignored))
    if planned.command:
        yield _line(COMMAND, planned.command)


def _served(planned: PlannedWorkspace) -> Iterator[Line]:
    """What runs, and the name of the model that clients send."""
    estimate, model = planned.sizing.estimate, cut(planned.sizing.model)
    if estimate.runtime == "template":
        runs = "a pod template of your own"
    elif estimate.runtime == "tuning":
        runs = f"{cut(text(planned.ctx.tuning or {}, 'method'))} of {model}"
    else:
        runs = f"{model} on {_RUNTIMES[estimate.runtime]}"
    yield _line("runs", runs)
    name, config_map = planned.model
    unless = f", unless ConfigMap {cut(config_map)} says served-model-name" if config_map else ""
    if name:
        yield _line("clients", f"send model {cut(name)}{unless}")


def _evicted(planned: PlannedWorkspace) -> str:
    """What it costs when the cloud takes a node of spot capacity back."""
    nodes = planned.sizing.estimate.nodes or 1
    what = "the replica" if planned.is_set else "it"
    whole = f"{what} is down as a whole, {nodes} nodes," if nodes > 1 else f"{what} is down"
    text = f"{whole} until there is a node again, which downloads the weights anew"
    pair = pair_of(planned.spec)
    if pair is None or "gateway" not in part(planned.spec.companions or {}, "endpoint"):
        return text
    share, of_all = pair.weights[1], sum(pair.weights)
    return f"{text}; where no other of the burst is there, {share} of {of_all} requests fail until then"


def size(estimate: Estimate) -> str:
    """Nodes and GPUs, or why they are unknown."""
    if estimate.nodes is None:
        return f"unknown: {estimate.unknown}"
    nodes = number_of(estimate.nodes, "node")
    return nodes if estimate.gpus is None else f"{nodes}, {number_of(estimate.gpus, 'GPU')}"


def size_of_each(planned: PlannedWorkspace) -> str:
    """Nodes and GPUs of a Workspace; of a set those of each replica, and how many replicas there are."""
    text = size(planned.sizing.estimate)
    if not planned.is_set:
        return text
    return f"{text} for each of {from_to(planned.fewest, planned.replicas, 'replica')}"


def _replicas(planned: PlannedWorkspace) -> Iterator[Line]:
    """How many replicas there are, what all of them take, and how many serve when a node is lost."""
    fewest, most = planned.fewest, planned.replicas
    text = f"{from_to(fewest, most)} of an InferenceSet, each with the nodes below"
    nodes, gpus = planned.sizing.estimate.nodes, planned.sizing.estimate.gpus
    if nodes is not None:
        text += f": {from_to(fewest * nodes, most * nodes, 'node')}"
        text += "" if gpus is None else f" and {from_to(fewest * gpus, most * gpus, 'GPU')} in all"
    if planned.extra_replicas:
        text += ", and one replica more during an upgrade"
    yield _line("replicas", text)
    if serving := planned.serving_without_a_node:
        least, (left, left_of_most) = max(fewest, 1), serving
        text = f"{left_of_most:,} of {most:,} go on serving" if left_of_most else "nothing goes on serving"
        if least != most:
            text += f", {left:,} of {least:,} with the fewest" if left else ", nothing where only one runs"
        yield _line("node lost", text)


def _context(planned: PlannedWorkspace) -> str:
    context = planned.sizing.estimate.context
    tokens = f"{context.tokens:,}" if planned.ctx.has(ESTIMATE) else "no"
    text = f"counts with {tokens} tokens: {context.source}"
    if context.served == "computed":
        return f"{text}; KAITO computes max-model-len from the memory that is free"
    return f"{text}; vLLM gets max-model-len {context.served}" if context.served else text


def lever(planned: PlannedWorkspace) -> str:
    """The one change that helps most, and what it does; empty where there is none."""
    best = planned.sizing.recommendation
    return "" if best is None else f"{best.change}: {best.effect}"


def _vllm(planned: PlannedWorkspace) -> Iterator[Line]:
    memory = planned.sizing.memory
    if memory is None:
        yield _line("unknown", planned.sizing.missing)
        return
    yield from _memory(memory)
    label = memory.pool.label
    if planned.is_set and planned.replicas:
        fewest, most = planned.fewest, planned.replicas
        tokens, requests = (
            from_to(fewest * value.likely, most * value.likely) for value in (memory.tokens, memory.requests)
        )
        replicas = from_to(fewest, most, "replica")
        yield _line("in all", f"{tokens} tokens and {requests} requests over {replicas}", label)
    yield _line(VERDICT, VERDICTS[memory.verdict][2])
    if best := lever(planned):
        yield _line("best lever", best)


@lru_cache(256)
def _memory(memory: Memory) -> tuple[Line, ...]:
    """What is on each GPU, and what its cache holds. Many Workspaces of a large plan have the same."""
    terms = ((term.name, term) for term in memory.terms)
    lines = [
        _line(name, gib(term.likely), trust(term), term.source)
        for name, term in (("memory", memory.gpu), *terms)
    ]
    label = memory.pool.label
    # A length that holds at the worst and at the best is what the model or the setting says, and nothing is assumed.
    certain = memory.context.low == memory.context.high
    return (
        *lines,
        _line("tokens", f"{span(memory.tokens)} of KV cache", label),
        _line("context", f"{span(memory.context, 'tokens')} in one request", "exact" if certain else label),
        _line("requests", f"{span(memory.requests)} of that length at once", label),
    )


def gib(size: int) -> str:
    """Bytes in GiB, as precise as anyone can use."""
    amount = size / GIB
    return f"{amount:,.2f} GiB" if abs(amount) < 10 else f"{amount:,.1f} GiB"


def trust(term: Term) -> str:
    """How far a figure can be trusted: its label, and its range where it has one."""
    if term.low == term.high:
        return term.label
    return f"{term.label}, {gib(term.low).removesuffix(' GiB')} to {gib(term.high)}"


def span(value: Span, noun: str = "") -> str:
    """A number with its range: `131,072 tokens (98,304 to 140,000)`."""
    words = f"{value.likely:,} {noun}".rstrip()
    if value.high is None:
        return f"{words} (at least {value.low:,})"
    return words if value.low == value.high else f"{words} ({value.low:,} to {value.high:,})"


def layout(value: Layout) -> str:
    """The three sizes, and what they come to."""
    gpus = number_of(value.tensor, "GPU")
    if value.data > 1:
        meaning = f"{value.data} replicas of the model in one pod, each on {gpus}"
    elif value.pipeline > 1:
        meaning = f"one copy in {value.pipeline} stages over as many nodes, {gpus} each"
    else:
        meaning = "the whole model on one GPU" if value.tensor == 1 else f"one copy over {gpus}"
    return f"data {value.data} x tensor {value.tensor} x pipeline {value.pipeline}: {meaning}"


def money(amount: Decimal, prices: Prices) -> str:
    """An amount to the cent, with its currency."""
    return f"{amount:,.2f} {prices.currency}"


def price(cost: Cost, prices: Prices) -> str:
    """What nodes cost, for an hour and a month, and what has no price."""
    if cost.unpriced and not cost.hour:
        return f"unknown: no price for {', '.join(cost.unpriced)}"
    text = f"{money(cost.hour, prices)} an hour, {money(cost.month, prices)} a month"
    if cost.spot is not None and cost.hour:
        same = cost.spot == cost.hour
        text += ", at spot prices" if same else f"; {money(cost.spot, prices)} an hour at spot prices"
    return f"{text}; and {', '.join(cost.unpriced)}, which has no price" if cost.unpriced else text


def known(number: int | None, fewest: int | None) -> str:
    """A number, from that of the fewest replicas on, or that it is unknown."""
    return "unknown" if number is None or fewest is None else from_to(fewest, number)


def planned_objects(plan: Plan) -> str:
    """How many Workspaces and InferenceSets there are."""
    sets = sum(one.is_set for one in plan.workspaces)
    kinds = {"Workspace": len(plan.workspaces) - sets, "InferenceSet": sets}
    counts = [number_of(number, kind) for kind, number in kinds.items() if number]
    return ", ".join(counts) or number_of(0, "Workspace")


def total(plan: Plan) -> str:
    """The plan in one sentence."""
    nodes, gpus = number_of(plan.nodes, "node"), number_of(plan.gpus, "GPU")
    if plan.nodes != plan.fewest_nodes:
        nodes = from_to(plan.fewest_nodes, plan.nodes, "node")
        gpus = from_to(plan.fewest_gpus, plan.gpus, "GPU")
    text = f"{planned_objects(plan)}: {nodes}, {gpus}"
    if plan.unknown:
        text += f", and {plan.unknown} of unknown size"
    if plan.cost is not None and plan.prices is not None:
        text += f"; {price(plan.cost, plan.prices)}"
        if plan.nodes != plan.fewest_nodes:
            least = plan.fewest_hour
            fewest = "" if least is None else f", {money(least, plan.prices)} an hour with the fewest"
            text += f" with the most replicas{fewest}"
    return text


def alone(plan: Plan) -> str:
    """What a lost node means for Workspaces that serve from one copy; empty where there are none."""
    single = [one for one in plan.workspaces if not (one.is_set or one.fails) and one.spec.tuning is None]
    if not single:
        return ""
    text = "Node lost: nothing of a single Workspace goes on serving"
    sets = KINDS["InferenceSet"]["v1alpha1"]
    return f"{text}; spec.replicas makes copies" if any(one.spec.target.has(sets) for one in single) else text


def summary(against: Comparison) -> str:
    """How many Workspaces are new, changed, gone and the same."""
    counts = Counter(change.kind for change in against.changes)
    words = [f"{counts[kind]} {kind}" for kind in ("new", "changed", "gone") if counts[kind]]
    return ", ".join([*words, f"{against.same} the same"])


def figures(before: Plan, after: Plan) -> str:
    """What two plans come to, and the difference."""
    parts = [f"nodes {moved(before.nodes, after.nodes)}", f"GPUs {moved(before.gpus, after.gpus)}"]
    if before.cost is not None and after.cost is not None and after.prices is not None:
        currency = after.prices.currency
        parts.append(f"{currency} an hour {paid(before.cost.hour, after.cost.hour)}")
        parts.append(f"{currency} a month {paid(before.cost.month, after.cost.month)}")
    return ", ".join(parts)


def paid(before: Decimal | None, after: Decimal | None) -> str:
    """An amount that was and an amount that will be, where both are known."""
    old, new = ("unknown" if amount is None else f"{amount:,.2f}" for amount in (before, after))
    if old == new:
        return new
    change = "" if before is None or after is None else f" ({after - before:+,.2f})"
    return f"{old} -> {new}{change}"


def moved(before: int, after: int) -> str:
    """A number that was and a number that will be."""
    return f"{after:,}" if before == after else f"{before:,} -> {after:,} ({after - before:+,})"
