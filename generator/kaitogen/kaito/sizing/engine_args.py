"""How KAITO starts vLLM for an estimate, with what the user's own settings override."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from kaitogen.kaito import versions
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.layout import Layout, setting, whole, with_settings
from kaitogen.kaito.sizing.node_estimator import Settings
from kaitogen.kaito.sizing.overheads import Engine
from kaitogen.kaito.sizing.types import Context, Estimate, Node
from kaitogen.model import Json

_USUAL_SHARE: Final = 0.84
#: Only where the card is called exactly so (pkg/model/interface.go:391@v0.12.0).
_SMALLER_SHARE: Final = {"NVIDIA A10": 0.82}
#: The compute capability of cards with 8-bit floating point, which vLLM's fp8 cache asks for.
_FP8_COMPUTE: Final = 8.9
#: Cards that do, as their drivers name them: for nodes that a user brings.
_FP8_CARDS: Final = ("H100", "H200", "L4", "B200", "RTX-6000-Ada")


class EngineArgs(NamedTuple):
    """Which vLLM starts, with which share of the GPU, in which layout, for how long a context, and its own settings."""

    engine: Engine
    utilization: float
    layout: Layout
    context: Context
    vllm: Mapping[str, Json]


def is_nvidia(ctx: RuleContext, node: Node) -> bool:
    """Whether the measurements, which are of NVIDIA's cards, say anything about these. A slice is one of theirs."""
    return ctx.byo or node.card.startswith("NVIDIA")


def takes_fp8(ctx: RuleContext, node: Node) -> bool:
    """Whether the card has 8-bit floating point."""
    if ctx.sku is not None:
        return ctx.sku.compute >= _FP8_COMPUTE
    return any(card in node.card for card in _FP8_CARDS)


def engine_args(minor: int, estimate: Estimate, settings: Settings) -> EngineArgs | None:
    """How a preset is started on vLLM; None where the estimate has no nodes to start it on."""
    node, layout, vllm = estimate.node, estimate.layout, settings.vllm
    if node is None or layout is None:
        return None
    batched = whole(vllm, "max-num-batched-tokens", 2**31) or 0
    return EngineArgs(
        engine=Engine(versions.RELEASES[f"0.{minor}"].vllm, batched),
        utilization=_share(minor, node, vllm),
        layout=with_settings(layout, vllm),
        context=estimate.context,
        vllm=vllm,
    )


def _share(minor: int, node: Node, vllm: Mapping[str, Json]) -> float:
    own = setting(vllm, "gpu-memory-utilization")
    if isinstance(own, (int, float)) and not isinstance(own, bool) and 0 < own <= 1:
        return float(own)
    smaller = _SMALLER_SHARE if versions.SMALLER_SHARE_OF_A10.holds(minor) else {}
    return smaller.get(node.card, _USUAL_SHARE)
