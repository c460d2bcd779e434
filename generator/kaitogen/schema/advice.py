"""What to do about a value that is wrong: as a rule the line to write."""

import re

from kaitogen.diagnostics import suggest
from kaitogen.model import Json, Path
from kaitogen.schema.checks import types_of
from kaitogen.schema.words import cut, kinds, short, written
from kaitogen.typed import Final

_ONLY_A_NAME: Final = "write the name of a Secret; a secret's value is never accepted here"
#: A key with its value behind it, and no blank between the two.
_GLUED: Final = r"([A-Za-z][\w-]{0,40})[:=](\S{1,200})"
#: A version of KAITO, of whose patch releases nothing is asked.
_VERSION: Final = r"v?([0-9]{1,3})\.([0-9]{1,4})(?:\.[0-9]{1,4})?$"


def choices(schema: Json) -> list[Json]:
    """The few values that a schema allows, where it lists them."""
    listed: list[Json] = schema.get("enum") or schema.get("x-choices") or []
    return listed


def add(key: str, schema: Json) -> str:
    """The field to add, with its value where only one is possible and an example where that is short."""
    if "const" in schema:
        return f"add {key}: {written(schema['const'])}"
    for example in schema.get("examples", ()):
        if short(example):
            return f"add {key}, such as {key}: {written(example)}"
    return f"add {key}"


def choose(value: Json, allowed: list[Json]) -> str:
    """The choice that was meant, or all of them."""
    words = [choice for choice in allowed if isinstance(choice, str)]
    otherwise = cut(f"write one of {', '.join(written(choice) for choice in allowed)}", 200)
    return suggest.did_you_mean(value, words, otherwise) if isinstance(value, str) else otherwise


def rename(fix: str, value: Json, schema: Json) -> str:
    """How to write a field by its name here, `write model instead`, where what KAITO has as {name: ...} is a text."""
    found = re.fullmatch(r"write (\w+) instead", fix)
    name = value.get("name") if isinstance(value, dict) else None
    if found and isinstance(name, str) and short(name):
        field = schema.get("properties", {}).get(found[1], {})
        return f"{fix}, as {found[1]}: {written(name)}" if "object" not in types_of(field) else fix
    return fix


def newer_than(value: Json, allowed: list[Json]) -> str:
    """The newest of the minor versions that are allowed (`0.12`), where the value is one that is newer; empty otherwise."""
    newest = allowed[-1] if allowed else None
    found, known = (re.match(_VERSION, text) if isinstance(text, str) else None for text in (value, newest))
    if not found or not known or not isinstance(newest, str):
        return ""
    return newest if tuple(map(int, found.groups())) > tuple(map(int, known.groups())) else ""


def retype(path: Path, value: Json, wanted: list[str], schema: Json) -> str:
    """How to write a value as one of the wanted types."""
    if schema.get("x-sensitive"):
        return _ONLY_A_NAME
    if value is None:
        return "give it a value, or remove it if it is not required"
    if isinstance(value, str) and (fix := _unquoted(value, wanted, schema)):
        return fix
    if "string" in wanted and isinstance(value, bool | int | float):
        return _quoted(path, value, schema)
    if "array" in wanted:
        return "write it as a list, each item after a dash"
    if "object" in wanted:
        return _mapping(value, schema)
    if isinstance(value, list | dict):
        return "write a single value"
    return f"write {kinds(wanted)}"


def _mapping(value: Json, schema: Json) -> str:
    example = next((f", such as {written(one)}" for one in schema.get("examples", ()) if short(one)), "")
    glued = re.fullmatch(_GLUED, value) if isinstance(value, str) else None
    if glued and glued[1] in schema.get("properties", {}):
        return f"put a blank behind the colon: {glued[1]}: {cut(glued[2], 60)}"
    if isinstance(value, str) and value.isprintable() and "configMapName" in schema.get("properties", {}):
        return f"for a ConfigMap that exists write {{configMapName: {cut(value, 60)}}}, else its settings{example}"
    return f"write it as a mapping{example}"


def _unquoted(value: str, wanted: list[str], schema: Json) -> str:
    number = re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", value)
    if number and ("number" in wanted or ("integer" in wanted and not number[1])):
        least, most = schema.get("minimum"), schema.get("maximum")
        if least is not None and float(value) < least:
            return f"write {least} or more, without quotes"
        if most is not None and float(value) > most:
            return f"write {most} or less, without quotes"
        return "remove the quotes"
    if "boolean" in wanted:
        is_one = value.lower() in ("true", "false")
        return "remove the quotes" if is_one else "write true or false, without quotes"
    return ""


def _quoted(path: Path, value: Json, schema: Json) -> str:
    words = [choice for choice in choices(schema) if isinstance(choice, str)]
    # An unquoted 0.10 is read as the number 0.1, so the zero is tried as well.
    for text in (str(value), f"{value}0"):
        if text in words and path and isinstance(path[-1], str):
            return f'write {path[-1]}: "{text}" in quotes'
    if words:
        return choose(value, list(words))
    if not _fits(str(value), schema) and (examples := schema.get("examples")):
        return like(examples[0])
    return "put the value in quotes"


def reform(value: Json, schema: Json) -> str:
    """The text in the form that a schema wants, where that can be seen, else what it could look like."""
    if schema.get("x-sensitive"):
        return _ONLY_A_NAME
    if not isinstance(value, str):
        return ""
    if fix := _unquoted(value, [one for one in types_of(schema) if one in ("integer", "number")], schema):
        return fix
    bare = value[:1000].strip()
    lower = bare.lower()
    # Names may be guessed; a model or an image may not.
    dashed = [re.sub(f"[^a-z0-9{dot}]+", "-", lower).strip("-.") for dot in (".", "")]
    for text in (bare, lower, *dashed) if "pattern" in schema else (bare,):
        if text and text != value and short(text) and _fits(text, schema):
            return f"write {text}"
    longest = schema.get("maxLength")
    if longest is not None and len(value) > longest:
        return "shorten it"
    example = next(iter(schema.get("examples", ())), None)
    return "remove the blanks" if schema.get("not") == {"type": "string", "pattern": "\\s"} else like(example)


def like(example: Json) -> str:
    """The example to follow, where there is one."""
    return "" if example is None else f"write it like {written(example)}"


def _fits(text: str, schema: Json) -> bool:
    pattern, excluded = schema.get("pattern", ""), schema.get("not", {}).get("pattern")
    long = len(text) > schema.get("maxLength", len(text))
    return not long and bool(re.search(pattern, text)) and not (excluded and re.search(excluded, text))
