"""`diff --live`: what a cluster holds is the old side, without what the server, KAITO and others added to it."""

import json
from pathlib import Path
from typing import Any

import pytest

from kaitogen.cli import registry
from tests.samples import RIGHT
from tests.unit.files.cluster.scripted import Reply, answering, kubeconfig, refusal

INTENT = RIGHT.replace("name: phi-4}", "name: phi-4, namespace: inference}", 1)
WORKSPACE: dict[str, Any] = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "Workspace",
    "metadata": {"name": "phi-4", "namespace": "inference"},
    "resource": {
        "instanceType": "Standard_NC24ads_A100_v4",
        "labelSelector": {"matchLabels": {"apps": "phi-4"}},
    },
    "inference": {"preset": {"name": "phi-4"}},
}
#: What a server, a controller and a GitOps tool make of it.
ADDED: dict[str, Any] = {
    "uid": "1b0c", "resourceVersion": "7", "generation": 2, "creationTimestamp": "2026-11-24T00:00:00Z",
    "finalizers": ["workspace.finalizer.kaito.sh"], "ownerReferences": [{"name": "set"}],
    "labels": {"app.kubernetes.io/instance": "models"},
    "annotations": {
        "workspace.kaito.io/hash": "ab", "workspace.kaito.io/revision": "1",
        "argocd.argoproj.io/tracking-id": "models:kaito.sh/Workspace:inference/phi-4",
    },
}  # fmt: skip


