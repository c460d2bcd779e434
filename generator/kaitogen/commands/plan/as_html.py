"""A plan as one page of HTML that needs nothing else: no network, no other file."""

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from kaitogen import __version__
from kaitogen.commands.plan import view_model
from kaitogen.commands.plan.excerpts import Excerpts
from kaitogen.commands.plan.types import Change, Plan, PlannedWorkspace
from kaitogen.diagnostics.wording import number_of
from kaitogen.files import shipped
from kaitogen.kaito.sizing.types import Memory
from kaitogen.model import NEWEST_KAITO
from kaitogen.pipeline.templating.pages import fill_page
from kaitogen.yaml.writer import dump

#: The height of a GPU in the drawing's own units.
_HEIGHT: Final = 72
#: So many boxes are drawn; the rest is a number.
_MOST_NODES: Final = 12
_MOST_GPUS: Final = 16
#: Terms of a GPU's memory from the bottom of a bar to its top, each with its class in the style sheet.
_TERMS: Final = {
    "weights": "weights",
    "activations": "activation",
    "non-torch": "other",
    "KV cache": "cache",
    "reserve": "reserve",
}
#: Lines that the page shows in a place of their own.
_ELSEWHERE: Final = ("best lever", "layout", "costs")
_VERDICTS: Final = {"fits": ("good", "fits"), "tight": ("warn", "tight"), "fails": ("bad", "does not fit")}


def write(plan: Plan) -> str:
    """The whole page."""
    style, script = (shipped.read_text("templates", f"plan/page.{kind}") for kind in ("css", "js"))
    excerpts = Excerpts(plan)
    values = {
        "policy": _policy(style, script),
        "version": __version__,
        "heading": f"Plan of {number_of(len(plan.workspaces), 'Workspace')}",
        "size": view_model.total(plan),
        "about": _about(plan),
        "tiles": _tiles(plan),
        "changes": _changes(plan),
        "elsewhere": [excerpts.linked(finding) for finding in plan.elsewhere],
        "strategies": sorted({one.strategy for one in plan.workspaces}),
        "labels": sorted({label for one in plan.workspaces for label in _labels(one)}),
        "terms": _TERMS,
        "lines_elsewhere": _ELSEWHERE,
        "for_a_shell": view_model.COMMAND,
        "number": len(plan.workspaces),
        # Made while the page is filled in, one by one: a large plan is a large page.
        "cards": _cards(plan, excerpts),
        # Known once all cards are made, since each tells which lines its findings point at.
        "excerpts": excerpts.all,
    }
    return fill_page("plan/page.html.j2", values, {"style": style, "script": script})


