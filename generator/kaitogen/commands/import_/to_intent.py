"""One finished Workspace, with its ConfigMap, back to the intent that makes them."""

from kaitogen import schema
from kaitogen.kaito.objects import canonical, has_null, part, without
from kaitogen.kaito.rules.inference_set import read_on_replicas, replica_of
from kaitogen.kaito.versions import REPLICA_METADATA
from kaitogen.model import INTENT_API_VERSION, INTENT_KIND, RUNTIME_ANNOTATION, Json, Origin, Target
from kaitogen.pipeline import scaling
from kaitogen.pipeline.context import CONFIG_KEYS, context
from kaitogen.pipeline.strategies import resolve
from kaitogen.pipeline.validate import FLEET, spec_of
from kaitogen.typed import Final, Iterator
from kaitogen.yaml.reader import Unreadable, read
from kaitogen.yaml.writer import dump, flow

_METADATA: Final = ("name", "namespace", "labels", "annotations")
_UPGRADE: Final = {"maintenanceWindow": "window"}
#: The order in which the schema lists the fields.
_PLACEMENT: Final = ("nodes", "count", "instanceType", "labelSelector", "partition", "preferredNodes")
_WORKLOAD: Final = (
    "model", "accessSecret", "accessMode", "image", "imagePullSecrets", "runtime", "method", "input", "output",
    "config", "configName", "adapters", "template",
)  # fmt: skip


class Kept(Exception):
    """Why a ConfigMap stays a file of its own."""


def intent_of(workspace: Json, target: Target, origin: Origin, scaled: Json = None) -> Json:
    """The shortest intent of a Workspace or set in canonical form; its ConfigMap, if it names one, stays a reference.

    `origin` is where the Workspace was read from. `scaled` is what a ScaledObject says of a set without a number of
    replicas, in words of an intent.
    """
    fleet: Json = {}
    if workspace["kind"] == "InferenceSet":
        workspace, fleet = _of_set(workspace, target, scaled)
    metadata = {key: workspace["metadata"][key] for key in _METADATA if key in workspace["metadata"]}
    intent = {"apiVersion": INTENT_API_VERSION, "kind": INTENT_KIND, "metadata": metadata}
    spec: Json = {}
    if target_fields := _target(target):
        spec["target"] = target_fields
    spec |= fleet
    if "inference" in workspace:
        runtime = (metadata.get("annotations") or {}).get(RUNTIME_ANNOTATION)
        spec["inference"] = _workload(workspace["inference"])
        if runtime in ("vllm", "transformers"):
            spec["inference"] = _workload(workspace["inference"], runtime=runtime)
            intent["metadata"] = without(metadata, ("annotations", RUNTIME_ANNOTATION))
    if "tuning" in workspace:
        spec["tuning"] = _workload(workspace["tuning"])
    # What runs on the nodes says whether a number of them is written.
    if placement := _placement({**intent, "spec": spec}, workspace.get("resource") or {}, origin):
        spec["placement"] = placement
    return {**intent, "spec": _in_order(("target", *FLEET, "placement", "inference", "tuning"), spec)}


