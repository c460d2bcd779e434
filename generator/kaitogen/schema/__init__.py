"""Holds a value against one of the named JSON Schemas: fast where it conforms, in a person's words where it does not.

Nearly every value conforms, so that is decided by code compiled from the schemas.
Only a value that does not is handed to jsonschema, which says where and why.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from kaitogen.errors import InternalError
from kaitogen.files import shipped
from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.schema.compiled import FILES

KG120 = Rule("KG120", "An unknown field", kind="invalid", at_key=True)
KG121 = Rule("KG121", "A missing field", kind="invalid")
KG122 = Rule("KG122", "A value of another type", kind="invalid")
KG123 = Rule("KG123", "A word that is not on offer", kind="invalid")
KG124 = Rule("KG124", "A value out of range, or text of the wrong form", kind="invalid")
KG125 = Rule("KG125", "Something else that the schema refuses", kind="invalid")


#: Where the `$id` of every schema begins; the rest is the file's path below schemas/.
BASE: Final = "https://kaitogen.io/schemas/"

_modules: dict[str, Any] = {}
_documents: dict[str, Json] = {}
_validators: dict[str, Any] = {}
#: By the identity of the schema of a list's items: the compiled check of one.
_item_checks: dict[int, Any] = {}


def conforms(name: str, value: Json) -> bool:
    """Whether the value conforms to the schema of that name, such as "intent" or "workspace-0.12-v1beta1"."""
    return bool(_compiled(name).valid(value))


def problems(name: str, value: Json) -> list[Diagnostic]:
    """What keeps the value from conforming; empty where nothing does."""
    if conforms(name, value):
        return []
    found = explain(name, value)
    if not found:
        raise InternalError(f"the compiled check of {name} refuses what its JSON Schema accepts")
    return found


def explain(name: str, value: Json) -> list[Diagnostic]:
    """The same from jsonschema alone, slowly: one problem for each cause, 50 at most and one that counts the rest."""
    from kaitogen.schema.messages import explained

    return explained(FILES[name], _errors(name, value), document)


def document(file: str) -> Json:
    """A schema as data, by its path below schemas/."""
    if file not in _documents:
        import json

        schema = _documents[file] = json.loads(shipped.read_text("schemas", file))
        # Where a referred file says its draft, jsonschema goes on with its own keywords instead of ours.
        schema.pop("$schema", None)
        name = file.rpartition("/")[2].removesuffix(".schema.json")
        for pointer, check in _compiled(name).ITEMS.items():
            _item_checks[id(_at(schema, pointer))] = check
    return _documents[file]


def _compiled(name: str) -> Any:
    module = _modules.get(name)
    if module is None:
        if name not in FILES:
            raise InternalError(f"there is no schema {name}")
        identifier = "".join(letter if letter.isalnum() else "_" for letter in name)
        module = _modules[name] = import_module(f"kaitogen.schema.compiled.{identifier}")
    return module


def _at(schema: Json, pointer: str) -> Json:
    for step in pointer.split("/")[1:]:
        schema = schema[step]
    return schema


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
    validator = extend(validators.Draft202012Validator, Keywords(ValidationError, _item_checks).by_name())
    return validator(document(file), registry=registry)
