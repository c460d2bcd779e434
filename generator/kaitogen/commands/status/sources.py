"""Where a status comes from: the live cluster, or the files that kubectl printed, which are asked in the same way.

Of pods and events the little is kept that says what a Workspace waits for.
"""

from kaitogen.kaito.health import CONTAINERS
from kaitogen.kaito.objects import CREATED_BY, WORKSPACE_LABEL, is_of_kaito, part, parts, place_of, text
from kaitogen.model import Diagnostic, Json
from kaitogen.nodes.facts import NodeFacts, entry, of_entry
from kaitogen.typed import TYPE_CHECKING, Any, Callable, Final, Iterable, Mapping, NamedTuple, TypeVar

if TYPE_CHECKING:
    from kaitogen.files.cluster import Cluster

_LONGEST: Final = 300
_T = TypeVar("_T")
_Method = TypeVar("_Method", bound=Callable[..., Any])


class Pod(NamedTuple):
    """One pod of a Workspace. `broken` is the reason that KAITO has for a container that does not run, `told` what is said of it.

    `unscheduled` is why the scheduler finds no node for it. `phase` is none of Kubernetes' own: created, initializing,
    running or ready.
    """

    name: str
    workspace: str
    phase: str
    broken: str = ""
    told: str = ""
    unscheduled: str = ""


class Event(NamedTuple):
    """One event about a pod; `time` is when it was seen last, in a form that sorts."""

    pod: str
    reason: str
    message: str
    time: str


class Dump:
    """Objects as kubectl printed them, of several files, that answers as a Cluster does (kaitogen.files.cluster).

    Of an object that is there twice the last counts.
    """

    def __init__(self, name: str, objects: Iterable[Json]) -> None:
        self.name = name
        self._objects = {(text(one, "kind"), *place_of(one)): one for one in objects}
        self.kinds = {kind for kind, _, _ in self._objects}

    def of_kaito(self, kind: str, namespace: str | None = None) -> list[Json]:
        """The objects of a kind of KAITO's in a namespace, or in all."""
        found = self._objects.items()
        return [
            one for key, one in found if key[0] == kind and is_of_kaito(one) and namespace in (None, key[1])
        ]

    def object_of(self, like: Json, namespace: str, name: str) -> Json | None:
        """One object of the kind that another has."""
        return self._objects.get((like["kind"], namespace, name))

    def listed(self, kind: str, keep: Callable[[Json], _T | None], namespace: str | None = None) -> list[_T]:
        """What is kept of each node, or each pod or event of a namespace."""
        place = (kind, namespace or "")
        every = (keep(one) for key, one in self._objects.items() if key[:2] == place)
        return [one for one in every if one is not None]


def _once(make: _Method) -> _Method:
    """The method of a Source, of which it keeps what came of it for each of its arguments."""

    def kept(source: "Source", *about: str) -> Any:
        key = (make.__name__, *about)
        if key not in source.made:
            source.made[key] = make(source, *about)
        return source.made[key]

    return kept  # type: ignore[return-value]  # but for what it keeps it is the same method


