"""Whether nodes that a user brings have GPUs enough for the model, where an inventory knows them."""

from kaitogen.kaito import versions
from kaitogen.kaito.rules.context import BYPASS_ANNOTATION, RuleContext
from kaitogen.kaito.rules.sizing import asks_for_estimate, nodes_needed
from kaitogen.model import GIB, ByoNodes, Diagnostic, Rule
from kaitogen.typed import Iterator

KG313 = Rule("KG313", "Nodes with too few GPUs for the model", kind="can't work", since="0.7")


def judge(ctx: RuleContext, byo_nodes: ByoNodes, tokens: int) -> Iterator[Diagnostic]:
    """KG313. Where KAITO provisions the instance type tells the same; `tokens` is what KAITO reads as max-model-len."""
    model = ctx.model
    known = byo_nodes.gpus and byo_nodes.memory
    if model is None or not ctx.byo or not known or "partition" in ctx.resource:
        return
    named = byo_nodes.pinned is not None
    path = ("resource", "preferredNodes" if named else "labelSelector")
    have = f"{byo_nodes.gpus} x {byo_nodes.memory // byo_nodes.gpus / GIB:g} GiB"
    if ctx.transformers:
        if model.weights > byo_nodes.memory:
            message = f"{model.id} has {model.weights / GIB:.1f} GiB of weights, and transformers runs it on one node, of {have}"
            yield KG313.at(path, message, fix="take nodes with more GPU memory", found=have)
        return
    if not asks_for_estimate(ctx):
        return
    node = (byo_nodes.gpus, byo_nodes.memory)
    needed = nodes_needed(ctx.minor, model.weights, model.bytes_per_token, node, tokens)
    if not needed:
        message = f"GPUs of nodes with {have} are too small for {model.id} at {tokens} tokens"
        yield KG313.at(path, message, fix="take nodes with larger GPUs", found=have)
    elif needed > byo_nodes.nodes:
        message = f"KAITO {ctx.kaito} will wait for {needed} nodes of {have} for {model.id}, and "
        if named:
            message += f"{byo_nodes.nodes} {'is' if byo_nodes.nodes == 1 else 'are'} chosen"
            fix = f"choose {needed} nodes, or nodes with more GPU memory"
        else:
            message += f"{byo_nodes.nodes} {'matches' if byo_nodes.nodes == 1 else 'match'} the selector"
            fix = f"label {needed} nodes, or nodes with more GPU memory"
        total = byo_nodes.nodes * byo_nodes.memory
        checked = ctx.has(versions.NODE_LABELS_READ) and BYPASS_ANNOTATION not in ctx.annotations
        if total < model.weights and checked:
            message += f"; its webhook refuses them: Insufficient total GPU memory, {total / GIB:g} GiB for {model.weights / GIB:.1f} GiB of weights"
        yield KG313.at(path, message, fix=fix, found=str(byo_nodes.nodes), expected=str(needed))
