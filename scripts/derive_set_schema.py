"""Derive the schemas of sets, environments and the project file from schemas/intent.schema.json, or check the committed ones.

Before that, the versions of KAITO that an intent may name are taken over from kaitogen.model.

Defaults and entries of a set are parts of an intent: the same fields, none of them
required, and null allowed everywhere, since an entry removes a default with it.
What must hold between fields holds for the merged intents, so it is left out here.
Items of lists stay as strict as they are, for lists are replaced and never merged.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from kaitogen.model import KAITO_VERSIONS
from kaitogen.schema.whole import with_references
from scripts import generated_files
from scripts.generated_files import ROOT

Schema = dict[str, Any]

SCHEMAS = ROOT / "schemas"
INTENT = "intent.schema.json"
SET = "set.schema.json"
ENVIRONMENT = "environment.schema.json"
PROJECT = "project.schema.json"

#: Keywords that say something about several fields at once, which only the merged intent has.
BETWEEN_FIELDS = ("required", "minProperties", "maxProperties", "dependentSchemas")
WORDS_FOR_PEOPLE = ("title", "description", "examples", "x-aliases")

#: A schema that takes null everywhere as it is, and an intent only that is no null as a whole.
NULLABLE = "vllm-arguments.schema.json"

SET_METADATA = (
    "Name of the set, for whoever reads it. Its namespace, labels and annotations hold for every entry, "
    "where the defaults and the entry do not say otherwise."
)
EXAMPLE: Schema = {
    "defaults": {
        "metadata": {"namespace": "inference"},
        "spec": {"placement": {"instanceType": "Standard_NC24ads_A100_v4"}},
    },
    "workspaces": [
        {"metadata": {"name": "phi-4"}, "spec": {"inference": {"model": "phi-4"}}},
        {"metadata": {"name": "mistral"}, "spec": {"inference": {"model": "mistral-7b-instruct-v0.3"}}},
    ],
}
METADATA_EXAMPLE = {"name": "search-models"}


def main() -> int:
    """Write the file, or compare it."""
    check = generated_files.arguments(__doc__).check
    if generated_files.settle({SCHEMAS / INTENT: _offering_versions()}, check=check):
        return 1
    of_sets = Derivation().schema()
    of_intents = json.loads((SCHEMAS / INTENT).read_text(encoding="utf-8"))
    made = {SET: of_sets, ENVIRONMENT: of_environments(of_sets), PROJECT: of_projects(of_intents)}
    wanted = {
        SCHEMAS / name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in made.items()
    }
    return generated_files.settle(wanted, check=check)


def of_environments(of_sets: Schema) -> Schema:
    """The schema of the file of an environment: a set whose entries are laid over intents, and two lists more."""
    schema = {word: said for word, said in _lent(of_sets).items() if word != "$defs"}
    spec, metadata = schema["properties"]["spec"], schema["properties"]["metadata"]
    fields = spec["properties"]
    entries = fields["workspaces"]
    new = {"metadata": {"name": "tiny"}, "spec": {"inference": {"model": "phi-4-mini-instruct"}}}
    added = "Intents that this environment has and the others have not; its defaults hold for them, too."
    dropped = "Names of intents that this environment does not have. What is dropped may be added anew."
    fields["defaults"]["description"] = "What is laid over every intent, before the entry of its name."
    entries["description"] = (
        "What is laid over the intent of each name. Mappings merge, lists and single values replace, null removes."
    )
    fields["add"] = _worded("Added intents", added, [new], entries)
    names = {"type": "array", "minItems": 1, "items": _lent({"$ref": "intent.schema.json#/$defs/name"})}
    fields["drop"] = _worded("Dropped intents", dropped, ["phi-4"], names)
    example = {
        "defaults": {"metadata": {"labels": {"stage": "prod"}}},
        "workspaces": [{"metadata": {"name": "phi-4"}, "spec": {"replicas": 3}}],
        "add": [new],
        "drop": ["mistral"],
    }
    metadata |= {
        "description": "Name of the environment, for whoever reads it.",
        "examples": [{"name": "prod"}],
    }
    del spec["required"]
    spec |= {"description": "What this environment changes, adds and drops.", "examples": [example]}
    said = "What one environment lays over the intents of its folder: environments/NAME.yaml."
    whole = {**schema["examples"][0], "metadata": {"name": "prod"}, "spec": example}
    return schema | {
        "$id": schema["$id"].replace("set", "environment"),
        "title": "Environment",
        "description": said,
        "examples": [whole],
    }


def of_projects(of_intents: Schema) -> Schema:
    """The schema of the project file: the target of an intent, and the files that a run takes besides."""
    target = of_intents["properties"]["spec"]["properties"]["target"]
    files = {
        "prices": ("Prices", "What nodes cost, for `kaitogen plan`.", "prices.yaml"),
        "budget": ("Budget", "What the Workspaces may take together, for `kaitogen plan`.", "budget.yaml"),
        "templates": ("Templates", "A folder of templates that are laid over the shipped ones.", "templates"),
        "environments": (
            "Environments",
            "The folder with a file for each environment. Default: environments beside the intents.",
            "environments",
        ),
    }
    path = {"type": "string", "minLength": 1, "pattern": "^[^/]"}
    facts = "Facts about nodes, or quick selectors of your own; `--inventory` takes their place."
    strict = "Let warnings stop a run as errors do, as `--strict` does."
    fields: Schema = {
        "target": {
            **target,
            "description": "The KAITO installation that intents are for where they do not say it.",
        },
        "inventory": _worded("Inventory", facts, ["nodes.yaml"], {"type": "array", "items": path}),
        **{name: _worded(title, said, example, path) for name, (title, said, example) in files.items()},
        "strict": _worded("Strict", strict, True, {"type": "boolean"}),
    }
    example = {"target": {"kaito": "0.12"}, "inventory": ["nodes.yaml"], "strict": True}
    whole = {"apiVersion": "kaitogen.io/v1alpha1", "kind": "Project", "spec": example}
    said = "What holds for the intents of a folder and below, under all that they say themselves: .kaitogen.yaml."
    kind = {"type": "string", "const": "Project"}
    return {
        "$schema": of_intents["$schema"],
        "$id": of_intents["$id"].replace("intent", "project"),
        "$comment": "Derived from intent.schema.json by scripts/derive_set_schema.py; do not edit.",
        "title": "Project",
        "description": said,
        "type": "object",
        "required": ["apiVersion", "kind", "spec"],
        "additionalProperties": False,
        "properties": {
            "apiVersion": of_intents["properties"]["apiVersion"],
            "kind": _worded("Kind", "Says that this is a project file.", "Project", kind),
            "spec": _worded("Specification", "Every part may be left out.", example, _object(fields)),
        },
        "examples": [whole],
    }


def _lent(schema: Any) -> Any:
    """A copy of a part of the set's schema for a file beside it."""
    return with_references(schema, lambda reference: (SET if reference[0] == "#" else "") + reference)


