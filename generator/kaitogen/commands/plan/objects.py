"""The objects that KAITO makes for a Workspace, by the version and provisioner of the target."""

from collections.abc import Iterator
from typing import Final

from kaitogen.commands.plan.types import Made
from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.skus import find_sku
from kaitogen.kaito.rules.context import Facts, text
from kaitogen.kaito.sizing.types import Estimate
from kaitogen.model import Json

_WEIGHTS_CLASS: Final = "kaito-local-nvme-disk"
#: Kubernetes takes names of so many characters.
_LONGEST_NAME: Final = 63


def made_for(facts: Facts, estimate: Estimate) -> tuple[Made, ...]:
    """What will be there once KAITO has done its work, in the order of making."""
    return (*_nodes(facts, estimate), *_workload(facts, estimate))


def _nodes(facts: Facts, estimate: Estimate) -> Iterator[Made]:
    if facts.byo:
        return
    if facts.provisioner == "karpenter":
        name = f"{text(facts.metadata, 'namespace') or 'NAMESPACE'}-{facts.name}"
        if len(name) > _LONGEST_NAME:
            name = f"{name[: _LONGEST_NAME - 10]}-XXXXXXXXX"
        yield Made("NodePool", name, "cluster-wide")
        return
    number = "one for each node" if estimate.nodes is None else f"{estimate.nodes}"
    yield Made("NodeClaim", "wsXXXXXXXXX", f"{number}, cluster-wide")


def _workload(facts: Facts, estimate: Estimate) -> Iterator[Made]:
    name = facts.name
    if facts.tuning is not None:
        if not text(facts.tuning, "config"):
            method = text(facts.tuning, "method").lower() or "lora"
            yield Made("ConfigMap", f"{method}-params-template", "a copy of KAITO's own")
        yield Made("Job", name)
        yield Made("ControllerRevision", f"{name}-XXXXX")
        return
    if facts.has(versions.CONFIG_TEMPLATE) and facts.preset and not text(facts.inference or {}, "config"):
        yield Made("ConfigMap", "inference-params-template", "a copy of KAITO's own")
    stateful = _stateful(facts, estimate)
    yield Made("StatefulSet" if stateful else "Deployment", name, _pods(estimate))
    yield Made("Service", name, _service(facts.annotations))
    if stateful:
        yield Made("Service", f"{name}-headless")
    yield Made("ControllerRevision", f"{name}-XXXXX")
    if _keeps_weights(facts):
        note = f"one for each pod, where the StorageClass {_WEIGHTS_CLASS} is there"
        yield Made("PersistentVolumeClaim", f"model-weights-volume-{name}-N", note)


def _stateful(facts: Facts, estimate: Estimate) -> bool:
    """Before 0.8 only what was spread over several nodes; 0.4 knew no more than two families that could be."""
    if facts.has(versions.STATEFUL_SETS):
        return True
    if facts.has(versions.SEVERAL_NODES):
        return estimate.runtime == "vllm" and (estimate.nodes or 1) > 1
    return estimate.runtime == "vllm" and (facts.preset or "").startswith(("phi-3", "phi-4"))


def _pods(estimate: Estimate) -> str:
    return "" if estimate.nodes is None else "1 pod" if estimate.nodes == 1 else f"{estimate.nodes} pods"


def _service(annotations: Json) -> str:
    return "LoadBalancer" if annotations.get("kaito.sh/enablelb") == "True" else ""


def _keeps_weights(facts: Facts) -> bool:
    """Only fast disks of nodes that KAITO provisions hold weights beyond a pod's life."""
    sku = (
        find_sku(facts.provider, facts.instance_type) if facts.preset is not None and not facts.byo else None
    )
    return sku is not None and sku.nvme
