"""From the result of a run to the plan of it: each Workspace sized, with its findings."""

from collections import defaultdict
from itertools import groupby

from kaitogen.commands.plan.types import Plan, PlannedWorkspace
from kaitogen.diagnostics.placing import in_file_order
from kaitogen.diagnostics.suppression import settled
from kaitogen.kaito.objects import (
    TEMPLATE,
    ConfigMaps,
    config_maps_of,
    is_replica,
    is_workspace,
    number,
    part,
    serves,
    text,
    to_intent_path,
)
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.inference_set import replica_of
from kaitogen.kaito.sizing.costs import Prices, cost
from kaitogen.kaito.sizing.instance_types import choose
from kaitogen.kaito.sizing.model_spec import Configs
from kaitogen.kaito.sizing.node_estimator import node_from_labels
from kaitogen.kaito.sizing.size import sized
from kaitogen.kaito.sizing.types import Memory, Node
from kaitogen.kaito.versions import REPLICAS_DEFAULTED
from kaitogen.model import (
    Diagnostic,
    Json,
    Manifest,
    Path,
    Placement,
    Request,
    Result,
    Spec,
    Target,
    UserObject,
)
from kaitogen.nodes.inventory import Inventory, read
from kaitogen.nodes.selectors import equal, matches
from kaitogen.pipeline import strategies
from kaitogen.pipeline.check import conforms
from kaitogen.pipeline.classify import SCALED_OBJECT
from kaitogen.pipeline.finished_sets import autoscaled
from kaitogen.pipeline.load import load_inventory
from kaitogen.pipeline.replicas import range_of
from kaitogen.typed import Callable, Iterable, Iterator, NamedTuple, Sequence


class PlanOptions(NamedTuple):
    """What a plan goes by besides the intents: models outside the catalogue, facts about nodes that a user brings, and prices.

    `choosing` asks for the instance types that would do, `objects_target` is that of finished objects (None: there are
    none). `progress` is called with how many of all intents are done.
    """

    configs: Configs | None = None
    facts: Inventory | None = None
    prices: Prices | None = None
    choosing: bool = False
    objects_target: Target | None = None
    progress: Callable[[int, int], None] = lambda _done, _all: None


def build_plan(result: Result, options: PlanOptions) -> Plan:
    """The plan of a run's Workspaces in their order."""
    config_maps = config_maps_of(data for _, data in (*result.manifests, *result.objects))
    groups = [tuple(group) for _, group in groupby(result.manifests, key=lambda one: id(one.spec))]
    of_intents = len(groups)
    if options.objects_target is not None and result.objects:
        groups += [(one,) for one in _finished(result, options.objects_target)]
    planner = _Planner(config_maps, options, [one for one in result.objects if _scales(one)])
    planned: list[PlannedWorkspace] = []
    for done, manifests in enumerate(groups):
        options.progress(done, len(groups))
        planned += [
            planner.planned(manifest, manifests, finished=done >= of_intents)
            for manifest in manifests
            if serves(manifest.data)
        ]
    workspaces, findings = _with_findings(planned, result)
    takes, fewest = ([one.takes for one in workspaces], [one.fewest_take for one in workspaces])
    return Plan(
        workspaces=tuple(workspaces),
        findings=tuple(findings),
        nodes=sum(one.nodes or 0 for one in takes),
        gpus=sum(one.gpus or 0 for one in takes),
        fewest_nodes=sum(one.nodes or 0 for one in fewest),
        fewest_gpus=sum(one.gpus or 0 for one in fewest),
        unknown=sum(one.gpus is None for one in takes),
        prices=options.prices,
        cost=options.prices and cost(options.prices, [one.usage for one in planned if one.usage is not None]),
    )


def _scales(one: UserObject) -> bool:
    return bool(one.data["kind"] == SCALED_OBJECT)


def _finished(result: Result, target: Target) -> Iterator[Manifest]:
    """Each finished Workspace and set that is as its schema says, with what an intent would say of it.

    Workspaces that are the replicas of a set are left to it.
    """
    for one in result.objects:
        data = one.data
        if serves(data) and not is_replica(data) and conforms(data, target):
            yield Manifest(_spec_of(one, target), data)


def _spec_of(one: UserObject, target: Target) -> Spec:
    origin, data = one
    metadata = part(data, "metadata")
    workspace = data if is_workspace(data) else replica_of(data)
    resource = part(workspace, "resource")
    placement = Placement(
        node_count=number(resource, "count"),
        instance_type=text(resource, "instanceType") or None,
        label_selector=resource.get("labelSelector"),
    )
    return Spec(
        origin=origin,
        name=text(metadata, "name"),
        namespace=text(metadata, "namespace") or None,
        labels=part(metadata, "labels"),
        annotations=part(metadata, "annotations"),
        target=target,
        placement=placement,
        inference=workspace.get("inference"),
        tuning=workspace.get("tuning"),
    )


