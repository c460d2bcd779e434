"""How an object is: what KAITO's status says, with what its pods, its nodes and the replicas of a set say better."""

from shlex import quote

from kaitogen.commands.diff.baseline import DEFAULT_NAMESPACE
from kaitogen.commands.status.sources import Event, Pod, Source
from kaitogen.commands.status.types import Nodes, Replica
from kaitogen.diagnostics.wording import listed, number_of
from kaitogen.kaito import health
from kaitogen.kaito.health import Health
from kaitogen.kaito.objects import number, part, place_of, text, value_at
from kaitogen.kaito.updates.model import settings_name
from kaitogen.model import Json
from kaitogen.nodes.facts import NodeFacts
from kaitogen.typed import Final, Iterator, Mapping, Sequence

#: What a person does about something that is waited for or broken, by the step, or by how the words begin.
_FIXES: Final = {
    "quota": "raise the quota, or choose another instance type or region",
    "KAITO could not read the log": "kubectl annotate {kind} {where} kaito.sh/disable-benchmark=true",
}


def replica(data: Json, source: Source) -> Replica:
    """How a Workspace is and what nodes it has; pods and nodes are asked for only where it is not ready."""
    (_, name), found, nodes = place_of(data), health.of(data), _nodes(data)
    if part(data, "metadata").get("deletionTimestamp"):
        return Replica(name, _deleted(data), nodes)
    if found.state in ("Healthy", "Suspended"):
        return Replica(name, found, nodes._replace(ready=nodes.desired))
    if found.step in ("server", "room"):
        found = _by_pods(data, found, source)
    known = source.nodes()
    if known is None:
        return Replica(name, found, nodes)
    there = sum(name in known and known[name].ready for name in nodes.names)
    ready = there if nodes.desired is None else min(there, nodes.desired)
    return Replica(name, _by_nodes(data, found, nodes, known), nodes._replace(ready=ready))


def of_set(data: Json, each: Sequence[Replica] | None) -> Health:
    """How a set is: KAITO's own status freezes where it cannot be written, and carries no reason of its replicas."""
    own = health.of(data)
    if part(data, "metadata").get("deletionTimestamp"):
        return _deleted(data)
    if each is None or own.state not in ("Healthy", "Progressing") or own.step == "deletion":
        return own
    wanted, said = health.replicas(data)
    ready = sum(one.health.state == "Healthy" for one in each)
    if own.state == "Healthy" and ready >= wanted:
        return own
    if wanted == 0 or own.step == "kaito":
        return own
    counted = f"{ready} of {wanted} replicas are ready"
    if own.state == "Healthy":
        counted += f", though KAITO's status still says {said}"
    worst = [one for one in each if one.health.state == "Degraded"]
    slow = [one for one in each if one.health.state == "Progressing"]
    if not (worst or slow):
        return Health("Progressing", counted, "replicas")
    first = (worst or slow)[0]
    state, told, step = first.health
    return Health(state, f"{counted}; {first.name}: {told}", step or ("" if worst else "replicas"))


def fix_of(data: Json, found: Health, source: Source) -> str:
    """What to do about it, as an instruction; empty where there is nothing but to wait."""
    if found.step == "deletion":
        return _released(data, source)
    space, name = place_of(data)
    # Copied into a shell, whatever a cluster calls its objects.
    where = f"{quote(name)} -n {quote(space or DEFAULT_NAMESPACE)}"
    for begin, fix in _FIXES.items():
        if found.step == begin or begin in found.message:
            return fix.format(kind=quote(text(data, "kind").lower()), where=where)
    if found.step == "node-labels":
        labels = " ".join(quote(f"{key}={value}") for key, value in sorted(_selected(data).items()))
        return f"kubectl label nodes NAME {labels}"
    return ""


def _deleted(data: Json) -> Health:
    """An object that is on its way out; what keeps it is its finalizers."""
    metadata = part(data, "metadata")
    since, kept = text(metadata, "deletionTimestamp"), metadata.get("finalizers")
    held = f", kept by {listed(map(str, kept))}" if isinstance(kept, list) and kept else ""
    return Health("Progressing", f"being deleted since {since}{held}", "deletion")


def _released(data: Json, source: Source) -> str:
    """KAITO reads the ConfigMap of a set whenever it writes to it, and so cannot delete a set without."""
    name, (space, _) = settings_name(data), place_of(data)
    like = {"apiVersion": "v1", "kind": "ConfigMap"}
    if name and source.holds(like["kind"]) and source.object_of(like, space, name) is None:
        return f"apply the ConfigMap {name} again: KAITO reads it to delete this, and it is gone"
    return ""


def _nodes(data: Json) -> Nodes:
    status = part(data, "status")
    names = status.get("workerNodes")
    known = tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
    return Nodes(number(status, "targetNodeCount"), None, known)


def _by_pods(data: Json, found: Health, source: Source) -> Health:
    """What the pods say of what is waited for, before KAITO says it or where an older one never does."""
    space, name = place_of(data)
    pods = [one for one in source.pods(space).get(name, ()) if one.phase != "ready"]
    for pod in pods:
        if pod.broken:
            return health.broken_server(pod.broken, f"pod {pod.name}: {pod.told}")
    for pod in pods:
        if pod.unscheduled:
            return health.waiting_for(health.REASONS["Unschedulable"], f"pod {pod.name}: {pod.unscheduled}")
    restarting = found.message.startswith("restarting")
    for pod in pods if found.step == "server" else ():
        better = _by_pod(pod, source.last_events(space).get(pod.name) if pod.phase == "created" else None)
        if better is not None:
            return better._replace(message=f"restarting, {better.message}") if restarting else better
    return found


def _by_pod(pod: Pod, last: Event | None) -> Health | None:
    """What one pod that is on a node waits for; None where it does not say."""
    if pod.phase == "initializing":
        return health.waiting_for(health.ADAPTERS, f"pod {pod.name} fetches them")
    if pod.phase == "running":
        return health.waiting_for(health.LOADING, f"pod {pod.name} runs and does not answer yet")
    if last is not None and last.reason == "Pulling":
        return health.waiting_for(health.IMAGE, f"pod {pod.name}: {last.message}")
    return None


def _by_nodes(data: Json, found: Health, nodes: Nodes, known: Mapping[str, NodeFacts]) -> Health:
    """The same with nodes that are lost named first, since the rest follows from them, and with labels that no node has."""
    if lost := list(_lost(nodes.names, known)):
        return found._replace(message=f"{listed(lost)}; {found.message}")
    labels = _selected(data)
    if found.step != "nodes" or not labels or value_at(data, ("resource", "instanceType")):
        return found
    have = sum(labels.items() <= node.labels.items() for node in known.values())
    if have >= (nodes.desired or 1):
        return found
    shown = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    words = f"waiting for {number_of(nodes.desired or 1, 'node')} with the labels {shown}, which {have} of {len(known)} have"
    return Health("Progressing", words, "node-labels")


def _lost(names: Sequence[str], known: Mapping[str, NodeFacts]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"node {name} is gone"
        elif not known[name].ready:
            yield f"node {name} is not ready"


def _selected(data: Json) -> dict[str, str]:
    labels = value_at(data, ("resource", "labelSelector", "matchLabels"))
    return {key: str(value) for key, value in labels.items()} if isinstance(labels, dict) else {}
