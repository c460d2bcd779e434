"""What an autoscaler of an InferenceSet goes by: annotations of keda-kaito-scaler 0.6.2, or a ScaledObject of KEDA's own."""

from math import isfinite

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.objects import part, value_at
from kaitogen.kaito.rules import schedules
from kaitogen.kaito.sizing.types import Estimate
from kaitogen.kaito.versions import KINDS
from kaitogen.model import Diagnostic, Json, Path, Rule, Severity, Spec, Target
from kaitogen.pipeline.context import shared_annotations
from kaitogen.typed import Final, Iterator, Mapping
from kaitogen.yaml.reader import Unreadable, read
from kaitogen.yaml.writer import dump

KG225 = Rule("KG225", "Scaling that cannot be done as it is said", kind="invalid", since="0.8")
KG329 = Rule("KG329", "A limit of nodes that means another number of replicas", kind="warning", since="0.11")

_PREFIX: Final = "scaledobject.kaito.sh/"
_OWN: Final = "keda-kaito-scaler"
#: What the scaler calls the fields of a metric (pkg/scaledobject/provisioner.go:222 of keda-kaito-scaler 0.6.2).
_METRIC: Final = {"up": "upthreshold", "down": "downthreshold", "window": "metriccachewindow"}
#: Of its annotations, those about time.
_COOLDOWNS: Final = {"up": "scaleupcooldown", "down": "scaledowncooldown"}
_EVALUATION: Final = "evaluationwindow"
#: What scalers went by that had no annotation for it.
_METRIC_OF_OLD: Final = "vllm:num_requests_waiting"
#: Of a cron trigger, beside how many replicas there are to be.
_TIMES: Final = ("timezone", "start", "end")
_WINDOW: Final = "stabilizationWindowSeconds"


def objections(spec: Mapping[str, Json], target: Target) -> Iterator[Diagnostic]:
    """What in spec.scaling contradicts itself, or neither the autoscaler nor the target's KAITO can do."""
    scaling = spec["scaling"]
    by, least, most = scaling["by"], scaling.get("min", 1), scaling["max"]
    if "replicas" in spec:
        message = f"replicas is {spec['replicas']}, and {by} is to set that number"
        yield KG225.at(("spec", "replicas"), message, fix="remove replicas, or scaling")
    if most < least:
        yield _at(("max",), f"max is {most}, and min is {least}", "write a max of min or more")
    newest = KINDS["InferenceSet"]["v1beta1"]
    if least == 0 and not target.has(newest):
        yield _at(("min",), f"KAITO {target.kaito} has no fewer than 1 replica", "write min: 1")
    if by == _OWN:
        yield from _of_own(scaling, target)
    else:
        yield from _of_keda(scaling)


def _of_own(scaling: Mapping[str, Json], target: Target) -> Iterator[Diagnostic]:
    newest = KINDS["InferenceSet"]["v1beta1"]
    if not target.has(newest):
        message = f"{_OWN} scales InferenceSets of v1beta1, which KAITO {target.kaito} does not have"
        yield _at(("by",), message, f"write by: keda, or generate for KAITO {newest.came_with} or newer")
    if scaling.get("min", 1) == 0 and target.has(newest):
        yield _at(("min",), f"{_OWN} keeps one replica at least", "write min: 1, or by: keda")
    if scaling["max"] == 1:
        yield _at(("max",), f"{_OWN} does nothing for a max of 1", "write 2 or more")
    for word in ("schedule", "triggers"):
        if word in scaling:
            yield _at((word,), f"{_OWN} knows no {word}", "write by: keda, or remove it")
    if "metrics" not in scaling:
        message = f"{_OWN} does nothing without metrics"
        yield _at((), message, 'add metrics, such as {name: "vllm:num_requests_waiting", up: 10, down: 1}')
    for index, metric in enumerate(scaling.get("metrics", ())):
        down, up = metric["down"], metric["up"]
        if down > up:
            yield _at(
                ("metrics", index, "down"), f"down is {down}, above up {up}", "write down of up or less"
            )
        if "window" in metric and metric.get("type") != "histogram":
            fix = "remove it, or write type: histogram"
            yield _at(("metrics", index, "window"), "only a histogram has a window", fix)


def _of_keda(scaling: Mapping[str, Json]) -> Iterator[Diagnostic]:
    if "metrics" in scaling:
        fix = f"write triggers, such as one of type prometheus, or by: {_OWN}"
        yield _at(("metrics",), "KEDA itself does not read metrics of pods", fix)
    if "evaluationWindow" in scaling:
        fix = f"remove it, or write by: {_OWN}"
        yield _at(("evaluationWindow",), "KEDA itself has no evaluation window", fix)
    if not {"metrics", "schedule", "triggers"} & scaling.keys():
        yield _at((), "nothing says when the number changes", "add schedule or triggers")
    for index, times in enumerate(scaling.get("schedule", ())):
        for word in ("start", "end"):
            fault = schedules.cron_fault(times[word])
            if fault:
                fix = 'write five fields, such as "0 8 * * 1-5"'
                yield _at(("schedule", index, word), f"KEDA cannot read this cron line: {fault}", fix)
        if times["replicas"] > scaling["max"]:
            message = f"{times['replicas']} replicas are more than max, which is {scaling['max']}"
            yield _at(("schedule", index, "replicas"), message, "write a max of as many")


