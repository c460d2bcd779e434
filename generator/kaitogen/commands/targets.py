"""What the options of a command say of the installation: for intents a layer over what they say, for finished manifests all of it."""

from kaitogen.commands.inputs import CloudOptions, TargetOptions
from kaitogen.errors import UsageError
from kaitogen.kaito import versions
from kaitogen.model import Json, Request, TargetOverrides
from kaitogen.pipeline.validate import target_of, unknown_provisioner


def overrides(kaito: str | None, cloud: CloudOptions) -> TargetOverrides:
    """The target as far as the command line says it."""
    gates: dict[str, bool] = {}
    for word in cloud.feature_gates:
        name, equals, truth = word.partition("=")
        if not equals or truth.lower() not in ("true", "false"):
            raise UsageError(f"--feature-gate takes NAME=true or NAME=false, not {word[:60]}")
        _known_gate(name)
        gates[name] = truth.lower() == "true"
    return TargetOverrides(
        kaito=kaito,
        provider=cloud.provider,
        node_provisioner=cloud.node_provisioner,
        feature_gates=gates,
    )


def fields(options: TargetOptions) -> dict[str, Json]:
    """The fields of a target that the command line says, in the order of the schema."""
    said = overrides(options.kaito, options.cloud)
    found: dict[str, Json] = {
        "kaito": said.kaito,
        "provider": said.provider,
        "nodeProvisioner": said.node_provisioner,
        "featureGates": dict(said.feature_gates) or None,
        "nodeClasses": list(options.node_classes) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def aimed(request: Request, options: TargetOptions) -> Request:
    """The request, with the installation that finished manifests are for. UsageError for one that cannot be.

    A provisioner that KAITO did not have yet is told, where what it does is what any does that makes nodes.
    """
    said = overrides(options.kaito, options.cloud)
    result = said.target
    if request.project is not None:
        below = target_of(request.project.value.get("spec") or {})
        named = {field: value for field, value in said._asdict().items() if value}
        result = below._replace(**{**named, "feature_gates": {**below.feature_gates, **said.feature_gates}})
    wrong = unknown_provisioner(result)
    findings = request.findings
    if wrong is not None:
        first = versions.PROVISIONERS[result.node_provisioner].came_with
        fix = f"give --kaito {first} or newer, or another --node-provisioner"
        if result.node_provisioner == "byo":
            raise UsageError(wrong.message, fix=fix)
        told = wrong.rule.in_file("--node-provisioner", wrong.message, fix=fix)
        findings = (*findings, told._replace(severity="warning"))
    if options.node_classes:
        result = result._replace(node_classes=options.node_classes)
    return request._replace(objects_target=result, findings=findings)


def _known_gate(name: str) -> None:
    """UsageError for a gate that an intent could not say either: it would change nothing, without a word."""
    from kaitogen import schema
    from kaitogen.diagnostics import suggest

    spec = schema.document("intent.schema.json")["properties"]["spec"]["properties"]
    known = spec["target"]["properties"]["featureGates"]["properties"]
    if name not in known:
        near = suggest.nearest(name, known)
        fix = f"write {near}" if near else f"KAITO's gates are {', '.join(known)}"
        raise UsageError(f"KAITO has no feature gate {name[:60]}", fix=fix)
