"""Many intents to one set: what they share becomes defaults, as long as that makes the file shorter."""

from collections import Counter

from kaitogen.kaito.objects import MISSING, merged
from kaitogen.model import INTENT_API_VERSION, SET_KIND, Json, Path
from kaitogen.schema.key_order import put_in_order
from kaitogen.typed import Final, NamedTuple, Sequence
from kaitogen.yaml.writer import dump, flow

#: Mappings whose order nobody sees, since the templates have their own. In all others it comes out as it went in.
_FIXED_ORDER: Final = frozenset(
    (
        ("metadata",),
        ("spec",),
        *(("spec", key) for key in ("target", "placement", "inference", "tuning")),
    )
)
#: Levels of indentation: of the set's own metadata, of its defaults, and of an entry.
_SHARED_METADATA_DEPTH: Final = 0
_DEFAULTS_DEPTH: Final = 2
_ENTRY_DEPTH: Final = 3


class _Split(NamedTuple):
    """A default (or none), what is left for each entry to say, and how many characters all of it takes."""

    default: Json
    rests: list[Json]
    cost: int


def set_of(name: str, intents: Sequence[Json]) -> Json:
    """A set of that name which holds all intents."""
    named = [dict(intent["metadata"]) for intent in intents]
    names = [metadata.pop("name") for metadata in named]
    columns = {"metadata": named, "spec": [intent["spec"] for intent in intents]}
    shared: dict[str, Json] = {}
    rests: list[dict[str, Json]] = [{} for _ in intents]
    for key, depth in (("metadata", _SHARED_METADATA_DEPTH), ("spec", _DEFAULTS_DEPTH)):
        split = _split(key, columns[key], (key,), depth)
        if split.default is not MISSING:
            shared[key] = split.default
        for rest, left in zip(rests, split.rests, strict=True):
            if left is not MISSING and left != {}:
                rest[key] = left
    entries = [
        {**rest, "metadata": {"name": name, **rest.get("metadata", {})}}
        for name, rest in zip(names, rests, strict=True)
    ]
    spec: Json = {"defaults": {"spec": shared["spec"]}} if shared.get("spec") else {}
    whole = {
        "apiVersion": INTENT_API_VERSION,
        "kind": SET_KIND,
        "metadata": {"name": name, **shared.get("metadata", {})},
        "spec": {**spec, "workspaces": entries},
    }
    put_in_order(whole)
    return whole


def _split(key: str, column: list[Json], path: Path, depth: int) -> _Split:
    """The cheapest way to say the key's value for every entry: no default, one for its parts, or one for the whole."""
    present = [value for value in column if value is not MISSING]
    apart = _Split(MISSING, column, sum(_size(key, value, _below(path)) for value in present))
    if len(present) < 2:
        return apart
    ways = [apart]
    if all(isinstance(value, dict) and value for value in present):
        ways.append(_by_parts(key, column, path, depth))
    elif len({flow(value) for value in present}) == 1 or not any(
        isinstance(value, dict) for value in present
    ):
        ways.append(_whole(key, column, path, depth))
    return min(ways, key=lambda way: way.cost)


def _whole(key: str, column: list[Json], path: Path, depth: int) -> _Split:
    texts = [None if value is MISSING else flow(value) for value in column]
    times = Counter(text for text in texts if text is not None)
    chosen = max(times, key=lambda text: times[text] * len(text))
    default = column[texts.index(chosen)]
    rests = [
        None if text is None else MISSING if text == chosen else value
        for text, value in zip(texts, column, strict=True)
    ]
    left = sum(_size(key, rest, _below(path)) for rest in rests if rest is not MISSING)
    return _Split(default, rests, _size(key, default, depth + len(path) - 1) + left)


def _by_parts(key: str, column: list[Json], path: Path, depth: int) -> _Split:
    present = [value for value in column if value is not MISSING]
    default: dict[str, Json] = {}
    lefts: list[dict[str, Json]] = [{} for _ in present]
    cost = 0
    for part in dict.fromkeys(name for value in present for name in value):
        split = _split(part, [value.get(part, MISSING) for value in present], (*path, part), depth)
        cost += split.cost
        if split.default is not MISSING:
            default[part] = split.default
        for left, rest in zip(lefts, split.rests, strict=True):
            if rest is not MISSING:
                left[part] = rest
    if not default or not _same_order(default, lefts, present, path):
        return _Split(MISSING, column, sum(_size(key, value, _below(path)) for value in present))
    remaining = iter(lefts)
    rests: list[Json] = [None if value is MISSING else next(remaining) or MISSING for value in column]
    heads = [_size(key, {}, depth + len(path) - 1)]
    heads += [_size(key, {}, _below(path)) for rest in rests if rest is not MISSING]
    return _Split(default, rests, cost + sum(heads))


def _same_order(default: Json, lefts: Sequence[Json], present: Sequence[Json], path: Path) -> bool:
    if path in _FIXED_ORDER:
        return True
    return all(list(merged(default, left)) == list(value) for left, value in zip(lefts, present, strict=True))


def _below(path: Path) -> int:
    return _ENTRY_DEPTH + len(path) - 1


def _size(key: str, value: Json, depth: int) -> int:
    """How many characters a key with its value takes at that depth."""
    text = dump({key: value})
    return len(text) + 2 * depth * text.count("\n")
