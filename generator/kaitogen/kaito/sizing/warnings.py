"""Where the two columns part company, or the user will meet something that nobody chose (KG701 to KG719)."""

from collections.abc import Iterator
from typing import Final

from kaitogen.kaito.catalogue.models import find_short
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.sizing.analysis import Case
from kaitogen.kaito.sizing.engine_args import has_eight_bits
from kaitogen.kaito.sizing.memory import indivisible, memory
from kaitogen.kaito.sizing.node_estimator import holds, layout_of
from kaitogen.kaito.sizing.overheads import GIB
from kaitogen.kaito.sizing.types import Memory
from kaitogen.model import Diagnostic, Path, Rule

KG701 = Rule("KG701", "KAITO's nodes leave vLLM no memory for its cache", kind="warning", since="0.7")
KG702 = Rule("KG702", "A short context that nobody chose", kind="warning", since="0.7")
KG703 = Rule("KG703", "A shorter context than the model's", kind="note", since="0.7")
KG704 = Rule("KG704", "The GPUs do not divide the attention heads", kind="warning", since="0.7")
KG705 = Rule("KG705", "One node fewer would do", kind="warning", since="0.7")
KG706 = Rule(
    "KG706", "A preset or card that leaves with a newer KAITO", kind="warning", since="0.4", until="0.11"
)
KG707 = Rule("KG707", "More context than the cache will hold", kind="warning", since="0.7")
KG708 = Rule("KG708", "Replicas in one pod", kind="note", since="0.10")
KG709 = Rule(
    "KG709", "The settings spread the model over more GPUs than there are", kind="warning", since="0.7"
)
KG711 = Rule("KG711", "A model that nothing is known about", kind="warning", since="0.9")


_INSTANCE_TYPE: Final = ("resource", "instanceType")
_NAME: Final = ("inference", "preset", "name")
_CONFIG: Final = ("inference", "config")
#: A context below this is a surprise to most who did not choose it.
_SHORT: Final = 8192


def judge(case: Case) -> Iterator[Diagnostic]:
    """Everything to say about one Workspace's size."""
    yield from _on_the_way_out(case)
    if isinstance(case.known, str):
        if case.estimate.runtime == "vllm" and case.ctx.model is None:
            name = cut(case.name)
            advice = f"give the folder that it is in with --model-config {name}=FOLDER"
            yield KG711.at(_NAME, case.known, fix=advice, found=name)
        return
    if case.memory is None:
        return
    failing = list(_failing(case, case.memory))
    yield from failing
    if not failing:
        yield from _context(case, case.memory)
    yield from _fewer(case)
    yield from _replicas(case, case.memory)


def _where(case: Case) -> Path:
    return _INSTANCE_TYPE if "instanceType" in case.ctx.resource else ("resource",)


def _failing(case: Case, bill: Memory) -> Iterator[Diagnostic]:
    """KG701, KG704, KG707 and KG709: KAITO starts it, and vLLM will probably not run."""
    assert not isinstance(case.known, str)
    nodes = case.estimate.nodes
    words = "1 node" if nodes == 1 else f"{nodes} nodes"
    taken, gpus = bill.layout.data * bill.layout.tensor * bill.layout.pipeline, case.estimate.gpus or 0
    if taken > gpus:
        have = "1 GPU" if gpus == 1 else f"{gpus} GPUs"
        message = f"the settings spread {case.name} over {taken} GPUs, and KAITO asks for {words} with {have}: vLLM does not start"
        advice = "remove the parallel sizes from the settings, or take nodes with more GPUs"
        yield KG709.at(_CONFIG, message, fix=advice, found=str(taken), expected=str(gpus))
    elif indivisible(case.known, bill.layout):
        heads = 0 if case.known.shape is None else case.known.shape.heads
        message = f"KAITO spreads {case.name} over {bill.layout.tensor} GPUs, which do not divide its {heads} attention heads: vLLM refuses to start"
        advice = "take an instance type with another number of GPUs, or set tensor-parallel-size"
        yield KG704.at(
            _where(case), message, fix=advice, found=str(bill.layout.tensor), expected=f"a divisor of {heads}"
        )
    elif bill.pool.likely <= 0:
        surely = "has no" if bill.verdict == "fails" else "probably has no"
        message = f"KAITO asks for {words}, and vLLM then {surely} memory left for its cache: {_range(bill)}"
        yield KG701.at(_where(case), message, fix="take GPUs with more memory", found=_gib(bill.pool.likely))
    elif case.estimate.context.served.isdigit() and bill.tokens.likely < int(case.estimate.context.served):
        wanted = int(case.estimate.context.served)
        message = f"max-model-len {wanted} needs more cache than {words} probably have, about {bill.tokens.likely} tokens: vLLM then refuses to start"
        yield KG707.at(
            _CONFIG,
            message,
            fix=f"lower it, or {_more_room(case)}",
            found=str(wanted),
            expected=f"about {bill.tokens.likely}",
        )


