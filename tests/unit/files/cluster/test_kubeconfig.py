"""Which cluster is asked: every way to say it, every way to get it wrong, and nothing of a secret in what is said."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from kaitogen.files.cluster import Access, connect, login
from kaitogen.files.cluster.login import MAX_BYTES
from kaitogen.nodes.facts import entry
from tests.unit.files.cluster.scripted import CERTIFICATES, answering, kubeconfig, page, raised

SERVER = "https://127.0.0.1:1"
CREDENTIAL = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential"}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine on which nothing is configured, with temporary files of its own."""
    for name in (
        "KUBECONFIG",
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_SERVICE_PORT",
        "HTTPS_PROXY",
        "https_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))


def _fails(file: Path | str | None = None, context: str | None = None) -> tuple[str, str, str]:
    return raised(lambda: connect(Access(None if file is None else str(file), context)))


def _changed(folder: Path, **changes: Any) -> Path:
    """A kubeconfig with some of its top-level keys replaced."""
    path = kubeconfig(folder, SERVER)
    whole = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**whole, **changes}), encoding="utf-8")
    return path


def test_nothing_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    code, words, fix = _fails()
    assert code == "KG620"
    assert "KUBECONFIG is not set, no ~/.kube/config" in words
    assert "--kubeconfig" in fix
    monkeypatch.setenv("KUBECONFIG", "nowhere:elsewhere")
    assert "KUBECONFIG is nowhere:elsewhere" in _fails()[1]


def test_the_ways_to_a_kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "home" / ".kube"
    for folder in (first, second):
        folder.mkdir(parents=True)
    kubeconfig(second, SERVER).rename(second / "config")
    assert connect(Access()).name == "test"
    other = kubeconfig(first, SERVER)
    other.write_text(
        other.read_text(encoding="utf-8")
        .replace("name: test\n", "name: other\n")
        .replace("cluster: test\n", "cluster: other\n"),
        encoding="utf-8",
    )
    monkeypatch.setenv("KUBECONFIG", str(other))
    assert connect(Access()).name == "other"
    assert connect(Access(str(second / "config"))).name == "test"


