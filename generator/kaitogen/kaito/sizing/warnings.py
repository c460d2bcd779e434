"""Where KAITO's estimate and vLLM's memory disagree, or the user will meet something that nobody chose (KG701 to KG719)."""

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.catalogue.models import find_short
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.rules.layout import fault, layout_of
from kaitogen.kaito.sizing.memory import memory_of, takes_fp8
from kaitogen.kaito.sizing.model_spec import ModelSpec
from kaitogen.kaito.sizing.node_estimator import holds
from kaitogen.kaito.sizing.types import Analysis, Memory
from kaitogen.model import GIB, Diagnostic, Path, Rule, Severity
from kaitogen.typed import Final, Iterator

KG701 = Rule("KG701", "KAITO's nodes leave vLLM no memory for its cache", kind="can't work", since="0.7")
KG702 = Rule("KG702", "A short context that nobody chose", kind="warning", since="0.7")
KG703 = Rule("KG703", "A shorter context than the model's", kind="note", since="0.7")
KG705 = Rule("KG705", "One node fewer would do", kind="warning", since="0.7")
KG706 = Rule(
    "KG706", "A preset or card that leaves with a newer KAITO", kind="warning", since="0.4", until="0.11"
)
KG707 = Rule("KG707", "More context than the cache will hold", kind="can't work", since="0.7")
KG708 = Rule("KG708", "Replicas in one pod", kind="note", since="0.10")
KG711 = Rule("KG711", "An unknown model", kind="warning", since="0.9")

_NAME: Final = ("inference", "preset", "name")
_CONFIG: Final = ("inference", "config")
#: A context below this is a surprise to most who did not choose it.
_SHORT: Final = 8192


def judge(analysis: Analysis) -> Iterator[Diagnostic]:
    """Everything to say about one Workspace's size."""
    yield from _leaving(analysis)
    model, memory = analysis.model, analysis.memory
    if isinstance(model, str) and analysis.estimate.runtime == "vllm" and analysis.ctx.model is None:
        name = cut(analysis.name)
        fix = f"give the folder that it is in with --model-config {name}=FOLDER"
        yield KG711.at(_NAME, model, fix=fix, found=name)
    if isinstance(model, str) or memory is None:
        return
    failure = _failure(analysis, model, memory)
    if failure is not None:
        yield failure
    else:
        yield from _context(analysis, model, memory)
    yield from _fewer(analysis, model)
    replicas = memory.layout.data  # which multiply throughput and weights, not the context
    if replicas > 1:
        message = f"KAITO runs {replicas} replicas of {analysis.name} in one pod, one on each GPU with all of the weights"
        fix = "take an instance type with one GPU where one replica is enough"
        yield KG708.at(_path(analysis), message, fix=fix, found=str(replicas))


def _path(analysis: Analysis) -> Path:
    return ("resource", "instanceType") if "instanceType" in analysis.ctx.resource else ("resource",)


def _failure(analysis: Analysis, model: ModelSpec, memory: Memory) -> Diagnostic | None:
    """KG701, KG704, KG707 and KG709: KAITO starts it, and vLLM will not run, or probably not: then it is a warning."""
    served, tokens = analysis.estimate.context.served, memory.tokens.likely
    nodes, gpus = analysis.estimate.nodes or 0, analysis.estimate.gpus or 0
    heads = 0 if model.shape is None else model.shape.heads
    # The same finding as the rules', which know neither models outside the catalogue nor nodes of an inventory.
    if unstartable := fault(analysis.ctx, analysis.name, memory.layout, gpus, nodes, heads=heads):
        return unstartable
    asked = number_of(nodes, "node")
    severity: Severity = "error" if memory.verdict == "fails" else "warning"
    if memory.pool.likely <= 0:
        surely = "has no" if memory.verdict == "fails" else "probably has no"
        room = f"{_gib(memory.pool.low)} to {_gib(memory.pool.high)} GiB on each GPU"
        message = f"KAITO asks for {asked}, and vLLM then {surely} memory left for its cache: {room}"
        fix = "take GPUs with more memory"
        found = _gib(memory.pool.likely)
        return KG701.at(_path(analysis), message, fix=fix, found=found, severity=severity)
    if served.isdigit() and tokens < int(served):
        length = int(served)
        message = f"max-model-len {length} needs more cache than {asked} probably have, about {tokens} tokens: vLLM then refuses to start"
        fix = f"lower it, or {_more_room(analysis)}"
        expected = f"about {tokens}"
        return KG707.at(_CONFIG, message, fix=fix, found=str(length), expected=expected, severity=severity)
    return None


def _gib(number: int) -> str:
    return f"{number / GIB:.1f}"


def _context(analysis: Analysis, model: ModelSpec, memory: Memory) -> Iterator[Diagnostic]:
    """KG702 and KG703: `auto` takes what is there, and nobody chose it."""
    limit, tokens, context = model.token_limit, memory.context.likely, analysis.estimate.context
    if context.served.isdigit() or tokens >= limit or memory.tokens.high is None:
        return
    message = f"KAITO sizes for {context.tokens} tokens and lets vLLM take what is there: expect about {tokens} of the model's {limit}"
    fix = f"set max-model-len to what you need, or {_more_room(analysis)}"
    rule = KG702 if tokens < min(_SHORT, limit) else KG703
    yield rule.at(_path(analysis), message, fix=fix, found=f"about {tokens}", expected=str(limit))


def _more_room(analysis: Analysis) -> str:
    node = analysis.estimate.node
    larger = "take GPUs with more memory"
    return f"set kv-cache-dtype: fp8, or {larger}" if node and takes_fp8(analysis.ctx, node) else larger


def _fewer(analysis: Analysis, model: ModelSpec) -> Iterator[Diagnostic]:
    """KG705: the estimate divides the cache by the GPUs of one node, however many nodes there are."""
    nodes, node, args = analysis.estimate.nodes, analysis.estimate.node, analysis.args
    if nodes is None or node is None or args is None or nodes < 2:
        return
    needed, minor = analysis.estimate.context.tokens, analysis.ctx.minor
    if not holds(minor, model, node, nodes - 1, needed):
        return
    layout = layout_of(analysis.ctx, model.counted[0], (node.gpus, node.memory), nodes - 1)
    less = memory_of(model, node, args._replace(layout=layout))
    if less.verdict == "fails" or less.tokens.likely < needed:
        return
    message = f"KAITO asks for {nodes} nodes, and {nodes - 1} would hold the {needed} tokens by its own rule, {less.tokens.likely} by what vLLM takes: it divides the cache by the GPUs of one node"
    fix = "take an instance type with more GPUs per node, where that makes no difference"
    yield KG705.at(_path(analysis), message, fix=fix, found=str(nodes), expected=str(nodes - 1))


def _leaving(analysis: Analysis) -> Iterator[Diagnostic]:
    """KG706: what a newer KAITO no longer has."""
    ctx = analysis.ctx
    short = find_short(ctx.preset or "")
    if short is not None and short.removed > ctx.minor:
        message = f"the preset {cut(ctx.preset or '')} goes with KAITO 0.{short.removed}"
        path = _NAME if ctx.tuning is None else ("tuning", "preset", "name")
        yield KG706.at(path, message, fix="take another model before KAITO is upgraded")
    sku = ctx.sku
    if sku is not None and sku.removed > ctx.minor:
        message = f"{sku.name} ({sku.gpu_model}) leaves KAITO's table with 0.{sku.removed}"
        yield KG706.at(_path(analysis), message, fix="take a newer card before KAITO is upgraded")
