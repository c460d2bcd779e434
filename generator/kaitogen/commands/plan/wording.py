"""Bytes, tokens, nodes, money and their ranges in words, the same in every format of a plan."""

from decimal import Decimal

from kaitogen.commands.plan.types import Change, Comparison, Plan
from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.sizing.costs import Cost, Prices
from kaitogen.kaito.sizing.types import Layout, Memory, Span, Term
from kaitogen.model import GIB


def gib(size: int) -> str:
    """Bytes in GiB, as precise as anyone can use."""
    amount = size / GIB
    return f"{amount:,.2f} GiB" if abs(amount) < 10 else f"{amount:,.1f} GiB"


def count(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}"


def trust(term: Term) -> str:
    """How far a figure can be trusted: its label, and its range where it has one."""
    if term.low == term.high:
        return term.label
    return f"{term.label}, {gib(term.low).removesuffix(' GiB')} to {gib(term.high)}"


def span(value: Span, noun: str = "") -> str:
    """A number with its range: `131,072 tokens (98,304 to 140,000)`."""
    words = f"{count(value.likely)} {noun}".rstrip()
    if value.high is None:
        return f"{words} (at least {count(value.low)})"
    return words if value.low == value.high else f"{words} ({count(value.low)} to {count(value.high)})"


def layout(value: Layout) -> str:
    """The three sizes, and what they come to."""
    return f"data {value.data} x tensor {value.tensor} x pipeline {value.pipeline}: {_meaning(value)}"


def _meaning(value: Layout) -> str:
    if value.data > 1:
        return f"{value.data} replicas of the model in one pod, each on {number_of(value.tensor, 'GPU')}"
    if value.pipeline > 1:
        return (
            f"one copy in {value.pipeline} stages over as many nodes, {number_of(value.tensor, 'GPU')} each"
        )
    return "the whole model on one GPU" if value.tensor == 1 else f"one copy over {value.tensor} GPUs"


def verdict(memory: Memory) -> str:
    """What the bill comes to, in a few words."""
    if memory.verdict == "fits":
        return "fits, with every figure at its worst"
    return "tight: it may not start" if memory.verdict == "tight" else "does not fit: vLLM will not start"


def money(amount: Decimal, prices: Prices) -> str:
    """An amount to the cent, with its currency."""
    return f"{amount:,.2f} {prices.currency}"


def price(cost: Cost, prices: Prices) -> str:
    """What nodes cost, for an hour and a month, and what has no price."""
    if cost.unpriced and not cost.hour:
        return f"unknown: no price for {', '.join(cost.unpriced)}"
    text = f"{money(cost.hour, prices)} an hour, {money(cost.month, prices)} a month"
    if cost.spot is not None and cost.hour:
        text += f"; {money(cost.spot, prices)} an hour at spot prices"
    return f"{text}; and {', '.join(cost.unpriced)}, which has no price" if cost.unpriced else text


def known(number: int | None) -> str:
    """A number, or that it is unknown."""
    return "unknown" if number is None else count(number)


def total(plan: Plan) -> str:
    """The plan in one sentence."""
    text = f"{number_of(len(plan.workspaces), 'Workspace')}: {number_of(plan.nodes, 'node')}, {number_of(plan.gpus, 'GPU')}"
    if plan.unknown:
        text += f", and {plan.unknown} of unknown size"
    if plan.cost is not None and plan.prices is not None:
        text += f"; {price(plan.cost, plan.prices)}"
    return text


def summary(against: Comparison) -> str:
    """How many Workspaces are new, changed, gone and the same."""
    counts = [f"{against.count(kind)} {kind}" for kind in ("new", "changed", "gone") if against.count(kind)]
    return ", ".join([*counts, f"{against.same} the same"])


def figures(before: Plan, after: Plan) -> str:
    """What two plans come to, and the difference."""
    parts = [f"nodes {moved(before.nodes, after.nodes)}", f"GPUs {moved(before.gpus, after.gpus)}"]
    if before.cost is not None and after.cost is not None and after.prices is not None:
        currency = after.prices.currency
        parts.append(f"{currency} an hour {paid(before.cost.hour, after.cost.hour)}")
        parts.append(f"{currency} a month {paid(before.cost.month, after.cost.month)}")
    return ", ".join(parts)


def change_figures(change: Change, prices: Prices | None) -> list[str]:
    """The nodes, GPUs and, where there are prices, money of a change, for the columns of a table."""
    figures = [moved(*change.nodes), moved(*change.gpus)]
    return figures if prices is None else [*figures, paid(*change.hours)]


def paid(before: Decimal | None, after: Decimal | None) -> str:
    """An amount that was and an amount that will be, where both are known."""
    old, new = ("unknown" if amount is None else f"{amount:,.2f}" for amount in (before, after))
    if old == new:
        return new
    change = "" if before is None or after is None else f" ({after - before:+,.2f})"
    return f"{old} -> {new}{change}"


def moved(before: int, after: int) -> str:
    """A number that was and a number that will be."""
    return count(after) if before == after else f"{count(before)} -> {count(after)} ({after - before:+,})"


def delta(change: Change, prices: Prices | None) -> str:
    """What a change costs in nodes, GPUs and, by the hour, money."""
    text = f"{_signed(*change.nodes, 'node')}, {_signed(*change.gpus, 'GPU')}"
    if prices is None:
        return text
    before, after = change.hours
    if before is None or after is None:
        return f"{text}, at an unknown price"
    return f"{text}, {after - before:+,.2f} {prices.currency} an hour"


def _signed(before: int, after: int, noun: str) -> str:
    number = after - before
    return f"{number:+,} {noun}" if abs(number) == 1 else f"{number:+,} {noun}s" if number else f"0 {noun}s"