def _range(bill: Memory) -> str:
    return f"{_gib(bill.pool.low)} to {_gib(bill.pool.high)} GiB on each GPU"


def _gib(number: int) -> str:
    return f"{number / GIB:.1f}"


def _context(case: Case, bill: Memory) -> Iterator[Diagnostic]:
    """KG702 and KG703: `auto` takes what is there, and nobody chose it."""
    assert not isinstance(case.known, str)
    limit, tokens = case.known.token_limit, bill.context.likely
    if case.estimate.context.served.isdigit() or tokens >= limit or bill.tokens.high is None:
        return
    message = f"KAITO sizes for {case.estimate.context.tokens} tokens and lets vLLM take what is there: expect about {tokens} of the model's {limit}"
    severe = tokens < min(_SHORT, limit)
    advice = f"set max-model-len to what you need, or {_more_room(case)}"
    rule = KG702 if severe else KG703
    yield rule.at(_where(case), message, fix=advice, found=f"about {tokens}", expected=str(limit))


def _more_room(case: Case) -> str:
    node = case.estimate.node
    larger = "take GPUs with more memory"
    eight_bits = node is not None and has_eight_bits(case.ctx, node)
    return f"set kv-cache-dtype: fp8, or {larger}" if eight_bits else larger


def _fewer(case: Case) -> Iterator[Diagnostic]:
    """KG705: the estimate divides the cache by the GPUs of one node, however many nodes there are."""
    nodes, node, launch = case.estimate.nodes, case.estimate.node, case.launch
    if nodes is None or node is None or launch is None or nodes < 2 or isinstance(case.known, str):
        return
    needed = case.estimate.context.tokens
    if not holds(case.ctx.minor, case.known, node, nodes - 1, needed):
        return
    layout = layout_of(case.ctx.minor, case.known.counted[0], node, nodes - 1)
    less = memory(case.known, node, launch._replace(layout=layout))
    if less.verdict == "fails" or less.tokens.likely < needed:
        return
    message = f"KAITO asks for {nodes} nodes, and {nodes - 1} would hold the {needed} tokens by its own rule, {less.tokens.likely} by what vLLM takes: it divides the cache by the GPUs of one node"
    advice = "take an instance type with more GPUs per node, where that makes no difference"
    yield KG705.at(_where(case), message, fix=advice, found=str(nodes), expected=str(nodes - 1))


def _on_the_way_out(case: Case) -> Iterator[Diagnostic]:
    """KG706: what a newer KAITO no longer has."""
    ctx = case.ctx
    short = find_short(ctx.preset or "")
    if short is not None and short[2] > ctx.minor:
        message = f"the preset {cut(ctx.preset or '')} goes with KAITO 0.{short[2]}"
        path = _NAME if ctx.tuning is None else ("tuning", "preset", "name")
        yield KG706.at(path, message, fix="take another model before KAITO is upgraded")
    sku = ctx.sku
    if sku is not None and sku.removed > ctx.minor:
        message = f"{sku.name} ({sku.gpu_model}) leaves KAITO's table with 0.{sku.removed}"
        yield KG706.at(_where(case), message, fix="take a newer card before KAITO is upgraded")


def _replicas(case: Case, bill: Memory) -> Iterator[Diagnostic]:
    """KG708: replicas multiply throughput and weights, not the context."""
    if bill.layout.data > 1:
        message = f"KAITO runs {bill.layout.data} replicas of {case.name} in one pod, one on each GPU with all of the weights"
        advice = "take an instance type with one GPU where one replica is enough"
        yield KG708.at(_where(case), message, fix=advice, found=str(bill.layout.data))
