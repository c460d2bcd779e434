"""One intent of base and burst: two sets, of which every request finds one, and back to the intent."""

from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.commands.import_.importer import import_all
from kaitogen.commands.plan.build import PlanOptions, build_plan
from kaitogen.commands.plan.view_model import columns, total
from kaitogen.kaito.objects import in_key_order
from kaitogen.kaito.sizing.costs import Price, Prices
from kaitogen.model import Document, Result, TargetOverrides
from kaitogen.pipeline.load import Loaded
from tests.unit.pipeline.test_replicas import intent, run

KARPENTER = {"nodeProvisioner": "karpenter"}
BYO = {"nodeProvisioner": "byo"}
POOL = {"featureGates": {"gatewayAPIInferenceExtension": True}}
GATEWAY = {"gateway": {"name": "inference-gateway"}}
PAIR: dict[str, Any] = {"base": 2, "burst": {"max": 4, "capacity": "spot"}}
CREATED_BY = "inferenceset.kaito.sh/created-by"
#: Pods as KAITO 0.12 labels those of both sets, and of others.
PODS = {
    f"{name}-{index}": {CREATED_BY: name.rpartition("-")[0], "apps.kubernetes.io/pod-index": str(index)}
    for name in ("phi-a", "phi-burst-b", "other-c")
    for index in (0, 1)
}


def pair(**spec: Any) -> dict[str, Any]:
    return intent(**{"replicas": PAIR, "endpoint": GATEWAY, "target": KARPENTER, **spec})


