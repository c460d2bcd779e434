"""Holds a value against one of the named JSON Schemas: fast where it conforms, in a person's words where it does not.

Nearly every value conforms, so that is decided by checks made from what the schemas assert.
Only a value that does not is handed to jsonschema, which says where and why.
"""

from kaitogen.errors import InternalError
from kaitogen.files import shipped
from kaitogen.model import Diagnostic, Json, Path, Rule
from kaitogen.schema.checks import check_of
from kaitogen.schema.compiled import FILES
from kaitogen.typed import Final, Iterator

KG120 = Rule("KG120", "An unknown field", kind="invalid", at_key=True)
KG121 = Rule("KG121", "A missing field", kind="invalid")
KG122 = Rule("KG122", "A value of another type", kind="invalid")
KG123 = Rule("KG123", "A word that is not on offer", kind="invalid")
KG124 = Rule("KG124", "A value out of range, or text of the wrong form", kind="invalid")
KG125 = Rule("KG125", "Something else that the schema refuses", kind="invalid")

#: Where the `$id` of every schema begins; the rest is the file's path below schemas/.
BASE: Final = "https://kaitogen.io/schemas/"

_documents: dict[str, Json] = {}


def conforms(name: str, value: Json) -> bool:
    """Whether the value conforms to the schema of that name, such as "intent" or "workspace-0.12-v1beta1"."""
    return check_of(name)(value)


def problems(name: str, value: Json) -> list[Diagnostic]:
    """What keeps the value from conforming; empty where nothing does."""
    if conforms(name, value):
        return []
    found = explain(name, value)
    if not found:
        raise InternalError(f"the check of {name} refuses what its JSON Schema accepts")
    return found


def explain(name: str, value: Json) -> list[Diagnostic]:
    """The same from jsonschema alone, slowly: one problem for each cause, 50 at most and one that counts the rest."""
    from kaitogen.schema.messages import explained
    from kaitogen.schema.validator import errors

    return explained(FILES[name], errors(name, value))


def unknown_nulls(name: str, value: Json) -> Iterator[Path]:
    """Where a null stands under a key that the schema does not know; nothing for a schema that is none."""
    if name in FILES:
        yield from _unknown_nulls(value, document(FILES[name]), FILES[name], ())


def _unknown_nulls(value: Json, node: Json, file: str, path: Path) -> Iterator[Path]:
    node, file = resolved(node, file)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown_nulls(item, node.get("items", {}), file, (*path, index))
    if not isinstance(value, dict):
        return
    fields, others = node.get("properties", {}), node.get("additionalProperties", {})
    for key, item in value.items():
        if key not in fields and others is False:
            if item is None:
                yield (*path, key)
        else:
            yield from _unknown_nulls(item, fields.get(key, others or {}), file, (*path, key))


def resolved(node: Json, file: str) -> tuple[Json, str]:
    """What a reference leads to, and the file in which it stands."""
    while "$ref" in node:
        target, _, pointer = node["$ref"].partition("#/$defs/")
        file = beside(file, target)
        node = document(file)["$defs"][pointer] if pointer else document(file)
    return node, file


def beside(file: str, target: str) -> str:
    """The path of the file that `file` calls `target`; its own where that is empty."""
    if not target:
        return file
    folder = file.split("/")[:-1]
    for step in target.split("/"):
        folder = folder[:-1] if step == ".." else [*folder, step]
    return "/".join(folder)


def document(file: str) -> Json:
    """A schema as data, by its path below schemas/."""
    if file not in _documents:
        import json

        _documents[file] = json.loads(shipped.read_text("schemas", file))
        # Where a referred file says its draft, jsonschema goes on with its own keywords instead of ours.
        _documents[file].pop("$schema", None)
    return _documents[file]
