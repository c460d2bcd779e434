"""Spec and what its strategy makes of its placement, to the values that the templates see; every name of the template vocabulary stands here once."""

from kaitogen.kaito.objects import in_key_order
from kaitogen.model import RUNTIME_ANNOTATION, Context, Json, Placement, Spec
from kaitogen.typed import Final
from kaitogen.yaml.writer import dump

_WORKSPACE: Final = "workspace.yaml.j2"
_INFERENCE_SET: Final = "inference-set.yaml.j2"
_SCALED_OBJECT: Final = "scaled-object.yaml.j2"
_CONFIG_MAP: Final = "config-map.yaml.j2"

#: The key under which KAITO's pods look for the configuration (both are mounted whole).
CONFIG_KEYS: Final = {"inference": "inference_config.yaml", "tuning": "training_config.yaml"}
#: Hex digits of the content hash in a ConfigMap's name: enough that no two contents of one Workspace meet.
_HASH_DIGITS: Final = 10
_OWN_GROUPS: Final = ("kaito.sh", "kaitogen.io")


def context(spec: Spec, resource: Placement) -> Context:
    """The context of one Workspace; a ConfigMap made from inline configuration comes before it.

    KAITO falls back to its defaults for good where the ConfigMap is missing at the
    first look, hence the order.
    """
    kind, workload = (
        ("tuning", spec.tuning or {}) if spec.inference is None else ("inference", spec.inference)
    )
    config = workload.get("config")
    config_map = _config_map(spec, kind, workload) if config and "configMapName" not in config else None
    runtime = workload.get("runtime")
    annotations = spec.annotations if runtime is None else {**spec.annotations, RUNTIME_ANNOTATION: runtime}
    values: dict[str, Json] = {
        "api_version": spec.target.api_version,
        "name": spec.name,
        "namespace": spec.namespace,
        "labels": spec.labels,
        "annotations": annotations,
        "target": {
            "kaito": spec.target.kaito,
            "provider": spec.target.provider,
            "node_provisioner": spec.target.node_provisioner,
            "feature_gates": spec.target.feature_gates,
        },
        "strategy": resource.strategy,
        "count": resource.node_count,
        "preferred_nodes": None if resource.preferred_nodes is None else list(resource.preferred_nodes),
        "instance_type": resource.instance_type,
        "label_selector": resource.label_selector,
        "partition": resource.partition,
        "replicas": None,
        "auto_upgrade": None,
        "node_count_limit": None,
        "scaled_object": None,
        "companions": None,
        "inference": _inference(workload) if kind == "inference" else None,
        "tuning": {key: workload.get(key) for key in ("method", "input", "output")}
        if kind == "tuning"
        else None,
        "preset": _preset(workload) if "model" in workload else None,
        "config_name": config_map["name"] if config_map else (config or {}).get("configMapName"),
        "config_map": config_map,
    }
    templates = [_CONFIG_MAP, _WORKSPACE] if config_map else [_WORKSPACE]
    if spec.fleet is None and spec.companions is None:
        return Context(spec, tuple(templates), values)
    return _with_others(spec, templates, values)


def _with_others(spec: Spec, templates: list[str], values: dict[str, Json]) -> Context:
    """The context of a set, or of what has companions: most intents make neither."""
    if spec.fleet is not None:
        from kaitogen.pipeline import replicas

        values = replicas.of_set(spec, values)
        templates[-1:] = [_INFERENCE_SET, _SCALED_OBJECT] if values["scaled_object"] else [_INFERENCE_SET]
    if spec.companions is not None:
        from kaitogen.pipeline import companions

        values["companions"] = made = companions.of(spec)
        templates += [kind.template for kind in companions.KINDS if kind.key in made]
    return Context(spec, tuple(templates), values)


def _preset(workload: Json) -> Json:
    return {
        "name": workload["model"],
        "access_mode": workload.get("accessMode"),
        "image": workload.get("image"),
        "image_pull_secrets": workload.get("imagePullSecrets"),
        "access_secret": workload.get("accessSecret"),
    }


def _inference(workload: Json) -> Json:
    """The pod template, and the adapters with each strength as the text that KAITO stores."""
    adapters = [
        one if one.get("strength") is None else {**one, "strength": str(one["strength"])}
        for one in workload.get("adapters") or ()
    ]
    return {"template": workload.get("template"), "adapters": adapters}


def _config_map(spec: Spec, kind: str, workload: Json) -> Json:
    text = dump(in_key_order(_scannable(workload["config"])))
    name = f"{spec.name}-{kind}"
    if workload.get("configName") != "plain":
        # Imported here because few intents have inline configuration, and loading OpenSSL takes its time.
        from hashlib import sha256

        name += "-" + sha256(text.encode()).hexdigest()[:_HASH_DIGITS]
    return {"name": name, "annotations": shared_annotations(spec), "data": {CONFIG_KEYS[kind]: text}}


def shared_annotations(spec: Spec) -> dict[str, str]:
    """Those that go for what stands beside the Workspace as well, such as sync waves.

    Annotations of KAITO's own steer the Workspace, and what kaitogen notes is about it.
    """
    return {
        key: text
        for key, text in spec.annotations.items()
        if (group := key.partition("/")[0]) not in _OWN_GROUPS and not group.endswith(".kaito.sh")
    }


def _scannable(config: Json) -> Json:
    """The configuration with `max-model-len` as a bare number: KAITO's line scanner passes over a quoted one."""
    vllm = config.get("vllm")
    length = vllm.get("max-model-len") if isinstance(vllm, dict) else None
    if isinstance(length, str) and length.isascii() and length.isdigit() and length[0] != "0":
        return {**config, "vllm": {**vllm, "max-model-len": int(length)}}
    return config