def _offering_versions() -> str:
    """The text of the intent's schema, which offers every version, and no other."""
    text = (SCHEMAS / INTENT).read_text(encoding="utf-8")
    offered = re.search(r'"enum": \[\s+"0\.4",[^\]]+?(?P<end>\s+)\]', text)
    assert offered is not None
    lines = f",{offered['end']}  ".join(f'"{version}"' for version in KAITO_VERSIONS)
    return text.replace(offered[0], f'"enum": [{offered["end"]}  {lines}{offered["end"]}]')


class Derivation:
    """One run: the schema files read, and the partial forms of what `$ref`s lead to."""

    def __init__(self) -> None:
        self._files: dict[str, Schema] = {}
        self._defs: dict[str, Schema] = {}

    def schema(self) -> Schema:
        """The whole schema of a set."""
        intent = self._file(INTENT)
        fields = intent["properties"]
        said = "A fleet of similar intents: what they share under defaults, one entry for each Workspace."
        return {
            "$schema": intent["$schema"],
            "$id": intent["$id"].replace("intent", "set"),
            "$comment": "Derived from intent.schema.json by scripts/derive_set_schema.py; do not edit.",
            "title": "WorkspaceIntentSet",
            "description": said,
            "type": "object",
            "required": ["apiVersion", "kind", "metadata", "spec"],
            "additionalProperties": False,
            "properties": {
                "apiVersion": fields["apiVersion"],
                "kind": {
                    "title": "Kind",
                    "description": "Kind of the document: many intents. WorkspaceIntent holds one.",
                    "type": "string",
                    "const": "WorkspaceIntentSet",
                    "examples": ["WorkspaceIntentSet"],
                },
                "metadata": _worded("Metadata", SET_METADATA, METADATA_EXAMPLE, self._metadata("name")),
                "spec": self._spec(),
            },
            "examples": [
                {
                    "apiVersion": fields["apiVersion"]["const"],
                    "kind": "WorkspaceIntentSet",
                    "metadata": METADATA_EXAMPLE,
                    "spec": EXAMPLE,
                }
            ],
            "$defs": dict(sorted(self._defs.items())),
        }

    def _spec(self) -> Schema:
        defaults = {"metadata": self._metadata(), "spec": {"$ref": "#/$defs/spec"}}
        entry = {"metadata": self._metadata("name"), "spec": {"$ref": "#/$defs/spec"}}
        shared, first = EXAMPLE["defaults"], EXAMPLE["workspaces"][0]
        # Null can't remove an entry's whole spec: something must say what runs.
        spec = self._mapping(INTENT, self._file(INTENT)["properties"]["spec"])
        self._defs["spec"] = {"x-part-of": f"{INTENT}#/properties/spec", **spec}
        for place, example in ((defaults, shared), (entry, first)):
            said = "Name, namespace, labels and annotations of one Workspace, laid over the defaults."
            if place is defaults:
                said = "Namespace, labels and annotations of all entries."
            place["metadata"] = _worded("Metadata", said, example["metadata"], place["metadata"])
            said = "Part of an intent's spec. Mappings are merged with the defaults, lists and single values replace, null removes."
            place["spec"] = _worded("Specification", said, example["spec"], place["spec"])
        said = "What all entries share; each entry is laid over it."
        entries = "One entry for each Workspace. Merged with the defaults it is a whole intent and is checked as one."
        fields = {
            "defaults": _worded("Defaults", said, shared, _object(defaults)),
            "workspaces": _worded(
                "Workspaces",
                entries,
                [first],
                {"type": "array", "minItems": 1, "items": {**_object(entry), "required": ["metadata"]}},
            ),
        }
        spec = {**_object(fields), "required": ["workspaces"]}
        return _worded("Specification", "Defaults, and the entries that are laid over them.", EXAMPLE, spec)

    def _metadata(self, *required: str) -> Schema:
        """Metadata whose fields may be null; those required must be there and may not."""
        strict = self._file(INTENT)["properties"]["metadata"]
        schema = self._mapping(INTENT, strict)
        for key in set(strict["required"]) - set(required):
            del schema["properties"][key]
        for key in required:
            schema["properties"][key] = _rebased(INTENT, strict["properties"][key])
        return schema | ({"required": list(required)} if required else {})

    def _partial(self, file: str, schema: Schema) -> Schema:
        """The schema for a part of the value, or null."""
        if schema.get("$ref") == NULLABLE:
            return {word: said for word, said in schema.items() if word != "type"}
        if "$ref" in schema:
            words = {word: schema[word] for word in WORDS_FOR_PEOPLE if word in schema}
            return words | {"$ref": self._partial_ref(file, schema["$ref"])}
        partial = self._mapping(file, schema)
        kinds = partial["type"] if isinstance(partial["type"], list) else [partial["type"]]
        partial["type"] = [*kinds, *(["null"] if "null" not in kinds else [])]
        if "enum" in partial:
            partial["enum"] = [*partial["enum"], None]
        return partial

    def _mapping(self, file: str, schema: Schema) -> Schema:
        """The schema with partial values, as a part of the value, but not null."""
        partial = {word: said for word, said in schema.items() if word not in BETWEEN_FIELDS}
        if "properties" in schema:
            fields = schema["properties"].items()
            partial["properties"] = {key: self._partial(file, field) for key, field in fields}
        if isinstance(schema.get("additionalProperties"), dict):
            partial["additionalProperties"] = self._partial(file, schema["additionalProperties"])
        for word in ("propertyNames", "items"):
            if word in schema:
                partial[word] = _rebased(file, schema[word])
        return partial

    def _partial_ref(self, file: str, ref: str) -> str:
        target, _, pointer = ref.partition("#/$defs/")
        target = _path(file, target)
        stem = target.rpartition("/")[2].removesuffix(".schema.json")
        name = pointer if stem == "intent" else f"{stem}-{pointer}" if pointer else stem
        if name not in self._defs:
            self._defs[name] = {}  # holds the place, so that what contains itself ends here
            source = self._file(target)
            whole = source["$defs"][pointer] if pointer else source
            whole = {word: said for word, said in whole.items() if word[0] != "$" or word == "$ref"}
            origin = f"{target}#/$defs/{pointer}" if pointer else target
            self._defs[name] = {"x-part-of": origin, **self._partial(target, whole)}
        return f"#/$defs/{name}"

    def _file(self, path: str) -> Schema:
        if path not in self._files:
            self._files[path] = json.loads((SCHEMAS / path).read_text(encoding="utf-8"))
        return self._files[path]


def _path(file: str, target: str) -> str:
    """The path below schemas/ of what `file` calls `target`."""
    return (Path(file).parent / target).as_posix() if target else file


def _rebased(file: str, schema: Any) -> Any:
    """The schema with its `$ref`s said from where the set's schema stands."""

    def change(reference: str) -> str:
        target, hash_, pointer = reference.partition("#")
        return _path(file, target) + hash_ + pointer

    return with_references(schema, change)


def _object(fields: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": fields}


def _worded(title: str, description: str, example: Any, schema: Schema) -> Schema:
    rest = {word: said for word, said in schema.items() if word not in WORDS_FOR_PEOPLE}
    return {"title": title, "description": description, **rest, "examples": [example]}


if __name__ == "__main__":
    sys.exit(main())
