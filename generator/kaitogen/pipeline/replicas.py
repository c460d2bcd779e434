"""What is said of an InferenceSet otherwise than of a Workspace: its API version, and where labels and annotations stand."""

from collections.abc import Iterator, Mapping
from typing import Final

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.objects import ConfigMaps, number, part
from kaitogen.kaito.rules import inference_set
from kaitogen.kaito.sizing.size import size
from kaitogen.kaito.sizing.types import Node
from kaitogen.kaito.versions import KINDS, PARTITIONS, REPLICA_METADATA
from kaitogen.model import RUNTIME_ANNOTATION, Diagnostic, Feature, Json, Path, Rule, Spec, Target

KG221 = Rule("KG221", "Replicas of a tuning", kind="invalid")
KG318 = Rule("KG318", "Fewer nodes than the replicas take", kind="warning", since="0.8")
KG222 = Rule("KG222", "Replicas that this KAITO does not have, or not so", kind="invalid")

KG223 = Rule("KG223", "A word about replicas where there are none", kind="invalid")

_REPLICAS: Final = ("spec", "replicas")


def objections(value: Json, target: Target) -> Iterator[Diagnostic]:
    """What in an intent with replicas cannot be said of an InferenceSet, or not of one of the target's version."""
    spec = value["spec"]
    if "replicas" not in spec:
        message = (
            "replicaMetadata is about the replicas of an InferenceSet, and this intent makes one Workspace"
        )
        yield KG223.at(("spec", "replicaMetadata"), message, fix="add replicas, or remove it")
        return
    if spec.get("tuning") is not None:
        message = "a tuning is one job, and replicas are copies of a model that serves"
        yield KG221.at(_REPLICAS, message, fix="remove replicas")
    served = KINDS["InferenceSet"]["v1alpha1"]
    if not target.has(served):
        yield _not_before(target, served, _REPLICAS, "has no InferenceSet, which makes replicas")
        return
    if "partition" in (spec.get("placement") or {}) and not target.has(PARTITIONS):
        yield _not_before(target, PARTITIONS, ("spec", "placement", "partition"), "knows no partition")
    if target.has(REPLICA_METADATA):
        return
    if "replicaMetadata" in spec:
        what = "drops labels and annotations from the template of an InferenceSet"
        yield _not_before(target, REPLICA_METADATA, ("spec", "replicaMetadata"), what)
    drops = "drops all annotations from the template of an InferenceSet, and its replicas read"
    for key in value["metadata"].get("annotations") or {}:
        if inference_set.read_on_replicas(key):
            yield _not_before(
                target, REPLICA_METADATA, ("metadata", "annotations", key), f"{drops} {key} there"
            )
    if "runtime" in (spec.get("inference") or {}):
        path = ("spec", "inference", "runtime")
        yield _not_before(target, REPLICA_METADATA, path, f"{drops} {RUNTIME_ANNOTATION} there")


def _not_before(target: Target, feature: Feature, path: Path, what: str) -> Diagnostic:
    fix = f"generate for KAITO {feature.came_with} or newer, or remove it"
    return KG222.at(path, f"KAITO {target.kaito} {what}", fix=fix)


def of_set(spec: Spec, values: Mapping[str, Json]) -> dict[str, Json]:
    """The values that a template sees of a set, made from those of the Workspace that each of its replicas is.

    An annotation goes to where KAITO reads it. A label goes to the replicas as well where KAITO keeps it there, unless
    the intent says itself what their labels are.
    """
    annotations: Mapping[str, str] = values["annotations"]
    own = (spec.fleet or {}).get("replicaMetadata", {})
    return {
        **values,
        "api_version": _api_version(spec),
        "annotations": {key: text for key, text in annotations.items() if inference_set.read_on_set(key)},
        "replica_labels": own.get("labels", spec.labels if spec.target.has(REPLICA_METADATA) else {}),
        "replica_annotations": {
            **{key: text for key, text in annotations.items() if inference_set.read_on_replicas(key)},
            **own.get("annotations", {}),
        },
    }


def _api_version(spec: Spec) -> str:
    """The newest that the target serves, but for an intent that asks for the old one."""
    served = spec.target.has(KINDS["InferenceSet"]["v1beta1"])
    return spec.target.api_version if served else "kaito.sh/v1alpha1"


def room(spec: Spec, data: Json, config_maps: ConfigMaps) -> Iterator[Diagnostic]:
    """KG318: all replicas together take more nodes than the intent names or counts. `data` is the set made of it."""
    placement = spec.placement
    there = placement.node_count if placement.nodes is None else len(placement.nodes)
    replicas = number(part(data, "spec"), "replicas")
    if there is None or not replicas:
        return
    nodes = nodes_of_replica(spec, inference_set.replica_of(data), config_maps)
    if nodes is None or replicas * nodes <= there:
        return
    needed = replicas * nodes
    how = "counted" if placement.nodes is None else "named"
    message = f"{number_of(replicas, 'replica')} of {number_of(nodes, 'node')} each take {needed}, and {there} {'is' if there == 1 else 'are'} {how}"
    fix = f"write replicas: {there // nodes}, or say where {needed} nodes are"
    yield KG318.at(_REPLICAS, message, fix=fix, found=str(there), expected=str(needed))


def nodes_of_replica(spec: Spec, replica: Json, config_maps: ConfigMaps) -> int | None:
    """How many nodes KAITO takes for each replica, a Workspace; None where only the cluster knows."""
    facts = spec.placement.byo_nodes
    known = facts is not None and facts.gpus and facts.memory
    given = (
        Node(gpus=facts.gpus, memory=facts.memory, card="", source="the inventory")
        if facts and known
        else None
    )
    return size(replica, spec.target, config_maps, None, given).estimate.nodes
