"""How values, types and places are called in front of people."""

import json
import re

from kaitogen.diagnostics import wording
from kaitogen.model import Json, Path
from kaitogen.typed import Final, Iterable

MAX_SHOWN: Final = 60
_TYPES: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing (null)",
}
_PLAIN: Final = re.compile(r"[A-Za-z_/][\w./+-]*(?::[\w./+-]+)*")
_READ_OTHERWISE: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def shown(value: Json) -> str:
    """A scalar for a message: one line, cut."""
    text = repr(value[: MAX_SHOWN + 1])[1:-1] if isinstance(value, str) else written(value)
    return cut(text)


def cut(text: str, limit: int = MAX_SHOWN) -> str:
    """The text, or its beginning."""
    return wording.cut(text, limit, "...")


def kind(value: Json) -> str:
    """What type of value this is."""
    if isinstance(value, bool):
        return _TYPES["boolean"]
    if isinstance(value, float):
        return "a decimal number"
    names = {str: "string", int: "integer", list: "array", dict: "object"}
    return _TYPES[names.get(type(value), "null")]


def kinds(types: Iterable[str]) -> str:
    """What types are wanted; that null is possible too helps nobody."""
    wanted = list(types)
    return listed([_TYPES[name] for name in wanted if name != "null" or wanted == ["null"]])


def listed(words: Iterable[str], limit: int = 140) -> str:
    """The words as a list in a sentence, cut: a, b or c."""
    *first, last = words
    return cut(f"{', '.join(first)} or {last}" if first else last, limit)


def label(path: Path) -> str:
    """The last field of a path, with the index behind it."""
    text = ""
    for step in reversed(path):
        if isinstance(step, str):
            return cut(step) + text
        text = f"[{step}]{text}"
    return "the document" + (f" at {text}" if text else "")


def dotted(path: Path) -> str:
    """A path as people write it."""
    text = ""
    for step in path:
        bracket = f"[{step}]" if isinstance(step, int) else step if step == "[]" else ""
        text += bracket or (f".{step}" if text else str(step))
    return text


def written(value: Json) -> str:
    """A value as YAML in one line, for advice; cut where it is long."""
    return cut(_flow(value), MAX_SHOWN)


def short(value: Json) -> bool:
    """Whether a value can stand in advice as a whole."""
    return len(_flow(value)) <= MAX_SHOWN


def _flow(value: Json) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _READ_OTHERWISE:
        return value
    return json.dumps(value, ensure_ascii=False)
