"""An API server over TLS that answers what a test wrote down, in that order, and remembers what it was asked."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from kaitogen.files.cluster import ClusterError

CERTIFICATES = Path(__file__).parent / "certificates"


class Reply(NamedTuple):
    """One answer; `cut` ends the connection after so many bytes of the body, `late` waits first, `drip` after each byte."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = {}
    cut: int | None = None
    late: float = 0
    drip: float = 0

    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Question(NamedTuple):
    """What was asked: path, query and headers."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


class Scripted(NamedTuple):
    """A running server: its address, and the questions so far."""

    address: str
    asked: list[Question]


def page(*names: str, following: str = "", kind: str = "NodeList") -> Reply:
    """One page of a list of objects with these names."""
    items = [{"metadata": {"name": name}} for name in names]
    return Reply({"kind": kind, "metadata": {"continue": following}, "items": items})


def refusal(status: int, message: str = "", **headers: str) -> Reply:
    """A failure as an API server words it."""
    body = {"kind": "Status", "status": "Failure", "message": message, "code": status}
    return Reply(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


@contextmanager
def answering(*replies: Reply, certificate: str | None = "here", clients: bool = False) -> Iterator[Scripted]:
    """A server for the time of the block; the last reply is given again and again. No certificate: plain HTTP."""
    asked: list[Question] = []
    server = _Server(("127.0.0.1", 0), _handler(iter(replies), replies[-1:], asked))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(CERTIFICATES / "authority.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Scripted(f"https://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not like the certificate, or does not wait, is what some tests want."""


def _handler(
    replies: Iterator[Reply], last: tuple[Reply, ...], asked: list[Question]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            asked.append(Question(parts.path, query, dict(self.headers)))
            reply = next(replies, last[0])
            time.sleep(reply.late)
            data = reply.data()
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(data)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            sent = data if reply.cut is None else data[: reply.cut]
            for part in (sent[at : at + 1] for at in range(len(sent))) if reply.drip else (sent,):
                self.wfile.write(part)
                time.sleep(reply.drip)
            self.close_connection = reply.cut is not None

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler


def kubeconfig(folder: Path, server: str, **changes: Any) -> Path:
    """A kubeconfig for a server whose certificate the tests' authority signed; the changes go to its user or cluster."""
    cluster = {"server": server, "certificate-authority": str(CERTIFICATES / "authority.pem")}
    user: dict[str, Any] = {"token": "secret-of-the-test"}
    cluster.update(changes.get("cluster", {}))
    user = changes.get("user", user)
    whole = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "test", "user": "tester"}}],
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "tester", "user": user}],
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")
    return path


def raised(call: Callable[[], object]) -> tuple[str, str, str]:
    """Code, words (with what they are about) and fix of the ClusterError that a call ends in; nothing in it is secret."""
    with pytest.raises(ClusterError) as caught:
        call()
    error = caught.value
    assert "secret" not in f"{error.where} {error.message} {error.fix}"
    assert error.rule is not None
    return error.rule.code, f"{error.where}: {error.message}", error.fix
