"""Derive schemas/editor.schema.json, the one schema that editors take for every intent file, or check the committed one.

It says what intent.schema.json and set.schema.json say, with all that they refer to inside and no `$id`, so that an
editor asks no network. Where a value is one of many known words (models, instance types, quick selectors, KAITO's
annotations) it offers them with a line on each; other values stay as good as they were.
"""

import json
from typing import Any

from kaitogen.diagnostics.wording import json_text
from kaitogen.kaito import versions
from kaitogen.kaito.catalogue import models, skus
from kaitogen.kaito.catalogue.skus_data import SKUS
from kaitogen.model import NEWEST_KAITO
from kaitogen.nodes.selectors import BUILT_IN
from kaitogen.schema.whole import whole, with_references
from scripts import generated_files
from scripts.generated_files import ROOT

Schema = dict[str, Any]

TARGET = ROOT / "schemas" / "editor.schema.json"
_DEFS = "#/$defs/"
MINOR = int(NEWEST_KAITO.partition(".")[2])


def main() -> int:
    """Write the file, or compare it."""
    check = generated_files.arguments(__doc__).check
    return generated_files.settle({TARGET: json_text(schema())}, check=check)


def schema() -> Schema:
    """Both kinds in one, chosen by what `kind` says."""
    intent, fleet = (json.loads(whole(f"{name}.schema.json")) for name in ("intent", "set"))
    shared, own = intent.pop("$defs"), fleet.pop("$defs")
    renamed = {name: f"set.{name}" for name in own if own[name] != shared.get(name, own[name])}

    def under_other_name(reference: str) -> str:
        target = reference.removeprefix(_DEFS)
        return f"{_DEFS}{renamed.get(target, target)}"

    fleet, own = with_references(fleet, under_other_name), with_references(own, under_other_name)
    definitions = {**shared, **{renamed.get(name, name): part for name, part in own.items()}}
    for one in (intent, fleet):
        for key in ("$schema", "$id", "$comment"):
            one.pop(key, None)
    _offer([intent, fleet, definitions])
    for name in ("annotations", "set.annotations"):
        definitions[name]["properties"] = _annotations(definitions[name]["additionalProperties"])
    kinds = [one["properties"]["kind"] for one in (intent, fleet)]
    offered = {
        f"known.{name}": {"enum": list(words), "enumDescriptions": list(words.values())}
        for name, words in OFFERED.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Derived from the schemas of intents and sets by scripts/derive_editor_schema.py; do not edit.",
        "title": "Intents of kaitogen",
        "description": "What *.intent.yaml may say: a model, and where it runs.",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": intent["properties"]["apiVersion"],
            "kind": {
                "title": "Kind",
                "description": "One intent, or a set of many.",
                "enum": [one["const"] for one in kinds],
                "enumDescriptions": [one["description"] for one in kinds],
            },
        },
        # This way round: while it completes, yaml-language-server takes the beginning of a constant for all of it.
        "if": {"properties": {"kind": {"const": kinds[0]["const"]}}, "required": ["kind"]},
        "then": {"$ref": "#/$defs/WorkspaceIntent"},
        "else": {"$ref": "#/$defs/WorkspaceIntentSet"},
        "$defs": {
            "WorkspaceIntent": intent,
            "WorkspaceIntentSet": fleet,
            **_needed([intent, fleet], {**offered, **definitions}),
        },
    }


def _needed(roots: list[Any], definitions: Schema) -> Schema:
    """The definitions that something refers to, in their order."""
    needed: set[str] = set()
    waiting = list(roots)
    while waiting:
        text = json.dumps(waiting.pop())
        new = {part.partition('"')[0] for part in text.split(f'"$ref": "{_DEFS}')[1:]} - needed
        needed |= new
        waiting += [definitions[name] for name in new]
    return {name: part for name, part in definitions.items() if name in needed}


def _offer(node: Any) -> None:
    """Put the known words beside what a field may say, wherever the field stands."""
    for part in node.values() if isinstance(node, dict) else node:
        if isinstance(part, dict | list):
            _offer(part)
    fields = node.get("properties", {}) if isinstance(node, dict) else {}
    for name in OFFERED.keys() & fields.keys():
        said = {
            key: fields[name].pop(key) for key in ("title", "description", "examples") if key in fields[name]
        }
        fields[name] = {**said, "anyOf": [fields[name], {"$ref": f"{_DEFS}known.{name}"}]}


def _models() -> dict[str, str]:
    words = {}
    for name, id_ in models.names_with_ids(MINOR):
        model = models.find_model(id_)
        assert model is not None, id_
        whose = "Hugging Face" if name == id_ else f"A preset of KAITO {NEWEST_KAITO}"
        words[name] = f"{whose}: {model.weights_text.removesuffix('Gi')} GiB of weights"
    return words


def _annotations(value: Schema) -> Schema:
    return {
        name: {**value, "description": f"Read by KAITO since 0.{feature.since}."}
        for name, feature in versions.ANNOTATIONS.items()
        if feature.holds(MINOR) and name.startswith("kaito.sh/")
    }


#: Fields with many known words, by name: each word with a line on it.
OFFERED = {
    "model": _models(),
    "instanceType": {
        sku.name: f"{provider}: {sku.gpus} x {sku.gpu_model}, {sku.memory} GiB in all"
        for provider in SKUS
        for sku in skus.all_skus(provider)
        if sku.known_to(MINOR)
    },
    "quick": {name: quick.description for name, quick in BUILT_IN.items()},
}

if __name__ == "__main__":
    raise SystemExit(main())
