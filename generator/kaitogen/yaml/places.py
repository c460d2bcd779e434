"""Where the values of a text stand: findings are told at their lines."""

from kaitogen.model import Json, Path
from kaitogen.typed import Final, Iterable, NamedTuple
from kaitogen.yaml import plain
from kaitogen.yaml.reader import MAX_NODES


class Place(NamedTuple):
    """Where a value stands: its key (or the value itself, in a list) and the value. Counted from 1."""

    key_line: int
    key_column: int
    line: int
    column: int


#: Places by the heads of a text's lines and the paths that they are for: many intents are written alike but for values.
_ALIKE: dict[tuple[object, ...], dict[Path, Place]] = {}
_MOST_ALIKE: Final = 200
_LONGEST_ALIKE: Final = 100  # lines


def locate(text: str, paths: Iterable[Path]) -> dict[Path, Place]:
    """The place of each path in the text's first document, or of the longest part of it that is there; with others on the way.

    Of what is more than plain, only these are kept in memory, and nothing is read behind the last of them.
    """
    paths = list(paths)
    places = _in_plain(text, paths)
    if places is None:
        from kaitogen.yaml import tree  # most texts are plain

        places = tree.located(text, paths)
    return places


def _in_plain(text: str, paths: list[Path]) -> dict[Path, Place] | None:
    """The same of a text of one document; None where it is more than plain, or so long that its lines are not all held."""
    if not plain.fits(text, MAX_NODES):
        return None
    lines = text.split("\n")
    first = 1 if lines[0] == plain.DIVIDER else 0
    if len(lines) > _LONGEST_ALIKE:
        return _among(lines, first, paths)
    heads = plain.heads_of(lines[first:])
    if heads is None:
        return None
    alike = first, heads, frozenset(paths)
    places = _ALIKE.get(alike)
    if places is None:
        places = _among(lines, first, paths)
        if places is not None and len(_ALIKE) < _MOST_ALIKE:
            _ALIKE[alike] = places
    return places


def _among(lines: list[str], first: int, paths: Iterable[Path]) -> dict[Path, Place] | None:
    """The places among the lines from the `first` on; None where they are more than plain."""
    marks: plain.Marks = {}
    value = plain.value_of(lines[first:], marks)
    if value is plain.NOT_PLAIN or not marks:
        return None
    places: dict[Path, Place] = {}
    for path in paths:
        number, part, depth = next(iter(marks.values())), value, 0
        for step in path:
            below = marks.get((id(part), step))
            if below is None:
                break
            number, part, depth = below, part[step], depth + 1
        found = path[:depth]
        places[found] = _place(lines, first + number, found[-1] if found else None, part)
    return places


def _place(lines: list[str], number: int, step: str | int | None, value: Json) -> Place:
    """The place of what an entry on the line of that number holds: a mapping or list stands at its key."""
    line = plain.line_of(lines[number])
    assert line is not None
    column, dashed, key, below = line[0]
    own = column + 1 + (2 if dashed and step is not None else 0)
    beside = own
    if isinstance(step, str) and not isinstance(value, dict | list):
        beside += len(key) + (1 if below else 2)
    return Place(key_line=number + 1, key_column=own, line=number + 1, column=beside)
