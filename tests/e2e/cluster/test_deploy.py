"""deploy/inventory/: its manifests are admitted, and its jobs do what they say with the rights that these give them."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from tests.e2e.cluster.conftest import BIN, ROOT, ControlPlane, Done, run
from tests.unit.files.cluster.scripted import CERTIFICATES

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.checkout]

INVENTORY = ROOT / "deploy" / "inventory"
SPACE = "kaitogen"
WAYS = ("configmap", "pullrequest")


def _built(way: str) -> list[Any]:
    done = run(BIN / "kubectl", "kustomize", INVENTORY / way)
    assert done.code == 0, done.said
    return list(yaml.safe_load_all(done.output))


class Deployed(NamedTuple):
    """The manifests of one way in the cluster, and the environment of its job."""

    plane: ControlPlane
    env: dict[str, str]
    objects: list[Any]

    def job(self, script: str, **env: str) -> Done:
        """The job's own script from the ConfigMap that it is mounted from, as the job runs it."""
        scripts = next(one for one in self.objects if one["kind"] == "ConfigMap" and script in one["data"])
        path = self.plane.folder / script
        path.write_text(scripts["data"][script], encoding="utf-8")
        container = _pod(self.objects)["containers"][0]
        assert container["command"] == ["python3", f"/script/{script}"]
        said = {one["name"]: one["value"] for one in container["env"] if "value" in one}
        return run(sys.executable, path, **{**said, **self.env, **env})


def _pod(objects: list[Any]) -> Any:
    (job,) = (one for one in objects if one["kind"] == "CronJob")
    return job["spec"]["jobTemplate"]["spec"]["template"]["spec"]


@pytest.fixture
def deployed(request: pytest.FixtureRequest, plane: ControlPlane, tmp_path: Path) -> Iterator[Deployed]:
    """The manifests of a way applied, and what a pod of its account is given."""
    objects = _built(request.param)
    text = yaml.safe_dump_all(objects)
    plane.apply(text)
    path = f"/api/v1/namespaces/{SPACE}/serviceaccounts/kaitogen-inventory/token"
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": 3600},
    }
    token = plane.request("POST", path, body)["status"]["token"]
    account = tmp_path / "account"
    account.mkdir()
    (account / "token").write_text(token, encoding="utf-8")
    (account / "ca.crt").write_bytes((CERTIFICATES / "authority.pem").read_bytes())
    host, port = urlsplit(plane.address).netloc.split(":")
    env = {
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "CLUSTER": "prod-east",
        "NAMESPACE": SPACE,
        "SERVICEACCOUNT": str(account),
        "KUBERNETES_SERVICE_HOST": host,
        "KUBERNETES_SERVICE_PORT": port,
        # The mounted account stands at one fixed place of a pod; this says the same for kaitogen.
        "KUBECONFIG": str(plane.config(account, user={"tokenFile": "token"})),
    }
    yield Deployed(plane, env, objects)
    plane.remove(yaml.safe_dump_all([one for one in objects if one["kind"] != "Namespace"]))


@pytest.mark.parametrize("way", WAYS)
def test_the_manifests_are_admitted(plane: ControlPlane, way: str) -> None:
    objects = _built(way)
    plane.apply(yaml.safe_dump(next(one for one in objects if one["kind"] == "Namespace")))
    text = yaml.safe_dump_all(objects)
    done = plane.kubectl(
        "apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-", stdin=text
    )
    assert done.code == 0, done.said
    assert "arning" not in done.said
    # The namespace enforces the strictest of the Pod Security Standards, and pods alone are held to it.
    plane.apply(yaml.safe_dump_all(one for one in objects if one["kind"] == "ServiceAccount"))
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "job", "namespace": SPACE},
        "spec": _pod(objects),
    }
    done = plane.kubectl(
        "create", "--dry-run=server", "--validate=strict", "-f", "-", stdin=yaml.safe_dump(pod)
    )
    assert done.code == 0, done.said


@pytest.mark.parametrize("deployed", ["configmap"], indirect=True)
def test_the_inventory_goes_into_the_config_map(deployed: Deployed, nodes: list[str]) -> None:
    for _ in range(2):
        done = deployed.job("publish.py")
        assert (done.code, done.said) == (0, "publish: wrote kaitogen/kaitogen-nodes\n")
    path = f"/api/v1/namespaces/{SPACE}/configmaps/kaitogen-nodes"
    found = yaml.safe_load(deployed.plane.request("GET", path)["data"]["nodes.yaml"])
    assert (found["kind"], found["spec"]["cluster"]) == ("NodeInventory", "prod-east")
    assert set(nodes) <= {one["name"] for one in found["spec"]["nodes"]}
    # Applying the manifests again leaves the data where it is.
    deployed.plane.apply(yaml.safe_dump_all(deployed.objects))
    assert "nodes.yaml" in deployed.plane.request("GET", path)["data"]


@pytest.mark.parametrize("deployed", ["configmap"], indirect=True)
def test_the_account_may_do_nothing_else(deployed: Deployed) -> None:
    account = f"--as=system:serviceaccount:{SPACE}:kaitogen-inventory"
    allowed = {("list", "nodes"), ("patch", "configmaps/kaitogen-nodes")}
    asked = [
        *((verb, "nodes") for verb in ("list", "get", "watch", "patch", "delete")),
        *((verb, "configmaps/kaitogen-nodes") for verb in ("get", "patch", "update", "delete")),
        *((verb, "configmaps/other") for verb in ("get", "patch", "create")),
        *(("list", kind) for kind in ("pods", "secrets", "configmaps", "workspaces.kaito.sh")),
    ]
    answers = {
        one: deployed.plane.kubectl("auth", "can-i", *one, account, "-n", SPACE).output.strip() == "yes"
        for one in asked
    }
    assert {one for one, yes in answers.items() if yes} == allowed


