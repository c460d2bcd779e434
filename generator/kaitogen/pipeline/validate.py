"""Documents to typed Specs: the schema first, then the rules between fields that no schema can say well."""

import os

from kaitogen import schema
from kaitogen.kaito import versions
from kaitogen.kaito.rules.resource import instance_type_under_byo, missing_instance_type
from kaitogen.model import (
    RUNTIME_ANNOTATION,
    Diagnostic,
    Document,
    Json,
    Origin,
    Placement,
    Rule,
    Spec,
    Target,
)
from kaitogen.nodes import add_instance_type
from kaitogen.pipeline import current
from kaitogen.pipeline.classify import ErrorLimit, Repetition, intents, is_set, shared_by_entries
from kaitogen.typed import Final, Iterator, Mapping

KG212 = Rule("KG212", "Nothing to run", kind="invalid", since="0.4")
KG213 = Rule("KG213", "Inference and tuning in one intent", kind="invalid", since="0.4")
KG214 = Rule("KG214", "Inference without a model and without a template", kind="invalid", since="0.4")
KG215 = Rule("KG215", "A model and a template", kind="invalid", since="0.4")
KG216 = Rule("KG216", "Two runtimes", kind="invalid")
KG217 = Rule("KG217", "A field for models beside a template", kind="invalid")
KG218 = Rule("KG218", "A kind of name for a ConfigMap that is not made", kind="invalid")
KG219 = Rule(
    "KG219", "A node provisioner that this KAITO does not have", kind="invalid", since="0.4", until="0.10"
)
#: The words of `spec` that are about replicas.
FLEET: Final = ("replicas", "scaling", "upgrade", "nodeCountLimit", "replicaMetadata")
#: The words of `spec` that are about objects around what runs.
COMPANIONS: Final = ("endpoint", "disruption", "monitoring", "ragEngine", "modelMirror")
#: What many intents say alike is held once.
_DEFAULT: Final = Target()
_NOTHING: Final[Mapping[str, str]] = {}
_MODEL_FIELDS: Final = ("accessSecret", "accessMode", "image", "imagePullSecrets")


def validate(documents: list[Document]) -> tuple[list[Spec], list[Diagnostic]]:
    """The Specs of all valid intents in order, and what is wrong with the others."""
    specs: list[Spec] = []
    diagnostics: list[Diagnostic] = []
    error_limit, repetition = ErrorLimit(), Repetition()
    for document in documents:
        if error_limit.is_reached(document):
            continue
        current.file = document.file
        if is_set(document.value) and (problems := _of_set(document.value, repetition)):
            origin = Origin(document)
            problems = _of_environment(problems, document)
            diagnostics += [*(problem.of(origin) for problem in problems), *error_limit.count_error(origin)]
            continue
        for value, origin in intents(document):
            problems = schema.problems("intent", value) or list(_rules(value))
            if problems:  # most intents have none
                diagnostics += [problem.of(origin) for problem in problems]
                if any(problem.severity == "error" for problem in problems):
                    diagnostics += error_limit.count_error(origin)
                    if error_limit.is_reached(document):
                        break
                    continue
            specs += specs_of(value, origin)
    return specs, diagnostics


def _of_set(value: Json, repetition: Repetition) -> list[Diagnostic]:
    """What is wrong with a set as such."""
    problems = schema.problems("set", value)
    if problems:
        return problems
    times = len(value["spec"]["workspaces"])
    repeated = repetition.too_much(shared_by_entries(value), times, ("spec", "defaults"))
    return [repeated] if repeated else []


def _of_environment(problems: list[Diagnostic], document: Document) -> list[Diagnostic]:
    """What is wrong with a set; of the file of an environment the first problem alone, with what reads such a file."""
    from kaitogen.pipeline.environments import is_environment  # few sets are wrong as such

    if not is_environment(document):
        return problems
    name = os.path.basename(document.file).removesuffix(".yaml")
    reads = f"kaitogen validate --environment {name} FOLDER"
    return [problems[0]._replace(fix=f"an environment is laid over intents: {reads}")]


def target_of(spec: Json) -> Target:
    """The target of an intent's spec, with kaitogen's defaults where it says nothing."""
    target, default = spec.get("target"), _DEFAULT
    if not target:
        return default
    return Target(
        kaito=target.get("kaito", default.kaito),
        provider=target.get("provider", default.provider),
        node_provisioner=target.get("nodeProvisioner", default.node_provisioner),
        feature_gates=target.get("featureGates", {}),
        api_version=target.get("apiVersion", default.api_version),
        node_classes=tuple(target.get("nodeClasses", ())),
    )


