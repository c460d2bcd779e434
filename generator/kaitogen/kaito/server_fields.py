"""An object as somebody declared it: without what the API server, KAITO and the tools around them wrote on it."""

from collections.abc import Iterator
from typing import Final

from kaitogen.model import Json, Path

_SERVERS: Final = frozenset(
    ("uid", "generateName", "resourceVersion", "generation", "creationTimestamp", "selfLink", "managedFields",
     "deletionTimestamp", "deletionGracePeriodSeconds")
)  # fmt: skip
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_ANNOTATIONS: Final = frozenset(
    (
        _LAST_APPLIED,
        "workspace.kaito.io/hash",
        "workspace.kaito.io/revision",
        "argocd.argoproj.io/tracking-id",
    )
)
#: Whole groups of annotations that Helm and kustomize keep their books in.
_BOOKS: Final = frozenset(
    ("meta.helm.sh", "config.kubernetes.io", "internal.config.kubernetes.io", "config.k8s.io")
)
#: Labels that Flux and KAITO's automatic upgrade put on an object.
_LABELS: Final = frozenset(
    ("kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace",
     "helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace", "kaito.sh/upgrade-to-version")
)  # fmt: skip
_FINALIZERS: Final = frozenset(("workspace.finalizer.kaito.sh", "foregroundDeletion", "orphan"))
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
#: What KAITO's CRD fills in where the user says nothing. (Up to 0.7 that was an instance type, too; it decides what is
#: bought, and so it stays.)
_DEFAULTS: Final[tuple[tuple[Path, Json], ...]] = (
    (("resource", "count"), 1),
    (("inference", "preset", "accessMode"), "public"),
    (("tuning", "preset", "accessMode"), "public"),
)

_DEEPEST: Final = 3


def declared(data: Json) -> Json:
    """The object without its status and without what others than its author wrote into metadata."""
    kept = {key: item for key, item in data.items() if key != "status" and item is not None}
    if isinstance(kept.get("metadata"), dict):
        kept["metadata"] = _metadata(kept["metadata"])
    if kept.get("kind") == "Workspace":
        for path in _EMPTY_IS_NONE:
            if value_at(kept, path) == "":
                kept = without(kept, path)
    return kept


def _metadata(metadata: Json) -> Json:
    kept = {key: item for key, item in metadata.items() if key not in _SERVERS and item is not None}
    for key, is_theirs in (("annotations", _is_an_annotation_of_tools), ("labels", _LABELS.__contains__)):
        if isinstance(kept.get(key), dict):
            kept[key] = {name: text for name, text in kept[key].items() if not is_theirs(name)}
    if isinstance(kept.get("finalizers"), list):
        kept["finalizers"] = [one for one in kept["finalizers"] if one not in _FINALIZERS]
    return {key: item for key, item in kept.items() if item not in ({}, [])}


def _is_an_annotation_of_tools(name: str) -> bool:
    return name in _ANNOTATIONS or name.partition("/")[0] in _BOOKS


def filled_in(data: Json) -> list[Path]:
    """The fields of a stored Workspace that the API server filled in, or may have: leaving them out changes nothing.

    What was applied last, or the fields that an applying manager owns, say which ones the
    user wrote. Where there is no such record, each default counts as filled in. An object that never
    was on a server has none.
    """
    metadata = data.get("metadata")
    if not isinstance(metadata, dict) or not any(metadata.get(key) is not None for key in _SERVERS):
        return []
    records = list(_records(metadata))
    return [
        path
        for path, default in _DEFAULTS
        if value_at(data, path) == default
        and not any(value_at(record, path) is not None for record in records)
    ]


def _records(metadata: Json) -> Iterator[Json]:
    """What is known to be written by users: the last applied configuration, and what was applied on the server's side."""
    annotations = metadata.get("annotations")
    text = annotations.get(_LAST_APPLIED) if isinstance(annotations, dict) else None
    if isinstance(text, str):
        import json  # only a live object has one

        try:
            record = json.loads(text)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            yield record
    managed = metadata.get("managedFields")
    for manager in managed if isinstance(managed, list) else ():
        if isinstance(manager, dict) and manager.get("operation") == "Apply":
            yield _plain(manager.get("fieldsV1"), 0)


def _plain(fields: Json, depth: int) -> Json:
    """The notation of managedFields (`f:resource: {f:count: {}}`) as mappings with plain keys."""
    if not isinstance(fields, dict) or depth > _DEEPEST:
        return {}
    return {key.removeprefix("f:"): _plain(item, depth + 1) for key, item in fields.items()}


def value_at(data: Json, path: Path) -> Json:
    """What stands at a path of keys; None where nothing does."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data


def without(data: Json, path: Path) -> Json:
    """A copy without the key at a path of keys, and without a mapping that this leaves empty."""
    key, rest = path[0], path[1:]
    if key not in data:
        return data
    inner = without(data[key], rest) if rest else None
    kept = {name: item for name, item in data.items() if name != key or inner}
    return kept if not inner else {**kept, key: inner}


def places(value: Json, path: Path = ()) -> Iterator[Path]:
    """The path of everything in a value, itself included."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))
