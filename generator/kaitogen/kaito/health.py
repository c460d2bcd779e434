"""How a Workspace or an InferenceSet is, by its status: the one table of words for what is waited for and what is broken.

The health scripts of Argo CD (deploy/argocd/health/) say the same in Lua, word for word; a test holds them to this module.
"""

from kaitogen.kaito.objects import number, part, parts, text
from kaitogen.model import Json
from kaitogen.typed import Final, Literal, Mapping, NamedTuple, TypeAlias

#: Argo CD's words. Degraded is what waiting does not mend, Suspended a set of no replicas, Missing what is not there.
State: TypeAlias = Literal["Healthy", "Progressing", "Degraded", "Suspended", "Missing"]
#: What is waited for, for machines.
Step: TypeAlias = Literal[
    "", "kaito", "deletion", "replicas", "nodes", "quota", "node-labels", "node-driver", "room", "image", "model",
    "server", "benchmark", "job",
]  # fmt: skip


class Health(NamedTuple):
    """A state, why in words, and what is waited for; empty where nothing is, or no one knows."""

    state: State
    message: str
    step: Step = ""


class Words(NamedTuple):
    """What is said of something that is waited for, and what that is."""

    text: str
    step: Step


_SERVER: Final = Words("waiting for the image, the model and the server", "server")
_JOB: Final = Words("waiting for the tuning job", "job")
#: What a condition that is not yet True waits for, in the order in which KAITO gets there.
CONDITIONS: Final = {
    "NodeClaimReady": Words("waiting for GPU nodes", "nodes"),
    "NodeClaimsReady": Words("waiting for GPU nodes", "nodes"),
    "NodesReady": Words("waiting for the nodes to become ready", "nodes"),
    "ResourceReady": Words("waiting for the nodes to become ready", "nodes"),
    "ModelMirrorReady": Words("waiting for the model to be downloaded", "model"),
    "InferenceReady": _SERVER,
    "JobStarted": _JOB,
    "BenchmarkCompleted": Words("waiting for the benchmark", "benchmark"),
}
#: The reasons that say it better than their condition does.
REASONS: Final = {
    "NodePluginsNotReady": Words("waiting for the GPU driver on the nodes", "node-driver"),
    "ModelMirrorNotReady": Words("waiting for the model to be downloaded", "model"),
    "Unschedulable": Words("waiting for room on the nodes", "room"),
}
#: Reasons of InferenceReady after which KAITO does not get further by waiting (0.12).
#: Source: pkg/workspace/controllers/workspace_controller.go:896@v0.12.0.
BROKEN: Final = frozenset((
    "ImagePullError", "ContainerCrashLoopBackOff", "ContainerOOMKilled", "ContainerStartError", "PodEvicted",
    "NodeDiskPressure", "NodeMemoryPressure", "SASTokenFetchFailed", "ModelStreamingStorageClassNotFound",
    "ModelStreamingInvalidStorageClass", "ModelStreamingServiceAccountInvalid", "ModelStreamingInvalidAnnotations",
    "ModelMirrorCreateFailed",
))  # fmt: skip
#: The condition of each kind that sums the others up.
_SUMMARIES: Final = {"Workspace": "WorkspaceSucceeded", "InferenceSet": "InferenceSetReady"}
#: Where one of these is False, it says why, and the summary only that.
_FAILING: Final = ("NodeClaimReady", "NodesReady", "InferenceReady", "JobStarted")
#: What KAITO does not say, and the pods of a Workspace do.
IMAGE: Final = Words("waiting for the image", "image")
ADAPTERS: Final = Words("waiting for the adapters", "model")
LOADING: Final = Words("waiting for the model to be downloaded and loaded", "model")
#: What keeps a container from running, as Kubernetes says it, and the reason that KAITO 0.12 makes of it.
CONTAINERS: Final = {
    "ErrImagePull": "ImagePullError",
    "ImagePullBackOff": "ImagePullError",
    "InvalidImageName": "ImagePullError",
    "CrashLoopBackOff": "ContainerCrashLoopBackOff",
    "OOMKilled": "ContainerOOMKilled",
    "CreateContainerConfigError": "ContainerStartError",
    "CreateContainerError": "ContainerStartError",
    "RunContainerError": "ContainerStartError",
}
_LOG_UNREAD: Final = (
    "KAITO could not read the log of its benchmark, which the annotation kaito.sh/disable-benchmark=true ends"
)

_Condition: TypeAlias = Mapping[str, Json]


def of(data: Json) -> Health:
    """How an object is that a cluster holds; what is neither a Workspace nor a set is Healthy once it is there."""
    kind = text(data, "kind")
    if kind not in _SUMMARIES:
        return Health("Healthy", "it is there")
    if not isinstance(data.get("status"), dict):
        return Health("Progressing", f"waiting for KAITO to see the {kind}", "kaito")
    found = _conditions(data)
    if _is(found, f"{kind}Deleting", "True"):
        return Health("Progressing", "being deleted", "deletion")
    summary = found.get(_SUMMARIES[kind])
    if summary is not None and _is_old(data, summary):
        return Health("Progressing", "waiting for KAITO to see the latest change", "kaito")
    return _of_workspace(data, found, summary) if kind == "Workspace" else _of_set(data, summary)


def waiting_for(words: Words, told: str) -> Health:
    """What is waited for, with what is known of it."""
    return Health("Progressing", f"{words.text}: {told}", words.step)


