"""A folder cut off at any moment: whatever call the process dies in, the old files stand there or the new ones."""

import contextlib
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kaitogen.files import atomic, output_folder

OLD = {"a.yaml": b"old a\n", "b.yaml": b"old b\n"}
NEW = {"b.yaml": b"new b\n", "c.yaml": b"new c\n"}
FOREIGN = {"README.md": b"of somebody else\n"}
CALLS = ("rename", "replace", "link", "unlink", "fsync", "chmod", "mkdir", "rmdir", "listdir")


class Died(BaseException):
    """The process ends here: nothing that would catch an error may run on."""


def die_at(monkeypatch: pytest.MonkeyPatch, number: int) -> Callable[[], bool]:
    """Let the `number`th call that touches the disk end the process, before it takes effect."""
    count = 0

    def dying(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count >= number:
                raise Died
            return original(*args, **kwargs)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, dying(getattr(os, name)))
    monkeypatch.setattr(atomic, "exchange", dying(atomic.exchange))
    monkeypatch.setattr(shutil, "rmtree", dying(shutil.rmtree))
    return lambda: count >= number


def start(tmp_path: Path, *, inside: bool) -> Path:
    target = tmp_path / "out"
    output_folder.replace(str(target), OLD)
    for name, data in FOREIGN.items():
        (target / name).write_bytes(data)
    if inside:  # a folder of somebody else's, so that no exchange is possible
        (target / "sub").mkdir()
    return target


def shown(target: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in target.iterdir() if path.is_file() and path.name[0] != "."
    }


@pytest.mark.parametrize("number", range(1, 40))
def test_exchanged_folder_is_old_or_new_at_every_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    target = start(tmp_path, inside=False)
    with monkeypatch.context() as patch:
        died = die_at(patch, number)
        try:
            output_folder.replace(str(target), NEW)
        except Died:
            pass
        else:
            assert not died()
    assert shown(target) in ({**OLD, **FOREIGN}, {**NEW, **FOREIGN})
    output_folder.replace(str(target), NEW)
    assert shown(target) == {**NEW, **FOREIGN}


@pytest.mark.parametrize("number", range(1, 40))
def test_next_run_completes_one_that_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    target = start(tmp_path, inside=True)
    with monkeypatch.context() as patch:
        die_at(patch, number)
        with contextlib.suppress(Died):
            output_folder.replace(str(target), NEW)
    # Another run with other content: what was committed is finished first, and nothing of it is left behind.
    output_folder.replace(str(target), OLD)
    assert shown(target) == {**OLD, **FOREIGN}
    output_folder.replace(str(target), NEW)
    assert shown(target) == {**NEW, **FOREIGN}


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("number", range(1, 30))
def test_interrupted_run_that_changed_nothing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, inside: bool
) -> None:
    target = start(tmp_path, inside=inside)
    count = 0

    def interrupted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count == number:
                raise KeyboardInterrupt
            return original(*args, **kwargs)

        return call

    with monkeypatch.context() as patch:
        for name in ("rename", "link", "fsync", "chmod", "mkdir"):
            patch.setattr(os, name, interrupted(getattr(os, name)))
        with contextlib.suppress(KeyboardInterrupt):
            output_folder.replace(str(target), NEW)
    if shown(target) == {**OLD, **FOREIGN} and not (target / ".kaitogen-stage").exists():
        assert list(tmp_path.rglob(".kaitogen-new-*")) == []


@pytest.mark.parametrize("inside", [False, True], ids=["exchanged", "staged"])
@pytest.mark.parametrize("number", range(1, 32))
def test_what_a_killed_run_left_is_gone_after_the_next(
    number: int, inside: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = start(tmp_path, inside=inside)
    with monkeypatch.context() as patch:
        die_at(patch, number)
        with contextlib.suppress(Died):
            output_folder.replace(str(target), NEW)
    output_folder.replace(str(target), NEW)
    assert shown(target) == {**NEW, **FOREIGN}
    assert [path for path in tmp_path.rglob(".kaitogen-*") if path.name != output_folder.LIST] == []


def test_what_a_run_works_on_is_left_alone(tmp_path: Path) -> None:
    target = start(tmp_path, inside=False)
    mine = tmp_path / f"{atomic.HELD}mine"
    mine.mkdir()
    with atomic.locked(str(mine), 0):
        output_folder.replace(str(target), NEW)
        assert mine.is_dir()
    output_folder.replace(str(target), OLD)
    assert not mine.exists()


def test_all_calls_are_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ranges above go beyond the last call: a whole run needs fewer."""
    for inside in (False, True):
        target = start(tmp_path / str(inside), inside=inside)
        with monkeypatch.context() as patch:
            died = die_at(patch, 40)
            output_folder.replace(str(target), NEW)
            assert not died()


def test_system_without_the_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = start(tmp_path, inside=False)
    monkeypatch.setattr(atomic, "exchange", lambda *_: False)
    output_folder.replace(str(target), NEW)
    assert shown(target) == {**NEW, **FOREIGN}


def test_left_over_of_a_run_that_died_long_ago_is_removed(tmp_path: Path) -> None:
    target = start(tmp_path, inside=False)
    for name, age in ((".kaitogen-new-old", 7200), (".kaitogen-new-young", 10)):
        (tmp_path / name).mkdir()
        then = os.stat(tmp_path).st_mtime - age
        os.utime(tmp_path / name, (then, then))
    output_folder.replace(str(target), NEW)
    assert sorted(os.listdir(tmp_path)) == [".kaitogen-new-young", "out"]


@pytest.mark.parametrize("inside", [False, True], ids=["exchanged", "staged"])
def test_runs_at_the_same_time_take_turns(tmp_path: Path, inside: bool) -> None:
    target = start(tmp_path, inside=inside)
    runs = [{f"{run}.yaml": f"{run} {turn}\n".encode() for run in "ab"} for turn in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda files: output_folder.replace(str(target), files), runs))
    assert shown(target) in [{**files, **FOREIGN} for files in runs]
    assert os.listdir(tmp_path) == ["out"]


def test_folders_side_by_side_do_not_disturb_each_other(tmp_path: Path) -> None:
    names = [str(tmp_path / f"out{number % 4}") for number in range(24)]
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda name: output_folder.replace(name, {"a.yaml": name.encode() + os.urandom(4)}), names
            )
        )
    assert len(os.listdir(tmp_path)) == 4


def test_run_that_was_stopped_does_not_stop_others_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = start(tmp_path, inside=False)
    monkeypatch.setattr(atomic, "LOCK_SECONDS", 0.1)
    with atomic.locked(str(tmp_path), 0):
        output_folder.replace(str(target), NEW)
    assert shown(target) == {**NEW, **FOREIGN}
