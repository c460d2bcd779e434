"""A plan as one page of HTML that needs nothing else: no network, no other file."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from kaitogen import __version__
from kaitogen.commands.plan import as_text, html_cards, view_model, wording
from kaitogen.commands.plan.changes import Comparison
from kaitogen.commands.plan.sources import Sources
from kaitogen.commands.plan.types import Fleet, Planned
from kaitogen.diagnostics.wording import number_of
from kaitogen.files import shipped
from kaitogen.model import NEWEST_KAITO
from kaitogen.pipeline.templating.html import fill_page


class Tile(NamedTuple):
    """One figure at the top of the page."""

    label: str
    value: str
    note: str = ""
    tone: str = ""


class ChangeRow(NamedTuple):
    """One Workspace that is not what it was; `anchor` is its card, empty where it goes."""

    kind: str
    title: str
    anchor: str
    figures: tuple[str, ...]
    what: str


class Changes(NamedTuple):
    """What a plan changes, as a table."""

    heading: str
    summary: str
    heads: tuple[str, ...]
    rows: tuple[ChangeRow, ...]


def write(fleet: Fleet, against: Comparison | None = None) -> str:
    """The whole page."""
    style, script = (shipped.read_text("templates", f"plan/page.{kind}") for kind in ("css", "js"))
    sources = Sources(fleet)
    kinds = {} if against is None else {id(change.after): change.kind for change in against.changes}
    values = {
        "policy": _policy(style, script),
        "version": __version__,
        "heading": f"Plan of {number_of(len(fleet.planned), 'Workspace')}",
        "size": as_text.size(fleet),
        "about": _about(fleet.planned),
        "tiles": _tiles(fleet),
        "changes": None if against is None else _changes(against, fleet),
        "elsewhere": [sources.finding(one) for one in fleet.elsewhere],
        "strategies": sorted({one.strategy for one in fleet.planned}),
        "labels": sorted({label for one in fleet.planned for label in html_cards.labels_of(one)}),
        "legend": html_cards.LEGEND,
        "number": len(fleet.planned),
        # Made while the page is filled in, one by one: a large fleet is a large page.
        "cards": (
            html_cards.card(number, one, sources, fleet.prices)._replace(change=kinds.get(id(one), ""))
            for number, one in enumerate(fleet.planned)
        ),
        # Known once all cards are made, since each tells which lines its findings point at.
        "excerpts": sources.excerpts,
    }
    return fill_page("plan/page.html.j2", values, {"style": style, "script": script})


def _changes(against: Comparison, fleet: Fleet) -> Changes:
    anchors = {id(one): html_cards.anchor(number) for number, one in enumerate(fleet.planned)}
    rows = tuple(
        ChangeRow(
            change.kind,
            change.one.title,
            anchors.get(id(change.after), ""),
            (
                wording.moved(change.before and change.before.nodes, change.after and change.after.nodes),
                wording.moved(change.before and change.before.gpus, change.after and change.after.gpus),
                *([] if fleet.prices is None else [wording.paid(*change.hours)]),
            ),
            ", ".join(change.what) or view_model.place(change.one),
        )
        for change in against.changes
    )
    summary = f"{as_text.summary(against)}: {wording.figures(against.before, against.after)}"
    heads = (
        ("Nodes", "GPUs") if fleet.prices is None else ("Nodes", "GPUs", f"{fleet.prices.currency} an hour")
    )
    return Changes(f"Against {against.revision}", summary, heads, rows)


def _policy(style: str, script: str) -> str:
    """Nothing from anywhere, and no code but our own, by its hash."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _about(planned: Iterable[Planned]) -> str:
    """The installations that the Workspaces are for."""
    targets = (one.spec.target for one in planned)
    about = dict.fromkeys(
        f"KAITO {one.kaito} on {one.provider}, nodes by {one.node_provisioner}" for one in targets
    )
    return "; ".join(about) if about else f"KAITO {NEWEST_KAITO}"


def _money(fleet: Fleet) -> list[Tile]:
    cost, prices = fleet.cost, fleet.prices
    if cost is None or prices is None:
        return []
    lacking = f"without {', '.join(cost.unpriced)}" if cost.unpriced else ""
    note = lacking or f"{wording.money(cost.hour, prices)} an hour"
    return [Tile(f"{prices.currency} a month", f"{cost.month:,.2f}", note, "warn" if lacking else "")]


def _tiles(fleet: Fleet) -> list[Tile]:
    severities = [one.severity for one in fleet.findings]
    errors, warnings, notes = (severities.count(one) for one in ("error", "warning", "note"))
    tone = "bad" if errors else "warn" if warnings else "good"
    unknown = f"and those of {fleet.unknown} unknown" if fleet.unknown else ""
    return [
        Tile("Workspaces", wording.count(len(fleet.planned))),
        Tile("Nodes", wording.count(fleet.nodes), unknown),
        Tile("GPUs", wording.count(fleet.gpus), unknown),
        *_money(fleet),
        Tile(
            "Errors and warnings",
            wording.count(errors + warnings),
            number_of(notes, "note") if notes else "",
            tone,
        ),
    ]
