"""The plain part of YAML, read line by line: four fifths of what the parser takes for an intent go into its events.

A line of it is `key: value`, `key:`, `- value`, `- key: value` or a comment; a value is a word, a few of them, a
simple text in quotes, or a text of whole lines behind `key: |`. That is how people and programs write most intents
and Workspaces. Whatever else a text has, and all that is wrong in it, is for the parser: then nothing of what was read
here counts.
"""

from sys import intern

from kaitogen.model import Json
from kaitogen.typed import Any, Final, Iterable, TypeAlias
from kaitogen.yaml.scalars import ASCII_WORD, AmbiguousScalar, resolve

#: What is handed back for a text that is more than plain.
NOT_PLAIN: Final = object()
DIVIDER: Final = "---"
#: The lines of a text make no more events of the parser each, so that a text of few lines is within every limit. (One that
#: begins a list makes six, but the key above it has no value of its own.)
_MOST_OF_A_LINE: Final = 5
_DEEPEST: Final = 90  # levels, less than may be nested
_LONGEST: Final = 1000  # characters of a line: libyaml takes no longer key
_TEXT: Final = ASCII_WORD + "+@=:,;()% "
#: How the line of a key ends that has a text of whole lines below it.
_LITERAL: Final = ": |"
#: Where a line begins that says nothing.
_NOWHERE: Final = -1

#: How a line begins: its column, whether with a dash, its key (empty: none), and whether what that leads to stands on the
#: lines below.
Head: TypeAlias = tuple[int, bool, str, bool]
#: What a line says: its beginning, and the value on it.
Line: TypeAlias = tuple[Head, Json]
#: Lines by the identity of the list or mapping that has an entry there, and the entry's number or key.
Marks: TypeAlias = dict[tuple[int, str | int], int]
#: Lines by themselves: the same few come again and again. Bounded, since there may be no end of new ones.
_LINES: dict[str, Line] = {}
#: Heads by the text before a value: most new lines have a known key and a new name.
_HEADS: dict[str, Head] = {}
_MOST_REMEMBERED: Final = 2_000


def fits(text: str, most: int) -> bool:
    """Whether a text has so few lines that, if all are plain, they say at most so many values."""
    return text.count("\n") * _MOST_OF_A_LINE <= most


def lines_of(text: str) -> list[str]:
    """The lines of a document; a text behind `key: |` stands on that line as well, and empty lines in its place."""
    lines = text.split("\n")
    number = end = passed = 0
    while (at := text.find(f"{_LITERAL}\n", passed)) >= 0:
        number += text.count("\n", passed, at)
        passed = at + 1
        if number < end:
            continue  # it stands inside such a text
        line = lines[number]
        below = " " * (len(line) - len(line.lstrip("- ")) + 1)
        end = number + 1
        while end < len(lines) and (lines[end].startswith(below) or not lines[end].strip(" ")):
            end += 1
        if end < len(lines) or not lines[-1]:  # else its last line does not end
            lines[number] = "\n".join(lines[number:end])
            lines[number + 1 : end] = [""] * (end - number - 1)
    return lines


# One flat loop over the lines: a call for each of them would cost as much as what it does.
def value_of(lines: Iterable[str], marks: Marks | None = None) -> Json:  # noqa: C901, PLR0912 - see above
    """The value of the document of these lines, below its divider; NOT_PLAIN where they are more than plain.

    `marks` gets the number of each entry's line.
    """
    holder: Any = {}  # what the document itself is the value of, under a key that is none
    root: dict[str, Json] = holder
    opened: str | None = ""
    column = -1
    stack: list[tuple[int, Any]] = []
    known = _LINES.get
    for number, text in enumerate(lines):
        line = known(text) or (_literal(text) if "\n" in text else line_of(text))
        if line is None:
            return NOT_PLAIN
        (at, dashed, key, below), value = line
        if at == _NOWHERE:
            continue
        if opened is not None and (at > column or (dashed and at == column)):
            # What the key above leads to; a list may begin in the column of its key.
            inner: Any = [] if dashed else {}
            holder[opened] = inner
            stack.append((column, holder))
            holder, column = inner, at
        else:
            while at < column:
                column, holder = stack.pop()
            if not dashed and type(holder) is list:
                column, holder = stack.pop()
            if at != column or (dashed and type(holder) is dict):
                return NOT_PLAIN
        opened = None
        if dashed:
            if marks is not None:
                marks[id(holder), len(holder)] = number
            if not key:
                holder.append(value)
                continue
            item: dict[str, Json] = {}
            holder.append(item)
            stack.append((column, holder))
            holder, column = item, at + 2
        if key in holder or len(stack) > _DEEPEST:
            return NOT_PLAIN
        if marks is not None:
            marks[id(holder), key] = number
        if below:
            opened = key
        holder[key] = value
    return root.get("")


