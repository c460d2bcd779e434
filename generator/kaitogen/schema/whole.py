"""A schema with all that it refers to inside, for an editor that has no other file of ours."""

import json

from kaitogen.diagnostics.wording import json_text
from kaitogen.files import shipped
from kaitogen.model import Json
from kaitogen.schema import beside, document
from kaitogen.typed import Callable, Final, Iterator

_DEFINITIONS: Final = "$defs"
#: What a schema file says of itself, and one that is a part of another does not.
_OWN: Final = ("$schema", "$id", "$comment")


def whole(file: str) -> str:
    """The text of the schema file at that path below schemas/, where every `$ref` leads to the text itself."""
    root, *others = referred(file)
    if not others:
        return shipped.read_text("schemas", root)
    schema = _inward(_read(root), root, root)
    definitions = schema.setdefault(_DEFINITIONS, {})
    for other in others:
        part = _inward({key: value for key, value in _read(other).items() if key not in _OWN}, other, root)
        for name, definition in part.pop(_DEFINITIONS, {}).items():
            definitions[_within(other, name)] = definition
        definitions[name_of(other)] = part
    return json_text(schema)


def referred(file: str) -> list[str]:
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


def _read(file: str) -> Json:
    return json.loads(shipped.read_text("schemas", file))


def with_references(node: Json, change: Callable[[str], str]) -> Json:
    """A copy of a part of a schema, with each `$ref` in it as `change` makes it."""
    if isinstance(node, list):
        return [with_references(item, change) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: change(part) if key == "$ref" and isinstance(part, str) else with_references(part, change)
        for key, part in node.items()
    }


def _inward(node: Json, file: str, root: str) -> Json:
    """A part of a schema file with each reference as it leads inside the whole."""

    def change(reference: str) -> str:
        target, _, name = reference.partition(f"#/{_DEFINITIONS}/")
        holder = beside(file, target)
        if holder == root:
            return reference
        return f"#/{_DEFINITIONS}/{_within(holder, name) if name else name_of(holder)}"

    return with_references(node, change)


def name_of(file: str) -> str:
    """The name of the schema in a file of that path."""
    return file.rpartition("/")[2].removesuffix(".schema.json")


def _within(file: str, name: str) -> str:
    return f"{name_of(file)}.{name}"
