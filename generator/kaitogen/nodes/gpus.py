"""Which nodes have GPUs, by which sign that is seen, and what their GPUs are."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from kaitogen.kaito.catalogue.skus import PROVIDERS, Sku, find_sku
from kaitogen.nodes.facts import NodeFacts, whole

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
_AMD_MEMORY: Final = "amd.com/gpu.vram"


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
    sku = _sku(node.instance_type)
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
        sign,
        vendor,
        product or (sku.gpu_model if sku is not None else ""),
        has or labelled or (sku.gpus if sku is not None and not slices else 0),
        sum(node.allocatable.get(name, 0) for name in names),
        _memory(node, sku),
        slices,
        names,
    )


def _sign(node: NodeFacts, sku: Sku | None) -> tuple[str, str]:
    """Vendor and sign, the soundest one first; two empty texts where there is none."""
    for vendor, names in _WHOLE.items():
        prefix = _PARTS.get(vendor, names[0])
        for name, number in (*node.allocatable.items(), *node.capacity.items()):
            if number and (name in names or name.startswith(prefix)):
                return vendor, f"resource {name}"
    for vendor, labels in _PRODUCT.items():
        found = next((label for label in labels if node.labels.get(label)), None)
        if found is not None:
            return vendor, f"label {found}"
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


def _sku(instance_type: str) -> Sku | None:
    found = (find_sku(provider, instance_type) for provider in PROVIDERS) if instance_type else ()
    return next((sku for sku in found if sku is not None), None)


def _memory(node: NodeFacts, sku: Sku | None) -> int:
    labelled = whole(node.labels.get(MEMORY_LABEL, ""))
    if labelled:
        return labelled
    match = re.fullmatch(r"([0-9]{1,6})(G|M)i?B?", node.labels.get(_AMD_MEMORY, ""))
    if match:
        return int(match[1]) * (1024 if match[2] == "G" else 1)
    return sku.memory * 1024 // sku.gpus if sku is not None and sku.gpus else 0
