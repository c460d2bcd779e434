"""Intents and finished Workspaces that tests of many commands begin with."""

from typing import Any, Final

INTENT_FILE: Final = "phi-4.intent.yaml"
#: An intent that is right.
RIGHT: Final = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi-4}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4}
"""

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
