"""One intent of base and burst as two: replicas that always serve, and more of spot capacity, behind one route.

KAITO knows nothing of it. Pods carry the label of their own set alone, so that no Service and no InferencePool can select
those of both (pkg/workspace/manifests/manifests.go:136@v0.12.0): what joins them is the route, with a weight for each.
"""

from kaitogen.kaito.objects import part, value_at
from kaitogen.kaito.rules.layout import setting
from kaitogen.kaito.versions import SERVED_AS_SET
from kaitogen.model import RUNTIME_ANNOTATION, Diagnostic, Json, Path, Rule, Spec, Target
from kaitogen.pipeline import capacity, scaling
from kaitogen.typed import Final, Iterator, Mapping, NamedTuple

KG236 = Rule("KG236", "Base and burst without a route", kind="warning", since="0.8")
KG237 = Rule("KG237", "A burst that answers to another name", kind="warning", since="0.11")
KG238 = Rule("KG238", "A base that is not as the word says", kind="invalid", since="0.8")
KG239 = Rule("KG239", "A share of the requests for replicas that are not there", kind="warning", since="0.8")

#: How the burst's name ends, after that of the intent.
SUFFIX: Final = "-burst"
#: Of spec.replicas.burst, what is about the nodes and the route; all else is as in spec.scaling.
_OWN: Final = ("capacity", "weight")
_DEFAULTS: Final[Mapping[str, Json]] = {"by": "keda-kaito-scaler", "min": 1}
_METRICS: Final = ({"name": "vllm:num_requests_waiting", "up": 10, "down": 1},)
#: Of a placement, what is about single nodes: those are the base's.
_OF_NODES: Final = ("strategy", "nodes", "count", "preferredNodes")
_BURST: Final[Path] = ("spec", "replicas", "burst")
_PLACEMENT: Final[Path] = ("spec", "placement")
_SERVED: Final = "served-model-name"
#: The key of a Spec's fleet that says of what pair it is one.
PAIR: Final = "pair"


class Pair(NamedTuple):
    """The names of the two sets, and how many requests each gets of all. `is_base` says which of them it is about."""

    base: str
    burst: str
    weights: tuple[int, int]
    is_base: bool


def pair_of(spec: Spec) -> Pair | None:
    """The pair that a set is one of; None for a set that stands alone, and for a Workspace."""
    pair: Pair | None = (spec.fleet or {}).get(PAIR)
    return pair


def scaling_of(burst: Mapping[str, Json]) -> dict[str, Json]:
    """What an intent would say in spec.scaling for the burst alone."""
    said = {**_DEFAULTS, **{key: item for key, item in burst.items() if key not in _OWN}}
    if said["by"] == _DEFAULTS["by"] and "metrics" not in said:
        said["metrics"] = list(_METRICS)
    return said


def words_of(scaling: Mapping[str, Json]) -> dict[str, Json]:
    """What spec.replicas.burst says for a scaling, the shortest way."""
    words = {key: item for key, item in scaling.items() if _DEFAULTS.get(key) != item}
    usual = [
        {key: item for key, item in one.items() if (key, item) != ("type", "gauge")}
        for one in words.get("metrics", ())
    ]
    if usual == list(_METRICS):
        del words["metrics"]
    return words


def split(value: Json, target: Target) -> tuple[Json, Json]:
    """The two intents that the one stands for: its own with the base, which has the route, the budget, a RAGEngine and a mirror, and the burst."""
    spec, metadata = value["spec"], value["metadata"]
    replicas, placement = spec["replicas"], spec.get("placement") or {}
    base = {**spec, "replicas": replicas["base"], "placement": {**placement, "capacity": "on-demand"}}
    base.pop("nodeCountLimit", None)  # it is about what an autoscaler may take
    burst = {
        key: item
        for key, item in spec.items()
        if key not in ("replicas", "disruption", "ragEngine", "modelMirror")
    }
    kept = {key: item for key, item in placement.items() if key not in _OF_NODES}
    burst["scaling"] = scaling_of(replicas["burst"])
    burst["placement"] = {**kept, "capacity": replicas["burst"].get("capacity", "spot")}
    if isinstance(spec.get("inference"), dict):
        burst["inference"] = _answering_to(metadata["name"], value, target)
    name = metadata["name"] + SUFFIX
    return {**value, "spec": base}, {**value, "metadata": {**metadata, "name": name}, "spec": burst}


