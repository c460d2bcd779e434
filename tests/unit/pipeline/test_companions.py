"""What stands around a Workspace or set: each kind against its own CRD, selectors against pods as KAITO labels them, and back."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.commands.import_.importer import import_all
from kaitogen.commands.plan.build import PlanOptions, build_plan
from kaitogen.commands.plan.objects import objects_of
from kaitogen.model import Document, TargetOverrides, path_text
from kaitogen.pipeline import companions
from kaitogen.pipeline.load import Loaded
from tests.unit.pipeline.test_replicas import intent, run

CRDS = Path(__file__).resolve().parents[2] / "e2e" / "cluster" / "companions"
GATE = {"featureGates": {"gatewayAPIInferenceExtension": True}}
ROUTED = {"gateway": {"name": "inference-gateway"}}
#: Pods as KAITO 0.12 labels those of the set `phi`, of the Workspace `phi`, and of others (seen on its real controller).
PODS = {
    "phi-a-0": {"inferenceset.kaito.sh/created-by": "phi", "kaito.sh/workspace": "phi-a", "apps.kubernetes.io/pod-index": "0"},
    "phi-a-1": {"inferenceset.kaito.sh/created-by": "phi", "kaito.sh/workspace": "phi-a", "apps.kubernetes.io/pod-index": "1"},
    "phi-b-0": {"inferenceset.kaito.sh/created-by": "phi", "kaito.sh/workspace": "phi-b", "apps.kubernetes.io/pod-index": "0"},
    "phi-0": {"kaito.sh/workspace": "phi", "apps.kubernetes.io/pod-index": "0"},
    "other-0": {"inferenceset.kaito.sh/created-by": "other", "kaito.sh/workspace": "other-a", "apps.kubernetes.io/pod-index": "0"},
    "web-0": {"apps.kubernetes.io/pod-index": "0"},
}  # fmt: skip


def made(value: dict[str, Any]) -> dict[str, Any]:
    """The companions of an intent by their kind."""
    result = run(value)
    assert result.ok, result.findings
    return {one.data["kind"]: one.data for one in result.manifests if companions.kind_of(one.data)}


def codes(value: dict[str, Any]) -> list[str]:
    return [one.code for one in run(value).findings]


def selected(labels: dict[str, str]) -> list[str]:
    return [name for name, own in PODS.items() if labels.items() <= own.items()]


@cache
def validator(api_version: str, kind: str) -> Any:
    """What the API server of its kind holds an object against; None for a kind of Kubernetes' own."""
    group, _, own = api_version.rpartition("/")
    if "." not in group:
        return None
    folder = CRDS.parent / "crds" / "v0.12.0" if group == "kaito.sh" else CRDS
    text = (folder / f"{group}_{kind.lower()}s.yaml").read_text(encoding="utf-8")
    (version,) = (one for one in yaml.safe_load(text)["spec"]["versions"] if one["name"] == own)
    schema = closed(version["schema"]["openAPIV3Schema"])
    # Of every object, whether or not its CRD says so.
    schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {}}
    return jsonschema.Draft7Validator(schema)


