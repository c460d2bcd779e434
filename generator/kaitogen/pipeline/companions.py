"""What stands around a Workspace or a set where its intent asks for it: each kind of object is one record.

A companion has the intent's name, labels and shared annotations, and comes after the Workspace or set: it takes no part
in how KAITO deletes that. What the API server would fill in is written, so that a comparison with a cluster finds nothing.
"""

from kaitogen.kaito import served_name as names
from kaitogen.kaito.objects import (
    CREATED_BY,
    POD_INDEX,
    WORKSPACE_LABEL,
    merged,
    on_vllm,
    part,
    runtime_of,
    text,
    value_at,
)
from kaitogen.kaito.versions import POOL_WITHOUT_CERTIFICATE, STATEFUL_SETS
from kaitogen.model import Diagnostic, Json, Path, Rule, Spec, Target
from kaitogen.pipeline import model_mirror, monitoring, own_pools, rag_engine
from kaitogen.pipeline.burst import pair_of
from kaitogen.pipeline.classify import MANAGED_BY, is_companion
from kaitogen.pipeline.context import shared_annotations
from kaitogen.typed import Callable, Final, Iterator, Mapping, NamedTuple

KG226 = Rule("KG226", "An object around what does not serve a model", kind="invalid")
KG227 = Rule("KG227", "A path where the name of the model decides", kind="invalid")
KG228 = Rule("KG228", "KAITO's own Service has the address", kind="note")
KG229 = Rule("KG229", "A route without an endpoint picker", kind="note", since="0.8")
KG230 = Rule("KG230", "A disruption budget that lets no pod go", kind="warning")
KG250 = Rule("KG250", "Alerts or a dashboard without what collects the metrics", kind="invalid")

_PORT: Final = 80
_GATE: Final = "gatewayAPIInferenceExtension"
#: What a gateway with body-based routing sets (docs/gateway-api-inference-extension.md of KAITO 0.12).
_MODEL_HEADER: Final = "X-Gateway-Model-Name"
_GATEWAY_GROUP: Final = "gateway.networking.k8s.io"
_POOL_GROUP: Final = "inference.networking.k8s.io"
GATEWAY: Final = ("spec", "endpoint", "gateway")
#: How the name of the pool ends that KAITO makes for a set.
POOL: Final = "-inferencepool"


class Companion(NamedTuple):
    """One kind of object.

    `asked` is where an intent asks for it, and of KAITO's own kinds says its spec. `key` names it to templates, and `values`
    makes what its template needs of the intent and what that says there, None where nothing is to be made. `words` is what
    an intent says to get it, from its data in canonical form; `note` says in a plan what it is good for. `suffix` is what
    its name has after that of the intent. `in_cluster` says that it belongs to no namespace, and has a name of its own.
    """

    key: str
    api_version: str
    kind: str
    template: str
    values: Callable[[Spec, Json], Json]
    words: Callable[[Json], Json]
    note: Callable[[Spec], str]
    asked: Path
    suffix: str = ""
    in_cluster: bool = False


def of(spec: Spec) -> dict[str, Json]:
    """What the templates of the companions need: those that the intent asks for, and what all of them have."""
    said = {"spec": spec.companions}
    asked = ((one, value_at(said, one.asked)) for one in KINDS)
    values = {one.key: one.values(spec, value) for one, value in asked if value not in (None, False)}
    key, name = MANAGED_BY
    return {
        "labels": {**spec.labels, key: name},
        "annotations": shared_annotations(spec),
        **{key: value for key, value in values.items() if value is not None},
    }


def kind_of(data: Json) -> Companion | None:
    """Which kind of companion an object is; None where it is none, or somebody else's."""
    if not is_companion(data):
        return None
    kind, name = (data["apiVersion"], data["kind"]), text(part(data, "metadata"), "name")
    same = (one for one in KINDS if (one.api_version, one.kind) == kind and name.endswith(one.suffix))
    return next(same, None)


def intent_name(data: Json) -> str:
    """The name of the intent that a companion belongs to."""
    kind = kind_of(data)
    return text(part(data, "metadata"), "name").removesuffix("" if kind is None else kind.suffix)


def intent_path(data: Json, path: Path) -> Path:
    """The path in the intent of what stands at `path` in a companion of KAITO's own kinds."""
    kind = kind_of(data)
    return (*kind.asked, *path[1:]) if kind is not None and path[:1] == ("spec",) else path


def with_words(spec: Json, companions: list[Json]) -> Json:
    """The `spec` of an intent with the words for these companions."""
    for data in companions:
        kind = kind_of(data)
        spec = spec if kind is None else merged(spec, kind.words(data))
    return spec