def made(value: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """What an intent makes by kind and name."""
    result = run(value)
    assert result.ok, result.findings
    return {(one.data["kind"], one.data["metadata"]["name"]): one.data for one in result.manifests}


def codes(value: dict[str, Any]) -> list[str]:
    return [f"{one.code} {one.field}" for one in run(value).findings if one.code not in ("KG229", "KG327")]


def test_the_base_has_a_number_and_the_burst_an_autoscaler() -> None:
    found = made(pair())
    base, burst = found["InferenceSet", "phi"], found["InferenceSet", "phi-burst"]
    assert base["spec"]["replicas"] == 2
    assert "replicas" not in burst["spec"]
    assert burst["metadata"]["annotations"]["scaledobject.kaito.sh/max-replicas"] == "4"
    selectors = [one["spec"]["labelSelector"]["matchLabels"] for one in (base, burst)]
    label = "karpenter.sh/capacity-type"
    assert selectors == [{"apps": "phi", label: "on-demand"}, {"apps": "phi-burst", label: "spot"}]


def test_the_base_is_what_it_would_be_alone() -> None:
    """So that who adds a burst restarts nothing."""
    alone = made(
        intent(
            target=KARPENTER,
            replicas=2,
            placement={"instanceType": "Standard_NC24ads_A100_v4", "capacity": "on-demand"},
        )
    )
    assert made(pair())["InferenceSet", "phi"] == alone["InferenceSet", "phi"]


@pytest.mark.parametrize(
    ("more", "weights"), [({}, [2, 4]), ({"weight": 1}, [2, 1]), ({"weight": 0}, [2, 0])]
)
@pytest.mark.parametrize(
    ("gates", "names"),
    [({}, ["phi", "phi-burst"]), (POOL, ["phi-inferencepool", "phi-burst-inferencepool"])],
)
def test_one_route_leads_to_both(
    more: dict[str, Any], weights: list[int], gates: dict[str, Any], names: list[str]
) -> None:
    found = made(
        pair(replicas={"base": 2, "burst": {**PAIR["burst"], **more}}, target={**KARPENTER, **gates})
    )
    assert [name for kind, name in found if kind == "HTTPRoute"] == ["phi"]
    (rule,) = found["HTTPRoute", "phi"]["spec"]["rules"]
    assert [one["name"] for one in rule["backendRefs"]] == names
    assert [one["weight"] for one in rule["backendRefs"]] == weights
    services = {("Service", name) for name in names} & found.keys()
    assert len(services) == (0 if gates else 2)


def test_istio_is_told_about_both_pools() -> None:
    gateway = {"gateway": {"name": "inference-gateway", "istio": True}}
    found = made(pair(endpoint=gateway, target={**KARPENTER, **POOL}))
    hosts = [one["spec"]["host"] for (kind, _), one in found.items() if kind == "DestinationRule"]
    assert hosts == ["phi-inferencepool-epp", "phi-burst-inferencepool-epp"]


def test_each_service_has_the_leaders_of_its_set_and_the_budget_the_pods_of_both() -> None:
    found = made(pair(disruption={"maxUnavailable": 1}))
    for name, leader in (("phi", "phi-a-0"), ("phi-burst", "phi-burst-b-0")):
        selector = found["Service", name]["spec"]["selector"]
        assert [pod for pod, labels in PODS.items() if selector.items() <= labels.items()] == [leader]
    assert [name for kind, name in found if kind == "PodDisruptionBudget"] == ["phi"]
    (expression,) = found["PodDisruptionBudget", "phi"]["spec"]["selector"]["matchExpressions"]
    assert expression["operator"] == "In"
    counted = [pod for pod, labels in PODS.items() if labels[expression["key"]] in expression["values"]]
    assert counted == ["phi-a-0", "phi-a-1", "phi-burst-b-0", "phi-burst-b-1"]


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({}, "phi"),
        ({"inference": {"model": "phi-4", "config": {"vllm": {"max-model-len": 4096}}}}, "phi"),
        ({"inference": {"model": "phi-4", "config": {"vllm": {"served-model-name": "best"}}}}, "best"),
        ({"inference": {"model": "phi-4", "runtime": "transformers"}}, None),
        ({"target": {"kaito": "0.10", "featureGates": {"enableInferenceSetController": True}},
          "replicas": {"base": 2, "burst": {"max": 4, "capacity": "on-demand", "by": "keda", "triggers": [{"type": "cpu", "metadata": {"value": "60"}}]}}}, None),
    ],
)  # fmt: skip
def test_both_answer_to_one_name(more: dict[str, Any], name: str | None) -> None:
    found = made(pair(**more))
    burst = found["InferenceSet", "phi-burst"]["spec"]["template"]["inference"]
    if name is None:
        assert "config" not in burst
        return
    settings = yaml.safe_load(found["ConfigMap", burst["config"]]["data"]["inference_config.yaml"])
    assert settings["vllm"]["served-model-name"] == name


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, []),
        ({"endpoint": {"service": True}}, ["KG236 spec.replicas"]),
        ({"inference": {"model": "phi-4", "config": {"configMapName": "own"}}},
         ["KG237 spec.inference.config.configMapName"]),
        ({"inference": {"model": "phi-4", "runtime": "transformers", "config": {"configMapName": "own"}}},
         ["KG486 spec.inference.config"]),
        ({"placement": {"instanceType": "Standard_NC24ads_A100_v4", "capacity": "spot"}}, ["KG238 spec.placement.capacity"]),
        ({"scaling": {"max": 3, "by": "keda-kaito-scaler"}}, ["KG238 spec.scaling"]),
        ({"target": BYO, "placement": {"labelSelector": {"matchLabels": {"pool": "gpu"}}}},
         ["KG238 spec.placement.labelSelector"]),
        ({"target": {**BYO, "provider": "aws"}, "placement": {"labelSelector": {"matchLabels": {"pool": "gpu"}}}}, []),
        ({"target": BYO, "placement": {}}, []),
        ({"target": {}}, ["KG231 spec.replicas.burst.capacity"]),
        ({"target": {}, "replicas": {"base": 1, "burst": {"max": 2, "capacity": "on-demand"}}}, []),
        ({"replicas": {"base": 1, "burst": {"min": 3, "max": 2}}}, ["KG225 spec.replicas.burst.max"]),
        ({"replicas": {"base": 1, "burst": {"max": 2, "by": "keda"}}}, ["KG225 spec.replicas.burst"]),
        ({"replicas": {"base": 1, "burst": {"min": 0, "max": 2, "by": "keda", "triggers": [{"type": "cpu", "metadata": {}}]}}},
         ["KG239 spec.replicas.burst.min"]),
        ({"replicas": {"base": 1, "burst": {"min": 0, "max": 2, "weight": 0, "by": "keda", "triggers": [{"type": "cpu", "metadata": {}}]}}}, []),
        ({"inference": None, "tuning": {"model": "phi-4", "method": "lora", "input": {"urls": ["https://example.com/a"]}, "output": {"image": "example.com/a:1", "imagePushSecret": "s"}}, "endpoint": GATEWAY},
         ["KG221 spec.replicas", "KG226 spec.endpoint"]),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_where_it_is_written(more: dict[str, Any], expected: list[str]) -> None:
    value = pair(**more)
    if value["spec"]["inference"] is None:
        del value["spec"]["inference"]
    assert sorted(codes(value)) == sorted(expected)


def test_no_node_is_for_both() -> None:
    """Named nodes and their number are about the base."""
    value = pair(target=BYO, placement={"nodes": ["gpu-1", "gpu-2"]})
    found = made(value)
    base, burst = (
        found["InferenceSet", name]["spec"]["labelSelector"]["matchLabels"] for name in ("phi", "phi-burst")
    )
    assert base == {"kaitogen.io/workspace": "phi"}
    assert burst == {"apps": "phi-burst", "kubernetes.azure.com/scalesetpriority": "spot"}


