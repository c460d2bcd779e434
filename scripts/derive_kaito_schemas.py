"""Derive the schemas of KAITO's objects (schemas/workspace/, schemas/inferenceset/ ...) from the CRDs of its releases.

KAITO's API server drops a field that its CRD does not know without a word; these
schemas refuse it. Only structure is taken over: names, types, limits, and which
fields are required. What the CRD leaves open although KAITO's webhook decodes it
strictly (pod templates, volume sources) is held against schemas/kubernetes/.

CRDS_FOLDER holds one folder for each release, named by its tag (v0.12.0), and in
it the files kaito.sh_*.yaml from config/crd/bases/ of KAITO's repository.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

import yaml

from scripts import generated_files
from scripts.generated_files import ROOT

Schema = dict[str, Any]

SCHEMAS: Final = ROOT / "schemas"
#: The kinds of the group by the plural that names their CRD.
KINDS: Final = {
    "workspaces": "Workspace",
    "inferencesets": "InferenceSet",
    "multiroleinferences": "MultiRoleInference",
    "modelmirrors": "ModelMirror",
    "ragengines": "RAGEngine",
}

KEPT: Final = frozenset(
    [
        "type",
        "enum",
        "pattern",
        "required",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
    ]
)
#: Words for people, what the server fills in, and how lists are merged: nothing that makes a manifest wrong.
LEFT_OUT: Final = frozenset(
    (
        "description",
        "default",
        "format",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
        "x-kubernetes-validations",
    )
)
PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
#: Of these KAITO itself does not look at the name, so that the API server's form is the only one.
NAMED_BY_SERVER: Final = ("ModelMirror", "RAGEngine")
#: What an integer of the CRD's `format` holds; the API server refuses more.
INTEGERS: Final = {"int32": 2**31, None: 2**63, "int64": 2**63}

INT32: Final[Schema] = {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}

#: The forms of names, labels and annotations are those that an intent is held to.
DEFINITIONS: Final[Schema] = json.loads((SCHEMAS / "intent.schema.json").read_text(encoding="utf-8"))["$defs"]


def _form(name: str) -> Schema:
    """A form of the intent's schema without what is for its readers alone."""
    return {word: value for word, value in DEFINITIONS[name].items() if word != "examples"}


LABELS: Final[Schema] = {
    "type": "object",
    "propertyNames": _form("labelKey"),
    "additionalProperties": _form("labelValue"),
}
ANNOTATIONS: Final[Schema] = {
    "type": "object",
    "propertyNames": _form("annotationKey"),
    "additionalProperties": {"type": "string"},
}
OBJECTS: Final[Schema] = {"type": "array", "items": {"type": "object"}}
# Go's serialisation writes a time that is not set as null.
TIME: Final[Schema] = {"type": ["string", "null"]}
#: ObjectMeta, since a manifest may come from `kubectl get -o yaml`; a CRD leaves it to Kubernetes.
METADATA: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "namespace": _form("name"),
        "labels": LABELS,
        "annotations": ANNOTATIONS,
        "creationTimestamp": TIME,
        "deletionGracePeriodSeconds": {"type": "integer"},
        "deletionTimestamp": TIME,
        "finalizers": {"type": "array", "items": {"type": "string"}},
        "generateName": {"type": "string"},
        "generation": {"type": "integer"},
        "managedFields": OBJECTS,
        "ownerReferences": OBJECTS,
        "resourceVersion": {"type": "string"},
        "selfLink": {"type": "string"},
        "uid": {"type": "string"},
    },
}
#: Below a set's template KAITO reads no more than labels and annotations, and its decoder refuses what is no field at all.
TEMPLATE_METADATA: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **METADATA["properties"],
        "name": {"type": "string"},
        "namespace": {"type": "string"},
        **{
            key: {"type": "object", "additionalProperties": {"type": "string"}}
            for key in ("labels", "annotations")
        },
    },
}
UPDATE_STRATEGY: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string"},
        "rollingUpdate": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "partition": INT32,
                "maxUnavailable": {**INT32, "type": ["integer", "string"]},
            },
        },
    },
}
OPEN_FIELDS: Final[dict[str, Schema]] = {
    "template": {"$ref": "../kubernetes/pod-template.schema.json"},
    "volumeSource": {"$ref": "../kubernetes/volume-source.schema.json"},
    "metadata": TEMPLATE_METADATA,
    "updateStrategy": UPDATE_STRATEGY,
}


