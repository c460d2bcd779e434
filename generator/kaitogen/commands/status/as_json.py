"""A status as JSON, in the shape of schemas/status.schema.json."""

from kaitogen.commands.diff.as_json import judgement_data
from kaitogen.commands.diff.report import what
from kaitogen.commands.status.types import Planned, Running, Status
from kaitogen.diagnostics.wording import json_report
from kaitogen.kaito.health import Health
from kaitogen.kaito.updates.model import ObjectChange
from kaitogen.typed import Any, Final

_VERSION: Final = 1


def write(status: Status) -> str:
    """One JSON object with a newline at its end."""
    document = {
        "source": status.source,
        "totals": {"objects": len(status.objects), **status.counts},
        "objects": [_object(one) for one in status.objects],
    }
    return json_report(_VERSION, document)


def _object(one: Running) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "namespace": one.namespace,
        "name": one.name,
        "file": one.file or None,
        "outlook": one.outlook,
        **_health(one.health),
        "fix": one.fix or None,
        "replicas": None if one.replicas is None else one.replicas._asdict(),
        "nodes": None if one.nodes is None else one.nodes._asdict(),
        "endpoint": None
        if one.endpoint is None
        else {key: text or None for key, text in one.endpoint._asdict().items()},
        "measured": None
        if one.measured is None
        else {
            "tokensPerMinute": one.measured.tokens_per_minute,
            "replicas": one.measured.replicas,
            "settings": dict(one.measured.settings),
        },
        "planned": None if one.planned is None else _planned(one.planned),
        "drift": None if one.drift is None else [_changed(change) for change in one.drift],
        "each": [
            {"name": each.name, **_health(each.health), "nodes": each.nodes._asdict()} for each in one.each
        ],
    }


def _health(health: Health) -> dict[str, Any]:
    return {"health": health.state, "message": health.message, "waitsFor": health.step or None}


def _planned(planned: Planned) -> dict[str, Any]:
    requests = planned.requests
    return {
        "nodes": planned.nodes,
        "gpus": planned.gpus,
        "context": planned.context,
        "requests": None if requests is None else requests._asdict(),
    }


def _changed(changed: ObjectChange) -> dict[str, Any]:
    _, kind, namespace, name = changed.item.identity
    return {
        "kind": kind,
        "namespace": namespace,
        "name": name,
        "what": what(changed),
        **judgement_data(changed.judgement),
        "paths": [change.difference.shown for change in changed.changes],
    }
