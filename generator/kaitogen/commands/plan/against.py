"""A plan beside that of a git revision: what is new, changed and gone, and what KAITO does with each change."""

from dataclasses import replace

from kaitogen.commands.diff.baseline import changes_between, findings_about
from kaitogen.commands.diff.report import DiffReport
from kaitogen.commands.diff.way_out import ways_out
from kaitogen.commands.plan.build import PlanOptions, build_plan, by_origin
from kaitogen.commands.plan.changes import compare
from kaitogen.commands.plan.types import Plan
from kaitogen.diagnostics.placing import in_file_order
from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.updates.model import items_of
from kaitogen.model import Diagnostic, Request, Result, Rule, Target
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.revisions import request_at

KG730 = Rule("KG730", "The intents of the revision had errors", kind="warning")


def against(
    revision: str, plan: Plan, result: Result, request: Request, options: PlanOptions
) -> tuple[Plan, list[Diagnostic]]:
    """The plan with what became of the Workspaces of a revision, and what keeps the revision from being read whole.

    `result` is the run of the request that the plan is of. What KAITO refuses of the changes, or takes without effect,
    is among the plan's findings, as in `validate --against`.
    """
    with request_at(revision, request.paths, request) as earlier:
        past = generate(earlier)
        before = build_plan(past, replace(options, choosing=False))
    target = request.objects_target or Target()
    old, new = items_of(past, target)[0], items_of(result, target)[0]
    changes = changes_between(old, new, f"{revision}:")
    found = findings_about(changes, new)
    report = DiffReport(changes, revision, ways_out(changes, old, new))
    own = by_origin(found.about, set(found.kept))
    workspaces = tuple(
        replace(one, findings=(*one.findings, *own.get(id(one.spec.origin), ()))) for one in plan.workspaces
    )
    every = in_file_order(dict.fromkeys((*plan.findings, *found.kept)), result.files)
    plan = replace(plan, workspaces=workspaces, findings=tuple(every))
    return replace(plan, against=compare(before, plan, report)), _about_the_past(revision, before)


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