def _at(below: Path, message: str, fix: str) -> Diagnostic:
    return KG225.at(("spec", "scaling", *below), message, fix=fix)


def annotations(scaling: Mapping[str, Json]) -> dict[str, str]:
    """The annotations of the set that keda-kaito-scaler reads; none where KEDA has a ScaledObject."""
    if scaling["by"] != _OWN:
        return {}
    metrics = [
        {"name": one["name"], "type": one.get("type", "gauge")}
        | {name: one[key] for key, name in _METRIC.items() if key in one}
        for one in scaling["metrics"]
    ]
    cooldown = scaling.get("cooldown", {})
    values = {
        "auto-provision": "true",
        "min-replicas": str(scaling.get("min", 1)),
        "max-replicas": str(scaling["max"]),
        "metrics": dump(metrics),
        **{_COOLDOWNS[key]: str(seconds) for key, seconds in cooldown.items()},
        **({_EVALUATION: str(scaling["evaluationWindow"])} if "evaluationWindow" in scaling else {}),
    }
    return {_PREFIX + key: text for key, text in values.items()}


def reads_limit(fleet: Mapping[str, Json]) -> bool:
    """Whether the autoscaler goes by the set's nodeCountLimit, where 0 is none."""
    return bool(fleet["scaling"]["by"] == _OWN)