def halves(value: Json, target: Target) -> Iterator[tuple[Json, Pair]]:
    """The same, each with what it is of the pair."""
    replicas, whole = value["spec"]["replicas"], split(value, target)
    base, burst = (half["metadata"]["name"] for half in whole)
    for half, is_base in zip(whole, (True, False), strict=True):
        yield half, Pair(base=base, burst=burst, weights=_weights(replicas), is_base=is_base)


def _weights(replicas: Mapping[str, Json]) -> tuple[int, int]:
    """How many requests base and burst get: as many for each replica, unless the intent says otherwise."""
    base, burst = replicas["base"], replicas["burst"]
    return base, burst.get("weight", burst["max"])


def _answering_to(name: str, value: Json, target: Target) -> Json:
    """The inference of the burst: vLLM has it serve under the name of the base, since KAITO would take that of the set."""
    inference = value["spec"]["inference"]
    config = inference.get("config") or {}
    settings = part(config, "vllm")
    own = setting(settings, _SERVED)
    if own is not None or "configMapName" in config or not _takes_name(value, target):
        return inference
    return {**inference, "config": {**config, "vllm": {**settings, _SERVED: name}}}


def _takes_name(value: Json, target: Target) -> bool:
    """Whether KAITO has vLLM serve a set's model under the name of the set."""
    inference = value["spec"].get("inference") or {}
    noted = (value["metadata"].get("annotations") or {}).get(RUNTIME_ANNOTATION)
    on_vllm = "transformers" not in (inference.get("runtime"), noted)
    return "model" in inference and on_vllm and target.has(SERVED_AS_SET)


def objections(value: Json, target: Target) -> Iterator[Diagnostic]:
    """What is wrong with the two that an intent asks for, or worth a word."""
    spec = value["spec"]
    if "scaling" in spec:
        message = "the burst has its own scaling, and the base has a number of replicas"
        yield KG238.at(("spec", "scaling"), message, fix="move what it says to replicas.burst")
    placement = spec.get("placement") or {}
    if placement.get("capacity") == "spot":
        message = "the base always serves, and the cloud may take spot capacity back at any time"
        fix = "remove it; replicas.burst.capacity is that of the burst"
        yield KG238.at((*_PLACEMENT, "capacity"), message, fix=fix)
    _, burst = split(value, target)
    problems = capacity.objections(burst["spec"]["placement"], target)
    for problem in (*problems, *scaling.objections(burst["spec"], target)):
        yield problem._replace(path=to_burst(problem.path))
    mixed = target.byo and burst["spec"]["placement"]["capacity"] == "spot"
    if mixed and "labelSelector" in placement and not capacity.labels({"capacity": "on-demand"}, target):
        message = f"no label of {target.provider} keeps the base off the spot nodes that this selects"
        fix = "leave labelSelector out, so that base and burst each select a label of their own"
        yield KG238.at((*_PLACEMENT, "labelSelector"), message, fix=fix)
    if "model" in (spec.get("inference") or {}):
        yield from _of_requests(value, target)


def _of_requests(value: Json, target: Target) -> Iterator[Diagnostic]:
    """What becomes of the requests of clients."""
    spec, name = value["spec"], value["metadata"]["name"]
    config_map = value_at(spec, ("inference", "config", "configMapName"))
    if config_map is not None and _takes_name(value, target):
        message = f"KAITO has the sets serve as {name} and {name}{SUFFIX}, unless ConfigMap {config_map} gives both one name"
        fix = f"write served-model-name: {name} below vllm there, or give config inline"
        yield KG237.at(("spec", "inference", "config", "configMapName"), message, fix=fix)
    if value_at(spec, ("endpoint", "gateway")) is None:
        message = "nothing sends requests to base and burst alike: no Service can select the pods of two sets"
        fix = "add endpoint.gateway, or have what you route with send to both by weight"
        yield KG236.at(("spec", "replicas"), message, fix=fix)
    burst = spec["replicas"]["burst"]
    weights = _weights(spec["replicas"])
    if burst.get("min", 1) == 0 and weights[1]:
        message = f"while the burst has no replica, {weights[1]} of {sum(weights)} requests fail: a route has fixed weights"
        yield KG239.at((*_BURST, "min"), message, fix="write min: 1")


def to_burst(path: Path) -> Path:
    """Where an intent of base and burst says what the burst alone would say at `path`."""
    if path == (*_PLACEMENT, "capacity"):
        return (*_BURST, "capacity")
    return (*_BURST, *path[2:]) if path[:2] == ("spec", "scaling") else path
