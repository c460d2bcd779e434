"""What changes in one intent, part of a set, or finished Workspace when it moves to another KAITO version."""

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models import find_model, find_short, is_preset, short_names
from kaitogen.kaito.catalogue.skus import DEFAULT_INSTANCE_TYPE
from kaitogen.kaito.objects import value_at
from kaitogen.kaito.rules import inference_set
from kaitogen.model import Diagnostic, Json, Path, Rule, Target
from kaitogen.pipeline import scaling
from kaitogen.typed import Final, Iterator
from kaitogen.yaml.edit import Edit

KG177 = Rule("KG177", "A migration that kaitogen cannot decide", kind="invalid")
KG178 = Rule("KG178", "A preset that has another name in the other version", kind="warning")
KG180 = Rule(
    "KG180", "A lower threshold that the older autoscaler did not have", kind="warning", since="0.11"
)

_GATE: Final = "disableNodeAutoProvisioning"
_NEWEST_API: Final = "kaito.sh/v1beta1"
_METRICS: Final = f"{inference_set.SCALER}metrics"
_MOST: Final = f"{inference_set.SCALER}max-replicas"


def of_part(part: Json, root: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    """The changes to an intent, or to the defaults or an entry of a set, wherever its fields stand."""
    target, at = _mapping(part, "spec", "target"), (*root, "spec", "target")
    if target.get("kaito") not in (None, to.kaito):
        yield Edit((*at, "kaito"), to.kaito)
    if target.get("apiVersion") not in (None, _NEWEST_API):
        yield Edit((*at, "apiVersion"), None)
    yield from _provisioner(target, at, to)
    yield from _scaler(part, root, to)
    yield from _fields(part, root, to, is_intent=True)


def of_workspace(workspace: Json, root: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    """The same for a finished Workspace."""
    if workspace.get("apiVersion") == "kaito.sh/v1alpha1":
        yield Edit((*root, "apiVersion"), _NEWEST_API)
    yield from _fields(workspace, root, to, is_intent=False)


def of_inference_set(data: Json, root: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    """The same for a finished InferenceSet, whose template says what a Workspace says."""
    if data.get("apiVersion") == "kaito.sh/v1alpha1" and to.has(versions.KINDS["InferenceSet"]["v1beta1"]):
        yield Edit((*root, "apiVersion"), _NEWEST_API)
    yield from _scaler(data, root, to)
    yield from _fields({"metadata": _mapping(data, "metadata")}, root, to, is_intent=False)
    yield from _fields(_mapping(data, "spec", "template"), (*root, "spec", "template"), to, is_intent=False)


def _scaler(value: Json, root: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    """Annotations of older generations of keda-kaito-scaler to those of 0.6.2, which scales sets of v1beta1."""
    written, at = _mapping(value, "metadata", "annotations"), (*root, "metadata", "annotations")
    own = {key: text for key, text in written.items() if key.startswith(inference_set.SCALER)}
    dead = [key for key in own if key not in inference_set.SCALER_READS]
    if (
        not dead
        or own.get(f"{inference_set.SCALER}auto-provision") != "true"
        or not to.has(versions.KINDS["InferenceSet"]["v1beta1"])
    ):
        return
    if _METRICS not in own:
        found = scaling.metrics_of_old({key: str(text) for key, text in own.items()})
        if found is None:
            message = "what to scale by is not said in numbers that keda-kaito-scaler 0.6.2 could be told"
            yield KG177.at((*at, dead[0]), message, fix=f"write {_METRICS}, and remove this")
            return
        metrics, chosen = found
        if chosen:
            message = "keda-kaito-scaler 0.6.2 takes replicas away below a threshold of its own: half of the one here is written"
            yield KG180.at((*at, dead[-1]), message, fix=f"look at downthreshold in {_METRICS} afterwards")
        yield Edit((*at, _METRICS), metrics)
    if _MOST not in own and "nodeCountLimit" not in _mapping(value, "spec"):
        message = "keda-kaito-scaler 0.6.2 does nothing without a most of replicas, and none is said here"
        yield KG177.at((*at, dead[0]), message, fix=f'add {_MOST}, such as "3"')
    yield from (Edit((*at, key), None) for key in dead)


def of_scaled_object(data: Json, root: Path, to: Target) -> Iterator[Edit]:
    """The same for a ScaledObject of KEDA's that scales an InferenceSet: it names the version that the set has."""
    path = ("spec", "scaleTargetRef", "apiVersion")
    newest = to.has(versions.KINDS["InferenceSet"]["v1beta1"])
    if value_at(data, path) == "kaito.sh/v1alpha1" and newest:
        yield Edit((*root, *path), _NEWEST_API)


def _fields(value: Json, root: Path, to: Target, *, is_intent: bool) -> Iterator[Edit | Diagnostic]:
    """The changes to what intents and Workspaces both say, each in its own place."""
    placement = ("spec", "placement") if is_intent else ("resource",)
    if not to.has(versions.PREFERRED_NODES_READ) and "preferredNodes" in _mapping(value, *placement):
        yield Edit((*root, *placement, "preferredNodes"), None)
    for kind in ("inference", "tuning"):
        holder, name = (("spec", kind), "model") if is_intent else ((kind, "preset"), "name")
        preset = _mapping(value, *holder)
        if isinstance(preset.get(name), str):
            yield from _preset(preset[name], (*root, *holder, name), to)
        if preset.get("accessMode") == "public":
            yield Edit((*root, *holder, "accessMode"), None)
    for key in _mapping(value, "metadata", "annotations"):
        if key in versions.ANNOTATIONS and not to.has(versions.ANNOTATIONS[key]):  # nobody reads it there
            yield Edit((*root, "metadata", "annotations", key), None)


def of_whole(intent: Json, root: Path, before: Target, to: Target) -> Iterator[Edit | Diagnostic]:
    """What only the whole intent decides: whether it says an instance type. `to` has its provisioner already."""
    placement = _mapping(intent, "spec", "placement")
    path = (*root, "spec", "placement", "instanceType")
    if not to.has(versions.STRICT_INSTANCE_TYPE):
        return
    if to.byo and "instanceType" in placement:
        yield Edit(path, None)
    said = not placement.keys().isdisjoint(("instanceType", "nodes"))
    if not (to.byo or said) and before.has(versions.INSTANCE_TYPE_DEFAULTED):
        yield Edit(path, DEFAULT_INSTANCE_TYPE)


def of_replicas(intent: Json, root: Path, replicas: int | str) -> Iterator[Edit]:
    """The intent of a Workspace as that of a set; a count of nodes is for all replicas together then."""
    yield Edit((*root, "spec", "replicas"), replicas)
    count = _mapping(intent, "spec", "placement").get("count")
    if count is not None and isinstance(replicas, int) and replicas > 1:
        yield Edit((*root, "spec", "placement", "count"), count * replicas)


def _provisioner(target: Json, at: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    provisioner, gates = target.get("nodeProvisioner"), _mapping(target, "featureGates")
    path = (*at, "nodeProvisioner")
    if to.has(versions.PROVISIONER_FLAG) and gates.get(_GATE) is True and provisioner != "byo":
        yield Edit(path, "byo")
    if to.has(versions.PROVISIONER_FLAG) and _GATE in gates:
        yield Edit((*at, "featureGates", _GATE), None)
        gates = {gate: on for gate, on in gates.items() if gate != _GATE}
    if not to.has(versions.PROVISIONERS["byo"]) and gates.get(_GATE) is True:
        provisioner = "byo"
    for gate in gates:
        if gate not in versions.GATES or not to.has(versions.GATES[gate]):  # it would change nothing there
            yield Edit((*at, "featureGates", gate), None)
    known = versions.PROVISIONERS.get(str(provisioner))
    if known is not None and not to.has(known):
        path = path if "nodeProvisioner" in target else at
        message = f"KAITO {to.kaito} has no node provisioner {provisioner}, and who brings the nodes there is not for kaitogen to say"
        yield KG177.at(path, message, fix="choose another nodeProvisioner, or stay on the newer KAITO")


def _mapping(value: Json, *path: str) -> Json:
    inner = value_at(value, path)
    return inner if isinstance(inner, dict) else {}


def _preset(name: str, path: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    """The name under which the version has the preset; a finding where it has none, or another name."""
    if is_preset(name, to.minor):
        return
    known = _other_name(name, to.minor)
    if known is None:
        yield _no_preset(name, path, to)
        return
    yield Edit(path, known)
    message = f"preset {name[:60]} is named {known} in KAITO {to.kaito}, and KAITO refuses that change to a Workspace that runs"
    yield KG178.at(path, message, fix="kaitogen diff --against shows the way out")


def _other_name(name: str, minor: int) -> str | None:
    """The same model by a name that the version takes: in its letter case, or the short name of a Hugging Face id."""
    if is_preset(name.lower(), minor):
        return name.lower()
    if "/" not in name:
        return None
    return next((short for short, row in short_names(minor).items() if row.id == name.lower()), None)


def _no_preset(name: str, path: Path, to: Target) -> Diagnostic:
    row, model = find_short(name), find_model(name)
    retired = row is not None and row.removed and to.minor >= row.removed
    what = f"left KAITO in 0.{row.removed}" if row is not None and retired else f"is not in KAITO {to.kaito}"
    message = f"preset {name[:60]} {what}, and which model should run instead is not for kaitogen to say"
    advice = "name another model"
    if row is not None and is_preset(row.id, to.minor):
        advice = f"write {model.id if model else row.id} to take it from Hugging Face, or name another model"
    return KG177.at(path, message, fix=advice)
