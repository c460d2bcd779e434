"""What the rules look at: the Workspace's parts and the installation that it is meant for, taken apart once."""

from kaitogen.diagnostics import wording
from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models import Model, is_preset, sized_model
from kaitogen.kaito.catalogue.models_data import SHORT_NAMES
from kaitogen.kaito.catalogue.skus import DEFAULT_INSTANCE_TYPE, Sku, find_sku
from kaitogen.kaito.objects import ConfigMaps, on_vllm, part, text
from kaitogen.model import RUNTIME_ANNOTATION, ByoNodes, Feature, Json, Kind, Rule, Target
from kaitogen.typed import Final, Mapping

BYPASS_ANNOTATION: Final = "kaito.sh/bypass-resource-checks"


class RuleContext:
    """One Workspace taken apart, and what it alone does not say.

    Parts that are missing, or no mapping, are empty; absent workloads are None. `config_maps` are those of the same output, None where nobody knows them, as for a
    manifest on its own. `notes` asks for what the rules cannot decide without the cluster as well. `byo_nodes` is what
    an inventory says about the nodes, where there is one. `named` are nodes that the intent of a set names; the set
    itself has no field for them.
    """

    __slots__ = (
        "annotations", "byo", "byo_nodes", "config_maps", "inference", "instance_type", "kaito", "match_labels", "metadata",
        "minor", "model", "name", "named", "notes", "partitioned", "preset", "provider", "provisioner", "resource", "sku", "target", "transformers", "tuning",
        "v1alpha1", "valid_preset", "workspace",
    )  # fmt: skip

    def __init__(
        self,
        workspace: Json,
        target: Target,
        *,
        config_maps: ConfigMaps | None = None,
        notes: bool = False,
        byo_nodes: ByoNodes | None = None,
        named: tuple[str, ...] = (),
    ) -> None:
        self.config_maps = config_maps
        self.notes = notes
        self.byo_nodes = byo_nodes
        self.named = named
        self.workspace: Mapping[str, Json] = workspace
        self.target = target
        self.kaito, self.provider, self.byo = target.kaito, target.provider, target.byo
        self.minor = minor = target.minor
        #: How this installation gets its nodes, in the words of the target.
        self.provisioner = "byo" if self.byo else target.node_provisioner
        self.v1alpha1 = workspace.get("apiVersion") == "kaito.sh/v1alpha1"
        self.metadata = part(workspace, "metadata")
        self.name = text(self.metadata, "name")
        self.annotations = part(self.metadata, "annotations")
        self.resource = part(workspace, "resource")
        self.match_labels = part(part(self.resource, "labelSelector"), "matchLabels")
        #: Whether it asks for parts of GPUs, which older versions do not know.
        self.partitioned = "partition" in self.resource and self.has(versions.PARTITIONS)
        inference, tuning = workspace.get("inference"), workspace.get("tuning")
        self.inference: Mapping[str, Json] | None = inference if isinstance(inference, dict) else None
        self.tuning: Mapping[str, Json] | None = tuning if isinstance(tuning, dict) else None
        self.transformers = not on_vllm(self.annotations.get(RUNTIME_ANNOTATION), target)
        workload = self.inference if self.inference is not None else self.tuning or {}
        preset = part(workload, "preset").get("name")
        self.preset: str | None = preset if isinstance(preset, str) else None
        self.valid_preset = self.preset is not None and is_preset(self.preset, minor)
        if self.v1alpha1 and self.inference is not None and self.preset is not None and self.valid_preset:
            # Its rules look a name up in the list of built-in presets as it stands.
            self.valid_preset = self.preset in SHORT_NAMES or self.has(versions.CATALOGUE)
        self.model: Model | None = sized_model(self.preset or "", minor) if self.valid_preset else None
        instance_type = self.resource.get("instanceType")
        if not isinstance(instance_type, str):
            defaulted = self.v1alpha1 or self.has(versions.INSTANCE_TYPE_DEFAULTED)
            instance_type = DEFAULT_INSTANCE_TYPE if self.resource and defaulted else ""
        self.instance_type: str = instance_type
        sku = find_sku(self.provider, self.instance_type) if self.instance_type else None
        self.sku: Sku | None = sku if sku is not None and sku.known_to(minor) else None

    def has(self, feature: Feature) -> bool:
        """Whether the target's KAITO does it."""
        return feature.since <= self.minor <= feature.until

    def config_map(self, name: str) -> Mapping[str, str] | None:
        """The data of a ConfigMap in the same output and namespace; None where it is not there, or nobody knows."""
        if self.config_maps is None:
            return None
        namespace = self.metadata.get("namespace")
        return self.config_maps.get((namespace if isinstance(namespace, str) else "", name))


def cut(value: str) -> str:
    """A value of the user's, short enough for a sentence and on one line."""
    line = value[:61]
    if not line.isprintable():
        line = "".join(character if character.isprintable() else "?" for character in line)
    return wording.cut(line, 60, "...")


def webhook(code: str, title: str, line: int, *, kind: Kind = "refused", since: str = "0.4") -> Rule:
    """The record of a rule of KAITO's webhook for Workspaces, by its line in api/v1beta1/workspace_validation.go@v0.12.0."""
    source = f"api/v1beta1/workspace_validation.go:{line}@v0.12.0"
    return Rule(code, title, kind=kind, since=since, source=source)
