"""Holds a value against one of the named JSON Schemas: fast where it conforms, in a person's words where it does not.

Nearly every value conforms, so that is decided by checks made from what the schemas assert.
Only a value that does not is handed to jsonschema, which says where and why.
"""

import os
from collections.abc import Iterator
from typing import Any, Final

from kaitogen.errors import InternalError
from kaitogen.files import shipped
from kaitogen.model import Diagnostic, Json, Path, Rule
from kaitogen.schema.checks import check_of, schema_at
from kaitogen.schema.compiled import FILES, MODULES

KG120 = Rule("KG120", "An unknown field", kind="invalid", at_key=True)
KG121 = Rule("KG121", "A missing field", kind="invalid")
KG122 = Rule("KG122", "A value of another type", kind="invalid")
KG123 = Rule("KG123", "A word that is not on offer", kind="invalid")
KG124 = Rule("KG124", "A value out of range, or text of the wrong form", kind="invalid")
KG125 = Rule("KG125", "Something else that the schema refuses", kind="invalid")


#: Where the `$id` of every schema begins; the rest is the file's path below schemas/.
BASE: Final = "https://kaitogen.io/schemas/"

_documents: dict[str, Json] = {}
_validators: dict[str, Any] = {}
#: By the identity of the schema of a list's items: what it asserts.
_items: dict[int, Json] = {}


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

    return explained(FILES[name], _errors(name, value), document)


def unknown_nulls(name: str, value: Json) -> list[Path]:
    """Where a null stands under a key that the schema does not know; nothing for a schema that is none."""
    return list(_unknown_nulls(value, document(FILES[name]), FILES[name], ())) if name in FILES else []


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
        if target:
            below = os.path.join(os.path.dirname(file), target)
            file = target.removeprefix(BASE) if target.startswith(BASE) else os.path.normpath(below)
        whole = document(file)
        node = whole["$defs"][pointer] if pointer else whole
    return node, file


def document(file: str) -> Json:
    """A schema as data, by its path below schemas/."""
    if file not in _documents:
        import json

        schema = _documents[file] = json.loads(shipped.read_text("schemas", file))
        # Where a referred file says its draft, jsonschema goes on with its own keywords instead of ours.
        schema.pop("$schema", None)
        name = file.rpartition("/")[2].removesuffix(".schema.json")
        if name in MODULES:
            _collect_items(schema, schema_at(name))
    return _documents[file]


def _collect_items(schema: Json, asserted: Json) -> None:
    if isinstance(asserted, dict):
        if "items" in asserted:
            _items[id(schema["items"])] = asserted["items"]
        for word in ("items", "additionalProperties"):
            _collect_items(schema.get(word), asserted.get(word))
        for word in ("properties", "$defs"):
            for key, part in asserted.get(word, {}).items():
                _collect_items(schema[word][key], part)


def _errors(name: str, value: Json) -> Iterator[Any]:
    if name not in _validators:
        _validators[name] = _validator(FILES[name])
    yield from _validators[name].iter_errors(value)


def _validator(file: str) -> Any:
    # Importing these costs more than a whole render.
    from jsonschema import ValidationError, validators
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    from kaitogen.schema.keywords import Keywords
    from kaitogen.schema.places import referred

    resources = [
        (BASE + each, DRAFT202012.create_resource(document(each))) for each in referred(file, document)
    ]
    # Crawled here, or it would be crawled again for every value.
    registry: Any = Registry().with_resources(resources).crawl()
    extend: Any = validators.extend
    validator = extend(validators.Draft202012Validator, Keywords(ValidationError, _items).by_name())
    return validator(document(file), registry=registry)
