"""Derive schemas/kubernetes/ from the models of the official Kubernetes Python client.

KAITO's webhook decodes pod templates and volume sources strictly, so a key that
Kubernetes does not know is refused there; these schemas refuse it earlier. Only
structure is taken over: names, types, and which fields are required.
"""

import json
import re
import sys
from typing import Any

import kubernetes
from kubernetes import client

from scripts import generated_files
from scripts.generated_files import ROOT

Schema = dict[str, Any]

FOLDER = ROOT / "schemas" / "kubernetes"

# What the client calls a string although Kubernetes also reads a bare number.
QUANTITY: Schema = {
    "type": ["string", "number"],
    "pattern": r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+|[KMGTPE]i|[numkMGTPE])?$",
    "maxLength": 100,
    "x-expected": "a quantity, such as 500m or 16Gi",
}
QUANTITY_FIELDS = {
    "V1EmptyDirVolumeSource.sizeLimit",
    "V1PodSpec.overhead",
    "V1ResourceFieldSelector.divisor",
    "V1ResourceRequirements.limits",
    "V1ResourceRequirements.requests",
    "V1VolumeResourceRequirements.limits",
    "V1VolumeResourceRequirements.requests",
}

# The client types these as anything at all.
UNTYPED_FIELDS: dict[str, Schema] = {
    "V1HTTPGetAction.port": {"type": ["integer", "string"]},
    "V1ManagedFieldsEntry.fieldsV1": {"type": "object"},
    "V1TCPSocketAction.port": {"type": ["integer", "string"]},
}

#: The client says int for both; these hold 64 bits, all others 32, and KAITO's decoder refuses more.
LONG_FIELDS = {
    "activeDeadlineSeconds",
    "deletionGracePeriodSeconds",
    "expirationSeconds",
    "fsGroup",
    "generation",
    "observedGeneration",
    "runAsGroup",
    "runAsUser",
    "supplementalGroups",
    "terminationGracePeriodSeconds",
    "tolerationSeconds",
}
LONG: Schema = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}

SCALARS: dict[str, Schema] = {
    "bool": {"type": "boolean"},
    # Go's serialisation writes the time that is not set as null, in every scaffolded pod template.
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "float": {"type": "number"},
    "int": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "str": {"type": "string"},
}


def main() -> int:
    """Write or check the two files."""
    check = generated_files.arguments(__doc__).check
    # Every type of volume is one of a pod's, so the one file has them for both.
    pod, volume = "pod-template.schema.json", "volume-source.schema.json"
    types: dict[str, Schema] = {}
    template = _object("V1PodTemplateSpec", types)
    source = _volume_source(types["V1Volume"], pod)
    schemas = {
        pod: _document(pod, "Pod template", template) | {"$defs": dict(sorted(types.items()))},
        volume: _document(volume, "Volume source", source),
    }
    wanted = {FOLDER / name: json.dumps(schema, indent=2) + "\n" for name, schema in schemas.items()}
    return generated_files.settle(wanted, check=check)


def _document(name: str, title: str, root: Schema) -> Schema:
    """A whole schema file, but for the types that it refers to."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://kaitogen.io/schemas/kubernetes/{name}",
        "$comment": f"Derived from kubernetes {kubernetes.__version__} (the Python client) by "
        "scripts/derive_kubernetes_schemas.py; do not edit.",
        "title": title,
        **root,
    }


def _volume_source(volume: Schema, types: str) -> Schema:
    """What a volume says beside its name; the types it refers to stand in another file."""
    fields = {
        name: {"$ref": types + field["$ref"]}
        for name, field in volume["properties"].items()
        if name != "name"
    }
    return {"type": "object", "additionalProperties": False, "properties": fields}


def _object(model: str, defs: dict[str, Schema]) -> Schema:
    """The schema of one client model, whose fields may add to `defs`."""
    cls = getattr(client, model)
    kinds = {
        name: cls.openapi_types[attribute]
        for attribute, name in sorted(cls.attribute_map.items(), key=lambda pair: str(pair[1]))
    }
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _field(f"{model}.{name}", kind, defs) for name, kind in kinds.items()},
    }
    # The client's own validation refuses a model without these.
    demanded = {
        field.serialization_alias or key for key, field in cls.model_fields.items() if field.is_required()
    }
    required = [name for name in kinds if name in demanded]
    if required:
        schema["required"] = required
    return schema


def _field(field: str, kind: str, defs: dict[str, Schema]) -> Schema:
    """The schema of one field, named as `Model.jsonName`."""
    if field in UNTYPED_FIELDS:
        return UNTYPED_FIELDS[field]
    if field.rpartition(".")[2] in LONG_FIELDS:
        return {"type": "array", "items": LONG} if kind.startswith("List") else LONG
    return _type(kind, QUANTITY if field in QUANTITY_FIELDS else SCALARS["str"], defs)


def _type(kind: str, text: Schema, defs: dict[str, Schema]) -> Schema:
    """The schema of one of the client's type names, such as List[V1Container]; `text` stands for its `str`."""
    if match := re.fullmatch(r"List\[(.+)\]", kind):
        return {"type": "array", "items": _type(match[1], text, defs)}
    if match := re.fullmatch(r"Dict\[str, (.+)\]", kind):
        return {"type": "object", "additionalProperties": _type(match[1], text, defs)}
    if kind == "str":
        return text
    if kind in SCALARS:
        return SCALARS[kind]
    if not hasattr(client, kind):
        raise SystemExit(f"the client has a type this script does not know: {kind}")
    if kind not in defs:
        defs[kind] = {}  # holds the place, so that a model that contains itself ends here
        defs[kind] = _object(kind, defs)
    return {"$ref": f"#/$defs/{kind}"}


if __name__ == "__main__":
    sys.exit(main())
