"""What someone meant by a field that is unknown where it stands: another word, or the same word elsewhere."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from kaitogen.diagnostics import suggest
from kaitogen.model import Json, Path
from kaitogen.schema.words import dotted

#: How far below the top of a schema file a field is offered; Kubernetes' own types go on without end.
_DEPTH: Final = 8
_DEPTH_BORROWED: Final = 4
_ITEM: Final = "[]"


class Meant(NamedTuple):
    """What the user may have meant: advice, and the sibling fields that are then no longer missing."""

    fix: str
    stands_for: frozenset[str] = frozenset()


class _Field(NamedTuple):
    holder: Path
    name: str
    region: Path | None  # where a type that is not ours begins, such as a pod template


_made: dict[str, "Places"] = {}


def places_of(file: str, document: Callable[[str], Json]) -> "Places":
    """The places of a schema file, collected once; `document` reads a schema file by its path below schemas/."""
    if file not in _made:
        _made[file] = Places(file, document)
    return _made[file]


class Places:
    """The fields of one schema by name; they are collected at the first unknown field that no sibling explains."""

    def __init__(self, file: str, document: Callable[[str], Json]) -> None:
        self._file = file
        self._document = document
        self._names: dict[str, list[_Field]] = {}
        self._aliases: dict[str, list[_Field]] = {}

    def meant(self, key: str, holder: Path, schema: Json) -> Meant | None:
        """What an unknown `key` in the mapping at `holder` may mean; `schema` is the mapping's own."""
        fields = schema.get("properties", {})
        aliases = {alias: name for name, field in fields.items() for alias in field.get("x-aliases", ())}
        if key in aliases:
            return Meant(f"write {aliases[key]} instead", frozenset((aliases[key],)))
        near = suggest.nearest(key, [*fields, *aliases])
        sibling = near and Meant(
            f"did you mean {aliases.get(near, near)}?", frozenset((aliases.get(near, near),))
        )
        if near and sibling and suggest.distance(suggest.fold(key), suggest.fold(near)) <= 1:
            return sibling
        return self._same_word_elsewhere(key, holder) or sibling or self._near_elsewhere(key, holder)

    def _same_word_elsewhere(self, key: str, holder: Path) -> Meant | None:
        if found := self._best(self._names, key, holder):
            where = " or ".join(dotted(field.holder) for field in found)
            stands_for = _heads(found, holder)
            return Meant(
                f"{key} belongs {f'under {where}' if where else 'at the top of the document'}", stands_for
            )
        if found := self._best(self._aliases, key, holder):
            where = " or ".join(dotted((*field.holder, field.name)) for field in found)
            return Meant(f"write {where} instead", _heads(found, holder))
        return None

    def _near_elsewhere(self, key: str, holder: Path) -> Meant | None:
        near = suggest.nearest(key, self._names) if len(key) > 5 else None
        found = self._best(self._names, near, holder) if near else []
        where = " or ".join(dotted((*field.holder, field.name)) for field in found)
        return Meant(f"did you mean {where}?", _heads(found, holder)) if found else None

    def _best(self, index: dict[str, list[_Field]], key: str, holder: Path) -> list[_Field]:
        """The likeliest of the fields of that name; those of a type that is not ours only inside it."""
        if not self._names:
            self._collect()
        plain = tuple(_ITEM if isinstance(step, int) else step for step in holder)
        fields = [
            field
            for field in index.get(key, ())
            if field.region is None or plain[: len(field.region)] == field.region
        ]
        return _best(fields, holder, plain) if fields else []

    def _collect(self) -> None:
        for field, aliases in self._walk(self._document(self._file), self._file, (), None):
            self._names.setdefault(field.name, []).append(field)
            for alias in aliases:
                self._aliases.setdefault(alias, []).append(field)

    def _walk(
        self, schema: Json, file: str, path: Path, region: Path | None
    ) -> Iterator[tuple[_Field, list[str]]]:
        while isinstance(schema, dict) and "$ref" in schema:
            target, _, pointer = schema["$ref"].partition("#/$defs/")
            file = beside(file, target) if target else file
            schema = self._document(file)["$defs"][pointer] if pointer else self._document(file)
            if region is None and _is_borrowed(schema):
                region = path
        depth = len(path) - len(region or ())
        if not isinstance(schema, dict) or depth >= (_DEPTH if region is None else _DEPTH_BORROWED):
            return
        for name, field in schema.get("properties", {}).items():
            yield _Field(path, name, region), field.get("x-aliases", [])
            yield from self._walk(field, file, (*path, name), region)
        if "items" in schema:
            yield from self._walk(schema["items"], file, (*path, _ITEM), region)


def _is_borrowed(schema: Json) -> bool:
    """Whether a type is Kubernetes' own: its fields have no words of ours."""
    return any("title" not in field for field in schema.get("properties", {}).values())


def referred(file: str, document: Callable[[str], Json]) -> list[str]:
    """A schema file and all that it refers to, however far."""
    found = [file]
    for each in found:
        for target in _targets(document(each)):
            if (other := beside(each, target)) not in found:
                found.append(other)
    return found


def _targets(node: Json) -> Iterator[str]:
    """The other files that `$ref`s in a part of a schema name."""
    for key, part in node.items() if isinstance(node, dict) else enumerate(node):
        if key == "$ref" and isinstance(part, str):
            yield from filter(None, [part.partition("#")[0]])
        elif isinstance(part, dict | list):
            yield from _targets(part)


def beside(file: str, target: str) -> str:
    """The path of a file that `file` calls `target`."""
    folder = file.split("/")[:-1]
    for step in target.split("/"):
        folder = folder[:-1] if step == ".." else [*folder, step]
    return "/".join(folder)


def _best(fields: list[_Field], holder: Path, plain: Path) -> list[_Field]:
    """The fields of the innermost list item around the holder, there the highest, of these the nearest."""
    indexes = [depth for depth, step in enumerate(holder) if isinstance(step, int)]

    def rank(field: _Field) -> tuple[int, int, int]:
        common = 0
        while common < min(len(plain), len(field.holder)) and plain[common] == field.holder[common]:
            common += 1
        return -sum(depth < common for depth in indexes), len(field.holder), -common

    best = min(map(rank, fields))
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
