"""How jsonschema is to work here: an error for each field, at that field, and no time lost on what conforms."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from kaitogen.model import Json
from kaitogen.schema.checks import Check, make_check

Keyword: TypeAlias = Callable[[Any, Any, Json, Mapping[str, Json]], Iterator[Any]]


class Keywords:
    """The keywords that differ from jsonschema's own in what they report, never in what they accept.

    `error` is jsonschema's ValidationError, which only one module may import. `items` has what
    the schemas of lists' items assert, by the identity of those schemas.
    """

    def __init__(self, error: Any, items: Mapping[int, Json]) -> None:
        self._error = error
        self._items_asserted = items
        self._item_checks: dict[int, Check] = {}

    def by_name(self) -> dict[str, Keyword]:
        """The keywords as jsonschema wants them."""
        return {
            "additionalProperties": self._additional,
            "propertyNames": self._names,
            "required": self._required,
            "items": self._items,
            "uniqueItems": self._unique,
        }

    def _additional(
        self, validator: Any, rest: Any, value: Json, schema: Mapping[str, Json]
    ) -> Iterator[Any]:
        known = schema.get("properties", {})
        for key in value if isinstance(value, dict) else ():
            if key not in known and rest is False:
                yield self._error("unknown", path=[key])
            elif key not in known:
                yield from validator.descend(value[key], rest, path=key)

    def _names(self, validator: Any, wanted: Any, value: Json, _: Mapping[str, Json]) -> Iterator[Any]:
        for key in value if isinstance(value, dict) else ():
            if causes := list(validator.descend(key, wanted)):
                yield self._error("key", path=[key], context=causes)

    def _required(self, _: Any, wanted: Any, value: Json, __: Mapping[str, Json]) -> Iterator[Any]:
        for key in wanted if isinstance(value, dict) else ():
            if key not in value:
                yield self._error(key)

    def _items(self, validator: Any, wanted: Any, value: Json, _: Mapping[str, Json]) -> Iterator[Any]:
        key = id(wanted)
        if key in self._items_asserted and key not in self._item_checks:
            self._item_checks[key] = make_check(self._items_asserted[key])
        check = self._item_checks.get(key)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if check is None or not check(item):
                yield from validator.descend(item, wanted, path=index)

    def _unique(self, _: Any, wanted: bool, value: Json, __: Mapping[str, Json]) -> Iterator[Any]:
        # Only lists of text must be unique: anything else in them is wrong already, and
        # comparing mappings with each other would take quadratic time.
        seen: set[str] = set()
        for index, item in enumerate(value if wanted and isinstance(value, list) else ()):
            if isinstance(item, str) and item in seen:
                yield self._error("repeated", path=[index], instance=item)
            elif isinstance(item, str):
                seen.add(item)
