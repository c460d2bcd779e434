"""What is known about one node: an entry of an inventory as a value, and what its labels say."""

from collections.abc import Mapping
from sys import intern
from typing import Final, NamedTuple

from kaitogen.kaito.objects import part, parts, text
from kaitogen.model import INSTANCE_TYPE_LABEL, Json

ZONE_LABEL: Final = "topology.kubernetes.io/zone"
POOL_LABELS: Final = (
    "kubernetes.azure.com/agentpool",
    "agentpool",
    "karpenter.sh/nodepool",
    "eks.amazonaws.com/nodegroup",
    "cloud.google.com/gke-nodepool",
)
#: Taints below this domain say what the node's conditions say, and go with them.
LIFECYCLE: Final = "node.kubernetes.io/"
#: Labels that an inventory leaves out: hundreds on each node, or other ones at every look.
LEFT_OUT: Final = ("feature.node.kubernetes.io/", "nvidia.com/gfd.timestamp", "nvidia.com/gpu.deploy.")
#: Resources that are GPUs, or parts of them.
GPU_RESOURCES: Final = ("nvidia.com/", "amd.com/", "gpu.intel.com/")
_PRESSURE: Final = ("DiskPressure", "MemoryPressure", "NetworkUnavailable", "PIDPressure")
#: What says that a node may be taken away at any time, and what says that it may not.
_SPOT: Final = (
    ("kubernetes.azure.com/scalesetpriority", "spot"),
    ("karpenter.sh/capacity-type", "spot"),
    ("eks.amazonaws.com/capacityType", "SPOT"),
    ("cloud.google.com/gke-spot", "true"),
)
_MANAGED: Final = ("karpenter.sh/capacity-type", "eks.amazonaws.com/capacityType", *POOL_LABELS)


class Taint(NamedTuple):
    """One taint of a node."""

    key: str
    value: str
    effect: str

    def __str__(self) -> str:
        """As kubectl writes it."""
        return f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"


class NodeFacts(NamedTuple):
    """One node. `pressure` are the conditions that are wrong besides Ready; `capacity` and `allocatable` hold GPUs alone."""

    name: str
    ready: bool
    cordoned: bool = False
    pressure: tuple[str, ...] = ()
    created: str = ""
    labels: Mapping[str, str] = {}
    taints: tuple[Taint, ...] = ()
    capacity: Mapping[str, int] = {}
    allocatable: Mapping[str, int] = {}

    @property
    def instance_type(self) -> str:
        """The cloud's name of the machine type; empty where no label says it."""
        return self.labels.get(INSTANCE_TYPE_LABEL, "")

    @property
    def zone(self) -> str:
        """The zone; empty where no label says it."""
        return self.labels.get(ZONE_LABEL, "")

    @property
    def pool(self) -> str:
        """The node pool; empty where no label says it."""
        return next((self.labels[label] for label in POOL_LABELS if label in self.labels), "")

    @property
    def capacity_type(self) -> str:
        """`spot` or `on-demand`; empty where nothing says either."""
        if any(self.labels.get(label) == value for label, value in _SPOT):
            return "spot"
        return "on-demand" if any(label in self.labels for label in _MANAGED) else ""


def of_entry(entry: Json) -> NodeFacts:
    """The facts of an entry that conforms to the schema of inventories."""
    taints = tuple(
        Taint(one["key"], one.get("value", ""), one["effect"]) for one in entry.get("taints") or ()
    )
    return NodeFacts(
        entry["name"],
        entry["ready"],
        entry.get("cordoned", False),
        tuple(entry.get("pressure") or ()),
        entry.get("created", ""),
        entry.get("labels") or {},
        taints,
        entry.get("capacity") or {},
        entry.get("allocatable") or {},
    )


def entry(node: Json) -> dict[str, Json]:
    """The entry of an inventory for a Node as the API server hands it out: minimal, and always in the same order."""
    metadata, spec, status = part(node, "metadata"), part(node, "spec"), part(node, "status")
    conditions = {text(one, "type"): text(one, "status") for one in parts(status, "conditions")}
    pressure = [name for name in _PRESSURE if conditions.get(name) == "True"]
    labels = part(metadata, "labels")
    # One copy of each text: thousands of nodes say the same things.
    kept = {intern(key): intern(str(labels[key])) for key in sorted(labels) if not key.startswith(LEFT_OUT)}
    made: dict[str, Json] = {"name": text(metadata, "name"), "ready": conditions.get("Ready") == "True"}
    if spec.get("unschedulable") is True:
        made["cordoned"] = True
    more = {
        "pressure": pressure,
        "created": text(metadata, "creationTimestamp"),
        "labels": kept,
        "taints": [_taint(one) for one in sorted(parts(spec, "taints"), key=_rank)],
        "capacity": _gpus(part(status, "capacity")),
        "allocatable": _gpus(part(status, "allocatable")),
    }
    return made | {key: value for key, value in more.items() if value}


def _rank(taint: Json) -> tuple[str, str, str]:
    return text(taint, "key"), text(taint, "effect"), text(taint, "value")


def _taint(taint: Json) -> dict[str, str]:
    key, effect, value = _rank(taint)
    return {"key": key, "value": value, "effect": effect} if value else {"key": key, "effect": effect}


def _gpus(resources: Mapping[str, Json]) -> dict[str, int]:
    found = {name: whole(resources[name]) for name in sorted(resources) if name.startswith(GPU_RESOURCES)}
    return {name: number for name, number in found.items() if number is not None}


def whole(quantity: Json) -> int | None:
    """A quantity of whole things, which Kubernetes writes as text; None where it is none."""
    if isinstance(quantity, int) and not isinstance(quantity, bool):
        return quantity
    if not isinstance(quantity, str) or len(quantity) > 12:
        return None
    digits, factor = (quantity[:-1], 1000) if quantity.endswith("k") else (quantity, 1)
    return int(digits) * factor if digits.isascii() and digits.isdigit() else None
