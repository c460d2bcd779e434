"""Which labels ask for spot capacity and for a zone, by who brings the nodes, and where nobody can be asked.

KAITO has no field for either. Under karpenter it copies the selector into the NodePool, whose labels are requirements to
Karpenter (pkg/nodeprovision/karpenter/nodepool.go:119@v0.12.0); under byo it counts the nodes that have the labels. Its
azure-gpu-provisioner buys by instance type alone (pkg/nodeprovision/gpu-provisioner, nodeclaim.go:205@v0.12.0).
"""

from kaitogen.kaito.versions import SPOT_TOLERATED
from kaitogen.model import Diagnostic, Json, Path, Rule, Target
from kaitogen.nodes.facts import ZONE_LABEL
from kaitogen.typed import Final, Iterator, Mapping

KG231 = Rule("KG231", "Capacity or a zone that nobody can be asked for", kind="invalid", since="0.4")

_KARPENTER: Final = "karpenter.sh/capacity-type"
#: The labels of the pools that users bring, by cloud and capacity. Azure has none for what is no spot node.
_POOLS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("azure", "spot"): ("kubernetes.azure.com/scalesetpriority", "spot"),
    ("aws", "spot"): ("eks.amazonaws.com/capacityType", "SPOT"),
    ("aws", "on-demand"): ("eks.amazonaws.com/capacityType", "ON_DEMAND"),
}
#: All labels that a capacity may be asked for by.
LABELS: Final = frozenset((_KARPENTER, *(key for key, _ in _POOLS.values())))


def labels(placement: Json, target: Target) -> dict[str, str]:
    """The labels by which nodes are asked for; none where the provisioner brings nothing else."""
    asked: dict[str, str] = {}
    capacity, zones = placement.get("capacity"), placement.get("zones")
    if _is_provisioned(target):
        return asked
    if capacity is not None:
        label = (_KARPENTER, capacity)
        if target.byo:
            label = _POOLS.get((target.provider, capacity), ("", ""))
        asked |= dict([label] if label[0] else [])
    return asked | ({ZONE_LABEL: zones[0]} if zones else {})


def objections(placement: Json, target: Target) -> Iterator[Diagnostic]:
    """What placement.capacity and placement.zones ask for and nobody can give, or the selector says otherwise."""
    capacity, zones = placement.get("capacity"), placement.get("zones")
    if _is_provisioned(target):
        message = f"KAITO's {target.node_provisioner} buys nodes by their instance type alone"
        fix = "set target.nodeProvisioner: karpenter, or byo with a pool of your own"
        if capacity == "spot":
            yield _at(
                "capacity", f"{message}, and never spot capacity", f"{fix}, or write capacity: on-demand"
            )
        if zones:
            yield _at("zones", f"{message}, and in no zone of choice", fix)
        return
    if capacity is not None and target.byo:
        yield from _of_pools(capacity, target)
    if zones and len(zones) > 1:
        message = f"{len(zones)} zones, and KAITO's selector takes one value for a label"
        yield _at("zones", message, "name one, with an intent for each, or leave zones out")
    own = (placement.get("labelSelector") or {}).get("matchLabels") or {}
    for key, value in labels(placement, target).items():
        if own.get(key, value) != value:
            path = ("labelSelector", "matchLabels", key)
            message = f"the selector says {own[key]}, and {'zones' if key == ZONE_LABEL else 'capacity'} asks for {value}"
            yield _at(path, message, "remove one of the two")


def _of_pools(capacity: str, target: Target) -> Iterator[Diagnostic]:
    fix = "remove capacity, and select a label of your own pool by labelSelector"
    if (target.provider, capacity) not in _POOLS:
        yield _at("capacity", f"no label of {target.provider} says which nodes are {capacity}", fix)
    elif target.provider == "azure" and not target.has(SPOT_TOLERATED):
        message = f"pods of KAITO {target.kaito} do not tolerate the taint that Azure puts on spot nodes"
        fix = f"generate for KAITO {SPOT_TOLERATED.came_with} or newer, or remove capacity"
        yield _at("capacity", message, fix)


def _is_provisioned(target: Target) -> bool:
    """Whether KAITO buys nodes by their instance type alone."""
    return not target.byo and target.node_provisioner != "karpenter"


def _at(word: str | Path, message: str, fix: str) -> Diagnostic:
    path = (word,) if isinstance(word, str) else word
    return KG231.at(("spec", "placement", *path), message, fix=fix)
