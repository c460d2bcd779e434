"""One Workspace sized twice, with all that this was made from: what warnings and recommendations look at."""

from typing import NamedTuple

from kaitogen.kaito import versions
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.sizing import node_estimator
from kaitogen.kaito.sizing.engine_args import EngineArgs, engine_args, is_nvidia
from kaitogen.kaito.sizing.memory import memory_of
from kaitogen.kaito.sizing.model_spec import Configs, ModelSpec, model_spec
from kaitogen.kaito.sizing.types import Estimate, Memory, Node


class Analysis(NamedTuple):
    """KAITO's `estimate`, and the `memory` that vLLM then has; None with `args` where nothing is known about that.

    `model` is None where nothing is known about it, and `unknown` says why.
    """

    ctx: RuleContext
    model: ModelSpec | None
    unknown: str
    estimate: Estimate
    args: EngineArgs | None
    memory: Memory | None

    @property
    def name(self) -> str:
        """The model as its owner writes it, or as the Workspace does."""
        return (self.ctx.preset or "") if self.model is None else self.model.id


def analyse(ctx: RuleContext, configs: Configs, node: Node | None) -> Analysis:
    """Both sizes. `node` has the GPUs of the nodes that a user brings."""
    settings = node_estimator.settings(ctx)
    found = model_spec(ctx, configs)
    model, unknown = (None, found) if isinstance(found, str) else (found, "")
    estimate = node_estimator.estimate(ctx, found, node, settings)
    args = memory = None
    on = estimate.node
    published = ctx.has(versions.MEMORY_SHARE_PUBLISHED) and estimate.runtime == "vllm"
    if model is not None and on is not None and published and is_nvidia(ctx, on):
        args = engine_args(ctx.minor, estimate, settings)
        memory = None if args is None else memory_of(model, on, args)
    return Analysis(ctx=ctx, model=model, unknown=unknown, estimate=estimate, args=args, memory=memory)
