"""Labels for spot capacity and zones: what Karpenter takes by its own CRD is what passes, and what plans count for it."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.commands.plan import as_text
from kaitogen.commands.plan.build import PlanOptions, build_plan
from kaitogen.kaito.sizing.costs import Price, Prices
from tests.unit.nodes.samples import document, entry
from tests.unit.pipeline.test_replicas import A100, intent, run

CRD = Path(__file__).resolve().parents[3] / "e2e" / "cluster" / "companions" / "karpenter.sh_nodepools.yaml"
KARPENTER = {"nodeProvisioner": "karpenter"}
KEYS = st.sampled_from(
    [
        "apps", "pool", "karpenter.sh/capacity-type", "karpenter.sh/nodepool", "karpenter.sh/registered", "karpenter.sh",
        "a.karpenter.sh/b", "karpenter.shop/a", "mykarpenter.sh/a", "kubernetes.io/hostname", "kubernetes.io/os",
        "topology.kubernetes.io/zone", "example.com/karpenter.sh", "node.kubernetes.io/a", "karpenter.azure.com/sku-name",
    ]
)  # fmt: skip
LABELS = st.dictionaries(
    KEYS, st.sampled_from(["spot", "on-demand", "reserved", "a"]), min_size=1, max_size=4
)


def rules() -> list[str]:
    (version,) = yaml.safe_load(CRD.read_text(encoding="utf-8"))["spec"]["versions"]
    template = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["template"]
    labels = template["properties"]["metadata"]["properties"]["labels"]
    return [one["rule"] for one in labels["x-kubernetes-validations"]]


def test_the_rules_of_the_crd_are_those_that_are_known() -> None:
    """What is asked below is what they say, as Karpenter 1.10 writes them."""
    assert rules() == [
        'self.all(x, x in ["karpenter.sh/capacity-type", "karpenter.sh/nodepool"] || !x.find("^([^/]+)").endsWith("karpenter.sh"))',
        'self.all(x, x != "karpenter.sh/nodepool")',
        'self.all(x, x != "kubernetes.io/hostname")',
    ]


def refused_by_crd(key: str) -> bool:
    found = re.search("^([^/]+)", key)
    restricted = found is not None and found[0].endswith("karpenter.sh")
    allowed = key in ("karpenter.sh/capacity-type", "karpenter.sh/nodepool") or not restricted
    return not allowed or key in ("karpenter.sh/nodepool", "kubernetes.io/hostname")


@given(LABELS)
def test_what_passes_is_what_karpenter_takes(labels: dict[str, str]) -> None:
    placement = {"instanceType": A100, "labelSelector": {"matchLabels": labels}}
    found = run(intent(target=KARPENTER, placement=placement)).findings
    refused = {str(one.path[-1]) for one in found if one.code == "KG233"}
    unknown = {"karpenter.sh/capacity-type"} & labels.keys() and labels["karpenter.sh/capacity-type"] == "a"
    assert refused == {key for key in labels if refused_by_crd(key)} | (
        {"karpenter.sh/capacity-type"} if unknown else set()
    )


@pytest.mark.parametrize(
    ("target", "placement", "labels"),
    [
        (KARPENTER, {"capacity": "spot"}, {"apps": "phi", "karpenter.sh/capacity-type": "spot"}),
        (KARPENTER, {"capacity": "on-demand"}, {"apps": "phi", "karpenter.sh/capacity-type": "on-demand"}),
        (KARPENTER, {"zones": ["eu-1"]}, {"apps": "phi", "topology.kubernetes.io/zone": "eu-1"}),
        (KARPENTER, {"capacity": "spot", "labelSelector": {"matchLabels": {"a": "b"}}}, {"a": "b", "karpenter.sh/capacity-type": "spot"}),
        ({"nodeProvisioner": "byo", "provider": "aws"}, {"capacity": "spot"}, {"apps": "phi", "eks.amazonaws.com/capacityType": "SPOT"}),
        ({}, {"capacity": "on-demand"}, {"apps": "phi"}),
    ],
)  # fmt: skip
def test_the_labels_that_ask(
    target: dict[str, str], placement: dict[str, Any], labels: dict[str, str]
) -> None:
    byo = target.get("nodeProvisioner") == "byo"
    where = placement if byo else {"instanceType": A100, **placement}
    fleets: list[dict[str, Any]] = [{}, {"replicas": 2}]
    for copies in fleets:
        result = run(intent(target=target, placement=where, **copies))
        assert result.ok, result.findings
        data = result.manifests[-1].data
        holder = data["spec"] if copies else data["resource"]
        assert holder["labelSelector"] == {"matchLabels": labels}


@pytest.mark.parametrize(
    ("target", "placement"),
    [
        ({}, {"capacity": "spot"}),
        ({}, {"zones": ["1"]}),
        (KARPENTER, {"zones": ["1", "2"]}),
        (KARPENTER, {"capacity": "spot", "labelSelector": {"matchLabels": {"karpenter.sh/capacity-type": "on-demand"}}}),
        ({"nodeProvisioner": "byo", "provider": "arc"}, {"capacity": "spot"}),
    ],
)  # fmt: skip
def test_what_nobody_can_be_asked_for(target: dict[str, str], placement: dict[str, Any]) -> None:
    where = placement if target.get("nodeProvisioner") == "byo" else {"instanceType": A100, **placement}
    assert [one.code for one in run(intent(target=target, placement=where)).findings] == ["KG231"]


def test_who_cannot_have_spot_is_told_what_passes() -> None:
    (finding,) = run(intent(placement={"instanceType": A100, "capacity": "spot"})).findings
    assert finding.fix.endswith("or write capacity: on-demand")
    assert run(intent(placement={"instanceType": A100, "capacity": "on-demand"})).ok


@pytest.mark.parametrize(
    ("capacity", "hour", "words"),
    [("spot", "1.50", "1.50 EUR an hour, 1,095.00 EUR a month, at spot prices"), ("on-demand", "3.50", "3.50 EUR an hour")],
)  # fmt: skip
def test_a_plan_counts_the_price_of_the_capacity(capacity: str, hour: str, words: str) -> None:
    prices = Prices("EUR", "", {A100: Price(Decimal("3.5"), Decimal("1.5"))})
    result = run(intent(target=KARPENTER, placement={"instanceType": A100, "capacity": capacity}))
    plan = build_plan(result, PlanOptions(prices=prices))
    assert plan.cost is not None
    assert f"{plan.cost.hour:.2f}" == hour
    text = "".join(as_text.write(plan))
    assert words in text
    assert ("evicted" in text) == (capacity == "spot")


def test_without_a_spot_price_nothing_is_made_up() -> None:
    prices = Prices("EUR", "", {A100: Price(Decimal("3.5"))})
    result = run(intent(target=KARPENTER, placement={"instanceType": A100, "capacity": "spot"}))
    assert "at spot prices" not in "".join(as_text.write(build_plan(result, PlanOptions(prices=prices))))


@pytest.mark.parametrize(
    ("provider", "label", "taint", "codes"),
    [
        ("azure", ("kubernetes.azure.com/scalesetpriority", "spot"), "kubernetes.azure.com/scalesetpriority=spot", []),
        ("azure", ("kubernetes.azure.com/scalesetpriority", "spot"), "team=search", ["KG309"]),
        ("aws", ("eks.amazonaws.com/capacityType", "SPOT"), "spot=true", ["KG309"]),
        ("aws", ("eks.amazonaws.com/capacityType", "ON_DEMAND"), "sku=gpu", ["KG423"]),
    ],
)  # fmt: skip
def test_the_pool_of_spot_nodes_is_looked_into(
    provider: str, label: tuple[str, str], taint: str, codes: list[str]
) -> None:
    key, value = taint.split("=")
    read = {"nvidia.com/gpu.count": "1", "nvidia.com/gpu.memory": "81920", "nvidia.com/gpu.product": "A100"}
    node = entry("gpu-1", labels={"apps": "phi", label[0]: label[1], **read})
    node["taints"] = [{"key": key, "value": value, "effect": "NoSchedule"}]
    asked = intent(target={"nodeProvisioner": "byo", "provider": provider}, placement={"capacity": "spot"})
    found = run(asked, inventory=(document(node),)).findings
    assert [one.code for one in found] == codes, found