class Source:
    """A cluster or a dump, of which each list is gone through once, however many objects a status is about.

    What somebody may not read is left out, with a warning in `findings`.
    """

    def __init__(self, held: "Cluster | Dump") -> None:
        self._held = held
        self._kinds = held.kinds if isinstance(held, Dump) else None
        self._lists: dict[tuple[str, str | None], list[Json]] = {}
        self.made: dict[tuple[str, ...], Any] = {}
        self.name = held.name if isinstance(held, Dump) else f"cluster {held.name}"
        self.findings: list[Diagnostic] = []
        self.object_of = held.object_of

    @property
    def is_whole(self) -> bool:
        """Whether it has all that there is, as a cluster has."""
        return self._kinds is None

    def holds(self, kind: str) -> bool:
        """Whether an object of this kind that is not here is nowhere."""
        return self._kinds is None or kind in self._kinds

    def of_kaito(self, kind: str, namespace: str | None = None) -> list[Json]:
        """The objects of a kind of KAITO's in a namespace, or in all."""
        every = self._lists.get((kind, None))
        if every is not None and namespace is not None:
            return [one for one in every if part(one, "metadata").get("namespace") == namespace]
        if (kind, namespace) not in self._lists:
            self._lists[kind, namespace] = self._held.of_kaito(kind, namespace)
        return self._lists[kind, namespace]

    @_once
    def by_name(self, kind: str, namespace: str) -> dict[str, Json]:
        """The Workspaces or InferenceSets of a namespace."""
        return {place_of(one)[1]: one for one in self.of_kaito(kind, namespace)}

    @_once
    def replicas(self, namespace: str) -> dict[str, list[Json]]:
        """The Workspaces that KAITO made of a set, by the name of the set."""
        every = sorted(self.of_kaito("Workspace", namespace), key=place_of)
        return _grouped(every, lambda one: text(part(part(one, "metadata"), "labels"), CREATED_BY))

    @_once
    def pods(self, namespace: str) -> dict[str, list[Pod]]:
        """The pods by their Workspace, as far as anything is known about pods."""
        found = self._allowed("Pod", pod, namespace, labelSelector=WORKSPACE_LABEL)
        return _grouped(found or (), lambda one: one.workspace)

    @_once
    def last_events(self, namespace: str) -> dict[str, Event]:
        """What was noted last on each pod, as far as anything is known about events."""
        found = self._allowed("Event", event, namespace, fieldSelector="involvedObject.kind=Pod")
        return {one.pod: one for one in sorted(found or (), key=lambda one: one.time)}

    @_once
    def nodes(self) -> dict[str, NodeFacts] | None:
        """All nodes by name; None where nothing is known about nodes."""
        found = self._allowed("Node", lambda one: of_entry(entry(one)))
        return None if found is None else {one.name: one for one in found}

    def _allowed(
        self, kind: str, keep: Callable[[Json], _T | None], namespace: str | None = None, **query: str
    ) -> list[_T] | None:
        """The list; None where a dump has nothing of the kind, and with a warning where the user may not read it."""
        if isinstance(self._held, Dump):
            return self._held.listed(kind, keep, namespace) if self.holds(kind) else None
        from kaitogen.files.cluster.problems import KG627, ClusterError  # a dump asks no cluster

        try:
            return self._held.listed(kind, keep, namespace, **query)
        except ClusterError as stop:
            if stop.rule != KG627:
                raise
            message = f"the status goes without them: {stop.message}"
            finding = KG627.in_file(stop.where, message, fix=stop.fix)._replace(severity="warning")
            self.findings.append(finding)
            return None


def _grouped(every: Iterable[_T], key: Callable[[_T], str]) -> dict[str, list[_T]]:
    groups: dict[str, list[_T]] = {}
    for one in every:
        groups.setdefault(key(one), []).append(one)
    return groups


def pod(data: Json) -> Pod | None:
    """A pod that runs a Workspace; None for any other."""
    metadata, status = part(data, "metadata"), part(data, "status")
    workspace = text(part(metadata, "labels"), WORKSPACE_LABEL)
    if not workspace:
        return None
    containers = [*parts(status, "initContainerStatuses"), *parts(status, "containerStatuses")]
    broken, told = next(filter(None, map(_broken, containers)), ("", ""))
    conditions = {text(one, "type"): one for one in parts(status, "conditions")}
    scheduled = conditions.get("PodScheduled", {})
    return Pod(
        name=text(metadata, "name"),
        workspace=workspace,
        phase=_phase(status, conditions),
        broken=broken,
        told=told,
        unscheduled=text(scheduled, "message")[:_LONGEST] if text(scheduled, "status") == "False" else "",
    )


def event(data: Json) -> Event | None:
    """An event about a pod; None for one about anything else."""
    about = part(data, "involvedObject") or part(data, "regarding")
    if text(about, "kind") != "Pod":
        return None
    series = part(data, "series")
    times = (
        text(series, "lastObservedTime"),
        *(text(data, key) for key in ("lastTimestamp", "deprecatedLastTimestamp", "eventTime")),
    )
    return Event(
        pod=text(about, "name"),
        reason=text(data, "reason"),
        message=(text(data, "message") or text(data, "note"))[:_LONGEST],
        time=max(times),
    )


def _broken(container: Mapping[str, Json]) -> tuple[str, str] | None:
    """Why a container does not run and what is said of that; None where it does, or only takes its time."""
    waiting = part(part(container, "state"), "waiting")
    reason = text(waiting, "reason")
    if reason not in CONTAINERS:
        return None
    ended = text(part(part(container, "lastState"), "terminated"), "reason")
    told = text(waiting, "message")[:_LONGEST] or reason
    return CONTAINERS.get(ended if ended == "OOMKilled" else reason, reason), told


def _phase(status: Mapping[str, Json], conditions: Mapping[str, Mapping[str, Json]]) -> str:
    if text(conditions.get("Ready", {}), "status") == "True":
        return "ready"
    if any(part(one, "state").get("running") for one in parts(status, "initContainerStatuses")):
        return "initializing"
    running = (part(one, "state").get("running") is not None for one in parts(status, "containerStatuses"))
    return "running" if any(running) else "created"
