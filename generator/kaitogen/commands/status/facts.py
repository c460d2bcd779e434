"""What is known about pods and events: the little of each that says what a Workspace waits for."""

from kaitogen.kaito.health import CONTAINERS
from kaitogen.kaito.objects import WORKSPACE_LABEL, part, parts, text
from kaitogen.model import Json
from kaitogen.typed import Final, Mapping, NamedTuple

_LONGEST: Final = 300


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