def _of_set(data: Json, target: Target, scaled: Json) -> tuple[Json, Json]:
    """A set as the Workspace that each replica is, with the metadata of the set, and what the intent says of replicas."""
    spec, metadata = data["spec"], data["metadata"]
    own = spec.get("template", {}).get("metadata", {})
    annotations = dict(metadata.get("annotations", {}))
    more: Json = {}
    for key, text in own.get("annotations", {}).items():
        # The runtime of an intent goes to the set as well.
        shared = key in annotations or key != RUNTIME_ANNOTATION
        if not (shared and read_on_replicas(key) and annotations.setdefault(key, text) == text):
            more[key] = text
    others: Json = {"annotations": more} if more else {}
    if own.get("labels", {}) != metadata.get("labels", {}) and target.has(REPLICA_METADATA):
        others = {"labels": own.get("labels", {}), **others}
    fleet: Json = {"replicas": spec.get("replicas")}
    if "replicas" not in spec:  # for what nobody scales it is filled in before
        fleet = {"scaling": scaled or scaling.scaling_of(annotations)}
        annotations = {
            key: text for key, text in annotations.items() if key not in scaling.annotations(fleet["scaling"])
        }
    if "autoUpgrade" in spec:
        fleet["upgrade"] = {_UPGRADE.get(key, key): item for key, item in spec["autoUpgrade"].items()}
    if "nodeCountLimit" in spec:
        fleet["nodeCountLimit"] = spec["nodeCountLimit"]
    elif fleet.get("scaling") and scaling.reads_limit(fleet):  # else one is worked out
        fleet["nodeCountLimit"] = 0
    fleet |= {"replicaMetadata": others} if others else {}
    metadata = {key: item for key, item in {**metadata, "annotations": annotations}.items() if item}
    return {**replica_of(data), "metadata": metadata}, fleet


def _target(target: Target) -> Json:
    """What differs from the defaults: an intent that says nothing means those."""
    default = Target()
    fields = {
        "kaito": (target.kaito, default.kaito),
        "provider": (target.provider, default.provider),
        "nodeProvisioner": (target.node_provisioner, default.node_provisioner),
        "featureGates": (dict(target.feature_gates), {}),
        "apiVersion": (target.api_version, default.api_version),
    }
    return {key: value for key, (value, usual) in fields.items() if value != usual}


def _placement(intent: Json, resource: Json, origin: Origin) -> Json:
    """The shortest placement of which a strategy makes this resource; the nearest one where none does."""
    candidates = [_in_order(_PLACEMENT, candidate) for candidate in _placements(resource)]
    fields = ("count", "preferredNodes", "instanceType", "labelSelector")
    expected = tuple(resource.get(key) for key in fields)
    right = [one for one in candidates if _resource(intent, one, origin) == expected]
    return min(right, key=lambda one: len(dump(one)), default=candidates[-1])


def _placements(resource: Json) -> Iterator[Json]:
    """Ways to place a resource, each with and without its selector; the last one says everything."""
    count, preferred = resource.get("count"), resource.get("preferredNodes")
    selector = resource.get("labelSelector")
    others = {key: resource[key] for key in ("instanceType", "partition") if key in resource}
    named = bool(preferred) and len(set(map(str, preferred))) == len(preferred)
    counted = {} if count is None else {"count": count}
    by_names = [{"nodes": preferred}, {"nodes": preferred, **counted}] if named else []
    listed = {} if preferred is None else {"preferredNodes": preferred}
    for placed in (*by_names, {**counted, **listed}):
        yield {**others, **placed}
        if selector is not None:
            yield {**others, **placed, "labelSelector": selector}


def _resource(intent: Json, placement: Json, origin: Origin) -> Json:
    """What the strategies make of a placement."""
    placed = {**intent, "spec": {**intent["spec"], "placement": placement}}
    planned, _ = resolve([spec_of(placed, origin)])
    if not planned:
        return None
    resource = planned[0][1]
    preferred = None if resource.preferred_nodes is None else list(resource.preferred_nodes)
    return resource.node_count, preferred, resource.instance_type, resource.label_selector


def _workload(workload: Json, **others: Json) -> Json:
    """The inference or tuning of an intent; `others` are fields of it that stand elsewhere in a Workspace."""
    fields = {key: item for key, item in workload.items() if key not in ("preset", "config")} | others
    preset = workload.get("preset") or {}
    options = preset.get("presetOptions") or {}
    for key, holder, name in (
        ("model", preset, "name"),
        ("accessMode", preset, "accessMode"),
        ("image", options, "image"),
        ("imagePullSecrets", options, "imagePullSecrets"),
        ("accessSecret", options, "modelAccessSecret"),
    ):
        if name in holder:
            fields[key] = holder[name]
    if "config" in workload:
        fields["config"] = {"configMapName": workload["config"]}
    if "adapters" in workload:
        fields["adapters"] = [_adapter(one) for one in workload["adapters"]]
    return _in_order((*_WORKLOAD, *fields), fields)


