"""Workspaces to size, as short as they can be."""

from typing import Any

from kaitogen.kaito.rules.config import KEY
from kaitogen.kaito.sizing.size import size
from kaitogen.kaito.sizing.types import Sizing
from kaitogen.model import Target

Maps = dict[tuple[str, str], dict[str, str]]


def workspace(
    model: str, instance_type: str = "", settings: str = "", **resource: Any
) -> tuple[dict[str, Any], Maps]:
    """A Workspace for a preset with the ConfigMap of its settings."""
    if instance_type:
        resource["instanceType"] = instance_type
    inference: dict[str, Any] = {"preset": {"name": model}}
    maps: Maps = {}
    if settings:
        inference["config"] = "settings"
        maps["", "settings"] = {KEY: settings}
    return {"metadata": {"name": "w"}, "resource": resource, "inference": inference}, maps


def sized(model: str, instance_type: str, settings: str = "", kaito: str = "0.12", **more: Any) -> Sizing:
    """Its size, on azure where `provider` says nothing else."""
    made, maps = workspace(model, instance_type, settings)
    return size(made, Target(kaito=kaito, **more), maps)


def context(tokens: int) -> str:
    return f"vllm:\n  max-model-len: {tokens}\n"
