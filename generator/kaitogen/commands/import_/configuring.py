"""A ConfigMap that a Workspace names back to inline configuration, where an intent would make just this one."""

from typing import Final, NamedTuple

from kaitogen import schema
from kaitogen.commands.import_.placing import spec_of
from kaitogen.kaito.objects import canonical
from kaitogen.model import Json, ResourceSpec, Target
from kaitogen.pipeline.context import CONFIG_KEYS, context
from kaitogen.yaml.reader import Unreadable, read
from kaitogen.yaml.writer import flow

_RESOURCE: Final = ResourceSpec("auto", {})


class Kept(NamedTuple):
    """Why a ConfigMap stays a file of its own."""

    reason: str


def with_config(intent: Json, config_map: Json, target: Target) -> Json | Kept:
    """The intent with the ConfigMap's content inline; why not, where that would make another ConfigMap."""
    kind = "inference" if "inference" in intent["spec"] else "tuning"
    content = _content(config_map, CONFIG_KEYS[kind])
    if isinstance(content, Kept):
        return content
    made = []
    for name in (None, "plain"):
        candidate = _inline(intent, kind, content, name)
        if not schema.conforms("intent", candidate):
            return Kept("it holds what inline configuration may not say")
        made.append(_config_map(candidate, target))
        if flow(made[-1]) == flow(_essence(config_map)):
            return candidate
    return Kept(_difference(_essence(config_map), made))


def _content(config_map: Json, key: str) -> Json | Kept:
    """The settings of a ConfigMap, as long as they are all that it holds."""
    data = config_map.get("data") or {}
    beside = [name for name in config_map if name not in ("apiVersion", "kind", "metadata", "data")]
    beside += [
        name for name in config_map["metadata"] if name not in ("name", "namespace", "labels", "annotations")
    ]
    beside += [name for name in data if name != key]
    if beside or not isinstance(data.get(key), str):
        return Kept(f"it holds {beside[0][:60]} as well" if beside else f"it has no {key}")
    try:
        documents = list(read(data[key]))
    except Unreadable as stop:
        return Kept(f"its {key} is not to be read: {stop.flaw.message}")
    if len(documents) != 1 or documents[0].flaws or not isinstance(documents[0].value, dict):
        return Kept(f"its {key} is not one plain mapping")
    if not documents[0].value or "configMapName" in documents[0].value or _has_null(documents[0].value):
        return Kept(f"its {key} holds nothing, or a null, which inline configuration cannot say")
    return documents[0].value


def _has_null(value: Json) -> bool:
    """A set takes a null for what is to be left out."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(_has_null, inside))


def _inline(intent: Json, kind: str, content: Json, name: str | None) -> Json:
    workload: Json = {}
    for key, item in intent["spec"][kind].items():
        workload[key] = content if key == "config" else item
        if key == "config" and name:
            workload["configName"] = name
    return {**intent, "spec": {**intent["spec"], kind: workload}}


def _config_map(intent: Json, target: Target) -> Json:
    """What the intent would make beside its Workspace."""
    metadata, said = intent["metadata"], intent["spec"]
    spec = spec_of(metadata["name"], {}, target, said.get("inference"), said.get("tuning"))
    spec = spec._replace(
        namespace=metadata.get("namespace"),
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
    )
    made = context(spec, _RESOURCE).values["config_map"]
    return _essence(
        {
            "metadata": {
                "name": made["name"],
                "namespace": spec.namespace,
                "labels": dict(spec.labels),
                "annotations": made["annotations"],
            },
            "data": made["data"],
        }
    )


def _essence(config_map: Json) -> Json:
    """Name, labels, annotations and content, in an order in which they compare."""
    metadata = canonical(config_map["metadata"])
    return {
        "data": config_map.get("data"),
        "name": metadata["name"],
        **{key: dict(sorted((metadata.get(key) or {}).items())) for key in ("labels", "annotations")},
    }


def _difference(there: Json, made: list[Json]) -> str:
    if there["data"] != made[0]["data"]:
        return "its text is not, byte for byte, what kaitogen writes for these settings"
    for key in ("labels", "annotations"):
        if there[key] != made[0][key]:
            return f"its {key} are not those of the Workspace"
    return f"its name is neither {made[0]['name']} nor {made[1]['name']}"
