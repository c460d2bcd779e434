"""--live on a command line: who asks, and what a person sees who waits."""

import os
import pty
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kaitogen.commands import progress
from kaitogen.commands.inputs import LiveOptions
from kaitogen.commands.progress import asking
from kaitogen.errors import UsageError
from kaitogen.files import cluster
from kaitogen.files.cluster import Access, ClusterError
from kaitogen.files.cluster.problems import KG621
from kaitogen.nodes.facts import entry
from tests.unit.files.cluster.scripted import Reply, answering, kubeconfig, page


def test_how_to_ask_without_asking() -> None:
    assert LiveOptions(live=True, context="a").asked
    assert not LiveOptions().asked
    for name in ("kubeconfig", "context"):
        with pytest.raises(UsageError, match=f"--{name} says how to ask") as caught:
            LiveOptions(**{name: "a"}).asked  # noqa: B018 - asking raises
        assert caught.value.fix == "add --live"


def test_the_way_into_the_cluster() -> None:
    assert LiveOptions(kubeconfig="a", context="b").access == Access("a", "b")
    assert LiveOptions().access == Access()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Standard error as a terminal; what was written to it so far."""
    reader, writer = pty.openpty()
    real = os.write
    monkeypatch.setattr(os, "isatty", lambda number: number == 2)
    monkeypatch.setattr(os, "write", lambda number, data: real(writer if number == 2 else number, data))

    def seen() -> str:
        time.sleep(0.1)  # the system hands on what is written to a terminal in its own time
        os.set_blocking(reader, False)
        try:
            return os.read(reader, 10_000).decode()
        except BlockingIOError:
            return ""

    return seen


def _ask(folder: Path, *replies: Reply) -> None:
    with answering(*replies) as server:
        options = LiveOptions(live=True, kubeconfig=str(kubeconfig(folder, server.address)))
        with asking(options) as cluster:
            cluster.nodes(entry)


def test_a_quick_answer_shows_nothing(
    tmp_path: Path, watched: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 30.0)  # quick on a busy machine as well
    _ask(tmp_path, page("a"))
    assert watched() == ""


def test_a_slow_answer_shows_what_is_waited_for(
    tmp_path: Path, watched: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.05)
    _ask(tmp_path, page("a", following="b"), page("c")._replace(late=0.2))
    seen = watched()
    assert "kaitogen: nodes so far: 1, from cluster test at 127.0.0.1:" in seen
    assert seen.endswith("\r\x1b[K")
    assert watched() == ""


def test_nobody_watches(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    _ask(tmp_path, page("a")._replace(late=0.1))
    assert capfd.readouterr().err == ""


def test_the_line_is_gone_where_there_is_no_way_in(
    tmp_path: Path, watched: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: object, **__: object) -> None:
        time.sleep(0.5)
        raise ClusterError(KG621, "test", "nobody answers", "start it")

    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    monkeypatch.setattr(cluster, "connect", connect)
    with pytest.raises(ClusterError), asking(LiveOptions(kubeconfig=str(tmp_path / "missing"))):
        pass
    seen = watched()
    assert "kaitogen: waiting for the cluster ..." in seen
    assert seen.endswith("\r\x1b[K")
