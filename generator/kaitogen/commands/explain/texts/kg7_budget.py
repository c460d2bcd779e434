"""Explanations of KG720 to KG724: the plan held against a budget."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import HEAD, INTENT_FILE, RIGHT, Example, Explanation

_PRICES: Final = (
    "apiVersion: kaitogen.io/v1alpha1\nkind: PriceList\ncurrency: EUR\n"
    "prices:\n  Standard_NC24ads_A100_v4: {hour: 3.67}\n"
)
_UNKNOWN: Final = (
    HEAD + "  placement: {instanceType: Standard_NC24ads_A100_v4}\n" + "  inference: {model: acme/llm-7b}\n"
)


def _held(limits: str, *, priced: bool = False, intent: str = RIGHT, beside: tuple[str, ...] = ()) -> Example:
    budget = f"apiVersion: kaitogen.io/v1alpha1\nkind: Budget\n{limits}"
    files = {INTENT_FILE: intent, "budget.yaml": budget}
    if priced:
        files["prices.yaml"] = _PRICES
    price = "--price prices.yaml " if priced else ""
    return Example(files, f"kaitogen plan {price}--budget budget.yaml {INTENT_FILE}", beside=beside)


BUDGET: Final = (
    Explanation(
        "KG720",
        "invalid",
        "More nodes than the budget allows",
        "The nodes that KAITO will ask for, all Workspaces of the plan together, are more than the budget's nodes.",
        "Take fewer or larger nodes, or raise the budget.",
        _held("nodes: 0\n"),
        _held("nodes: 1\n"),
    ),
    Explanation(
        "KG721",
        "invalid",
        "More GPUs than the budget allows",
        "The GPUs of all nodes whose instance type the name stands for are more than the budget allows for it. A quota "
        "of a cloud counts in the same way.",
        "Take fewer or smaller nodes, or raise the budget.",
        _held('gpus: {"Standard_NC*ads_A100_v4": 0}\n'),
        _held('gpus: {"Standard_NC*ads_A100_v4": 1}\n'),
    ),
    Explanation(
        "KG722",
        "invalid",
        "The nodes cost more than the budget allows",
        "What all nodes cost together by the price list is more than the budget allows for an hour or a month of 730 "
        "hours. Spot prices are never taken for it, since KAITO asks for no spot nodes.",
        "Take fewer or cheaper nodes, or raise the budget.",
        _held("cost: {currency: EUR, month: 2000}\n", priced=True),
        _held("cost: {currency: EUR, month: 3000}\n", priced=True),
    ),
    Explanation(
        "KG723",
        "warning",
        "The cost cannot be held against the budget",
        "The budget limits the cost, and there is no price list, it lacks an instance type, or it is in another "
        "currency. kaitogen makes no price up and converts no money. Where the currencies differ it is an error.",
        "Give the prices with --price, for every instance type and in the budget's currency.",
        _held("cost: {currency: EUR, month: 3000}\n"),
        _held("cost: {currency: EUR, month: 3000}\n", priced=True),
    ),
    Explanation(
        "KG724",
        "warning",
        "The budget is held against a part of the Workspaces",
        "Nobody knows how many nodes some of the Workspaces take, so that they are not in the sum. The budget may be "
        "exceeded although nothing says so.",
        "See in the plan what is missing: a model's configuration, or the facts of nodes.",
        _held("nodes: 1\n", intent=_UNKNOWN, beside=("KG711",)),
        _held("nodes: 1\n"),
    ),
)
