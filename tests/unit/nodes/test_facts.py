"""From a Node to its entry and back, and what its labels, resources, taints and pods say."""

import json
import random
from typing import Any

import pytest

from kaitogen import schema
from kaitogen.model import Origin, Placement, Spec, Target
from kaitogen.nodes import snapshot
from kaitogen.nodes.facts import NodeFacts, Taint, entry, gpus, of_entry
from kaitogen.nodes.status import age, chips, held, of_presets, of_spec, untolerated, used
from kaitogen.yaml.writer import dump
from tests.unit.nodes.samples import NC24, NC96, TYPE, api_node
from tests.unit.nodes.samples import document as an_inventory


def test_an_entry_is_minimal() -> None:
    assert entry(api_node("gpu-1")) == {
        "name": "gpu-1",
        "ready": True,
        "pressure": ["DiskPressure"],
        "created": "2026-10-01T08:00:00Z",
        "labels": {TYPE: NC96},
        "taints": [{"key": "sku", "value": "gpu", "effect": "NoSchedule"}],
        "capacity": {"nvidia.com/gpu": 4},
        "allocatable": {"nvidia.com/gpu": 4, "nvidia.com/mig-1g.10gb": 0},
    }


def test_nothing_secret_and_nothing_that_changes_by_itself_gets_into_an_inventory() -> None:
    text = dump(snapshot.document([entry(api_node("gpu-1"))], "prod", "2026-11-24T08:00:00Z"))
    for word in ("hush", "10.0.0.7", "812", "0f8fad5b", "gfd", "feature.node", "timeAdded"):
        assert word not in text


@pytest.mark.parametrize(
    "node",
    [
        {},
        {"metadata": None, "spec": [], "status": "x"},
        {
            "metadata": {"name": 7, "labels": {"a": 1}},
            "status": {"conditions": [1, {}], "capacity": {"nvidia.com/gpu": "many"}},
        },
        {"metadata": {"name": "a"}, "spec": {"taints": [{}]}},
    ],
)
def test_a_strange_node_is_no_bug(node: Any) -> None:
    made = entry(node)
    json.dumps(snapshot.document([made], "", ""))
    assert schema.problems("inventory", snapshot.document([made], "", "")) != [] or of_entry(made).name == "a"


def test_the_same_cluster_gives_the_same_bytes() -> None:
    nodes = [api_node(f"gpu-{number}") for number in range(20)]
    texts = set()
    for seed in range(5):
        random.Random(seed).shuffle(nodes)
        for node in nodes:
            labels = list(node["metadata"]["labels"].items())
            random.Random(seed).shuffle(labels)
            node["metadata"]["labels"] = {**dict(labels), "nvidia.com/gfd.timestamp": str(seed)}
        texts.add(dump(snapshot.document([entry(node) for node in nodes], "prod", "2026-11-24T08:00:00Z")))
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (NodeFacts("a", True, allocatable={"nvidia.com/gpu": 2}), ("resource nvidia.com/gpu", "nvidia", 2, 0)),
        (NodeFacts("a", True, capacity={"nvidia.com/gpu": 2}), ("resource nvidia.com/gpu", "nvidia", 2, 0)),
        (NodeFacts("a", True, allocatable={"nvidia.com/gpu": 0}), None),
        (NodeFacts("a", True, allocatable={"nvidia.com/mig-1g.10gb": 7}), ("resource nvidia.com/mig-1g.10gb", "nvidia", 0, 0)),
        (NodeFacts("a", True, allocatable={"amd.com/gpu": 8}, labels={"amd.com/gpu.vram": "192G"}), ("resource amd.com/gpu", "amd", 8, 196608)),
        (NodeFacts("a", True, allocatable={"gpu.intel.com/xe": 1}), ("resource gpu.intel.com/xe", "intel", 1, 0)),
        (NodeFacts("a", True, labels={"nvidia.com/gpu.product": "A100", "nvidia.com/gpu.count": "4", "nvidia.com/gpu.memory": "81920"}), ("label nvidia.com/gpu.product", "nvidia", 4, 81920)),
        (NodeFacts("a", True, labels={"accelerator": "nvidia"}), ("label accelerator", "nvidia", 0, 0)),
        (NodeFacts("a", True, labels={"cloud.google.com/gke-accelerator": "nvidia-l4"}), ("label cloud.google.com/gke-accelerator", "nvidia", 0, 0)),
        (NodeFacts("a", True, labels={TYPE: NC96}), ("instance type", "nvidia", 4, 81920)),
        (NodeFacts("a", True, labels={TYPE: "p4d.24xlarge"}), ("instance type", "nvidia", 8, 40960)),
        (NodeFacts("a", True, labels={TYPE: "Standard_NG32ads_V620_v1"}), ("instance type", "amd", 1, 32768)),
        (NodeFacts("a", True, labels={TYPE: "Standard_D8s_v5", "accelerator": "false"}), None),
        (NodeFacts("a", True, allocatable={"cpu": 8}), None),
    ],
)  # fmt: skip
def test_signs_of_gpus(node: NodeFacts, expected: tuple[str, str, int, int] | None) -> None:
    found = gpus(node)
    assert (None if found is None else (found.sign, found.vendor, found.number, found.memory)) == expected