def closed(schema: Any) -> Any:
    """The schema with no field allowed that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(one) for key, one in schema.items()}
    named = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    return {**inner, "additionalProperties": False} if named else inner


def wrong(data: Mapping[str, Any]) -> list[str]:
    """What its own CRD refuses of an object, of a kind that has one."""
    own = validator(data["apiVersion"], data["kind"])
    errors = [] if own is None else own.iter_errors(data)
    return [f"{'.'.join(map(str, one.path))}: {one.message[:300]}" for one in errors]


def test_a_service_takes_exactly_the_first_pod_of_each_replica() -> None:
    service = made(intent(replicas=2, endpoint={"service": True}))["Service"]
    assert selected(service["spec"]["selector"]) == ["phi-a-0", "phi-b-0"]
    (port,) = service["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (80, 5000)


@pytest.mark.parametrize(
    ("more", "pods"), [({"replicas": 2}, ["phi-a-0", "phi-a-1", "phi-b-0"]), ({}, ["phi-0"])]
)
def test_a_budget_counts_all_pods_of_the_model(more: dict[str, Any], pods: list[str]) -> None:
    budget = made(intent(disruption={"maxUnavailable": 1}, **more))["PodDisruptionBudget"]
    assert selected(budget["spec"]["selector"]["matchLabels"]) == pods


def test_a_workspace_has_a_service_of_kaitos_own() -> None:
    value = intent(endpoint={"service": True})
    assert made(value) == {}
    assert codes(value) == ["KG228"]


@pytest.mark.parametrize(
    ("more", "backend", "kinds"),
    [
        ({}, ("Service", "phi"), ["HTTPRoute"]),
        ({"target": GATE}, ("Service", "phi"), ["HTTPRoute"]),
        ({"replicas": 2}, ("Service", "phi"), ["Service", "HTTPRoute"]),
        ({"replicas": 2, "target": GATE}, ("InferencePool", "phi-inferencepool"), ["HTTPRoute"]),
        ({"replicas": 2, "target": GATE, "inference": {"model": "phi-4", "runtime": "transformers"}},
         ("Service", "phi"), ["Service", "HTTPRoute"]),
    ],
)  # fmt: skip
def test_a_route_leads_to_what_is_there(
    more: dict[str, Any], backend: tuple[str, str], kinds: list[str]
) -> None:
    found = made(intent(endpoint=ROUTED, **more))
    assert list(found) == kinds
    (reference,) = found["HTTPRoute"]["spec"]["rules"][0]["backendRefs"]
    assert (reference["kind"], reference["name"]) == backend


def test_never_a_pool_of_our_own_beside_kaitos() -> None:
    pooled = {"gateway": {"name": "inference-gateway", "pool": {"picker": "phi-epp"}}}
    assert "InferencePool" not in made(intent(replicas=2, endpoint=ROUTED, target=GATE))
    assert codes(intent(replicas=2, endpoint=pooled, target=GATE)) == ["KG242"]
    transformers = {"model": "phi-4", "runtime": "transformers"}
    assert codes(intent(replicas=2, endpoint=pooled, inference=transformers)) == ["KG242"]
    assert codes(intent(endpoint=pooled)) == ["KG242"]
    asking = {"embedding": {"local": {"modelID": "BAAI/bge-small-en-v1.5"}}}
    assert codes(intent(replicas=2, endpoint=pooled, ragEngine=asking)) == ["KG253"]
    assert not run(intent(replicas=2, endpoint=pooled)).findings


@pytest.mark.parametrize(("more", "port"), [({}, 9002), ({"port": 9003}, 9003)])
def test_a_pool_of_our_own_takes_the_pods_that_serve(more: dict[str, Any], port: int) -> None:
    gateway = {"name": "g", "istio": True, "pool": {"picker": "phi-epp", **more}}
    found = made(intent(replicas=2, endpoint={"gateway": gateway}))
    assert list(found) == ["HTTPRoute", "InferencePool", "DestinationRule"]
    pool = found["InferencePool"]["spec"]
    assert selected(pool["selector"]["matchLabels"]) == ["phi-a-0", "phi-b-0"]
    assert pool["targetPorts"] == [{"number": 5000}]
    picker = pool["endpointPickerRef"]
    assert (picker["name"], picker["port"]) == ("phi-epp", {"number": port})
    (reference,) = found["HTTPRoute"]["spec"]["rules"][0]["backendRefs"]
    assert (reference["kind"], reference["name"]) == ("InferencePool", "phi")
    assert found["DestinationRule"]["spec"]["host"] == "phi-epp"


@pytest.mark.parametrize(
    ("kaito", "tls"),
    [("0.12", {"mode": "DISABLE"}), ("0.11", {"mode": "SIMPLE", "insecureSkipVerify": True})],
)
def test_istio_is_told_how_to_speak_to_the_endpoint_picker(kaito: str, tls: dict[str, Any]) -> None:
    gateway = {"gateway": {"name": "inference-gateway", "istio": True}}
    value = intent(replicas=2, endpoint=gateway, target={**GATE, "kaito": kaito})
    rule = made(value)["DestinationRule"]["spec"]
    assert rule == {"host": "phi-inferencepool-epp", "trafficPolicy": {"tls": tls}}
    assert "DestinationRule" not in made(intent(replicas=2, endpoint=gateway))


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"replicas": 2}, "phi"),
        ({"replicas": 2, "target": {"kaito": "0.10", "featureGates": {"enableInferenceSetController": True}}}, "phi-4"),
        ({}, "phi-4"),
        ({"inference": {"model": "meta-llama/Llama-3.1-8B-Instruct", "accessSecret": "hf"}}, "llama-3.1-8b-instruct"),
        ({"replicas": 2, "inference": {"model": "phi-4", "config": {"vllm": {"served-model-name": "best"}}}}, "best"),
    ],
)  # fmt: skip
def test_the_name_that_clients_send(more: dict[str, Any], name: str) -> None:
    value = intent(endpoint={"gateway": {"name": "inference-gateway", "match": "model"}}, **more)
    (match,) = made(value)["HTTPRoute"]["spec"]["rules"][0]["matches"]
    assert [one["value"] for one in match["headers"]] == [name]
    (planned,) = build_plan(run(value), PlanOptions()).workspaces
    (note,) = (one.note for one in objects_of(planned) if one.kind == "HTTPRoute")
    assert f"clients send model {name}" in note


@pytest.mark.parametrize(
    ("budget", "stuck"),
    [({"maxUnavailable": 0}, True), ({"maxUnavailable": "0%"}, True), ({"minAvailable": "100%"}, True),
     ({"maxUnavailable": 1}, False), ({"minAvailable": 0}, False), ({"minAvailable": "50%"}, False)],
)  # fmt: skip
def test_a_budget_that_holds_up_every_drain(budget: dict[str, Any], stuck: bool) -> None:
    assert codes(intent(replicas=2, disruption=budget)) == (["KG230"] if stuck else [])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"monitoring": {"alerts": True}}, "KG250"),
        ({"monitoring": {"podMonitor": False, "dashboard": True}}, "KG250"),
        (
            {"monitoring": {"podMonitor": True}, "inference": {"model": "phi-4", "runtime": "transformers"}},
            "KG226",
        ),
    ],
)
def test_what_nobody_can_watch(words: dict[str, Any], code: str) -> None:
    assert codes(intent(**words)) == [code]


@pytest.mark.parametrize(
    ("kaito", "words", "pods"),
    [("0.12", {"replicas": 2}, ["phi-a-0", "phi-b-0"]), ("0.12", {}, ["phi-0"]), ("0.7", {}, ["phi-0"])],
)
def test_metrics_are_those_of_the_pods_that_serve(kaito: str, words: dict[str, Any], pods: list[str]) -> None:
    value = intent(monitoring={"podMonitor": True}, target={"kaito": kaito}, **words)
    monitor = made(value)["PodMonitor"]["spec"]
    assert selected(monitor["selector"]["matchLabels"]) == pods
    assert [one["port"] for one in monitor["podMetricsEndpoints"]] == ["http"]


RAG: dict[str, Any] = {"embedding": {"local": {"modelID": "BAAI/bge-small-en-v1.5"}}}


@pytest.mark.parametrize(
    ("metadata", "words", "url", "window"),
    [
        ({}, {}, "http://phi/v1/chat/completions", 16384),
        ({"namespace": "models"}, {}, "http://phi.models/v1/chat/completions", 16384),
        ({}, {"replicas": 2, "endpoint": {"service": True}}, "http://phi/v1/chat/completions", 16384),
        ({}, {"replicas": 2, "endpoint": ROUTED}, "http://phi/v1/chat/completions", 16384),
        ({}, {"inference": {"model": "phi-4", "config": {"vllm": {"max-model-len": 4096}}}}, "http://phi/v1/chat/completions", 4096),
        ({}, {"inference": {"model": "phi-4", "config": {"vllm": {"max_model_len": "auto"}}}}, "http://phi/v1/chat/completions", 16384),
        ({}, {"ragEngine": {**RAG, "inferenceService": {"contextWindowSize": 99}}}, "http://phi/v1/chat/completions", 99),
    ],
)  # fmt: skip
def test_a_rag_engine_asks_its_own_model(
    metadata: dict[str, Any], words: dict[str, Any], url: str, window: int
) -> None:
    engine = made(intent(metadata, **{"ragEngine": RAG, **words}))["RAGEngine"]
    assert engine["metadata"]["name"] == "phi-rag"
    assert engine["spec"]["inferenceService"] == {"url": url, "contextWindowSize": window}
    assert engine["spec"]["embedding"] == RAG["embedding"]


@pytest.mark.parametrize(
    ("words", "code", "path"),
    [
        ({"target": {"kaito": "0.10"}}, "KG251", "spec.ragEngine"),
        ({"inference": {"model": "org/unknown", "accessSecret": "hf"}}, "KG252", "spec.ragEngine"),
        ({"inference": {"model": "phi-4", "config": {"vllm": {"max-model-len": "16k"}}}}, "KG252", "spec.ragEngine"),
        ({"replicas": 2}, "KG253", "spec.ragEngine"),
        ({"replicas": 2, "endpoint": ROUTED, "target": GATE}, "KG253", "spec.ragEngine"),
        ({"ragEngine": {"embedding": {**RAG["embedding"], "remote": {"url": "http://a"}}}}, "KG932", "spec.ragEngine.embedding"),
        ({"ragEngine": {"embedding": {"local": {"modelID": "a", "image": "b/c:1"}}}}, "KG933", "spec.ragEngine.embedding.local"),
        ({"ragEngine": {"embedding": {"remote": {"url": "nowhere"}}}}, "KG934", "spec.ragEngine.embedding.remote.url"),
    ],
)  # fmt: skip
def test_a_rag_engine_that_cannot_serve(words: dict[str, Any], code: str, path: str) -> None:
    found = [one for one in run(intent(**{"ragEngine": RAG, **words})).findings if one.severity == "error"]
    assert [(one.code, path_text(one.path)) for one in found] == [(code, path)]


@pytest.mark.parametrize(("window", "found"), [(16384, []), (16385, ["KG258"])])
def test_a_rag_engine_that_asks_too_much(window: int, found: list[str]) -> None:
    assert codes(intent(ragEngine={**RAG, "inferenceService": {"contextWindowSize": window}})) == found


MIRROR: dict[str, Any] = {"storageClassName": "mirrors"}
STREAMED: dict[str, Any] = {"featureGates": {"ModelMirror": True, "ModelStreaming": True}}


@pytest.mark.parametrize(
    ("model", "name", "source"),
    [
        # printf microsoft/phi-4 | sha256sum
        ("phi-4", "7aceaf", "microsoft/phi-4"),
        ("Phi-4", "7aceaf", "microsoft/phi-4"),
        ("microsoft/phi-4", "7aceaf", "microsoft/phi-4"),
        ("Microsoft/Phi-4", "b76ae1", "Microsoft/Phi-4"),
    ],
)
def test_a_mirror_has_the_name_that_kaito_looks_for(model: str, name: str, source: str) -> None:
    value = intent({"namespace": "models"}, inference={"model": model}, modelMirror=MIRROR, target=STREAMED)
    mirror = made(value)["ModelMirror"]
    assert mirror["metadata"]["name"] == name
    assert "namespace" not in mirror["metadata"]
    assert mirror["spec"]["source"] == {"registry": "huggingface", "modelID": source}
    assert mirror["spec"]["storage"] == {"size": "107Gi", "storageClassName": "mirrors"}
    assert mirror["spec"]["jobNamespace"] == "models"


@pytest.mark.parametrize(
    ("words", "codes_", "path"),
    [
        ({"target": {"kaito": "0.10"}}, ["KG254"], "spec.modelMirror"),
        ({"target": {"featureGates": {"ModelMirror": True}}}, ["KG255"], "spec.modelMirror"),
        ({"target": {"provider": "aws", **STREAMED}, "placement": {"instanceType": "p4d.24xlarge"}}, ["KG255"], "spec.modelMirror"),
        ({"inference": {"model": "phi-4", "runtime": "transformers"}}, ["KG255"], "spec.modelMirror"),
        ({"inference": {"model": "org/unknown", "accessSecret": "hf"}}, ["KG257"], "spec.modelMirror"),
        ({"modelMirror": {**MIRROR, "jobNamespace": "models"}}, [], ""),
        ({"modelMirror": {**MIRROR, "size": "much"}}, ["KG923"], "spec.modelMirror.storage.size"),
    ],
)  # fmt: skip
def test_a_mirror_that_is_of_no_use(words: dict[str, Any], codes_: list[str], path: str) -> None:
    value = intent({"namespace": "models"}, **{"modelMirror": MIRROR, "target": STREAMED, **words})
    found = [one for one in run(value).findings if one.code in ("KG254", "KG255", "KG257", "KG923")]
    assert [one.code for one in found] == codes_
    assert all(path_text(one.path) == path for one in found)


def test_a_mirror_needs_a_namespace_and_is_one_for_all() -> None:
    assert codes(intent(modelMirror=MIRROR, target=STREAMED)) == ["KG256"]
    entries = [
        {"metadata": {"name": name}, "spec": intent(modelMirror=MIRROR, target=STREAMED)["spec"]}
        for name in ("a", "b")
    ]
    value = {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntentSet",
        "metadata": {"name": "all", "namespace": "models"},
        "spec": {"workspaces": entries},
    }
    (finding,) = (one for one in run(value).findings if one.severity == "error")
    assert (finding.code, "remove modelMirror from one" in finding.fix) == ("KG220", True)


def test_without_the_words_nothing_is_made() -> None:
    assert made(intent(replicas=2)) == {}


LABEL = st.text("abcxyz", min_size=1, max_size=5)
GATEWAYS = st.fixed_dictionaries(
    {"name": LABEL},
    optional={
        "namespace": LABEL, "listener": LABEL, "istio": st.booleans(),
        "pool": st.fixed_dictionaries({"picker": LABEL}, optional={"port": st.integers(1, 65535)}), "match": st.sampled_from(["path", "model"]),
        "hostnames": st.lists(LABEL.map("{}.example.com".format), min_size=1, max_size=3, unique=True),
        "path": st.lists(LABEL, max_size=3).map(lambda parts: "/" + "/".join(parts)),
    },
)  # fmt: skip
BUDGETS = st.one_of(st.integers(0, 9), st.integers(0, 100).map("{}%".format)).flatmap(
    lambda value: st.sampled_from([{"maxUnavailable": value}, {"minAvailable": value}])
)
WORDS = st.fixed_dictionaries(
    {"metadata": st.fixed_dictionaries({}, optional={"namespace": LABEL, "labels": st.dictionaries(LABEL, LABEL, max_size=2)})},
    optional={
        "replicas": st.integers(0, 5), "disruption": BUDGETS,
        "target": st.sampled_from([GATE, {"kaito": "0.11", **GATE}]),
        "monitoring": st.fixed_dictionaries({"podMonitor": st.just(True)}, optional={"alerts": st.just(True), "dashboard": st.just(True)}),
        "modelMirror": st.fixed_dictionaries(
            {"storageClassName": LABEL, "jobNamespace": LABEL}, optional={"size": st.just("5Gi"), "serviceAccountName": LABEL}
        ),
        "ragEngine": st.fixed_dictionaries(
            {"embedding": st.sampled_from([RAG["embedding"], {"local": {"image": "registry.example/embed:1"}}])},
            optional={
                "guardrails": st.fixed_dictionaries({"enabled": st.booleans()}, optional={"configMapRef": st.just({"name": "policy"})}),
                "storage": st.sampled_from([{"persistentVolume": {"persistentVolumeClaim": "a"}}, {"vectorDB": {"engine": "qdrant", "url": "http://a"}}]),
                "inferenceService": st.sampled_from([{"accessSecret": "a"}, {"contextWindowSize": 5}]),
            },
        ),
        "endpoint": st.fixed_dictionaries({"service": st.booleans()}, optional={"gateway": GATEWAYS}),
    },
)  # fmt: skip


@given(WORDS)
def test_what_is_drawn_conforms_to_its_own_crd(words: dict[str, Any]) -> None:
    result = run(intent(**words))
    if any(one.severity == "error" for one in result.findings):
        wrong_codes = {one.code for one in result.findings if one.severity == "error"}
        assert wrong_codes <= {"KG227", "KG242", "KG253", "KG401"}
        return
    around = [companions.kind_of(data) is not None for _, data in result.manifests]
    assert around == sorted(around), "what stands around comes last"
    for spec, data in result.manifests:
        if companions.kind_of(data) is not None:
            assert data["kind"] == "ModelMirror" or companions.intent_name(data) == spec.name
            assert wrong(data) == []


@given(WORDS)
def test_import_gives_the_words_back(words: dict[str, Any]) -> None:
    result = run(intent(**words))
    if not result.ok:
        return
    documents = [
        Document("made.yaml", number, value=dict(one.data), inline=True)
        for number, one in enumerate(result.manifests)
    ]
    target = words.get("target", {})
    overrides = TargetOverrides(kaito=target.get("kaito"), feature_gates=target.get("featureGates", {}))
    imported = import_all(Loaded(documents, [], ["made.yaml"]), overrides)
    assert [one.code for one in imported.findings] == []
    (text,) = imported.texts.values()
    again = run(yaml.safe_load(text))
    assert [one.data for one in again.manifests] == [one.data for one in result.manifests]


def test_a_companion_alone_stays_a_file() -> None:
    (service,) = made(intent(replicas=2, endpoint={"service": True})).values()
    other = run(intent({"name": "psi"})).manifests[0].data
    documents = [Document("a.yaml", 0, value=dict(other)), Document("a.yaml", 1, value=service)]
    imported = import_all(Loaded(documents, [], ["a.yaml"]), TargetOverrides())
    assert [(one.code, "Service phi" in one.message) for one in imported.findings] == [("KG174", True)]


@pytest.mark.parametrize("spec", [None, [], "text", {"parentRefs": "x", "rules": [[]]}, {"parentRefs": [3]}])
def test_a_route_that_is_none_is_no_traceback(spec: Any) -> None:
    found = made(intent(endpoint=ROUTED))
    documents = [
        Document("a.yaml", number, value=value)
        for number, value in enumerate(
            [dict(run(intent()).manifests[0].data), {**found["HTTPRoute"], "spec": spec}]
        )
    ]
    imported = import_all(Loaded(documents, [], ["a.yaml"]), TargetOverrides())
    assert {one.code for one in imported.findings} == {"KG173"}


def test_every_companion_has_a_template_and_is_in_the_docs(root: Path) -> None:
    pages = [root / "docs" / f"{name}.md" for name in ("endpoint", "monitoring", "rag", "weights")]
    page = "".join(one.read_text(encoding="utf-8") for one in pages)
    listed = (root / "docs" / "templates.md").read_text(encoding="utf-8")
    for kind in companions.KINDS:
        assert (root / "templates" / kind.template).is_file()
        assert kind.kind in page
        assert re.search(rf"`{re.escape(kind.template)}`", listed)
