"""What a cluster holds, reduced to what somebody applied: without what the server, KAITO and others added to it."""

from typing import Any, Final

from kaitogen.kaito.objects import part
from kaitogen.kaito.server_fields import last_applied
from kaitogen.kaito.updates.model import Item
from kaitogen.model import Document, Json, Origin

#: Of these, others add what they like, so that a key that only the cluster has is none of ours.
_SHARED: Final = frozenset(("labels", "annotations"))
_SHARED_METADATA: Final = frozenset(("finalizers", "ownerReferences"))


def live_item(found: Json, ours: Item, where: str) -> Item:
    """The object of a cluster as the old state of one of ours.

    What was last applied, where that is noted, says what is ours: a field that is in neither was set by
    somebody else, and applying ours does not touch it. The version is the one that we ask in: the
    server has the object in all of them.
    """
    applied = last_applied(found["metadata"])
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
