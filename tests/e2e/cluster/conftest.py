"""A real API server on loopback with its etcd, and ways to talk to it that do not go through the code under test."""

import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.unit.files.cluster.scripted import CERTIFICATES, kubeconfig

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
CRDS = Path(__file__).parent / "crds"
#: KAITO's kinds that an intent makes something of, Workspaces apart.
KINDS = ("inferencesets", "ragengines", "modelmirrors")
#: CRDs of what an intent makes beside a Workspace or set; scripts/derive_companion_crds.py says which, at which versions.
OTHERS = sorted(Path(__file__).parent.glob("companions/*.yaml"))
ISSUER = "https://kubernetes.default.svc"
#: The users of the server: token, name and groups. All but the first may do what a test allows them.
USERS = "admin-token,admin,admin,system:masters\nci-token,ci,ci\nother-token,other,other\n"
#: Nodes of a large cluster, and connections over which they are made.
MANY = 5000
_PARTS = 4
_SECONDS = 300


class Done(NamedTuple):
    """What a command left."""

    code: int
    output: str
    said: str


class ControlPlane(NamedTuple):
    """The running API server, and ways to talk to it that do not go through the code under test."""

    program: Path
    address: str
    folder: Path

    def request(self, method: str, path: str, body: Any = None, *, token: str = "admin-token") -> Any:
        """One request and the value of its answer; a failure of the server is a failure of the test."""
        return next(self.requests([(method, path, body)], token=token))

    def requests(
        self,
        requests: list[tuple[str, str, Any]],
        *,
        token: str = "admin-token",
        content: str = "application/json",
    ) -> Iterator[Any]:
        """Many of them, over one connection."""
        for (method, path, _), (status, data) in zip(
            requests, self.answers(requests, token=token, content=content), strict=True
        ):
            assert status < 300, f"{method} {path}: {status} {data!r}"
            yield json.loads(data)

    def answers(
        self,
        requests: list[tuple[str, str, Any]],
        *,
        token: str = "admin-token",
        content: str = "application/json",
    ) -> Iterator[tuple[int, bytes]]:
        """The status and body of each answer, whatever it says, over one connection."""
        context = ssl.create_default_context(cafile=str(CERTIFICATES / "authority.pem"))
        # The certificates are as plain as those of many clusters: see what `login` says about it.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        connection = HTTPSConnection(urlsplit(self.address).netloc, context=context, timeout=_SECONDS)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": content}
        try:
            for method, path, body in requests:
                connection.request(method, path, json.dumps(body) if body is not None else None, headers)
                answer = connection.getresponse()
                yield answer.status, answer.read()
        finally:
            connection.close()

    def config(self, folder: Path, **changes: Any) -> Path:
        """A kubeconfig, by default for the administrator."""
        return kubeconfig(folder, self.address, **{"user": {"token": "admin-token"}, **changes})

    def kubectl(self, *words: str | Path, stdin: str = "") -> Done:
        """kubectl as the administrator."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        config = self.config(home)
        return run(BIN / "kubectl", *words, stdin=stdin, HOME=str(home), KUBECONFIG=str(config))

    def apply(self, text: str) -> None:
        """Objects into the cluster."""
        done = self.kubectl("apply", "--server-side", "-f", "-", stdin=text)
        assert done.code == 0, done.said

    def remove(self, text: str) -> None:
        """The same objects out of it."""
        done = self.kubectl("delete", "--ignore-not-found", "--wait=false", "-f", "-", stdin=text)
        assert done.code == 0, done.said

    def install_kaito(self, version: str) -> None:
        """KAITO's CRDs of a minor version, in place of others, and those of companions beside them, once they are served."""
        (folder,) = CRDS.glob(f"v{version}.*")
        # An older one does not serve the version that a newer one has stored, and no update may take that away.
        crds = (f"crd/{kind}.kaito.sh" for kind in KINDS)
        done = self.kubectl("delete", "--ignore-not-found", "--timeout=280s", *crds)
        assert done.code == 0, done.said
        kaito = (folder / f"kaito.sh_{kind}.yaml" for kind in ("workspaces", *KINDS))
        wanted = [crd for crd in (*kaito, *OTHERS) if crd.exists()]
        # All by one kubectl each: a start of it costs more than what it does here.
        done = self.kubectl("apply", "--server-side", *(f"--filename={crd}" for crd in wanted))
        assert done.code == 0, done.said
        # A file is called GROUP_PLURAL.yaml, and its CRD PLURAL.GROUP.
        names = ("{2}.{0}".format(*crd.stem.partition("_")) for crd in wanted)
        done = self.kubectl(
            "wait", "--for=condition=Established", "--timeout=200s", *(f"crd/{name}" for name in names)
        )
        assert done.code == 0, done.said

    def expired_token(self, namespace: str, name: str) -> str:
        """A token of a service account that was good once."""
        key = CERTIFICATES / "here.pem"
        done = run(self.program, "--expired-token", key, ISSUER, namespace, name)
        assert done.code == 0, done.said
        return done.output.strip()


