"""What nodes cost by the user's own table, and what a budget allows. No price is ever made up."""

from decimal import Decimal
from fnmatch import fnmatchcase

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.rules.context import cut
from kaitogen.model import Diagnostic, Path, Rule
from kaitogen.typed import Final, Iterable, Iterator, Mapping, NamedTuple

KG720 = Rule("KG720", "More nodes than the budget allows", kind="invalid")
KG721 = Rule("KG721", "More GPUs than the budget allows", kind="invalid")
KG722 = Rule("KG722", "The nodes cost more than the budget allows", kind="invalid")
KG723 = Rule("KG723", "The cost cannot be held against the budget", kind="warning")
KG724 = Rule("KG724", "The budget is held against a part of the Workspaces", kind="warning")

#: Hours of a month, as clouds count them.
HOURS: Final = 730
_CENT: Final = Decimal("0.01")


class Price(NamedTuple):
    """One node for an hour; `spot` is None where the table gives none."""

    hour: Decimal
    spot: Decimal | None = None


class Prices(NamedTuple):
    """The user's table: prices by instance type, in one currency."""

    currency: str
    source: str
    by_type: Mapping[str, Price]


class Budget(NamedTuple):
    """Limits; what has none is None. `gpus` are by instance type or pattern, in the order of the file."""

    nodes: int | None
    gpus: Mapping[str, int]
    currency: str
    hour: Decimal | None
    month: Decimal | None


class Usage(NamedTuple):
    """What one Workspace takes: nodes of an instance type, each with so many GPUs; as `cheap` ones of spot capacity."""

    instance_type: str
    nodes: int
    gpus: int
    cheap: bool = False


class Cost(NamedTuple):
    """Money for an hour; `unpriced` are the instance types that the table lacks, which are not in it."""

    hour: Decimal
    spot: Decimal | None
    unpriced: tuple[str, ...]

    @property
    def month(self) -> Decimal:
        """The same for a month."""
        return (self.hour * HOURS).quantize(_CENT)


def cost(prices: Prices, usages: Iterable[Usage]) -> Cost:
    """What they cost together, spot capacity at its own price where there is one. `spot` is None where any has none."""
    hour, spot = Decimal(0), Decimal(0)
    all_spot = True
    unpriced: dict[str, None] = {}
    for usage in usages:
        price = prices.by_type.get(usage.instance_type)
        if price is None:
            unpriced[usage.instance_type] = None
            continue
        cheap = price.spot if usage.cheap else None
        hour += (price.hour if cheap is None else cheap) * usage.nodes
        if price.spot is None:
            all_spot = False
        else:
            spot += price.spot * usage.nodes
    return Cost(hour, spot if all_spot else None, tuple(unpriced))


def over(
    budget: Budget, usages: Iterable[Usage], prices: Prices | None, unknown: int = 0
) -> Iterator[Diagnostic]:
    """KG720 to KG724: where the Workspaces take more than the budget allows, at its own lines.

    `unknown` is the number of Workspaces of which nobody knows the nodes: the budget cannot hold for them.
    """
    known = list(usages)
    if unknown:
        message = f"{unknown} of the Workspaces {'has' if unknown == 1 else 'have'} no known number of nodes, so the budget is not held against them"
        yield KG724.at((), message, fix="see in the plan what is missing", found=str(unknown))
    nodes = sum(usage.nodes for usage in known)
    if budget.nodes is not None and nodes > budget.nodes:
        message = f"the Workspaces take {number_of(nodes, 'node')}, and the budget allows {budget.nodes}"
        yield _exceeded(KG720, ("nodes",), message, nodes, budget.nodes)
    for pattern, limit in budget.gpus.items():
        gpus = sum(usage.nodes * usage.gpus for usage in known if fnmatchcase(usage.instance_type, pattern))
        if gpus > limit:
            message = f"the Workspaces take {number_of(gpus, 'GPU')} of {cut(pattern)}, and the budget allows {limit}"
            yield _exceeded(KG721, ("gpus", pattern), message, gpus, limit)
    if budget.hour is not None or budget.month is not None:
        yield from _dear(budget, known, prices)


def _exceeded(rule: Rule, path: Path, message: str, found: object, expected: object) -> Diagnostic:
    fix = "take fewer or smaller nodes, or raise the budget"
    return rule.at(path, message, fix=fix, found=str(found), expected=str(expected))


def _dear(budget: Budget, usages: list[Usage], prices: Prices | None) -> Iterator[Diagnostic]:
    path: Path = ("cost",)
    if prices is None:
        message = "the budget limits the cost, and there are no prices to count it with"
        yield KG723.at(path, message, fix="add --price FILE")
        return
    if prices.currency != budget.currency:
        found, expected, path = budget.currency, prices.currency, (*path, "currency")
        message = f"the budget is in {found} and the prices are in {expected}"
        fix = "write both in one currency"
        yield KG723.at(path, message, fix=fix, found=found, expected=expected, severity="error")
        return
    total = cost(prices, usages)
    if total.unpriced:
        message = f"the price list has no {cut(', '.join(total.unpriced))}, so the cost is more than what is counted"
        yield KG723.at(path, message, fix="add the price of it")
    for word, limit, amount in (("hour", budget.hour, total.hour), ("month", budget.month, total.month)):
        if limit is not None and amount > limit:
            message = f"the nodes cost {amount.quantize(_CENT)} {prices.currency} a {word}, and the budget allows {limit}"
            yield _exceeded(KG722, (*path, word), message, amount.quantize(_CENT), limit)