@pytest.mark.parametrize(
    ("labels", "pool", "capacity"),
    [
        ({"agentpool": "a"}, "a", "on-demand"),
        ({"agentpool": "a", "kubernetes.azure.com/scalesetpriority": "spot"}, "a", "spot"),
        ({"karpenter.sh/nodepool": "k", "karpenter.sh/capacity-type": "spot"}, "k", "spot"),
        (
            {"eks.amazonaws.com/nodegroup": "e", "eks.amazonaws.com/capacityType": "ON_DEMAND"},
            "e",
            "on-demand",
        ),
        ({"cloud.google.com/gke-nodepool": "g", "cloud.google.com/gke-spot": "true"}, "g", "spot"),
        ({}, "", ""),
    ],
)
def test_pool_and_capacity(labels: dict[str, str], pool: str, capacity: str) -> None:
    node = NodeFacts("a", True, labels=labels)
    assert (node.pool, node.capacity_type) == (pool, capacity)


def _spec(target: Target, placement: Placement = Placement(), **workload: Any) -> Spec:  # noqa: B008 - a value
    inference, tuning = workload.get("inference"), workload.get("tuning")
    return Spec(Origin(an_inventory()), "a", None, {}, {}, target, placement, inference, tuning)


SPOT = Taint("kubernetes.azure.com/scalesetpriority", "spot", "NoSchedule")


@pytest.mark.parametrize(
    ("taint", "spec", "kept_off"),
    [
        (Taint("sku", "gpu", "NoSchedule"), _spec(Target(), inference={"model": "phi-4"}), False),
        (Taint("sku", "cpu", "NoSchedule"), _spec(Target(), inference={"model": "phi-4"}), True),
        (Taint("sku", "gpu", "NoExecute"), _spec(Target(), inference={"model": "phi-4"}), True),
        (Taint("nvidia.com/gpu", "anything", "NoSchedule"), _spec(Target(), inference={"model": "phi-4"}), False),
        (Taint("team", "", "PreferNoSchedule"), _spec(Target(), inference={"model": "phi-4"}), False),
        (Taint("node.kubernetes.io/unschedulable", "", "NoSchedule"), _spec(Target(), inference={"model": "a"}), False),
        (SPOT, _spec(Target("0.10"), inference={"model": "phi-4"}), False),
        (SPOT, _spec(Target("0.9"), inference={"model": "phi-4"}), True),
        (SPOT, _spec(Target(provider="aws"), inference={"model": "phi-4"}), True),
        (Taint("nvidia.com/mig-1g.10gb", "", "NoSchedule"), _spec(Target(), inference={"model": "phi-4"}), True),
        (Taint("nvidia.com/mig-1g.10gb", "", "NoSchedule"), _spec(Target(), Placement(partition={"mode": "mig", "profile": "1g.10gb"}), inference={"model": "phi-4"}), False),
        (Taint("gpu", "", "NoSchedule"), _spec(Target(), tuning={"model": "phi-4"}), False),
        (Taint("nvidia.com/gpu", "", "NoSchedule"), _spec(Target(), tuning={"model": "phi-4"}), True),
        (Taint("team", "ml", "NoExecute"), _spec(Target(), inference={"template": {"spec": {"tolerations": [{"key": "team", "operator": "Exists"}]}}}), False),
        (Taint("team", "ml", "NoExecute"), _spec(Target(), inference={"template": {"spec": {"tolerations": [{"operator": "Exists"}]}}}), False),
        (Taint("team", "ml", "NoSchedule"), _spec(Target(), inference={"template": {"spec": {"tolerations": [{"key": "team", "value": "x"}]}}}), True),
    ],
)  # fmt: skip
def test_what_pods_tolerate(taint: Taint, spec: Spec, kept_off: bool) -> None:
    assert bool(untolerated(NodeFacts("a", True, taints=(taint,)), of_spec(spec))) is kept_off


