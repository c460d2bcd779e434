"""What a source holds, looked up: each list of it is gone through once, however many objects a status is about."""

from kaitogen.commands.status.facts import Event, Pod
from kaitogen.commands.status.sources import Source
from kaitogen.kaito.objects import part, text
from kaitogen.kaito.rules.inference_set import CREATED_BY
from kaitogen.model import Json
from kaitogen.nodes.facts import NodeFacts
from kaitogen.typed import Any, Callable, Mapping, Sequence, TypeVar

_T = TypeVar("_T")


class Seen:
    """A source and what was made of its lists so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._made: dict[tuple[str, ...], Any] = {}

    def find(self, kind: str, namespace: str, name: str) -> Json | None:
        """A Workspace or an InferenceSet by its name."""
        listing = self.source.workspaces if kind == "Workspace" else self.source.inference_sets
        found = self._once(
            (kind, namespace), lambda: {text(one["metadata"], "name"): one for one in listing(namespace)}
        )
        return found.get(name)

    def replicas(self, namespace: str, name: str) -> list[Json] | None:
        """The Workspaces that KAITO made of a set, by name; None where the source holds no Workspaces at all."""
        if not self.source.holds("Workspace"):
            return None
        return self._once(("replicas", namespace), lambda: self._of_sets(namespace)).get(name, [])

    def pods(self, namespace: str, workspace: str) -> Sequence[Pod]:
        """The pods of a Workspace, as far as anything is known about pods."""
        grouped = self._once(
            ("pods", namespace),
            lambda: _grouped(self.source.pods(namespace) or (), lambda one: one.workspace),
        )
        return grouped.get(workspace, [])

    def last_event(self, namespace: str, pod: str) -> Event | None:
        """What was noted on a pod last; None where that is nothing, or not known."""
        last = self._once(
            ("events", namespace), lambda: {one.pod: one for one in self.source.events(namespace) or ()}
        )
        return last.get(pod)

    def nodes(self) -> Mapping[str, NodeFacts] | None:
        """All nodes by name; None where nothing is known about nodes."""
        return self._once(("nodes",), self.source.nodes)

    def _of_sets(self, namespace: str) -> dict[str, list[Json]]:
        every = sorted(self.source.workspaces(namespace), key=lambda one: text(one["metadata"], "name"))
        return _grouped(every, lambda one: text(part(part(one, "metadata"), "labels"), CREATED_BY))

    def _once(self, key: tuple[str, ...], make: Callable[[], _T]) -> _T:
        if key not in self._made:
            self._made[key] = make()
        made: _T = self._made[key]
        return made


def _grouped(every: Sequence[_T], key: Callable[[_T], str]) -> dict[str, list[_T]]:
    groups: dict[str, list[_T]] = {}
    for one in every:
        groups.setdefault(key(one), []).append(one)
    return groups
