"""Values for tests of the schemas: whole valid documents, values drawn along a schema, and single changes to both."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kaitogen import schema
from kaitogen.files import shipped
from kaitogen.model import Path
from kaitogen.schema.compiled import FILES
from tests.draws import WHOLE

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
    """Plain jsonschema, as a stranger to kaitogen would run it, with each `$ref` replaced by what it leads to.

    To look references up again for every value would take half of the time.
    """
    contents = {file: json.loads(shipped.read_text("schemas", file)) for file in FILES.values()}
    for file, schema_ in contents.items():
        _replace_references(schema_, file, contents)
    return Draft202012Validator(contents[FILES[name]])


def _replace_references(node: Any, file: str, contents: dict[str, Any]) -> None:
    if isinstance(node, dict):
        node.pop("$id", None)
        reference_ = node.pop("$ref", None)
        for part in node.values():
            _replace_references(part, file, contents)
        if reference_ is not None:
            target, _, pointer = reference_.partition("#")
            found = contents[
                FILES[target.rpartition("/")[2].removesuffix(".schema.json")] if target else file
            ]
            for step in pointer.split("/")[1:]:
                found = found[step]
            node["allOf"] = [found]
    elif isinstance(node, list):
        for part in node:
            _replace_references(part, file, contents)


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
    """The value with something else at a path; what is beside the path is shared."""
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new) if len(path) > 1 else new
    return copy


def _without(value: Any, path: Path) -> Any:
    holder = at(value, path[:-1])
    if isinstance(holder, dict):
        return changed(value, path[:-1], {key: item for key, item in holder.items() if key != path[-1]})
    return changed(value, path[:-1], [item for index, item in enumerate(holder) if index != path[-1]])


def single_changes(name: str, value: Any, every: int = 1) -> Iterator[tuple[Path, Any]]:
    """Every change of one thing: something else at a place, an additional key, a key or item taken away.

    With as little beside the place as the schema allows, for speed; and of all only each so many, of which a
    third where not the whole is tried (tests/draws.py).
    """
    if not WHOLE:
        every *= 3
    number = 0
    for path in places(value):
        least = pruned(name, value, path)
        for change in changes_at(least, path):
            number += 1
            if number % every == 0:
                yield path, change


def changes_at(value: Any, path: Path) -> Iterator[Any]:
    """Every change at one place."""
    for junk in JUNK:
        yield changed(value, path, junk)
    if isinstance(at(value, path), dict):
        yield changed(value, path, at(value, path) | {"zzz": "zzz"})
    if path:
        yield _without(value, path)


def pruned(name: str, value: Any, path: Path) -> Any:
    """The value with as little beside a place as the schema allows, for speed."""
    for depth in range(len(path)):
        holder = at(value, path[:depth])
        for key in [key for key in holder if key != path[depth]] if isinstance(holder, dict) else []:
            smaller = _without(value, (*path[:depth], key))
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
    # What is required need not be described where it is required.
    value = {key: draw(_along(fields.get(key, {}), file)) for key in dict.fromkeys([*required, *chosen])}
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
