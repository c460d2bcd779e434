"""What the options of a command say of the installation that finished manifests are for."""

from kaitogen.commands import inputs
from kaitogen.commands.option_types import Values
from kaitogen.errors import UsageError
from kaitogen.model import Target, TargetOverrides


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
    """The target with the defaults for what the command line leaves open."""
    default = Target()
    return Target(
        said.kaito or default.kaito,
        said.provider or default.provider,
        said.node_provisioner or default.node_provisioner,
        said.feature_gates,
    )


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
