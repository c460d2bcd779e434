"""Kubernetes objects as values: the form in which they are stored, what stands at a path, merging, and the way back to the intent."""

from kaitogen.model import RUNTIME_ANNOTATION, Json, Path, Spec, Target
from kaitogen.typed import Any, Final, Iterable, Iterator, Mapping, TypeAlias

#: The data of each ConfigMap by its namespace ("" where it names none) and name.
ConfigMaps: TypeAlias = Mapping[tuple[str, str], Mapping[str, str]]
#: What Kubernetes takes for one and the same object: its API group, kind, namespace ("" for none) and name.
Identity: TypeAlias = tuple[str, str, str, str]

#: How the API version of every object of KAITO's begins.
KAITO_GROUP: Final = "kaito.sh/"
#: The label with the name of an InferenceSet, on each Workspace that KAITO makes of it and on its pods.
CREATED_BY: Final = "inferenceset.kaito.sh/created-by"
#: KAITO's label on the pods of a Workspace (pkg/workspace/manifests/manifests.go:136@v0.12.0).
WORKSPACE_LABEL: Final = "kaito.sh/workspace"
#: Kubernetes' label with the number of a pod, of which the first one of each replica serves.
POD_INDEX: Final = "apps.kubernetes.io/pod-index"
#: Where a set says what a Workspace says.
TEMPLATE: Final[Path] = ("spec", "template")

#: What has values in it. (A union of types would be made anew for every value.)
_HOLDERS: Final = (dict, list)
#: The classes of most values, which Kubernetes stores as they are.
_AS_THEY_ARE: Final = frozenset((str, int, bool))

#: What `value_at` gives where nothing stands, for callers to whom null is a value.
MISSING: Final[Any] = object()

#: Below these, KAITO's schema has no say, and an empty mapping means something (`emptyDir: {}`).
_KEPT_AS_WRITTEN: Final = frozenset(("template", "volumeSource"))

#: Mappings to text of Kubernetes' metadata, where the decoder reads null as empty.
_TEXTS: Final = frozenset(("labels", "annotations"))

#: All annotations of these groups are kustomize's and kpt's own memory.
_KUSTOMIZE_GROUPS: Final = ("internal.config.kubernetes.io/", "kustomize.config.k8s.io/", "config.k8s.io/")
#: Of this group, users write the others themselves (`config.kubernetes.io/depends-on`).
_KUSTOMIZE_KEYS: Final = frozenset(
    f"config.kubernetes.io/{key}" for key in ("function", "index", "path", "package", "id", "local-config")
)

#: Where a field of a generated object comes from in the intent. The longest prefix counts.
_INTENT_PATHS: Final[dict[Path, Path]] = {
    ("metadata",): ("metadata",),
    ("resource",): ("spec", "placement"),
    ("inference", "preset"): ("spec", "inference"),
    ("inference", "preset", "name"): ("spec", "inference", "model"),
    ("inference", "preset", "accessMode"): ("spec", "inference", "accessMode"),
    ("inference", "preset", "presetOptions"): ("spec", "inference"),
    ("inference", "preset", "presetOptions", "modelAccessSecret"): ("spec", "inference", "accessSecret"),
    ("inference",): ("spec", "inference"),
    ("tuning", "preset"): ("spec", "tuning"),
    ("tuning", "preset", "name"): ("spec", "tuning", "model"),
    ("tuning", "preset", "presetOptions"): ("spec", "tuning"),
    ("tuning", "preset", "presetOptions", "modelAccessSecret"): ("spec", "tuning", "accessSecret"),
    ("tuning",): ("spec", "tuning"),
    ("apiVersion",): ("spec", "target", "apiVersion"),
    (): ("spec",),
}


def is_of_kaito(data: Mapping[str, Json]) -> bool:
    """Whether an object belongs to KAITO's group, of whatever kind and version."""
    return text(data, "apiVersion").startswith(KAITO_GROUP)


def is_workspace(data: Mapping[str, Json]) -> bool:
    """Whether an object is a Workspace of KAITO's, of any version."""
    return data["kind"] == "Workspace" and is_of_kaito(data)


def serves(data: Mapping[str, Json]) -> bool:
    """Whether an object is what an intent becomes: a Workspace, or an InferenceSet of several."""
    return data["kind"] in ("Workspace", "InferenceSet") and is_of_kaito(data)


def runtime_of(inference: Mapping[str, Json], annotations: Mapping[str, Json]) -> Json:
    """The runtime that an intent asks for, by its word or KAITO's annotation; None where it leaves that to KAITO."""
    return inference.get("runtime") or annotations.get(RUNTIME_ANNOTATION)


def on_vllm(runtime: str | None, target: Target) -> bool:
    """Whether a model runs on vLLM, by the runtime that is asked for."""
    return runtime != "transformers" and target.feature_gates.get("vLLM") is not False


def list_items(data: Mapping[str, Json]) -> list[Json] | None:
    """What a List of kubectl's holds; None for any other object."""
    items = data.get("items")
    return items if text(data, "kind").endswith("List") and isinstance(items, list) else None


