"""The values of a size: KAITO's own estimate of nodes, and the memory that vLLM will then probably have.

All memory is in bytes, all lengths in tokens. The two are kept apart: an estimate is the controller's own
arithmetic, memory an expectation whose every figure says how far it can be trusted.
"""

from types import MappingProxyType

from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.layout import Layout
from kaitogen.kaito.sizing.model_spec import ModelSpec
from kaitogen.model import Diagnostic, Json
from kaitogen.typed import Callable, Final, Literal, Mapping, NamedTuple, TypeAlias

#: exact: computed from what is known. measured: seen on the named version and card. assumed: neither, so a range.
Label: TypeAlias = Literal["exact", "measured", "assumed"]
#: What serves the model. `template` is a user's own pod, about which nobody knows anything.
Runtime: TypeAlias = Literal["vllm", "transformers", "template", "tuning"]
#: Whether vLLM will start: with every figure at its worst, only with better ones, or not even at the best.
Verdict: TypeAlias = Literal["fits", "tight", "fails"]

#: vLLM 0.17 took 60 % off the peak of the activations (Qwen3-14B: 5.64 GiB before, 2.23 GiB since).
_LEAN_VLLM: Final = (0, 17)


class Node(NamedTuple):
    """The GPUs of one node as KAITO sees them: how many, how many bytes all of them have, and their model.

    `source` says where that is from; `measured` is the memory of one GPU as its driver reports it, 0 where nobody
    has asked the card.
    """

    gpus: int
    memory: int
    card: str
    source: str
    measured: int = 0

    @property
    def memory_per_gpu(self) -> int:
        """The bytes of one GPU, divided as KAITO divides."""
        return self.memory // self.gpus


class Context(NamedTuple):
    """The tokens that the estimate counts with, how they were found, and what `--max-model-len` vLLM gets.

    `served` is a number as text, `auto`, `computed` (by KAITO, from the free memory) or empty (not passed). `vllm` is that
    section of the Workspace's ConfigMap.
    """

    tokens: int
    source: str
    served: str
    vllm: Mapping[str, Json] = MappingProxyType({})


class Estimate(NamedTuple):
    """What the controller will ask for. What is not known is None, and `unknown` says why.

    `requested` is the count that the Workspace says, `nodes` what the controller will want whatever that is.
    `certain` is false where KAITO's own sizes of that version are not published, so that the catalogue's stand in.
    `reasons` are sentences without a full stop, the arithmetic first.
    """

    kaito: str
    runtime: Runtime
    requested: int | None
    nodes: int | None
    node: Node | None
    context: Context
    layout: Layout | None = None
    certain: bool = True
    reasons: tuple[str, ...] = ()
    unknown: str = ""

    @property
    def gpus(self) -> int | None:
        """All GPUs that the Workspace will hold."""
        return None if self.nodes is None or self.node is None else self.nodes * self.node.gpus


class EngineArgs(NamedTuple):
    """How KAITO starts vLLM: which version, with how many tokens in a batch (0: its default), share of the GPU and layout."""

    version: str
    batched_tokens: int
    utilization: float
    layout: Layout
    context: Context

    @property
    def lean(self) -> bool:
        """Whether the measurements of 0.19 say something about it."""
        return tuple(int(word) for word in self.version.split(".")[:2]) >= _LEAN_VLLM


class Span(NamedTuple):
    """A number with its range. `high` is None where nobody can say how much more it may be."""

    low: int
    likely: int
    high: int | None

    def each(self, change: Callable[[int], int]) -> "Span":
        """The same of each of them that is known."""
        return Span(change(self.low), change(self.likely), None if self.high is None else change(self.high))


class Term(NamedTuple):
    """A part of the memory of a GPU, in bytes; an exact one has one value three times."""

    name: str
    low: int
    likely: int
    high: int
    label: Label
    source: str


class Memory(NamedTuple):
    """What the memory of one GPU goes to, and what follows for requests.

    `gpu` is the memory of the card; `terms` are weights, activations, non-torch, reserve and KV cache, which add up to
    it where their likely values are taken. `per_token` is what one token takes on one GPU. `tokens` is the KV cache of
    one replica, `context` the longest request that fits, `requests` how many of that length run at once over all replicas.
    `vllm` is the version whose behaviour was counted with.
    """

    vllm: str
    layout: Layout
    utilization: float
    gpu: Term
    terms: tuple[Term, ...]
    pool: Term
    per_token: Term
    tokens: Span
    context: Span
    requests: Span
    verdict: Verdict


class Analysis(NamedTuple):
    """KAITO's `estimate`, and the `memory` that vLLM then has; None with `args` where nothing is known about that.

    `model` is why nothing is known about it, where that is so.
    """

    ctx: RuleContext
    model: ModelSpec | str
    estimate: Estimate
    args: EngineArgs | None
    memory: Memory | None

    @property
    def name(self) -> str:
        """The model as its owner writes it, or as the Workspace does."""
        return (self.ctx.preset or "") if isinstance(self.model, str) else self.model.id


class Recommendation(NamedTuple):
    """The one change that helps most, as an instruction, and what it does, computed."""

    change: str
    effect: str


class Sizing(NamedTuple):
    """Both for one Workspace. `missing` says why nothing is known of the memory; paths of warnings are the Workspace's."""

    model: str
    estimate: Estimate
    memory: Memory | None
    missing: str
    recommendation: Recommendation | None
    warnings: tuple[Diagnostic, ...]
