"""What the options of a command say of the installation that finished manifests are for."""

from kaitogen.commands import inputs
from kaitogen.commands.option_types import Values
from kaitogen.errors import UsageError
from kaitogen.kaito import versions
from kaitogen.model import Target, TargetOverrides
from kaitogen.pipeline.validate import unknown_provisioner


def wanted(values: Values) -> TargetOverrides:
    """The target as far as the command line says it; an intent says it itself."""
    gates: dict[str, bool] = {}
    for word in inputs.words(values["feature_gates"]):
        name, equals, truth = word.partition("=")
        if not equals or truth.lower() not in ("true", "false"):
            raise UsageError(f"--feature-gate takes NAME=true or NAME=false, not {word[:60]}")
        _known_gate(name)
        gates[name] = truth.lower() == "true"
    return TargetOverrides(
        inputs.word(values["kaito"]),
        inputs.word(values["provider"]),
        inputs.word(values["node_provisioner"]),
        gates,
    )


def whole(said: TargetOverrides) -> Target:
    """The target with the defaults for what the command line leaves open. UsageError for one that cannot be."""
    default = Target()
    target = Target(
        kaito=said.kaito or default.kaito,
        provider=said.provider or default.provider,
        node_provisioner=said.node_provisioner or default.node_provisioner,
        feature_gates=said.feature_gates,
    )
    wrong = unknown_provisioner(target)
    if wrong is not None:
        first = versions.PROVISIONERS[target.node_provisioner].since
        raise UsageError(wrong.message, fix=f"give --kaito 0.{first} or newer, or another --node-provisioner")
    return target


def _known_gate(name: str) -> None:
    """UsageError for a gate that an intent could not say either: it would change nothing, without a word."""
    from kaitogen import schema
    from kaitogen.diagnostics import suggest

    spec = schema.document("intent.schema.json")["properties"]["spec"]["properties"]
    known = spec["target"]["properties"]["featureGates"]["properties"]
    if name not in known:
        meant = suggest.nearest(name, known)
        fix = f"write {meant}" if meant else f"KAITO's gates are {', '.join(known)}"
        raise UsageError(f"KAITO has no feature gate {name[:60]}", fix=fix)
