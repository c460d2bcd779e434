"""What real statuses of a controller mean: the state, what is waited for, and the words that matter."""

from typing import Any

import pytest

from kaitogen import schema
from kaitogen.kaito import health
from tests.unit.kaito.statuses import STATUSES

#: The state, what is waited for (- for nothing), and a piece of the message.
MEANT = {
    "iset-byo-1-new": "Progressing replicas 0 of 2 replicas are ready",
    "iset-byo-3-frozen": "Healthy - 2 of 2 replicas are ready",
    "iset-byo-ready-1": "Progressing replicas 1 of 2 replicas are ready",
    "iset-byo-ready-2": "Healthy - 2 of 2 replicas are ready",
    "iset-gpu-1-new": "Progressing replicas 0 of 2 replicas are ready",
    "iset-gpu-2-pod-ready-child-notready": "Progressing replicas 0 of 2",
    "iset-gpu-3-pods-ready-children-notready": "Progressing replicas 0 of 2",
    "iset-gpu-4-scaled-up": "Progressing replicas 0 of 3",
    "iset-gpu-5-scaled-down": "Progressing replicas 0 of 1",
    "iset-gpu-6-zero": "Suspended - scaled to zero replicas",
    "iset-gpu-7-stuck-deleting": "Progressing kaito waiting for KAITO to see the latest change",
    "iset-karp-1-new": "Progressing replicas 0 of 2",
    "ws-benchmark-failed": "Degraded - KAITO could not read the log of its benchmark",
    "ws-benchmark-failed-log-back-20s": "Healthy - the model is served",
    "ws-benchmark-failed-then-annotated": "Healthy - the model is served",
    "ws-byo-1-pending": 'Progressing room waiting for room on the nodes: pod "phi-4-pinned-0"',
    "ws-byo-2-scheduled-no-ready": "Progressing room waiting for room on the nodes",
    "ws-byo-3-pod-ready": "Degraded - the annotation kaito.sh/disable-benchmark=true ends",
    "ws-byo-4-after-logs-available": "Healthy - the model is served",
    "ws-byo-after-update-deepseek": "Progressing server waiting for the image, the model and the server",
    "ws-byo-after-update-phi-4-pinned": "Progressing server restarting, it was ready",
    "ws-byo-multi-1-pending": "Progressing server waiting for the image, the model and the server",
    "ws-byo-multi-2-imagepull": "Degraded - the server does not start (ImagePullError)",
    "ws-byo-multi-3-crashloop": "Degraded - the server does not start (ContainerCrashLoopBackOff)",
    "ws-byo-multi-4-oom": "Degraded - the server does not start (ContainerOOMKilled)",
    "ws-byo-multi-5-starting": "Progressing server waiting for the image, the model and the server",
    "ws-byo-multi-6-2of3": "Progressing server waiting for the image, the model and the server",
    "ws-byo-multi-7-ready": "Healthy - the model is served",
    "ws-byo-multi-8-was-ready-now-crash": 'Degraded - it was ready and is no longer: container "llama-70b" is in Crash',
    "ws-byo-then-gpu-llama": "Healthy - the model is served",
    "ws-gpu-1-nodeclaim-new": "Progressing nodes waiting for GPU nodes",
    "ws-gpu-2-node-no-plugin": "Progressing node-driver waiting for the GPU driver on the nodes",
    "ws-gpu-3-node-ready": "Progressing server waiting for the image, the model and the server",
    "ws-gpu-4-pod-ready": "Healthy - the model is served",
    "ws-gpu-5-node-lost": "Degraded - it was ready and is no longer: Not enough Nodes are ready",
    "ws-gpu-nodeclaim-launchfailed": "Progressing quota waiting for GPU nodes: SKU Standard_NC24ads_A100_v4 is not",
    "ws-karp-1-new": "Progressing nodes last reconcile error: creating NodePool",
    "ws-karp-2-nodepool": "Progressing nodes waiting for GPU nodes",
    "ws-karp-expl-instance-type": "Progressing room didn't match Pod's node affinity",
    "ws-tuning-1-started": "Progressing job the tuning job runs",
    "ws-tuning-2-pod-failed": "Degraded - failed: tuning job failed",
    "ws-tuning-3-later-success": "Degraded - failed: tuning job failed",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(STATUSES))
def test_a_real_status_means_this(name: str) -> None:
    state, step, words = MEANT[name].split(" ", 2)
    found = health.of(STATUSES[name])
    assert (found.state, found.step or "-") == (state, step)
    assert words in found.message


def test_every_real_status_has_a_meaning() -> None:
    assert STATUSES.keys() == MEANT.keys()


@pytest.mark.parametrize("kind", ["Workspace", "InferenceSet"])
@pytest.mark.parametrize("status", [None, [], "x", {"conditions": "x"}, {"conditions": [None, {"type": 3}]}])
def test_what_is_no_status_waits_for_kaito(kind: str, status: Any) -> None:
    found = health.of({"kind": kind, "metadata": {"name": "a"}, "status": status})
    assert (found.state, found.step) == ("Progressing", "kaito")


def test_every_step_is_one_that_machines_know() -> None:
    words = [
        *health.CONDITIONS.values(),
        *health.REASONS.values(),
        health.IMAGE,
        health.ADAPTERS,
        health.LOADING,
    ]
    assert {one.step for one in words} <= set(
        schema.document("status.schema.json")["$defs"]["waitsFor"]["enum"]
    )
    assert set(health.CONTAINERS.values()) <= health.BROKEN
