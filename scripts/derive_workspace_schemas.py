"""Derive schemas/workspace/ from the Workspace CRDs of KAITO's releases.

KAITO's API server drops a field that its CRD does not know without a word; these
schemas refuse it. Only structure is taken over: names, types, limits, and which
fields are required. What the CRD leaves open although KAITO's webhook decodes it
strictly (pod templates, volume sources) is held against schemas/kubernetes/.

CRDS_FOLDER holds one folder for each release, named by its tag (v0.12.0), and in
it the file kaito.sh_workspaces.yaml from config/crd/bases/ of KAITO's repository.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "generator")]

from scripts import crds  # noqa: E402 - the path comes first

Schema = dict[str, Any]

FOLDER: Final = ROOT / "schemas" / "workspace"
CRD_FILE: Final = "kaito.sh_workspaces.yaml"

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
    ("description", "default", "format", "x-kubernetes-list-type", "x-kubernetes-map-type")
)
PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"
OPEN_FIELDS: Final = {
    "template": "../kubernetes/pod-template.schema.json",
    "volumeSource": "../kubernetes/volume-source.schema.json",
}

TEXTS: Final[Schema] = {"type": "object", "additionalProperties": {"type": "string"}}
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
        "namespace": {"type": "string"},
        "labels": TEXTS,
        "annotations": TEXTS,
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


def main() -> int:
    """Write or check the files."""
    arguments = crds.arguments(__doc__)
    wanted = {name: json.dumps(schema, indent=2) + "\n" for name, schema in derive(arguments.folder).items()}
    return crds.settle(FOLDER, wanted, check=arguments.check)


def derive(folder: Path) -> dict[str, Schema]:
    """File names and schemas for every version that the CRDs of all releases serve."""
    schemas: dict[str, Schema] = {}
    for path in sorted(folder.glob(f"v*/{CRD_FILE}")):
        release = path.parent.name
        match = re.fullmatch(r"v(\d+\.\d+)\.\d+", release)
        if match is None:
            raise SystemExit(f"{release} is no release of KAITO")
        for version in yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]["versions"]:
            name = f"workspace-{match[1]}-{version['name']}.schema.json"
            if name in schemas:
                raise SystemExit(f"two releases of KAITO {match[1]}: keep one of them")
            if version["served"]:
                schemas[name] = _document(name, release, version)
    if not schemas:
        raise SystemExit(f"no CRD here: {folder}/v*/{CRD_FILE}")
    return schemas


def _document(name: str, release: str, version: dict[str, Any]) -> Schema:
    """A whole schema file, its own and Kubernetes' fields first."""
    root = _translated(version["schema"]["openAPIV3Schema"], "Workspace")
    if version.get("subresources") != {"status": {}}:
        raise SystemExit(f"{release}: a CRD without the usual status")
    own: Schema = {
        "apiVersion": {"type": "string", "const": f"kaito.sh/{version['name']}"},
        "kind": {"type": "string", "const": "Workspace"},
        "metadata": METADATA,
    }
    # The controller alone writes the status, so whatever stands there is right.
    fields = {**root["properties"], **own, "status": {"type": "object"}}
    order = [*own, *(field for field in root["properties"] if field not in own)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://kaitogen.io/schemas/workspace/{name}",
        "$comment": f"Derived from KAITO's CRD {release} by scripts/derive_workspace_schemas.py; do not edit.",
        "title": f"Workspace {version['name']} of KAITO {release.rpartition('.')[0][1:]}",
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
        return {"$ref": OPEN_FIELDS[field]}
    schema: Schema = {}
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
