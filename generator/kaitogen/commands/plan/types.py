"""The values of a plan: Workspaces as KAITO will treat them, what they come to, and how they differ from those of a revision."""

from decimal import Decimal

from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.ignored import label_line
from kaitogen.kaito.served_name import name_and_source
from kaitogen.kaito.sizing.costs import Cost, Prices, Usage
from kaitogen.kaito.sizing.instance_types import Choice
from kaitogen.kaito.sizing.types import Sizing
from kaitogen.kaito.updates.model import Judgement, Takes
from kaitogen.model import Diagnostic, Manifest, Spec
from kaitogen.nodes.facts import NodeFacts
from kaitogen.typed import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:  # a plan of today alone needs none of it
    from kaitogen.commands.diff.report import DiffReport, WayOut

#: How the codes of findings begin that are about a change of what runs.
_ABOUT_CHANGES: Final = "KG8"

ChangeKind: TypeAlias = Literal["new", "changed", "gone"]


class KaitoObject(NamedTuple):
    """Objects of one kind that KAITO makes for a Workspace. `name` shows in capitals what is unknown beforehand."""

    kind: str
    name: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.note})" if self.note else f"{self.kind} {self.name}"


class PlannedWorkspace(NamedTuple):
    """One Workspace of a plan, or one InferenceSet (`is_set`): then `ctx` is of what each of its `replicas` is.

    `namespace` is empty where the intent leaves it to whoever applies it, `instance_type` where it has none. `sizing` is
    that of one replica, all other figures are those of all of them, of which an autoscaler makes `fewest` at least.
    `manifests` is all that is made from its intent, the Workspace included. `cost` is None without prices or where the
    nodes are unknown, `choice` where it was not asked for. `finished` says that a user wrote the object itself, and no
    intent: `spec` is then what an intent would say.
    """

    spec: Spec
    ctx: RuleContext
    name: str
    namespace: str
    instance_type: str
    manifests: tuple[Manifest, ...]
    strategy: str
    sizing: Sizing
    findings: tuple[Diagnostic, ...] = ()
    cost: Cost | None = None
    choice: Choice | None = None
    finished: bool = False
    is_set: bool = False
    replicas: int = 1
    fewest: int = 1

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """API group, kind, namespace and name of the object, as items of a comparison have them."""
        kind = "InferenceSet" if self.is_set else "Workspace"
        return "kaito.sh", kind, self.namespace, self.name

    @property
    def title(self) -> str:
        """Namespace and name, as people write them."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def takes(self) -> Takes:
        """What all replicas take."""
        return self._each.times(self.replicas)

    @property
    def fewest_take(self) -> Takes:
        """What the fewest replicas take."""
        return self._each.times(self.fewest)

    @property
    def _each(self) -> Takes:
        return Takes(self.sizing.estimate.nodes, self.sizing.estimate.gpus)

    @property
    def model(self) -> tuple[str, str]:
        """The name that clients send, and the ConfigMap that may say another one, as `name_and_source` has them."""
        return name_and_source(self.ctx, of_set=self.name if self.is_set else "")

    @property
    def command(self) -> str:
        """The line that puts the selected label on the named nodes; empty where KAITO finds nodes without it."""
        return label_line(self.ctx)

    @property
    def serving_without_a_node(self) -> tuple[int, int] | None:
        """How many replicas serve when one node is lost: of the fewest that can lose one, and of all; None where nothing serves."""
        if not self.is_set:
            return None if self.spec.tuning is not None else (0, 0)
        return (max(self.fewest, 1) - 1, self.replicas - 1) if self.replicas else None

    @property
    def extra_replicas(self) -> int:
        """How many replicas more there are while KAITO upgrades: one by the strategy Surge, where its gate is on."""
        upgrade = (self.spec.fleet or {}).get("upgrade", {})
        surges = upgrade.get("enabled") is True and upgrade.get("strategy") == "Surge"
        return int(surges and self.spec.target.feature_gates.get("enableBaseImageAutoUpgrade") is True)

    @property
    def usage(self) -> Usage | None:
        """What has to be paid for it; None where that is unknown, or where the user brings the nodes."""
        node, nodes = self.sizing.estimate.node, self.takes.nodes
        if nodes is None or node is None or self.spec.target.byo:
            return None
        return Usage(self.instance_type, nodes, node.gpus, cheap=self.is_spot)

    @property
    def is_spot(self) -> bool:
        """Whether its selector asks for nodes that the cloud may take back at any time."""
        return NodeFacts("", ready=True, labels=self.ctx.match_labels).capacity_type == "spot"

    @property
    def fewest_hourly(self) -> Decimal | None:
        """What it costs for an hour with the fewest replicas; None where that is unknown, or costs nothing."""
        if self.cost is None or self.cost.unpriced:
            return None
        return self.cost.hour * self.fewest / self.replicas if self.replicas else self.cost.hour

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


class Figures(NamedTuple):
    """Nodes and GPUs, as far as they are known, and what they cost for an hour, None where that is unknown."""

    nodes: int = 0
    gpus: int = 0
    hour: Decimal | None = Decimal(0)

    def times(self, number: int) -> "Figures":
        """What so many of them take together."""
        hour = None if self.hour is None else self.hour * number
        return Figures(self.nodes * number, self.gpus * number, hour)


class Change(NamedTuple):
    """One Workspace that is not what it was; `details` say in which respects, besides its figures.

    `judgement` is what KAITO does with the change, `way` how it gets through where that is nothing.
    """

    judgement: Judgement
    before: PlannedWorkspace | None = None
    after: PlannedWorkspace | None = None
    details: tuple[str, ...] = ()
    way: "WayOut | None" = None

    @property
    def kind(self) -> ChangeKind:
        """Which of the two sides has it."""
        if self.before is None:
            return "new"
        return "gone" if self.after is None else "changed"

    @property
    def workspace(self) -> PlannedWorkspace:
        """The Workspace as it will be; where it goes, as it was."""
        workspace = self.after or self.before
        assert workspace is not None
        return workspace

    @property
    def figures(self) -> tuple[Figures, Figures]:
        """What it took and will take."""
        before, after = (
            Figures() if one is None else Figures(one.takes.nodes or 0, one.takes.gpus or 0, one.hourly)
            for one in (self.before, self.after)
        )
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


class Comparison(NamedTuple):
    """What a plan changes of `before`, the plan at a revision, the most important first. `same` counts what stays.

    `report` has the same changes object by object and field by field.
    """

    revision: str
    before: "Plan"
    changes: tuple[Change, ...]
    same: int
    report: "DiffReport"

    @property
    def held(self) -> tuple[int, int]:
        """The nodes and GPUs that run on beside those of the plan until what takes over serves, as far as known."""
        running = [change.figures[0] for change in self.changes if change.side_by_side]
        return sum(one.nodes for one in running), sum(one.gpus for one in running)


class Plan(NamedTuple):
    """All Workspaces of a run, with all findings of it.

    `nodes` and `gpus` are those of all Workspaces, the fewest those with the fewest replicas of each set; the GPUs of
    `unknown` many are unknown, and not among them. `cost` is what all nodes cost by `prices`, where those were given;
    `against` what differs from a revision.
    """

    workspaces: tuple[PlannedWorkspace, ...]
    findings: tuple[Diagnostic, ...]
    nodes: int
    gpus: int
    fewest_nodes: int
    fewest_gpus: int
    unknown: int
    prices: Prices | None = None
    cost: Cost | None = None
    against: Comparison | None = None

    @property
    def fewest_hour(self) -> Decimal | None:
        """What all cost for an hour with the fewest replicas of each set; None where any has no known price."""
        amounts = [one.fewest_hourly for one in self.workspaces if one.cost is not None]
        known = [one for one in amounts if one is not None]
        return sum(known, Decimal(0)) if len(known) == len(amounts) else None

    @property
    def elsewhere(self) -> list[Diagnostic]:
        """The findings that are about none of the Workspaces."""
        about_workspaces = {finding for one in self.workspaces for finding in one.findings}
        return [finding for finding in self.findings if finding not in about_workspaces]
