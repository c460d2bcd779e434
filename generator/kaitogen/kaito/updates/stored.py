"""An object as the API server holds it, and what a cluster holds as somebody applied it, without what others noted on it."""

from kaitogen.kaito import server_fields, versions
from kaitogen.kaito.catalogue.skus import DEFAULT_INSTANCE_TYPE
from kaitogen.kaito.objects import TEMPLATE, canonical, part, value_at, without_nulls
from kaitogen.kaito.updates.model import Item
from kaitogen.model import Document, Json, Origin, Path
from kaitogen.typed import Any, Final, Mapping
from kaitogen.yaml.reader import Unreadable, read

_OURS: Final = frozenset(("Workspace", "ConfigMap", "ScaledObject"))
#: Of these, others add what they like, so that a key that only the cluster has is none of ours.
_SHARED: Final = frozenset(("labels", "annotations"))
_SHARED_METADATA: Final = frozenset(("finalizers", "ownerReferences"))


def stored(item: Item) -> dict[str, Json]:
    """The object's data in the form in which two of them can be compared."""
    kept = written(item)
    if item.serves:
        for path, default in defaults(item).items():
            holder = value_at(kept, path[:-1])
            if isinstance(holder, dict):
                holder.setdefault(path[-1], default)
    elif item.data["kind"] == "ConfigMap" and isinstance(kept.get("data"), dict):
        kept["data"] = {key: _settings(key, text) for key, text in kept["data"].items()}
    return kept


def written(item: Item) -> dict[str, Json]:
    """The object's data without anything that a server noted on it: what somebody could have written."""
    data = server_fields.without_server_fields(item.data)
    kept: dict[str, Json] = canonical(data) if data["kind"] in _OURS else without_nulls(data)
    # canonical leaves out what is empty, and no object is without metadata.
    kept.setdefault("metadata", {})
    return kept


def defaults(item: Item) -> Mapping[Path, Json]:
    """What the target's CRD gives to a field that is left out where the mapping around it is there."""
    if not item.is_workspace:
        access_mode = (*TEMPLATE, "inference", "preset", "accessMode")
        return {server_fields.UPDATE_STRATEGY: server_fields.DEFAULT_UPDATE_STRATEGY, access_mode: "public"}
    # The CRD of v1alpha1 still has the default.
    if item.target.has(versions.INSTANCE_TYPE_DEFAULTED) or item.data["apiVersion"].endswith("/v1alpha1"):
        return {**server_fields.DEFAULTS, ("resource", "instanceType"): DEFAULT_INSTANCE_TYPE}
    return server_fields.DEFAULTS


def _settings(key: str, text: Json) -> Json:
    """What a text of a ConfigMap says, where it is YAML: comments and the order of its keys do not count."""
    if not (isinstance(text, str) and str(key).endswith((".yaml", ".yml", ".json"))):
        return text
    try:
        documents = list(read(text))
    except Unreadable:
        return text
    plain = len(documents) == 1 and not documents[0].flaws
    return documents[0].value if plain and isinstance(documents[0].value, dict | list) else text


def live_item(found: Json, ours: Item, where: str) -> Item:
    """The object of a cluster as the old state of one of ours.

    What was last applied, where that is noted, says what is ours: a field that is in neither was set by
    somebody else, and applying ours does not touch it. The version is the one that we ask in: the
    server has the object in all of them.
    """
    applied = server_fields.last_applied(found["metadata"])
    if applied is None and not (ours.serves or ours.is_config_map or ours.is_scaled_object):
        applied = ours.data  # of a companion the server fills in much more than is written
    kept = {
        key: value for key, value in found.items() if key in ours.data or applied is None or key in applied
    }
    if "replicas" not in part(ours.data, "spec") and "replicas" in part(kept, "spec"):
        # An autoscaler sets it.
        kept["spec"] = {key: value for key, value in kept["spec"].items() if key != "replicas"}
    kept["metadata"] = _metadata(found["metadata"], ours.data["metadata"], applied)
    if applied is not None:
        for key in kept.keys() - {"metadata", "apiVersion", "kind"}:
            kept[key] = _own(kept[key], ours.data.get(key), applied.get(key))
    data = {**kept, "apiVersion": ours.data["apiVersion"], "kind": ours.data["kind"]}
    if "namespace" not in ours.data["metadata"]:
        data["metadata"].pop("namespace", None)
    return Item(data, ours.target, Origin(Document(file=where, number=0, value=data, inline=True)))


def _own(live: Json, ours: Json, applied: Json) -> Json:
    """The mapping without keys that neither we nor the last one who applied it say."""
    if not isinstance(live, dict):
        return live
    mine = ours if isinstance(ours, dict) else {}
    before = applied if isinstance(applied, dict) else {}
    return {
        key: _own(value, mine.get(key), before.get(key))
        for key, value in live.items()
        if key in mine or key in before
    }


def _metadata(live: Json, ours: Json, applied: dict[str, Any] | None) -> dict[str, Json]:
    before = part(applied or {}, "metadata")
    kept = {key: value for key, value in live.items() if key not in _SHARED_METADATA or key in ours}
    for name in _SHARED & kept.keys():
        kept[name] = _own(kept[name], ours.get(name), before.get(name))
    return kept
