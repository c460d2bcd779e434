"""The only room that asks a live cluster: read-only questions through the official client's configuration."""

from urllib.parse import quote

from kaitogen.files.cluster import problems
from kaitogen.files.cluster.asking import Answer, Limits, Server
from kaitogen.files.cluster.login import Access, log_in
from kaitogen.files.cluster.problems import KG628, KG630, Action, ClusterError
from kaitogen.model import Json
from kaitogen.typed import Callable, Final, Iterator, TypeVar
from kaitogen.yaml.stream import shallow

__all__ = ["Access", "Cluster", "ClusterError", "connect"]

PAGE: Final = 250
_MOST_PAGES: Final = 4000
_GROUP: Final = "kaito.sh"
_CORE: Final = "/api/v1"
#: Assigned to a node and not finished: what holds resources.
_HOLDING: Final = "spec.nodeName!=,status.phase!=Succeeded,status.phase!=Failed"

#: What a caller keeps of an object: the rest is large, and annotations may hold what others keep secret.
_Kept = TypeVar("_Kept")


class _Expired(Exception):
    """The server no longer knows the snapshot that the pages belong to."""


class _Missing(Exception):
    """The server does not know the kind."""


def connect(
    access: Access, *, progress: Callable[[str], None] = lambda _: None, limits: Limits | None = None
) -> "Cluster":
    """The cluster that the access leads to, with credentials but not asked yet; `progress` hears how far it is."""
    return Cluster(log_in(access), limits or Limits(), progress)


class Cluster(Server):
    """A cluster that answers questions; each answer is whole, or a ClusterError."""

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def nodes(self, keep: Callable[[Json], _Kept]) -> list[_Kept]:
        """What is kept of each node."""
        return self.listed("Node", keep)

    def pods(self, keep: Callable[[Json], _Kept | None]) -> list[_Kept]:
        """What is kept of each pod, of all namespaces, that is on a node and not finished; None keeps nothing of it."""
        return self.listed("Pod", keep, fieldSelector=_HOLDING)

    def listed(
        self, kind: str, keep: Callable[[Json], _Kept | None], namespace: str | None = None, **query: str
    ) -> list[_Kept]:
        """What is kept of each node, pod or event, of a namespace or of all, that the query's selectors choose; None keeps nothing of it."""
        return self._list(_CORE, Action("list", f"{kind.lower()}s", namespace=namespace), keep, **query)

    def of_kaito(self, kind: str, namespace: str | None = None) -> list[Json]:
        """KAITO's objects of a kind in a namespace, or in all, in the newest version that the cluster serves.

        ClusterError where it does not know Workspaces; InferenceSets there are none, where it has no such kind.
        """
        action = Action("list", f"{kind.lower()}s", group=_GROUP, namespace=namespace)
        for version in ("v1beta1", "v1alpha1"):
            try:
                items = self._list(f"/apis/{_GROUP}/{version}", action, _slim_workspace)
            except _Missing:
                continue
            return [{"apiVersion": f"{_GROUP}/{version}", "kind": kind, **item} for item in items]
        if kind == "Workspace":
            message = "there are no Workspaces of kaito.sh here: the CustomResourceDefinition is missing"
            raise ClusterError(KG628, self.where, message)
        return []

    def config_map(self, namespace: str, name: str) -> Json | None:
        """One ConfigMap; None where there is none of that name."""
        return self.object_of({"apiVersion": "v1", "kind": "ConfigMap"}, namespace, name)

    def scaled_object(self, namespace: str, name: str) -> Json | None:
        """One ScaledObject of KEDA's; None where there is none of that name, or no KEDA."""
        return self.object_of({"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject"}, namespace, name)

    def object_of(self, like: Json, namespace: str, name: str) -> Json | None:
        """One object of the version and kind that another has; None where there is none of that name, or no such kind.

        `namespace` is empty for a kind that belongs to none.
        """
        version, kind = like["apiVersion"], like["kind"]
        group, _, _ = version.rpartition("/")
        action = Action("get", f"{kind.lower()}s", group=group, namespace=namespace or None, name=name)
        api = f"/apis/{version}" if group else f"/api/{version}"
        answer = self.ask(_path(api, action), {}, action)
        if _is_missing(answer, action):
            return None
        if answer.status != 200 or not isinstance(answer.value, dict) or answer.value.get("kind") != kind:
            raise problems.nonsense(self.where, f"no {kind} in an answer of status {answer.status}")
        return shallow(answer.value)

    def _list(
        self, api: str, action: Action, keep: Callable[[Json], _Kept | None], **query: str
    ) -> list[_Kept]:
        """All objects of a list; where the server forgets it half-way, everything again from the start, once."""
        for _ in range(2):
            try:
                pages = self._pages(_path(api, action), action, query)
                return [kept for page in pages for item in page if (kept := keep(item)) is not None]
            except _Expired:
                self._progress(f"{self.where}: the list expired; asking again from the start")
        message = f"the list of {action.resource} expired twice while it was read (410)"
        raise ClusterError(KG630, self.where, message)

    def _pages(self, path: str, action: Action, query: dict[str, str]) -> Iterator[list[Json]]:
        following, number = "", 0
        for _ in range(_MOST_PAGES):
            again = {"continue": following} if following else {}
            answer = self.ask(path, {"limit": str(PAGE), **query, **again}, action)
            items, following = self._page(answer, action)
            number += len(items)
            self._progress(f"{action.resource} so far: {number:,}, from {self.where}")
            yield items
            items.clear()  # a page is large, and the next one comes while the last is still at hand
            if not following:
                return
            if following == again.get("continue"):
                break
        raise problems.nonsense(self.where, f"the list of {action.resource} never ends")

    def _page(self, answer: Answer, action: Action) -> tuple[list[Json], str]:
        """The items of a page, and what to ask for the next one by; empty after the last."""
        status, value = answer.status, answer.value
        if status == 410:
            raise _Expired
        if action.group and _is_missing(answer, action):
            raise _Missing
        items = value.get("items") if isinstance(value, dict) else None
        metadata = value.get("metadata") if isinstance(value, dict) else None
        following = metadata.get("continue", "") if isinstance(metadata, dict) else None
        if (
            status != 200
            or not isinstance(items, list)
            or not isinstance(following, str)
            or not all(map(_is_object, items))
        ):
            raise problems.nonsense(
                self.where, f"no list of {action.resource} in an answer of status {status}"
            )
        return items, following


def _path(api: str, action: Action) -> str:
    """Where the API of that group and version has what is asked for."""
    inside = f"namespaces/{_step(action.namespace)}/" if action.namespace else ""
    name = f"/{_step(action.name)}" if action.name else ""
    return f"{api}/{inside}{action.resource}{name}"


def _step(name: str) -> str:
    """A name as one step of a path: one of dots alone would be taken out, with the step before it, before it is sent."""
    return quote(name, safe="") if name.strip(".") else name.replace(".", "%2E")


def _is_missing(answer: Answer, action: Action) -> bool:
    """Whether there is no such object, or no such kind; of a group that it does not have the server says so in plain text."""
    if answer.status != 404:
        return False
    if isinstance(answer.value, dict):  # what is no Status is somebody else's page
        return bool(answer.value.get("kind") == "Status")
    return bool(action.group) and str(answer.value).strip() == "404 page not found"


def _is_object(item: Json) -> bool:
    metadata = item.get("metadata") if isinstance(item, dict) else None
    return isinstance(metadata, dict) and isinstance(metadata.get("name"), str)


def _slim_workspace(workspace: Json) -> Json:
    workspace["metadata"].pop("managedFields", None)
    return shallow(workspace)
