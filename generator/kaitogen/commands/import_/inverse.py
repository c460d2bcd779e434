"""One finished Workspace back to the intent that says it, in the order in which the schema lists the fields."""

from typing import Final

from kaitogen.commands.import_.placing import placement_of
from kaitogen.model import INTENT_API_VERSION, INTENT_KIND, RUNTIME_ANNOTATION, Json, Target

_METADATA: Final = ("name", "namespace", "labels", "annotations")
_RUNTIMES: Final = ("vllm", "transformers")
_WORKLOAD: Final = (
    "model", "accessSecret", "accessMode", "image", "imagePullSecrets", "runtime", "method", "input", "output",
    "config", "configName", "adapters", "template",
)  # fmt: skip


def intent_of(workspace: Json, target: Target) -> Json:
    """The intent of a Workspace in canonical form; its ConfigMap, if it names one, stays a reference."""
    metadata = {key: workspace["metadata"][key] for key in _METADATA if key in workspace["metadata"]}
    spec: Json = {}
    if target_said := _target(target):
        spec["target"] = target_said
    if placement := placement_of(metadata["name"], workspace.get("resource") or {}, target):
        spec["placement"] = placement
    if "inference" in workspace:
        runtime = (metadata.get("annotations") or {}).get(RUNTIME_ANNOTATION)
        extra = {}
        if runtime in _RUNTIMES:
            extra["runtime"] = runtime
            metadata = _without_runtime(metadata)
        spec["inference"] = _workload(workspace["inference"], extra)
    if "tuning" in workspace:
        spec["tuning"] = _workload(workspace["tuning"], {})
    return {"apiVersion": INTENT_API_VERSION, "kind": INTENT_KIND, "metadata": metadata, "spec": spec}


def _target(target: Target) -> Json:
    """What differs from the defaults: an intent that says nothing means those."""
    default = Target()
    said = {
        "kaito": (target.kaito, default.kaito),
        "provider": (target.provider, default.provider),
        "nodeProvisioner": (target.node_provisioner, default.node_provisioner),
        "featureGates": (dict(target.feature_gates), {}),
        "apiVersion": (target.api_version, default.api_version),
    }
    return {key: value for key, (value, usual) in said.items() if value != usual}


def _without_runtime(metadata: Json) -> Json:
    rest = {key: text for key, text in metadata["annotations"].items() if key != RUNTIME_ANNOTATION}
    return {
        key: item if key != "annotations" else rest
        for key, item in metadata.items()
        if key != "annotations" or rest
    }


def _workload(workload: Json, extra: Json) -> Json:
    said = {key: item for key, item in workload.items() if key not in ("preset", "config")} | extra
    preset = workload.get("preset") or {}
    options = preset.get("presetOptions") or {}
    for key, holder, there in (
        ("model", preset, "name"),
        ("accessMode", preset, "accessMode"),
        ("image", options, "image"),
        ("imagePullSecrets", options, "imagePullSecrets"),
        ("accessSecret", options, "modelAccessSecret"),
    ):
        if there in holder:
            said[key] = holder[there]
    if "config" in workload:
        said["config"] = {"configMapName": workload["config"]}
    if "adapters" in workload:
        said["adapters"] = [_adapter(one) for one in workload["adapters"]]
    return {key: said[key] for key in (*_WORKLOAD, *said) if key in said}


def _adapter(adapter: Json) -> Json:
    """The strength as a number where it comes back as the same text."""
    text = adapter.get("strength")
    if not isinstance(text, str):
        return adapter
    try:
        number = float(text)
    except ValueError:
        return adapter
    for value in (int(number) if number in (0.0, 1.0) else number, number):
        if repr(value) == text:
            return {**adapter, "strength": value}
    return adapter
