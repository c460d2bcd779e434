"""The Workspaces and sets that a status is about, and from what a source holds the status of each."""

import json
from dataclasses import dataclass, replace
from shlex import quote

from kaitogen.commands.diff.baseline import DEFAULT_NAMESPACE, items_in
from kaitogen.commands.import_.reading import target_of
from kaitogen.commands.plan.build import PlanOptions, build_plan
from kaitogen.commands.plan.types import PlannedWorkspace
from kaitogen.commands.status import judging, types
from kaitogen.commands.status.sources import Source
from kaitogen.kaito import health
from kaitogen.kaito.health import Health
from kaitogen.kaito.objects import CREATED_BY, is_replica, part, place_of, value_at
from kaitogen.kaito.server_fields import declared
from kaitogen.kaito.updates.compare import compare
from kaitogen.kaito.updates.model import Item, ObjectChange, items_of, settings_name
from kaitogen.model import Diagnostic, Document, Json, Origin, Path, Result, TargetOverrides, UserObject
from kaitogen.pipeline.companions import intent_name, kind_of
from kaitogen.typed import Final, Iterable, Iterator, Mapping, Sequence, TypeAlias

_PEAK: Final[Path] = ("status", "performance", "metrics", "peakTokensPerMinute")
_PORT: Final = 8080

#: Changes by the namespace that an object is looked for in, and its own identity.
_Drift: TypeAlias = dict[tuple[str, tuple[str, str, str, str]], ObjectChange]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """One Workspace or set with `others`, what goes with it, as written; or as found in the cluster, where nothing is written.

    `planned` is None where it cannot be planned.
    """

    item: Item
    others: tuple[Item, ...] = ()
    planned: PlannedWorkspace | None = None
    written: bool = True

    @property
    def kind(self) -> str:
        """Workspace or InferenceSet."""
        return self.item.identity[1]

    @property
    def name(self) -> str:
        """Its name."""
        return self.item.identity[3]

    def namespace(self, source: Source, given: str | None) -> str:
        """Where it is looked for: its own namespace, else the one that is given, else where the source alone has one of its name."""
        own = self.item.identity[2] or given
        if own:
            return own
        if source.is_whole:
            return DEFAULT_NAMESPACE
        places = map(place_of, source.of_kaito(self.kind))
        found = {namespace for namespace, name in places if name == self.name}
        return found.pop() if len(found) == 1 else DEFAULT_NAMESPACE


def units_of(result: Result, options: PlanOptions) -> tuple[list[Unit], list[Diagnostic]]:
    """What the files of a run hold, in their order, and what keeps an object from being looked for."""
    target = options.objects_target
    assert target is not None, "a status takes finished objects"
    items, unnamed = items_of(result, target)
    planned = {one.identity: one for one in build_plan(result, options).workspaces}
    units: list[Unit] = []
    taken: set[int] = set()
    for item in items:
        if not item.serves or is_replica(item.data):
            continue
        if item.spec is None:
            others = tuple(_beside(item, items))
        else:
            whole = id(item.spec) not in taken
            others = tuple(one for one in items if whole and one.spec is item.spec and not one.serves)
            taken.add(id(item.spec))
        units.append(Unit(item=item, others=others, planned=planned.get(item.identity)))
    return units, unnamed


def units_in(source: Source, namespace: str | None, overrides: TargetOverrides) -> Iterator[Unit]:
    """All that a source has, sets first; a Workspace that is a replica of one of them is told with it."""
    sets = source.of_kaito("InferenceSet", namespace)
    owners = set(map(place_of, sets))
    for data in (*sets, *source.of_kaito("Workspace", namespace)):
        owner = part(data["metadata"], "labels").get(CREATED_BY)
        if data["kind"] == "Workspace" and (place_of(data)[0], owner) in owners:
            continue
        target, _ = target_of(data, overrides)
        own = declared(data)
        origin = Origin(Document(source.name, value=own, inline=True))
        result = Result(manifests=(), findings=(), objects=(UserObject(origin, own),))
        plan = build_plan(result, PlanOptions(objects_target=target))
        planned = next(iter(plan.workspaces), None)
        yield Unit(item=Item(own, target, origin), planned=planned, written=False)


def _beside(item: Item, items: Iterable[Item]) -> Iterator[Item]:
    """Of finished objects those that go with one: the ConfigMap that it names, and what kaitogen wrote in its name."""
    settings = settings_name(item.data)
    for one in items:
        if one.identity[2] != item.identity[2] or one.serves:
            continue
        own = kind_of(one.data) is not None and intent_name(one.data) == item.identity[3]
        if own or (one.is_config_map and one.identity[3] == settings):
            yield one


def status_of(units: Iterable[Unit], source: Source, namespace: str | None) -> types.Status:
    """The status of all of them, in their order."""
    placed = [(unit, unit.namespace(source, namespace)) for unit in units]
    there = [one for one in placed if one[0].written and one[0].name in source.by_name(one[0].kind, one[1])]
    drift = _drift(there, source)
    return types.Status(source.name, [_running(unit, source, space, drift) for unit, space in placed])