def served(applied: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The Workspace as a cluster serves it, defaults and bookkeeping included."""
    resource = {"count": 1, **WORKSPACE["resource"], **changes.pop("resource", {})}
    inference = {"preset": {"name": "phi-4", "accessMode": "public"}, **changes.pop("inference", {})}
    metadata = {**WORKSPACE["metadata"], **ADDED, **changes.pop("metadata", {})}
    if applied is not None:
        note = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(applied)}
        metadata["annotations"] = {**metadata["annotations"], **note}
    return {
        "metadata": metadata, "resource": resource, "inference": inference,
        "status": {"state": "Ready", "workerNodes": ["a"]}, **changes,
    }  # fmt: skip


def listing(*workspaces: dict[str, Any]) -> Reply:
    return Reply({"kind": "WorkspaceList", "metadata": {}, "items": list(workspaces)})


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def compared(folder: Path, intent: str, *replies: Reply) -> tuple[int, dict[str, list[str]], list[str]]:
    """Exit code, the verdicts by object and field, and the paths that the cluster was asked for."""
    (folder / "phi-4.intent.yaml").write_text(intent, encoding="utf-8")
    with answering(*replies) as server:
        file = kubeconfig(folder, server.address)
        line = [
            "diff",
            "--live",
            "--kubeconfig",
            str(file),
            "--format",
            "json",
            str(folder / "phi-4.intent.yaml"),
        ]
        parsed = registry.parse(line)
        assert parsed is not None
        command, options = parsed
        outcome = command.run(options)
    told = json.loads(outcome.stdout)
    assert told["against"] == "cluster test"
    said = {
        one["name"]: [
            one["verdict"],
            *(f"{change['path']}: {change['verdict']}" for change in one["changes"]),
        ]
        for one in told["objects"]
    }
    return outcome.exit_code, said, [question.path for question in server.asked]


def test_what_others_added_is_no_difference(tmp_path: Path) -> None:
    expected: tuple[int, dict[str, list[str]], list[str]] = (
        0,
        {},
        ["/apis/kaito.sh/v1beta1/namespaces/inference/workspaces"],
    )
    assert compared(tmp_path, INTENT, listing(served())) == expected
    assert (
        compared(tmp_path, INTENT, listing(served(WORKSPACE), served(metadata={"name": "other"}))) == expected
    )


def test_what_is_not_there_is_created(tmp_path: Path) -> None:
    assert compared(tmp_path, INTENT, listing())[:2] == (1, {"phi-4": ["create"]})


def test_a_field_that_differs_is_judged(tmp_path: Path) -> None:
    other = served(resource={"instanceType": "Standard_NC48ads_A100_v4"})
    said = {"phi-4": ["refused", "resource.instanceType: refused"]}
    assert compared(tmp_path, INTENT, listing(other))[:2] == (1, said)


def test_a_field_that_somebody_else_set_stays_theirs(tmp_path: Path) -> None:
    """Applying takes away only what was applied before."""
    theirs = served(
        WORKSPACE, resource={"count": 3, "preferredNodes": ["a"]}, metadata={"labels": {"by": "them"}}
    )
    assert compared(tmp_path, INTENT, listing(theirs))[:2] == (0, {})
    ours = {**WORKSPACE, "resource": {**WORKSPACE["resource"], "count": 3}}
    mine = served(ours, resource={"count": 3})
    assert compared(tmp_path, INTENT, listing(mine))[:2] == (
        1,
        {"phi-4": ["refused", "resource.count: refused"]},
    )


def test_older_clusters_and_intents_of_another_version(tmp_path: Path) -> None:
    old = refusal(404, "the server could not find the requested resource")._replace(
        body=b"404 page not found\n"
    )
    assert compared(tmp_path, INTENT, old, listing(served()))[0] == 0
    alpha = INTENT.replace("spec:\n", "spec:\n  target: {apiVersion: kaito.sh/v1alpha1}\n", 1)
    assert compared(tmp_path, alpha, listing(served()))[0] == 0


def test_settings_of_another_name_are_compared_with_those_that_run(tmp_path: Path) -> None:
    intent = INTENT.replace("{model: phi-4}", "{model: phi-4, config: {vllm: {max-num-seqs: 64}}}", 1)
    now = served(inference={"config": "phi-4-inference-old"})
    former = {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "phi-4-inference-old", "namespace": "inference"},
        "data": {"inference_config.yaml": "vllm:\n  max-num-seqs: 32\n"},
    }  # fmt: skip
    code, said, asked = compared(tmp_path, intent, listing(now), refusal(404), Reply(former))
    (name,) = [one for one in said if one != "phi-4"]
    assert said == {
        name: ["restart", 'data["inference_config.yaml"].vllm.max-num-seqs: restart'],
        "phi-4": ["restart", "inference.config: restart"],
    }
    assert code == 1
    assert asked[1:] == [
        f"/api/v1/namespaces/inference/configmaps/{one}" for one in (name, "phi-4-inference-old")
    ]


def test_the_cluster_is_not_asked_about_what_is_broken(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text("apiVersion: [", encoding="utf-8")
    parsed = registry.parse(["diff", "--live", "--kubeconfig", str(tmp_path / "none"), str(tmp_path)])
    assert parsed is not None
    command, options = parsed
    outcome = command.run(options)
    assert (outcome.exit_code, outcome.stdout) == (1, b"")
    assert "KG102" in outcome.stderr


def test_a_set_is_compared_with_the_one_that_is_there(tmp_path: Path) -> None:
    preset = {"preset": {"name": "phi-4", "accessMode": "public"}}
    there = {
        "metadata": {**WORKSPACE["metadata"], "uid": "1", "finalizers": ["inferenceset.finalizer.kaito.sh"]},
        "spec": {
            "replicas": 2,
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
            "labelSelector": {"matchLabels": {"apps": "phi-4"}},
            "template": {"resource": {"instanceType": "Standard_NC24ads_A100_v4"}, "inference": preset},
        },
        "status": {"replicas": 2},
    }
    found = Reply({"kind": "InferenceSetList", "metadata": {}, "items": [there]})

    def of(words: str, *others: Reply) -> tuple[int, dict[str, list[str]], list[str]]:
        return compared(tmp_path, INTENT.replace("spec:", f"spec:\n  {words}", 1), found, *others)

    asked = ["/apis/kaito.sh/v1beta1/namespaces/inference/inferencesets"]
    assert of("replicas: 2") == (0, {}, asked)
    assert of("replicas: 3") == (1, {"phi-4": ["in place", "spec.replicas: in place"]}, asked)
    # What an autoscaler sets is nobody's difference.
    schedule = '{start: "0 8 * * *", end: "0 18 * * *", timezone: Etc/UTC, replicas: 3}'
    scaling = f"scaling: {{by: keda, max: 5, schedule: [{schedule}]}}"
    asked.append("/apis/keda.sh/v1alpha1/namespaces/inference/scaledobjects/phi-4")
    assert of(scaling, refusal(404)) == (1, {"phi-4": ["create"]}, asked)
    assert of(scaling, Reply(b"404 page not found\n", 404)) == (1, {"phi-4": ["create"]}, asked)  # no KEDA
    cron = {"timezone": "Etc/UTC", "start": "0 8 * * *", "end": "0 18 * * *", "desiredReplicas": "3"}
    target = {"apiVersion": "kaito.sh/v1beta1", "kind": "InferenceSet", "name": "phi-4"}
    scaler: dict[str, Any] = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {
            "name": "phi-4",
            "namespace": "inference",
            "uid": "2",
            "labels": {"scaledobject.keda.sh/name": "phi-4"},
            "finalizers": ["finalizer.keda.sh"],
        },
        "spec": {
            "scaleTargetRef": target,
            "minReplicaCount": 1,
            "maxReplicaCount": 5,
            "advanced": {"scalingModifiers": {}},
            "triggers": [{"type": "cron", "metadata": cron}],
        },
        "status": {"originalReplicaCount": 2},
    }
    assert of(scaling, Reply(scaler)) == (0, {}, asked)
    fewer = {**scaler, "spec": {**scaler["spec"], "maxReplicaCount": 4}}
    assert of(scaling, Reply(fewer))[1] == {"phi-4": ["in place", "spec.maxReplicaCount: in place"]}


def test_companions_are_asked_for_by_their_own_kinds(tmp_path: Path) -> None:
    """Services and budgets as an API server gives them back, with all that it fills in."""
    own = {"name": "phi-4", "namespace": "inference"}
    there = {
        "metadata": own,
        "spec": {
            "replicas": 2,
            "labelSelector": {"matchLabels": {"apps": "phi-4"}},
            "template": {
                "resource": {"instanceType": "Standard_NC24ads_A100_v4"},
                "inference": WORKSPACE["inference"],
            },
        },
    }
    labels = {"app.kubernetes.io/managed-by": "kaitogen"}
    pods = {"inferenceset.kaito.sh/created-by": "phi-4"}
    port = {"name": "http", "protocol": "TCP", "port": 80, "targetPort": 5000}
    service: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**own, "labels": labels, "uid": "2", "resourceVersion": "7"},
        "spec": {
            "type": "ClusterIP", "clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"], "sessionAffinity": "None",
            "ipFamilies": ["IPv4"], "internalTrafficPolicy": "Cluster", "ports": [port],
            "selector": {**pods, "apps.kubernetes.io/pod-index": "0"},
        },
        "status": {"loadBalancer": {}},
    }  # fmt: skip
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {**own, "labels": labels, "generation": 1},
        "spec": {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow", "selector": {"matchLabels": pods}},
        "status": {"disruptionsAllowed": 1},
    }  # fmt: skip
    found = Reply({"kind": "InferenceSetList", "metadata": {}, "items": [there]})
    words = "replicas: 2\n  endpoint: {service: true}\n  disruption: {maxUnavailable: 1}"
    text = INTENT.replace("spec:", f"spec:\n  {words}", 1)
    asked = [
        "/apis/kaito.sh/v1beta1/namespaces/inference/inferencesets",
        "/api/v1/namespaces/inference/services/phi-4",
        "/apis/policy/v1/namespaces/inference/poddisruptionbudgets/phi-4",
    ]
    assert compared(tmp_path, text, found, Reply(service), Reply(budget)) == (0, {}, asked)
    other = {**service, "spec": {**service["spec"], "selector": pods}}
    code, changes, _ = compared(tmp_path, text, found, Reply(other), refusal(404))
    assert code == 1
    assert "create" in changes["phi-4"]
