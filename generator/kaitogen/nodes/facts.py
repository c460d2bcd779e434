"""What is known about one node: an entry of an inventory as a value, what its labels say, and its GPUs."""

import re
from sys import intern

from kaitogen.kaito.catalogue.skus import Sku, find_sku
from kaitogen.kaito.objects import part, parts, text
from kaitogen.kaito.rules.resource import SPOT_LABELS
from kaitogen.model import INSTANCE_TYPE_LABEL, PROVIDERS, Json
from kaitogen.typed import Final, Mapping, NamedTuple

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
_SPOT: Final = (*SPOT_LABELS, ("cloud.google.com/gke-spot", "true"))
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
    """The facts of an entry that conforms to the schema of inventories, whose fields have the same names."""
    taints = [Taint(one["key"], one.get("value", ""), one["effect"]) for one in entry.get("taints", ())]
    lists = {"pressure": tuple(entry.get("pressure", ())), "taints": tuple(taints)}
    return NodeFacts(**{**entry, **lists})


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
    numbers = {name: whole(resources[name]) for name in sorted(resources) if name.startswith(GPU_RESOURCES)}
    return {name: number for name, number in numbers.items() if number is not None}


def whole(quantity: Json) -> int | None:
    """A quantity of whole things, which Kubernetes writes as text; None where it is none."""
    if isinstance(quantity, int) and not isinstance(quantity, bool):
        return quantity
    if not isinstance(quantity, str) or len(quantity) > 12:
        return None
    digits, factor = (quantity[:-1], 1000) if quantity.endswith("k") else (quantity, 1)
    return int(digits) * factor if digits.isascii() and digits.isdigit() else None


#: What device plugins call a whole GPU, by vendor.
_WHOLE: Final = {
    "nvidia": ("nvidia.com/gpu", "nvidia.com/gpu.shared"),
    "amd": ("amd.com/gpu",),
    "intel": ("gpu.intel.com/i915", "gpu.intel.com/xe"),
}
#: What they call parts of one.
_PARTS: Final = {"nvidia": "nvidia.com/mig-", "amd": "amd.com/"}
#: Labels that name the product: GPU Feature Discovery's and its like.
_PRODUCT: Final = {
    "nvidia": ("nvidia.com/gpu.product",),
    "amd": ("amd.com/gpu.product-name", "beta.amd.com/gpu.product-name"),
    "intel": ("gpu.intel.com/product",),
}
_ACCELERATOR: Final = (
    "accelerator",
    "kubernetes.azure.com/accelerator",
    "cloud.google.com/gke-accelerator",
    "k8s.amazonaws.com/accelerator",
)
PRODUCT_LABEL: Final = "nvidia.com/gpu.product"
COUNT_LABEL: Final = "nvidia.com/gpu.count"
MEMORY_LABEL: Final = "nvidia.com/gpu.memory"


class Gpus(NamedTuple):
    """The GPUs of a node. `sign` says how they are seen, `memory` is that of one GPU in MiB (0: not known).

    `number` is how many the node has, `allocatable` how many pods may have; `slices` the parts
    of GPUs that may be had, by the name of the resource; `resources` are the names of whole ones.
    """

    sign: str
    vendor: str
    product: str
    number: int
    allocatable: int
    memory: int
    slices: Mapping[str, int]
    resources: tuple[str, ...]


def gpus(node: NodeFacts) -> Gpus | None:
    """The GPUs of a node; None where no sound sign shows any."""
    names_it = (find_sku(provider, node.instance_type) for provider in PROVIDERS)
    sku = next(filter(None, names_it), None) if node.instance_type else None
    vendor, sign = _sign(node, sku)
    if not sign:
        return None
    names = _WHOLE.get(vendor, ())
    product = next((node.labels[label] for label in _PRODUCT.get(vendor, ()) if label in node.labels), "")
    labelled = whole(node.labels.get(COUNT_LABEL, "")) or 0
    has = sum(max(node.capacity.get(name, 0), node.allocatable.get(name, 0)) for name in names)
    prefix = _PARTS.get(vendor)
    slices = {
        name: number
        for name, number in node.allocatable.items()
        if prefix and name.startswith(prefix) and name not in names and number
    }
    return Gpus(
        sign=sign,
        vendor=vendor,
        product=product or (sku.gpu_model if sku is not None else ""),
        number=has or labelled or (sku.gpus if sku is not None and not slices else 0),
        allocatable=sum(node.allocatable.get(name, 0) for name in names),
        memory=_memory(node, sku),
        slices=slices,
        resources=names,
    )


def _sign(node: NodeFacts, sku: Sku | None) -> tuple[str, str]:
    """Vendor and sign, the soundest one first; two empty texts where there is none."""
    for vendor, names in _WHOLE.items():
        prefix = _PARTS.get(vendor, names[0])
        for name, number in (*node.allocatable.items(), *node.capacity.items()):
            if number and (name in names or name.startswith(prefix)):
                return vendor, f"resource {name}"
    for vendor, labels in _PRODUCT.items():
        product_label = next((label for label in labels if node.labels.get(label)), None)
        if product_label is not None:
            return vendor, f"label {product_label}"
    for label in _ACCELERATOR:
        value = node.labels.get(label, "")
        if value not in ("", "false"):
            return _vendor(value), f"label {label}"
    if sku is not None and sku.gpus:
        return _vendor(sku.gpu_model), "instance type"
    return "", ""


def _vendor(words: str) -> str:
    """The vendor that a word names; NVIDIA's GPUs go by many names."""
    lower = words.lower()
    return next((vendor for vendor in ("amd", "intel") if vendor in lower), "nvidia")


def _memory(node: NodeFacts, sku: Sku | None) -> int:
    labelled = whole(node.labels.get(MEMORY_LABEL, ""))
    if labelled:
        return labelled
    match = re.fullmatch(r"([0-9]{1,6})(G|M)i?B?", node.labels.get("amd.com/gpu.vram", ""))
    if match:
        return int(match[1]) * (1024 if match[2] == "G" else 1)
    return sku.memory * 1024 // sku.gpus if sku is not None and sku.gpus else 0
