"""A real argocd-cmp-server in the clean surroundings of a sidecar, and what the repo server says to it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[3]
KAITOGEN = Path(sys.executable).with_name("kaitogen")


@pytest.fixture(scope="session")
def argocd() -> Path:
    """The program with Argo CD's own server, client and health interpreter; built where it is missing."""
    done = subprocess.run(
        ["sh", str(ROOT / "scripts" / "build_tools.sh"), "argocd"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=3000,
    )
    return Path(done.stdout.strip())


class Answer(NamedTuple):
    """What came back: the answer, or the gRPC code and text of an error."""

    answer: dict[str, Any]
    code: str
    error: str


class Sidecar(NamedTuple):
    """One running cmp-server."""

    program: Path
    socket: Path
    work: Path
    log: Path

    def call(
        self, method: str, root: Path, app: str = ".", env: Sequence[str] = (), timeout: str = "60s"
    ) -> Answer:
        done = subprocess.run(
            [
                *(self.program, "call", "--socket", self.socket, "--root", root, "--app", app),
                *("--timeout", timeout, method, *env),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        return Answer(said.get("answer") or {}, said.get("code", ""), said.get("error", ""))

    def generate(
        self,
        root: Path,
        app: str = ".",
        parameters: Sequence[Mapping[str, Any]] | None = None,
        timeout: str = "60s",
    ) -> Answer:
        """GenerateManifest with the environment that Argo CD makes for an application."""
        env = [
            "ARGOCD_APP_NAME=app",
            "ARGOCD_APP_NAMESPACE=inference",
            f"ARGOCD_APP_SOURCE_PATH={app}",
            "KUBE_VERSION=1.34.0",
            "KUBE_API_VERSIONS=v1,apps/v1",
            f"ARGOCD_APP_PARAMETERS={json.dumps(parameters)}",
        ]
        return self.call("generate", root, app, env, timeout)


@pytest.fixture
def sidecar(argocd: Path) -> Iterator[Callable[..., Sidecar]]:
    """Starts a server with a given plugin.yaml; each is stopped at the end of the test."""
    started: list[subprocess.Popen[bytes]] = []
    # A socket's path has at most 107 characters, which the test runner's own folders may use up.
    base = Path(tempfile.mkdtemp(prefix="cmp-"))

    def start(plugin: str, limits: str = "") -> Sidecar:
        here = base / str(len(started))
        for name in ("config", "sock", "work"):
            (here / name).mkdir(parents=True)
        (here / "config" / "plugin.yaml").write_text(plugin, encoding="utf-8")
        log = here / "log"
        with log.open("wb") as stream:
            server = subprocess.Popen(
                [
                    "sh",
                    "-c",
                    f'{limits} exec "$0" "$@"',
                    argocd,
                    "serve",
                    "--config-dir-path",
                    here / "config",
                ],
                env={
                    "PATH": f"{KAITOGEN.parent}:/usr/bin:/bin",
                    "HOME": "/nonexistent",
                    "PYTHONSAFEPATH": "1",
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "ARGOCD_PLUGINSOCKFILEPATH": str(here / "sock"),
                    "ARGOCD_CMP_WORKDIR": str(here / "work"),
                },
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
        started.append(server)
        deadline = time.monotonic() + 30
        while not (sockets := list((here / "sock").iterdir())):
            assert server.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.02)
        return Sidecar(argocd, sockets[0], here / "work", log)

    yield start
    for server in started:
        server.kill()  # asked politely it waits for its clients' connections
        server.wait(timeout=20)
    shutil.rmtree(base)


@pytest.fixture
def plugin() -> str:
    return (ROOT / "plugin.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session", autouse=True)
def _no_pythonpath() -> None:
    """The sidecar runs the installed command, so the tests' own path must not help it."""
    os.environ.pop("PYTHONPATH", None)