@pytest.mark.parametrize("deployed", ["configmap"], indirect=True)
def test_a_job_that_may_not_write_says_so(deployed: Deployed, nodes: list[str]) -> None:
    done = deployed.job("publish.py", CONFIGMAP="other")
    assert done.code == 1
    assert "publish: kaitogen/other was not written: 403 configmaps" in done.said
    done = deployed.job("publish.py", KUBECONFIG="nowhere", KUBERNETES_SERVICE_HOST="")
    assert done.code == 3
    assert "error KG620: " in done.said


class Forge(NamedTuple):
    """GitHub's part of the work: the pull requests of one repository."""

    address: str
    opened: list[Any]
    tokens: list[str]


@pytest.fixture
def forge() -> Iterator[Forge]:
    opened: list[Any] = []
    tokens: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            assert asked["state"] == ["open"]
            heads = [f"team:{one['head']}" for one in opened]
            self._answer([{"number": 1}] if asked["head"][0] in heads else [])

        def do_POST(self) -> None:
            opened.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer({"html_url": "https://github.example/pull/1"})

        def _answer(self, value: Any) -> None:
            tokens.append(self.headers["Authorization"])
            self.send_response(200 if self.path.startswith("/repos/team/models/pulls") else 404)
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield Forge(f"http://127.0.0.1:{server.server_port}", opened, tokens)
    server.shutdown()
    server.server_close()


def _git(*words: str | Path) -> str:
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(["git", *words], env=env, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A bare repository with one commit on main."""
    bare, work = tmp_path / "models.git", tmp_path / "work"
    _git("init", "--quiet", "--bare", "--initial-branch=main", bare)
    _git("clone", "--quiet", bare, work)
    author = ("-c", "user.name=a", "-c", "user.email=a@b")
    _git("-C", work, *author, "commit", "--quiet", "--allow-empty", "-m", "Begin")
    _git("-C", work, "push", "--quiet", "origin", "HEAD:main")
    return bare


@pytest.mark.parametrize("deployed", ["pullrequest"], indirect=True)
def test_a_changed_inventory_is_proposed_once(
    deployed: Deployed, nodes: list[str], repository: Path, forge: Forge, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("token-of-the-forge\n", encoding="utf-8")
    settings = {
        "REPOSITORY": f"file://{repository}",
        "PROJECT": "team/models",
        "API": forge.address,
        "TOKEN_FILE": str(tmp_path / "token"),
        "FILE": "fleet/nodes.yaml",
    }
    done = deployed.job("propose.py", **settings)
    assert (done.code, "pushed kaitogen/inventory" in done.said) == (0, True), done.said
    branch = "kaitogen/inventory"
    proposed = yaml.safe_load(_git("-C", repository, "show", f"{branch}:fleet/nodes.yaml"))
    assert set(nodes) <= {one["name"] for one in proposed["spec"]["nodes"]}
    assert [(one["head"], one["base"]) for one in forge.opened] == [(branch, "main")]
    assert set(forge.tokens) == {"Bearer token-of-the-forge"}

    done = deployed.job("propose.py", **settings)
    assert (done.code, done.said) == (0, "propose: kaitogen/inventory proposes it already\n")
    assert len(forge.opened) == 1

    _git("-C", repository, "update-ref", "refs/heads/main", branch)
    forge.opened.clear()
    done = deployed.job("propose.py", **settings)
    assert (done.code, done.said) == (0, "propose: fleet/nodes.yaml is up to date\n")
    assert forge.opened == []
    time.sleep(1)  # the time of an inventory is in whole seconds
    assert "pushed" in deployed.job("propose.py", **settings, REFRESH_DAYS="0").said

    patch = [("PATCH", f"/api/v1/nodes/{nodes[0]}", {"spec": {"unschedulable": True}})]
    list(deployed.plane.requests(patch, content="application/merge-patch+json"))
    forge.opened.clear()
    done = deployed.job("propose.py", **settings)
    assert (done.code, "opened https://github.example/pull/1" in done.said) == (0, True), done.said
    assert "gpu-1" in forge.opened[0]["body"]
    assert "cordoned" in _git("-C", repository, "log", "-1", "--format=%B", branch)


@pytest.mark.parametrize("deployed", ["pullrequest"], indirect=True)
def test_gitlab_takes_a_merge_request_with_the_push(
    deployed: Deployed, nodes: list[str], repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("token", encoding="utf-8")
    _git("-C", repository, "config", "receive.advertisePushOptions", "true")
    hook = repository / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f'#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION_ | sort >"{tmp_path}/options"\n', encoding="utf-8"
    )
    hook.chmod(0o755)
    settings = {
        "REPOSITORY": f"file://{repository}",
        "FORGE": "gitlab",
        "TOKEN_FILE": str(tmp_path / "token"),
    }
    done = deployed.job("propose.py", **settings)
    assert done.code == 0, done.said
    options = (tmp_path / "options").read_text(encoding="utf-8")
    assert "=merge_request.create\n" in options
    assert "=merge_request.target=main\n" in options


@pytest.mark.parametrize("deployed", ["pullrequest"], indirect=True)
def test_a_repository_that_is_not_there(deployed: Deployed, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret", encoding="utf-8")
    settings = {"REPOSITORY": f"file://{tmp_path}/none", "TOKEN_FILE": str(tmp_path / "token")}
    done = deployed.job("propose.py", **settings)
    assert done.code == 1
    assert done.said.startswith("propose: git clone: ")
    assert "secret" not in done.said
