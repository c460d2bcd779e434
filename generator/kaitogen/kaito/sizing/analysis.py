"""Both columns of one Workspace with all that they were made from: what warnings and levers look at."""

from typing import NamedTuple

from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.sizing import engine_args, node_estimator
from kaitogen.kaito.sizing.memory import Launch, memory
from kaitogen.kaito.sizing.model_spec import Configs, Subject, subject
from kaitogen.kaito.sizing.types import Estimate, Memory, Node


class Case(NamedTuple):
    """`known` is the model, or why nothing is known about it; `launch` and `memory` are there together."""

    ctx: RuleContext
    known: Subject | str
    estimate: Estimate
    launch: Launch | None
    memory: Memory | None

    @property
    def name(self) -> str:
        """The model as its owner writes it, or as the Workspace does."""
        return (self.ctx.preset or "") if isinstance(self.known, str) else self.known.id


def case_of(ctx: RuleContext, configs: Configs, node: Node | None) -> Case:
    """Both columns, and what they were made from."""
    said = node_estimator.settings(ctx)
    known = subject(ctx, configs)
    estimate = node_estimator.estimate(ctx, known, node, said)
    launch = bill = None
    ready = estimate.node is not None and estimate.layout is not None and not isinstance(known, str)
    if ready and estimate.runtime == "vllm" and engine_args.is_known(ctx, estimate.node):
        assert estimate.node is not None
        assert estimate.layout is not None
        assert not isinstance(known, str)
        launch = engine_args.launch(ctx.minor, estimate, estimate.node, estimate.layout, said)
        bill = memory(known, estimate.node, launch)
    return Case(ctx, known, estimate, launch, bill)
