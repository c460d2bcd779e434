"""What the API server, KAITO and the tools around them write on an object, and the object without it."""

from kaitogen.kaito.objects import TEMPLATE, is_kustomize_annotation, value_at, without
from kaitogen.model import Json, Path
from kaitogen.typed import Final, Iterable, Iterator

_SERVER_METADATA: Final = frozenset(
    ("uid", "generateName", "resourceVersion", "generation", "creationTimestamp", "selfLink", "managedFields",
     "deletionTimestamp", "deletionGracePeriodSeconds")
)  # fmt: skip
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_ANNOTATIONS: Final = frozenset((
    _LAST_APPLIED, "workspace.kaito.io/hash", "workspace.kaito.io/revision", "inferenceset.kaito.io/hash",
    "inferenceset.kaito.io/revision", "ragengine.kaito.io/hash", "ragengine.kaito.io/revision", "argocd.argoproj.io/installation-id",
    "argocd.argoproj.io/tracking-id", "config.kubernetes.io/origin", "kustomize.toolkit.fluxcd.io/checksum",
))  # fmt: skip
#: All annotations of this group are Helm's memory.
_HELM_GROUP: Final = "meta.helm.sh/"
#: Labels that Flux, KEDA and KAITO's automatic upgrade put on an object.
_LABELS: Final = frozenset((
    "kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace",
    "kustomize.toolkit.fluxcd.io/checksum", "helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace",
    "kaito.sh/upgrade-to-version", "scaledobject.keda.sh/name",
))  # fmt: skip
_FINALIZERS: Final = frozenset((
    "workspace.finalizer.kaito.sh", "inferenceset.finalizer.kaito.sh", "finalizer.keda.sh",
    "ragengine.finalizer.kaito.sh", "kaito.sh/model-mirror-cleanup", "foregroundDeletion", "orphan",
))  # fmt: skip
#: Fields whose empty text KAITO cannot tell from none at all.
_EMPTY_IS_NONE: Final[tuple[Path, ...]] = (
    ("resource", "instanceType"),
    ("inference", "config"),
    ("tuning", "config"),
    ("tuning", "input", "name"),
    *(
        (kind, "preset", "presetOptions", key)
        for kind in ("inference", "tuning")
        for key in ("image", "modelAccessSecret")
    ),
)
#: What KAITO's CRD fills in where the user says nothing. (Up to 0.7 that was an instance type, too.)
DEFAULTS: Final[dict[Path, Json]] = {
    ("resource", "count"): 1,
    ("inference", "preset", "accessMode"): "public",
    ("tuning", "preset", "accessMode"): "public",
}
#: What an autoscaler sets, and before it the CRD.
REPLICAS: Final[Path] = ("spec", "replicas")
#: What the CRD fills into every set.
UPDATE_STRATEGY: Final[Path] = ("spec", "updateStrategy")
#: Where the CRD of 0.12 fills in Managed, which a mirror of 0.11 cannot but be (api/v1alpha1/modelmirror_types.go@v0.12.0).
MIRROR_MODE: Final[Path] = ("spec", "mode")
#: What the API server fills into every Service, where it is one and the same; an address it gives to all but headless ones.
_OF_SERVICES: Final[dict[Path, Json]] = {
    ("spec", "internalTrafficPolicy"): "Cluster",
    ("spec", "ipFamilyPolicy"): "SingleStack",
    ("spec", "sessionAffinity"): "None",
}
_ADDRESSES: Final[tuple[Path, ...]] = (("spec", "clusterIP"), ("spec", "clusterIPs"), ("spec", "ipFamilies"))
_HEADLESS: Final = "None"
DEFAULT_UPDATE_STRATEGY: Final = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}}


def without_server_fields(data: Json) -> Json:
    """The object without its status and without what others than its author wrote into its metadata."""
    kept = {key: item for key, item in data.items() if key != "status" and item is not None}
    if isinstance(kept.get("metadata"), dict):
        kept["metadata"] = _metadata(kept["metadata"])
    return kept