def schema_name(data: Json, target: Target) -> str:
    """The name of the schema that the target's API server holds an object of KAITO's against; of none where it does not serve it."""
    version = data["apiVersion"].removeprefix(KAITO_GROUP)
    return f"{data['kind'].lower()}-{target.kaito}-{version}"


def canonical(value: Json, parent: str = "") -> Json:
    """The value as Kubernetes stores it, so that nothing drifts: no null anywhere, no empty mapping or list.

    A labelSelector stays even where it is empty, since KAITO requires the field. `parent`
    is the key that the value stands under.
    """
    if isinstance(value, dict):
        kept: dict[str, Json] = {}
        for key, item in value.items():
            if item.__class__ in _AS_THEY_ARE:
                kept[key] = item
            elif item is None:
                pass
            # The template of a set is a Workspace, and no pod.
            elif key in _KEPT_AS_WRITTEN and parent != "spec":
                kept[key] = without_nulls(item)
            elif not isinstance(item, _HOLDERS):
                kept[key] = canonical(item)
            elif (inner := canonical(item, key)) or (
                key == "labelSelector" and parent in ("resource", "spec")
            ):
                kept[key] = inner
        return kept
    if isinstance(value, list):
        return [canonical(item) for item in value]
    return _as_go_reads(value) if type(value) is float else value


def _as_go_reads(number: float) -> float:
    """A whole number without its fraction: JSON tells 2.0 and 2 not apart, and Go takes the first for no integer."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def without_nulls(value: Json) -> Json:
    """The value without the keys whose value is null, and whole numbers without a fraction."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return _as_go_reads(value) if type(value) is float else value


def has_null(value: Json) -> bool:
    """Whether a null stands anywhere in a mapping or list."""
    for item in value.values() if isinstance(value, dict) else value:
        if item is None or (isinstance(item, _HOLDERS) and has_null(item)):
            return True
    return False


def as_stored(value: Json, parent: str = "") -> Json:
    """An object of a user's without nulls, as the API server keeps it: of a label or an annotation an empty text stays.

    `parent` is the key that the value stands under.
    """
    if isinstance(value, dict):
        if parent in _TEXTS:
            return {key: "" if text is None else text for key, text in value.items()}
        return {
            key: as_stored(item, key) if isinstance(item, _HOLDERS) else item
            for key, item in value.items()
            if item is not None
        }
    return [as_stored(item) for item in value] if isinstance(value, list) else value


def in_key_order(value: Json) -> Json:
    """Keys sorted, so that only the content counts: kustomize and others hand mappings on in another order."""
    if isinstance(value, dict):
        return {key: in_key_order(value[key]) for key in sorted(value)}
    return [in_key_order(item) for item in value] if isinstance(value, list) else value


