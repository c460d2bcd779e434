"""Which taints the pods of a Workspace tolerate: KAITO's own tolerations, and those of a pod template."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from kaitogen.kaito import versions
from kaitogen.kaito.objects import part, parts
from kaitogen.model import Json, Spec, Target
from kaitogen.nodes.facts import LIFECYCLE, NodeFacts, Taint

_NO_SCHEDULE: Final = "NoSchedule"


class Toleration(NamedTuple):
    """One toleration; an empty key, value or effect stands for any."""

    key: str = ""
    value: str = ""
    effect: str = _NO_SCHEDULE

    def tolerates(self, taint: Taint) -> bool:
        """Whether a taint is no obstacle."""
        return (
            self.key in ("", taint.key)
            and self.value in ("", taint.value)
            and self.effect in ("", taint.effect)
        )


def of_presets(target: Target) -> tuple[Toleration, ...]:
    """What the pods of a preset tolerate (reference: preset_inferences.go:111 of KAITO 0.12)."""
    found = [Toleration("nvidia.com/gpu"), Toleration("sku", "gpu")]
    if target.provider == "azure" and target.has(versions.SPOT_TOLERATED):
        found.append(Toleration("kubernetes.azure.com/scalesetpriority", "spot"))
    return tuple(found)


def of_spec(spec: Spec) -> tuple[Toleration, ...]:
    """What the pods of an intent's Workspace tolerate."""
    if spec.tuning is not None:
        return Toleration("sku", "gpu"), Toleration("gpu")
    found = of_presets(spec.target)
    profile = (spec.placement.partition or {}).get("profile")
    if profile is not None:
        found += (Toleration(f"nvidia.com/mig-{profile}"),)
    template = part(spec.inference or {}, "template")
    return (*found, *(_own(one) for one in parts(part(template, "spec"), "tolerations")))


def _own(said: Mapping[str, Json]) -> Toleration:
    key, value, effect = (str(said.get(field) or "") for field in ("key", "value", "effect"))
    return Toleration(key, "" if said.get("operator") == "Exists" else value, effect)


def tolerated(taint: Taint, tolerations: Iterable[Toleration]) -> bool:
    """Whether a taint keeps no such pod off."""
    return taint.effect == "PreferNoSchedule" or any(one.tolerates(taint) for one in tolerations)


def untolerated(node: NodeFacts, tolerations: Iterable[Toleration]) -> list[Taint]:
    """The taints that keep such pods off a node; those that only repeat its state are left to that."""
    known = tuple(tolerations)
    return [
        taint for taint in node.taints if not taint.key.startswith(LIFECYCLE) and not tolerated(taint, known)
    ]


def obstacles(node: NodeFacts, tolerations: Iterable[Toleration]) -> list[str]:
    """Why a node takes none of such pods now, in words; empty where it does."""
    found = [] if node.ready else ["not Ready"]
    if node.cordoned:
        found.append("cordoned")
    return found + [f"tainted with {taint}" for taint in untolerated(node, tolerations)]