def broken_server(reason: str, message: str) -> Health:
    """A server that does not start, for a reason that KAITO gives or would give."""
    return Health("Degraded", _with(f"the server does not start ({reason})", {"message": message}))


def _of_workspace(data: Json, found: Mapping[str, _Condition], summary: _Condition | None) -> Health:
    if summary is None:
        return _waiting(data, found)
    if summary.get("status") == "True":
        return Health(
            "Healthy", "the model is served" if data.get("tuning") is None else "the tuning job has succeeded"
        )
    return _failed(data, found, summary) or _waiting(data, found)


def _failed(data: Json, found: Mapping[str, _Condition], summary: _Condition) -> Health | None:
    """What is wrong with a Workspace that has a summary; None where it only takes its time."""
    state = text(data["status"], "state")
    failing = next((found[kind] for kind in _FAILING if _is(found, kind, "False")), summary)
    if state == "Failed" or summary.get("reason") == "workspaceFailed":
        return Health("Degraded", _with("failed", failing))
    if summary.get("reason") == "BenchmarkFailed":
        benchmark = found.get("BenchmarkCompleted", summary)
        unread = text(benchmark, "message").startswith("streaming logs")
        return Health("Degraded", _with(_LOG_UNREAD if unread else "the benchmark failed", benchmark))
    inference = found.get("InferenceReady", {})
    has_nodes = _is(found, "ResourceReady", "True") and not _is(found, "NodesReady", "False")
    stopped = inference.get("status") == "False"
    if state == "NotReady":
        # KAITO says so after each change that it accepts as well, and where a pod moves, until the model is loaded again:
        # then the nodes are there, and no reason says that anything is broken.
        if has_nodes and stopped and inference.get("reason") == "WorkspaceInferenceStatusPending":
            return Health("Progressing", _with("restarting, it was ready", inference), "server")
        return Health("Degraded", _with("it was ready and is no longer", failing))
    reason = text(inference, "reason")
    if stopped and reason in BROKEN:
        return Health("Degraded", _with(f"the server does not start ({reason})", inference))
    if _is_without_estimate(data, found):
        return Health("Degraded", _with("KAITO could not estimate how many nodes the model needs", summary))
    return None


def _is_without_estimate(data: Json, found: Mapping[str, _Condition]) -> bool:
    """Whether KAITO (since 0.9, which has a state) wants no nodes and has all of them: ResourceReady says True over nothing."""
    status = data["status"]
    return (
        status.get("state") is not None
        and not status.get("targetNodeCount")
        and _is(found, "ResourceReady", "True")
        and not _is(found, "InferenceReady", "True")
        and data.get("tuning") is None
    )


def _waiting(data: Json, found: Mapping[str, _Condition]) -> Health:
    for kind, words in CONDITIONS.items():
        condition = found.get(kind)
        if condition is not None and condition.get("status") != "True":
            better = REASONS.get(text(condition, "reason"), words)
            told = _with(better.text, condition)
            step = "quota" if better.step == "nodes" and "quota" in told.lower() else better.step
            return Health("Progressing", told, step)
    if _is(found, "JobStarted", "True"):
        return Health("Progressing", "the tuning job runs", "job")
    if _is(found, "ResourceReady", "True"):
        return Health("Progressing", *(_SERVER if data.get("tuning") is None else _JOB))
    return Health("Progressing", "waiting for KAITO", "kaito")


def _of_set(data: Json, ready: _Condition | None) -> Health:
    """How a set is by the number of its replicas and by its condition InferenceSetReady."""
    if ready is not None and ready.get("status") == "False" and ready.get("reason") == "inferencesetFailed":
        return Health("Degraded", _with("failed", ready, reason=False))
    wanted, there = replicas(data)
    counted = f"{there} of {wanted} replicas are ready"
    if wanted == 0:
        if there == 0:
            return Health("Suspended", "scaled to zero replicas")
        return Health("Progressing", f"scaling to zero; {there} replicas are left", "replicas")
    if ready is None:
        return Health("Progressing", f"waiting for KAITO: {counted}", "kaito")
    if ready.get("status") != "True":
        return Health("Progressing", _with(counted, ready, reason=False), "replicas")
    return Health("Healthy", counted) if there >= wanted else Health("Progressing", counted, "replicas")


def replicas(data: Json) -> tuple[int, int]:
    """How many replicas a set wants, and how many KAITO says are ready; its status.replicas repeats what is wanted."""
    wanted = number(part(data, "spec"), "replicas")
    return 1 if wanted is None else wanted, number(part(data, "status"), "readyReplicas") or 0


def _conditions(data: Json) -> dict[str, _Condition]:
    return {one["type"]: one for one in parts(data["status"], "conditions") if text(one, "type")}


def _is(found: Mapping[str, _Condition], kind: str, status: str) -> bool:
    return kind in found and found[kind].get("status") == status


def _is_old(data: Json, condition: _Condition) -> bool:
    """Whether a condition is about a generation of the object before its latest change."""
    generation = number(part(data, "metadata"), "generation")
    observed = number(condition, "observedGeneration")
    return generation is not None and observed is not None and observed < generation


def _with(words: str, condition: _Condition, *, reason: bool = True) -> str:
    """The words with what KAITO says, its message or else its `reason`."""
    told = text(condition, "message") or (text(condition, "reason") if reason else "")
    return f"{words}: {told}" if told else words
