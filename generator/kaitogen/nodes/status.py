"""Whether a node can take a pod of a Workspace now, its state and age in a word or two, and what pods leave of its GPUs."""

from collections import Counter

from kaitogen.kaito import versions
from kaitogen.kaito.objects import part, parts, text
from kaitogen.model import Json, Spec, Target
from kaitogen.nodes.facts import GPU_RESOURCES, LIFECYCLE, NodeFacts, Taint, whole
from kaitogen.typed import Iterable, Mapping, NamedTuple, Sequence


class Toleration(NamedTuple):
    """One toleration; an empty key, value or effect stands for any."""

    key: str = ""
    value: str = ""
    effect: str = "NoSchedule"


def of_presets(target: Target) -> tuple[Toleration, ...]:
    """What the pods of a preset tolerate (reference: preset_inferences.go:111 of KAITO 0.12)."""
    tolerations = [Toleration("nvidia.com/gpu"), Toleration("sku", "gpu")]
    if target.provider == "azure" and target.has(versions.SPOT_TOLERATED):
        tolerations.append(Toleration("kubernetes.azure.com/scalesetpriority", "spot"))
    return tuple(tolerations)


def of_spec(spec: Spec) -> tuple[Toleration, ...]:
    """What the pods of an intent's Workspace tolerate."""
    if spec.tuning is not None:
        return Toleration("sku", "gpu"), Toleration("gpu")
    tolerations = of_presets(spec.target)
    profile = (spec.placement.partition or {}).get("profile")
    if profile is not None:
        tolerations += (Toleration(f"nvidia.com/mig-{profile}"),)
    template = part(spec.inference or {}, "template")
    return (*tolerations, *(_own(one) for one in parts(part(template, "spec"), "tolerations")))


def _own(toleration: Mapping[str, Json]) -> Toleration:
    key, value, effect = (str(toleration.get(field) or "") for field in ("key", "value", "effect"))
    return Toleration(key, "" if toleration.get("operator") == "Exists" else value, effect)


def tolerated(taint: Taint, tolerations: Iterable[Toleration]) -> bool:
    """Whether a taint keeps no such pod off."""
    return taint.effect == "PreferNoSchedule" or any(
        all(own in ("", its) for own, its in zip(one, taint, strict=True)) for one in tolerations
    )


def untolerated(node: NodeFacts, tolerations: Sequence[Toleration]) -> list[Taint]:
    """The taints that keep such pods off a node; those that only repeat its state are left to that."""
    taints = (taint for taint in node.taints if not taint.key.startswith(LIFECYCLE))
    return [taint for taint in taints if not tolerated(taint, tolerations)]


def obstacles(node: NodeFacts, tolerations: Sequence[Toleration]) -> list[str]:
    """Why a node takes none of such pods now, in words; empty where it does."""
    reasons = [] if node.ready else ["not Ready"]
    if node.cordoned:
        reasons.append("cordoned")
    return reasons + [f"tainted with {taint}" for taint in untolerated(node, tolerations)]


def chips(node: NodeFacts, tolerations: Sequence[Toleration]) -> list[str]:
    """Ready or Not Ready, and what is to be said besides: Cordoned, Tainted where KAITO's pods are kept off, pressures."""
    states = ["Ready" if node.ready else "Not Ready"]
    if node.cordoned:
        states.append("Cordoned")
    if untolerated(node, tolerations):
        states.append("Tainted")
    return [*states, *node.pressure]


def age(created: str, at: str) -> str:
    """The time between two times as kubectl writes it (12d, 3h, 5m); empty where one is not known."""
    from datetime import datetime  # only a listing needs it

    try:
        seconds = (datetime.fromisoformat(at) - datetime.fromisoformat(created)).total_seconds()
    except (ValueError, TypeError):
        return ""
    minutes = max(0, int(seconds)) // 60
    hours = minutes // 60
    return f"{hours // 24}d" if hours >= 48 else f"{hours}h" if hours else f"{minutes}m"


class Held(NamedTuple):
    """The GPU resources that one pod holds, and the node that they are on."""

    node: str
    resources: Counter[str]


def held(pod: Json) -> Held | None:
    """What a pod holds; None where it is on no node, holds no GPUs, or has finished, so that they are free again."""
    node = text(part(pod, "spec"), "nodeName")
    if not node or text(part(pod, "status"), "phase") in ("Succeeded", "Failed"):
        return None
    resources = _held(part(pod, "spec"))
    return Held(node, resources) if resources else None


def used(pods: Iterable[Held]) -> dict[str, Counter[str]]:
    """The GPU resources that pods hold, by node and resource."""
    by_node: dict[str, Counter[str]] = {}
    for pod in pods:
        by_node.setdefault(pod.node, Counter()).update(pod.resources)
    return by_node


def _held(spec: Mapping[str, Json]) -> Counter[str]:
    """What a pod holds: that of its containers and sidecars together, or the most that one before them takes."""
    together, before = Counter[str](), Counter[str]()
    for one in parts(spec, "initContainers"):
        before |= _asked(one)
        if one.get("restartPolicy") == "Always":  # a sidecar
            together += _asked(one)
    for one in parts(spec, "containers"):
        together += _asked(one)
    return together | before


def _asked(container: Mapping[str, Json]) -> Counter[str]:
    resources = part(container, "resources")
    asked = {**part(resources, "limits"), **part(resources, "requests")}
    return Counter(
        {name: whole(asked[name]) or 0 for name in sorted(asked) if name.startswith(GPU_RESOURCES)}
    )
