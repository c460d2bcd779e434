"""The cluster that a kubeconfig leads to, asked for real: who is let in, what comes back, and what is said where not."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kaitogen.files.cluster import PAGE, Access, connect
from kaitogen.nodes.facts import entry
from kaitogen.nodes.status import held
from tests.e2e.cluster.conftest import MANY, ControlPlane
from tests.unit.files.cluster.scripted import CERTIFICATES, raised

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.checkout]


def _nodes(file: Path, context: str | None = None) -> list[str]:
    with connect(Access(str(file), context)) as cluster:
        return [one["name"] for one in cluster.nodes(entry)]


def _failure(file: Path) -> tuple[str, str, str]:
    return raised(lambda: _nodes(file))


def test_nodes_of_the_server(plane: ControlPlane, nodes: list[str], tmp_path: Path) -> None:
    with connect(Access(str(plane.config(tmp_path)))) as cluster:
        found = {one["name"]: one for one in cluster.nodes(entry)}
    assert found.keys() >= set(nodes)
    assert found["gpu-1"]["allocatable"]["nvidia.com/gpu"] == 1
    assert found["gpu-2"]["cordoned"] is True
    assert "secret-of-somebody" not in json.dumps(found)


def test_a_client_certificate(plane: ControlPlane, tmp_path: Path) -> None:
    mine = str(CERTIFICATES / "client.pem")
    file = plane.config(tmp_path, user={"client-certificate": mine, "client-key": mine})
    code, words, _ = _failure(file)
    assert (code, "client may not list nodes" in words) == ("KG627", True)


def test_what_the_refusal_prints_makes_it_work(plane: ControlPlane, nodes: list[str], tmp_path: Path) -> None:
    file = plane.config(tmp_path, user={"token": "ci-token"})
    code, words, fix = _failure(file)
    assert (code, "ci may not list nodes" in words) == ("KG627", True)
    roles = fix.partition("\n")[2]
    plane.apply(roles)
    try:
        assert set(nodes) <= set(_nodes(file))
        with connect(Access(str(file))) as cluster:
            assert "may not list pods" in raised(lambda: cluster.pods(held))[1]
            assert (
                "may not get configmaps in namespace default"
                in raised(lambda: cluster.config_map("default", "a"))[1]
            )
    finally:
        plane.remove(roles)


def test_no_credentials_at_all(plane: ControlPlane, tmp_path: Path) -> None:
    code, words, _ = _failure(plane.config(tmp_path, user={}))
    assert (code, "no credentials were sent" in words) == ("KG627", True)


def test_tokens_that_are_no_longer_good(plane: ControlPlane, tmp_path: Path) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "reader"}}
    plane.request("POST", "/api/v1/namespaces/default/serviceaccounts", account)
    expired = plane.config(tmp_path, user={"token": plane.expired_token("default", "reader")})
    try:
        assert _failure(expired)[0] == "KG626"
    finally:
        plane.request("DELETE", "/api/v1/namespaces/default/serviceaccounts/reader")
    assert _failure(plane.config(tmp_path, user={"token": "unknown"}))[0] == "KG626"


def test_an_authority_that_did_not_sign_it(plane: ControlPlane, tmp_path: Path) -> None:
    stranger = {"certificate-authority": str(CERTIFICATES / "stranger.pem")}
    assert _failure(plane.config(tmp_path, cluster=stranger))[0] == "KG625"
    named = {"tls-server-name": "elsewhere.example"}
    code, words, _ = _failure(plane.config(tmp_path, cluster=named))
    assert (code, "not valid for" in words) == ("KG625", True)


def test_a_context_that_is_not_there(plane: ControlPlane, tmp_path: Path) -> None:
    file = plane.config(tmp_path)
    code, words, _ = raised(lambda: _nodes(file, "her"))
    assert (code, "did you mean here?" in words) == ("KG621", True)


def _plugin(folder: Path, output: str) -> dict[str, Any]:
    """A user whose credentials a program hands out."""
    program = folder / "plugin"
    program.write_text(f"#!/bin/sh\n{output}\n", encoding="utf-8")
    program.chmod(0o755)
    api = "client.authentication.k8s.io/v1"
    return {"exec": {"apiVersion": api, "command": "./plugin", "interactiveMode": "Never"}}


def test_a_credential_plugin(plane: ControlPlane, nodes: list[str], tmp_path: Path) -> None:
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": "admin-token"},
    }
    user = _plugin(tmp_path, f"cat <<'END'\n{json.dumps(credential)}\nEND")
    assert set(nodes) <= set(_nodes(plane.config(tmp_path, user=user)))
    for output in ("echo secret >&2; exit 1", "echo secret", "echo '{}'"):
        code, words, _ = _failure(plane.config(tmp_path, user=_plugin(tmp_path, output)))
        assert (code, "plugin gave no credentials" in words) == ("KG623", True)


def test_workspaces_of_both_versions(kaito: ControlPlane, tmp_path: Path) -> None:
    intent = {
        "apiVersion": "kaito.sh/v1alpha1",
        "kind": "Workspace",
        "metadata": {"name": "phi-4"},
        "resource": {
            "instanceType": "Standard_NC24ads_A100_v4",
            "labelSelector": {"matchLabels": {"a": "b"}},
        },
        "inference": {"preset": {"name": "phi-4"}},
    }
    path = "/apis/kaito.sh/v1alpha1/namespaces/default/workspaces"
    kaito.request("POST", path, intent)
    try:
        with connect(Access(str(kaito.config(tmp_path)))) as cluster:
            (found,) = cluster.of_kaito("Workspace")
            assert cluster.of_kaito("Workspace", "kube-system") == []
        assert (found["apiVersion"], found["metadata"]["name"]) == ("kaito.sh/v1beta1", "phi-4")
        assert "managedFields" not in found["metadata"]
    finally:
        kaito.request("DELETE", f"{path}/phi-4")


def test_pods_that_hold_gpus(plane: ControlPlane, nodes: list[str], tmp_path: Path) -> None:
    def pod(name: str, **resources: str) -> dict[str, Any]:
        container = {"name": "a", "image": "b", "resources": {"limits": resources}}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name},
            "spec": {"nodeName": "gpu-1", "containers": [container]},
        }

    path = "/api/v1/namespaces/default/pods"
    made = [pod("gpu", **{"nvidia.com/gpu": "1"}), pod("plain", cpu="1")]
    list(plane.requests([("POST", path, one) for one in made]))
    try:
        with connect(Access(str(plane.config(tmp_path)))) as cluster:
            assert cluster.pods(held) == [("gpu-1", {"nvidia.com/gpu": 1})]
    finally:
        list(
            plane.requests(
                [("DELETE", f"{path}/{one['metadata']['name']}?gracePeriodSeconds=0", None) for one in made]
            )
        )


def test_a_config_map(plane: ControlPlane, tmp_path: Path) -> None:
    with connect(Access(str(plane.config(tmp_path)))) as cluster:
        assert cluster.config_map("default", "nothing") is None
        found = cluster.config_map("kube-system", "extension-apiserver-authentication")
    assert found is not None
    assert "client-ca-file" in found["data"]


PEAK = """
import sys
from kaitogen.files.cluster import PAGE, Access, connect
from kaitogen.nodes.facts import entry
pages = []
with connect(Access(sys.argv[1]), progress=pages.append) as cluster:
    nodes = cluster.nodes(entry)
# The peak of this process alone; what getrusage says begins with that of the process before.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(len(nodes), len(pages), int(peak.split()[1]) // 1024)
"""


def test_five_thousand_nodes(crowded: ControlPlane, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PEAK, crowded.config(tmp_path)], capture_output=True, text=True, check=True
    )
    number, pages, mebibytes = map(int, done.stdout.split())
    assert (number, pages) == (MANY, MANY // PAGE)
    assert mebibytes < 150
