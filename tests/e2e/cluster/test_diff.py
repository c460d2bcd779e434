"""`diff --live` with a real API server: its defaults, its bookkeeping and what others applied are no difference."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cluster.conftest import BIN, ControlPlane, run

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.checkout]

SPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "diffed"}}
INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi-4, namespace: diffed}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference:
    model: phi-4
    config: {vllm: {max-num-seqs: 64}}
"""
#: One that has all kinds of what an intent of a set can ask for beside it, those of a gateway apart.
AROUND = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi-4, namespace: diffed}
spec:
  target: {featureGates: {ModelMirror: true, ModelStreaming: true}}
  replicas: 2
  endpoint: {service: true}
  disruption: {maxUnavailable: 1}
  monitoring: {podMonitor: true, alerts: true, dashboard: true}
  ragEngine:
    embedding: {local: {modelID: BAAI/bge-small-en-v1.5}}
    storage: {persistentVolume: {persistentVolumeClaim: index}}
  modelMirror: {storageClassName: mirrors}
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4}
"""
#: All that it needs.
ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: differ, namespace: diffed}
rules:
  - {apiGroups: [kaito.sh], resources: [workspaces], verbs: [list]}
  - {apiGroups: [""], resources: [configmaps], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: differ, namespace: diffed}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: differ}
subjects: [{kind: User, name: ci}]
"""


@pytest.fixture(params=["client-side", "server-side"])
def applied(request: pytest.FixtureRequest, kaito: ControlPlane, tmp_path: Path) -> Iterator[ControlPlane]:
    """The cluster with what the intent renders to, applied in one of both ways, and noted on by KAITO and others."""
    kaito.apply(json.dumps(SPACE))
    kaito.apply(ROLE)
    (tmp_path / "phi-4.intent.yaml").write_text(INTENT, encoding="utf-8")
    rendered = run(BIN / "kaitogen", "render", tmp_path).output
    way = ["--server-side"] if request.param == "server-side" else []
    done = kaito.kubectl("apply", *way, "-f", "-", stdin=rendered)
    assert done.code == 0, done.said
    metadata: dict[str, Any] = {
        "annotations": {"workspace.kaito.io/hash": "ab", "argocd.argoproj.io/tracking-id": "a:b"},
        "labels": {"app.kubernetes.io/instance": "models"},
        "finalizers": ["workspace.finalizer.kaito.sh"],
    }
    _patch(kaito, {"metadata": metadata})
    yield kaito
    _patch(kaito, {"metadata": {"finalizers": None}})
    kaito.remove(rendered)
    kaito.remove(ROLE)


def _patch(plane: ControlPlane, patch: dict[str, Any]) -> None:
    words = ("patch", "workspace", "phi-4", "-n", "diffed", "--type=merge", "-p", json.dumps(patch))
    done = plane.kubectl(*words)
    assert done.code == 0, done.said


def diff(plane: ControlPlane, folder: Path) -> tuple[int, str]:
    """What a user who may do no more than is needed is told."""
    config = plane.config(folder, user={"token": "ci-token"})
    done = run(BIN / "kaitogen", "diff", "--live", "--kubeconfig", config, folder)
    assert done.said == ""
    return done.code, done.output


def test_what_runs_is_what_the_intent_says(applied: ControlPlane, tmp_path: Path) -> None:
    assert diff(applied, tmp_path) == (0, "2 objects compared, no difference\n")


def test_changes_are_told_from_what_runs(applied: ControlPlane, tmp_path: Path) -> None:
    changed = INTENT.replace("NC24ads", "NC48ads").replace("64", "32")
    (tmp_path / "phi-4.intent.yaml").write_text(changed, encoding="utf-8")
    code, said = diff(applied, tmp_path)
    assert code == 1
    assert "Workspace diffed/phi-4 (KAITO 0.12): refused\n" in said
    assert "refused (U4, KG804): the instance type is fixed once it is set" in said
    assert 'data["inference_config.yaml"].vllm.max-num-seqs: 64 -> 32\n' in said


@pytest.mark.parametrize("way", [[], ["--server-side"]], ids=["client-side", "server-side"])
def test_what_stands_around_is_compared_as_well(kaito: ControlPlane, way: list[str], tmp_path: Path) -> None:
    kaito.apply(json.dumps(SPACE))
    file = tmp_path / "phi-4.intent.yaml"
    file.write_text(AROUND, encoding="utf-8")
    rendered = run(BIN / "kaitogen", "render", tmp_path).output
    try:
        done = kaito.kubectl("apply", *way, "-f", "-", stdin=rendered)
        assert done.code == 0, done.said
        words = (BIN / "kaitogen", "diff", "--live", "--kubeconfig", kaito.config(tmp_path), tmp_path)
        assert run(*words).output == "8 objects compared, no difference\n"
        file.write_text(AROUND.replace("mirrors}", "others}").replace("index}", "other}"), encoding="utf-8")
        done = run(*words)
        assert "KG833" in done.output
        assert "spec.storage.persistentVolume.persistentVolumeClaim" in done.output
        assert done.code == 1
    finally:
        kaito.remove(rendered)