def alike(one: Json, other: Json) -> bool:
    """Whether two values are written alike but for the order of keys: true is not 1, 1.0 is not either, nor -0.0 0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(item, other[key]) for key, item in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return repr(one) == repr(other) if isinstance(one, float) else bool(one == other)


def merged(base: Json, over: Json) -> Json:
    """`base` with `over` merged into it: mappings merge, lists and scalars replace, an explicit null removes."""
    if not isinstance(over, dict):
        return over
    result = dict(base) if isinstance(base, dict) else {}
    for key, item in over.items():
        if item is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), item)
    return result


def value_at(value: Json, path: Path, missing: Json = None) -> Json:
    """What stands at a path of keys and list indexes; `missing` where nothing does."""
    for step in path:
        if isinstance(value, dict) and step in value:
            inner: Json = value[step]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            inner = value[step]
        else:
            return missing
        value = inner
    return value


def with_value(holder: Json, path: Path, value: Json) -> Json:
    """A copy with the value at the path, without the key where it is None; mappings on the way are made.

    TypeError where something on the way has nothing below it, IndexError where a list is too short.
    """
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        if not isinstance(holder, list):
            raise TypeError
        items = list(holder)
        items[step] = with_value(items[step], rest, value) if rest else value
        return items
    if holder is None:
        holder = {}
    if not isinstance(holder, dict):
        raise TypeError
    changed = dict(holder)
    if rest:
        changed[step] = with_value(changed.get(step, [] if isinstance(rest[0], int) else {}), rest, value)
    elif value is None:
        changed.pop(step, None)
    else:
        changed[step] = value
    return changed


def place_of(data: Mapping[str, Json]) -> tuple[str, str]:
    """The namespace and the name of an object; empty where it does not say them."""
    metadata = part(data, "metadata")
    return text(metadata, "namespace"), text(metadata, "name")


def identity(data: Mapping[str, Json]) -> Identity:
    """As `Manifest.identity`, of an object that may say anything: what is no text is empty."""
    return text(data, "apiVersion").rpartition("/")[0], text(data, "kind"), *place_of(data)


def full_name(data: Mapping[str, Json]) -> str:
    """The name of an object, with its namespace before it where it has one."""
    return "/".join(filter(None, place_of(data)))


def part(mapping: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    """The mapping under a key; an empty one where there is none."""
    value = mapping.get(key)
    return value if isinstance(value, dict) else {}


def parts(mapping: Mapping[str, Json], key: str) -> list[Mapping[str, Json]]:
    """The list of mappings under a key; what is no mapping in it counts as an empty one."""
    value = mapping.get(key)
    if not isinstance(value, list):
        return []
    return [item if isinstance(item, dict) else {} for item in value]


def number(mapping: Mapping[str, Json], key: str) -> int | None:
    """The whole number of at most 64 bits under a key; None where there is none."""
    value = mapping.get(key)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # JSON tells 1.0 and 1 not apart
    whole = isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
    return value if whole else None


def text(mapping: Mapping[str, Json], key: str) -> str:
    """The text under a key; empty where there is none."""
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def without(value: Json, path: Path) -> Json:
    """A copy without the key at a path, and without a mapping that this leaves empty."""
    key, rest = path[0], path[1:]
    if isinstance(value, list) and rest and isinstance(key, int) and key < len(value):
        return [*value[:key], without(value[key], rest), *value[key + 1 :]]
    if not isinstance(value, dict) or key not in value:
        return value
    inner = without(value[key], rest) if rest else None
    if rest and inner is value[key]:
        return value
    kept = {name: item for name, item in value.items() if name != key or inner}
    return kept if not inner else {**kept, key: inner}


def paths_in(value: Json, path: Path = ()) -> Iterator[Path]:
    """The path of everything in a value, itself included."""
    yield path
    if isinstance(value, _HOLDERS):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths_in(item, (*path, key))


def leaves(value: Json, path: Path = ()) -> Iterator[Path]:
    """The paths of what is no mapping in a mapping of mappings."""
    if not isinstance(value, dict):
        yield path
        return
    for key, item in value.items():
        yield from leaves(item, (*path, key))


def config_maps_of(objects: Iterable[Json]) -> ConfigMaps:
    """The data of the ConfigMaps among these objects; one whose own shape is wrong is nobody's to refer to."""
    found: dict[tuple[str, str], Mapping[str, str]] = {}
    for one in objects:
        metadata = one.get("metadata")
        if one["kind"] != "ConfigMap" or one["apiVersion"] != "v1" or not isinstance(metadata, dict):
            continue
        namespace, name, data = metadata.get("namespace") or "", metadata.get("name"), one.get("data") or {}
        if isinstance(namespace, str) and isinstance(name, str) and isinstance(data, dict):
            found[namespace, name] = data
    return found


def is_kustomize_annotation(key: str) -> bool:
    """Whether kustomize or kpt keep an annotation for themselves, so that it must not count as the user's."""
    return key.startswith(_KUSTOMIZE_GROUPS) or key in _KUSTOMIZE_KEYS


def to_intent_path(spec: Spec, path: Path) -> Path:
    """The path in the intent of what stands at `path` in the object made from it."""
    if spec.fleet is not None:
        path = _in_replica(path)
    if spec.placement.nodes is not None and path[:1] == ("resource",):
        # With named nodes the count and the list both come from the names.
        if path[1:2] == ("preferredNodes",):
            return ("spec", "placement", "nodes", *path[2:])
        if path[1:2] == ("count",) and spec.placement.node_count is None:
            return ("spec", "placement", "nodes")
    if path[:3] == ("metadata", "annotations", RUNTIME_ANNOTATION) and "runtime" in (spec.inference or {}):
        return ("spec", "inference", "runtime")
    if path[:2] == ("spec", "autoUpgrade"):
        words = {"autoUpgrade": "upgrade", "maintenanceWindow": "window"}
        return tuple(words.get(step, step) if isinstance(step, str) else step for step in path)
    if path[:2] == ("spec", "nodeCountLimit"):
        return path
    if path[:2] == ("spec", "replicas") or (spec.fleet is not None and path == ("kind",)):
        return _number_of(spec)
    length = len(path)
    while path[:length] not in _INTENT_PATHS:
        length -= 1
    return (*_INTENT_PATHS[path[:length]], *path[length:])


def _number_of(spec: Spec) -> Path:
    """Where an intent says how many replicas there are."""
    fleet = spec.fleet or {}
    if "pair" in fleet:
        return ("spec", "replicas", "burst" if "scaling" in fleet else "base")
    return ("spec", "scaling" if "scaling" in fleet else "replicas")


def _in_replica(path: Path) -> Path:
    """From a field of a set to the one of the Workspace that each replica is, where that has it."""
    if path[:2] == TEMPLATE:
        return path[2:]
    return ("resource", *path[1:]) if path[:2] == ("spec", "labelSelector") else path


def is_replica(workspace: Json) -> bool:
    """Whether a Workspace is one that KAITO made of a set."""
    return CREATED_BY in part(part(workspace, "metadata"), "labels")
