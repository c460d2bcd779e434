"""What the page shows of one Workspace: its card, with the nodes as boxes of GPUs and a bar of memory in each."""

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

from kaitogen.commands.plan import view_model, wording
from kaitogen.commands.plan.sources import Shown, Sources
from kaitogen.commands.plan.types import Planned
from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.sizing.costs import Prices
from kaitogen.kaito.sizing.types import Memory
from kaitogen.yaml.writer import dump

#: The height of a GPU in the drawing's own units.
_HEIGHT: Final = 72
#: So many boxes are drawn; the rest is a number.
_MOST_NODES: Final = 12
_MOST_GPUS: Final = 16
#: Terms of a bill, as the style sheet calls them.
_KINDS: Final = {
    "weights": "weights",
    "activations": "activation",
    "non-torch": "other",
    "KV cache": "cache",
    "reserve": "reserve",
}
#: Lines that the page shows in a place of their own.
_ELSEWHERE: Final = ("best lever", "layout", "costs")
#: From the bottom of a bar to its top.
_STACK: Final = tuple(_KINDS)


class Legend(NamedTuple):
    """What a colour stands for."""

    kind: str
    name: str


LEGEND: Final = tuple(Legend(kind, name) for name, kind in _KINDS.items())


class Bar(NamedTuple):
    """One part of a GPU's memory, in the drawing's own units from the top."""

    kind: str
    top: str
    height: str


class Box(NamedTuple):
    """One node."""

    caption: str
    gpus: int


class CardLine(NamedTuple):
    """A line of a column. `said` are its paragraphs, `code` says that it is for a shell, `kind` is its colour."""

    about: str
    said: tuple[str, ...]
    trust: str
    source: str
    kind: str
    code: bool


class CardColumn(NamedTuple):
    """One of the two columns."""

    heading: str
    lines: tuple[CardLine, ...]


class Card(NamedTuple):
    """Everything that the template needs for one Workspace."""

    anchor: str
    name: str
    namespace: str
    strategy: str
    where: str
    labels: tuple[str, ...]
    labels_json: str
    search: str
    troubled: str
    tone: str
    verdict: str
    change: str
    bars: tuple[Bar, ...]
    nodes: tuple[Box, ...]
    more_nodes: str
    drawn: str
    size: str
    layout: str
    cost: str
    columns: tuple[CardColumn, ...]
    choice: CardColumn | None
    lever: str
    findings: tuple[Shown, ...]
    yaml: str


def labels_of(one: Planned) -> list[str]:
    """The labels that a Workspace can be found by."""
    return [f"{key}={value}" for key, value in one.spec.labels.items()]


def anchor(number: int) -> str:
    """Where the card of a Workspace is on the page."""
    return f"workspace-{number}"


def card(number: int, one: Planned, sources: Sources, prices: Prices | None = None) -> Card:
    """The card of one Workspace; `number` makes its anchor."""
    estimate, memory = one.sizing.estimate, one.sizing.memory
    labels = labels_of(one)
    where = view_model.place(one)
    choice = view_model.choice(one, prices)
    tone, verdict = _verdict(one)
    left = max((estimate.nodes or 0) - _MOST_NODES, 0)
    return Card(
        anchor=anchor(number),
        name=one.name,
        namespace=one.namespace,
        strategy=one.strategy,
        where=where,
        labels=tuple(labels),
        labels_json=json.dumps(labels, ensure_ascii=False),
        search=" ".join([one.title, one.sizing.model, where, *labels]),
        troubled="yes" if any(finding.severity != "note" for finding in one.findings) else "no",
        tone=tone,
        verdict=verdict,
        change="",
        bars=() if memory is None else tuple(_bars(memory)),
        nodes=_boxes(one),
        more_nodes=f"and {number_of(left, 'more node')}" if left else "",
        drawn=f"{view_model.size(estimate)}. {'' if memory is None else _bill(memory)}".strip(),
        size=view_model.size(estimate),
        layout="" if estimate.layout is None else wording.layout(estimate.layout),
        cost="" if one.cost is None or prices is None else wording.price(one.cost, prices),
        columns=tuple(_column(column, one) for column in view_model.columns(one, prices)),
        choice=None if choice is None else _column(choice, one),
        lever="" if (found := one.sizing.recommendation) is None else f"{found.change}: {found.effect}",
        findings=tuple(sources.finding(finding) for finding in one.findings),
        yaml="---\n".join(dump(manifest.data) for manifest in one.manifests),
    )


def _verdict(one: Planned) -> tuple[str, str]:
    """The colour of a card and the word on it."""
    memory = one.sizing.memory
    if one.fails:
        return "bad", "error"
    if memory is None:
        return "plain", "size unknown" if one.nodes is None else one.sizing.estimate.runtime
    return {"fits": ("good", "fits"), "tight": ("warn", "tight"), "fails": ("bad", "does not fit")}[
        memory.verdict
    ]


def _boxes(one: Planned) -> tuple[Box, ...]:
    estimate = one.sizing.estimate
    if estimate.nodes is None or estimate.node is None:
        return ()
    names = one.spec.placement.nodes or ()
    drawn = min(estimate.nodes, _MOST_NODES)
    named = names if len(names) == estimate.nodes and one.command else ()
    captions = [named[index] if named else f"node {index + 1}" for index in range(drawn)]
    return tuple(Box(caption, min(estimate.node.gpus, _MOST_GPUS)) for caption in captions)


def _bars(memory: Memory) -> Sequence[Bar]:
    """The terms as they stack up; what is less than nothing is not drawn, and what is too much fills the card."""
    sizes = {term.name: max(term.likely, 0) for term in memory.terms}
    whole = max(sum(sizes.values()), memory.gpu.likely, 1)
    bars, bottom = [], float(_HEIGHT)
    for name in sorted(sizes, key=lambda name: _STACK.index(name) if name in _STACK else len(_STACK)):
        height = sizes[name] / whole * _HEIGHT
        bottom -= height
        bars.append(Bar(_KINDS.get(name, "other"), f"{bottom:.2f}", f"{height:.2f}"))
    return bars


def _bill(memory: Memory) -> str:
    parts = [f"{term.name} {wording.gib(term.likely)}" for term in memory.terms]
    return f"Each GPU of {wording.gib(memory.gpu.likely)}: {', '.join(parts)}."


def _column(column: view_model.Column, one: Planned) -> CardColumn:
    """The column with paragraphs that belong together under one word, and each object that is made on its own."""
    lines: list[CardLine] = []
    for about, said, trust, source in column.lines:
        if about in _ELSEWHERE:
            continue
        if about == "makes":
            lines.append(CardLine(about, tuple(map(view_model.made, one.made)), "", "", "", False))
        elif lines and about in ("because", "ignores") and lines[-1].about == about:
            lines[-1] = lines[-1]._replace(said=(*lines[-1].said, said))
        else:
            lines.append(
                CardLine(about, (said,), trust, source, _KINDS.get(about, ""), about == view_model.COMMAND)
            )
    return CardColumn(column.heading, tuple(lines))
