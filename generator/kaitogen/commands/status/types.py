"""The values of a status: what is known of each object, and what that comes to for a script."""

from dataclasses import dataclass

from kaitogen.errors import EXIT_FINDINGS, EXIT_OK, EXIT_WAITING
from kaitogen.kaito.health import Health
from kaitogen.kaito.sizing.types import Span
from kaitogen.kaito.updates.model import ObjectChange
from kaitogen.typed import Literal, Mapping, NamedTuple, Sequence, TypeAlias

#: What an object comes to: ready as it is written, something that time mends, or something that it does not.
Outlook: TypeAlias = Literal["ready", "waiting", "broken"]


class Replicas(NamedTuple):
    """How many replicas are wanted, and how many of them serve."""

    desired: int
    ready: int


class Nodes(NamedTuple):
    """How many nodes KAITO wants, how many of them are ready, and those that it counts; None is unknown."""

    desired: int | None
    ready: int | None
    names: tuple[str, ...]


class Endpoint(NamedTuple):
    """Where a model answers inside the cluster, or through a Gateway, and what clients send as `model`; empty where unknown.

    `forward` is a command that brings the address to this machine, empty where the address needs none; `curl` one that asks.
    """

    url: str
    model: str
    forward: str
    curl: str


class Measured(NamedTuple):
    """What KAITO's benchmark measured, over `replicas` of them: tokens of input and output together, in a minute.

    `settings` are the benchmark's own, such as inputTokens, as KAITO writes them.
    """

    tokens_per_minute: float
    replicas: int
    settings: Mapping[str, str]


class Planned(NamedTuple):
    """What `kaitogen plan` expects of the same: nodes and GPUs of all replicas, and requests of the longest context at once."""

    nodes: int | None
    gpus: int | None
    context: int
    requests: Span | None


class Replica(NamedTuple):
    """One Workspace, by itself or made by KAITO for a set."""

    name: str
    health: Health
    nodes: Nodes


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """One Workspace or InferenceSet, and how it is.

    `file` is where it is written, empty where it was found in the cluster alone. `drift` is what applying that would
    change, None where nothing is written. `fix` says what to do, empty where that is to wait.
    """

    kind: str
    namespace: str
    name: str
    file: str
    health: Health
    fix: str = ""
    replicas: Replicas | None = None
    nodes: Nodes | None = None
    endpoint: Endpoint | None = None
    measured: Measured | None = None
    planned: Planned | None = None
    drift: tuple[ObjectChange, ...] | None = None
    each: tuple[Replica, ...] = ()

    @property
    def label(self) -> str:
        """The object as people name it: `Workspace inference/phi-4`."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def outlook(self) -> Outlook:
        """What it comes to. What differs from what is written is a sync away, but for what KAITO refuses."""
        refused = any(change.judgement.verdict == "refused" for change in self.drift or ())
        if self.health.state == "Degraded" or refused:
            return "broken"
        return "ready" if self.health.state in ("Healthy", "Suspended") and not self.drift else "waiting"


class Status(NamedTuple):
    """All objects of a status, and where it comes from."""

    source: str
    objects: Sequence[Running]

    @property
    def counts(self) -> dict[str, int]:
        """How many objects come to each outlook."""
        found = [one.outlook for one in self.objects]
        return {outlook: found.count(outlook) for outlook in ("ready", "waiting", "broken")}

    @property
    def exit_code(self) -> int:
        """0 where all are ready, 1 where one is broken, else 5: something is waited for, or there is nothing at all."""
        counts = self.counts
        if counts["broken"]:
            return EXIT_FINDINGS
        return EXIT_WAITING if counts["waiting"] or not self.objects else EXIT_OK
