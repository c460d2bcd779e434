"""Functions that judge a value as JSON Schema does, made from what the schemas assert.

`compiled` holds the schemas without their words (scripts/compile_schemas.py). A check is made
when a value first needs it: few intents hold a pod template, and its types contain each other.
"""

import sys

from kaitogen.errors import InternalError
from kaitogen.model import Json
from kaitogen.schema.compiled import MODULES
from kaitogen.typed import Callable, Final, TypeAlias

Check: TypeAlias = Callable[[Json], bool]
#: What a field may hold: everything of a class, the texts that were accepted before (the same few come again and again),
#: and what its check says of the rest.
_Field: TypeAlias = tuple[type | None, set[str], Check]

#: What speaks of several fields at once does not hold for a part of a value.
_BETWEEN_FIELDS: Final = ("required", "minProperties", "maxProperties", "dependentSchemas")
_MANY: Final = float("inf")  # a maximum that no number passes
_MOST_REMEMBERED: Final = 1_000  # texts of each form

_made: dict[tuple[str, bool], Check] = {}


def check_of(reference: str, part: bool = False) -> Check:
    """The check of a whole schema (`NAME`) or of one in it (`NAME#POINTER`).

    With `part` it judges parts of such values: nothing is required, and every field may be null.
    The defaults and the entries of a set are parts of intents.
    """
    check = _made.get((reference, part))
    if check is None:
        check = _made[reference, part] = make_check(schema_at(reference), part)
    return check


def schema_at(reference: str) -> Json:
    """What the schema asserts, as data."""
    name, _, pointer = reference.partition("#")
    if name not in MODULES:
        raise InternalError(f"there is no compiled schema {name}")
    # Not by importlib, whose own import costs a fiftieth of a render.
    schema = __import__(f"kaitogen.schema.compiled.{MODULES[name]}", fromlist=["SCHEMA"]).SCHEMA
    for step in pointer.split("/")[1:]:
        schema = schema[step]
    return schema


def make_check(schema: Json, part: bool = False) -> Check:
    """The check of a schema that is given as data."""
    if isinstance(schema, bool):
        return lambda _: schema
    if part and "$ref" in schema:
        return check_of(schema["$ref"], part=True)
    if part:
        schema = _part_of(schema)
    types = types_of(schema)
    checks: list[Check] = []
    for kind, make in dict.fromkeys(_BY_TYPE[word] for word in schema if word in _BY_TYPE):
        checks.append(make(schema, types != [kind], part))
        types = [] if types == [kind] else types  # this check sees to it
    if types and "const" not in schema and "enum" not in schema:
        checks.insert(0, _any_of([_TYPES[kind] for kind in types]))
    checks += [_BY_KEYWORD[word](value) for word, value in schema.items() if word in _BY_KEYWORD]
    return _all_of(checks)


def _part_of(schema: Json) -> Json:
    part = {keyword: value for keyword, value in schema.items() if keyword not in _BETWEEN_FIELDS}
    part["type"] = [*types_of(schema), "null"]
    if "enum" in schema:
        part["enum"] = [*schema["enum"], None]
    return part


def _class_of(schema: Json) -> type | None:
    """The class of values that a schema accepts whatever they are, where it asserts one type and nothing else."""
    only = isinstance(schema, dict) and len(schema) == 1 and isinstance(schema.get("type"), str)
    return _CLASSES.get(schema["type"]) if only else None


def types_of(schema: Json) -> list[str]:
    """The types that a schema allows; none where it says nothing of them."""
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def _fields(schema: Json, others: bool, part: bool) -> Check:
    """The check of what a mapping holds; `others` is the verdict on values of other types, here and below."""
    schemas, required = schema.get("properties", {}), frozenset(schema.get("required", ()))
    fields: dict[str, _Field] = {}
    rest = _field(schema.get("additionalProperties", True), part)

    def field_of(key: str) -> _Field:
        if key not in schemas:
            return rest
        fields[key] = _field(schemas[key], part)
        return fields[key]

    def check(value: Json) -> bool:
        if not isinstance(value, dict):
            return others
        if not value.keys() >= required:
            return False
        for key, item in value.items():
            accepted_class, accepted, field_check = fields.get(key) or field_of(key)
            if item.__class__ is accepted_class or (item.__class__ is str and item in accepted):
                continue
            if not field_check(item):
                return False
            if item.__class__ is str and len(accepted) < _MOST_REMEMBERED:
                accepted.add(item)
        return True

    return check


def _field(schema: Json, part: bool) -> _Field:
    return _class_of(schema), set(), make_check(schema, part)


def _keys(schema: Json, others: bool, _: bool) -> Check:
    key_check = _remembering(make_check(schema["propertyNames"]))
    return lambda value: all(map(key_check, value)) if isinstance(value, dict) else others


def _fields_together(schema: Json, others: bool, _: bool) -> Check:
    """The check of what speaks of several fields: how many they are, and what one of them demands of others."""
    least, most = schema.get("minProperties", 0), schema.get("maxProperties", sys.maxsize)
    demands = [(key, make_check(each)) for key, each in schema.get("dependentSchemas", {}).items()]

    def check(value: Json) -> bool:
        if not isinstance(value, dict):
            return others
        return least <= len(value) <= most and all(each(value) for key, each in demands if key in value)

    return check


