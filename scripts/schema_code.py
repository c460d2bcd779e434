"""Python statements that judge a value as one JSON Schema does.

They must accept exactly what jsonschema accepts, so a keyword that is not
handled here is an error and never passed over.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

Schema = dict[str, Any] | bool
Lines = list[str]

# Words for people and editors, which decide nothing.
ANNOTATIONS = frozenset(
    (
        *(
            "$schema",
            "$id",
            "$comment",
            "$defs",
            "title",
            "description",
            "examples",
            "default",
            "deprecated",
            "format",
        ),
        *("x-expected", "x-choices", "x-aliases", "x-sensitive"),
    )
)
OF_OBJECTS = (
    *("properties", "additionalProperties", "propertyNames"),
    *("required", "minProperties", "maxProperties", "dependentSchemas"),
)
OF_ARRAYS = ("items", "minItems", "maxItems", "uniqueItems")
OF_STRINGS = ("pattern", "minLength", "maxLength")
OF_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
OF_ALL = ("enum", "const", "$ref", "allOf", "anyOf", "oneOf", "not")
KNOWN = ANNOTATIONS.union(OF_OBJECTS, OF_ARRAYS, OF_STRINGS, OF_NUMBERS, OF_ALL, ["type"])

# A number with a zero fraction is an integer to JSON Schema, and True is none.
TYPE_TESTS = {
    "object": "isinstance({0}, dict)",
    "array": "isinstance({0}, list)",
    "string": "isinstance({0}, str)",
    "null": "{0} is None",
    "boolean": "isinstance({0}, bool)",
    "number": "(isinstance({0}, (int, float)) and not isinstance({0}, bool))",
    "integer": "((isinstance({0}, int) and not isinstance({0}, bool))"
    " or (isinstance({0}, float) and {0}.is_integer()))",
}


class CompileError(Exception):
    """A schema says something that can't be put into Python."""


class Home(Protocol):
    """The module that the statements will stand in."""

    def function(self, schema: Schema) -> str:
        """Name of the function that checks a subschema."""

    def target(self, ref: str) -> str:
        """Name of the function that a `$ref` leads to."""

    def search(self, pattern: str) -> str:
        """An expression for the search function of a pattern."""

    def table(self, checks: dict[str, str]) -> str:
        """Name of a table from keys to the functions that check their values."""

    def is_text(self, schema: Schema) -> bool:
        """Whether a schema, or what it refers to, allows strings only."""