def test_a_plan_counts_from_the_fewest_to_the_most_and_by_spot_prices() -> None:
    price = Price(hour=Decimal(4), spot=Decimal(1))
    prices = Prices(currency="EUR", source="prices.yaml", by_type={"Standard_NC24ads_A100_v4": price})
    plan = build_plan(run(pair()), PlanOptions(prices=prices))
    assert (plan.fewest_nodes, plan.nodes) == (3, 6)
    assert plan.cost is not None
    assert plan.cost.hour == 2 * 4 + 4 * 1
    assert plan.fewest_hour == 2 * 4 + 1 * 1
    assert total(plan).endswith("with the most replicas, 9.00 EUR an hour with the fewest")
    lines = [line for one in plan.workspaces for column in columns(one, prices).values() for line in column]
    text = " ".join(paragraph for line in lines for paragraph in line.paragraphs)
    assert "2 and 4 of 6 requests" in text
    assert "4 of 6 requests fail until then" in text


BURSTS = st.fixed_dictionaries(
    {"max": st.integers(2, 5)},
    optional={
        "capacity": st.sampled_from(["spot", "on-demand"]),
        "min": st.integers(1, 2),
        "weight": st.integers(0, 9),
        "metrics": st.just([{"name": "vllm:num_requests_running", "up": 5, "down": 2}]),
        "cooldown": st.just({"up": 60}),
    },
)
OTHERS = st.fixed_dictionaries(
    {"endpoint": st.sampled_from([GATEWAY, {"gateway": {"name": "g", "path": "/phi", "istio": True}}])},
    optional={
        "disruption": st.just({"minAvailable": 1}),
        "monitoring": st.just({"podMonitor": True}),
        "target": st.sampled_from([KARPENTER, {**KARPENTER, **POOL}]),
        "nodeCountLimit": st.sampled_from([0, 5, 9]),
        "inference": st.sampled_from(
            [
                {"model": "phi-4", "config": {"vllm": {"max-model-len": 4096}}},
                {"model": "phi-4", "runtime": "transformers"},
                {"model": "phi-4", "accessSecret": "hf"},
            ]
        ),
        "placement": st.sampled_from(
            [
                {"instanceType": "Standard_NC24ads_A100_v4", "zones": ["westeurope-1"]},
                {
                    "instanceType": "Standard_NC24ads_A100_v4",
                    "labelSelector": {"matchLabels": {"pool": "gpu"}},
                },
            ]
        ),
    },
)


@given(st.integers(1, 3), BURSTS, OTHERS)
def test_what_is_written_is_imported_as_one_intent(
    base: int, burst: dict[str, Any], others: dict[str, Any]
) -> None:
    if others.get("inference", {}).get("runtime") == "transformers":
        others.pop("monitoring", None)
    result = run(pair(replicas={"base": base, "burst": burst}, **others))
    assert result.ok, result.findings
    imported = read_back(result)
    assert not [one for one in imported.findings if one.severity == "error"], imported.findings
    (text,) = imported.texts.values()
    written = yaml.safe_load(text)["spec"]["replicas"]
    assert (written["base"], written["burst"]["max"]) == (base, burst["max"])


def read_back(result: Result) -> Any:
    documents = [Document("x.yaml", number, value=one.data) for number, one in enumerate(result.manifests)]
    spec = result.manifests[0].spec
    overrides = TargetOverrides(node_provisioner="karpenter", feature_gates=dict(spec.target.feature_gates))
    return import_all(Loaded(documents, [], ["x.yaml"]), overrides)


def test_what_a_cluster_has_of_both_is_imported_as_one_intent() -> None:
    """kubectl prints keys in the order of the alphabet, which says nothing."""
    result = run(pair())
    written = read_back(result)
    stored = tuple(one._replace(data=in_key_order(one.data)) for one in result.manifests)
    assert len(written.texts) == 1
    assert read_back(result._replace(manifests=stored)).texts == written.texts


@pytest.mark.parametrize("change", ["phi", "weights", "gone"])
def test_what_no_such_intent_makes_is_not_taken_for_one(change: str) -> None:
    """A field that is otherwise in either set stays a difference, and is told."""
    result = run(pair())
    for manifest in result.manifests:
        if change == "phi" and manifest.data["metadata"]["name"] == "phi-burst":
            manifest.data["metadata"].setdefault("labels", {})["team"] = "other"
        if manifest.data["kind"] == "HTTPRoute" and change == "weights":
            manifest.data["spec"]["rules"][0]["backendRefs"][0]["weight"] = 7
        if manifest.data["kind"] == "HTTPRoute" and change == "gone":
            manifest.data["spec"]["rules"][0]["backendRefs"][1]["name"] = "another"
    assert "KG173" in {one.code for one in read_back(result).findings}