def run(*words: str | Path, stdin: str = "", cwd: Path | None = None, **env: str) -> Done:
    """Run a program with nothing of the caller's environment but PATH."""
    done = subprocess.run(
        [str(word) for word in words],
        input=stdin,
        cwd=cwd,
        env={"PATH": f"{BIN}:{os.defpath}", "LANG": "C.UTF-8", **env},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def started(program: Path, folder: Path) -> Iterator[ControlPlane]:
    """An API server with nothing in it, for the time of the block."""
    (folder / "tokens.csv").write_text(USERS, encoding="utf-8")
    log = folder / "log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [str(program), str(folder), *_flags(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
    try:
        assert process.stdout is not None
        plane = ControlPlane(program, process.stdout.readline().strip(), folder)
        _wait(plane, log)
        yield plane
    finally:
        process.kill()  # its data is the tests' own, and goes with their folder
        process.communicate()


@pytest.fixture(scope="session")
def program() -> Path:
    """The pinned API server, built where it is missing; without it the tests fail, they never skip."""
    build = ["sh", str(ROOT / "scripts" / "build_tools.sh"), "cluster"]
    built = subprocess.run(build, stdout=subprocess.PIPE, text=True, check=True, timeout=3000)
    return Path(built.stdout.strip())


@pytest.fixture(scope="session")
def plane(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """The API server that most tests share; what a test makes in it, the test takes away."""
    with started(program, tmp_path_factory.mktemp("cluster")) as running:
        yield running


def _flags(folder: Path) -> list[str]:
    here = CERTIFICATES / "here.pem"
    return [
        f"--tls-cert-file={here}",
        f"--tls-private-key-file={here}",
        f"--client-ca-file={CERTIFICATES / 'authority.pem'}",
        f"--cert-dir={folder / 'certificates'}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        f"--service-account-key-file={here}",
        f"--service-account-signing-key-file={here}",
        f"--service-account-issuer={ISSUER}",
        "--authorization-mode=RBAC",
        "--watch-cache=false",  # a CRD that goes before its cache has filled is asked for less and less often, for minutes
        "--service-cluster-ip-range=10.0.0.0/24",
        "--disable-admission-plugins=ServiceAccount",  # no controller makes the accounts that it waits for
    ]


def _wait(plane: ControlPlane, log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while True:
        try:
            plane.request("GET", "/api/v1/namespaces/default")
        except (OSError, AssertionError):
            assert time.monotonic() < until, log.read_text(encoding="utf-8")[-5000:]
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="module")
def version(request: pytest.FixtureRequest, plane: ControlPlane) -> str:
    """The version of KAITO whose CRDs the API server has, once for all tests of a module that are run with it."""
    found: str = request.param
    plane.install_kaito(found)
    return found


@pytest.fixture(scope="session")
def kaito(plane: ControlPlane) -> ControlPlane:
    """The API server with the newest KAITO."""
    plane.install_kaito("0.12")
    return plane


def node(name: str, labels: Mapping[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    """A GPU node about as large as real ones are: most of it is images, conditions and labels of others."""
    images = [
        {"names": [f"registry.example/team/image-{number}@sha256:{number:064x}"], "sizeBytes": number}
        for number in range(50)
    ]
    more = {f"feature.node.kubernetes.io/cpu-{number}": "true" for number in range(40)}
    resources = {"cpu": "24", "memory": "226Gi", "pods": "110", "nvidia.com/gpu": "1"}
    kinds = ("MemoryPressure", "DiskPressure", "PIDPressure")
    conditions = [{"type": kind, "status": "False", "reason": "Fine", "message": "fine"} for kind in kinds]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/arch": "amd64",
                "accelerator": "nvidia",
                "node.kubernetes.io/instance-type": "Standard_NC24ads_A100_v4",
                "nvidia.com/gpu.count": "1",
                "nvidia.com/gpu.memory": "81920",
                "nvidia.com/gpu.product": "NVIDIA-A100-80GB-PCIe",
                **more,
                **(labels or {}),
            },
            "annotations": {"example.com/secret-of-somebody": "x" * 200},
        },
        "spec": spec,
        "status": {
            "capacity": resources,
            "allocatable": resources,
            "conditions": [*conditions, {"type": "Ready", "status": "True", "reason": "KubeletReady"}],
            "images": images,
        },
    }


@pytest.fixture
def nodes(plane: ControlPlane) -> Iterator[list[str]]:
    """Three GPU nodes: one ready, one cordoned, one with a taint."""
    taint = {"key": "team", "value": "search", "effect": "NoSchedule"}
    made = [node("gpu-1"), node("gpu-2", unschedulable=True), node("gpu-3", taints=[taint])]
    names = [one["metadata"]["name"] for one in made]
    list(plane.requests([("POST", "/api/v1/nodes", one) for one in made]))
    yield names
    list(plane.requests([("DELETE", f"/api/v1/nodes/{name}", None) for name in names]))


@pytest.fixture(scope="session")
def crowded(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """An API server of its own with 5,000 nodes: to delete them would take longer than a second server."""
    bodies = [node(f"gpu-{count:04}", {"agentpool": f"pool{count % 7}"}) for count in range(MANY)]
    with started(program, tmp_path_factory.mktemp("crowded")) as running:

        def create(part: int) -> None:
            for _ in running.requests([("POST", "/api/v1/nodes", one) for one in bodies[part::_PARTS]]):
                pass

        with ThreadPoolExecutor(_PARTS) as pool:
            list(pool.map(create, range(_PARTS)))
        yield running
