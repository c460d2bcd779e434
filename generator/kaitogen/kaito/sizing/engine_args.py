"""How KAITO starts vLLM for an estimate, with what the user's own settings win."""

from collections.abc import Mapping
from typing import Final

from kaitogen.kaito import versions
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.sizing.memory import Launch
from kaitogen.kaito.sizing.node_estimator import Settings
from kaitogen.kaito.sizing.overheads import Engine
from kaitogen.kaito.sizing.types import Estimate, Layout, Node
from kaitogen.model import Json

_USUAL: Final = 0.84
#: Only where the card is called exactly so (pkg/model/interface.go:381).
_LOWER: Final = {"NVIDIA A10": 0.82}
#: The compute capability of cards that reckon with 8-bit floating point.
_EIGHT_BITS_COMPUTE: Final = 8.9
#: Cards that can, as their drivers name them: for nodes that a user brings.
_EIGHT_BITS: Final = ("H100", "H200", "L4", "B200", "RTX-6000-Ada")
#: More GPUs or stages than any Workspace has.
_MOST: Final = 4096


def is_known(ctx: RuleContext, node: Node | None) -> bool:
    """Whether anything is known about vLLM on these GPUs under this KAITO."""
    return node is not None and ctx.has(versions.MEMORY_SHARE_PUBLISHED) and is_nvidia(ctx, node)


def is_nvidia(ctx: RuleContext, node: Node) -> bool:
    """Whether the measurements, which are of NVIDIA's cards, say anything about these. A slice is one of theirs."""
    return ctx.byo or node.card.startswith("NVIDIA")


def has_eight_bits(ctx: RuleContext, node: Node) -> bool:
    """Whether the card reckons with 8-bit floating point, which vLLM's fp8 cache asks for (compute capability 8.9)."""
    if ctx.sku is not None:
        return ctx.sku.compute >= _EIGHT_BITS_COMPUTE
    return any(card in node.card for card in _EIGHT_BITS)


def launch(minor: int, estimate: Estimate, node: Node, layout: Layout, said: Settings) -> Launch:
    """The launch of a preset on vLLM."""
    release = versions.RELEASES.get(f"0.{minor}")
    batched = _whole(said.vllm, "max-num-batched-tokens", 2**31) or 0
    engine = Engine("0" if release is None else release.vllm, batched)
    return Launch(
        engine, _share(minor, node, said.vllm), _layout(layout, said.vllm), estimate.context, said.vllm
    )


def _share(minor: int, node: Node, vllm: Mapping[str, Json]) -> float:
    own = _said(vllm, "gpu-memory-utilization")
    if isinstance(own, (int, float)) and not isinstance(own, bool) and 0 < own <= 1:
        return float(own)
    return _LOWER.get(node.card, _USUAL) if versions.SMALLER_SHARE_OF_A10.holds(minor) else _USUAL


def _layout(layout: Layout, vllm: Mapping[str, Json]) -> Layout:
    return Layout(
        _whole(vllm, "data-parallel-size", _MOST) or layout.data,
        _whole(vllm, "tensor-parallel-size", _MOST) or layout.tensor,
        _whole(vllm, "pipeline-parallel-size", _MOST) or layout.pipeline,
    )


def _whole(vllm: Mapping[str, Json], key: str, most: int) -> int | None:
    value = _said(vllm, key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most else None


def _said(vllm: Mapping[str, Json], key: str) -> Json:
    return vllm.get(key, vllm.get(key.replace("-", "_")))