class _Planner:
    """Makes the Workspaces of one plan. Equal memories are one: they are half of a plan, and few Workspaces have their own."""

    def __init__(
        self, config_maps: ConfigMaps, options: PlanOptions, scaled_objects: Sequence[UserObject]
    ) -> None:
        self._config_maps = config_maps
        self._scaled_objects = scaled_objects
        self._options = options
        self._memories: dict[Memory | None, Memory | None] = {}

    def planned(
        self, manifest: Manifest, manifests: tuple[Manifest, ...], *, finished: bool
    ) -> PlannedWorkspace:
        """One Workspace with its size, and what an option asks for."""
        spec, workspace = manifest
        options = self._options
        is_set, fewest, replicas = not is_workspace(workspace), 1, 1
        if is_set:
            filled_in = int(spec.target.has(REPLICAS_DEFAULTED))
            said = (autoscaled(workspace, self._scaled_objects) if finished else None) or range_of(
                spec, workspace
            )
            fewest, replicas = (filled_in if one is None else one for one in said)
            workspace = replica_of(workspace, spec.placement.nodes or ())
        node = None if options.facts is None else _node(options.facts, spec, workspace)
        ctx = RuleContext(workspace, spec.target, config_maps=self._config_maps)
        sizing = sized(ctx, options.configs, node)
        sizing = sizing._replace(memory=self._memories.setdefault(sizing.memory, sizing.memory))
        choice = None
        if options.choosing:
            choice = choose(workspace, spec.target, self._config_maps, options.configs, options.prices)
        planned = PlannedWorkspace(
            spec=spec,
            ctx=ctx,
            # A replica of a set whose name is wrong has another one.
            name=text(part(manifest.data, "metadata"), "name"),
            namespace=text(ctx.metadata, "namespace"),
            instance_type=text(ctx.resource, "instanceType"),
            manifests=manifests,
            strategy=strategies.strategy_of(spec.placement),
            sizing=sizing,
            choice=choice,
            finished=finished,
            is_set=is_set,
            replicas=replicas,
            fewest=fewest,
        )
        if options.prices is not None and planned.usage is not None:
            planned = planned._replace(cost=cost(options.prices, [planned.usage]))
        return planned


def _with_findings(
    planned: Sequence[PlannedWorkspace], result: Result
) -> tuple[list[PlannedWorkspace], list[Diagnostic]]:
    """Each Workspace with the findings about it, those about its size included; and all findings of the run."""
    kept, _, about = settled(
        (
            problem._replace(path=_path(one, problem.path)).of(one.spec.origin)
            for one in planned
            for problem in one.sizing.warnings
        ),
        [one.spec.origin for one in planned],
    )
    findings = in_file_order(dict.fromkeys((*result.findings, *kept)), result.files)
    by_line = {
        key: tuple(sorted(group, key=lambda one: (one.line, one.column, one.code)))
        for key, group in by_origin((*result.about, *about), set(findings)).items()
    }
    own = [(one, by_line.get(id(one.spec.origin))) for one in planned]
    return [one._replace(findings=found) if found else one for one, found in own], findings


def _path(planned: PlannedWorkspace, path: Path) -> Path:
    """Where a field of the Workspace, or of the replica of a set, is written: in the intent, or in the finished object."""
    if not planned.finished:
        return to_intent_path(planned.spec, path)
    if is_workspace(planned.manifests[0].data):
        return path
    if path[:2] == ("resource", "labelSelector"):
        return ("spec", *path[1:])
    return path if path[:1] == ("metadata",) else (*TEMPLATE, *path)


def by_origin(about: Iterable[Diagnostic], kept: set[Diagnostic]) -> dict[int, dict[Diagnostic, None]]:
    """The findings that are not suppressed by the identity of the origin that they are about."""
    found: defaultdict[int, dict[Diagnostic, None]] = defaultdict(dict)
    for one in about:
        finding = one._replace(origin=None)
        if finding in kept:
            found[id(one.origin)][finding] = None
    return found


def inventory_of(request: Request) -> Inventory | None:
    """The facts about nodes of a request; what is wrong with them is for the run itself to report, which reads them first."""
    return read(load_inventory(request).documents)[0].inventory if request.inventory else None


def _node(facts: Inventory, spec: Spec, workspace: Json) -> Node | None:
    """KAITO asks the first Ready node that the selector matches; named nodes have its label once the plan is done."""
    if not spec.target.byo:
        return None
    names = spec.placement.nodes
    if names is None:
        selector = equal(part(part(part(workspace, "resource"), "labelSelector"), "matchLabels"))
        nodes = [node for node in facts.nodes.values() if matches(selector, node.labels)]
    else:
        nodes = [facts.nodes[name] for name in names if name in facts.nodes]
    first = next((node for node in nodes if node.ready), None)
    return None if first is None else node_from_labels(first.labels)
