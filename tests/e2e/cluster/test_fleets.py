"""Drawn fleets against a real API server with the CRDs of all that is written: nothing is refused, and selectors find their pods."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kaitogen.model import Document, Request
from kaitogen.pipeline import companions
from kaitogen.pipeline.generate import generate
from tests.draws import count
from tests.e2e.cluster.conftest import ControlPlane

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.checkout]

FLEETS = count(200)
SPACE = "fleets"
NAMES = ("phi", "llama", "m7b")
BURST = "-burst"
CREATED_BY, WORKSPACE, INDEX = (
    "inferenceset.kaito.sh/created-by",
    "kaito.sh/workspace",
    "apps.kubernetes.io/pod-index",
)
METRIC = {"name": "vllm:num_requests_waiting", "up": 10, "down": 1}
TRIGGER = {
    "type": "prometheus",
    "metadata": {"serverAddress": "http://prometheus", "query": "up", "threshold": "5"},
}
GATEWAY: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"name": st.sampled_from(["inference-gateway", "g.example"])},
    optional={
        "namespace": st.just("gateways"),
        "listener": st.just("https"),
        "hostnames": st.just(["models.example.com", "*.example.com"]),
        "path": st.sampled_from(["/", "/phi", "/a/b_c~d"]),
        "istio": st.booleans(),
    },
)
AROUND: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "endpoint": st.one_of(
            st.just({"service": True}),
            GATEWAY.map(lambda gateway: {"gateway": gateway}),
            st.just({"gateway": {"name": "g", "match": "model"}}),
        ),
        "disruption": st.sampled_from([{"maxUnavailable": 1}, {"minAvailable": "50%"}, {"maxUnavailable": "25%"}]),
        "monitoring": st.sampled_from([{"podMonitor": True}, {"podMonitor": True, "alerts": True, "dashboard": True}]),
        "ragEngine": st.just({"embedding": {"local": {"modelID": "BAAI/bge-small-en-v1.5"}}}),
    },
)  # fmt: skip
COPIES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {"replicas": 0},
        {"replicas": 3, "upgrade": {"enabled": True, "strategy": "Surge"}},
        {"scaling": {"by": "keda", "min": 0, "max": 3, "triggers": [TRIGGER], "cooldown": {"up": 60}}},
        {"scaling": {"by": "keda-kaito-scaler", "max": 3, "metrics": [METRIC]}},
        {"replicas": {"base": 2, "burst": {"max": 4}}},
        {"replicas": {"base": 1, "burst": {"max": 2, "weight": 0, "by": "keda", "triggers": [TRIGGER]}}},
    ]
)
PLACES: st.SearchStrategy[tuple[dict[str, Any], dict[str, Any]]] = st.sampled_from(
    [
        ({"nodeProvisioner": "karpenter"}, {"zones": ["westeurope-1"]}),
        ({"nodeProvisioner": "karpenter"}, {"capacity": "on-demand"}),
        ({"nodeProvisioner": "karpenter", "featureGates": {"gatewayAPIInferenceExtension": True}}, {}),
        (
            {"nodeProvisioner": "karpenter", "kaito": "0.11"},
            {"labelSelector": {"matchLabels": {"pool": "gpu"}}},
        ),
        ({"nodeProvisioner": "byo"}, {"nodes": ["gpu-1", "gpu-2"]}),
    ]
)
MODELS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"model": "phi-4"},
        {"model": "phi-4", "config": {"vllm": {"max-model-len": 4096}}, "accessSecret": "hf"},
        {"model": "phi-4", "runtime": "transformers"},
    ]
)


def intent(metadata: Any, spec: Any) -> dict[str, Any]:
    """An intent of these."""
    return {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": metadata,
        "spec": spec,
    }


@st.composite
def intents(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """An intent that is right: what contradicts itself is left out of what was drawn."""
    (target, placement), copies, model, around = draw(PLACES), draw(COPIES), draw(MODELS), draw(AROUND)
    where = (
        placement
        if target["nodeProvisioner"] == "byo"
        else {"instanceType": "Standard_NC24ads_A100_v4", **placement}
    )
    if model.get("runtime") == "transformers":
        around.pop("monitoring", None)
    gateway = around.get("endpoint", {}).get("gateway")
    on_vllm = model.get("runtime") != "transformers"
    if gateway and copies and on_vllm and "featureGates" not in target and draw(st.booleans()):
        around["endpoint"] = {"gateway": {**gateway, "istio": True, "pool": {"picker": f"{name}-epp"}}}
    if "ragEngine" in around and copies:
        around["endpoint"] = {**around.get("endpoint", {}), "service": True}
    if name == NAMES[0] and draw(st.booleans()):
        around["modelMirror"] = {"storageClassName": "mirrors"}  # of one model there is one
    if target.get("kaito") == "0.11" and "upgrade" in copies:
        copies = {"replicas": 3}
    metadata = draw(
        st.fixed_dictionaries(
            {"name": st.just(name), "namespace": st.just(SPACE)},
            optional={
                "labels": st.just({"team": "search"}),
                "annotations": st.just({"argocd.argoproj.io/sync-wave": "2"}),
            },
        )
    )
    spec = {"target": target, "placement": where, "inference": model, **copies, **around}
    return intent(metadata, spec)


FLEET = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.tuples(*map(intents, names))
)


def _phi_4(name: str, **more: Any) -> dict[str, Any]:
    spec = {
        "target": {"nodeProvisioner": "karpenter"},
        "placement": {"instanceType": "Standard_NC24ads_A100_v4"},
        "inference": {"model": "phi-4", "config": {"vllm": {"max-model-len": 4096}}},
        **more,
    }
    return intent({"name": name, "namespace": SPACE}, spec)


#: Of every kind one, however few others are drawn.
EVERY_KIND = (
    _phi_4("llama"),
    _phi_4("m7b", scaling={"by": "keda", "min": 0, "max": 3, "triggers": [TRIGGER]}),
    _phi_4(
        "phi",
        replicas=3,
        endpoint={"service": True, "gateway": {"name": "g", "istio": True, "pool": {"picker": "phi-epp"}}},
        disruption={"maxUnavailable": 1},
        monitoring={"podMonitor": True, "alerts": True, "dashboard": True},
        ragEngine={"embedding": {"local": {"modelID": "BAAI/bge-small-en-v1.5"}}},
        modelMirror={"storageClassName": "mirrors"},
    ),
)


@pytest.fixture(scope="module")
def pods(kaito: ControlPlane) -> Iterator[dict[str, dict[str, str]]]:
    """Pods as KAITO 0.12 labels them: two replicas of each set and a Workspace of the same name, on two nodes each."""
    labels: dict[str, dict[str, str]] = {}
    for name in [*NAMES, *(name + BURST for name in NAMES)]:
        for index in ("0", "1"):
            labels[f"{name}-{index}"] = {WORKSPACE: name, INDEX: index}
            for replica in ("aaaaa", "bbbbb"):
                child = f"{name}-{replica}"
                labels[f"{child}-{index}"] = {WORKSPACE: child, CREATED_BY: name, INDEX: index}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}
    kaito.request("POST", "/api/v1/namespaces", space)
    for name, own in labels.items():
        spec = {"containers": [{"name": "model", "image": "example.com/model:1"}]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": own}, "spec": spec}
        kaito.request("POST", f"/api/v1/namespaces/{SPACE}/pods", pod)
    yield labels
    kaito.request("DELETE", f"/api/v1/namespaces/{SPACE}/pods")


seen: set[str] = set()


@settings(
    max_examples=FLEETS, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(FLEET)
@example(EVERY_KIND)
def test_all_that_drawn_fleets_make_is_admitted(
    kaito: ControlPlane, pods: dict[str, dict[str, str]], fleet: tuple[dict[str, Any], ...]
) -> None:
    documents = tuple(Document(f"{number}", value=one, inline=True) for number, one in enumerate(fleet))
    result = generate(Request(documents=documents))
    assert result.ok, result.findings
    made = [manifest.data for manifest in result.manifests]
    answers = kaito.requests(
        [("POST", f"{path_of(one)}?dryRun=All&fieldValidation=Strict", one) for one in made]
    )
    for written, stored in zip(made, answers, strict=True):
        assert stored["kind"] == written["kind"]
        seen.add(written["kind"])
        if (selector := selector_of(written)) is not None:
            assert sorted(selected(kaito, selector)) == sorted(wanted(written, fleet, pods))


def test_every_kind_was_drawn() -> None:
    """Of what was drawn above, so that the proof is about each."""
    assert {kind.kind for kind in companions.KINDS} | {
        "Workspace",
        "InferenceSet",
        "ConfigMap",
        "ScaledObject",
    } <= seen


def path_of(data: Mapping[str, Any]) -> str:
    version = data["apiVersion"]
    group = f"/apis/{version}" if "/" in version else f"/api/{version}"
    inside = "" if data["kind"] == "ModelMirror" else f"/namespaces/{data['metadata']['namespace']}"
    return f"{group}{inside}/{data['kind'].lower()}s"


def selector_of(data: Mapping[str, Any]) -> str | None:
    """What an object selects pods by, as the API server takes it."""
    if data["kind"] not in ("Service", "InferencePool", "PodMonitor", "PodDisruptionBudget"):
        return None
    selector = data["spec"]["selector"]
    if data["kind"] == "Service":
        selector = {"matchLabels": selector}
    equal = [f"{key}={value}" for key, value in selector.get("matchLabels", {}).items()]
    within = [f"{one['key']} in ({','.join(one['values'])})" for one in selector.get("matchExpressions", ())]
    return ",".join([*equal, *within])


def selected(plane: ControlPlane, selector: str) -> Iterator[str]:
    found = plane.request("GET", f"/api/v1/namespaces/{SPACE}/pods?labelSelector={quote(selector)}")
    for pod in found["items"]:
        yield pod["metadata"]["name"]


def wanted(
    data: Mapping[str, Any], fleet: tuple[dict[str, Any], ...], pods: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """The pods that an object is about, by the words of the intent it is from: those that serve, or for a budget all."""
    name = data["metadata"]["name"]
    (spec,) = (one["spec"] for one in fleet if one["metadata"]["name"] == name.removesuffix(BURST))
    owners = {name}
    if data["kind"] == "PodDisruptionBudget" and isinstance(spec.get("replicas"), dict):
        owners.add(name + BURST)
    of_set = "replicas" in spec or "scaling" in spec
    for pod, labels in pods.items():
        owner = labels.get(CREATED_BY) if of_set else None if CREATED_BY in labels else labels[WORKSPACE]
        if owner in owners and (labels[INDEX] == "0" or data["kind"] == "PodDisruptionBudget"):
            yield pod
