"""Price lists and budgets from their files."""

from collections.abc import Iterator
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Final

from kaitogen.commands.plan.tables.reading import at, read
from kaitogen.kaito.catalogue.skus import PROVIDERS, all_skus, near_sku
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.sizing.costs import Budget, Price, Prices
from kaitogen.model import Diagnostic, Document, Json, Rule

KG163 = Rule("KG163", "A price for an instance type that KAITO does not know", kind="warning")
KG165 = Rule("KG165", "A budget for an instance type that KAITO does not know", kind="warning")


#: Characters that make a name of the budget a pattern.
_PATTERN: Final = frozenset("*?[")


def read_prices(path: str) -> tuple[Prices | None, list[Diagnostic]]:
    """The price list of a file, and what is wrong with it; None where it cannot be used."""
    document, findings = read(path, "prices")
    if document is None:
        return None, findings
    value = document.value
    by_type = {name: _price(entry) for name, entry in value["prices"].items()}
    unknown = [problem for name in by_type for problem in _unknown(name, "prices", KG163)]
    return Prices(value["currency"], value.get("source", ""), by_type), at(document, unknown)


def _price(entry: Json) -> Price:
    spot = entry.get("spot")
    return Price(_money(entry["hour"]), None if spot is None else _money(spot))


def _money(number: float) -> Decimal:
    return Decimal(str(number))


def read_budget(path: str) -> tuple[Budget | None, Document | None, list[Diagnostic]]:
    """The budget of a file with its document, at whose lines it is exceeded, and what is wrong with it."""
    document, findings = read(path, "budget")
    if document is None:
        return None, None, findings
    value = document.value
    limits, money = value.get("gpus", {}), value.get("cost", {})
    hour, month = (None if word not in money else _money(money[word]) for word in ("hour", "month"))
    unknown = [problem for name in limits for problem in _unknown(name, "gpus", KG165)]
    budget = Budget(value.get("nodes"), limits, money.get("currency", ""), hour, month)
    return budget, document, at(document, unknown)


def _unknown(name: str, field: str, rule: Rule) -> Iterator[Diagnostic]:
    """A name that stands for no instance type of any cloud does nothing, without a word."""
    names = [sku.name for provider in PROVIDERS for sku in all_skus(provider)]
    if any(fnmatchcase(one, name) for one in names) if _PATTERN.intersection(name) else name in names:
        return
    near = next((sku.name for provider in PROVIDERS if (sku := near_sku(provider, name))), None)
    what = "matches no instance type" if _PATTERN.intersection(name) else "is no instance type"
    message = f"{cut(name)} {what} in KAITO's tables, so it is never used"
    advice = f"write {near}" if near else "kaitogen skus lists them"
    yield rule.at(
        (field, name), message, fix=advice, found=cut(name), expected=near or "", severity="warning"
    )
