"""Every command that writes, on disks that are full or may not be written to, and many at once."""

import ctypes
import os
import resource
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kaitogen.files import atomic
from tests.acceptance.command import KAITOGEN
from tests.draws import WHOLE, crossed
from tests.hostile.test_kills import QUICK, WRITERS, placed, shown

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1
libc = ctypes.CDLL(None)


def run(
    name: str, folder: Path, prepare: Callable[[], object] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    command = [str(KAITOGEN), *WRITERS[name].line.split()]
    # Where a file may not be long, Python would leave a part of a compiled module to everyone else.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        preexec_fn=prepare,
        capture_output=True,
        check=False,
        timeout=300,
    )


def refused(done: "subprocess.CompletedProcess[bytes]") -> None:
    """Exit code 3, and one message in the form of all."""
    said = done.stderr.decode()
    assert done.returncode == 3, said
    assert done.stdout == b""
    assert said.splitlines()[-1].startswith("kaitogen: ")
    assert "Traceback" not in said


@pytest.mark.parametrize(("name", "blocks"), crossed(WRITERS, [0, 512]))
def test_a_disk_that_is_full(name: str, blocks: int, tmp_path: Path) -> None:
    """No file may be longer than this: none at all, or only the small ones of a run."""
    folder = placed(tmp_path / "work", WRITERS[name])
    before = shown(folder)
    done = run(name, folder, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (blocks, blocks)))
    if blocks and done.returncode != 3:
        assert shown(folder) != before
        return
    refused(done)
    if b"what is rendered was written, and the receipt was not" in done.stderr:
        assert name == "a receipt"
        assert "receipt.json" not in shown(folder)
        return
    assert shown(folder) == before


@pytest.mark.parametrize("name", QUICK)
def test_a_folder_that_may_not_be_written_to(name: str, tmp_path: Path) -> None:
    folder = placed(tmp_path / "work", WRITERS[name])
    before = shown(folder)
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for one in folders:
        one.chmod(0o555)
    # root may write everywhere, unless it has given that up
    done = run(name, folder, lambda: libc.prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0))
    for one in folders:
        one.chmod(0o755)
    refused(done)
    assert shown(folder) == before


@pytest.mark.parametrize(("name", "descriptors"), crossed(WRITERS, [5, 6, 7, 9]))
def test_few_descriptors(name: str, descriptors: int, tmp_path: Path) -> None:
    folder = placed(tmp_path / "work", WRITERS[name])
    before = shown(folder)
    done = run(name, folder, lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors)))
    if done.returncode == 3:
        refused(done)
        assert shown(folder) == before
    else:
        assert done.returncode in (0, 1), done.stderr
        assert shown(folder) != before
        assert not any(atomic.PREFIX in path for path in shown(folder))


@pytest.mark.parametrize("name", QUICK)
def test_runs_at_once_are_one(name: str, tmp_path: Path) -> None:
    folder = placed(tmp_path / "whole", WRITERS[name])
    whole = run(name, folder)
    expected = shown(folder)
    folder = placed(tmp_path / "work", WRITERS[name])
    number = 12 if WHOLE else 4
    with ThreadPoolExecutor(number) as pool:
        runs = list(pool.map(lambda _: run(name, folder), range(number)))
    for done in runs:
        exists = WRITERS[name].again and done.returncode == 2 and b"exists" in done.stderr
        assert done.returncode == whole.returncode or exists, done.stderr
    assert shown(folder) == expected


def test_a_clock_that_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run works on is told by its lock, not by its age."""
    with atomic.held_folder(str(tmp_path)) as mine:
        for moment in (0.0, 2.0**33):
            monkeypatch.setattr(time, "time", lambda moment=moment: moment)
            atomic.write_files({str(tmp_path / "a"): b"a"})
            assert os.path.isdir(mine)
    atomic.write_files({str(tmp_path / "a"): b"b"})
    assert os.listdir(tmp_path) == ["a"]