def _rules(value: Json) -> Iterator[Diagnostic]:
    spec = value["spec"]
    target = target_of(spec)
    if unknown := unknown_provisioner(target):
        yield unknown
    placement = spec.get("placement") or {}
    yield from _instance_type(target, placement)
    if "capacity" in placement or "zones" in placement:
        from kaitogen.pipeline import capacity  # most intents take any

        yield from capacity.objections(placement, target)
    inference, tuning = spec.get("inference"), spec.get("tuning")
    if inference is None and tuning is None:
        fix = "add inference: {model: ...} to serve a model, or tuning: {...} to tune one"
        yield KG212.at(("spec",), "neither inference nor tuning says what should run", fix=fix)
    elif inference is not None and tuning is not None:
        fix = "split it into two intents"
        yield KG213.at(("spec", "tuning"), "one intent has both inference and tuning", fix=fix)
    elif inference is not None:
        yield from _inference(inference, value["metadata"].get("annotations") or {})
    if not spec.keys().isdisjoint(FLEET):
        from kaitogen.pipeline import replicas  # most intents have none

        yield from replicas.objections(value, target)
    if not spec.keys().isdisjoint(COMPANIONS):
        from kaitogen.pipeline import companions  # most intents ask for none

        yield from companions.objections(value, target)
    for kind, workload in (("inference", inference), ("tuning", tuning)):
        config = (workload or {}).get("config")
        if "configName" in (workload or {}) and (config is None or "configMapName" in config):
            message = "configName names a generated ConfigMap, and none is generated here"
            fix = "remove configName, or give config inline"
            yield KG218.at(("spec", kind, "configName"), message, fix=fix)


def unknown_provisioner(target: Target) -> Diagnostic | None:
    """KG219, wherever the target is from: its KAITO does not have its node provisioner."""
    known = versions.PROVISIONERS[target.node_provisioner]
    if target.has(known):
        return None
    message = f"KAITO {target.kaito} has no node provisioner {target.node_provisioner}; it came with {known.came_with}"
    fix = f'set kaito: "{known.came_with}" or newer, or another nodeProvisioner'
    return KG219.at(("spec", "target", "nodeProvisioner"), message, fix=fix)


def _instance_type(target: Target, placement: Json) -> Iterator[Diagnostic]:
    instance_type, path, problem = placement.get("instanceType"), ("spec", "placement"), None
    if instance_type is not None:
        fix = "remove instanceType; nodes or labelSelector say which nodes are used"
        problem = instance_type_under_byo(target, instance_type, (*path, "instanceType"), fix)
    elif "nodes" not in placement:  # of which the facts may know it
        problem = missing_instance_type(target, path, add_instance_type(target))
    if problem is not None:
        yield problem


def _inference(inference: Json, annotations: Json) -> Iterator[Diagnostic]:
    path = ("spec", "inference")
    model, template = inference.get("model"), inference.get("template")
    if model is None and template is None:
        fix = "add model: <preset or Hugging Face id>, or template: for a pod of your own"
        yield KG214.at(path, "inference names neither a model nor a template", fix=fix)
    elif model is not None and template is not None:
        fix = "keep one of the two; KAITO refuses both together"
        yield KG215.at((*path, "template"), "inference has both a model and a template", fix=fix)
    if model is None:
        for key in _MODEL_FIELDS:
            if key in inference:
                message = f"{key} belongs to a model, and this intent has a template instead"
                yield KG217.at((*path, key), message, fix="say it in the pod template, or name a model")
    runtime, noted = inference.get("runtime"), annotations.get(RUNTIME_ANNOTATION)
    if runtime is not None and noted is not None and runtime != noted:
        message = f"runtime {runtime} contradicts the annotation {RUNTIME_ANNOTATION}: {noted[:40]}"
        yield KG216.at((*path, "runtime"), message, fix="remove the annotation; runtime writes it")


def specs_of(value: Json, origin: Origin) -> Iterator[Spec]:
    """The Specs that an intent stands for: one, or two where it asks for base and burst.

    Each of the two has an origin of its own, so that what is found is told of one of them.
    """
    if not isinstance(value["spec"].get("replicas"), dict):
        yield spec_of(value, origin)
        return
    from kaitogen.pipeline import burst  # hardly any intent asks for it

    for half, pair in burst.halves(value, target_of(value["spec"])):
        spec = spec_of(half, origin._replace())
        yield spec._replace(fleet={**(spec.fleet or {}), burst.PAIR: pair})


def spec_of(value: Json, origin: Origin) -> Spec:
    """An intent that its schema accepts as a Spec."""
    metadata, spec = value["metadata"], value["spec"]
    target = target_of(spec)
    return Spec(
        origin=origin,
        name=metadata["name"],
        namespace=metadata.get("namespace"),
        labels=metadata.get("labels") or _NOTHING,
        annotations=metadata.get("annotations") or _NOTHING,
        target=target,
        placement=_placement(spec.get("placement") or {}, target),
        inference=spec.get("inference"),
        tuning=spec.get("tuning"),
        fleet={key: spec[key] for key in FLEET if key in spec} or None,
        companions={key: spec[key] for key in COMPANIONS if key in spec} or None,
    )


def _placement(placement: Json, target: Target) -> Placement:
    labels = _NOTHING
    if "capacity" in placement or "zones" in placement:
        from kaitogen.pipeline import capacity  # most intents take any

        labels = capacity.labels(placement, target)
    nodes, preferred = placement.get("nodes"), placement.get("preferredNodes")
    return Placement(
        strategy=placement.get("strategy"),
        nodes=tuple(nodes) if isinstance(nodes, list) else None,
        selection=nodes if isinstance(nodes, dict) else None,
        node_count=placement.get("count"),
        instance_type=placement.get("instanceType"),
        label_selector=placement.get("labelSelector"),
        partition=placement.get("partition"),
        preferred_nodes=tuple(preferred) if preferred is not None else None,
        labels=labels,
    )