def test_several_files_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As kubectl has it: of each name the first counts, and of current-context, too."""
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
    one = _changed(first, users=None)
    elsewhere = [{"name": "here", "context": {"cluster": "nothing"}}]
    other = _changed(second, clusters=[], contexts=elsewhere, **{"current-context": "nothing"})
    monkeypatch.setenv("KUBECONFIG", f"{one}:{tmp_path / 'missing'}:{other}")
    assert connect(Access()).name == "test"


def test_a_context_that_is_not_there(tmp_path: Path) -> None:
    file = kubeconfig(tmp_path, SERVER)
    code, words, fix = _fails(file, "Here")
    assert (code, "there is no context Here; did you mean here?" in words) == ("KG621", True)
    assert "(one of: here)" in fix
    code, words, _ = _fails(_changed(tmp_path, **{"current-context": ""}))
    assert (code, "no context is chosen" in words) == ("KG621", True)
    assert "none at all" in _fails(_changed(tmp_path, contexts=[]))[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not one YAML mapping"),
        ("- a", "not one YAML mapping"),
        ("a: 1\n---\nb: 2", "not one YAML mapping"),
        ("a: [", "is not YAML"),
        ("\xff", "is not UTF-8"),
        ("a: " + "[" * 200, "is not YAML"),
        ("contexts: 3", "contexts is not a list"),
        ("contexts: [3]", "an entry of contexts has no name"),
        ("contexts: [{name: a, context: 3}]", "an entry of contexts has no name, or no mapping"),
        ("x" * (MAX_BYTES + 1), "larger than 4 MiB"),
    ],
    ids=lambda value: value[:20],
)
def test_a_file_that_is_no_kubeconfig(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_bytes(text.encode("latin-1"))
    code, said, _ = _fails(file)
    assert (code, words in said) == ("KG622", True)


@pytest.mark.parametrize("name", ["missing", ".", "a\0b"])
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    code, words, _ = _fails(tmp_path / name)
    assert (code, "cannot be read" in words) == ("KG622", True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"clusters": []}, "leads to the cluster test, which is not there"),
        ({"users": []}, "leads to the user tester, which is not there"),
        ({"clusters": [{"name": "test", "cluster": {"server": "ftp://a"}}]}, "has no server"),
        ({"clusters": [{"name": "test", "cluster": None}]}, "has no server"),
        ({"users": [{"name": "tester", "user": {"tokenFile": "gone"}}]}, "tokenFile is gone"),
        ({"users": [{"name": "tester", "user": {"client-certificate-data": "secret"}}]}, "cannot be used"),
        ({"users": [{"name": "tester", "user": {"exec": {"args": ["secret"]}}}]}, "has no command"),
        ({"users": [{"name": "tester", "user": {"exec": "secret"}}]}, "has no command"),
    ],
    ids=lambda value: "" if isinstance(value, str) else "-".join(value),
)
def test_a_context_that_leads_nowhere(changes: Any, words: str, tmp_path: Path) -> None:
    code, said, _ = _fails(_changed(tmp_path, **changes))
    assert (code, words in said) == ("KG622", True)


def test_certificates_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "nothing.pem").write_text("secret", encoding="utf-8")
    authority = {"certificate-authority": "nothing.pem"}
    code, words, _ = _fails(kubeconfig(tmp_path, SERVER, cluster=authority))
    assert (code, "its certificate-authority is no certificate" in words) == ("KG622", True)
    user = {"client-certificate": "nothing.pem", "client-key": "nothing.pem"}
    code, words, _ = _fails(kubeconfig(tmp_path, SERVER, user=user))
    assert (code, "its client certificate and key are not a pair" in words) == ("KG622", True)


def test_no_key_stays_on_disk(tmp_path: Path) -> None:
    import base64

    data = base64.b64encode((CERTIFICATES / "client.pem").read_bytes()).decode()
    user = {"client-certificate-data": data, "client-key-data": data}
    with answering(page("a"), page("b"), clients=True) as server:
        cluster = connect(Access(str(kubeconfig(tmp_path, server.address, user=user))))
        assert list(Path(tempfile.gettempdir()).iterdir()) == []
        for _ in range(2):  # the second time over a new connection, which needs the key again
            assert cluster.nodes(entry)
            cluster.close()
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def _plugin(folder: Path, script: str, **more: Any) -> Path:
    program = folder / "plugin"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    user = {"exec": {"apiVersion": CREDENTIAL["apiVersion"], "command": "./plugin", **more}}
    return kubeconfig(folder, SERVER, user=user)


def test_a_credential_plugin(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    given = json.dumps({**CREDENTIAL, "status": {"token": "secret-of-the-plugin"}})
    with answering(page("a")) as server:
        file = _plugin(tmp_path, f"echo '{given}'")
        file.write_text(file.read_text(encoding="utf-8").replace(SERVER, server.address), encoding="utf-8")
        with connect(Access(str(file))) as cluster:
            assert cluster.nodes(entry)
    assert server.asked[0].headers["authorization"] == "Bearer secret-of-the-plugin"
    for script in (
        "echo secret; echo secret >&2; exit 3",
        "echo secret",
        "echo '{}'",
        f"echo '{json.dumps(CREDENTIAL)}'",
    ):
        code, words, fix = _fails(_plugin(tmp_path, script))
        assert (code, "the credential plugin plugin gave no credentials" in words) == ("KG623", True)
        assert "kubectl --context here get nodes" in fix
    assert "secret" not in "".join(capfd.readouterr())


def test_a_credential_plugin_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "PLUGIN_SECONDS", 0.2)
    code, words, _ = _fails(_plugin(tmp_path, "exec sleep 2"))
    assert (code, "took more than 0.2 s" in words) == ("KG623", True)


def test_a_credential_plugin_that_is_not_installed(tmp_path: Path) -> None:
    user = {"exec": {"apiVersion": "v1", "command": "no-such-login", "installHint": "see\nexample.com"}}
    code, words, fix = _fails(kubeconfig(tmp_path, SERVER, user=user))
    assert (code, "there is no program no-such-login" in words) == ("KG623", True)
    assert fix.endswith("its hint: see example.com")


def test_the_account_of_a_pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kubernetes.config import incluster_config

    with answering(page("a")) as server:
        host, port = server.address.removeprefix("https://").split(":")
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", host)
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", port)
        assert _fails()[0] == "KG620"
        token = tmp_path / "token"
        token.write_text("secret-of-the-pod", encoding="utf-8")
        monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(token))
        monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(CERTIFICATES / "authority.pem"))
        with connect(Access()) as cluster:
            assert cluster.name == "in-cluster"
            assert cluster.nodes(entry)
        assert server.asked[0].headers["authorization"] == "bearer secret-of-the-pod"
        assert _fails(context="here")[0] == "KG620"


def test_no_client_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    code, words, fix = _fails()
    assert (code, "package kubernetes" in words) == ("KG631", True)
    assert "pip install 'kaitogen[live]'" in fix


def test_the_kubeconfig_is_never_written(tmp_path: Path) -> None:
    file = kubeconfig(tmp_path, SERVER)
    before = file.read_bytes(), os.stat(file).st_mtime_ns
    connect(Access(str(file))).close()
    assert (file.read_bytes(), os.stat(file).st_mtime_ns) == before