def test_chips() -> None:
    node = NodeFacts("a", False, True, ("DiskPressure",), taints=(Taint("team", "", "NoSchedule"),))
    assert chips(node, of_presets(Target())) == ["Not Ready", "Cordoned", "Tainted", "DiskPressure"]
    assert chips(NodeFacts("a", True, taints=(Taint("sku", "gpu", "NoSchedule"),)), of_presets(Target())) == [
        "Ready"
    ]


@pytest.mark.parametrize(
    ("created", "now", "expected"),
    [
        ("2026-11-01T00:00:00Z", "2026-11-24T08:00:00Z", "23d"),
        ("2026-11-23T06:00:00Z", "2026-11-24T08:00:00Z", "26h"),
        ("2026-11-24T07:00:01Z", "2026-11-24T08:00:00Z", "59m"),
        ("2026-11-25T00:00:00Z", "2026-11-24T08:00:00Z", "0m"),
        ("", "2026-11-24T08:00:00Z", ""),
        ("2026-11-24", "2026-11-24T08:00:00Z", ""),
    ],
)
def test_ages(created: str, now: str, expected: str) -> None:
    assert age(created, now) == expected


def test_pods_hold_what_their_containers_ask_for_together() -> None:
    def asks(number: int, **more: Any) -> dict[str, Any]:
        return {"resources": {"limits": {"nvidia.com/gpu": str(number), "cpu": "1"}}, **more}

    pods = [
        {"spec": {"nodeName": "a", "containers": [asks(1), asks(2)]}, "status": {"phase": "Running"}},
        {"spec": {"nodeName": "a", "containers": [asks(1)], "initContainers": [asks(3)]}, "status": {}},
        {
            "spec": {
                "nodeName": "b",
                "containers": [asks(1)],
                "initContainers": [asks(1, restartPolicy="Always")],
            }
        },
        {"spec": {"nodeName": "a", "containers": [asks(9)]}, "status": {"phase": "Succeeded"}},
        {"spec": {"containers": [asks(9)]}, "status": {"phase": "Pending"}},
        {},
    ]
    assert used(filter(None, map(held, pods))) == {"a": {"nvidia.com/gpu": 6}, "b": {"nvidia.com/gpu": 2}}


def test_what_changed_between_two_inventories() -> None:
    old = [entry(api_node(name)) for name in ("a", "b", "c", "d")]
    changed = api_node("b")
    changed["spec"] = {"unschedulable": True}
    changed["metadata"]["labels"] = {TYPE: NC24}
    changed["status"]["conditions"] = [{"type": "Ready", "status": "False"}]
    new = [entry(api_node("a")), entry(changed), entry(api_node("e"))]
    entries, changes = snapshot.merged(old, new, lambda node: node.name != "d")
    assert sorted(one["name"] for one in entries) == ["a", "b", "d", "e"]
    assert (changes.new, changes.gone) == (["e"], ["c"])
    assert changes.changed == {
        "b": [
            "no longer Ready",
            "cordoned",
            "no DiskPressure any more",
            "without the taint sku=gpu:NoSchedule",
            f"label {TYPE}: {NC96} to {NC24}",
        ]
    }
