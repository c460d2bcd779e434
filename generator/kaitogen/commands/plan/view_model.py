"""What is said about one Workspace: the two columns, never mixed, as lines that every format shows in its own way."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from kaitogen.commands.plan import wording
from kaitogen.commands.plan.types import Made, Planned
from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.objects import part, text
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.sizing.costs import Prices
from kaitogen.kaito.sizing.instance_types import Offer
from kaitogen.kaito.sizing.types import Estimate, Memory
from kaitogen.model import Diagnostic

#: The line that is for a shell.
COMMAND: Final = "first run"
_RUNTIMES: Final = {"vllm": "vLLM", "transformers": "transformers"}


class Line(NamedTuple):
    """A line under a heading: what it is about, what is said, how far that can be trusted (empty: it is certain), and

    where a figure is from.
    """

    about: str
    said: str
    trust: str = ""
    source: str = ""


class Column(NamedTuple):
    """One of the two columns."""

    heading: str
    lines: tuple[Line, ...]


def columns(one: Planned, prices: Prices | None = None) -> tuple[Column, Column]:
    """What KAITO will do, and what vLLM will then probably have."""
    estimate = one.sizing.estimate
    return (
        Column(f"What KAITO {estimate.kaito} will do", (*_kaito(one), *_cost(one, prices))),
        Column(_heading(one.sizing.memory), tuple(_vllm(one))),
    )


def choice(one: Planned, prices: Prices | None = None) -> Column | None:
    """The instance types on which it would run, and why the others fall out; None where nobody asked."""
    found = one.choice
    if found is None:
        return None
    order = "the cheapest first" if prices is not None else "the fewest GPUs first"
    lines = [Line("unknown", found.unknown)] if found.unknown else []
    for number, offer in enumerate(found.offers):
        lines.append(Line(_rank(number), _offer(offer, one, prices)))
    lines += [Line("falls out", f"{out.sku.name}: {out.why}") for out in found.excluded]
    return Column(f"Instance types that would do, {order}", tuple(lines))


def _rank(number: int) -> str:
    return ("best", "runner-up")[number] if number < 2 else f"{number + 1}."


def _offer(offer: Offer, one: Planned, prices: Prices | None) -> str:
    said = f"{offer.sku.name}: {number_of(offer.nodes, 'node')}, {number_of(offer.gpus, 'GPU')}"
    said += f", about {wording.count(offer.memory.context.likely)} tokens in one request"
    if offer.memory.verdict != "fits":
        said += f" ({offer.memory.verdict})"
    if prices is not None:
        said += ", no price" if offer.cost is None else f", {wording.price(offer.cost, prices)}"
    return f"{said}; this is what the intent says" if offer.sku.name == one.instance_type else said


def _cost(one: Planned, prices: Prices | None) -> Iterator[Line]:
    if prices is None:
        return
    if one.cost is not None:
        yield Line("costs", wording.price(one.cost, prices))
    elif one.spec.target.byo:
        yield Line("costs", "nothing more: the nodes are there already")
    else:
        yield Line("costs", "unknown, as the nodes are")


def place(one: Planned) -> str:
    """The instance type with its GPUs, or what takes its place."""
    node = one.sizing.estimate.node
    where = cut(one.instance_type) or one.spec.target.node_provisioner
    return (
        where if node is None else f"{where}, {node.gpus} x {node.card} {node.memory_per_gpu / 2**30:g} GiB"
    )


def _kaito(one: Planned) -> Iterator[Line]:
    estimate = one.sizing.estimate
    yield Line("runs", _runs(one))
    yield Line("nodes", _nodes(estimate), "" if estimate.certain else "assumed")
    yield from (Line("because", reason) for reason in estimate.reasons)
    if estimate.layout is not None:
        yield Line("layout", wording.layout(estimate.layout))
    if estimate.runtime == "vllm":
        yield Line("context", _context(estimate))
    if one.made:
        yield Line("makes", ", ".join(map(made, one.made)))
    yield from (Line("ignores", _unread(finding)) for finding in one.ignored)
    if one.command:
        yield Line(COMMAND, one.command)


def _runs(one: Planned) -> str:
    estimate = one.sizing.estimate
    if estimate.runtime == "template":
        return "a pod template of your own"
    model = one.sizing.model
    if estimate.runtime == "tuning":
        return f"{cut(text(part(one.workspace, 'tuning'), 'method'))} of {cut(model)}"
    return f"{cut(model)} on {_RUNTIMES[estimate.runtime]}"


def size(estimate: Estimate) -> str:
    """Nodes and GPUs, or why nobody knows them."""
    if estimate.nodes is None:
        return f"unknown: {estimate.unknown}"
    said = number_of(estimate.nodes, "node")
    return said if estimate.gpus is None else f"{said}, {number_of(estimate.gpus, 'GPU')}"


def _nodes(estimate: Estimate) -> str:
    said = size(estimate)
    if estimate.nodes is not None and estimate.requested not in (None, estimate.nodes):
        said += f", though count asks for {estimate.requested}"
    return said


def _context(estimate: Estimate) -> str:
    context = estimate.context
    said = f"counts with {wording.count(context.tokens)} tokens: {context.source}"
    if context.served == "computed":
        return f"{said}; KAITO computes max-model-len from the memory that is free"
    return f"{said}; vLLM gets max-model-len {context.served}" if context.served else said


def made(one: Made) -> str:
    """Objects that KAITO makes."""
    return f"{one.kind} {one.name} ({one.note})" if one.note else f"{one.kind} {one.name}"


def _unread(finding: Diagnostic) -> str:
    return f"{finding.message} ({finding.code})"


def _heading(memory: Memory | None) -> str:
    if memory is None:
        return "What vLLM will then probably have"
    return f"What vLLM {memory.vllm} will then probably have, on each GPU"


def _vllm(one: Planned) -> Iterator[Line]:
    memory = one.sizing.memory
    if memory is None:
        yield Line("unknown", one.sizing.missing)
        return
    for name, term in (("memory", memory.gpu), *((term.name, term) for term in memory.terms)):
        yield Line(name, wording.gib(term.likely), wording.trust(term), term.source)
    trust = memory.pool.label
    # A length that holds at the worst and at the best is what the model or the setting says, and nothing is assumed.
    certain = memory.context.low == memory.context.high
    yield Line("tokens", f"{wording.span(memory.tokens)} of KV cache", trust)
    yield Line(
        "context", f"{wording.span(memory.context, 'tokens')} in one request", "exact" if certain else trust
    )
    yield Line("requests", f"{wording.span(memory.requests)} of that length at once", trust)
    yield Line("verdict", wording.verdict(memory))
    if one.sizing.recommendation is not None:
        yield Line("best lever", f"{one.sizing.recommendation.change}: {one.sizing.recommendation.effect}")
