"""What is said of an InferenceSet otherwise than of a Workspace: its API version, and where labels and annotations stand."""

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.objects import ConfigMaps, config_maps_of, number, part, to_intent_path
from kaitogen.kaito.rules import inference_set
from kaitogen.kaito.sizing.size import size
from kaitogen.kaito.sizing.types import Estimate, Node
from kaitogen.kaito.versions import KINDS, PARTITIONS, REPLICA_METADATA, UPGRADE_STRATEGIES, UPGRADES, is_on
from kaitogen.model import (
    RUNTIME_ANNOTATION,
    ByoNodes,
    Diagnostic,
    Feature,
    Json,
    Manifest,
    Path,
    Rule,
    Spec,
    Target,
)
from kaitogen.typed import Final, Iterator, Mapping, NamedTuple, Sequence

KG221 = Rule("KG221", "Replicas of a tuning", kind="invalid")
KG318 = Rule("KG318", "Fewer nodes than the replicas take", kind="warning", since="0.8")
KG222 = Rule("KG222", "Replicas that this KAITO does not have, or not so", kind="invalid")
KG223 = Rule("KG223", "A word about replicas where there are none", kind="invalid")
KG224 = Rule("KG224", "A number of replicas that cannot be worked out", kind="invalid", since="0.8")
KG319 = Rule("KG319", "Nodes that no replica takes", kind="note", since="0.8")
KG325 = Rule("KG325", "Replicas that can keep each other from starting", kind="can't work", since="0.8")
KG327 = Rule("KG327", "The autoscaler owns the number of replicas", kind="note", since="0.8")
KG328 = Rule("KG328", "Nobody makes the replicas", kind="warning", since="0.8")

_GATE: Final = "enableInferenceSetController"
_SYNC_OPTIONS: Final = "argocd.argoproj.io/sync-options"
#: What KAITO calls the words of spec.upgrade, where it has others.
_UPGRADE: Final = {"window": "maintenanceWindow"}
#: As many replicas as the nodes hold.
AUTO: Final = "auto"
_REPLICAS: Final = ("spec", "replicas")


def objections(value: Json, target: Target) -> Iterator[Diagnostic]:
    """What in an intent with replicas cannot be said of an InferenceSet, or not of one of the target's version."""
    spec = value["spec"]
    if "replicas" not in spec and "scaling" not in spec:
        word = next(word for word in ("upgrade", "nodeCountLimit", "replicaMetadata") if word in spec)
        message = f"{word} is about the replicas of an InferenceSet, and this intent makes one Workspace"
        yield KG223.at(("spec", word), message, fix="add replicas, or remove it")
        return
    if isinstance(spec.get("replicas"), dict):
        from kaitogen.pipeline import burst  # hardly any intent asks for it

        yield from burst.objections(value, target)
    elif "scaling" in spec:
        from kaitogen.pipeline import scaling  # few leave the number to an autoscaler

        yield from scaling.objections(spec, target)
    if spec.get("tuning") is not None:
        message = "a tuning is one job, and replicas are copies of a model that serves"
        yield KG221.at(_REPLICAS, message, fix="remove replicas")
    yield from _unsaid(value, target)


def _unsaid(value: Json, target: Target) -> Iterator[Diagnostic]:
    """What an InferenceSet of the target's version has no place for."""
    spec = value["spec"]
    served = KINDS["InferenceSet"]["v1alpha1"]
    if not target.has(served):
        word = "replicas" if "replicas" in spec else "scaling"
        yield _not_before(target, served, ("spec", word), "has no InferenceSet, which makes replicas")
        return
    if "upgrade" in spec and not target.has(UPGRADES):
        yield _not_before(target, UPGRADES, ("spec", "upgrade"), "does not upgrade replicas by itself")
    elif "strategy" in spec.get("upgrade", {}) and not target.has(UPGRADE_STRATEGIES):
        strategy = ("spec", "upgrade", "strategy")
        yield _not_before(target, UPGRADE_STRATEGIES, strategy, "has one strategy for upgrades, InPlace")
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
            path = ("metadata", "annotations", key)
            yield _not_before(target, REPLICA_METADATA, path, f"{drops} {key} there")
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
    own = spec.fleet or {}
    limit = own.get("nodeCountLimit")
    if "scaling" in own:
        from kaitogen.pipeline import scaling  # few leave the number to an autoscaler

        limit = None if scaling.reads_limit(own) and limit == 0 else limit
        annotations = {**annotations, **scaling.annotations(own["scaling"])}
        values = {**values, "scaled_object": scaling.scaled_object(spec, own["scaling"])}
    if config_map := values["config_map"]:
        kept = {**config_map["annotations"], **_kept(config_map["annotations"])}
        values = {**values, "config_map": {**config_map, "annotations": kept}}
    metadata = own.get("replicaMetadata", {})
    serves_newest = spec.target.has(KINDS["InferenceSet"]["v1beta1"])
    return {
        **values,
        "replicas": None if own.get("replicas") == AUTO else own.get("replicas"),
        "node_count_limit": limit,
        "auto_upgrade": {_UPGRADE.get(key, key): item for key, item in own.get("upgrade", {}).items()},
        # The newest that the target serves, but for an intent that asks for the old one.
        "api_version": spec.target.api_version if serves_newest else "kaito.sh/v1alpha1",
        "annotations": {key: text for key, text in annotations.items() if inference_set.read_on_set(key)},
        "replica_labels": metadata.get("labels", spec.labels if spec.target.has(REPLICA_METADATA) else {}),
        "replica_annotations": {
            **{key: text for key, text in annotations.items() if inference_set.read_on_replicas(key)},
            **metadata.get("annotations", {}),
        },
    }


