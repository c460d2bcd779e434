"""A comparison as JSON, in the shape of schemas/changes.schema.json."""

from kaitogen.commands.diff.report import VERDICT, DiffReport, WayOut, commands, what
from kaitogen.diagnostics.wording import json_report
from kaitogen.kaito.objects import MISSING
from kaitogen.kaito.updates.model import Change, Judgement, ObjectChange
from kaitogen.model import Json
from kaitogen.typed import Any, Final

_VERSION: Final = 1


def write(report: DiffReport) -> str:
    """One JSON object with a newline at its end."""
    document = {
        "against": report.against,
        "compared": report.comparison.compared,
        "objects": [_object(one, report) for one in report.comparison.objects],
    }
    return json_report(_VERSION, document)


def _object(changed: ObjectChange, report: DiffReport) -> dict[str, Any]:
    group, kind, namespace, name = changed.item.identity
    way, lines = report.way_out(changed), commands(changed)
    former = changed.before if changed.renamed else None
    return {
        "group": group,
        "kind": kind,
        "namespace": namespace,
        "name": name,
        **({"was": dict(zip(("namespace", "name"), former.identity[2:], strict=True))} if former else {}),
        "kaito": changed.item.target.kaito,
        "file": changed.item.origin.document.file,
        "what": what(changed),
        **judgement_data(changed.judgement),
        "changes": [_change(change) for change in changed.changes],
        **({"commands": lines} if lines else {}),
        **({"wayOut": way_data(way)} if way else {}),
    }


def _change(change: Change) -> dict[str, Any]:
    difference = change.difference
    return {
        "path": difference.shown,
        **_value("before", difference.before),
        **_value("after", difference.after),
        **judgement_data(change.judgement),
    }


def _value(key: str, value: Json) -> dict[str, Json]:
    return {} if value is MISSING or value is None else {key: value}


def judgement_data(judgement: Judgement) -> dict[str, str]:
    """What becomes of a change, as `kaitogen diff` and a plan say it."""
    why = judgement.why or VERDICT[judgement.verdict][0]
    return {"verdict": judgement.verdict, "why": why, "code": judgement.code, "rule": judgement.number}


def way_data(way: WayOut) -> dict[str, Any]:
    """How a change gets through, with what it takes."""
    return {
        "name": way.name,
        "held": way.held._asdict(),
        "needed": way.needed._asdict(),
        "meanwhile": way.meanwhile._asdict(),
    }
