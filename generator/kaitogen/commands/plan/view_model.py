"""The view of one planned Workspace: two columns that are kept apart, as lines that every format shows in its own way."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from kaitogen.commands.plan import wording
from kaitogen.commands.plan.types import KaitoObject, PlannedWorkspace
from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.objects import part, text
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.sizing.costs import Prices
from kaitogen.kaito.sizing.instance_types import Offer
from kaitogen.kaito.sizing.types import Estimate, Memory
from kaitogen.model import GIB

#: The line that is for a shell, and the one whose paragraphs are objects.
COMMAND: Final = "first run"
MAKES: Final = "makes"
_RUNTIMES: Final = {"vllm": "vLLM", "transformers": "transformers"}


class Line(NamedTuple):
    """A line under a heading: what it is about, what it says in one paragraph or several, how far that can be trusted

    (empty: it is certain), and where a figure is from.
    """

    about: str
    paragraphs: tuple[str, ...]
    trust: str = ""
    source: str = ""


class Column(NamedTuple):
    """One of the two columns."""

    heading: str
    lines: tuple[Line, ...]


def columns(one: PlannedWorkspace, prices: Prices | None = None) -> tuple[Column, Column]:
    """What KAITO will do, and what vLLM will then probably have."""
    estimate = one.sizing.estimate
    return (
        Column(f"What KAITO {estimate.kaito} will do", (*_kaito(one), *_cost(one, prices))),
        Column(_heading(one.sizing.memory), tuple(_vllm(one))),
    )


def choice(one: PlannedWorkspace, prices: Prices | None = None) -> Column | None:
    """The instance types on which it would run, and why the others fall out; None where that was not asked for."""
    if one.choice is None:
        return None
    order = "the cheapest first" if prices is not None else "the fewest GPUs first"
    ranks = ("best", "runner-up", *(f"{number}." for number in range(3, len(one.choice.offers) + 1)))
    lines = [_line("unknown", one.choice.unknown)] if one.choice.unknown else []
    lines += [
        _line(rank, _offer(offer, one, prices)) for rank, offer in zip(ranks, one.choice.offers, strict=False)
    ]
    lines += [_line("falls out", f"{out.sku.name}: {out.why}") for out in one.choice.excluded]
    return Column(f"Instance types that would do, {order}", tuple(lines))


def _line(about: str, text: str, trust: str = "", source: str = "") -> Line:
    return Line(about, (text,), trust, source)


def _offer(offer: Offer, one: PlannedWorkspace, prices: Prices | None) -> str:
    text = f"{offer.sku.name}: {number_of(offer.nodes, 'node')}, {number_of(offer.gpus, 'GPU')}"
    text += f", about {wording.count(offer.memory.context.likely)} tokens in one request"
    if offer.memory.verdict != "fits":
        text += f" ({offer.memory.verdict})"
    if prices is not None:
        text += ", no price" if offer.cost is None else f", {wording.price(offer.cost, prices)}"
    return f"{text}; this is what the intent says" if offer.sku.name == one.instance_type else text


def _cost(one: PlannedWorkspace, prices: Prices | None) -> Iterator[Line]:
    if prices is None:
        return
    if one.cost is not None:
        yield _line("costs", wording.price(one.cost, prices))
    elif one.spec.target.byo:
        yield _line("costs", "nothing more: the nodes are there already")
    else:
        yield _line("costs", "unknown, as the nodes are")


def place(one: PlannedWorkspace) -> str:
    """The instance type with its GPUs, or what takes its place."""
    node = one.sizing.estimate.node
    where = cut(one.instance_type) or one.spec.target.node_provisioner
    return where if node is None else f"{where}, {node.gpus} x {node.card} {node.memory_per_gpu / GIB:g} GiB"


def _kaito(one: PlannedWorkspace) -> Iterator[Line]:
    estimate = one.sizing.estimate
    yield _line("runs", _runs(one))
    yield _line("nodes", _nodes(estimate), "" if estimate.certain else "assumed")
    if estimate.reasons:
        yield Line("because", estimate.reasons)
    if estimate.layout is not None:
        yield _line("layout", wording.layout(estimate.layout))
    if estimate.runtime == "vllm":
        yield _line("context", _context(estimate))
    if one.objects:
        yield Line(MAKES, tuple(map(_object, one.objects)))
    if one.ignored:
        yield Line("ignores", tuple(f"{finding.message} ({finding.code})" for finding in one.ignored))
    if one.command:
        yield _line(COMMAND, one.command)


def _runs(one: PlannedWorkspace) -> str:
    estimate = one.sizing.estimate
    if estimate.runtime == "template":
        return "a pod template of your own"
    model = one.sizing.model
    if estimate.runtime == "tuning":
        return f"{cut(text(part(one.workspace, 'tuning'), 'method'))} of {cut(model)}"
    return f"{cut(model)} on {_RUNTIMES[estimate.runtime]}"


def size(estimate: Estimate) -> str:
    """Nodes and GPUs, or why they are unknown."""
    if estimate.nodes is None:
        return f"unknown: {estimate.unknown}"
    nodes = number_of(estimate.nodes, "node")
    return nodes if estimate.gpus is None else f"{nodes}, {number_of(estimate.gpus, 'GPU')}"


def _nodes(estimate: Estimate) -> str:
    nodes = size(estimate)
    if estimate.nodes is not None and estimate.requested not in (None, estimate.nodes):
        nodes += f", though count asks for {estimate.requested}"
    return nodes


def _context(estimate: Estimate) -> str:
    context = estimate.context
    text = f"counts with {wording.count(context.tokens)} tokens: {context.source}"
    if context.served == "computed":
        return f"{text}; KAITO computes max-model-len from the memory that is free"
    return f"{text}; vLLM gets max-model-len {context.served}" if context.served else text


def _object(one: KaitoObject) -> str:
    return f"{one.kind} {one.name} ({one.note})" if one.note else f"{one.kind} {one.name}"


def _heading(memory: Memory | None) -> str:
    if memory is None:
        return "What vLLM will then probably have"
    return f"What vLLM {memory.vllm} will then probably have, on each GPU"


def lever(one: PlannedWorkspace) -> str:
    """The one change that helps most, and what it does; empty where there is none."""
    return (
        ""
        if one.sizing.recommendation is None
        else f"{one.sizing.recommendation.change}: {one.sizing.recommendation.effect}"
    )


def _vllm(one: PlannedWorkspace) -> Iterator[Line]:
    memory = one.sizing.memory
    if memory is None:
        yield _line("unknown", one.sizing.missing)
        return
    for name, term in (("memory", memory.gpu), *((term.name, term) for term in memory.terms)):
        yield _line(name, wording.gib(term.likely), wording.trust(term), term.source)
    trust = memory.pool.label
    # A length that holds at the worst and at the best is what the model or the setting says, and nothing is assumed.
    certain = memory.context.low == memory.context.high
    yield _line("tokens", f"{wording.span(memory.tokens)} of KV cache", trust)
    yield _line(
        "context", f"{wording.span(memory.context, 'tokens')} in one request", "exact" if certain else trust
    )
    yield _line("requests", f"{wording.span(memory.requests)} of that length at once", trust)
    yield _line("verdict", wording.verdict(memory))
    if best := lever(one):
        yield _line("best lever", best)
