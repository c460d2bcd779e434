"""Which fields of two values differ: the order of keys means nothing, and lists go by name where their items have one."""

from kaitogen.kaito.objects import MISSING
from kaitogen.kaito.updates.model import Difference
from kaitogen.model import Json, Path, path_text
from kaitogen.typed import Final, Iterator, Mapping, Sequence

#: Below these a value that one side lacks is told key by key, since each means something of its own.
_OPENED: Final = frozenset(("metadata", "labels", "annotations", "resource", "data"))
#: Deeper than any reader of ours goes; what a cluster holds may be deeper, and is then compared as a whole.
_DEEPEST: Final = 100


def differences(before: Json, after: Json) -> list[Difference]:
    """The fields that differ between two mappings, in the order of the first with what is new behind it."""
    return list(_differ(before, after, (), ""))


def same(one: Json, other: Json) -> bool:
    """Whether two values are the same to YAML and JSON: true is not 1, and 1.0 is."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _differ(before: Json, after: Json, path: Path, shown: str) -> Iterator[Difference]:
    if path and path[-1] in _OPENED:
        before, after = _opened(before, after), _opened(after, before)
    if isinstance(before, dict) and isinstance(after, dict) and len(path) < _DEEPEST:
        for key in [*before, *(key for key in after if key not in before)]:
            step = path_text((key,)) if isinstance(key, str) else str(key)
            joined = step if not shown or step.startswith("[") else f".{step}"
            yield from _differ(
                before.get(key, MISSING), after.get(key, MISSING), (*path, key), shown + joined
            )
        return
    if isinstance(before, list) and isinstance(after, list) and len(path) < _DEEPEST:
        yield from _lists(before, after, path, shown)
        return
    if before is MISSING and after is MISSING:
        return
    if before is MISSING or after is MISSING or not same(before, after):
        yield Difference(path, shown, before, after)


def _opened(value: Json, other: Json) -> Json:
    """An empty mapping for what is not there, where the other side has one."""
    return {} if value is MISSING and isinstance(other, dict) else value


def _lists(before: list[Json], after: list[Json], path: Path, shown: str) -> Iterator[Difference]:
    old, new = _named(before), _named(after)
    if old is None or new is None:
        for index in range(max(len(before), len(after))):
            left = before[index] if index < len(before) else MISSING
            right = after[index] if index < len(after) else MISSING
            yield from _differ(left, right, (*path, index), f"{shown}[{index}]")
        return
    for name, index in {**old, **new}.items():
        left = before[old[name]] if name in old else MISSING
        right = after[new[name]] if name in new else MISSING
        yield from _differ(left, right, (*path, index), f"{shown}[{name}]")
    stayed = [name for name in old if name in new]
    order = [name for name in new if name in old]
    if stayed != order:
        yield Difference(path, f"order of {shown}", stayed, order)


def _named(items: Sequence[Json]) -> Mapping[str, int] | None:
    """The items by their names; None where one has none, or two have the same."""
    names: dict[str, int] = {}
    for index, item in enumerate(items):
        name = _name(item)
        if name is None or name in names:
            return None
        names[name] = index
    return names


def _name(item: Json) -> str | None:
    """The name of an item of a list: its own, or that of its source, as an adapter's."""
    if not isinstance(item, dict):
        return None
    source = item.get("source")
    name = item.get("name", source.get("name") if isinstance(source, dict) else None)
    return name if isinstance(name, str) and name else None
