"""Node selections to node names, and node names held against facts. Without facts a selection can't be resolved."""

from kaitogen.kaito.rules.ignored import pin
from kaitogen.kaito.rules.resource import missing_instance_type
from kaitogen.model import INSTANCE_TYPE_LABEL, PIN_LABEL, Diagnostic, Document, Rule, Spec, Target
from kaitogen.typed import Final, Sequence

#: An instance type of each provider, for advice.
SUCH_AS: Final = {
    "azure": "Standard_NC24ads_A100_v4",
    "aws": "p4d.24xlarge",
    "arc": "Standard_NC16_A16",
}

KG301 = Rule("KG301", "Nodes are selected, and nothing is known about nodes", kind="invalid")


def choose(
    specs: list[Spec], documents: Sequence[Document] | None = None, oldest: str = ""
) -> tuple[list[Spec], list[Diagnostic]]:
    """The Specs whose nodes are named, with what their nodes' facts say, and what is wrong with nodes and facts.

    `documents` hold the facts, None where there are none; those from before `oldest` are too old.
    """
    diagnostics: list[Diagnostic] = []
    if documents is not None:
        from kaitogen.nodes import choosing  # a run without facts needs none of it

        specs, diagnostics = choosing.choose(specs, documents, oldest)
    named: list[Spec] = []
    for spec in specs:
        problem = _still_open(spec)
        if problem is None:
            named.append(spec)
        else:
            diagnostics.append(problem.of(spec.origin))
    return named, diagnostics


def add_instance_type(target: Target) -> str:
    """What to do in an intent that lacks an instance type."""
    such = SUCH_AS[target.provider]
    return f"add placement.instanceType, such as {such}, or set target.nodeProvisioner: byo"


def _still_open(spec: Spec) -> Diagnostic | None:
    """What no facts have answered."""
    placement = spec.placement
    path = ("spec", "placement", "nodes")
    if placement.selection is not None:
        message = "nodes are selected, and there are no facts about nodes to select from"
        fix = "give an inventory (--inventory nodes.yaml, made by kaitogen nodes snapshot), or name the nodes in a list"
        return KG301.at(path, message, fix=fix)
    if placement.nodes is None or placement.instance_type is not None:
        return None
    return missing_instance_type(spec.target, ("spec", "placement"), add_instance_type(spec.target))


def default_labels(spec: Spec) -> dict[str, str]:
    """The labels that named nodes are selected by where the intent has no selector: what fits how the provisioner finds nodes.

    Under karpenter never the instance type: a node of it that is there already keeps KAITO from making any (KG498).
    """
    if spec.target.byo:
        return {PIN_LABEL: pin(spec.namespace or "", spec.name)}
    instance_type = spec.placement.instance_type
    if instance_type is None or spec.target.node_provisioner == "karpenter":
        return {"apps": spec.name}
    return {INSTANCE_TYPE_LABEL: instance_type}
