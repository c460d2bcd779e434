"""The one change that helps most, with its effect computed by the same arithmetic."""

from typing import Final

from generator.catalogue.skus import Sku, all_skus
from generator.sizing.case import Case
from generator.sizing.kaito import Settings, estimate, moved
from generator.sizing.launching import launch
from generator.sizing.memory import Launch, memory
from generator.sizing.model import Lever, Memory
from generator.sizing.overheads import GIB

#: Lengths are advised in whole multiples of it.
_STEP: Final = 1024
_FP8: Final = "kv-cache-dtype"


def lever(case: Case) -> Lever | None:
    """The lever for one Workspace; None where nothing is known, or nothing needs to move."""
    bill = case.memory
    if bill is None or case.launch is None or isinstance(case.known, str):
        return None
    wanted = case.estimate.context.served
    need = int(wanted) if wanted.isdigit() else 1
    if bill.pool.likely <= 0 or (bill.verdict == "fails" and bill.tokens.likely >= need):
        return _larger(case)
    better = _with_fp8(case, case.launch)
    if bill.tokens.likely < need:
        if better is not None and better.tokens.likely >= need:
            return Lever(
                f"set {_FP8}: fp8",
                f"{_tokens(bill)} -> {_tokens(better)} tokens of cache, so that {need:,} fit",
            )
        length = bill.tokens.likely // _STEP * _STEP
        return (
            Lever(f"set max-model-len: {length}", f"{need:,} -> {length:,} tokens, so that vLLM starts")
            if length
            else _larger(case)
        )
    if better is None:
        return None
    if better.context.likely > bill.context.likely:
        effect = f"{bill.context.likely:,} -> {better.context.likely:,} tokens of context"
    else:
        effect = f"{bill.requests.likely:,} -> {better.requests.likely:,} requests of {bill.context.likely:,} tokens at once"
    return Lever(f"set {_FP8}: fp8", effect)


def _tokens(bill: Memory) -> str:
    return f"{bill.tokens.likely:,}"


def _with_fp8(case: Case, how: Launch) -> Memory | None:
    """The bill with a cache of 8 bits; None where it has one already."""
    assert not isinstance(case.known, str)
    assert case.estimate.node is not None
    better = memory(case.known, case.estimate.node, how._replace(vllm={**how.vllm, _FP8: "fp8"}))
    assert case.memory is not None
    return better if better.per_token.likely < case.memory.per_token.likely else None


def _larger(case: Case) -> Lever | None:
    """The smallest instance type of the same provider on which the model fits at the worst."""
    facts = case.facts
    if facts.byo or facts.sku is None:
        return None
    for sku in sorted(all_skus(facts.provider), key=lambda one: (one.memory, one.gpus, one.name)):
        if sku.known_to(facts.minor) and (bill := _on(case, sku)) is not None and bill.verdict == "fits":
            effect = f"{_gib(case.memory)} -> {_gib(bill)} GiB of cache on each GPU"
            return Lever(f"take {sku.name}", effect)
    return None


def _gib(bill: Memory | None) -> str:
    return "0" if bill is None else f"{bill.pool.likely / GIB:.1f}"


def _on(case: Case, sku: Sku) -> Memory | None:
    """The bill of the same Workspace on another instance type; None where KAITO finds no number of nodes."""
    assert not isinstance(case.known, str)
    assert case.launch is not None
    said = Settings(case.launch.vllm, case.estimate.context.tokens, case.estimate.context.source)
    other = estimate(moved(case.facts, sku.name), case.known, None, said)
    if other.node is None or other.layout is None:
        return None
    return memory(case.known, other.node, launch(case.facts.minor, other, other.node, other.layout, said))
