"""Values for tests of the schemas: whole valid documents, values drawn along a schema, and single changes to both."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from kaitogen import schema
from kaitogen.files import shipped
from kaitogen.model import Path
from kaitogen.schema.compiled import FILES

JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, 1.0, 1.5, -0.0, 0.12, float("inf"), 10**400),
    *(
        "",
        " ",
        "a",
        "A b",
        "1",
        "a\n",
        "\n",
        "é",
        "null",
        "0.12",
        "zone",
        "x" * 64,
        "x" * 400,
        "a.b/c",
        "-a",
        "1Gi",
    ),
    *([], [None], ["a", "a"], ["a", 1], [[]], {}, {"a": 1}, {"": None}, {"a b": "c"}, {"name": "a"}),
)

VOLUME = {"persistentVolumeClaim": {"claimName": "weights", "readOnly": True}}
SERVING: dict[str, Any] = {
    "apiVersion": "kaitogen.io/v1alpha1",
    "kind": "WorkspaceIntent",
    "metadata": {
        "name": "llama",
        "namespace": "inference",
        "labels": {"team": "search"},
        "annotations": {"kaito.sh/enablelb": "True"},
    },
    "spec": {
        "target": {
            "kaito": "0.12",
            "provider": "azure",
            "nodeProvisioner": "byo",
            "featureGates": {"enableMIG": True},
            "apiVersion": "kaito.sh/v1beta1",
        },
        "placement": {
            "strategy": "explicit",
            "nodes": ["gpu-node-1", "gpu-node-2"],
            "count": 2,
            "instanceType": "Standard_NC24ads_A100_v4",
            "labelSelector": {
                "matchLabels": {"apps": "llama"},
                "matchExpressions": [{"key": "zone", "operator": "In", "values": ["1"]}],
            },
            "partition": {"mode": "mig", "profile": "1g.10gb", "count": 1},
            "preferredNodes": ["gpu-node-3"],
        },
        "inference": {
            "model": "llama-3.3-70b-instruct",
            "accessSecret": "hf-token",
            "accessMode": "public",
            "image": "registry.example.com/llama:1",
            "imagePullSecrets": ["pull"],
            "runtime": "vllm",
            "config": {"vllm": {"max-model-len": 16384, "dtype": "auto"}, "max_probe_steps": 6},
            "configName": "hashed",
            "adapters": [
                {"source": {"name": "sql", "image": "a/b:1", "imagePullSecrets": ["pull"]}, "strength": 0.5},
                {"source": {"name": "law", "volumeSource": VOLUME}, "strength": "1.0"},
            ],
        },
    },
}
POD: dict[str, Any] = {
    "metadata": {"labels": {"a": "b"}, "creationTimestamp": None},
    "spec": {
        "containers": [
            {
                "name": "server",
                "image": "a/b:1",
                "command": ["serve"],
                "env": [{"name": "A", "value": "b"}],
                "ports": [{"containerPort": 5000}],
                "readinessProbe": {"httpGet": {"path": "/health", "port": 5000}},
                "resources": {"limits": {"nvidia.com/gpu": 1, "memory": "16Gi"}},
                "volumeMounts": [{"name": "weights", "mountPath": "/weights"}],
            }
        ],
        "volumes": [{"name": "weights", "emptyDir": {"sizeLimit": "1Gi", "medium": "Memory"}}],
        "tolerations": [{"key": "gpu", "operator": "Exists"}],
    },
}
CUSTOM: dict[str, Any] = {
    "apiVersion": "kaitogen.io/v1alpha1",
    "kind": "WorkspaceIntent",
    "metadata": {"name": "custom"},
    "spec": {
        "placement": {
            "nodes": {"select": {"quick": "nc96", "zone": "1", "labels": "a in (b)"}, "spread": "zone"}
        },
        "inference": {"template": POD, "config": {"configMapName": "there"}},
    },
}
TUNING: dict[str, Any] = {
    "apiVersion": "kaitogen.io/v1alpha1",
    "kind": "WorkspaceIntent",
    "metadata": {"name": "tune"},
    "spec": {
        "tuning": {
            "model": "phi-4",
            "method": "qlora",
            "input": {"name": "data", "urls": ["https://example.com/a"], "volumeSource": VOLUME},
            "output": {"image": "a/b:1", "imagePushSecret": "push"},
            "config": {"training_config": {"LoraConfig": {"r": 8}}},
        }
    },
}
SET: dict[str, Any] = {
    "apiVersion": "kaitogen.io/v1alpha1",
    "kind": "WorkspaceIntentSet",
    "metadata": {"name": "fleet", "namespace": "inference"},
    "spec": {
        "defaults": {"metadata": {"labels": {"team": "search"}}, "spec": SERVING["spec"]},
        "workspaces": [
            {"metadata": {"name": "a", "labels": {"team": None}}, "spec": {"inference": {"model": None}}},
            {"metadata": {"name": "b"}, "spec": CUSTOM["spec"]},
            {"metadata": {"name": "c"}},
        ],
    },
}
WORKSPACE: dict[str, Any] = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "Workspace",
    "metadata": {"name": "llama", "annotations": {"kaito.sh/runtime": "vllm"}},
    "resource": {"count": 1, "instanceType": "a", "labelSelector": {"matchLabels": {"apps": "llama"}}},
    "inference": {
        "preset": {"name": "a", "accessMode": "public", "presetOptions": {"modelAccessSecret": "token"}},
        "adapters": [{"source": {"name": "sql", "image": "a/b:1"}, "strength": "0.5"}],
    },
}
OLD_WORKSPACE: dict[str, Any] = {
    "apiVersion": "kaito.sh/v1alpha1",
    "kind": "Workspace",
    "metadata": {"name": "tune"},
    "resource": {"instanceType": "a", "labelSelector": {}, "preferredNodes": ["gpu-node-1"]},
    "tuning": {
        "preset": {"name": "a"},
        "method": "lora",
        "input": {"urls": ["https://example.com/a"]},
        "output": {"image": "a/b:1", "imagePushSecret": "push"},
    },
}
SAMPLES: dict[str, list[dict[str, Any]]] = {
    "intent": [SERVING, CUSTOM, TUNING],
    "set": [SET],
    "workspace-0.12-v1beta1": [WORKSPACE],
    "workspace-0.4-v1alpha1": [OLD_WORKSPACE],
    "pod-template": [POD],
    "volume-source": [VOLUME],
}


def reference(name: str) -> Draft202012Validator:
    """Plain jsonschema, as a stranger to kaitogen would run it."""
    contents = {file: json.loads(shipped.read_text("schemas", file)) for file in FILES.values()}
    resources = [(schema.BASE + file, DRAFT202012.create_resource(text)) for file, text in contents.items()]
    registry: Any = Registry().with_resources(resources)
    return Draft202012Validator(contents[FILES[name]], registry=registry)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of everything in a value, itself included."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def at(value: Any, path: Path) -> Any:
    """What stands at a path."""
    for step in path:
        value = value[step]
    return value


def changed(value: Any, path: Path, new: Any) -> Any:
    """A copy with something else at a path."""
    if not path:
        return new
    value = copy.deepcopy(value)
    at(value, path[:-1])[path[-1]] = new
    return value


def single_changes(value: Any) -> Iterator[tuple[Path, Any]]:
    """Every change of one thing: something else at a place, an additional key, a key or item taken away."""
    for path in places(value):
        yield from ((path, new) for new in changes_at(value, path))


def changes_at(value: Any, path: Path) -> Iterator[Any]:
    """Every change at one place."""
    for junk in JUNK:
        yield changed(value, path, junk)
    if isinstance(at(value, path), dict):
        yield changed(value, path, at(value, path) | {"zzz": "zzz"})
    if path:
        without = copy.deepcopy(value)
        del at(without, path[:-1])[path[-1]]
        yield without


def pruned(name: str, value: Any, path: Path) -> Any:
    """The value with as little beside a place as the schema allows, for speed."""
    for depth in range(len(path)):
        holder = at(value, path[:depth])
        for key in [key for key in holder if key != path[depth]] if isinstance(holder, dict) else []:
            rest = at(value, path[:depth])
            smaller = changed(value, path[:depth], {other: rest[other] for other in rest if other != key})
            value = smaller if schema.conforms(name, smaller) else value
    return value


def drawn(name: str) -> st.SearchStrategy[Any]:
    """Values along a schema, most of them nearly right."""
    return _along(schema.document(FILES[name]), FILES[name])


@st.composite
def _along(draw: st.DrawFn, node: Any, file: str) -> Any:
    while "$ref" in node:
        target, _, pointer = node["$ref"].partition("#/$defs/")
        if target:
            file = FILES[target.rpartition("/")[2].removesuffix(".schema.json")]
        node = schema.document(file)["$defs"][pointer] if pointer else schema.document(file)
    if draw(st.integers(0, 40)) == 7:
        return draw(st.sampled_from(JUNK))
    kinds = [node["type"]] if isinstance(node.get("type"), str) else node.get("type", ["string"])
    kind = draw(st.sampled_from(kinds))
    if kind == "object":
        return draw(_mapping(node, file))
    if kind == "array":
        return draw(st.lists(_along(node.get("items", {}), file), max_size=2))
    return draw(_scalar(node, kind))


@st.composite
def _mapping(draw: st.DrawFn, node: Any, file: str) -> Any:
    fields = node.get("properties", {})
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), max_size=3, unique=True)) if fields else []
    required = [key for key in node.get("required", ()) if draw(st.integers(0, 20)) != 7]
    value = {
        key: draw(_along(fields[key], file)) for key in {**dict.fromkeys(required), **dict.fromkeys(chosen)}
    }
    rest = node.get("additionalProperties", True)
    if rest is not False and not fields:
        key = draw(st.sampled_from(["a", "a.b/c", "kaito.sh/x", "a b", "A/b", "x" * 64, "a\n", ""]))
        value[key] = draw(_along(rest, file)) if isinstance(rest, dict) else draw(st.sampled_from(JUNK))
    if draw(st.integers(0, 40)) == 7:
        value[draw(st.sampled_from(["zzz", "nodes", "name", ""]))] = draw(st.sampled_from(JUNK))
    return value


def _scalar(node: Any, kind: str) -> st.SearchStrategy[Any]:
    given_ones = [
        *node.get("enum", ()),
        *([node["const"]] if "const" in node else ()),
        *node.get("examples", ()),
    ]
    if given_ones:
        return st.sampled_from(given_ones)
    return {
        "string": st.sampled_from(
            ["a", "a-b", "a.b", "1Gi", "100m", "0.5", "lora", "QLoRA", "x" * 63, "a\n", "a b", ""]
        ),
        "integer": st.sampled_from([1, 2, 1.0, 2147483647, 2147483648, 0]),
        "number": st.sampled_from([0, 1, 0.5, 1.5]),
        "boolean": st.booleans(),
        "null": st.none(),
    }[kind]
