"""What is new, gone and changed between two plans of the same paths, and what KAITO does with it; the most important first."""

from decimal import Decimal

from kaitogen.commands.diff.report import DiffReport
from kaitogen.commands.diff.way_out import WayOut
from kaitogen.commands.plan.overview import naturally
from kaitogen.commands.plan.types import Change, ChangeKind, Comparison, Plan, PlannedWorkspace
from kaitogen.diagnostics.wording import from_to
from kaitogen.kaito.updates.model import VERDICTS, Cost, Judgement, ObjectChange
from kaitogen.typed import Final, Iterator, Sequence

_RANK: Final[dict[ChangeKind, int]] = {"new": 0, "changed": 1, "gone": 2}
#: Of what KAITO treats alike, since nothing that is applied differs.
_NOTHING_APPLIED: Final = Judgement("in place", "nothing that is applied changes")


class _Judged:
    """What becomes of objects, found by the Workspaces and sets that they are, or are made beside."""

    def __init__(self, report: DiffReport) -> None:
        self._report = report
        self._old = {one.before.identity: one for one in report.comparison.objects if one.before is not None}
        self._new = {one.after.identity: one for one in report.comparison.objects if one.after is not None}
        self._beside: dict[int, list[ObjectChange]] = {}
        for one in report.comparison.objects:
            if one.before is not None and one.after is not None and one.after.spec is not None:
                self._beside.setdefault(id(one.after.spec), []).append(one)

    def change(
        self,
        kind: ChangeKind,
        was: PlannedWorkspace | None,
        will: PlannedWorkspace | None,
        details: tuple[str, ...] = (),
    ) -> Change:
        """The change with its judgement; its way out takes what the plans say, who may know more of a model."""
        own = None
        if will is not None:
            own = self._new.get(_identity(will))
        elif was is not None:
            own = self._old.get(_identity(was))
        judgement = own.judgement if own is not None else _NOTHING_APPLIED
        if own is None and will is not None:
            beside = [one.judgement for one in self._beside.get(id(will.spec), ())]
            judgement = min(beside, key=lambda one: VERDICTS.index(one.verdict), default=judgement)
        way = None if own is None else self._report.way_out(own)
        if way is not None and was is not None and will is not None:
            way = _as_planned(way, was, will)
        return Change(kind=kind, judgement=judgement, before=was, after=will, details=details, way=way)


def _identity(planned: PlannedWorkspace) -> tuple[str, str, str, str]:
    kind = "Workspace" if planned.replicas is None else "InferenceSet"
    return "kaito.sh", kind, planned.namespace, planned.name


def _as_planned(way: WayOut, was: PlannedWorkspace, will: PlannedWorkspace) -> WayOut:
    held, needed = Cost(was.nodes, was.gpus), Cost(will.nodes, will.gpus)
    return way._replace(held=held, needed=needed, meanwhile=held.plus(needed))


def compare(before: Plan, after: Plan, report: DiffReport) -> Comparison:
    """What became of the Workspaces of a revision; `report` is the comparison of the objects of both sides."""
    judged = _Judged(report)
    old = {(one.namespace, one.name): one for one in before.workspaces}
    new = {(one.namespace, one.name): one for one in after.workspaces}
    both = [(old[key], new[key]) for key in old if key in new]
    changes = [
        *(judged.change("new", None, one) for key, one in new.items() if key not in old),
        *(judged.change("gone", one, None) for key, one in old.items() if key not in new),
        *(
            judged.change("changed", was, will, tuple(_details(was, will)))
            for was, will in both
            if _differ(was, will)
        ),
    ]
    same = len(both) - sum(change.kind == "changed" for change in changes)
    return Comparison(
        revision=report.against,
        before=before,
        changes=tuple(sorted(changes, key=_importance)),
        same=same,
        report=report,
    )


def _importance(change: Change) -> tuple[bool, list[Decimal], int, list[tuple[int, str]]]:
    """What can't work comes first, then the most money, the most GPUs, the most nodes."""
    fails = change.refused or (change.after is not None and change.after.fails)
    figures: Sequence[tuple[Decimal | int | None, Decimal | int | None]] = (
        change.hours,
        change.gpus,
        change.nodes,
    )
    differences = [-abs(Decimal(after or 0) - Decimal(before or 0)) for before, after in figures]
    return not fails, differences, _RANK[change.kind], naturally(change.workspace.title)


def _differ(was: PlannedWorkspace, will: PlannedWorkspace) -> bool:
    """Whether anything that is applied differs, or anything that KAITO makes of it."""
    if (was.spec.target, was.sizing.estimate) != (will.spec.target, will.sizing.estimate):
        return True
    return [one.data for one in was.manifests] != [one.data for one in will.manifests]


def _details(was: PlannedWorkspace, will: PlannedWorkspace) -> Iterator[str]:
    """The respects in which a Workspace changes; what has no name of its own here is `other fields`."""
    pairs = zip(_respects(was).items(), _respects(will).values(), strict=True)
    changed = [f"{name} {old} -> {new}" for (name, old), new in pairs if old != new]
    yield from changed or ["other fields"]


def _respects(planned: PlannedWorkspace) -> dict[str, str]:
    estimate, target = planned.sizing.estimate, planned.spec.target
    return {
        "replicas": "one Workspace"
        if planned.replicas is None
        else from_to(planned.fewest or 0, planned.replicas),
        "model": planned.sizing.model or "none",
        "runtime": estimate.runtime,
        "instance type": planned.instance_type or "none",
        "strategy": planned.strategy,
        "layout": "none" if estimate.layout is None else "x".join(map(str, estimate.layout)),
        "context": f"{estimate.context.tokens:,}",
        "KAITO": target.kaito,
        "node provisioner": target.node_provisioner,
    }