def main() -> int:
    """Write or check the files, one folder for each kind."""
    arguments = generated_files.arguments(__doc__, "folder of the CRDs, one folder a release")
    folders = {
        SCHEMAS / kind.lower(): derive(arguments.folder, plural, kind) for plural, kind in KINDS.items()
    }
    wanted = {
        folder / name: json.dumps(schema, indent=2) + "\n"
        for folder, schemas in folders.items()
        for name, schema in schemas.items()
    }
    there = [path for folder in folders for path in folder.glob("*.json")]
    return generated_files.settle(wanted, check=arguments.check, there=there)


def derive(folder: Path, plural: str, kind: str) -> dict[str, Schema]:
    """File names and schemas of one kind, for every version that the CRDs of all releases serve."""
    schemas: dict[str, Schema] = {}
    for path in sorted(folder.glob(f"v*/kaito.sh_{plural}.yaml")):
        release = path.parent.name
        match = re.fullmatch(r"v(\d+\.\d+)\.\d+", release)
        if match is None:
            raise SystemExit(f"{release} is no release of KAITO")
        crd = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]
        for version in crd["versions"]:
            name = f"{kind.lower()}-{match[1]}-{version['name']}.schema.json"
            if name in schemas:
                raise SystemExit(f"two releases of KAITO {match[1]}: keep one of them")
            if version["served"]:
                schemas[name] = _document(name, release, kind, version)
    if not schemas:
        raise SystemExit(f"no CRD here: {folder}/v*/kaito.sh_{plural}.yaml")
    return schemas


def _document(name: str, release: str, kind: str, version: dict[str, Any]) -> Schema:
    """A whole schema file, its own and Kubernetes' fields first."""
    root = _translated(version["schema"]["openAPIV3Schema"], kind)
    if "status" not in version.get("subresources", {}):
        raise SystemExit(f"{release}: a CRD without the usual status")
    metadata = METADATA
    if kind in NAMED_BY_SERVER:
        metadata = {**METADATA, "properties": {**METADATA["properties"], "name": _form("subdomain")}}
    own: Schema = {
        "apiVersion": {"type": "string", "const": f"kaito.sh/{version['name']}"},
        "kind": {"type": "string", "const": kind},
        "metadata": metadata,
    }
    # The controller alone writes the status, so whatever stands there is right.
    fields = {**root["properties"], **own, "status": {"type": "object"}}
    order = [*own, *(field for field in root["properties"] if field not in own)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://kaitogen.io/schemas/{kind.lower()}/{name}",
        "$comment": f"Derived from KAITO's CRD {release} by scripts/derive_kaito_schemas.py; do not edit.",
        "title": f"{kind} {version['name']} of KAITO {release.rpartition('.')[0][1:]}",
        "type": "object",
        "additionalProperties": False,
        "required": [*own, *(field for field in root.get("required", []) if field not in own)],
        "properties": {field: fields[field] for field in order},
    }


def _translated(said: Schema, field: str) -> Schema:
    """One subschema of a CRD as JSON Schema; what the script does not know stops it."""
    if said.get(PRESERVE):
        if field not in OPEN_FIELDS or said.keys() - LEFT_OUT != {PRESERVE}:
            raise SystemExit(f"{field} is open in a way that this script does not know")
        return OPEN_FIELDS[field]
    schema = _limits(said)
    for word, value in said.items():
        if word in KEPT:
            schema[word] = value
        elif word == "properties":
            # In the CRD's own order, which is the alphabet.
            schema["additionalProperties"] = False
            schema["properties"] = {key: _translated(part, key) for key, part in value.items()}
        elif word in ("items", "additionalProperties"):
            schema[word] = _translated(value, field)
        elif word == "allOf":
            schema |= _one_of_equals(value, field)
        elif word not in LEFT_OUT:
            raise SystemExit(f"{field} has the keyword {word}, which this script does not know")
    return {key: schema[key] for key in sorted(schema, key=_place)}


def _limits(said: Schema) -> Schema:
    """What a type asserts without a word: the bounds of an integer, and that an object without fields loses them all."""
    if said.get("type") == "integer":
        limit = INTEGERS[said.get("format")]
        return {"minimum": -limit, "maximum": limit - 1}
    bare = said.get("type") == "object" and not said.keys() & {"properties", "additionalProperties"}
    return {"additionalProperties": False} if bare else {}


def _one_of_equals(parts: list[Schema], field: str) -> Schema:
    """The CRD generator says an enum twice where type and field both have it."""
    if any(part != parts[0] for part in parts):
        raise SystemExit(f"{field} has an allOf of different parts, which this script does not know")
    return _translated(parts[0], field)


def _place(word: str) -> int:
    order = ("type", "additionalProperties", "required", "properties")
    return order.index(word) if word in order else len(order)


if __name__ == "__main__":
    sys.exit(main())