def of_limit(limit: int, least: int, most: int, nodes: int) -> Iterator[Diagnostic]:
    """KG329: a nodeCountLimit of a set that keda-kaito-scaler takes for another number of replicas than their maximum.

    `nodes` are those of one replica. The scaler divides by them, takes one replica at least, and makes nothing where that
    is below the minimum (0.6.2, pkg/scaledobject/provisioner.go:222).
    """
    made = max(limit // nodes, 1)
    if limit == 0 or made == most:
        return
    severity: Severity = "warning"
    result = f"whatever the maximum {most} says"
    if made < least:
        severity, result = "error", f"fewer than the least, {least}, so it scales nothing"
    message = f"{_OWN} divides nodeCountLimit {limit} by the {number_of(nodes, 'node')} of a replica: at most {number_of(made, 'replica')}, {result}"
    path, right = ("spec", "nodeCountLimit"), str(most * nodes)
    fix = f"write nodeCountLimit: {right}, or remove it"
    yield KG329.at(path, message, fix=fix, found=str(limit), expected=right, severity=severity)


def limited(fleet: Mapping[str, Json], data: Mapping[str, Json], estimate: Estimate) -> Mapping[str, Json]:
    """The set with the nodes that its most replicas take as its limit, where the nodes of one are known for certain.

    keda-kaito-scaler (0.6.2, pkg/scaledobject/provisioner.go:222) divides it by the nodes of one replica, and takes that
    for the most replicas: more nodes of each, as after an update of KAITO, then make fewer replicas and no more nodes.
    """
    own = part(data, "spec")
    if not reads_limit(fleet) or not estimate.nodes or not estimate.certain or "nodeCountLimit" in own:
        return data
    first = {key: own[key] for key in ("labelSelector",) if key in own}
    return {**data, "spec": {**first, "nodeCountLimit": fleet["scaling"]["max"] * estimate.nodes, **own}}


def scaling_of(written: Mapping[str, str]) -> dict[str, Json] | None:
    """The words of which `annotations` makes annotations that the scaler reads as these, the others of a set left aside.

    None where it is not asked to scale, or these say more than the words can.
    """
    said = {key.removeprefix(_PREFIX): text for key, text in written.items() if key.startswith(_PREFIX)}
    bounds = bounds_of(written)
    if bounds is None or bounds[1] < max(bounds[0], 2) or said.pop("combinepolicy", "AND").upper() != "AND":
        return None
    try:
        (document,) = read(said["metrics"])
        metrics = [_metric_of(one) for one in document.value]
        cooldown = {key: int(said[name]) for key, name in _COOLDOWNS.items() if name in said}
        window = {"evaluationWindow": int(said[_EVALUATION])} if _EVALUATION in said else {}
    except (KeyError, ValueError, TypeError, AttributeError, Unreadable):
        return None
    known = {"auto-provision", "min-replicas", "max-replicas", "metrics", _EVALUATION, *_COOLDOWNS.values()}
    if not metrics or not said.keys() <= known:
        return None
    scaling: dict[str, Json] = {"by": _OWN, "min": bounds[0], "max": bounds[1], "metrics": metrics}
    return scaling | ({"cooldown": cooldown} if cooldown else {}) | window


def _metric_of(entry: Json) -> Json:
    """The metric of an intent that an entry says; ValueError where it says more. Its source can be one alone."""
    words = {name: key for key, name in _METRIC.items()}
    fields = {key: item for key, item in entry.items() if (key, item) != ("source", "modelpod")}
    if not fields.keys() <= {"name", "type", *words}:
        raise ValueError(entry)
    return {words.get(key, key): item for key, item in fields.items()}


def as_written(annotated: Mapping[str, str], scaling: Mapping[str, Json]) -> dict[str, str]:
    """Annotations of a set with those of the scaler as kaitogen writes them; they say the same to it."""
    others = {key: text for key, text in annotated.items() if not key.startswith(_PREFIX)}
    return {**others, **annotations(scaling)}


def bounds_of(written: Mapping[str, str]) -> tuple[int, int] | None:
    """The fewest and the most replicas that annotations of keda-kaito-scaler ask for; None where they ask for none.

    What is no number, or below 1, is 1 to it (0.6.2, pkg/scaledobject/provisioner.go:222).
    """
    most = written.get(f"{_PREFIX}max-replicas")
    if written.get(f"{_PREFIX}auto-provision") != "true" or not _is_number(most):
        return None
    least = written.get(f"{_PREFIX}min-replicas")
    return max(int(least or 1), 1) if _is_number(least) else 1, int(most or 0)


def _is_number(text: Json) -> bool:
    # No number of replicas has ten digits.
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10


def metrics_of_old(written: Mapping[str, str]) -> tuple[str, bool] | None:
    """The metrics that a scaler before 0.6.2 was told by other annotations, as the one that it reads now.

    The second value is whether the lower threshold was chosen here: generations before 0.6 had one, an average that a
    replica should have; at half of it, what two replicas do fits into one. None where no threshold is a number, or the
    metric is of a type that the scaler does not know.
    """
    said = {key.removeprefix(_PREFIX): text for key, text in written.items() if key.startswith(_PREFIX)}
    kind = said.get("metricstype", "gauge").lower()
    try:
        up = _number(said["upthreshold"] if "upthreshold" in said else said["threshold"])
        down = _number(said["downthreshold"] if "downthreshold" in said else str(up / 2))
    except (KeyError, ValueError):
        return None
    if kind not in ("gauge", "histogram") or down > up:
        return None
    name = said.get("metricName") or _METRIC_OF_OLD
    metric = {"name": name, "type": kind, "upthreshold": up, "downthreshold": down}
    return dump([metric]), "downthreshold" not in said


def _number(text: str) -> int | float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return int(number) if number.is_integer() else number


def scaling_of_object(data: Json) -> dict[str, Json]:
    """The words of which `scaled_object` makes this one, as far as there are any; leading cron triggers are the schedule.

    `data` is a ScaledObject in canonical form. What it leaves out is as KEDA takes it (no replica at least, 100 at most).
    """
    spec = part(data, "spec")
    triggers = spec.get("triggers")
    others = list(triggers) if isinstance(triggers, list) else []
    schedule: list[Json] = []
    while others and (times := _times(others[0])):
        schedule.append(times)
        del others[0]
    behavior = value_at(spec, ("advanced", "horizontalPodAutoscalerConfig", "behavior"))
    cooldown = {
        key: seconds
        for key in ("up", "down")
        if (seconds := value_at(behavior, (f"scale{key.capitalize()}", _WINDOW))) is not None
    }
    least = spec.get("minReplicaCount", 0)
    return {
        "by": "keda",
        **({} if least == 1 else {"min": least}),
        "max": spec.get("maxReplicaCount", 100),
        **({"schedule": schedule} if schedule else {}),
        **({"triggers": others} if others else {}),
        **({"cooldown": cooldown} if cooldown else {}),
    }


def _times(trigger: Json) -> Json:
    """The entry of a schedule that a cron trigger is made of; None where it is another trigger, or says more."""
    said = value_at(trigger, ("metadata",))
    if not isinstance(said, dict) or trigger != {"type": "cron", "metadata": said}:
        return None
    number = said.get("desiredReplicas")
    if said.keys() != {*_TIMES, "desiredReplicas"} or not isinstance(number, str):
        return None
    if not number.isascii() or not number.isdigit() or str(int(number[:10])) != number:
        return None
    return {**{key: said[key] for key in ("start", "end", "timezone")}, "replicas": int(number)}


def scaled_object(spec: Spec, scaling: Mapping[str, Json]) -> Json:
    """What the template of a ScaledObject needs; None where the scaler of KAITO makes one itself."""
    if scaling["by"] == _OWN:
        return None
    schedule = (
        {**{key: times[key] for key in _TIMES}, "desiredReplicas": str(times["replicas"])}
        for times in scaling.get("schedule", ())
    )
    return {
        "annotations": shared_annotations(spec),
        "min": scaling.get("min", 1),
        "max": scaling["max"],
        "behavior": {
            f"scale{key.capitalize()}": {_WINDOW: seconds}
            for key, seconds in scaling.get("cooldown", {}).items()
        },
        "triggers": [
            *({"type": "cron", "metadata": times} for times in schedule),
            *scaling.get("triggers", ()),
        ],
    }
