"""From what a run made to the plan of it: each Workspace sized, and its findings beside it."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from kaitogen.commands.plan.byo_nodes import Finder
from kaitogen.commands.plan.objects import made_for
from kaitogen.commands.plan.types import Fleet, Planned
from kaitogen.diagnostics.placing import each_once, in_file_order, place_by_document
from kaitogen.diagnostics.suppression import take_back
from kaitogen.kaito.objects import ConfigMaps, config_maps_of, to_intent_path
from kaitogen.kaito.rules.annotations import KG482, KG483, KG484
from kaitogen.kaito.rules.config import KG468, KG486, KG487
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.ignored import KG461, KG462, KG463, label_line
from kaitogen.kaito.rules.resource import KG474
from kaitogen.kaito.sizing.costs import Cost, Prices, cost
from kaitogen.kaito.sizing.instance_types import choose
from kaitogen.kaito.sizing.model_spec import Configs
from kaitogen.kaito.sizing.size import size
from kaitogen.model import Diagnostic, Document, Result
from kaitogen.pipeline import strategies
from kaitogen.pipeline.check import is_workspace

#: Findings about fields that the target's controller does not read.
_UNREAD: Final = frozenset((KG461, KG462, KG463, KG468, KG474, KG482, KG483, KG484, KG486, KG487))


class Beside(NamedTuple):
    """What is known beside the intents: models outside the catalogue, GPUs of nodes that a user brings, and prices.

    `choosing` asks for the instance types that would do. `told` hears how many Workspaces of how many are done.
    """

    configs: Configs | None = None
    find_node: Finder | None = None
    prices: Prices | None = None
    choosing: bool = False
    told: Callable[[int, int], None] = lambda _done, _all: None


def gather(result: Result, beside: Beside) -> Fleet:
    """The plan of a run's Workspaces in their order."""
    config_maps = config_maps_of(one.data for one in result.manifests)
    groups = [tuple(group) for _, group in groupby(result.manifests, key=lambda one: id(one.spec))]
    planned: list[Planned] = []
    for number, manifests in enumerate(groups):
        beside.told(number, len(groups))
        for spec, workspace in manifests:
            if not is_workspace(workspace):
                continue
            ctx = RuleContext(workspace, spec.target, config_maps=config_maps)
            node = None if beside.find_node is None else beside.find_node(spec, workspace)
            sizing = size(workspace, spec.target, config_maps, beside.configs, node)
            made = made_for(ctx, sizing.estimate)
            chosen, line = strategies.strategy_of(spec.placement), label_line(ctx)
            planned.append(Planned(spec, workspace, manifests, chosen, sizing, made, line, (), ()))
    return _with_findings(_with_money(planned, config_maps, beside), result)._replace(
        prices=beside.prices, cost=_cost(beside.prices, planned)
    )


def _with_money(planned: Iterable[Planned], config_maps: ConfigMaps, beside: Beside) -> list[Planned]:
    if beside.prices is not None:
        planned = [
            one._replace(cost=None if one.usage is None else _cost(beside.prices, [one])) for one in planned
        ]
    if beside.choosing:
        planned = [
            one._replace(
                choice=choose(one.workspace, one.spec.target, config_maps, beside.configs, beside.prices)
            )
            for one in planned
        ]
    return list(planned)


def _cost(prices: Prices | None, planned: Iterable[Planned]) -> Cost | None:
    return None if prices is None else cost(prices, (one.usage for one in planned if one.usage is not None))


def _with_findings(planned: Sequence[Planned], result: Result) -> Fleet:
    located = [
        problem._replace(path=to_intent_path(one.spec, problem.path)).of(one.spec.origin)
        for one in planned
        for problem in one.sizing.warnings
    ]
    placed = place_by_document(located)
    documents = documents_of(planned)
    more, _ = take_back(each_once(placed), documents)
    findings = in_file_order(dict.fromkeys((*result.findings, *more)), result.files)
    of = _by_origin((*result.about, *(one for group in placed for one in group)), set(findings))
    whole = tuple(_with_own(one, of.get(id(one.spec.origin), ())) for one in planned)
    attributed = {finding for one in whole for finding in one.findings}
    return Fleet(whole, tuple(findings), tuple(one for one in findings if one not in attributed))


def _by_origin(about: Iterable[Diagnostic], kept: set[Diagnostic]) -> dict[int, list[Diagnostic]]:
    """The findings that still hold by the identity of the origin that they are about."""
    found: dict[int, dict[Diagnostic, None]] = {}
    for one in about:
        finding = one._replace(origin=None)
        if finding in kept:
            found.setdefault(id(one.origin), {})[finding] = None
    return {key: list(findings) for key, findings in found.items()}


def _with_own(one: Planned, findings: Sequence[Diagnostic]) -> Planned:
    own = tuple(sorted(findings, key=lambda finding: (finding.line, finding.column, finding.code)))
    whole = one._replace(findings=own, ignored=tuple(finding for finding in own if finding.rule in _UNREAD))
    # What is refused, or never gets its nodes, makes nothing that anyone could count on.
    return whole._replace(made=()) if whole.fails else whole


def documents_of(planned: Iterable[Planned]) -> list[Document]:
    """The documents that the Workspaces come from, each once."""
    return list({id(one.spec.origin.document): one.spec.origin.document for one in planned}.values())
