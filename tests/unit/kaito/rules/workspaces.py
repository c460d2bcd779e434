"""Workspaces without a fault in any version of KAITO, and changes to them."""

import copy
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from kaitogen.model import Target


class Gone(Enum):
    """As a value, removes what stands at the path. Its text, which names of tests hold, is the same in each process."""

    GONE = "gone"


GONE: Final = Gone.GONE
A100: Final = "Standard_NC24ads_A100_v4"


class Row(NamedTuple):
    """One Workspace and what must be said of it in the versions since..until; in all others not its code.

    `expected` is "CODE severity path.to.the.value", several separated by "; ". `also` lists
    codes of other causes that the Workspace has as well. A row that is not `bounded` says nothing
    about other versions, where the same code has another reason.
    """

    about: str
    expected: str
    since: int
    until: int
    workspace: dict[str, Any]
    provisioner: str = "azure-gpu-provisioner"
    provider: str = "azure"
    gates: Mapping[str, bool] = MappingProxyType({})
    config_maps: dict[tuple[str, str], dict[str, str]] | None = None
    notes: bool = False
    also: tuple[str, ...] = ()
    bounded: bool = True
    node_classes: tuple[str, ...] = ()

    def target(self, minor: int) -> Target:
        target = Target(f"0.{minor}", self.provider, self.provisioner, self.gates)
        return target._replace(node_classes=self.node_classes)

    @property
    def codes(self) -> set[str]:
        return {finding.split()[0] for finding in self.expected.split("; ")}


def change(workspace: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A copy with other values at dotted paths; a step that is a number is an index."""
    changed = copy.deepcopy(workspace)
    for path, value in changes.items():
        *steps, last = path.split(".")
        place: Any = changed
        for step in steps:
            place = place[int(step)] if step.isdigit() else place.setdefault(step, {})
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return changed


SERVING: Final[dict[str, Any]] = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "Workspace",
    "metadata": {"name": "phi"},
    "resource": {"instanceType": A100, "labelSelector": {"matchLabels": {"apps": "phi"}}},
    "inference": {"preset": {"name": "phi-4"}},
}
BYO: Final = change(SERVING, {"resource.instanceType": GONE})
TEMPLATED: Final = change(
    SERVING,
    {
        "inference": {
            "template": {"spec": {"containers": [{"name": "server", "image": "registry.example.com/s:1"}]}}
        }
    },
)
TUNING: Final = change(
    SERVING,
    {
        "inference": GONE,
        "tuning": {
            "preset": {"name": "phi-4"},
            "method": "lora",
            "input": {"urls": ["https://data.example.com/train.parquet"]},
            "output": {"image": "registry.example.com/tuned:1", "imagePushSecret": "push"},
        },
    },
)


def serve(**parts: Any) -> dict[str, Any]:
    """SERVING with other values; __ stands for the dot of a path."""
    return change(SERVING, {path.replace("__", "."): value for path, value in parts.items()})


def byo(**parts: Any) -> dict[str, Any]:
    """BYO with other values; __ stands for the dot of a path."""
    return change(BYO, {path.replace("__", "."): value for path, value in parts.items()})


def tune(**parts: Any) -> dict[str, Any]:
    """TUNING with other values; __ stands for the dot of a path."""
    return change(TUNING, {path.replace("__", "."): value for path, value in parts.items()})


def annotated(key: str, value: str, workspace: dict[str, Any] = SERVING) -> dict[str, Any]:
    """A copy with one annotation."""
    changed = copy.deepcopy(workspace)
    changed["metadata"].setdefault("annotations", {})[key] = value
    return changed


def transformers(workspace: dict[str, Any] = SERVING) -> dict[str, Any]:
    """A copy that runs on transformers."""
    return annotated("kaito.sh/runtime", "transformers", workspace)


def adapted(*adapters: dict[str, Any], workspace: dict[str, Any] = SERVING) -> dict[str, Any]:
    """A copy with adapters."""
    return change(workspace, {"inference.adapters": list(adapters)})


def adapter(name: str = "style", **more: Any) -> dict[str, Any]:
    """An adapter without a fault, or with other fields in its source."""
    return {"source": {"name": name, "image": "registry.example.com/style:1", **more}}
