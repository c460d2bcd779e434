"""What KAITO's webhook and controller do with a Workspace, judged before they see it.

One module per topic. What few Workspaces have (annotations, partitions, adapters,
configuration, tuning) is imported only where a Workspace has it.
"""

from kaitogen.kaito import versions
from kaitogen.kaito.rules import identity, ignored, preset, resource, sizing
from kaitogen.kaito.rules.context import Facts, Surroundings, text
from kaitogen.model import Diagnostic, Json

__all__ = ["Surroundings", "judge"]


def judge(workspace: Json, surroundings: Surroundings) -> list[Diagnostic]:
    """Everything that KAITO would refuse, could never run, or would do otherwise than written.

    `workspace` is a Workspace that fits the schema of the target's version; paths are its own.
    The order is fixed: name, annotations, workload, resource.
    """
    facts = Facts(workspace, surroundings)
    found = list(identity.judge(facts))
    if facts.annotations:
        from kaitogen.kaito.rules import annotations  # few have any

        found += annotations.judge(facts)
    if (facts.inference is None) == (facts.tuning is None):
        return found
    if facts.tuning is not None:
        from kaitogen.kaito.rules import tuning  # few tune

        found += tuning.judge(facts)
        found += resource.needs_instance_type(facts)
        found += resource.selector(facts)
        return found + list(ignored.judge(facts, sizing.DEFAULT_CONTEXT))
    found += preset.judge(facts)
    context = sizing.DEFAULT_CONTEXT
    if facts.inference is not None and text(facts.inference, "config"):
        from kaitogen.kaito.rules import config  # few bring a configuration

        problems, context = config.judge(facts)
        found += problems
    if facts.inference is not None and facts.inference.get("adapters"):
        from kaitogen.kaito.rules import adapters  # few have adapters

        found += adapters.judge(facts)
    found += _resource(facts, context)
    found += ignored.judge(facts, context)
    if facts.byo_nodes is not None:
        from kaitogen.kaito.rules import byo_nodes  # facts about nodes are the exception

        found += byo_nodes.judge(facts, facts.byo_nodes, context)
    return found


def _resource(facts: Facts, context: int) -> list[Diagnostic]:
    """The rules about `resource` of an inference; each group ends where KAITO's own does."""
    found = list(resource.needs_instance_type(facts))
    if facts.preset is not None and not facts.valid_preset:
        return found
    selector = list(resource.selector(facts))
    found += selector
    if any(problem.severity == "error" for problem in selector):
        return found
    if facts.has(versions.PARTITIONS) and "partition" in facts.resource:
        from kaitogen.kaito.rules import partition  # few partition GPUs

        found += partition.judge(facts)
    else:
        found += resource.instance_type(facts)
        found += resource.weights(facts)
        if facts.notes:
            found += resource.cluster_notes(facts)
    if not any(problem.severity == "error" for problem in found):
        found += sizing.judge(facts, context)
        found += sizing.surprises(facts, context)
    return found
