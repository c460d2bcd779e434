"""What someone meant by a field that is unknown where it stands: another word, or the same word elsewhere."""

from functools import cache

from kaitogen.diagnostics import suggest
from kaitogen.model import Json, Path
from kaitogen.schema import document, resolved
from kaitogen.schema.words import dotted
from kaitogen.typed import Final, Iterator, NamedTuple, Sequence

#: How far below the top of a schema file a field is offered; Kubernetes' own types go on without end.
_DEPTH: Final = 8
_DEPTH_BORROWED: Final = 4
_ITEM: Final = "[]"


class Meant(NamedTuple):
    """What the user may have meant: advice, the sibling fields that are then no longer missing, and where the field belongs."""

    fix: str
    stands_for: frozenset[str] = frozenset()
    under: tuple[Path, ...] = ()


class _Field(NamedTuple):
    holder: Path
    name: str
    region: Path | None  # where a type that is not ours begins, such as a pod template


def meant_by(file: str, key: str, holder: Path, schema: Json) -> Meant | None:
    """What an unknown `key` in the mapping at `holder` may mean; `file` is its schema's, `schema` the mapping's own."""
    fields = schema.get("properties", {})
    aliases = {alias: name for name, field in fields.items() for alias in field.get("x-aliases", ())}
    if key in aliases:
        return Meant(f"write {aliases[key]} instead", frozenset((aliases[key],)))
    near = suggest.nearest(key, [*fields, *aliases])
    name = aliases.get(near, near) if near else None
    sibling = Meant(f"did you mean {name}?", frozenset((name,))) if name else None
    if near and suggest.distance(suggest.fold(key), suggest.fold(near)) <= 1:
        return sibling
    return _same_word_elsewhere(file, key, holder) or sibling or _near_elsewhere(file, key, holder)


def _same_word_elsewhere(file: str, key: str, holder: Path) -> Meant | None:
    names, aliases = _fields(file)
    if found := _likeliest(names.get(key, ()), holder):
        where = " or ".join(dotted(field.holder) for field in found)
        place = f"under {where}" if where else "at the top of the document"
        return Meant(f"{key} belongs {place}", _heads(found, holder), tuple(one.holder for one in found))
    if found := _likeliest(aliases.get(key, ()), holder):
        return Meant(f"write {_listed(found)} instead", _heads(found, holder))
    return None


def _near_elsewhere(file: str, key: str, holder: Path) -> Meant | None:
    names, _ = _fields(file)
    near = suggest.nearest(key, names) if len(key) > 5 else None
    found = _likeliest(names[near], holder) if near else []
    return Meant(f"did you mean {_listed(found)}?", _heads(found, holder)) if found else None


def _listed(fields: list[_Field]) -> str:
    return " or ".join(dotted((*field.holder, field.name)) for field in fields)


@cache
def _fields(file: str) -> tuple[dict[str, list[_Field]], dict[str, list[_Field]]]:
    """The fields of a schema file by name, and by the other words that they go by."""
    names: dict[str, list[_Field]] = {}
    aliases: dict[str, list[_Field]] = {}
    for field, others in _walk(document(file), file, (), None):
        names.setdefault(field.name, []).append(field)
        for alias in others:
            aliases.setdefault(alias, []).append(field)
    return names, aliases


def _walk(schema: Json, file: str, path: Path, region: Path | None) -> Iterator[tuple[_Field, list[str]]]:
    if "$ref" in schema:
        schema, file = resolved(schema, file)
        # Kubernetes' own types have no words of ours.
        if region is None and any("title" not in field for field in schema.get("properties", {}).values()):
            region = path
    depth = len(path) - len(region or ())
    if depth >= (_DEPTH if region is None else _DEPTH_BORROWED):
        return
    for name, field in schema.get("properties", {}).items():
        yield _Field(path, name, region), field.get("x-aliases", [])
        yield from _walk(field, file, (*path, name), region)
    if "items" in schema:
        yield from _walk(schema["items"], file, (*path, _ITEM), region)


def _likeliest(named: Sequence[_Field], holder: Path) -> list[_Field]:
    """The fields of the innermost list item around the holder, there the highest, of these the nearest.

    Those of a type that is not ours count only inside it. What is below a section itself, in no list, comes before other sections.
    """
    plain = tuple(_ITEM if isinstance(step, int) else step for step in holder)
    fields = [one for one in named if one.region is None or plain[: len(one.region)] == one.region]
    indexes = [depth for depth, step in enumerate(holder) if isinstance(step, int)]

    is_section = bool(plain) and plain[-1] not in ("spec", _ITEM)

    def rank(field: _Field) -> tuple[int, bool, int, int]:
        common = 0
        while common < min(len(plain), len(field.holder)) and plain[common] == field.holder[common]:
            common += 1
        elsewhere = not is_section or common < len(plain) or _ITEM in field.holder[common:]
        return -sum(depth < common for depth in indexes), elsewhere, len(field.holder), -common

    best = min(map(rank, fields), default=None)
    # The places are told with the indexes of the user's own path.
    return [
        field._replace(
            holder=tuple(
                holder[depth]
                if depth < len(plain) and plain[: depth + 1] == field.holder[: depth + 1]
                else step
                for depth, step in enumerate(field.holder)
            )
        )
        for field in fields
        if rank(field) == best
    ]


def _heads(fields: list[_Field], holder: Path) -> frozenset[str]:
    """The fields of the holder itself that lead to these."""
    depth = len(holder)
    below = [(*field.holder, field.name) for field in fields if field.holder[:depth] == holder]
    return frozenset(str(path[depth]) for path in below)
