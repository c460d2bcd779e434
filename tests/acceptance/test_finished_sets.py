"""Finished InferenceSets under byo held against an inventory: what is said of an intent is said of what it makes."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.command import kaitogen
from tests.unit.nodes.samples import entry, inventory

GFD = {"nvidia.com/gpu.product": "A10", "nvidia.com/gpu.count": "1", "nvidia.com/gpu.memory": "24576"}
BYO = ("--inventory", "nodes.yaml", "--node-provisioner", "byo")
SCHEDULE = {"start": "0 8 * * 1-5", "end": "0 18 * * 1-5", "timezone": "Europe/Berlin", "replicas": 3}
SCALER = {"by": "keda-kaito-scaler", "min": 1, "max": 3, "metrics": [{"name": "waiting", "up": 9, "down": 1}]}


def intent(name: str, label: str, **spec: Any) -> dict[str, Any]:
    """One whose replicas take two nodes each."""
    placement = {"labelSelector": {"matchLabels": {label: "yes"}}}
    target = {"nodeProvisioner": "byo"}
    spec = {"target": target, "placement": placement, "inference": {"model": "phi-4"}, **spec}
    return {"apiVersion": "kaitogen.io/v1alpha1", "kind": "WorkspaceIntent", "metadata": {"name": name}, "spec": spec}  # fmt: skip


def findings(folder: Path, there: int, *intents: dict[str, Any], facts: dict[str, str] = GFD) -> list[str]:
    """Severity, code, path, message and fix of what is said of the objects that intents make."""
    texts = [yaml.safe_dump(one) for one in intents]
    (folder / "all.intent.yaml").write_text("---\n".join(texts), encoding="utf-8")
    made = kaitogen("render", "-q", "all.intent.yaml", cwd=folder)
    assert made.code == 0, made.said
    (folder / "all.yaml").write_bytes(made.output)
    labels = [{**facts, "a": "yes"}] * there + [{**GFD, "b": "yes"}] * 9
    nodes = [entry(f"gpu-{number}", one, allocatable={"nvidia.com/gpu": 1}) for number, one in enumerate(labels)]  # fmt: skip
    (folder / "nodes.yaml").write_text(yaml.safe_dump(inventory(*nodes)), encoding="utf-8")
    done = kaitogen("validate", "--format", "json", *BYO, "all.yaml", cwd=folder)
    return [
        f"{one['severity']} {one['code']} {one['path']}: {one['message']} ({one['fix']})"
        for one in json.loads(done.output)["findings"]
    ]


@pytest.mark.parametrize(
    ("there", "spec", "told"),
    [
        (6, {"replicas": 3}, None),
        (4, {"replicas": 3}, ("warning KG318 spec.replicas", "replicas: 2")),
        (3, {"replicas": 3}, ("error KG325 spec.replicas", "replicas: 1")),
        (6, {"scaling": SCALER}, None),
        (4, {"scaling": SCALER}, ('warning KG318 metadata.annotations["scaledobject.kaito.sh/max-replicas"]', "scaledobject.kaito.sh/max-replicas: 2")),
        (4, {"scaling": {"by": "keda", "max": 3, "schedule": [SCHEDULE]}}, ("warning KG318 spec.maxReplicaCount", "maxReplicaCount: 2")),
    ],
)  # fmt: skip
def test_replicas_that_take_more_nodes_than_there_are(
    tmp_path: Path, there: int, spec: dict[str, Any], told: tuple[str, str] | None
) -> None:
    found = findings(tmp_path, there, intent("phi", "a", **spec))
    if told is None:
        assert found == []
        return
    stuck = ": each can hold some and wait for the rest for ever" if "KG325" in told[0] else ""
    message = f"3 replicas of 2 nodes each take 6, and {there} match the selector{stuck}"
    assert found == [f"{told[0]}: {message} (write {told[1]}, or label 6 nodes)"]


@pytest.mark.parametrize(
    ("there", "facts", "code"),
    [(0, GFD, "KG423"), (2, {}, "KG315"), (1, GFD, "KG313")],
    ids=["none", "without labels of the GPU", "too few for one replica"],
)
def test_what_the_webhook_says_to_the_nodes_of_each_replica(
    tmp_path: Path, there: int, facts: dict[str, str], code: str
) -> None:
    (found,) = findings(tmp_path, there, intent("phi", "a", replicas=1), facts=facts)
    assert found.startswith(f"error {code} spec.labelSelector: ")


def test_replicas_of_a_pod_template_are_counted_as_well(tmp_path: Path) -> None:
    template = {"spec": {"containers": [{"name": "main", "image": "example.com/main:1"}]}}
    (found,) = findings(tmp_path, 2, intent("own", "a", replicas=3, inference={"template": template}))
    assert found.startswith(
        "warning KG318 spec.replicas: 3 replicas of 1 node each take 3, and 2 match the selector"
    )


def test_one_pool_of_two_sets_or_of_a_set_and_a_workspace(tmp_path: Path) -> None:
    others = (intent("b", "a", replicas=1), intent("c", "b", replicas=1))
    found = findings(tmp_path, 4, intent("a", "a"), *others)
    what = "a selects the same nodes, and KAITO reserves none for either"
    fix = "select a label of its own for each; the other is in all.yaml, document 1"
    assert found == [f"warning KG326 spec.labelSelector: {what} ({fix})"]


def test_the_workspaces_that_are_replicas_share_no_pool_with_their_set(tmp_path: Path) -> None:
    assert findings(tmp_path, 4, intent("a", "a", replicas=1)) == []
    made = yaml.safe_load((tmp_path / "all.yaml").read_bytes())
    child = {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "Workspace",
        "metadata": {"name": "a-x7k2p", "labels": {"inferenceset.kaito.sh/created-by": "a"}},
        "resource": {"labelSelector": made["spec"]["labelSelector"]},
        "inference": made["spec"]["template"]["inference"],
    }
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all([made, child]), encoding="utf-8")
    done = kaitogen("validate", *BYO, "all.yaml", cwd=tmp_path)
    assert (done.code, done.said) == (0, "kaitogen: 1 Workspace, 1 InferenceSet, no findings\n")
