"""Where a status comes from: the files that kubectl printed, or the live cluster, asked for no more than is needed."""

from functools import partial

from kaitogen.commands.diff.live_objects import Holder
from kaitogen.commands.status.facts import Event, Pod, event, pod
from kaitogen.kaito.objects import is_of_kaito, part, text
from kaitogen.kaito.rules.inference_set import WORKSPACE_LABEL
from kaitogen.model import Diagnostic, Json
from kaitogen.nodes.facts import NodeFacts, entry, of_entry
from kaitogen.typed import TYPE_CHECKING, Callable, Iterable, Mapping, Protocol, Sequence, TypeVar

if TYPE_CHECKING:
    from kaitogen.files.cluster import Cluster

_T = TypeVar("_T")


class Source(Holder, Protocol):
    """What holds objects, and says how they are. Of pods, events and nodes None means that nothing is known about them."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    @property
    def is_whole(self) -> bool:
        """Whether it has all that there is."""

    def holds(self, kind: str) -> bool:
        """Whether an object of this kind that is not here is nowhere."""

    def pods(self, namespace: str) -> Sequence[Pod] | None:
        """The pods of the Workspaces of a namespace."""

    def events(self, namespace: str) -> Sequence[Event] | None:
        """What was noted on pods of a namespace, the oldest first."""

    def nodes(self) -> Mapping[str, NodeFacts] | None:
        """All nodes by name."""


class Dump:
    """Objects as kubectl printed them, of several files; of an object that is there twice the last counts."""

    is_whole = False

    def __init__(self, name: str, objects: Iterable[Json]) -> None:
        self.name = name
        self._objects = {_identity(one): one for one in objects}
        self._kinds = {kind for kind, _, _ in self._objects}

    def workspaces(self, namespace: str | None = None) -> list[Json]:
        """The Workspaces of a namespace, or of all."""
        return self._of_kaito("Workspace", namespace)

    def inference_sets(self, namespace: str | None = None) -> list[Json]:
        """The InferenceSets of a namespace, or of all."""
        return self._of_kaito("InferenceSet", namespace)

    def config_map(self, namespace: str, name: str) -> Json | None:
        """One ConfigMap."""
        return self._objects.get(("ConfigMap", namespace, name))

    def object_of(self, like: Json, namespace: str, name: str) -> Json | None:
        """One object of the kind that another has."""
        return self._objects.get((like["kind"], namespace, name))

    def holds(self, kind: str) -> bool:
        """Whether the files have objects of this kind."""
        return kind in self._kinds

    def pods(self, namespace: str) -> Sequence[Pod] | None:
        """The pods of the Workspaces of a namespace."""
        found = self._kept("Pod", pod)
        return None if found is None else [one for one in found if one.namespace == namespace]

    def events(self, namespace: str) -> Sequence[Event] | None:
        """What was noted on pods of a namespace, the oldest first."""
        found = self._kept("Event", event)
        return None if found is None else _in_order(one for one in found if one.namespace == namespace)

    def nodes(self) -> Mapping[str, NodeFacts] | None:
        """All nodes by name."""
        found = self._kept("Node", entry)
        return None if found is None else {one["name"]: of_entry(one) for one in found}

    def _of_kaito(self, kind: str, namespace: str | None) -> list[Json]:
        return [
            one
            for key, one in self._objects.items()
            if key[0] == kind and is_of_kaito(one) and namespace in (None, key[1])
        ]

    def _kept(self, kind: str, keep: Callable[[Json], _T | None]) -> list[_T] | None:
        if kind not in self._kinds:
            return None
        kept = (keep(one) for key, one in self._objects.items() if key[0] == kind)
        return [one for one in kept if one is not None]


class Live:
    """A cluster, of which each list of KAITO's objects is read once; the others are kept by `Seen`.

    What somebody may not read is left out, with a warning in `findings`.
    """

    is_whole = True

    def __init__(self, cluster: "Cluster") -> None:
        self._cluster = cluster
        self._lists: dict[tuple[str, str | None], list[Json]] = {}
        self.findings: list[Diagnostic] = []

    @property
    def name(self) -> str:
        """The cluster by the name in its context."""
        return f"cluster {self._cluster.name}"

    def workspaces(self, namespace: str | None = None) -> list[Json]:
        """The Workspaces of a namespace, or of all."""
        return self._listed("Workspace", namespace, self._cluster.workspaces)

    def inference_sets(self, namespace: str | None = None) -> list[Json]:
        """The InferenceSets of a namespace, or of all."""
        return self._listed("InferenceSet", namespace, self._cluster.inference_sets)

    def config_map(self, namespace: str, name: str) -> Json | None:
        """One ConfigMap."""
        return self._cluster.config_map(namespace, name)

    def object_of(self, like: Json, namespace: str, name: str) -> Json | None:
        """One object of the kind that another has."""
        return self._cluster.object_of(like, namespace, name)

    def holds(self, _kind: str) -> bool:
        """A cluster has all that there is."""
        return True

    def pods(self, namespace: str) -> Sequence[Pod] | None:
        """The pods of the Workspaces of a namespace."""
        return self._allowed(partial(self._cluster.pods_of, namespace, WORKSPACE_LABEL, pod))

    def events(self, namespace: str) -> Sequence[Event] | None:
        """What was noted on pods of a namespace, the oldest first."""
        found = self._allowed(partial(self._cluster.events, namespace, "Pod", event))
        return None if found is None else _in_order(found)

    def nodes(self) -> Mapping[str, NodeFacts] | None:
        """All nodes by name."""
        found = self._allowed(partial(self._cluster.nodes, lambda one: of_entry(entry(one))))
        return None if found is None else {one.name: one for one in found}

    def _listed(
        self, kind: str, namespace: str | None, listing: Callable[[str | None], list[Json]]
    ) -> list[Json]:
        every = self._lists.get((kind, None))
        if every is not None and namespace is not None:
            return [one for one in every if part(one, "metadata").get("namespace") == namespace]
        if (kind, namespace) not in self._lists:
            self._lists[kind, namespace] = listing(namespace)
        return self._lists[kind, namespace]

    def _allowed(self, listing: Callable[[], list[_T]]) -> list[_T] | None:
        """The list; None with a warning where the user may not read it."""
        from kaitogen.files.cluster.problems import KG627, ClusterError  # a dump asks no cluster

        try:
            return listing()
        except ClusterError as stop:
            if stop.rule != KG627:
                raise
            message = f"the status goes without them: {stop.message}"
            finding = KG627.in_file(stop.where, message, fix=stop.fix)._replace(severity="warning")
            self.findings.append(finding)
            return None


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda one: one.time)


def _identity(data: Json) -> tuple[str, str, str]:
    metadata = part(data, "metadata")
    return text(data, "kind"), text(metadata, "namespace"), text(metadata, "name")
