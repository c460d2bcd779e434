"""The canonical order of an intent's keys: that of its schema, down to what is handed on as it is."""

from kaitogen import schema
from kaitogen.model import SET_KIND, Json
from kaitogen.schema.compiled import FILES
from kaitogen.typed import Final

#: Below these the order is the writer's: it comes out as it went in, so that a change would show in the manifests.
_WRITERS: Final = frozenset(
    ("labelSelector", "partition", "config", "adapters", "template", "input", "output")
)


def put_in_order(document: Json) -> None:
    """Bring the keys of an intent or set into order, in place; unknown ones go to the end of their mapping."""
    file = FILES["set" if document.get("kind") == SET_KIND else "intent"]
    _order(document, schema.document(file), file)


def _order(value: Json, node: Json, file: str) -> None:
    node, file = schema.resolved(node, file)
    if isinstance(value, list):
        for item in value:
            _order(item, node.get("items", {}), file)
    if not isinstance(value, dict):
        return
    fields = node.get("properties", {})
    rank = {key: number for number, key in enumerate(fields)}
    for key in sorted(value, key=lambda one: rank.get(one, len(rank))):
        value[key] = value.pop(key)
        if key in fields and key not in _WRITERS:
            _order(value[key], fields[key], file)