def _in_order(keys: tuple[str, ...], fields: Json) -> Json:
    return {key: fields[key] for key in keys if key in fields}


def _adapter(adapter: Json) -> Json:
    """The strength as a number where it comes back as the same text."""
    text = adapter.get("strength")
    if not isinstance(text, str):
        return adapter
    try:
        number = float(text)
    except ValueError:
        return adapter
    for value in (int(number) if number in (0.0, 1.0) else number, number):
        if repr(value) == text:
            return {**adapter, "strength": value}
    return adapter


def with_config(intent: Json, config_map: Json, origin: Origin) -> Json:
    """The intent with the ConfigMap's content inline; Kept where that would make another ConfigMap."""
    kind = "inference" if "inference" in intent["spec"] else "tuning"
    content = _content(config_map, CONFIG_KEYS[kind])
    expected = _essence(config_map)
    made = []
    for named in ({}, {"configName": "plain"}):
        workload = {**intent["spec"][kind], "config": content, **named}
        workload = _in_order((*_WORKLOAD, *workload), workload)
        candidate = {**intent, "spec": {**intent["spec"], kind: workload}}
        if not schema.conforms("intent", candidate):
            raise Kept("it holds what inline configuration may not say")
        made.append(_config_map(candidate, origin))
        if flow(made[-1]) == flow(expected):
            return candidate
    raise Kept(_difference(expected, made))


def _content(config_map: Json, key: str) -> Json:
    """The settings of a ConfigMap, as long as they are all that it holds."""
    data = part(config_map, "data")
    others = [name for name in config_map if name not in ("apiVersion", "kind", "metadata", "data")]
    others += [name for name in config_map["metadata"] if name not in _METADATA]
    others += [name for name in data if name != key]
    for name in ("labels", "annotations"):
        if not isinstance(config_map["metadata"].get(name, {}), dict):
            raise Kept(f"its {name} are no mapping")
    if others or not isinstance(data.get(key), str):
        raise Kept(f"it holds {others[0][:60]} as well" if others else f"it has no {key}")
    try:
        documents = list(read(data[key]))
    except Unreadable as stop:
        raise Kept(f"its {key} is not to be read: {stop.flaw.message}") from stop
    if len(documents) != 1 or documents[0].flaws or not isinstance(documents[0].value, dict):
        raise Kept(f"its {key} is not one plain mapping")
    content = documents[0].value
    # A set takes a null for what is to be left out.
    if not content or "configMapName" in content or has_null(content):
        raise Kept(f"its {key} holds nothing, or a null, which inline configuration cannot say")
    return content


def _config_map(intent: Json, origin: Origin) -> Json:
    """What the intent would make beside its Workspace."""
    # Where the nodes are changes nothing in a ConfigMap, and is what may be wrong with the intent still.
    spec = {key: item for key, item in intent["spec"].items() if key != "placement"}
    planned, _ = resolve([spec_of({**intent, "spec": spec}, origin)])
    made = context(*planned[0]).values["config_map"]
    metadata = {**intent["metadata"], "name": made["name"], "annotations": made["annotations"]}
    return _essence({"metadata": metadata, "data": made["data"]})


def _essence(config_map: Json) -> Json:
    """Name, labels, annotations and content, in an order in which they compare."""
    metadata = canonical(config_map["metadata"])
    return {
        "data": config_map.get("data"),
        "name": metadata["name"],
        **{key: dict(sorted((metadata.get(key) or {}).items())) for key in ("labels", "annotations")},
    }


def _difference(expected: Json, made: list[Json]) -> str:
    if expected["data"] != made[0]["data"]:
        return "its text is not, byte for byte, what kaitogen writes for these settings"
    for key in ("labels", "annotations"):
        if expected[key] != made[0][key]:
            return f"its {key} are not those of the Workspace"
    return f"its name is neither {made[0]['name']} nor {made[1]['name']}"
