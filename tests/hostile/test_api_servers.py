"""Every command that asks a cluster, before servers that are slow, cut their answers, are busy, or answer something else."""

import os
from pathlib import Path
from typing import Any

import pytest

from kaitogen.files import cluster
from kaitogen.files.cluster.asking import Limits
from tests.draws import crossed
from tests.fuzz.commands import run
from tests.hostile.texts import RIGHT
from tests.unit.files.cluster.scripted import Reply, answering, kubeconfig, page, refusal

QUICK = Limits(connect=2, read=0.3, whole=0.6, tries=2, first=0.01, wait=0.1, size=100_000)
COMMANDS = {
    "nodes list": ["nodes", "list"],
    "nodes snapshot": ["nodes", "snapshot", "-o", "nodes.yaml"],
    "import": ["import", "-o", "out"],
    "diff": ["diff", "a.intent.yaml"],
    "status": ["status", "a.intent.yaml"],
    "render": ["render", "a.intent.yaml", "--save-inventory", "nodes.yaml"],
}
SERVERS = {
    "slow to answer": Reply({}, late=1),
    "slow in the middle": page(*"abcdef")._replace(drip=0.05),
    "cut": page("a")._replace(cut=20),
    "cut at once": page("a")._replace(cut=0),
    "410": refusal(410, "The provided continue parameter is too old"),
    "429": refusal(429, "too many requests"),
    "429, for an hour": refusal(429, Retry_After="3600"),
    "429, for a time that is none": refusal(429, Retry_After="soon"),
    "500": refusal(500, "\x1b[31metcd leader changed\r\n\u202e"),
    "503": refusal(503),
    "401": refusal(401, "Unauthorized"),
    "a page": Reply(b"<html>log in</html>"),
    "half a JSON": Reply(b'{"items": [{"meta'),
    "no UTF-8": Reply(b'{"items": ["\xff"]}'),
    "deep": Reply(b'{"items": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "a list": Reply([]),
    "a number": Reply(5),
    "null": Reply(b"null"),
    "items of another kind": Reply(
        {"metadata": {}, "items": [None, 5, "a", [], {"metadata": 5}, {"metadata": {"name": []}}]}
    ),
    "pages without end": page("a", following="more"),
    "too large": Reply({"metadata": {}, "items": [{"metadata": {"name": "a" * 200_000}}]}),
    "elsewhere": Reply({}, 302, {"Location": "http://127.0.0.1:1/"}),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KUBECONFIG", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cluster, "Limits", lambda: QUICK)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.intent.yaml").write_bytes(RIGHT)
    (tmp_path / "nodes.yaml").write_bytes(b"old")


def asked(name: str, tmp_path: Path, *replies: Reply) -> tuple[int, bytes, str]:
    with answering(*replies) as server:
        file = kubeconfig(tmp_path, server.address)
        return run([*COMMANDS[name], "--live", "--kubeconfig", str(file)])


@pytest.mark.parametrize(("server", "name"), crossed(SERVERS, COMMANDS))
def test_a_bad_server(name: str, server: str, tmp_path: Path) -> None:
    code, output, said = asked(name, tmp_path, SERVERS[server])
    assert code in (1, 3), (code, said)
    assert output == b""
    assert said.splitlines()[-1].startswith("kaitogen: "), said
    assert all(char.isprintable() or char == "\n" for char in said)
    assert "secret-of-the-test" not in said
    assert sorted(os.listdir(tmp_path)) == ["a.intent.yaml", "kubeconfig", "nodes.yaml"]
    assert (tmp_path / "nodes.yaml").read_bytes() == b"old"


@pytest.mark.parametrize("name", ["diff", "status"])
@pytest.mark.parametrize("levels", [150, 480, 900])
def test_an_object_nested_deeper_than_any_manifest(levels: int, name: str, tmp_path: Path) -> None:
    """The template of a Workspace may hold anything, and whoever may write one would end everybody's run."""
    deep = b'{"a":' * levels + b"1" + b"}" * levels
    item = b'{"metadata": {"name": "phi-4", "namespace": "default"}, "inference": {"template": %s}}' % deep
    code, _, said = asked(name, tmp_path, Reply(b'{"metadata": {}, "items": [%s]}' % item))
    assert code in (0, 1, 5), said
    (tmp_path / "dump.json").write_bytes(
        b'{"kind": "List", "items": [{"apiVersion": "kaito.sh/v1beta1", "kind": "Workspace", "status": {"a": 1}, %s]}'
        % item[1:]
    )
    assert run(["status", "dump.json", "a.intent.yaml"])[0] in (1, 5)


@pytest.mark.parametrize("first", ["slow to answer", "cut", "cut at once", "503"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_server_that_recovers(name: str, first: str, tmp_path: Path) -> None:
    empty: Any = Reply({"metadata": {}, "items": []})
    whole = asked(name, tmp_path, empty)
    (tmp_path / "nodes.yaml").write_bytes(b"old")
    assert asked(name, tmp_path, SERVERS[first], empty)[:2] == whole[:2]