def gate_of(companion: Json) -> str:
    """The gate of KAITO's that is on where this is of any use, as it leads to the InferencePool that KAITO makes; empty for others."""
    references = value_at(companion, ("spec", "rules", 0, "backendRefs"))
    names = (
        [one.get("name") for one in references if isinstance(one, dict)]
        if isinstance(references, list)
        else []
    )
    leads = [*names, text(part(companion, "spec"), "host").removesuffix("-epp")]
    return _GATE if any(isinstance(name, str) and name.endswith(POOL) for name in leads) else ""


def served_name(spec: Spec) -> str:
    """The name of the model that clients send."""
    inference: Mapping[str, Json] = spec.inference or {}
    settings = part(part(inference, "config"), "vllm")
    of_set = "" if spec.fleet is None else spec.name
    return names.served_name(inference["model"], settings, spec.target, of_set=of_set)


def objections(value: Json, target: Target) -> Iterator[Diagnostic]:
    """What is wrong with what an intent says of companions, or worth a word."""
    spec, name = value["spec"], value["metadata"]["name"]
    inference = spec.get("inference") or {}
    if "model" not in inference:
        what = "a tuning" if spec.get("tuning") is not None else "a pod template of your own"
        for word in ("endpoint", "disruption", "monitoring", "ragEngine", "modelMirror"):
            if word in spec and (word != "disruption" or what == "a tuning"):
                message = f"{word} is for a model that KAITO serves, and this is {what}"
                yield KG226.at(("spec", word), message, fix=f"remove {word}")
        return
    copies = "replicas" in spec or "scaling" in spec
    endpoint, gateway = spec.get("endpoint") or {}, value_at(spec, GATEWAY[1:])
    if gateway and gateway.get("match") == "model" and "path" in gateway:
        message = "the name of the model decides where requests go, and path says it as well"
        yield KG227.at((*GATEWAY, "path"), message, fix="remove path, or match")
    if endpoint.get("service") and not copies:
        message = (
            f"KAITO's own Service {name} has the address of a single Workspace, so no second one is written"
        )
        fix = f"remove {'service' if len(endpoint) > 1 else 'endpoint'}, or add replicas to have copies"
        yield KG228.at(("spec", "endpoint", "service"), message, fix=fix)
    runtime = runtime_of(inference, value["metadata"].get("annotations") or {})
    if gateway and "pool" in gateway:
        made = target.feature_gates.get(_GATE) is True
        yield from own_pools.objections(copies=copies, on_vllm=on_vllm(runtime, target), made=made)
    elif gateway and copies and runtime != "transformers" and not target.feature_gates.get(_GATE):
        message = (
            "requests go to the replicas in turn: without KAITO's InferencePool nobody looks at who is busy"
        )
        fix = f"switch {_GATE} on in KAITO's installation, and write target.featureGates: {{{_GATE}: true}}"
        yield KG229.at(GATEWAY, message, fix=fix)
    if "ragEngine" in spec:
        pooled = on_vllm(runtime, target) and (target.feature_gates.get(_GATE) or "pool" in (gateway or {}))
        addressed = not copies or endpoint.get("service") is True or bool(gateway and not pooled)
        yield from rag_engine.objections(value, target, addressed=addressed)
    if "modelMirror" in spec:
        yield from model_mirror.objections(value, target)
    yield from _stuck(spec)
    yield from _unwatched(spec, runtime, target)


def _stuck(spec: Json) -> Iterator[Diagnostic]:
    """KG230: what waits for a pod to go waits for ever."""
    budget = spec.get("disruption") or {}
    for word, value in budget.items():
        path: Path = ("spec", "disruption", word)
        if value in ((0, "0%") if word == "maxUnavailable" else ("100%",)):
            message = f"{word}: {value} lets no pod go, so that draining a node waits for ever"
            fix = "write maxUnavailable: 1, or delete the PodDisruptionBudget before nodes are drained"
            yield KG230.at(path, message, fix=fix)


def _unwatched(spec: Json, runtime: str | None, target: Target) -> Iterator[Diagnostic]:
    """What of spec.monitoring has no metrics to go by."""
    monitoring = spec.get("monitoring")
    if monitoring and not on_vllm(runtime, target):
        message = "monitoring goes by metrics of vLLM, and this runs on transformers"
        yield KG226.at(("spec", "monitoring"), message, fix="remove monitoring")
    for word in ("alerts", "dashboard"):
        if monitoring and monitoring.get(word) and not monitoring.get("podMonitor"):
            message = f"{word} reads what a PodMonitor collects, and none is asked for"
            yield KG250.at(("spec", "monitoring", word), message, fix="add podMonitor: true")


