"""A WorkspaceIntentSet to single intents: each entry merged over the set's defaults."""

from typing import Final

from kaitogen.model import INTENT_API_VERSION, INTENT_KIND, Document, Json, Origin

#: What is written on the set's own metadata holds for every entry as well, name excepted.
_SHARED_METADATA: Final = ("namespace", "labels", "annotations")


def entries(document: Document) -> list[tuple[Json, Origin]]:
    """The intents of a set that matches the set's schema, in order, each with where its values were written."""
    value = document.value
    own = value["metadata"]
    shared = {"metadata": {key: own[key] for key in _SHARED_METADATA if key in own}, "spec": {}}
    defaults = merged(shared, value["spec"].get("defaults") or {})
    intents: list[tuple[Json, Origin]] = []
    for index, entry in enumerate(value["spec"]["workspaces"]):
        intent = {"apiVersion": INTENT_API_VERSION, "kind": INTENT_KIND, **merged(defaults, entry)}
        roots = (("spec", "workspaces", index), ("spec", "defaults"), ())
        intents.append((intent, Origin(document, roots)))
    return intents


def merged(base: Json, over: Json) -> Json:
    """`over` laid upon `base`: mappings merge, lists and scalars replace, an explicit null removes."""
    if not isinstance(over, dict):
        return over
    result = dict(base) if isinstance(base, dict) else {}
    for key, item in over.items():
        if item is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), item)
    return result
