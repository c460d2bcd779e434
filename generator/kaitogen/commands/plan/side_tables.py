"""The tables beside a plan: models outside the catalogue, prices, and the budget that it is held against."""

from typing import NamedTuple

from kaitogen.commands.plan.types import Planned
from kaitogen.kaito.sizing.costs import Budget, Prices, over
from kaitogen.kaito.sizing.model_spec import Configs
from kaitogen.model import Diagnostic, Document


class Tables(NamedTuple):
    """What the files say; what was not given, or cannot be used, is None. `findings` say what is wrong with them."""

    configs: Configs
    prices: Prices | None
    budget: Budget | None
    limits: Document | None
    findings: tuple[Diagnostic, ...]


def read(configs: tuple[str, ...], price: str | None, budget: str | None) -> Tables:
    """The tables of these files."""
    if not configs and price is None and budget is None:
        return Tables({}, None, None, None, ())
    from kaitogen.commands.plan.tables import model_config, money  # most plans have no tables

    known, findings = model_config.read_configs(configs)
    prices = limit = document = None
    if price is not None:
        prices, found = money.read_prices(price)
        findings += found
    if budget is not None:
        limit, document, found = money.read_budget(budget)
        findings += found
    return Tables(known, prices, limit, document, tuple(findings))


def exceeded(tables: Tables, planned: tuple[Planned, ...]) -> list[Diagnostic]:
    """Where the Workspaces take more than the budget allows, at the budget's own lines."""
    if tables.budget is None or tables.limits is None:
        return []
    from kaitogen.commands.plan.tables.reading import at  # most plans have no budget

    bought = [one for one in planned if not one.spec.target.byo]
    known = [one.usage for one in bought if one.usage is not None]
    return at(tables.limits, over(tables.budget, known, tables.prices, len(bought) - len(known)))
