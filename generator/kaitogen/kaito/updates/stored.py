"""An object as the API server of the target holds it: defaults filled in, the server's own bookkeeping left out."""

from collections.abc import Mapping
from typing import Final

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.skus import DEFAULT_INSTANCE_TYPE
from kaitogen.kaito.objects import canonical, value_at, without_nulls
from kaitogen.kaito.server_fields import (
    DEFAULT_UPDATE_STRATEGY,
    DEFAULTS,
    TEMPLATE,
    UPDATE_STRATEGY,
    without_server_fields,
)
from kaitogen.kaito.updates.model import Item
from kaitogen.model import Json, Path
from kaitogen.yaml.reader import Unreadable, read

_OURS: Final = frozenset(("Workspace", "ConfigMap", "ScaledObject"))
_YAML: Final = (".yaml", ".yml", ".json")


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
    data = without_server_fields(item.data)
    kept: dict[str, Json] = canonical(data) if data["kind"] in _OURS else without_nulls(data)
    # canonical leaves out what is empty, and no object is without metadata.
    kept.setdefault("metadata", {})
    return kept


def defaults(item: Item) -> Mapping[Path, Json]:
    """What the target's CRD gives to a field that is left out where the mapping around it is there."""
    if not item.is_workspace:
        access_mode = (*TEMPLATE, "inference", "preset", "accessMode")
        return {UPDATE_STRATEGY: DEFAULT_UPDATE_STRATEGY, access_mode: "public"}
    # The CRD of v1alpha1 still has the default.
    if item.target.has(versions.INSTANCE_TYPE_DEFAULTED) or item.data["apiVersion"].endswith("/v1alpha1"):
        return {**DEFAULTS, ("resource", "instanceType"): DEFAULT_INSTANCE_TYPE}
    return DEFAULTS


def _settings(key: str, text: Json) -> Json:
    """What a text of a ConfigMap says, where it is YAML: comments and the order of its keys do not count."""
    if not (isinstance(text, str) and str(key).endswith(_YAML)):
        return text
    try:
        documents = list(read(text))
    except Unreadable:
        return text
    plain = len(documents) == 1 and not documents[0].flaws
    return documents[0].value if plain and isinstance(documents[0].value, dict | list) else text
