"""The one change that helps most, with its effect computed by the same arithmetic."""

from typing import Final

from kaitogen.kaito.catalogue.skus import Sku, all_skus
from kaitogen.kaito.sizing.analysis import Case
from kaitogen.kaito.sizing.engine_args import has_eight_bits, launch
from kaitogen.kaito.sizing.memory import memory
from kaitogen.kaito.sizing.node_estimator import Settings, estimate, moved
from kaitogen.kaito.sizing.types import Lever, Memory

#: Lengths are advised in whole multiples of it.
_STEP: Final = 1024
#: Compute capability from which on KAITO's newest table takes cards.
_MODERN: Final = 8.0
_FP8: Final = "set kv-cache-dtype: fp8"


def lever(case: Case) -> Lever | None:
    """The lever for one Workspace; None where nothing is known, or nothing needs to move."""
    bill = case.memory
    if bill is None or isinstance(case.known, str):
        return None
    wanted = case.estimate.context.served
    need = int(wanted) if wanted.isdigit() else 1
    if bill.pool.likely <= 0 or (bill.verdict == "fails" and bill.tokens.likely >= need):
        return _larger(case, 1)
    better = _with_fp8(case)
    if bill.tokens.likely < need:
        return _to_start(case, bill, better, need)
    longer = min(case.known.token_limit, 2 * bill.context.likely)
    if better is None:
        return None if wanted.isdigit() or bill.context.likely >= longer else _larger(case, longer)
    if better.context.likely > bill.context.likely:
        effect = f"{bill.context.likely:,} -> {better.context.likely:,} tokens of context"
    else:
        effect = f"{bill.requests.likely:,} -> {better.requests.likely:,} requests of {bill.context.likely:,} tokens at once"
    return Lever(_FP8, effect)


def _to_start(case: Case, bill: Memory, better: Memory | None, need: int) -> Lever | None:
    """What lets vLLM start with a context that does not fit."""
    if better is not None and better.tokens.likely >= need:
        tokens = f"{bill.tokens.likely:,} -> {better.tokens.likely:,}"
        return Lever(_FP8, f"{tokens} tokens of cache, so that {need:,} fit")
    length = bill.tokens.likely // _STEP * _STEP
    if not length:
        return _larger(case, 1)
    return Lever(f"set max-model-len: {length}", f"{need:,} -> {length:,} tokens, so that vLLM starts")


def _with_fp8(case: Case) -> Memory | None:
    """The bill with a cache of 8 bits; None where it has one already, or the card cannot."""
    node, how = case.estimate.node, case.launch
    if node is None or how is None or case.memory is None or isinstance(case.known, str):
        return None
    if not has_eight_bits(case.ctx, node):
        return None
    better = memory(case.known, node, how._replace(vllm={**how.vllm, "kv-cache-dtype": "fp8"}))
    return better if better.per_token.likely < case.memory.per_token.likely else None


def _larger(case: Case, context: int) -> Lever | None:
    """The instance type of the same provider with the fewest GPUs that fits at the worst, and so long a context."""
    ctx = case.ctx
    if ctx.byo or ctx.sku is None:
        return None
    best: tuple[int, int, str, int, Memory] | None = None
    for sku in all_skus(ctx.provider):
        if not sku.known_to(ctx.minor) or sku.compute < _MODERN:
            continue
        nodes, bill = _on(case, sku)
        if bill is not None and bill.verdict == "fits" and bill.context.likely >= context:
            found = (nodes * sku.gpus, nodes * sku.memory, sku.name, nodes, bill)
            best = found if best is None or found[:3] < best[:3] else best
    if best is None:
        return None
    gpus, _, name, nodes, bill = best
    size = f"{nodes} node{'s' if nodes > 1 else ''} with {gpus} GPU{'s' if gpus > 1 else ''}"
    return Lever(f"take {name}", f"{size}, {bill.context.likely:,} tokens of context")


def _on(case: Case, sku: Sku) -> tuple[int, Memory | None]:
    """Nodes and bill of the same Workspace on another instance type; no bill where KAITO finds no number of nodes."""
    assert not isinstance(case.known, str)
    assert case.launch is not None
    said = Settings(case.launch.vllm, case.estimate.context.tokens, case.estimate.context.source)
    other = estimate(moved(case.ctx, sku.name), case.known, None, said)
    if other.nodes is None or other.node is None or other.layout is None:
        return 0, None
    how = launch(case.ctx.minor, other, other.node, other.layout, said)
    return other.nodes, memory(case.known, other.node, how)
