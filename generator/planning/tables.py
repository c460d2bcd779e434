"""The tables beside a plan: models outside the catalogue, prices, and the budget that it is held against."""

from collections.abc import Iterable
from typing import NamedTuple

from generator.model import Document, Finding
from generator.planning.shapes import Planned
from generator.sizing.costs import Budget, Prices, Usage, over
from generator.sizing.subjects import Configs


class Tables(NamedTuple):
    """What the files say; what was not given, or cannot be used, is None. `findings` say what is wrong with them."""

    configs: Configs
    prices: Prices | None
    budget: Budget | None
    limits: Document | None
    findings: tuple[Finding, ...]


def read(configs: tuple[str, ...], price: str | None, budget: str | None) -> Tables:
    """The tables of these files."""
    if not configs and price is None and budget is None:
        return Tables({}, None, None, None, ())
    from generator.tables import model_config, money  # most plans have no tables

    known, findings = model_config.read_configs(configs)
    prices = limit = document = None
    if price is not None:
        prices, found = money.read_prices(price)
        findings += found
    if budget is not None:
        limit, document, found = money.read_budget(budget)
        findings += found
    return Tables(known, prices, limit, document, tuple(findings))


def usages(planned: Iterable[Planned]) -> list[Usage]:
    """What the Workspaces take, as far as it is known."""
    return [
        Usage(one.instance_type, one.nodes, one.sizing.estimate.node.gpus)
        for one in planned
        if one.nodes is not None and one.sizing.estimate.node is not None
    ]


def exceeded(tables: Tables, planned: tuple[Planned, ...]) -> list[Finding]:
    """Where the Workspaces take more than the budget allows, at the budget's own lines."""
    if tables.budget is None or tables.limits is None:
        return []
    from generator.tables.reading import at  # most plans have no budget

    known = usages(planned)
    return at(tables.limits, over(tables.budget, known, tables.prices, len(planned) - len(known)))