def _kept(annotations: Mapping[str, str]) -> dict[str, str]:
    """What keeps Argo CD and Flux from taking the ConfigMap of a set away.

    Replicas that run mount the one that they were made with. And KAITO's webhook (since 0.12) refuses every update of a
    set without its ConfigMap, the removal of its finalizer as well: pruned together, the set stays, and so do its GPUs.
    """
    own = [
        option for option in annotations.get(_SYNC_OPTIONS, "").split(",")
        if option and not option.strip().startswith(("Prune=", "Delete="))
    ]  # fmt: skip
    return {
        _SYNC_OPTIONS: ",".join([*own, "Prune=false", "Delete=false"]),
        "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
        "kustomize.toolkit.fluxcd.io/prune": "disabled",
    }


def counted(manifests: Sequence[Manifest]) -> list[Manifest]:
    """The manifests, with a number of replicas or a limit of nodes in each set that leaves it to kaitogen, if it is known."""
    config_maps = config_maps_of(data for _, data in manifests)
    return [
        Manifest(spec, _counted(spec, data, config_maps) if data["kind"] == "InferenceSet" else data)
        for spec, data in manifests
    ]


def _counted(spec: Spec, data: Mapping[str, Json], config_maps: ConfigMaps) -> Mapping[str, Json]:
    fleet = spec.fleet or {}
    is_limited = "scaling" in fleet and "nodeCountLimit" not in fleet
    if not is_limited and fleet.get("replicas") != AUTO:
        return data
    estimate = size_of(data, spec.target, config_maps, spec.placement.byo_nodes)
    if is_limited:
        from kaitogen.pipeline import scaling  # few leave the number to an autoscaler

        return scaling.limited(fleet, data, estimate)
    there, nodes = _there(spec)[0], estimate.nodes
    if there is None or not nodes or there < nodes:
        return data
    return {**data, "spec": {"replicas": there // nodes, **part(data, "spec")}}


def of_intent(problems: list[Diagnostic]) -> list[Diagnostic]:
    """What the rules say of a set, as it is for one that an intent makes: an intent says itself how many replicas there are.

    So its annotations for an older autoscaler do nothing, and keep nothing from working.
    """
    dead = inference_set.KG910
    return [one._replace(severity="warning") if one.rule == dead else one for one in problems]


def room(spec: Spec, data: Json, config_maps: ConfigMaps) -> Iterator[Diagnostic]:
    """What is to say of the replicas of a set, and of the nodes that its intent names, counts or selects for all of them."""
    (there, how), estimate = _there(spec), size_of(data, spec.target, config_maps, spec.placement.byo_nodes)
    (least, replicas), nodes = range_of(spec, data), estimate.nodes
    yield from unmade(spec.target)
    fleet, path = spec.fleet or {}, to_intent_path(spec, _REPLICAS)
    automatic, scaled = fleet.get("replicas") == AUTO, "scaling" in fleet
    if scaled:
        from kaitogen.pipeline import scaling  # few leave the number to an autoscaler

        message = f"replicas is not written: {fleet['scaling']['by']} sets it, and whoever applies a number would fight it"
        fix = "let nothing else set it: no replicas in patches, and no self-healing of /spec/replicas"
        yield KG327.at(path, message, fix=fix)
        if least is not None and replicas is not None and nodes and scaling.reads_limit(fleet):
            yield from scaling.of_limit(fleet.get("nodeCountLimit", 0), least, replicas, nodes)
    if automatic and replicas is None:
        yield _unknown(there, estimate)
    if there is None or nodes is None or replicas is None:
        return
    needed = replicas * nodes
    if automatic and needed < there:
        message = f"{_taken(replicas, nodes)} of {there} nodes"
        fix = "leave them to others, or take as many nodes as whole replicas need"
        yield KG319.at(_REPLICAS, message, fix=fix, found=str(there), expected=str(needed))
    wanted = Wanted(replicas, nodes, 1, path)
    if scaled:
        # An autoscaler does nothing for a single replica, and no maximum may lie below the minimum.
        wanted = Wanted(replicas, nodes, max(2, least or 0), (*path, "max"))
    yield from too_many(wanted, there, how, byo=spec.target.byo)


def unmade(target: Target) -> Iterator[Diagnostic]:
    """KG328: a set of which no controller makes anything; whether the gate is on, the target says or the release."""
    if not is_on(_GATE, target):
        message = f"KAITO {target.kaito} makes nothing of an InferenceSet while its gate {_GATE} is off"
        fix = f"switch it on in KAITO's installation, and write target.featureGates: {{{_GATE}: true}}"
        yield KG328.at(_REPLICAS, message, fix=fix)


class Wanted(NamedTuple):
    """How many replicas there may be, the nodes of each, the fewest that may be written instead, and where that is said."""

    replicas: int
    nodes: int
    least: int
    path: Path


def _taken(replicas: int, nodes: int) -> str:
    """`3 replicas of 2 nodes each take 6`."""
    takes = "takes" if replicas == 1 else "each take"
    return f"{number_of(replicas, 'replica')} of {number_of(nodes, 'node')} {takes} {replicas * nodes}"


def too_many(wanted: Wanted, there: int, how: str, *, byo: bool) -> Iterator[Diagnostic]:
    """KG318 and KG325: replicas that take more nodes than there are. `how` says how that is known."""
    replicas, nodes, least, path = wanted
    needed = replicas * nodes
    if needed <= there:
        return
    text = f"{_taken(replicas, nodes)}, and {there} {how}"
    fix = f"label {needed} nodes" if how.endswith("the selector") else f"say where {needed} nodes are"
    if there // nodes >= least:
        fix = f"write {path[-1]}: {there // nodes}, or {fix}"
    # Each may hold all of its nodes but one, and none of them starts.
    stuck = byo and nodes > 1 and there <= replicas * (nodes - 1)
    if stuck:
        text += ": each can hold some and wait for the rest for ever"
    yield (KG325 if stuck else KG318).at(path, text, fix=fix, found=str(there), expected=str(needed))


def _unknown(there: int | None, estimate: Estimate) -> Diagnostic:
    """KG224: why nobody can say how many replicas there will be."""
    if there is None:
        message = "replicas: auto needs to know how many nodes there are, and the intent neither counts nor names any"
        fix = "add placement.count, or placement.nodes, or write a number"
        return KG224.at(_REPLICAS, message, fix=fix)
    if not estimate.nodes:
        message = f"how many nodes a replica takes is not known: {estimate.unknown}"
        return KG224.at(_REPLICAS, message, fix="write a number, or give an inventory of the nodes")
    message = f"a replica takes {number_of(estimate.nodes, 'node')}, and there are only {there}"
    fix = "take more nodes, or larger ones"
    return KG224.at(_REPLICAS, message, fix=fix, found=str(there), expected=str(estimate.nodes))


def range_of(spec: Spec | None, data: Mapping[str, Json]) -> tuple[int | None, int | None]:
    """How many replicas a set has at least and at most; both the same where no autoscaler sets it, None where unknown."""
    fleet = (spec.fleet if spec else None) or {}
    if "scaling" in fleet:
        return fleet["scaling"].get("min", 1), fleet["scaling"]["max"]
    replicas = number(part(data, "spec"), "replicas")
    return replicas, replicas


def _there(spec: Spec) -> tuple[int | None, str]:
    """How many nodes there are for all replicas together, None where nothing says it, and how that is known.

    The intent names or counts them, or an inventory knows those that its selector finds.
    """
    count, names, facts = spec.placement.node_count, spec.placement.nodes, spec.placement.byo_nodes
    if names is not None:
        there, how = len(names), "named"
    elif facts is not None and (count is None or facts.nodes < count):
        return facts.nodes, found(facts)
    elif count is not None:
        there, how = count, "counted"
    else:
        return None, ""
    return there, f"{'is' if there == 1 else 'are'} {how}"


def size_of(
    data: Mapping[str, Json], target: Target, config_maps: ConfigMaps, facts: ByoNodes | None
) -> Estimate:
    """What KAITO takes for each replica of a set, with what facts say of the nodes that its selector finds."""
    given = None
    if facts is not None and facts.gpus and facts.memory:
        given = Node(gpus=facts.gpus, memory=facts.memory, card="", source="the inventory")
    return size(inference_set.replica_of(data), target, config_maps, None, given).estimate


def found(facts: ByoNodes) -> str:
    """How it is known that there are so many nodes, where an inventory knows those that the selector finds."""
    return f"{'matches' if facts.nodes == 1 else 'match'} the selector"
