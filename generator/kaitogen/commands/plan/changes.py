"""What is new, gone and changed between two plans of the same paths, the most important first."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from kaitogen.commands.plan.types import Change, ChangeKind, Comparison, Plan, PlannedWorkspace
from kaitogen.diagnostics.wording import from_to

_RANK: Final[dict[ChangeKind, int]] = {"new": 0, "changed": 1, "gone": 2}


def compare(revision: str, before: Plan, after: Plan) -> Comparison:
    """What became of the Workspaces of a revision."""
    old = {(one.namespace, one.name): one for one in before.workspaces}
    new = {(one.namespace, one.name): one for one in after.workspaces}
    both = [(old[key], new[key]) for key in old if key in new]
    changes = [
        *(Change(kind="new", after=one) for key, one in new.items() if key not in old),
        *(Change(kind="gone", before=one) for key, one in old.items() if key not in new),
        *(
            Change(kind="changed", before=was, after=will, details=tuple(_details(was, will)))
            for was, will in both
            if _differ(was, will)
        ),
    ]
    same = len(both) - sum(change.kind == "changed" for change in changes)
    return Comparison(
        revision=revision, before=before, changes=tuple(sorted(changes, key=_importance)), same=same
    )


def _importance(change: Change) -> tuple[bool, list[Decimal], int, str]:
    """What can't work comes first, then the most money, the most GPUs, the most nodes."""
    fails = change.after is not None and change.after.fails
    figures: Sequence[tuple[Decimal | int | None, Decimal | int | None]] = (
        change.hours,
        change.gpus,
        change.nodes,
    )
    differences = [-abs(Decimal(after or 0) - Decimal(before or 0)) for before, after in figures]
    return not fails, differences, _RANK[change.kind], change.workspace.title


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
