"""How findings, numbers, lists and texts of users are written in front of people, the same in every format."""

from kaitogen import __version__
from kaitogen.model import Diagnostic, Document, Json
from kaitogen.typed import Callable, Container, Final, Iterable, Iterator, Mapping, Sequence

#: How wide text for terminals and logs is.
WIDTH: Final = 110
#: What JSON allows as it is, and is written as an escape: see _ESCAPED of kaitogen.yaml.scalars.
_UNSEEN: Final = "[\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff\ufff0-\uffff]"


def printable(text: str) -> str:
    """The text without anything that could steer a terminal: such characters are written as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def cut(text: str, room: int, mark: str = "…") -> str:
    """The text, or as much of its beginning as has room before the mark."""
    return text if len(text) <= room else text[: room - len(mark)] + mark


def cut_front(text: str, room: int) -> str:
    """The text, or as much of its end as has room: the end of a path says more than its beginning."""
    return text if len(text) <= room else "…" + text[1 - room :]


def wrapped(text: str, first: str, others: str, width: int = WIDTH) -> list[str]:
    """The text in lines of a terminal, each behind its indent; words stay whole, and nothing steers the terminal."""
    lines, rest, indent = [], printable(text), first
    while len(rest) > (room := max(width - len(indent), 1)):
        end = rest.rfind(" ", 1, room + 1)
        if end < 0 or len(rest[end + 1 :].partition(" ")[0]) > room:
            end = room  # no line has room for this word
        lines.append(indent + rest[:end].rstrip(" "))
        rest, indent = rest[end:].lstrip(" "), others
    return [*lines, indent + rest] if rest or not lines else lines


def number_of(number: int, noun: str) -> str:
    """A number with its noun: `1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def from_to(least: int, most: int, noun: str = "") -> str:
    """`1 to 3 nodes`, or one number where both are the same; without a noun the numbers alone."""
    numbers = f"{most:,}" if least == most else f"{least:,} to {most:,}"
    return numbers if not noun else f"{numbers} {noun if numbers == '1' else noun + 's'}"


def listed(words: Iterable[str], most: int = 8) -> str:
    """The words with commas between, and how many more there are."""
    every = list(words)
    shown = ", ".join(word[:120] for word in every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


def counted(findings: Iterable[Diagnostic]) -> str:
    """How many there are of each severity: `1 error, 2 warnings`."""
    severities = [finding.severity for finding in findings]
    numbers = [(severities.count(severity), severity) for severity in ("error", "warning", "note")]
    return ", ".join(number_of(number, severity) for number, severity in numbers if number)


def place(finding: Diagnostic) -> str:
    """File, line and column, as editors take them; what is unknown is left out."""
    numbers = [str(number) for number in (finding.line, finding.column) if number]
    return ":".join([printable(finding.file), *numbers])


def which(document: Document) -> str:
    """A document by its file and its number there, from 1."""
    return f"{document.file}, document {document.number + 1}"


def table(
    rows: Sequence[Sequence[str]],
    *,
    right: Container[int] = (),
    gap: str = "  ",
    paint: Callable[[int, str, str], str] | None = None,
) -> str:
    """Rows below a row of headings, in columns as wide as their widest cell; no cell steers a terminal.

    Columns whose numbers are in `right` are aligned to the right. `paint` is given the column, the text and the
    padded cell of every cell below the headings, and may put colours around it. No line ends in blanks.
    """
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        if number and paint is not None:
            cells = [paint(column, *pair) for column, pair in enumerate(zip(row, cells, strict=True))]
        lines.append(gap.join(cells).rstrip() + "\n")
    return "".join(lines)


def json_report(version: int, members: Mapping[str, Json]) -> str:
    """A report of ours as JSON: the version of its shape, which rises when a reader of the old one would go wrong, and the tool first."""
    return "".join(json_report_parts(version, members))


def json_report_parts(version: int, members: Mapping[str, Json]) -> Iterator[str]:
    """The same report, piece by piece; see `json_parts`."""
    tool = {"name": "kaitogen", "version": __version__}
    return json_parts({"version": version, "tool": tool, **members})


def json_text(value: Json) -> str:
    """A value as JSON, with a newline at its end; what steers a terminal, or nobody sees, is escaped as in YAML."""
    return _json(value, "\n") + "\n"


def json_parts(members: Mapping[str, Json]) -> Iterator[str]:
    """The `json_text` of an object that has members, piece by piece.

    An iterator among them stands for a list, and each of its items is made when its turn comes: all are too much to hold.
    """
    before, below = "{", "\n    "
    for key, value in members.items():
        yield f"{before}\n  {_json(key, '')}: "
        before = ","
        if not isinstance(value, Iterator):
            yield _json(value, "\n  ")
            continue
        opening = "["
        for item in value:
            yield f"{opening}{below}{_json(item, below)}"
            opening = ","
        yield "[]" if opening == "[" else "\n  ]"
    yield "\n}\n"


def _json(value: Json, line: str) -> str:
    """A value as JSON in the midst of a text; `line` ends a line, and indents the next one as far as the value is."""
    text = _laid_out(value, line)
    if text.isascii() and "\x7f" not in text:
        return text
    import re

    return re.sub(_UNSEEN, lambda match: f"\\u{ord(match[0]):04x}", text)


def _laid_out(value: Json, line: str) -> str:
    """The same without its escapes. (What json lays out leaves more behind for each text than the text takes.)"""
    import json  # most runs write none

    below, quoted = line + "  ", json.encoder.encode_basestring
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        ends, inside = "{}", [f"{quoted(key)}: {_laid_out(item, below)}" for key, item in value.items()]
    elif isinstance(value, list | tuple):
        ends, inside = "[]", [_laid_out(item, below) for item in value]
    else:
        return json.dumps(value)
    return f"{ends[0]}{below}{f',{below}'.join(inside)}{line}{ends[1]}" if inside else ends