def _policy(style: str, script: str) -> str:
    """Nothing from anywhere, and no code but our own, by its hash."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _about(plan: Plan) -> str:
    """The installations that the Workspaces are for."""
    targets = (one.spec.target for one in plan.workspaces)
    about = dict.fromkeys(
        f"KAITO {one.kaito} on {one.provider}, nodes by {one.node_provisioner}" for one in targets
    )
    return "; ".join(about) or f"KAITO {NEWEST_KAITO}"


def _tiles(plan: Plan) -> Iterator[dict[str, str]]:
    """The figures at the top of the page."""
    severities = [one.severity for one in plan.findings]
    errors, warnings, notes = (severities.count(severity) for severity in ("error", "warning", "note"))
    unknown = f"and those of {plan.unknown} unknown" if plan.unknown else ""
    yield _tile("Workspaces", view_model.count(len(plan.workspaces)))
    yield _tile("Nodes", view_model.count(plan.nodes), unknown)
    yield _tile("GPUs", view_model.count(plan.gpus), unknown)
    if plan.cost is not None and plan.prices is not None:
        lacking = f"without {', '.join(plan.cost.unpriced)}" if plan.cost.unpriced else ""
        note = lacking or f"{view_model.money(plan.cost.hour, plan.prices)} an hour"
        month = f"{plan.cost.month:,.2f}"
        yield _tile(f"{plan.prices.currency} a month", month, note, "warn" if lacking else "")
    note = number_of(notes, "note") if notes else ""
    tone = "bad" if errors else "warn" if warnings else "good"
    yield _tile("Errors and warnings", view_model.count(errors + warnings), note, tone)


def _tile(label: str, value: str, note: str = "", tone: str = "") -> dict[str, str]:
    return {"label": label, "value": value, "note": note, "tone": tone}


def _changes(plan: Plan) -> dict[str, Any] | None:
    """The table of changes; each row leads to the card of its Workspace, but where that goes."""
    against = plan.against
    if against is None:
        return None
    anchors = {id(one): _anchor(number) for number, one in enumerate(plan.workspaces)}
    return {
        "heading": f"Against {against.revision}",
        "summary": f"{view_model.summary(against)}: {view_model.figures(against.before, plan)}",
        "heads": ["Nodes", "GPUs", *([] if plan.prices is None else [f"{plan.prices.currency} an hour"])],
        "rows": [
            {
                "kind": change.kind,
                "title": change.workspace.title,
                "anchor": anchors.get(id(change.after), ""),
                "figures": view_model.change_figures(change, plan.prices),
                "what": _what(change),
            }
            for change in against.changes
        ],
    }


def _what(change: Change) -> str:
    return ", ".join(change.details) or view_model.place(change.workspace)


def _anchor(number: int) -> str:
    """Where the card of a Workspace is on the page."""
    return f"workspace-{number}"


def _labels(planned: PlannedWorkspace) -> list[str]:
    """The labels that a Workspace can be found by."""
    return [f"{key}={value}" for key, value in planned.spec.labels.items()]


def _cards(plan: Plan, excerpts: Excerpts) -> Iterator[dict[str, Any]]:
    changes = () if plan.against is None else plan.against.changes
    kinds = {id(change.after): change.kind for change in changes}
    for number, one in enumerate(plan.workspaces):
        yield {"anchor": _anchor(number), "change": kinds.get(id(one), ""), **_card(one, plan, excerpts)}


def _card(planned: PlannedWorkspace, plan: Plan, excerpts: Excerpts) -> dict[str, Any]:
    """What the page shows of one Workspace: nodes as boxes of GPUs, the memory of each as a bar, and both columns."""
    estimate, memory = planned.sizing.estimate, planned.sizing.memory
    labels, where, size = _labels(planned), view_model.place(planned), view_model.size(estimate)
    tone, verdict = _verdict(planned)
    left = max((estimate.nodes or 0) - _MOST_NODES, 0)
    return {
        "workspace": planned,
        "where": where,
        "labels": labels,
        "labels_json": json.dumps(labels, ensure_ascii=False),
        "search": " ".join([planned.title, planned.sizing.model, where, *labels]),
        "troubled": "yes" if any(finding.severity != "note" for finding in planned.findings) else "no",
        "tone": tone,
        "verdict": verdict,
        "bars": [] if memory is None else list(_bars(memory)),
        "nodes": _boxes(planned),
        "more_nodes": f"and {number_of(left, 'more node')}" if left else "",
        "drawn": f"{size}. {'' if memory is None else _bill(memory)}".strip(),
        "size": size,
        "layout": "" if estimate.layout is None else view_model.layout(estimate.layout),
        "cost": ""
        if planned.cost is None or plan.prices is None
        else view_model.price(planned.cost, plan.prices),
        "columns": view_model.columns(planned, plan.prices),
        "choice": view_model.choice(planned, plan.prices),
        "lever": view_model.lever(planned),
        "findings": [excerpts.linked(finding) for finding in planned.findings],
        "yaml": "---\n".join(dump(manifest.data) for manifest in planned.manifests),
    }


def _verdict(planned: PlannedWorkspace) -> tuple[str, str]:
    """The colour of a card and the word on it."""
    if planned.fails:
        return "bad", "error"
    if planned.sizing.memory is None:
        return "plain", "size unknown" if planned.nodes is None else planned.sizing.estimate.runtime
    return _VERDICTS[planned.sizing.memory.verdict]


def _boxes(planned: PlannedWorkspace) -> list[dict[str, Any]]:
    """The nodes as the drawing shows them: a caption, and so many GPUs."""
    estimate = planned.sizing.estimate
    if estimate.nodes is None or estimate.node is None:
        return []
    names = planned.spec.placement.nodes or ()
    named = len(names) == estimate.nodes and planned.command
    captions = names if named else [f"node {number}" for number in range(1, _MOST_NODES + 1)]
    gpus = min(estimate.node.gpus, _MOST_GPUS)
    return [{"caption": caption, "gpus": gpus} for caption in captions[: min(estimate.nodes, _MOST_NODES)]]


def _bars(memory: Memory) -> Iterator[dict[str, str]]:
    """The parts of a GPU's memory as they stack up, in the drawing's own units from the top.

    What is less than nothing is not drawn, and what is too much fills the card.
    """
    sizes = {term.name: max(term.likely, 0) for term in memory.terms}
    whole = max(sum(sizes.values()), memory.gpu.likely, 1)
    stack = [*(name for name in _TERMS if name in sizes), *(name for name in sizes if name not in _TERMS)]
    bottom = float(_HEIGHT)
    for name in stack:
        height = sizes[name] / whole * _HEIGHT
        bottom -= height
        yield {"kind": _TERMS.get(name, "other"), "top": f"{bottom:.2f}", "height": f"{height:.2f}"}


def _bill(memory: Memory) -> str:
    parts = [f"{term.name} {view_model.gib(term.likely)}" for term in memory.terms]
    return f"Each GPU of {view_model.gib(memory.gpu.likely)}: {', '.join(parts)}."
