"""The values of a plan: Workspaces as KAITO will treat them, what they come to, and how they differ from those of a revision."""

from dataclasses import dataclass
from decimal import Decimal

from kaitogen.kaito.objects import ConfigMaps, part, text
from kaitogen.kaito.sizing.costs import Cost, Prices, Usage
from kaitogen.kaito.sizing.instance_types import Choice
from kaitogen.kaito.sizing.types import Sizing
from kaitogen.model import Diagnostic, Json, Manifest, Spec
from kaitogen.nodes.facts import NodeFacts
from kaitogen.typed import TYPE_CHECKING, Final, Literal, Mapping, NamedTuple, TypeAlias

if TYPE_CHECKING:  # a plan of today alone needs none of it
    from kaitogen.commands.diff.report import DiffReport
    from kaitogen.commands.diff.way_out import WayOut
    from kaitogen.kaito.updates.model import Judgement

#: How the codes of findings begin that are about a change of what runs.
_ABOUT_CHANGES: Final = "KG8"

ChangeKind: TypeAlias = Literal["new", "changed", "gone"]


class KaitoObject(NamedTuple):
    """Objects of one kind that KAITO makes for a Workspace. `name` shows in capitals what is unknown beforehand."""

    kind: str
    name: str
    note: str = ""

    def __str__(self) -> str:
        """`Deployment phi-4 (1 pod)`."""
        return f"{self.kind} {self.name} ({self.note})" if self.note else f"{self.kind} {self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedWorkspace:
    """One Workspace of a plan, or one InferenceSet: then `workspace` is what each of its `replicas` is.

    `sizing` is that of one replica, all other figures are those of all of them, of which an autoscaler makes `fewest` at least. `manifests` is all that is made from its intent, the Workspace included. `ignored` are those
    of its findings that are about fields which KAITO does not read. `config_maps` are those of the same output. `command`
    is the line that puts the selected label on the named nodes, empty where KAITO finds nodes without it. `cost` is None
    without prices or where the nodes are unknown, `choice` where it was not asked for. `finished` says that a user wrote
    the object itself, and no intent: `spec` is then what an intent would say.
    """

    spec: Spec
    workspace: Mapping[str, Json]
    manifests: tuple[Manifest, ...]
    strategy: str
    sizing: Sizing
    config_maps: ConfigMaps
    command: str
    findings: tuple[Diagnostic, ...] = ()
    ignored: tuple[Diagnostic, ...] = ()
    cost: Cost | None = None
    choice: Choice | None = None
    finished: bool = False
    replicas: int | None = None
    fewest: int | None = None

    @property
    def name(self) -> str:
        """The Workspace's name."""
        return text(part(self.workspace, "metadata"), "name")

    @property
    def namespace(self) -> str:
        """Its namespace; empty where the intent leaves it to whoever applies it."""
        return text(part(self.workspace, "metadata"), "namespace")

    @property
    def title(self) -> str:
        """Namespace and name, as people write them."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def instance_type(self) -> str:
        """The instance type of the Workspace; empty where it has none."""
        return text(part(self.workspace, "resource"), "instanceType")

    @property
    def nodes(self) -> int | None:
        """How many nodes KAITO will want; None where that is unknown."""
        return self._of_all(self.sizing.estimate.nodes, self.replicas)

    @property
    def gpus(self) -> int | None:
        """All GPUs of these nodes."""
        return self._of_all(self.sizing.estimate.gpus, self.replicas)

    @property
    def fewest_nodes(self) -> int | None:
        """How many nodes there are with the fewest replicas; None where that is unknown."""
        return self._of_all(self.sizing.estimate.nodes, self.fewest)

    @property
    def fewest_gpus(self) -> int | None:
        """All GPUs of these nodes."""
        return self._of_all(self.sizing.estimate.gpus, self.fewest)

    def _of_all(self, number: int | None, replicas: int | None) -> int | None:
        """What one replica takes, for so many of them."""
        return number if number is None or self.replicas is None else number * (replicas or 0)

    @property
    def serving_without_a_node(self) -> tuple[int, int] | None:
        """How many replicas serve when one node is lost, with the fewest that can lose one and with the most; None for

        what does not serve, or has no replica at all.
        """
        if self.replicas is None:
            return None if self.spec.tuning is not None else (0, 0)
        return (max(self.fewest or 0, 1) - 1, self.replicas - 1) if self.replicas else None

    @property
    def extra_replicas(self) -> int:
        """How many replicas more there are while KAITO upgrades: one by the strategy Surge, where its gate is on."""
        upgrade = (self.spec.fleet or {}).get("upgrade", {})
        surges = upgrade.get("enabled") is True and upgrade.get("strategy") == "Surge"
        return int(surges and self.spec.target.feature_gates.get("enableBaseImageAutoUpgrade") is True)

    @property
    def usage(self) -> Usage | None:
        """What has to be paid for it; None where that is unknown, or where the user brings the nodes."""
        node = self.sizing.estimate.node
        if self.nodes is None or node is None or self.spec.target.byo:
            return None
        return Usage(self.instance_type, self.nodes, node.gpus, cheap=self.is_spot)

    @property
    def is_spot(self) -> bool:
        """Whether its selector asks for nodes that the cloud may take back at any time."""
        labels = part(part(part(self.workspace, "resource"), "labelSelector"), "matchLabels")
        return NodeFacts("", ready=True, labels=labels).capacity_type == "spot"

    @property
    def fewest_hourly(self) -> Decimal | None:
        """What it costs for an hour with the fewest replicas; None where that is unknown, or costs nothing."""
        if not self.replicas or self.cost is None or self.cost.unpriced:
            return None
        return self.cost.hour * (self.fewest or 0) / self.replicas

    @property
    def hourly(self) -> Decimal | None:
        """What it costs for an hour; None where there is no price, or the nodes are unknown."""
        if self.spec.target.byo:
            return Decimal(0)
        return None if self.cost is None or self.cost.unpriced else self.cost.hour

    @property
    def fails(self) -> bool:
        """Whether a finding says that it can't work, whatever was there before."""
        return any(
            one.severity == "error" and not one.code.startswith(_ABOUT_CHANGES) for one in self.findings
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One Workspace that is not what it was; `details` say in which respects, besides its figures.

    `judgement` is what KAITO does with the change, `way` how it gets through where that is nothing.
    """

    kind: ChangeKind
    judgement: "Judgement"
    before: PlannedWorkspace | None = None
    after: PlannedWorkspace | None = None
    details: tuple[str, ...] = ()
    way: "WayOut | None" = None

    @property
    def workspace(self) -> PlannedWorkspace:
        """The Workspace as it will be; where it goes, as it was."""
        workspace = self.after or self.before
        assert workspace is not None
        return workspace

    @property
    def nodes(self) -> tuple[int, int]:
        """How many nodes it took and will take, as far as that is known."""
        before, after = (0 if one is None else one.nodes or 0 for one in (self.before, self.after))
        return before, after

    @property
    def gpus(self) -> tuple[int, int]:
        """How many GPUs it took and will take, as far as that is known."""
        before, after = (0 if one is None else one.gpus or 0 for one in (self.before, self.after))
        return before, after

    @property
    def hours(self) -> tuple[Decimal | None, Decimal | None]:
        """What it cost and will cost for an hour."""
        before, after = (Decimal(0) if one is None else one.hourly for one in (self.before, self.after))
        return before, after

    @property
    def refused(self) -> bool:
        """Whether KAITO refuses it."""
        return self.judgement.verdict == "refused"

    @property
    def side_by_side(self) -> bool:
        """Whether what was there goes on until what comes serves: of each, both take nodes meanwhile."""
        if self.refused:
            return self.way is not None
        return self.judgement.verdict == "recreate" or (
            self.kind == "changed" and self.judgement.verdict == "create"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What a plan changes of `before`, the plan at a revision, the most important first. `same` counts what stays.

    `report` has the same changes object by object and field by field.
    """

    revision: str
    before: "Plan"
    changes: tuple[Change, ...]
    same: int
    report: "DiffReport"

    def count(self, kind: ChangeKind) -> int:
        """How many changes there are of a kind."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def refused(self) -> int:
        """How many changes KAITO refuses."""
        return sum(change.refused for change in self.changes)

    @property
    def held(self) -> tuple[int, int]:
        """The nodes and GPUs that run on beside those of the plan until what takes over serves, as far as known."""
        running = [change for change in self.changes if change.side_by_side]
        return sum(change.nodes[0] for change in running), sum(change.gpus[0] for change in running)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """All Workspaces of a run, with all findings of it.

    `cost` is what all nodes cost by `prices`, where those were given; `against` what differs from a revision.
    """

    workspaces: tuple[PlannedWorkspace, ...]
    findings: tuple[Diagnostic, ...]
    prices: Prices | None = None
    cost: Cost | None = None
    against: Comparison | None = None

    @property
    def nodes(self) -> int:
        """The nodes of all Workspaces about which that is known."""
        return sum(one.nodes or 0 for one in self.workspaces)

    @property
    def gpus(self) -> int:
        """The GPUs of all Workspaces about which that is known."""
        return sum(one.gpus or 0 for one in self.workspaces)

    @property
    def fewest_nodes(self) -> int:
        """The same with the fewest replicas of each set."""
        return sum(one.fewest_nodes or 0 for one in self.workspaces)

    @property
    def fewest_gpus(self) -> int:
        """The GPUs of these."""
        return sum(one.fewest_gpus or 0 for one in self.workspaces)

    @property
    def fewest_hour(self) -> Decimal | None:
        """What all cost for an hour with the fewest replicas of each set; None where any has no known price."""
        costs = [(one, one.cost) for one in self.workspaces if one.cost is not None]
        if any(cost.unpriced for _, cost in costs):
            return None
        amounts = (cost.hour if one.replicas is None else one.fewest_hourly for one, cost in costs)
        return sum((amount or Decimal(0) for amount in amounts), Decimal(0))

    @property
    def unknown(self) -> int:
        """How many Workspaces have an unknown number of GPUs."""
        return sum(one.gpus is None for one in self.workspaces)

    @property
    def elsewhere(self) -> list[Diagnostic]:
        """The findings that are about none of the Workspaces."""
        about_workspaces = {finding for one in self.workspaces for finding in one.findings}
        return [finding for finding in self.findings if finding not in about_workspaces]
