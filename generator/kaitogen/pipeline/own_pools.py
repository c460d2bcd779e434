"""An InferencePool of kaitogen's own, for an installation of KAITO that makes none: the endpoint picker is the user's."""

from kaitogen.kaito.objects import part, value_at
from kaitogen.model import Diagnostic, Json, Path, Rule, Spec
from kaitogen.pipeline.burst import SUFFIX, pair_of
from kaitogen.typed import Final, Iterator, Mapping

KG242 = Rule("KG242", "A second pool, or one from which nothing can be picked", kind="invalid", since="0.8")

#: Where an intent says it.
PLACE: Final[Path] = ("spec", "endpoint", "gateway", "pool")
#: Where the first pod of each replica serves.
POD_PORT: Final = 5000
#: Of an endpoint picker, by the charts of the Inference Extension.
_PICKER_PORT: Final = 9002


def objections(*, copies: bool, on_vllm: bool, made: bool) -> Iterator[Diagnostic]:
    """KG242: never two pools over the same pods, which `made` says of KAITO's, and none that nothing can be picked from."""
    if not copies:
        message = "a single Workspace has one pod that serves, so there is nothing to pick from"
    elif not on_vllm:
        message = "an endpoint picker goes by metrics of vLLM, and this runs on transformers"
    elif made:
        message = "with its gate on KAITO makes the InferencePool itself, with an endpoint picker"
    else:
        return
    yield KG242.at(PLACE, message, fix="remove pool")


def asked(spec: Spec) -> Json:
    """What an intent says of a pool; None where it asks for none."""
    return value_at(spec.companions, PLACE[1:])


def values(spec: Spec, pool: Json, leaders: Mapping[str, str]) -> Json:
    """What the template of an InferencePool (v1 of the Inference Extension) needs; `leaders` selects the pods that serve."""
    picker = {"group": "", "kind": "Service", "name": picker_of(spec)}
    return {
        "selector": leaders,
        "ports": [{"number": POD_PORT}],
        "picker": {**picker, "port": {"number": pool.get("port", _PICKER_PORT)}, "failureMode": "FailClose"},
    }


def picker_of(spec: Spec) -> str:
    """The Service of the endpoint picker, of which each serves one pool."""
    pair = pair_of(spec)
    suffix = "" if pair is None or pair.is_base else SUFFIX
    return f"{asked(spec)['picker']}{suffix}"


def words(data: Json) -> Json:
    """What an intent says to get this InferencePool."""
    picker = part(part(data, "spec"), "endpointPickerRef")
    said = {"picker": picker.get("name")}
    port = part(picker, "port").get("number")
    return {"endpoint": {"gateway": {"pool": said if port == _PICKER_PORT else {**said, "port": port}}}}


def note(spec: Spec) -> str:
    """What a plan says of it."""
    return f"over the first pods of all replicas, picked by {picker_of(spec)}"
