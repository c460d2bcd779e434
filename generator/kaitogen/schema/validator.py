"""The slow judge: jsonschema, set up to report an error for each field, at that field, and to lose no time on what conforms."""

from functools import cache

from jsonschema import ValidationError, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from kaitogen.model import Json
from kaitogen.schema import BASE, document
from kaitogen.schema.checks import Check, make_check, schema_at
from kaitogen.schema.compiled import FILES, MODULES
from kaitogen.schema.whole import name_of, referred
from kaitogen.typed import Any, Callable, Final, Iterator, Mapping, TypeAlias

_Errors: TypeAlias = Iterator[Any]
_Schema: TypeAlias = Mapping[str, Json]

#: The checks of the items of lists, by the identity of the schema of the items.
_item_checks: dict[int, Check] = {}


def errors(name: str, value: Json) -> _Errors:
    """All that jsonschema finds in the value by the schema of that name."""
    yield from _validator(FILES[name]).iter_errors(value)


@cache
def _validator(file: str) -> Any:
    for each in referred(file):
        if name_of(each) in MODULES:
            _collect_items(document(each), schema_at(name_of(each)))
    resources = [(BASE + each, DRAFT202012.create_resource(document(each))) for each in referred(file)]
    # Crawled here, or it would be crawled again for every value.
    registry: Any = Registry().with_resources(resources).crawl()
    extend: Any = validators.extend
    return extend(validators.Draft202012Validator, _KEYWORDS)(document(file), registry=registry)


def _collect_items(schema: Json, asserted: Json) -> None:
    if isinstance(asserted, dict):
        if "items" in asserted:
            _item_checks[id(schema["items"])] = make_check(asserted["items"])
        for word in ("items", "additionalProperties"):
            _collect_items(schema.get(word), asserted.get(word))
        for word in ("properties", "$defs"):
            for key, part in asserted.get(word, {}).items():
                _collect_items(schema[word][key], part)


def _additional(validator: Any, rest: Any, value: Json, schema: _Schema) -> _Errors:
    known = schema.get("properties", {})
    for key in value if isinstance(value, dict) else ():
        if key not in known and rest is False:
            yield ValidationError("unknown", path=[key])
        elif key not in known:
            yield from validator.descend(value[key], rest, path=key)


def _names(validator: Any, wanted: Any, value: Json, _: _Schema) -> _Errors:
    for key in value if isinstance(value, dict) else ():
        if causes := list(validator.descend(key, wanted)):
            yield ValidationError("key", path=[key], context=causes)


def _required(_: Any, wanted: Any, value: Json, __: _Schema) -> _Errors:
    for key in wanted if isinstance(value, dict) else ():
        if key not in value:
            yield ValidationError(key)


def _items(validator: Any, wanted: Any, value: Json, _: _Schema) -> _Errors:
    check = _item_checks.get(id(wanted))
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if check is None or not check(item):
            yield from validator.descend(item, wanted, path=index)


def _unique(_: Any, wanted: bool, value: Json, __: _Schema) -> _Errors:
    # Only lists of text must be unique: anything else in them is wrong already, and
    # comparing mappings with each other would take quadratic time.
    seen: set[str] = set()
    for index, item in enumerate(value if wanted and isinstance(value, list) else ()):
        if isinstance(item, str) and item in seen:
            yield ValidationError("repeated", path=[index], instance=item)
        elif isinstance(item, str):
            seen.add(item)


#: The keywords that differ from jsonschema's own in what they report, never in what they accept.
_KEYWORDS: Final[dict[str, Callable[[Any, Any, Json, _Schema], _Errors]]] = {
    "additionalProperties": _additional,
    "propertyNames": _names,
    "required": _required,
    "items": _items,
    "uniqueItems": _unique,
}
