"""Write docs/fields.md, every field of an intent, from the JSON Schema; or check that the committed page is current."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from scripts import generated_files
from scripts.generated_files import ROOT

SCHEMA = ROOT / "schemas" / "intent.schema.json"
PROJECT = ROOT / "schemas" / "project.schema.json"
PAGE = ROOT / "docs" / "fields.md"
HEAD = """\
# Every field of an intent

<!-- Written by scripts/write_field_docs.py from schemas/intent.schema.json; do not edit. -->

The same words stand in the schema that `kaitogen schema` prints, where editors find them.
What a pod template and a volume may say is Kubernetes' own and left out here.

| field | type | what it says | example |
|---|---|---|---|
"""
OF_PROJECTS = """
## The project file

`.kaitogen.yaml`, which [overlays](overlays.md#the-project-file) explains; `kaitogen schema project` prints its schema.

| field | type | what it says | example |
|---|---|---|---|
"""


def main() -> int:
    """Write the page, or compare it."""
    check = generated_files.arguments(__doc__).check
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    text = HEAD + "".join(f"{row}\n" for row in _rows(schema, schema["$defs"], ""))
    of_projects = json.loads(PROJECT.read_text(encoding="utf-8"))
    text += OF_PROJECTS + "".join(f"{row}\n" for row in _rows(of_projects, {}, ""))
    return generated_files.settle({PAGE: text}, check=check)


def _rows(schema: dict[str, Any], defs: dict[str, Any], path: str) -> Iterator[str]:
    for key, said in schema.get("properties", {}).items():
        name = f"{path}.{key}" if path else key
        field = {**_referred(said, defs), **said}
        required = " (required)" if key in schema.get("required", ()) else ""
        cells = (f"`{name}`", _type(field) + required, _plain(field.get("description", "")), _example(field))
        yield "| " + " | ".join(cells) + " |"
        yield from _rows(field, defs, name)
        if isinstance(field.get("items"), dict):
            yield from _rows({**_referred(field["items"], defs), **field["items"]}, defs, f"{name}[]")


def _referred(schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """What a schema refers to in its own file; nothing for one in another file."""
    target = schema.get("$ref", "")
    found: dict[str, Any] = defs[target.removeprefix("#/$defs/")] if target.startswith("#/$defs/") else {}
    return found


def _type(field: dict[str, Any]) -> str:
    if "enum" in field:
        return " \\| ".join(
            f"`{json.dumps(value) if not isinstance(value, str) else value}`" for value in field["enum"]
        )
    if "$ref" in field and "type" not in field:
        return "pod template" if "pod-template" in field["$ref"] else "volume source"
    kinds = field.get("type", [])
    return " or ".join([kinds] if isinstance(kinds, str) else kinds)


def _example(field: dict[str, Any]) -> str:
    examples = field.get("examples", [])
    if not examples or ("$ref" in field and "properties" in field):
        return ""
    text = json.dumps(examples[0], ensure_ascii=False)
    return f"`{_plain(text)}`" if len(text) <= 80 else ""


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