def _leaders(spec: Spec) -> dict[str, str]:
    """The pods that serve: the first of each replica, or that of the Workspace, which was no StatefulSet before 0.8."""
    index = {POD_INDEX: "0"} if spec.target.has(STATEFUL_SETS) else {}
    return {**_selector(spec), **index}


def _pod_monitor(spec: Spec, asked: Json) -> Json:
    if not asked.get("podMonitor"):
        return None
    endpoint = {"port": "http", "path": "/metrics", "interval": "30s"}
    return {"selector": _leaders(spec), "endpoints": [endpoint], "labels": [WORKSPACE_LABEL]}


def _selector(spec: Spec) -> dict[str, str]:
    """The pods of a model: those of all replicas, or of the Workspace."""
    return {CREATED_BY: spec.name} if spec.fleet is not None else {WORKSPACE_LABEL: spec.name}


def _has_pool(spec: Spec) -> bool:
    """Whether KAITO makes an InferencePool for the set (pkg/inferenceset/inferenceset_controller.go:537@v0.12.0)."""
    runs_on_vllm = on_vllm(runtime_of(spec.inference or {}, spec.annotations), spec.target)
    return spec.fleet is not None and spec.target.feature_gates.get(_GATE) is True and runs_on_vllm


def _pool(spec: Spec, name: str) -> str:
    """The InferencePool of the set of that name, KAITO's or that of its intent; empty where there is none."""
    if _has_pool(spec):
        return f"{name}{POOL}"
    return name if own_pools.asked(spec) else ""


def _address(spec: Spec) -> str:
    return f"{rag_engine.address(spec)}, clients send model {served_name(spec)}"


def _service(spec: Spec, endpoint: Json) -> Json:
    """The first pods of all replicas; a Workspace has a Service of KAITO's of that very name."""
    routed = "gateway" in endpoint and not _pool(spec, spec.name)
    if spec.fleet is None or not (endpoint.get("service") or routed):
        return None
    ports = [{"name": "http", "protocol": "TCP", "port": _PORT, "targetPort": own_pools.POD_PORT}]
    return {"selector": {**_selector(spec), POD_INDEX: "0"}, "ports": ports}