def declared(data: Json) -> Json:
    """The object as its author declared it: in a Workspace or a set, what KAITO cannot tell from nothing is left out too.

    So is what the API server fills into a Service.
    """
    kept = without_server_fields(data)
    below = TEMPLATE if kept.get("kind") == "InferenceSet" else ()
    if below or kept.get("kind") == "Workspace":
        for path in _EMPTY_IS_NONE:
            if value_at(kept, (*below, *path)) == "":
                kept = without(kept, (*below, *path))
    if below and value_at(kept, UPDATE_STRATEGY) is not None:
        kept = without(kept, UPDATE_STRATEGY)  # which no part of KAITO reads
    if kept.get("kind") == "ModelMirror" and value_at(kept, MIRROR_MODE) == "Managed":
        kept = without(kept, MIRROR_MODE)
    if kept.get("kind") == "Service":
        for path in _filled_into_service(data):
            kept = without(kept, path)
    return kept


def _filled_into_service(data: Json) -> Iterator[Path]:
    """The fields of a stored Service that say nothing: a user may have written them, and it would be the same without."""
    for path in by_others(data, _OF_SERVICES):
        if value_at(data, path) == _OF_SERVICES[path]:
            yield path
    single = value_at(data, ("spec", "ipFamilyPolicy")) in (None, "SingleStack")
    if single and value_at(data, _ADDRESSES[0]) != _HEADLESS:
        yield from by_others(data, _ADDRESSES)


def _metadata(metadata: Json) -> Json:
    kept = {key: item for key, item in metadata.items() if key not in _SERVER_METADATA and item is not None}
    if isinstance(kept.get("labels"), dict):
        kept["labels"] = {key: text for key, text in kept["labels"].items() if key not in _LABELS}
    if isinstance(kept.get("annotations"), dict):
        kept["annotations"] = {
            key: text
            for key, text in kept["annotations"].items()
            if not (key in _ANNOTATIONS or key.startswith(_HELM_GROUP) or is_kustomize_annotation(key))
        }
    if isinstance(kept.get("finalizers"), list):
        kept["finalizers"] = [
            name for name in kept["finalizers"] if not (isinstance(name, str) and name in _FINALIZERS)
        ]
    return {key: item for key, item in kept.items() if item not in ({}, [])}


def filled_in(data: Json) -> list[Path]:
    """The fields of a stored Workspace or set that the API server filled in, or may have: leaving them out changes nothing.

    What was applied last, or the fields that an applying manager owns, say which ones the
    user wrote. Where there is no such record, each default counts as filled in. An object that never
    was on a server has none.
    """
    below = TEMPLATE if data.get("kind") == "InferenceSet" else ()
    defaults = {(*below, *path): default for path, default in DEFAULTS.items()}
    unwritten = by_others(data, defaults)
    return [path for path in unwritten if value_at(data, path) == defaults[path]]


def by_others(data: Json, paths: Iterable[Path]) -> list[Path]:
    """Those of the paths where a stored object says something that, as far as is known, no user wrote."""
    metadata = data.get("metadata")
    if not isinstance(metadata, dict) or not any(metadata.get(key) is not None for key in _SERVER_METADATA):
        return []
    records = list(_records(metadata))
    return [
        path
        for path in paths
        if value_at(data, path) is not None
        and not any(value_at(record, path) is not None for record in records)
    ]


def last_applied(metadata: Json) -> dict[str, Json] | None:
    """What was last applied as kubectl and Argo CD note it; None where nobody noted anything."""
    text = value_at(metadata, ("annotations", _LAST_APPLIED))
    if not isinstance(text, str):
        return None
    import json  # only a live object has one

    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _records(metadata: Json) -> Iterator[Json]:
    """What is known to be written by users: the last applied configuration, and what was applied on the server's side."""
    record = last_applied(metadata)
    if record is not None:
        yield record
    managed = metadata.get("managedFields")
    for manager in managed if isinstance(managed, list) else ():
        if isinstance(manager, dict) and manager.get("operation") == "Apply":
            yield _plain(manager.get("fieldsV1"), 0)


def _plain(fields: Json, depth: int) -> Json:
    """The notation of managedFields (`f:resource: {f:count: {}}`) as mappings with plain keys."""
    if not isinstance(fields, dict) or depth > 3:
        return {}
    return {key.removeprefix("f:"): _plain(item, depth + 1) for key, item in fields.items()}
