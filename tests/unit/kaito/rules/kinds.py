"""Objects of KAITO's other kinds, and what is said of them."""

from collections.abc import Mapping
from typing import Any, Final

from kaitogen.kaito.rules import RuleContext, judge_object
from kaitogen.model import Diagnostic, Target
from tests.unit.kaito.rules.workspaces import A100, change

NEWEST: Final = Target("0.12")
SET: Final[dict[str, Any]] = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "InferenceSet",
    "metadata": {"name": "phi"},
    "spec": {
        "labelSelector": {"matchLabels": {"apps": "phi"}},
        "template": {"resource": {"instanceType": A100}, "inference": {"preset": {"name": "phi-4"}}},
    },
}
MULTI_ROLE: Final[dict[str, Any]] = {
    "apiVersion": "kaito.sh/v1alpha1",
    "kind": "MultiRoleInference",
    "metadata": {"name": "phi"},
    "spec": {
        "model": {"name": "phi-4"},
        "labelSelector": {"matchLabels": {"apps": "phi"}},
        "roles": [{"type": "prefill", "instanceType": A100}, {"type": "decode", "instanceType": A100}],
    },
}
MIRROR: Final[dict[str, Any]] = {
    "apiVersion": "kaito.sh/v1alpha1",
    "kind": "ModelMirror",
    "metadata": {"name": "phi"},
    "spec": {
        "source": {"registry": "huggingface", "modelID": "microsoft/phi-4"},
        "storage": {"size": "100Gi", "storageClassName": "nfs"},
    },
}
ENGINE: Final[dict[str, Any]] = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "RAGEngine",
    "metadata": {"name": "docs"},
    "spec": {
        "embedding": {"local": {"modelID": "BAAI/bge-small-en-v1.5"}},
        "inferenceService": {"url": "http://phi-4.inference/v1", "contextWindowSize": 4096},
        "compute": {"instanceType": A100, "labelSelector": {"matchLabels": {"apps": "docs"}}},
    },
}


def said(base: dict[str, Any], changes: Mapping[str, Any], target: Target = NEWEST) -> list[str]:
    """What is said of the object with other values at dotted paths: "CODE severity path: message (fix)"."""
    return [
        f"{place(one)}: {one.message} ({one.fix})"
        for one in judge_object(RuleContext(change(base, dict(changes)), target))
    ]


def places(
    base: dict[str, Any], changes: Mapping[str, Any], target: Target = NEWEST, **more: Any
) -> list[str]:
    """The same without the words: "CODE severity path". `more` is handed on to the context of the rules."""
    return [place(one) for one in judge_object(RuleContext(change(base, dict(changes)), target, **more))]


def place(one: Diagnostic) -> str:
    """Where which finding is: "CODE severity path"."""
    return f"{one.code} {one.severity} {'.'.join(str(step) for step in one.path)}"
