"""A plan beside that of a git revision: what is new, changed and gone, and what KAITO does with each; the most important first."""

from collections import defaultdict
from decimal import Decimal

from kaitogen.commands.diff.baseline import changes_between
from kaitogen.commands.diff.report import DiffReport, ways_out
from kaitogen.commands.plan.build import PlanOptions, build_plan, by_origin
from kaitogen.commands.plan.rows import naturally
from kaitogen.commands.plan.types import Change, ChangeKind, Comparison, Plan, PlannedWorkspace
from kaitogen.diagnostics.placing import in_file_order
from kaitogen.diagnostics.suppression import settled
from kaitogen.diagnostics.wording import from_to, number_of
from kaitogen.kaito.updates.findings import problems
from kaitogen.kaito.updates.model import VERDICTS, Judgement, items_of
from kaitogen.model import Diagnostic, Request, Result, Rule
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.revisions import request_at
from kaitogen.typed import Final

KG730 = Rule("KG730", "The intents of the revision had errors", kind="warning")

_RANK: Final[dict[ChangeKind, int]] = {"new": 0, "changed": 1, "gone": 2}
#: Of what KAITO treats alike, since nothing that is applied differs.
_NOTHING_APPLIED: Final = Judgement("in place", "nothing that is applied changes")


def against(
    revision: str, plan: Plan, result: Result, request: Request, options: PlanOptions
) -> tuple[Plan, list[Diagnostic]]:
    """The plan with what became of the Workspaces of a revision, and what keeps the revision from being read whole.

    `result` is the run of the request that the plan is of. What KAITO refuses of the changes, or takes without effect,
    is among the plan's findings, as in `validate --against`.
    """
    with request_at(revision, request.paths, request) as earlier:
        past = generate(earlier)
        before = build_plan(past, options._replace(choosing=False))
    target = request.target
    old, new = items_of(past, target)[0], items_of(result, target)[0]
    changes = changes_between(old, new, f"{revision}:")
    kept, _, about = settled(problems(changes), [item.origin for item in new])
    report = DiffReport(changes, revision, ways_out(changes, old, new))
    own = by_origin(about, set(kept))
    workspaces = tuple(
        one._replace(findings=(*one.findings, *own.get(id(one.spec.origin), ()))) for one in plan.workspaces
    )
    every = in_file_order(dict.fromkeys((*plan.findings, *kept)), result.files)
    plan = plan._replace(workspaces=workspaces, findings=tuple(every))
    return plan._replace(against=_compared(before, plan, report)), _about_the_past(revision, before)


def _about_the_past(revision: str, before: Plan) -> list[Diagnostic]:
    """What keeps the past from being read stops the run; what was wrong with the intents then is a warning."""
    errors = [one for one in before.elsewhere if one.severity == "error"]
    unreadable = [one for one in errors if one.rule.kind == "environment"]
    wrong = len(errors) - len(unreadable)
    if not wrong:
        return unreadable
    number = number_of(wrong, "error")
    message = f"the intents at this revision have {number}: what they could not make counts as new"
    fix = "compare with a revision whose intents are valid"
    return [*unreadable, KG730.in_file(revision, message, fix=fix)]


class _Judged:
    """What becomes of objects, found by the Workspaces and sets that they are, or are made beside."""

    def __init__(self, report: DiffReport) -> None:
        objects = report.comparison.objects
        self._report = report
        self._old = {one.before.identity: one for one in objects if one.before is not None}
        self._new = {one.after.identity: one for one in objects if one.after is not None}
        self._beside: defaultdict[int, list[Judgement]] = defaultdict(list)
        for one in objects:
            if one.before is not None and one.after is not None and one.after.spec is not None:
                self._beside[id(one.after.spec)].append(one.judgement)

    def change(self, was: PlannedWorkspace | None, will: PlannedWorkspace | None) -> Change:
        """The change with its judgement; its way out takes what the plans say, who may know more of a model."""
        own = judgement = way = None
        if will is not None:
            own = self._new.get(will.identity)
        elif was is not None:
            own = self._old.get(was.identity)
        if own is not None:
            judgement, way = own.judgement, self._report.way_out(own)
        elif will is not None:
            beside = self._beside.get(id(will.spec), ())
            judgement = min(beside, key=lambda one: VERDICTS.index(one.verdict), default=None)
        details: tuple[str, ...] = ()
        if was is not None and will is not None:
            pairs = zip(_respects(was).items(), _respects(will).values(), strict=True)
            changed = tuple(f"{name} {old} -> {new}" for (name, old), new in pairs if old != new)
            details = changed or ("other fields",)
            if way is not None:
                way = way._replace(held=was.takes, needed=will.takes)
        judgement = judgement or _NOTHING_APPLIED
        return Change(judgement=judgement, before=was, after=will, details=details, way=way)


def _compared(before: Plan, after: Plan, report: DiffReport) -> Comparison:
    """What became of the Workspaces of a revision; `report` is the comparison of the objects of both sides."""
    judged = _Judged(report)
    old, new = ({(one.namespace, one.name): one for one in plan.workspaces} for plan in (before, after))
    pairs = [(old.get(key), new.get(key)) for key in {**new, **old}]
    changes = [judged.change(was, will) for was, will in pairs if _differ(was, will)]
    return Comparison(
        revision=report.against,
        before=before,
        changes=tuple(sorted(changes, key=_importance)),
        same=len(pairs) - len(changes),
        report=report,
    )


def _importance(change: Change) -> tuple[bool, list[Decimal], int, list[tuple[int, str]]]:
    """What can't work comes first, then the most money, the most GPUs, the most nodes."""
    fails = change.refused or (change.after is not None and change.after.fails)
    pairs = zip(*(reversed(figures) for figures in change.figures), strict=True)
    differences = [-abs(Decimal(after or 0) - Decimal(before or 0)) for before, after in pairs]
    return not fails, differences, _RANK[change.kind], naturally(change.workspace.title)


def _differ(was: PlannedWorkspace | None, will: PlannedWorkspace | None) -> bool:
    """Whether anything that is applied differs, or anything that KAITO makes of it."""
    if was is None or will is None:
        return True
    if (was.spec.target, was.sizing.estimate) != (will.spec.target, will.sizing.estimate):
        return True
    return [one.data for one in was.manifests] != [one.data for one in will.manifests]


def _respects(planned: PlannedWorkspace) -> dict[str, str]:
    """The respects in which a Workspace may change that have a name of their own."""
    estimate, target = planned.sizing.estimate, planned.spec.target
    return {
        "replicas": from_to(planned.fewest, planned.replicas) if planned.is_set else "one Workspace",
        "model": planned.sizing.model or "none",
        "runtime": estimate.runtime,
        "instance type": planned.instance_type or "none",
        "strategy": planned.strategy,
        "layout": "none" if estimate.layout is None else "x".join(map(str, estimate.layout)),
        "context": f"{estimate.context.tokens:,}",
        "KAITO": target.kaito,
        "node provisioner": target.node_provisioner,
    }
