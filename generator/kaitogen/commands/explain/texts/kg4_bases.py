"""The finished Workspaces that the examples of KG4xx are made from."""

from typing import Any, Final

_RESOURCE: Final = {
    "instanceType": "Standard_NC24ads_A100_v4",
    "labelSelector": {"matchLabels": {"apps": "phi-4"}},
}
_SERVING: Final[dict[str, Any]] = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "Workspace",
    "metadata": {"name": "phi-4"},
    "resource": _RESOURCE,
    "inference": {"preset": {"name": "phi-4"}},
}
_POD: Final = {"spec": {"containers": [{"name": "server", "image": "registry.example.com/server:1"}]}}
_TUNING: Final = {
    "preset": {"name": "phi-4"},
    "method": "lora",
    "input": {"urls": ["https://data.example.com/train.parquet"]},
    "output": {"image": "registry.example.com/tuned:1", "imagePushSecret": "push"},
}

#: serving: a preset where KAITO provisions nodes; byo: the same on nodes of the user's; pod: a template of the user's.
BASES: Final[dict[str, dict[str, Any]]] = {
    "serving": _SERVING,
    "byo": {**_SERVING, "resource": {"labelSelector": _RESOURCE["labelSelector"]}},
    "pod": {**_SERVING, "inference": {"template": _POD}},
    "tuning": {**{key: value for key, value in _SERVING.items() if key != "inference"}, "tuning": _TUNING},
}


def annotated(key: str, value: str) -> dict[str, Any]:
    """What lays an annotation over a Workspace."""
    return {"metadata": {"annotations": {key: value}}}


def resource(**fields: Any) -> dict[str, Any]:
    """What lays fields over a Workspace's resource."""
    return {"resource": fields}


def selecting(**selector: Any) -> dict[str, Any]:
    """What lays a selector over that of a Workspace; None removes what is there."""
    return {"resource": {"labelSelector": selector}}


def preset(name: str, secret: str = "", **fields: Any) -> dict[str, Any]:
    """What makes a Workspace serve another preset."""
    options = {"presetOptions": {"modelAccessSecret": secret}} if secret else {}
    return {"inference": {"preset": {"name": name, **options}}, **fields}
