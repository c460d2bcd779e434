"""The commands that take --live, against a real API server: what a user sees, and that it can be repeated without it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.cluster.conftest import BIN, MANY, ControlPlane, Done, run
from tests.hostile.measured import measured

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.checkout]

MOST_MEBIBYTES = 150
TIME = "2026-11-24T08:00:00Z"
INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi-4, namespace: default}
spec:
  target: {nodeProvisioner: byo}
  placement:
    nodes: {select: {quick: nc24}, count: 1}
  inference: {model: phi-4}
"""
#: The same on nodes that a label finds.
RUNNING = INTENT.replace("nodes: {select: {quick: nc24}, count: 1}", "labelSelector: {matchLabels: {a: b}}")


@pytest.fixture
def config(plane: ControlPlane, tmp_path: Path) -> Path:
    return plane.config(tmp_path)


def _kaitogen(config: Path, *words: str | Path) -> Done:
    return run(BIN / "kaitogen", *words, cwd=config.parent, KUBECONFIG=str(config), HOME=str(config.parent))


def _fine(config: Path, *words: str | Path) -> str:
    done = _kaitogen(config, *words)
    assert done.code == 0, done.said
    return done.output


def test_list_shows_state_and_taints(config: Path, nodes: list[str]) -> None:
    lines = {line.split()[0]: line for line in _fine(config, "nodes", "list", "--live").splitlines()}
    assert set(nodes) <= lines.keys()
    assert "Standard_NC24ads_A100_v4" in lines["gpu-1"]
    assert "Cordoned" in lines["gpu-2"]
    assert "Tainted" in lines["gpu-3"]
    ready = _fine(config, "nodes", "list", "--live", "--ready", "-l", "accelerator in (nvidia)")
    assert [line.split()[0] for line in ready.splitlines()[1:]] == ["gpu-1"]
    assert _fine(config, "nodes", "list", "--live", "--quick", "nc96") == ""
    assert "gpu-1" in _fine(config, "nodes", "quick", "--live")


def test_list_shows_what_pods_leave_free(plane: ControlPlane, config: Path, nodes: list[str]) -> None:
    container = {"name": "a", "image": "b", "resources": {"limits": {"nvidia.com/gpu": "1"}}}
    spec = {"nodeName": "gpu-1", "containers": [container]}
    path = "/api/v1/namespaces/default/pods"
    plane.request("POST", path, {"kind": "Pod", "metadata": {"name": "busy"}, "spec": spec})
    try:
        said = json.loads(_fine(config, "nodes", "list", "--live", "--pods", "--format", "json"))
    finally:
        plane.request("DELETE", f"{path}/busy?gracePeriodSeconds=0")
    free = {one["name"]: one["gpu"]["free"] for one in said["nodes"]}
    assert (free["gpu-1"], free["gpu-2"]) == (0, 1)


def test_a_snapshot_is_the_same_again(config: Path, nodes: list[str]) -> None:
    first = _fine(config, "nodes", "snapshot", "--live", "--time", TIME)
    assert first == _fine(config, "nodes", "snapshot", "--live", "--time", TIME)
    inventory = yaml.safe_load(first)
    assert (inventory["kind"], inventory["spec"]["cluster"]) == ("NodeInventory", "test")
    assert "secret" not in first


def test_a_render_can_be_repeated_without_the_cluster(
    plane: ControlPlane, config: Path, nodes: list[str]
) -> None:
    (config.parent / "intent.yaml").write_text(INTENT, encoding="utf-8")
    live = _fine(config, "render", "--live", "--save-inventory", "facts.yaml", "intent.yaml")
    manifest = yaml.safe_load(live)
    assert manifest["metadata"].pop("annotations").keys() == {"kaitogen.io/inventory-sha256"}
    assert manifest["resource"]["preferredNodes"] == ["gpu-1"]
    config.unlink()
    again = _fine(config, "render", "--inventory", "facts.yaml", "intent.yaml")
    assert yaml.safe_load(again) == manifest


def test_a_comparison_with_what_runs(kaito: ControlPlane, config: Path) -> None:
    (config.parent / "intent.yaml").write_text(RUNNING, encoding="utf-8")
    assert _kaitogen(config, "diff", "--live", "intent.yaml").code == 1
    manifest = _fine(config, "render", "intent.yaml")
    kaito.apply(manifest)
    try:
        done = _kaitogen(config, "diff", "--live", "intent.yaml")
        assert (done.code, "no difference" in done.output) == (0, True), done
        (config.parent / "intent.yaml").write_text(RUNNING.replace("a: b", "a: c"), encoding="utf-8")
        done = _kaitogen(config, "diff", "--live", "intent.yaml")
        assert (done.code, "labelSelector" in done.output) == (1, True), done
    finally:
        kaito.remove(manifest)


def test_what_runs_comes_back_as_intents(kaito: ControlPlane, config: Path) -> None:
    (config.parent / "intent.yaml").write_text(RUNNING, encoding="utf-8")
    manifest = _fine(config, "render", "intent.yaml")
    kaito.apply(manifest)
    try:
        intents = _fine(config, "import", "--live", "--node-provisioner", "byo")
    finally:
        kaito.remove(manifest)
    (config.parent / "imported.yaml").write_text(intents, encoding="utf-8")
    assert _fine(config, "render", "imported.yaml") == manifest


@pytest.mark.parametrize(
    "words",
    [
        ("nodes", "list"),
        ("nodes", "snapshot"),
        ("nodes", "quick"),
        ("render", "intent.yaml", "--save-inventory", "facts.yaml", "-o", "out"),
    ],
    ids=lambda words: "-".join(words[:2]),
)
def test_a_refusal_leaves_nothing_half(plane: ControlPlane, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "intent.yaml").write_text(INTENT, encoding="utf-8")
    config = plane.config(tmp_path, user={"token": "ci-token"})
    before = set(tmp_path.iterdir())
    done = _kaitogen(config, *words, "--live")
    assert (done.code, done.output) == (3, "")
    assert "error KG627: ci may not list nodes" in done.said
    assert "kind: ClusterRoleBinding" in done.said
    assert set(tmp_path.iterdir()) == before


def _spent(crowded: ControlPlane, folder: Path, *words: str) -> Any:
    spent = measured([*words, "--kubeconfig", str(crowded.config(folder))], folder)
    assert spent.code == 0, spent.said
    assert spent.mebibytes < MOST_MEBIBYTES
    return spent


def test_five_thousand_nodes_in_bounded_memory(crowded: ControlPlane, tmp_path: Path) -> None:
    listed = _spent(crowded, tmp_path, "nodes", "list", "--live")
    assert listed.output.count(b"\n") == MANY + 1
    taken = _spent(crowded, tmp_path, "nodes", "snapshot", "--live", "-o", "nodes.yaml")
    assert f"{MANY:,} nodes" in taken.said or f"{MANY} nodes" in taken.said