def _route(spec: Spec, gateway: Json) -> Json:
    pair = pair_of(spec)
    if pair is not None and not pair.is_base:
        return None
    parent = {"group": _GATEWAY_GROUP, "kind": "Gateway", "name": gateway["name"]}
    for word, field in (("namespace", "namespace"), ("listener", "sectionName")):
        if word in gateway:
            parent[field] = gateway[word]
    path = gateway.get("path", "/")
    match: Json = {"path": {"type": "PathPrefix", "value": path}}
    if gateway.get("match") == "model":
        header = {"type": "Exact", "name": _MODEL_HEADER, "value": served_name(spec)}
        match = {"path": {"type": "PathPrefix", "value": "/"}, "headers": [header]}
    rule: Json = {"matches": [match]}
    if path != "/":
        rewrite = {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"}}
        rule["filters"] = [{"type": "URLRewrite", "urlRewrite": rewrite}]
    both = {spec.name: 1} if pair is None else dict(zip((pair.base, pair.burst), pair.weights, strict=True))
    rule["backendRefs"] = [{**_backend(spec, name), "weight": weight} for name, weight in both.items()]
    return {"parents": [parent], "hostnames": gateway.get("hostnames"), "rules": [rule]}


def _backend(spec: Spec, name: str) -> Json:
    """What a route leads to for the set of that name."""
    if pool := _pool(spec, name):
        return {"group": _POOL_GROUP, "kind": "InferencePool", "name": pool}
    return {"group": "", "kind": "Service", "name": name, "port": _PORT}


def _route_note(spec: Spec) -> str:
    pair = pair_of(spec)
    names = [spec.name] if pair is None else [pair.base, pair.burst]
    backends = [_backend(spec, name) for name in names]
    where = f"{backends[0]['kind']}{'s' * (len(names) - 1)} {' and '.join(one['name'] for one in backends)}"
    if pair is not None:
        base, burst = pair.weights
        where += f", {base} and {burst} of {base + burst} requests"
    return f"to {where}, clients send model {served_name(spec)}"


def _route_words(data: Json) -> Json:
    spec = part(data, "spec")
    parent, match = (
        found if isinstance(found := value_at(spec, path), dict) else {}
        for path in (("parentRefs", 0), ("rules", 0, "matches", 0))
    )
    words = {"name": parent.get("name")}
    for word, field in (("namespace", "namespace"), ("listener", "sectionName")):
        if field in parent:
            words[word] = parent[field]
    if "hostnames" in spec:
        words["hostnames"] = spec["hostnames"]
    if "headers" in match:
        words["match"] = "model"
    elif (path := value_at(match, ("path", "value"))) not in (None, "/"):
        words["path"] = path
    return {"endpoint": {"gateway": words}}


def _tls(spec: Spec, _asked: Json) -> Json:
    """How Istio speaks to the endpoint picker of a pool (examples/gateway-api-inference-extension of KAITO)."""
    if not _pool(spec, spec.name):
        return None
    own = own_pools.asked(spec)
    plain = not own and spec.target.has(POOL_WITHOUT_CERTIFICATE)
    tls: Json = {"mode": "DISABLE"} if plain else {"mode": "SIMPLE", "insecureSkipVerify": True}
    return {"host": own_pools.picker_of(spec) if own else f"{spec.name}{POOL}-epp", "tls": tls}


def _budget(spec: Spec, budget: Json) -> Json:
    limits = {"max_unavailable": budget.get("maxUnavailable"), "min_available": budget.get("minAvailable")}
    selector: Json = {"matchLabels": _selector(spec)}
    if (pair := pair_of(spec)) is not None:
        both = {"key": CREATED_BY, "operator": "In", "values": [pair.base, pair.burst]}
        selector = {"matchExpressions": [both]}
    return {"selector": selector, **limits}


def _budget_words(data: Json) -> Json:
    spec = part(data, "spec")
    return {"disruption": {key: spec[key] for key in ("maxUnavailable", "minAvailable") if key in spec}}


def _budget_note(spec: Spec) -> str:
    return ", ".join(f"{word} {value}" for word, value in part(spec.companions or {}, "disruption").items())


#: In the order in which they are written.
KINDS: Final = (
    Companion(
        key="service", api_version="v1", kind="Service", template="service.yaml.j2",
        values=_service, words=lambda _: {"endpoint": {"service": True}}, note=_address,
        asked=("spec", "endpoint"),
    ),
    Companion(
        key="route", api_version=f"{_GATEWAY_GROUP}/v1", kind="HTTPRoute", template="http-route.yaml.j2",
        values=_route, words=_route_words, note=_route_note, asked=GATEWAY,
    ),
    Companion(
        key="pool", api_version=f"{_POOL_GROUP}/v1", kind="InferencePool", template="inference-pool.yaml.j2",
        values=lambda spec, pool: own_pools.values(spec, pool, _leaders(spec)), words=own_pools.words, note=own_pools.note,
        asked=own_pools.PLACE,
    ),
    Companion(
        key="tls", api_version="networking.istio.io/v1", kind="DestinationRule", template="destination-rule.yaml.j2",
        values=_tls, words=lambda _: {"endpoint": {"gateway": {"istio": True}}},
        note=lambda spec: f"for {spec.name}{POOL}-epp", asked=(*GATEWAY, "istio"),
    ),
    Companion(
        key="budget", api_version="policy/v1", kind="PodDisruptionBudget", template="pod-disruption-budget.yaml.j2",
        values=_budget, words=_budget_words, note=_budget_note, asked=("spec", "disruption"),
    ),
    Companion(
        key="pod_monitor", api_version="monitoring.coreos.com/v1", kind="PodMonitor", template="pod-monitor.yaml.j2",
        values=_pod_monitor, words=lambda _: {"monitoring": {"podMonitor": True}},
        note=lambda _: "metrics of the first pod of every replica", asked=monitoring.PLACE,
    ),
    Companion(
        key="alerts", api_version="monitoring.coreos.com/v1", kind="PrometheusRule",
        template="prometheus-rule.yaml.j2", values=monitoring.alerts, words=lambda _: {"monitoring": {"alerts": True}},
        note=lambda _: "alerts for Prometheus", asked=monitoring.PLACE,
    ),
    Companion(
        key="dashboard", api_version="v1", kind="ConfigMap", template="dashboard.yaml.j2",
        values=monitoring.dashboard, words=lambda _: {"monitoring": {"dashboard": True}},
        note=lambda _: "a dashboard for Grafana", asked=monitoring.PLACE, suffix=monitoring.DASHBOARD,
    ),
    Companion(
        key="rag_engine", api_version="kaito.sh/v1beta1", kind="RAGEngine", template="rag-engine.yaml.j2",
        values=rag_engine.values, words=rag_engine.words, note=rag_engine.note,
        asked=rag_engine.PLACE, suffix=rag_engine.SUFFIX,
    ),
    Companion(
        key="model_mirror", api_version="kaito.sh/v1alpha1", kind="ModelMirror", template="model-mirror.yaml.j2",
        values=model_mirror.values, words=model_mirror.words, note=model_mirror.note,
        asked=model_mirror.PLACE, in_cluster=True,
    ),
)  # fmt: skip