def heads_of(lines: Iterable[str]) -> tuple[Head, ...] | None:
    """How each line begins, which tells where the values stand; None where one is more than plain."""
    said = [_LINES.get(text) or line_of(text) for text in lines]
    return tuple([line[0] for line in said if line]) if all(said) else None


def line_of(text: str) -> Line | None:
    """What a line says; None where it is more than plain."""
    line = _LINES.get(text)
    if line is not None:
        return line
    if len(text) > _LONGEST or not (text.isascii() and text.isprintable()):
        return None
    head, _, word = text.partition(": ")
    if word and head in _HEADS and (value := _scalar(word)) is not NOT_PLAIN:
        line = _HEADS[head], value
    else:
        line = _parsed(text)
    if line is not None and len(_LINES) < _MOST_REMEMBERED:
        _LINES[text] = line
        _, _, key, below = line[0]
        if word and key and not below:
            _HEADS[head] = line[0]
    return line


def _parsed(text: str) -> Line | None:
    """The same of a line of ASCII that is not remembered."""
    content = text.strip(" ")
    column = len(text) - len(text.lstrip(" "))
    if not content or content[0] == "#":
        return (_NOWHERE, False, "", False), None
    if " #" in content:
        content = content[: content.index(" #")].rstrip(" ")
        if '"' in content or "'" in content:
            return None
    dashed = content.startswith("- ")
    if dashed:
        content = content[2:]
    key, colon, word = (content[:-1], ":", "") if content.endswith(":") else content.partition(": ")
    if not colon:
        key, word = "", content
    value = _scalar(word) if word else None
    if value is NOT_PLAIN or not (_is_key(key) if colon else dashed):
        return None
    return (column, dashed, intern(key), not word), value


def _literal(text: str) -> Line | None:
    """The same of a line with a text of whole lines below it."""
    first, *rest = text.rstrip("\n").split("\n")
    line = line_of(first.removesuffix(" |"))
    margin = " " * (len(rest[0]) - len(rest[0].lstrip(" "))) if rest else ""
    if line is None:
        return None
    column, dashed, key, below = line[0]
    if len(margin) <= column + (2 if dashed else 0) or not below:
        return None
    for one in rest:
        fits = one.startswith(margin) and one.isascii() and one.isprintable() and not one.isspace()
        if one and (not fits or len(one) > _LONGEST):
            return None
    return (column, dashed, key, False), "".join(f"{one[len(margin) :]}\n" for one in rest)


def _is_key(word: str) -> bool:
    return bool(word) and not word.strip(ASCII_WORD) and isinstance(_scalar(word), str)


def _scalar(word: str) -> Json:
    """What one scalar says; NOT_PLAIN where that takes more than a glance."""
    first = word[0]
    if first in "\"'":
        inner = word[1:-1]
        simple = len(word) > 1 and word[-1] == first and first not in inner and "\\" not in inner
        return inner if simple else NOT_PLAIN
    if not (first.isalnum() or first in "_/") or word.strip(_TEXT) or ": " in word or word[-1] in ": ":
        return NOT_PLAIN
    try:
        return resolve(word)
    except AmbiguousScalar:
        return NOT_PLAIN
