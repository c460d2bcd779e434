"""Machines that lack something: a command does all of its work, or none of it and says why."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.acceptance.command import KAITOGEN
from tests.draws import WHOLE, crossed
from tests.hostile.texts import RIGHT

COMMANDS = {
    "render": ["render", "a.intent.yaml"],
    "templates": ["render", "--templates", "templates", "a.intent.yaml"],
    "folder": ["render", "-o", "out", "a.intent.yaml"],
    "argocd": ["argocd", "generate"],
    "validate": ["validate", "."],
    "fmt": ["fmt", "a.intent.yaml"],
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "a.intent.yaml").write_bytes(RIGHT)
    documents = tmp_path / "templates" / "documents"
    documents.mkdir(parents=True)
    (documents / "a.yaml.j2").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: {{ name }}}\n", encoding="utf-8"
    )
    return tmp_path


def run(
    name: str, place: Path, descriptors: int = 0, environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """The command, where no more descriptors may be open, and with nothing but this environment."""
    limit = ["/bin/sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh"] if descriptors else []
    command = [*limit, str(KAITOGEN), *COMMANDS[name]]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, check=False, timeout=120)


@pytest.mark.parametrize(("descriptors", "name"), crossed(range(5, 13), COMMANDS))
def test_few_descriptors(name: str, descriptors: int, place: Path) -> None:
    whole = run(name, place)
    assert whole.returncode == 0
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    done = run(name, place, descriptors)
    assert b"Traceback" not in done.stderr
    assert done.returncode in (0, 1, 3)
    assert done.stdout == (whole.stdout if done.returncode == 0 else b"")
    assert done.returncode == 0 or b"kaitogen: " in done.stderr
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before
    if descriptors >= 8:
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    "environment",
    [{}, {"HOME": "/nonexistent", "TMPDIR": "/nonexistent", "LANG": "x", "PATH": ""}],
    ids=["none", "wrong"],
)
def test_no_environment(name: str, environment: dict[str, str], place: Path) -> None:
    assert run(name, place, environment=environment).stdout == run(name, place).stdout
    assert run(name, place, environment=environment).returncode == 0


@pytest.mark.parametrize("name", ["render", "validate", "argocd"])
def test_a_current_folder_that_was_removed(name: str, place: Path) -> None:
    (place / "gone").mkdir()
    shell = ["/bin/sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", str(KAITOGEN), *COMMANDS[name]]
    done = subprocess.run(shell, cwd=place / "gone", capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (3, b""), done.stderr
    assert b"kaitogen: the current folder was removed; change to another one" in done.stderr


def test_many_runs_at_once_are_one(place: Path) -> None:
    whole = run("templates", place).stdout
    with ThreadPoolExecutor(10) as pool:
        runs = list(pool.map(lambda _: run("templates", place), range(50 if WHOLE else 20)))
    assert {(one.returncode, one.stdout, one.stderr) for one in runs} == {(0, whole, b"")}
