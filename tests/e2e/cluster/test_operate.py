"""docs/operate.md, from top to bottom: its commands run against a real API server, and what KAITO does in between is done here.

No controller runs. A comment in the page says what it does at that place; the statuses are those of a real one.
"""

import copy
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.documentation import Shown, Told, parts
from tests.e2e.cluster.conftest import ROOT, ControlPlane, node, run
from tests.unit.kaito.statuses import STATUSES

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.checkout]

PAGE = ROOT / "docs" / "operate.md"
COMMENT = re.compile(r"<!-- KAITO(?P<meanwhile>, meanwhile)?: (?P<does>.*) -->\n")
OBJECT = "/apis/kaito.sh/v1beta1/namespaces/agents/workspaces/llama"
NODE = "node-wsecfd3a8ed"
FINALIZER = "workspace.finalizer.kaito.sh"
#: The port that the page forwards the Service to; a free one in its place.
FORWARDED = "localhost:8080"
ANSWER = {
    "model": "llama-3.1-8b-instruct",
    "choices": [{"message": {"role": "assistant", "content": "Hello!"}}],
}


class Controller:
    """What KAITO does to the one Workspace of the page."""

    def __init__(self, plane: ControlPlane) -> None:
        self.plane = plane
        self.does: dict[str, Callable[[], None]] = {
            "asks for a node": lambda: self._status("ws-gpu-nodeclaim-launchfailed"),
            "serves": self._serve,
            "loses the node": self._lose,
            "restarts": lambda: self._status("ws-byo-after-update-phi-4-pinned", [NODE]),
            "lets go": self._let_go,
        }

    def _status(self, like: str, nodes: list[str] | None = None) -> None:
        """The status of a real Workspace at that moment, over this one as it is now."""
        stored = self.plane.request("GET", OBJECT)
        status = copy.deepcopy(STATUSES[like]["status"])
        for condition in status["conditions"]:
            condition["observedGeneration"] = stored["metadata"]["generation"]
        if nodes is not None:
            status["workerNodes"] = nodes
        self.plane.request("PUT", f"{OBJECT}/status", {**stored, "status": status})

    def _serve(self) -> None:
        if FINALIZER not in self.plane.request("GET", OBJECT)["metadata"].get("finalizers", []):
            self._patch({"finalizers": [FINALIZER]})
            self.plane.request("POST", "/api/v1/nodes", node(NODE))
        self._node("True")
        self._status("ws-gpu-4-pod-ready")

    def _lose(self) -> None:
        self._node("Unknown")
        self._status("ws-gpu-5-node-lost", [NODE])

    def _node(self, ready: str) -> None:
        found = self.plane.request("GET", f"/api/v1/nodes/{NODE}")
        found["status"]["conditions"] = [{"type": "Ready", "status": ready}]
        self.plane.request("PUT", f"/api/v1/nodes/{NODE}/status", found)

    def _let_go(self) -> None:
        while "deletionTimestamp" not in self.plane.request("GET", OBJECT)["metadata"]:
            time.sleep(0.1)
        self._patch({"finalizers": None})

    def _patch(self, metadata: dict[str, Any]) -> None:
        patch = ("PATCH", OBJECT, {"metadata": metadata})
        list(self.plane.requests([patch], content="application/merge-patch+json"))


@contextmanager
def model() -> Iterator[str]:
    """A server that answers as vLLM does, and only to the model's name; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            right = (self.path, asked["model"]) == ("/v1/chat/completions", ANSWER["model"])
            self.send_response(200 if right else 404)
            self.end_headers()
            self.wfile.write(json.dumps(ANSWER if right else {"error": asked["model"]}).encode() + b"\n")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def told(page: str) -> Iterator[Shown | Told | re.Match[str]]:
    """Files, commands and what KAITO does, in the order of the page; where a command's output stands counts from its start."""
    start = 0
    for comment in (*COMMENT.finditer(page), None):
        end = len(page) if comment is None else comment.start()
        for part in parts(page[start:end]):
            yield (
                part
                if isinstance(part, Shown)
                else part._replace(start=part.start + start, end=part.end + start)
            )
        if comment is not None:
            yield comment
            start = comment.end()


@pytest.fixture
def controller(kaito: ControlPlane) -> Iterator[Controller]:
    yield Controller(kaito)
    kaito.kubectl("delete", "node", NODE, "--ignore-not-found")
    kaito.kubectl("delete", "namespace", "agents", "--wait=false", "--ignore-not-found")


def test_page_shows_what_happens(
    controller: Controller, kaito: ControlPlane, tmp_path: Path, update_expected: bool
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    env = {"HOME": str(tmp_path), "KUBECONFIG": str(kaito.config(tmp_path)), "HF_TOKEN": "hf_of_the_test"}
    changes: list[tuple[int, int, str]] = []
    with model() as address:
        for part in told(page):
            if isinstance(part, re.Match):
                work = threading.Thread(target=controller.does[part["does"]])
                work.start()
                if not part["meanwhile"]:
                    work.join()
            elif isinstance(part, Shown):
                (tmp_path / part.name).parent.mkdir(exist_ok=True)
                (tmp_path / part.name).write_text(part.text, encoding="utf-8")
            else:
                command = part.command.replace(FORWARDED, address)
                done = run("bash", "-c", f"{{ {command}\n}} 2>&1", cwd=tmp_path, **env)
                if update_expected:
                    changes.append((part.start, part.end, done.output))
                else:
                    assert done.output == part.output, part.command
    for start, end, text in reversed(changes):
        page = page[:start] + text + page[end:]
    if changes:
        PAGE.write_text(page, encoding="utf-8")
