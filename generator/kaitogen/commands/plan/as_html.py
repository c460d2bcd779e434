"""A plan as one page of HTML that needs nothing else: no network, no other file.

The template lays out the plan itself; what is drawn and what findings point at is worked out here.
"""

import json
from base64 import b64encode
from collections import defaultdict
from hashlib import sha256

from kaitogen import __version__
from kaitogen.commands.plan import rows, view_model
from kaitogen.commands.plan.rows import cluster_of, groups_of, naturally
from kaitogen.commands.plan.types import Plan, PlannedWorkspace
from kaitogen.diagnostics.suppression import documents_of
from kaitogen.diagnostics.wording import number_of, place, printable
from kaitogen.files import shipped
from kaitogen.kaito.sizing.types import Memory
from kaitogen.model import NEWEST_KAITO, Document
from kaitogen.pipeline.templating.environment import page_parts
from kaitogen.typed import Any, Final, Iterator, Sequence
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
#: From what is nothing to worry about on.
_TONES: Final = ("plain", "good", "warn", "bad")
#: As many lines are shown before and after one that a finding points at.
_AROUND: Final = 6
_LONGEST_LINE: Final = 1000


def write(plan: Plan) -> Iterator[str]:
    """The page, piece by piece: that of 10,000 Workspaces has 70 MB."""
    style, script = (shipped.read_text("templates", f"plan/page.{kind}") for kind in ("css", "js"))
    excerpts = list(_excerpts(plan))
    installations = dict.fromkeys(map(cluster_of, plan.workspaces))
    values = {
        "policy": _policy(style, script),
        "version": __version__,
        "plan": plan,
        "about": "; ".join(installations) or f"KAITO {NEWEST_KAITO}",
        "overview": rows.overview(plan),
        "strategies": sorted({one.strategy for one in plan.workspaces}),
        "labels": _labels_by_key(plan),
        "terms": _TERMS,
        "anchors": {id(one): f"workspace-{number}" for number, one in enumerate(plan.workspaces)},
        "kinds": {id(one.after): one.kind for one in plan.against.changes} if plan.against else {},
        "excerpts": excerpts,
        "lines": {
            (document.file, line): f"line-{number}-{line}"
            for number, document, pointed in excerpts
            for line in pointed
        },
        # Called while the page is filled in, Workspace by Workspace: a large plan is a large page.
        "drawing": _drawing,
        "yaml": lambda planned: "---\n".join(dump(manifest.data) for manifest in planned.manifests),
        "around": _around,
        "labels_of": _labels,
        "data": _data,
        "id": id,
        "number_of": number_of,
        "place": place,
        "printable": printable,
        "view": view_model,
        "rows": rows,
    }
    return page_parts("plan/page.html.j2", values, {"style": style, "script": script})


def _policy(style: str, script: str) -> str:
    """Nothing from anywhere, and no code but our own, by its hash."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _labels(planned: PlannedWorkspace) -> list[str]:
    """The labels that a Workspace can be found by."""
    return [f"{key}={value}" for key, value in planned.spec.labels.items()]


def _labels_by_key(plan: Plan) -> dict[str, list[str]]:
    """The labels of all Workspaces, those of one key together, in natural order."""
    labels: defaultdict[str, set[str]] = defaultdict(set)
    for one in plan.workspaces:
        for key, value in one.spec.labels.items():
            labels[key].add(f"{key}={value}")
    return {key: sorted(labels[key], key=naturally) for key in sorted(labels)}


def _data(planned: PlannedWorkspace, tone: str) -> str:
    """What the script of the page filters, groups, sorts and adds up by, as JSON; amounts are for an hour."""
    takes, fewest = planned.takes, planned.fewest_take
    severities = [finding.severity for finding in planned.findings]
    counts = [severities.count(severity) for severity in ("error", "warning", "note")]
    # How bad it is, for sorting: errors before what does not fit before warnings.
    rank = 4 * bool(counts[0]) + 2 * _TONES.index(tone) + bool(counts[1])
    data = {
        "by": groups_of(planned),
        "labels": _labels(planned),
        "search": " ".join(
            [planned.title, planned.sizing.model or "", view_model.place(planned), *_labels(planned)]
        ),
        "nodes": None if takes.nodes is None else [fewest.nodes, takes.nodes],
        "gpus": None if takes.gpus is None else [fewest.gpus, takes.gpus],
        "hour": None if planned.hourly is None else float(planned.hourly),
        "unpriced": bool(planned.cost and planned.cost.unpriced),
        "found": counts,
        "rank": rank,
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _drawing(planned: PlannedWorkspace) -> dict[str, Any]:
    """What a card draws of a Workspace: nodes as boxes of GPUs, the memory of each as a bar."""
    memory, estimate = planned.sizing.memory, planned.sizing.estimate
    nodes, gpus = (
        (0, 0) if estimate.nodes is None or estimate.node is None else (estimate.nodes, estimate.node.gpus)
    )
    names = planned.spec.placement.nodes or ()
    whole = nodes * planned.replicas
    captions = [_caption(planned, nodes, box) for box in range(min(whole, _MOST_NODES))]
    if len(names) == whole and planned.command:
        captions = list(names[:_MOST_NODES])
    return {
        # Those that an autoscaler may add are drawn otherwise.
        "always": nodes * planned.fewest,
        "captions": captions,
        "more": max(whole - _MOST_NODES, 0),
        "gpus": min(gpus, _MOST_GPUS),
        "bars": [] if memory is None else list(_bars(memory)),
    }


def _caption(planned: PlannedWorkspace, nodes: int, box: int) -> str:
    """Which node a box is, counted from 0; of a set the nodes of one replica after those of another."""
    if not planned.is_set:
        return f"node {box + 1}"
    replica, node = divmod(box, nodes)
    text = f"replica {replica + 1}" + (f", node {node + 1}" if nodes > 1 else "")
    return text if replica < planned.fewest else f"{text}, when scaled up"


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


def _excerpts(plan: Plan) -> Iterator[tuple[int, Document, list[int]]]:
    """The documents of a plan that findings point at, each with its number and the lines that they point at."""
    pointed = defaultdict(set)
    for finding in plan.findings:
        pointed[finding.file].add(finding.line)
    documents = [one for one in documents_of(one.spec.origin for one in plan.workspaces) if one.text]
    for number, document in enumerate(sorted(documents, key=lambda one: (one.file, one.line))):
        first, length = document.line + 1, len(document.text.splitlines())
        if here := pointed[document.file].intersection(range(first, first + length)):
            yield number, document, sorted(here)


def _around(document: Document, pointed: Sequence[int]) -> Iterator[tuple[int, str]]:
    """What stands around lines, each line with its number; number 0 stands for lines that are left out."""
    near = {line for one in pointed for line in range(one - _AROUND, one + _AROUND + 1)}
    left_out = False
    for line, text in enumerate(document.text.splitlines(), document.line + 1):
        if line in near:
            yield line, printable(text[:_LONGEST_LINE])
            left_out = False
        elif not left_out:
            yield 0, ""
            left_out = True