def _list(schema: Json, others: bool, _: bool) -> Check:
    least, most = schema.get("minItems", 0), schema.get("maxItems", sys.maxsize)
    unique = schema.get("uniqueItems", False)
    item_check: Check | None = None

    def check(value: Json) -> bool:
        nonlocal item_check
        if not isinstance(value, list):
            return others
        if item_check is None:
            item_check = _remembering(make_check(schema.get("items", True)))
        if not least <= len(value) <= most or not all(map(item_check, value)):
            return False
        return not unique or len(set(value)) == len(value)

    return check


def _text(schema: Json, others: bool, _: bool) -> Check:
    least, most = schema.get("minLength", 0), schema.get("maxLength", sys.maxsize)
    search = _search(schema["pattern"]) if "pattern" in schema else None

    def check(value: Json) -> bool:
        if not isinstance(value, str):
            return others
        return least <= len(value) <= most and (search is None or bool(search(value)))

    return check


def _search(pattern: str) -> Callable[[str], object]:
    """What looks for the pattern, without a regular expression where that can be: `re` takes a third of a render's start."""
    if not set(pattern) & set("\\.^$*+?{}[]|()"):
        return lambda text: pattern in text
    if pattern == r"\s":
        return lambda text: any(map(str.isspace, text))
    is_usual, search = _USUAL.get(pattern), None

    def search_unusual(text: str) -> object:
        nonlocal search
        if is_usual is not None and is_usual(text):
            return True
        if search is None:
            import re  # most names are usual ones

            search = re.compile(pattern).search
        return search(text)

    return search_unusual


def _is_name(text: str) -> bool:
    """Letters in lower case, digits, and hyphens between them."""
    return bool(text) and not text.strip(_LOWER + "-") and text[0] != "-" != text[-1]


def _is_label_value(text: str) -> bool:
    """Letters and digits, and between them hyphens, underscores and dots."""
    return bool(text) and not text.strip(_LOWER + _UPPER + "-_.") and not {text[0], text[-1]} & set("-_.")


def _is_label_key(text: str) -> bool:
    """The same, of at most 63 characters, with or without a domain before it."""
    domain, slash, name = text.rpartition("/")
    return len(name) <= 63 and _is_label_value(name) and (not slash or all(map(_is_name, domain.split("."))))


_LOWER: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: What says of most texts that a pattern takes that it does. Of the others the pattern itself decides.
_USUAL: Final[dict[str, Check]] = {
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$": _is_name,
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$": _is_name,
    r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$": _is_label_value,
    r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
    r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$": _is_label_key,
}


def _remembering(check: Check) -> Check:
    """The same check of keys or items, which knows the texts that it accepted before, as each field of a mapping does."""
    accepted: set[str] = set()

    def remembering(value: Json) -> bool:
        if value.__class__ is not str:
            return check(value)
        if value not in accepted:
            if not check(value):
                return False
            if len(accepted) < _MOST_REMEMBERED:
                accepted.add(value)
        return True

    return remembering


def _number(schema: Json, others: bool, _: bool) -> Check:
    least, most = schema.get("minimum", -_MANY), schema.get("maximum", _MANY)
    return lambda value: bool(least <= value <= most) if _is_number(value) else others


def _among(allowed: list[Json]) -> Check:
    """Equal to one of these scalars, where 1 and 1.0 are one to JSON, and True is another."""
    if all(isinstance(value, str | None) for value in allowed):
        return lambda value: value in allowed
    pairs = [(isinstance(value, bool), value) for value in allowed]
    return lambda value: (isinstance(value, bool), value) in pairs


def _not(schema: Json) -> Check:
    check = make_check(schema)
    return lambda value: not check(value)


def _any_of(checks: list[Check]) -> Check:
    return checks[0] if len(checks) == 1 else lambda value: any(check(value) for check in checks)


def _all_of(checks: list[Check]) -> Check:
    if len(checks) < 2:
        return checks[0] if checks else lambda _: True
    first, *others = checks
    rest = _all_of(others)
    return lambda value: first(value) and rest(value)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Json) -> bool:
    """A number with a zero fraction is an integer to JSON Schema."""
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


_TYPES: Final = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "number": _is_number,
    "integer": _is_integer,
}
_CLASSES: Final = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
#: The keywords that speak of values of one type only, by what makes the check for all of a kind.
_BY_TYPE: Final = {
    word: (kind, make)
    for kind, make, words in (
        ("object", _fields, ("properties", "additionalProperties", "required")),
        ("object", _keys, ("propertyNames",)),
        ("object", _fields_together, ("minProperties", "maxProperties", "dependentSchemas")),
        ("array", _list, ("items", "minItems", "maxItems", "uniqueItems")),
        ("string", _text, ("pattern", "minLength", "maxLength")),
        ("number", _number, ("minimum", "maximum")),
    )
    for word in words
}
#: The keywords that speak of values of any type.
_BY_KEYWORD: Final = {
    "const": lambda value: _among([value]),
    "enum": _among,
    "$ref": check_of,
    "x-part-of": lambda reference: check_of(reference, part=True),
    "not": _not,
}
#: All that is understood here; the schemas must say nothing else.
KEYWORDS: Final = frozenset(("type", "$defs", *_BY_KEYWORD, *_BY_TYPE))
