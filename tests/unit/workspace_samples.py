"""Workspaces drawn along the schema of each KAITO version: what its API server would store, and KAITO run."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st

from kaitogen import schema
from kaitogen.kaito.catalogue.models import short_names
from kaitogen.schema.compiled import FILES
from tests.unit.schema_samples import POD, VOLUME

#: By the field's name, what its schema leaves open: any text, to Kubernetes, is not any text to KAITO.
TEXTS: dict[str, list[str]] = {
    "name": ["phi", "llama-3", "a"],
    "namespace": ["inference", "a"],
    "image": ["a/b:1", "registry.example.com/models/phi-4:1.0"],
    "config": ["settings", "phi-inference"],
    "modelAccessSecret": ["hf-token"],
    "imagePushSecret": ["push"],
    "imagePullSecrets": ["pull", "other.pull"],
    "instanceType": ["Standard_NC24ads_A100_v4", "Standard_NC96ads_A100_v4", "p4d.24xlarge"],
    "preferredNodes": ["gpu-node-1", "gpu-node-2", "gpu.node-3"],
    "method": ["lora", "qlora"],
    "urls": ["https://example.com/a", "https://example.com/b?c=d&e"],
    "profile": ["1g.10gb", "3g.40gb"],
    "strength": ["0.5", "1", "0", "1.0", "0.50"],
    "key": ["apps", "pool"],
    "operator": ["In"],
    "values": ["a", "b"],
}
MAPPINGS: dict[str, list[dict[str, str]]] = {
    "labels": [{"team": "search"}, {"b": "1", "a": "true"}, {"a.b/c": ""}],
    "matchLabels": [{"apps": "phi"}, {"apps": "llama-3"}, {"pool": "gpu", "a": "b"},
                    {"node.kubernetes.io/instance-type": "Standard_NC24ads_A100_v4"}, {"kaitogen.io/workspace": "a"}],
    "annotations": [{"kaito.sh/runtime": "vllm"}, {"kaito.sh/runtime": "transformers", "a": "b"}, {"note": "a: b\n# c"},
                    {"kaito.sh/runtime": "vLLM"}, {"argocd.argoproj.io/sync-wave": "1"}],
}  # fmt: skip
PODS: list[dict[str, Any]] = [POD, {"spec": {"containers": [{"name": "a", "image": "b"}], "volumes": []}}]
VOLUMES: list[dict[str, Any]] = [
    VOLUME,
    {"emptyDir": {}},
    {"hostPath": {"path": "/data", "type": "Directory"}},
]


def workspaces(kaito: str, version: str, accepted: Callable[[Any], bool]) -> st.SearchStrategy[Any]:
    """Accepted Workspaces of one KAITO version and API version. Hypothesis chooses the seed alone, which is much faster."""
    file = FILES[f"workspace-{kaito}-{version}"]
    head = {"apiVersion": f"kaito.sh/{version}", "kind": "Workspace"}
    minor = int(kaito.partition(".")[2])

    def drawn(seed: int) -> Any:
        random = Random(seed)
        tries = ({**_mapping(random, schema.document(file), minor), **head} for _ in range(1000))
        return next(filter(accepted, tries))

    return st.integers(0, 2**32).map(drawn)


def sets(kaito: str, version: str, accepted: Callable[[Any], bool]) -> st.SearchStrategy[Any]:
    """Accepted InferenceSets of one KAITO version and API version: of a Workspace drawn as above, each replica."""
    minor = int(kaito.partition(".")[2])
    document = schema.document(FILES[f"workspace-{kaito}-v1beta1"])
    head = {"apiVersion": f"kaito.sh/{version}", "kind": "InferenceSet"}

    def drawn(seed: int) -> Any:
        random = Random(seed)
        tries = (head | _set(random, _mapping(random, document, minor), minor) for _ in range(3000))
        return next(filter(accepted, tries))

    return st.integers(0, 2**32).map(drawn)


def _set(random: Random, workspace: Any, minor: int) -> Any:
    resource = workspace.get("resource", {})
    fields = {key: item for key, item in resource.items() if key in ("instanceType", "partition")}
    template: dict[str, Any] = {"resource": fields, "inference": workspace.get("inference")}
    metadata = {
        key: random.choice(MAPPINGS[key]) for key in ("labels", "annotations") if random.random() < 0.5
    }
    if minor >= 11:
        template["metadata"] = metadata
    spec: dict[str, Any] = {
        "replicas": random.randint(1, 5),
        "labelSelector": resource.get("labelSelector", {"matchLabels": {"apps": "phi"}}),
        "template": template,
    }
    if minor >= 11 and random.random() < 0.5:
        spec["autoUpgrade"] = random.choice(
            [{"enabled": True}, {"enabled": False, "maintenanceWindow": {"schedule": "0 2 * * 6"}}]
        )
    return {"metadata": workspace["metadata"], "spec": spec}


def _value(random: Random, key: str, node: Any, minor: int) -> Any:
    if "$ref" in node:
        return random.choice(PODS if "pod-template" in node["$ref"] else VOLUMES)
    if node.get("type") == "object":
        return random.choice(MAPPINGS[key]) if key in MAPPINGS else _mapping(random, node, minor, key)
    if node.get("type") == "array":
        items = [_value(random, key, node["items"], minor) for _ in range(random.randint(1, 3))]
        # Names and sources have to be each other's only one.
        return list({repr(item): item for item in items}.values())
    if key == "presetName":
        return random.choice(list(short_names(minor)))
    if "enum" in node:
        return random.choice(node["enum"])
    return random.choice(TEXTS[key]) if node["type"] == "string" else random.randint(1, 4)


def _mapping(random: Random, node: Any, minor: int, key: str = "") -> Any:
    fields = [name for name in node["properties"] if name not in ("apiVersion", "kind", "status")]
    if key == "metadata":
        fields = ["name", "namespace", "labels", "annotations"]
    chosen = {name for name in fields if name in node.get("required", ()) or random.random() < 0.4}
    for group in (("inference", "tuning"), ("preset", "template"), ("image", "urls", "volumeSource")):
        there = [name for name in group if name in fields]
        if len(there) > 1 or there == ["preset"]:
            chosen = chosen - set(there) | {random.choice(there)}
    chosen |= {name for name in ("resource", "method", "source") if name in fields}
    if key == "output" and "image" in chosen:
        chosen.add("imagePushSecret")
    if key == "source":
        chosen.add("name")
    inner = {name: "presetName" if (key, name) == ("preset", "name") else name for name in fields}
    return {
        name: _value(random, inner[name], node["properties"][name], minor)
        for name in fields
        if name in chosen
    }
