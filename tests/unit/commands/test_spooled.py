"""Products too large for memory wait in a file, and come out whole or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import pytest

from kaitogen.__main__ import run
from kaitogen.commands import spooled as module
from kaitogen.commands.result import deliver
from kaitogen.commands.spooled import CHUNK, spooled
from kaitogen.errors import EnvironmentFailure
from tests.acceptance.command import kaitogen
from tests.acceptance.plans import intent, write


def _parts(size: int) -> Iterator[str]:
    """So many characters of two bytes, in many pieces."""
    for number in range(size // 1000):
        yield "ü" * 999 + chr(ord("a") + number % 26)


@pytest.mark.parametrize("size", [0, 5000, CHUNK // 2, 3 * CHUNK])
def test_what_goes_in_comes_out(size: int) -> None:
    outcome = spooled(_parts(size))
    expected = "".join(_parts(size)).encode()
    assert outcome.size == len(expected)
    assert (outcome.spooled is None) == (len(expected) <= CHUNK)
    chunks = [outcome.stdout, *(outcome.spooled or ())]
    assert b"".join(chunks) == expected
    assert max(map(len, chunks)) <= CHUNK


def test_without_a_folder_for_files_it_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[None] = []

    def none(*_: Any) -> IO[bytes]:
        asked.append(None)
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryFile", none)
    outcome = spooled(_parts(2 * CHUNK))
    assert outcome.spooled is None
    assert outcome.size == len("".join(_parts(2 * CHUNK)).encode())
    assert len(asked) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
def test_without_room_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: Path("/dev/full").open("r+b", buffering=0))  # noqa: SIM115 - it closes it itself
    with pytest.raises(EnvironmentFailure, match="does not fit into a temporary file: no space left") as stop:
        spooled(_parts(2 * CHUNK))
    assert stop.value.rule is not None
    assert (stop.value.rule.code, stop.value.exit_code) == ("KG612", 3)


def test_chunks_are_written_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Together they would be in memory after all."""
    outcome = spooled(_parts(3 * CHUNK))
    assert outcome.spooled is not None
    events: list[str] = []

    def chunks() -> Iterator[bytes]:
        for chunk in iter(outcome.spooled or ()):
            events.append("read")
            yield chunk

    def written(_descriptor: int, data: bytes) -> int:
        events.append("written")
        return len(data)

    monkeypatch.setattr(os, "write", written)
    deliver(outcome._replace(spooled=chunks()))  # type: ignore[arg-type]
    assert events == ["read", "written"] * (len(events) // 2)
    assert len(events) > 4


def test_a_large_page_is_as_a_small_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, intent("one"), intent("two"))
    small = kaitogen("plan", "-q", "--format", "html", "a.intent.yaml", cwd=tmp_path)
    assert small.output.endswith(b"</html>\n")
    write(tmp_path, *(intent(f"w{number}") for number in range(900)))
    large = kaitogen("plan", "-q", "--format", "html", "a.intent.yaml", cwd=tmp_path)
    assert len(large.output) > CHUNK
    assert large.output.endswith(b"</html>\n")
    assert large.output.count(b'<tr class="row') == 900
    refused = kaitogen("plan", "-q", "--format", "html", "--output-limit", "3", "a.intent.yaml", cwd=tmp_path)
    assert (refused.output, refused.code) == (b"", 3)


@pytest.mark.parametrize(
    "words", [["render"], ["render", "--format", "json"], ["argocd", "generate"]], ids=" ".join
)
def test_very_many_manifests_are_streamed_as_few_are_printed(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kaitogen.commands.bounds.watched", lambda: None)
    write(tmp_path, *(intent(f"w{number}") for number in range(4)))
    words = words if words[0] == "argocd" else [*words, "a.intent.yaml"]
    assert (run(words), few := capfdbinary.readouterr().out) == (0, few)
    assert few.count(b"Workspace") == 4
    files: list[IO[bytes]] = []

    def file() -> IO[bytes]:
        files.append(TemporaryFile())  # noqa: SIM115 - it is closed once it is read
        return files[-1]

    monkeypatch.setattr("kaitogen.commands.result._MANY", 3)
    monkeypatch.setattr(module, "CHUNK", 500)
    monkeypatch.setattr("tempfile.TemporaryFile", file)
    assert (run(words), capfdbinary.readouterr().out) == (0, few)
    assert files
    write(tmp_path, *(intent(f"w{number}") for number in range(4)), intent("w0"))
    assert (run(words), capfdbinary.readouterr().out) == (1, b"")