def _running(unit: Unit, source: Source, namespace: str, drift: _Drift) -> types.Running:
    missing = types.Running(
        kind=unit.kind,
        namespace=namespace,
        name=unit.name,
        file=unit.item.origin.document.file if unit.written else "",
        health=Health("Missing", f"it is not in {source.name}"),
        fix="apply it, or let Argo CD sync it",
        planned=_planned(unit),
        drift=(),
    )
    data = source.by_name(unit.kind, namespace).get(unit.name)
    if data is None:
        return missing
    workspaces: Sequence[Json] | None = [data]
    if unit.kind == "InferenceSet":  # of which a dump without Workspaces does not say what became
        workspaces = source.replicas(namespace).get(unit.name, []) if source.holds("Workspace") else None
    each = None if workspaces is None else [judging.replica(one, source) for one in workspaces]
    found = each[0].health if unit.kind == "Workspace" and each else judging.of_set(data, each)
    worst = _worst(data, workspaces or [], each or [], found)
    return replace(
        missing,
        health=found,
        fix=judging.fix_of(worst, found, source),
        replicas=_replicas(data, found, each),
        nodes=_nodes(each),
        endpoint=_endpoint(unit, namespace, each or ()),
        measured=_measured(workspaces or []),
        drift=_of_unit(unit, namespace, drift) if unit.written else None,
        each=tuple(each or ()) if unit.kind == "InferenceSet" else (),
    )


def _worst(data: Json, workspaces: Sequence[Json], each: Sequence[types.Replica], found: Health) -> Json:
    """The object that the words are about: the set itself, or the replica that they name."""
    pairs = zip(workspaces, each, strict=True)
    return next((one for one, replica in pairs if f"; {replica.name}: " in found.message), data)


def _replicas(data: Json, found: Health, each: Sequence[types.Replica] | None) -> types.Replicas | None:
    if data["kind"] == "Workspace":
        return None if data.get("tuning") is not None else types.Replicas(1, int(found.state == "Healthy"))
    desired, said = health.replicas(data)
    return types.Replicas(
        desired, said if each is None else sum(one.health.state == "Healthy" for one in each)
    )


def _nodes(each: Sequence[types.Replica] | None) -> types.Nodes | None:
    """The nodes of all replicas together; under byo several may count the same ones."""
    if not each:
        return None
    desired = [one.nodes.desired for one in each]
    ready = [one.nodes.ready for one in each]
    names = dict.fromkeys(name for one in each for name in one.nodes.names)
    return types.Nodes(_sum(desired), _sum(ready), tuple(names))


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [one for one in numbers if one is not None]
    return sum(known) if len(known) == len(numbers) else None


def _drift(placed: Sequence[tuple[Unit, str]], source: Source) -> _Drift:
    """What applying the files would change, by namespace and identity; of what a dump has no object of its kind nothing is known."""
    items: dict[str, list[Item]] = {}
    for unit, namespace in placed:
        items.setdefault(namespace, []).extend((unit.item, *unit.others))
    return {
        (namespace, change.item.identity): change
        for namespace, new in items.items()
        for change in compare(items_in(source, source.name, new, namespace), new).objects
        if change.before is not None or source.holds(change.item.identity[1])
    }


def _of_unit(unit: Unit, namespace: str, drift: _Drift) -> tuple[ObjectChange, ...]:
    keys = [(namespace, item.identity) for item in (unit.item, *unit.others)]
    return tuple(drift[key] for key in keys if key in drift)


def _planned(unit: Unit) -> types.Planned | None:
    planned = unit.planned
    if planned is None:
        return None
    memory, estimate = planned.sizing.memory, planned.sizing.estimate
    requests = None if memory is None else memory.requests
    if requests is not None:
        number = planned.replicas
        requests = requests.each(lambda one: one * number)
    return types.Planned(*planned.takes, estimate.context.tokens, requests)


def _measured(workspaces: Sequence[Json]) -> types.Measured | None:
    """What KAITO's benchmark wrote, of all replicas that have it."""
    peaks = [peak for one in workspaces if isinstance(peak := value_at(one, _PEAK), dict)]
    values = [value for peak in peaks if (value := _number(peak.get("value"))) is not None]
    if not values:
        return None
    settings = part(peaks[0], "config")
    return types.Measured(sum(values), len(values), {key: str(text) for key, text in settings.items()})


def _number(value: Json) -> float | None:
    """KAITO writes numbers as texts."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number < 1e15 else None


def _endpoint(unit: Unit, namespace: str, each: Sequence[types.Replica]) -> types.Endpoint | None:
    """Where the model answers: at the Gateway, at the Service of the set, or at that of a Workspace, which KAITO makes."""
    if value_at(unit.item.data, ("tuning",)) is not None:
        return None
    # Empty for a pod template, which alone knows, and for what cannot be planned.
    model = unit.planned.model[0] if unit.planned else ""
    for item in unit.others:
        if item.data["kind"] == "HTTPRoute" and (host := _host(item.data)):
            return types.Endpoint(host, model, "", _curl(host, model))
    service = unit.name
    own = any(item.data["kind"] == "Service" for item in unit.others)
    if unit.kind == "InferenceSet" and not own:
        serving = [one.name for one in each if one.health.state == "Healthy"] or [one.name for one in each]
        if not serving:
            return None
        service = serving[0]
    forward = f"kubectl -n {quote(namespace)} port-forward {quote(f'service/{service}')} {_PORT}:80"
    url = f"http://{service}.{namespace}"
    return types.Endpoint(url, model, forward, _curl(f"http://localhost:{_PORT}", model))


def _host(route: Json) -> str:
    hosts = value_at(route, ("spec", "hostnames"))
    if not isinstance(hosts, list) or not hosts:
        return ""
    path = value_at(route, ("spec", "rules", 0, "matches", 0, "path", "value"))
    return f"http://{hosts[0]}{path if path not in (None, '/') else ''}"


def _curl(url: str, model: str) -> str:
    """A command to copy into a shell, whatever a cluster calls its models and hosts."""
    if not model:
        return f"curl {quote(f'{url}/')}"
    asked: Mapping[str, Json] = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
    sent = f"-H 'Content-Type: application/json' -d {quote(json.dumps(asked))}"
    return f"curl {quote(f'{url}/v1/chat/completions')} {sent}"
