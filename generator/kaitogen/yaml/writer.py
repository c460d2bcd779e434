"""Values to YAML text, always the same bytes for the same value.

Two styles: `flow` is one line and goes anywhere inside a template; `dump` is the
block style that people read. Key order is the mapping's own.
"""

from kaitogen.model import Json
from kaitogen.typed import Final
from kaitogen.yaml.scalars import QUOTED_WORDS, encode, is_plain, quoted

#: libyaml and others refuse a simple key that is longer than 1024 characters.
LONGEST_SIMPLE_KEY: Final = 1000
_READABLE: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./@+=-:, ")
#: Keys and texts as they are written, where that is short: the same few come again and again.
_KEYS: dict[str, str] = {}
_TEXTS: dict[str, str] = {}
_MOST_REMEMBERED: Final = 10_000
_LONGEST_REMEMBERED: Final = 200
#: What becomes a list. (A union of types would be made anew for every value.)
_LISTS: Final = (list, tuple)


def flow(value: Json) -> str:
    """The value on one line, in flow style."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow_key(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, _LISTS):
        return "[" + ", ".join(map(flow, value)) + "]"
    return encode(value)


def _flow_key(key: str) -> str:
    text = encode(key)
    return text if len(text) <= LONGEST_SIMPLE_KEY else f"? {text} "


def dump(value: Json, indent: int = 0) -> str:
    """The value as a document in block style, two spaces a level, with a newline at the end.

    `indent` blanks stand before each line, as before those of an entry of a list that is not written as a whole.
    """
    margin = " " * indent
    lines: list[str] = []
    if isinstance(value, dict) and value:
        _mapping(value, margin, lines)
    elif isinstance(value, _LISTS) and value:
        _sequence(value, margin, lines)
    else:
        lines.append(margin + leaf(value, margin))
    lines.append("")
    return "\n".join(lines)


def _mapping(value: dict[str, Json], indent: str, lines: list[str]) -> None:
    """Add its lines. (Handed on from generator to generator, each would be a call for every level.)"""
    deeper = indent + "  "
    for key, item in value.items():
        head = f"{indent}{_KEYS.get(key) or _key(key, indent, lines)}:"
        if item.__class__ is str:
            lines.append(f"{head} {_TEXTS.get(item) or leaf(item, deeper)}")
        elif isinstance(item, dict) and item:
            lines.append(head)
            _mapping(item, deeper, lines)
        elif isinstance(item, _LISTS) and item:
            lines.append(head)
            _sequence(item, deeper, lines)
        else:
            lines.append(f"{head} {leaf(item, deeper)}")


def _key(key: str, indent: str, lines: list[str]) -> str:
    """The text of a key that is not remembered; a long one gets a line of its own, which leaves nothing."""
    text = encode(key)
    if len(text) >= LONGEST_SIMPLE_KEY:
        lines.append(f"{indent}? {text}")
        return ""
    _remember(_KEYS, key, text)
    return text


def _remember(texts: dict[str, str], value: str, text: str) -> None:
    if len(text) < _LONGEST_REMEMBERED and len(texts) < _MOST_REMEMBERED:
        texts[value] = text


def _sequence(value: list[Json] | tuple[Json, ...], indent: str, lines: list[str]) -> None:
    deeper = indent + "  "
    for item in value:
        first = len(lines)
        if isinstance(item, dict) and item:
            _mapping(item, deeper, lines)
        elif isinstance(item, _LISTS) and item:
            _sequence(item, deeper, lines)
        else:
            lines.append(deeper + leaf(item, deeper))
        lines[first] = f"{indent}- {lines[first][len(deeper) :]}"


def leaf(value: Json, indent: str) -> str:
    """The text of a scalar or an empty collection beside its key; further lines have the indentation."""
    if isinstance(value, str):
        if "\n" in value:
            return _literal(value, indent)
        text = value if is_plain(value) or reads_plain(value) else quoted(value)
        _remember(_TEXTS, value, text)
        return text
    if isinstance(value, dict):
        return "{}"
    return "[]" if isinstance(value, _LISTS) else encode(value)


def reads_plain(text: str) -> bool:
    """Whether a text with blanks or colons, such as an image or a sentence, can do without quotes as a block value."""
    return (
        text[:1].isalpha()
        and text.isascii()
        and _READABLE.issuperset(text)
        and ": " not in text
        and text[-1] not in ": "
        and "  " not in text
        and text.lower() not in QUOTED_WORDS
    )


def _literal(text: str, indent: str) -> str:
    """A text of several lines as a literal block, or in quotes where a block could not give it back exactly."""
    lines = text.split("\n")
    ends_with_one_newline = lines[-1] == "" and len(lines) > 1 and lines[-2] != ""
    body = lines[:-1] if ends_with_one_newline else lines
    if body[0][:1] in ("", " ", "\t") or body[-1] == "" or not all(map(_block_safe, body)):
        return quoted(text)
    head = "|" if ends_with_one_newline else "|-"
    return "\n".join([head, *(indent + line if line else "" for line in body)])


def _block_safe(line: str) -> bool:
    return line.isascii() and (
        not line or (line.replace("\t", "").isprintable() and line[-1] not in (" ", "\t"))
    )
