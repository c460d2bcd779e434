"""What KAITO's webhook and controller do with a Workspace, judged before they see it.

One module per topic. What few Workspaces have (annotations, partitions, adapters,
configuration, tuning) is imported only where a Workspace has it.
"""

from kaitogen.kaito import versions
from kaitogen.kaito.objects import part, text
from kaitogen.kaito.rules import identity, ignored, preset, resource, sizing
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.model import Diagnostic, Json
from kaitogen.typed import Final, Mapping, Sequence

__all__ = ["RuleContext", "judge", "judge_object"]

#: Where the rules of each other kind stand; few runs have any.
_MODULES: Final = {
    "InferenceSet": "inference_set",
    "MultiRoleInference": "multi_role",
    "ModelMirror": "model_mirror",
    "RAGEngine": "rag_engine",
}


def judge_object(ctx: RuleContext) -> list[Diagnostic]:
    """The same of an object of any kind of KAITO's group."""
    kind = ctx.workspace["kind"]
    if kind == "Workspace":
        return judge(ctx)
    from kaitogen.kaito.rules import unread  # few runs have other kinds

    module = __import__(f"kaitogen.kaito.rules.{_MODULES[kind]}", fromlist=["judge"])
    found = list(module.judge(ctx))
    return [*found, *unread.judge(ctx, found)]


def judge(ctx: RuleContext) -> list[Diagnostic]:
    """Everything that KAITO would refuse, could never run, or would do otherwise than written.

    The Workspace fits the schema of the target's version; paths are its own.
    The order is fixed: name, annotations, workload, resource.
    """
    found = list(identity.judge(ctx))
    if ctx.annotations:
        from kaitogen.kaito.rules import annotations  # few have any

        found += annotations.judge(ctx)
    if (ctx.inference is None) == (ctx.tuning is None):
        return found
    if ctx.tuning is not None:
        from kaitogen.kaito.rules import tuning  # few tune

        found += tuning.judge(ctx)
        found += resource.needs_instance_type(ctx)
        found += resource.selector(ctx)
        found += resource.covered_by_others(ctx)
        return found + _unread(ctx, sizing.DEFAULT_CONTEXT, found)
    found += preset.judge(ctx)
    tokens = sizing.DEFAULT_CONTEXT
    vllm: Mapping[str, Json] = {}
    settings: Sequence[Diagnostic] = ()
    inference = ctx.inference or {}
    if text(inference, "config") or ctx.v1alpha1 or ctx.has(versions.LENGTH_REQUIRED):
        from kaitogen.kaito.rules import config  # few bring a configuration, or are for what is as old

        problems, tokens, vllm, settings = config.judge(ctx)
        found += problems
    if inference.get("adapters"):
        from kaitogen.kaito.rules import adapters  # few have adapters

        found += adapters.judge(ctx)
    found += _resource(ctx, tokens, vllm)
    found += settings
    found += resource.covered_by_others(ctx)
    found += _unread(ctx, tokens, found)
    if ctx.annotations:
        found += annotations.exposed(ctx, tokens)
    if ctx.byo_nodes is not None:
        from kaitogen.kaito.rules import byo_nodes  # an inventory is the exception

        found += byo_nodes.judge(ctx, ctx.byo_nodes, tokens)
    return found


def _unread(ctx: RuleContext, tokens: int, before: list[Diagnostic]) -> list[Diagnostic]:
    """What is written and not read: in most Workspaces that can only be something of `resource`."""
    found = list(ignored.judge(ctx, tokens))
    workload = ctx.inference or ctx.tuning or {}
    if "template" in workload or len(part(workload, "preset")) > 1:
        from kaitogen.kaito.rules import unread  # few say more of a preset than its name

        found += unread.judge(ctx, before)
    return found


def _resource(ctx: RuleContext, tokens: int, vllm: Mapping[str, Json]) -> list[Diagnostic]:
    """The rules about `resource` of an inference; each group ends where KAITO's own does."""
    found = list(resource.needs_instance_type(ctx))
    if ctx.preset is not None and not ctx.valid_preset:
        return found
    selector = list(resource.selector(ctx))
    found += selector
    if any(problem.severity == "error" for problem in selector):
        return found
    if ctx.partitioned:
        from kaitogen.kaito.rules import partition  # few partition GPUs

        found += partition.judge(ctx)
    else:
        found += resource.instance_type(ctx)
        found += resource.weights(ctx)
        if ctx.notes:
            found += resource.cluster_notes(ctx)
    if not any(problem.severity == "error" for problem in found):
        found += sizing.judge(ctx, tokens)
        found += sizing.surprises(ctx, tokens)
        if (ctx.sku is not None and ctx.sku.gpus > 1) or vllm:
            from kaitogen.kaito.rules import layout  # one GPU leaves nothing to lay out

            found += layout.judge(ctx, tokens, vllm)
    return found