class Checks:
    """Writes the statements that return False where a value breaks a schema."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def lines(self, schema: Schema, var: str) -> Lines:
        """Statements for one schema over the variable `var`."""
        if isinstance(schema, bool):
            return [] if schema else ["return False"]
        if unknown := schema.keys() - KNOWN:
            raise CompileError(f"the compiler does not know {sorted(unknown)}")
        types = types_of(schema)
        lines = _refuse(f"not {_type_test(types, var)}") if types else []
        groups: tuple[tuple[str, tuple[str, ...], Callable[[dict[str, Any], str], Lines]], ...] = (
            ("object", OF_OBJECTS, self._object),
            ("array", OF_ARRAYS, self._array),
            ("string", OF_STRINGS, self._string),
            ("number", OF_NUMBERS, self._number),
        )
        for kind, keywords, write in groups:
            if inner := write(schema, var) if schema.keys() & set(keywords) else []:
                sure = set(types) <= {kind, "integer" if kind == "number" else kind} and types
                lines += inner if sure else [f"if {TYPE_TESTS[kind].format(var)}:", *_indented(inner)]
        return lines + self._any(schema, var, types)

    def _any(self, schema: dict[str, Any], var: str, types: Lines) -> Lines:
        tests = []
        if "const" in schema:
            tests.append(f"not {_among(var, [schema['const']], types)}")
        if "enum" in schema:
            tests.append(f"not {_among(var, schema['enum'], types)}")
        if "$ref" in schema:
            tests.append(f"not {self._home.target(schema['$ref'])}({var})")
        if "anyOf" in schema:
            tests.append(f"not ({' or '.join(self._calls(schema['anyOf'], var))})")
        if "oneOf" in schema:
            tests.append(f"{' + '.join(self._calls(schema['oneOf'], var))} != 1")
        if "not" in schema:
            tests.append(self._contrary(schema["not"], var, types))
        lines = [line for test in tests for line in _refuse(test)]
        return lines + [line for part in schema.get("allOf", ()) for line in self.lines(part, var)]

    def _calls(self, schemas: list[Schema], var: str) -> Lines:
        return [f"{self._home.function(schema)}({var})" for schema in schemas]

    def _contrary(self, schema: Schema, var: str, types: Lines) -> str:
        """An expression for "conforms to this, and must not"; a mere pattern needs no function."""
        if (
            isinstance(schema, dict)
            and schema.keys() == {"type", "pattern"}
            and types == ["string"] == types_of(schema)
        ):
            return self._search(schema["pattern"], var)[0]
        return self._calls([schema], var)[0]

    def _search(self, pattern: str, var: str) -> tuple[str, str]:
        """Expressions for "the pattern occurs" and "it does not"; plain text needs no regular expression."""
        if not set(pattern) & set("\\.^$*+?{}[]|()"):
            return f"{pattern!r} in {var}", f"{pattern!r} not in {var}"
        search = f"{self._home.search(pattern)}({var})"
        return f"{search} is not None", f"{search} is None"

    def _string(self, schema: dict[str, Any], var: str) -> Lines:
        lines = _lengths(schema, var, "Length")
        return lines + (_refuse(self._search(schema["pattern"], var)[1]) if "pattern" in schema else [])

    def _number(self, schema: dict[str, Any], var: str) -> Lines:
        signs = {"minimum": "<", "maximum": ">", "exclusiveMinimum": "<=", "exclusiveMaximum": ">="}
        tests = [f"{var} {sign} {schema[word]!r}" for word, sign in signs.items() if word in schema]
        return [line for test in tests for line in _refuse(test)]

    def _array(self, schema: dict[str, Any], var: str) -> Lines:
        lines = _lengths(schema, var, "Items")
        items = schema.get("items", True)
        if inside := self._part(items, var + "i"):
            lines += [f"for {var}i in {var}:", *_indented(inside)]
        if schema.get("uniqueItems"):
            if not self._home.is_text(items):
                raise CompileError("uniqueItems is known for lists of strings only")
            lines += _refuse(f"len(set({var})) != len({var})")
        return lines

    def _object(self, schema: dict[str, Any], var: str) -> Lines:
        lines = _lengths(schema, var, "Properties")
        if missing := schema.get("required"):
            lines += _refuse(" or ".join(f"{key!r} not in {var}" for key in missing))
        for key, part in schema.get("dependentSchemas", {}).items():
            lines += [f"if {key!r} in {var}:", *_indented(self.lines(part, var) or ["pass"])]
        inside = self._part(schema.get("propertyNames", True), var + "k") + self._entry(schema, var)
        if inside and schema.get("additionalProperties", True) is not False:
            inside = _refuse(f"not isinstance({var}k, str)") + inside
        return lines + ([f"for {var}k, {var}x in {var}.items():", *_indented(inside)] if inside else [])

    def _entry(self, schema: dict[str, Any], var: str) -> Lines:
        """Statements for one key and its value: by a table of the known keys, the rest by one schema."""
        rest = self._part(schema.get("additionalProperties", True), var + "x")
        if not schema.get("properties"):
            return rest
        checks = {key: self._home.function(part) for key, part in schema["properties"].items()}
        table = self._home.table(checks)
        lines = [f"check = {table}.get({var}k)"]
        if rest == ["return False"]:
            return lines + _refuse(f"check is None or not check({var}x)")
        lines += ["if check is not None:", *_indented(_refuse(f"not check({var}x)"))]
        return lines + (["else:", *_indented(rest)] if rest else [])

    def _part(self, schema: Schema, var: str) -> Lines:
        """Statements for what stands inside a loop: short ones in place, long ones as a call."""
        said = set() if isinstance(schema, bool) else assertions(schema)
        if said <= {"type", *OF_STRINGS, *OF_NUMBERS}:
            return self.lines(schema, var)
        return _refuse(f"not {self._home.function(schema)}({var})")


def fan_outs(schema: Schema, pointer: str = "") -> Iterator[tuple[str, Schema]]:
    """Every `items` schema that is about more than a scalar, with its JSON pointer."""
    if isinstance(schema, bool):
        return
    items = schema.get("items", True)
    if isinstance(items, dict) and assertions(items) & {"$ref", *OF_OBJECTS, *OF_ARRAYS}:
        yield f"{pointer}/items", items
    for word in ("items", "additionalProperties"):
        yield from fan_outs(schema.get(word, True), f"{pointer}/{word}")
    for word in ("properties", "$defs"):
        for key, part in schema.get(word, {}).items():
            yield from fan_outs(part, f"{pointer}/{word}/{key}")


def bare(schema: Schema) -> Any:
    """The schema without what decides nothing, so that equal checks become one function."""
    if isinstance(schema, bool):
        return schema
    nested = {"properties", "dependentSchemas"}
    lists, single = {"allOf", "anyOf", "oneOf"}, {"items", "additionalProperties", "propertyNames", "not"}
    said: dict[str, Any] = {}
    for word in sorted(assertions(schema)):
        value = schema[word]
        if word in nested:
            value = {key: bare(part) for key, part in value.items()}
        elif word in lists:
            value = [bare(part) for part in value]
        said[word] = bare(value) if word in single else value
    return said


def assertions(schema: dict[str, Any]) -> set[str]:
    """The keywords of a schema that decide something."""
    return schema.keys() - ANNOTATIONS


def types_of(schema: dict[str, Any]) -> Lines:
    """The types that a schema allows; none where it does not say."""
    said = schema.get("type", [])
    return [said] if isinstance(said, str) else list(said)


def _type_test(types: Lines, var: str) -> str:
    tests = [TYPE_TESTS[kind].format(var) for kind in types]
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _among(var: str, allowed: list[Any], types: Lines) -> str:
    """An expression for "equals one of these", in which 1, 1.0 and True are told apart as JSON tells them."""
    if not all(isinstance(value, str | bool | int | float | None) for value in allowed):
        raise CompileError("enum and const are known for scalars only")
    words = tuple(value for value in allowed if isinstance(value, str))
    tests = [f"{var} in {words!r}"] if len(words) > 1 else [f"{var} == {word!r}" for word in words]
    if words and types != ["string"]:
        tests = [f"(isinstance({var}, str) and {tests[0]})"]
    for value in allowed:
        if value is None or isinstance(value, bool):
            tests.append(f"{var} is {value}")
        elif not isinstance(value, str):
            tests.append(f"({TYPE_TESTS['number'].format(var)} and {var} == {value!r})")
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _lengths(schema: dict[str, Any], var: str, what: str) -> Lines:
    tests = [
        f"len({var}) {sign} {schema[word + what]}"
        for word, sign in (("min", "<"), ("max", ">"))
        if word + what in schema
    ]
    return [line for test in tests for line in _refuse(test)]


def _refuse(test: str) -> Lines:
    return [f"if {test}:", "    return False"]


def _indented(lines: Lines) -> Lines:
    return ["    " + line for line in lines]
