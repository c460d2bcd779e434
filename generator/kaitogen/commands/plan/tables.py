"""The tables beside a plan: models outside the catalogue, prices, and the budget that it is held against."""

from decimal import Decimal
from fnmatch import fnmatchcase

from kaitogen.commands.plan.model_config import read_configs
from kaitogen.commands.plan.types import PlannedWorkspace
from kaitogen.kaito.catalogue.skus import all_skus, near_sku
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.sizing.costs import Budget, Price, Prices, over
from kaitogen.kaito.sizing.model_spec import Configs
from kaitogen.model import PROVIDERS, Diagnostic, Document, Request, Rule
from kaitogen.pipeline.load import bound, load_file
from kaitogen.pipeline.project import placed, project_of, wrong_in
from kaitogen.typed import Final, Iterable, Iterator, NamedTuple

KG163 = Rule("KG163", "A price for an instance type that KAITO does not know", kind="warning")
KG164 = Rule("KG164", "A table is one document", kind="invalid")
KG165 = Rule("KG165", "A budget for an instance type that KAITO does not know", kind="warning")

#: Characters that make a name of the budget a pattern.
_PATTERN: Final = frozenset("*?[")


class Tables(NamedTuple):
    """What the files hold; what was not given, or cannot be used, is None. `findings` say what is wrong with them.

    `budget_document` is what the budget was read from, at whose lines it is exceeded.
    """

    configs: Configs
    prices: Prices | None = None
    budget: Budget | None = None
    budget_document: Document | None = None
    findings: tuple[Diagnostic, ...] = ()


def read_tables(request: Request, configs: tuple[str, ...], price: str | None, budget: str | None) -> Tables:
    """The tables of these files; where None is named, of those that the project names."""
    if request.project is not None:
        project = project_of(request.project)
        price = project.prices if price is None else price
        budget = project.budget if budget is None else budget
    known, findings = read_configs(configs)
    prices, wrong = (None, []) if price is None else read_prices(price, bound(price, request))
    limits, document, more = (
        (None, None, []) if budget is None else read_budget(budget, bound(budget, request))
    )
    return Tables(
        configs=known,
        prices=prices,
        budget=limits,
        budget_document=document,
        findings=(*findings, *wrong, *more),
    )


def exceeded(tables: Tables, workspaces: Iterable[PlannedWorkspace]) -> list[Diagnostic]:
    """Where the Workspaces take more than the budget allows, at the budget's own lines."""
    if tables.budget is None or tables.budget_document is None:
        return []
    bought = [one for one in workspaces if not one.spec.target.byo]
    usages = [one.usage for one in bought if one.usage is not None]
    problems = over(tables.budget, usages, tables.prices, len(bought) - len(usages))
    return placed(tables.budget_document, problems)


def read_prices(path: str, within: str | None = None) -> tuple[Prices | None, list[Diagnostic]]:
    """The price list of a file, and what is wrong with it; None where it cannot be used."""
    document, findings = _read(path, "prices", within)
    if document is None:
        return None, findings
    value = document.value
    by_type = {
        name: Price(_money(entry["hour"]), _money(entry["spot"]) if "spot" in entry else None)
        for name, entry in value["prices"].items()
    }
    unknown = [problem for name in by_type for problem in _unknown(name, "prices", KG163)]
    prices = Prices(value["currency"], value.get("source", ""), by_type)
    return prices, placed(document, unknown)


def _money(number: float) -> Decimal:
    return Decimal(str(number))


def read_budget(
    path: str, within: str | None = None
) -> tuple[Budget | None, Document | None, list[Diagnostic]]:
    """The budget of a file with its document, and what is wrong with it; None where it cannot be used."""
    document, findings = _read(path, "budget", within)
    if document is None:
        return None, None, findings
    value = document.value
    limits, money = value.get("gpus", {}), value.get("cost", {})
    hour, month = (_money(money[key]) if key in money else None for key in ("hour", "month"))
    unknown = [problem for name in limits for problem in _unknown(name, "gpus", KG165)]
    currency = money.get("currency", "")
    budget = Budget(nodes=value.get("nodes"), gpus=limits, currency=currency, hour=hour, month=month)
    return budget, document, placed(document, unknown)


def _read(path: str, kind: str, within: str | None) -> tuple[Document | None, list[Diagnostic]]:
    """The one document of a file, which must fit the schema of that name; None where it does not."""
    loaded = load_file(path, within)
    fix = f"kaitogen schema {kind} prints its schema"
    findings = loaded.findings or wrong_in(loaded, kind, KG164, fix)
    return (None if findings else loaded.documents[0]), findings


def _unknown(name: str, field: str, rule: Rule) -> Iterator[Diagnostic]:
    """A name that stands for no instance type of any cloud does nothing, without a word."""
    pattern = _PATTERN.intersection(name)
    names = [sku.name for provider in PROVIDERS for sku in all_skus(provider)]
    if any(fnmatchcase(one, name) for one in names) if pattern else name in names:
        return
    near = next((sku.name for provider in PROVIDERS if (sku := near_sku(provider, name))), "")
    what = "matches no instance type" if pattern else "is no instance type"
    message = f"{cut(name)} {what} in KAITO's tables, so it is never used"
    advice = f"write {near}" if near else "kaitogen skus lists them"
    yield rule.at((field, name), message, fix=advice, found=cut(name), expected=near)
