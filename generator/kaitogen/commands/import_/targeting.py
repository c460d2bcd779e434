"""The installation that a finished Workspace is for: what the caller says, else what the object itself gives away."""

from typing import Final

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.skus import PROVIDERS, find_sku
from kaitogen.model import Diagnostic, Json, Path, Rule, Target, TargetOverrides

KG176 = Rule("KG176", "The installation was taken from the Workspace", kind="note")


_GATES: Final = {"mig": "enableMIG", "accelerator": "enableAccelerator"}
_V1ALPHA1: Final = "kaito.sh/v1alpha1"


def target_of(workspace: Json, wanted: TargetOverrides) -> tuple[Target, Diagnostic | None]:
    """The target of a Workspace, with a note about what nobody said."""
    default = Target()
    resource = workspace.get("resource")
    resource = resource if isinstance(resource, dict) else {}
    kaito = wanted.kaito or default.kaito
    gates = dict(wanted.feature_gates)
    taken: list[tuple[str, Path, str]] = []
    partition = resource.get("partition")
    mode = partition.get("mode") if isinstance(partition, dict) else None
    gate = _GATES.get(mode) if isinstance(mode, str) else None
    if gate and gate not in gates:
        gates[gate] = True
        taken.append((f"gate {gate}", ("resource", "partition"), f"its partition is {mode}"))
    provisioner = wanted.node_provisioner or default.node_provisioner
    usual = Target(kaito, feature_gates=gates)
    needed = usual.has(versions.STRICT_INSTANCE_TYPE) and not usual.byo
    if wanted.node_provisioner is None and needed and not resource.get("instanceType"):
        provisioner = "byo"
        taken.append(("nodeProvisioner byo", ("resource",), "it names no instanceType"))
    provider = wanted.provider or _provider(resource.get("instanceType"))
    if wanted.provider is None and provider != default.provider:
        taken.append(
            (f"provider {provider}", ("resource", "instanceType"), "that is where its instanceType is from")
        )
    api_version = _V1ALPHA1 if workspace.get("apiVersion") == _V1ALPHA1 else default.api_version
    return Target(kaito, provider, provisioner, gates, api_version), _note(taken)


def _provider(instance_type: Json) -> str:
    """The first cloud whose table has the instance type, azure where none has."""
    if isinstance(instance_type, str):
        for provider in PROVIDERS:
            if find_sku(provider, instance_type) is not None:
                return provider
    return Target().provider


def _note(taken: list[tuple[str, Path, str]]) -> Diagnostic | None:
    if not taken:
        return None
    words = " and ".join(f"{what}, since {why}" for what, _, why in taken)
    advice = "say it by --provider, --node-provisioner or --feature-gate where that is wrong"
    return KG176.at(taken[0][1], f"taken to be for {words}", fix=advice)
