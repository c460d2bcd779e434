"""An object as the API server of the target holds it: defaults filled in, the server's own bookkeeping left out."""

from collections.abc import Mapping
from typing import Final

from kaitogen.kaito import versions
from kaitogen.kaito.canonical import canonical, without_nulls
from kaitogen.kaito.catalogue.skus import DEFAULT_INSTANCE_TYPE
from kaitogen.kaito.updates.model import Item
from kaitogen.model import Json
from kaitogen.yaml.reader import Unreadable, read

_OURS: Final = frozenset(("Workspace", "ConfigMap"))
#: What the API server writes into the metadata of every object.
_SERVER_METADATA: Final = frozenset((
    "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields",
    "resourceVersion", "selfLink", "uid",
))  # fmt: skip
#: What kubectl, GitOps tools, kustomize and KAITO's controller note on an object for themselves.
_NOTES: Final = frozenset((
    "argocd.argoproj.io/installation-id", "argocd.argoproj.io/tracking-id",
    "kubectl.kubernetes.io/last-applied-configuration", "workspace.kaito.io/hash", "workspace.kaito.io/revision",
))  # fmt: skip
_NOTING: Final = ("config.kubernetes.io/", "internal.config.kubernetes.io/", "kustomize.toolkit.fluxcd.io/")
_FINALIZERS: Final = frozenset(("workspace.finalizer.kaito.sh",))
_YAML: Final = (".yaml", ".yml", ".json")
_PRESET_DEFAULTS: Final = {"accessMode": "public"}


def stored(item: Item) -> dict[str, Json]:
    """The object's data in the form in which two of them can be compared."""
    data, kept = item.data, written(item)
    if item.is_workspace:
        _fill_in(kept, defaults(item))
    elif data["kind"] == "ConfigMap" and isinstance(kept.get("data"), dict):
        kept["data"] = {key: _settings(key, text) for key, text in kept["data"].items()}
    return kept


def written(item: Item) -> dict[str, Json]:
    """The object's data without anything that a server noted on it: what somebody could have written."""
    data = item.data
    told = {key: value for key, value in data.items() if key != "status"}
    told["metadata"] = _metadata(data["metadata"])
    kept: dict[str, Json] = canonical(told) if data["kind"] in _OURS else without_nulls(told)
    # canonical leaves out what is empty, and no object is without metadata.
    kept.setdefault("metadata", {})
    return kept


def defaults(item: Item) -> Mapping[tuple[str, ...], Mapping[str, Json]]:
    """What the target's CRD gives to a field that is left out, by the path of the mapping that lacks it."""
    resource: dict[str, Json] = {"count": 1}
    # The CRD of v1alpha1 still has the default.
    if item.target.has(versions.INSTANCE_TYPE_DEFAULTED) or item.data["apiVersion"].endswith("/v1alpha1"):
        resource["instanceType"] = DEFAULT_INSTANCE_TYPE
    return {
        ("resource",): resource,
        ("inference", "preset"): _PRESET_DEFAULTS,
        ("tuning", "preset"): _PRESET_DEFAULTS,
    }


def _fill_in(data: dict[str, Json], given: Mapping[tuple[str, ...], Mapping[str, Json]]) -> None:
    for path, fields in given.items():
        holder: Json = data
        for step in path:
            holder = holder.get(step) if isinstance(holder, dict) else None
        if isinstance(holder, dict):
            for key, value in fields.items():
                holder.setdefault(key, value)


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


def _metadata(metadata: Json) -> dict[str, Json]:
    kept = {key: value for key, value in metadata.items() if key not in _SERVER_METADATA}
    finalizers = kept.get("finalizers")
    if isinstance(finalizers, list):
        kept["finalizers"] = [one for one in finalizers if one not in _FINALIZERS]
    annotations = kept.get("annotations")
    if isinstance(annotations, dict):
        kept["annotations"] = {key: value for key, value in annotations.items() if not _is_note(key)}
    return kept


def _is_note(key: str) -> bool:
    return key in _NOTES or key.startswith(_NOTING)
