"""Nodes for tests: as an inventory has them, and as the API server hands them out."""

from collections.abc import Mapping
from typing import Any

from kaitogen.model import Document

TYPE = "node.kubernetes.io/instance-type"
ZONE = "topology.kubernetes.io/zone"
NC24, NC96 = "Standard_NC24ads_A100_v4", "Standard_NC96ads_A100_v4"


def entry(name: str, labels: Mapping[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    """A ready node with four GPUs; None takes a field away."""
    made = {
        "name": name,
        "ready": True,
        "labels": {TYPE: NC96, **(labels or {})},
        "allocatable": {"nvidia.com/gpu": 4},
        **changes,
    }
    return {key: value for key, value in made.items() if value is not None}


def inventory(*entries: Mapping[str, Any], **spec: Any) -> dict[str, Any]:
    """The document of these nodes."""
    return {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "NodeInventory",
        "spec": {**spec, "nodes": list(entries)},
    }


def document(*entries: Mapping[str, Any]) -> Document:
    """The same as it comes from a file."""
    return Document("nodes.yaml", 0, inventory(*entries))


def api_node(name: str, **changes: Any) -> dict[str, Any]:
    """A node of the API server with everything that an inventory leaves out."""
    node: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "uid": "0f8fad5b",
            "resourceVersion": "812",
            "creationTimestamp": "2026-10-01T08:00:00Z",
            "annotations": {"secret.example.com/token": "hush"},
            "labels": {
                TYPE: NC96,
                "nvidia.com/gfd.timestamp": "17",
                "feature.node.kubernetes.io/cpu-x": "true",
            },
        },
        "spec": {
            "providerID": "azure:///hush",
            "taints": [
                {"key": "sku", "value": "gpu", "effect": "NoSchedule", "timeAdded": "2026-10-01T08:00:00Z"}
            ],
        },
        "status": {
            "capacity": {"cpu": "96", "nvidia.com/gpu": "4"},
            "allocatable": {"cpu": "95", "nvidia.com/gpu": "4", "nvidia.com/mig-1g.10gb": "0"},
            "conditions": [{"type": "Ready", "status": "True"}, {"type": "DiskPressure", "status": "True"}],
            "addresses": [{"type": "InternalIP", "address": "10.0.0.7"}],
        },
    }
    return {**node, **changes}
