"""Objects in the form in which Kubernetes stores them, so that a GitOps tool sees no drift."""

from typing import Final

from kaitogen.model import Json

#: Below these, KAITO's schema has no say, and an empty mapping means something (`emptyDir: {}`).
_KEPT_AS_WRITTEN: Final = frozenset(("template", "volumeSource"))


def canonical(value: Json, parent: str = "") -> Json:
    """The value as Kubernetes stores it, so that nothing drifts: no null anywhere, no empty mapping or list.

    A labelSelector stays even where it is empty, since KAITO requires the field. `parent`
    is the key that the value stands under.
    """
    if isinstance(value, dict):
        kept: dict[str, Json] = {}
        for key, item in value.items():
            as_written = key in _KEPT_AS_WRITTEN
            inner = without_nulls(item) if as_written else canonical(item, key)
            needed = as_written or (key == "labelSelector" and parent == "resource")
            if inner is not None and (needed or inner not in ({}, [])):
                kept[key] = inner
        return kept
    if isinstance(value, list):
        return [canonical(item) for item in value]
    return value


def without_nulls(value: Json) -> Json:
    """The value without the keys whose value is null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def in_key_order(value: Json) -> Json:
    """Keys sorted, so that only the content counts: kustomize and others hand mappings on in another order."""
    if isinstance(value, dict):
        return {key: in_key_order(value[key]) for key in sorted(value)}
    return [in_key_order(item) for item in value] if isinstance(value, list) else value
