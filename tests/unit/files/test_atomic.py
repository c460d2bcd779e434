"""Files written whole or not at all, whatever fails and wherever the process dies."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kaitogen.commands import in_place
from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.files import atomic

OLD = {"a.yaml": b"old a\n", "sub/b.yaml": b"old b\n"}
NEW = {"a.yaml": b"new a\n", "sub/b.yaml": b"new b\n", "new/c.yaml": b"new c\n"}
CALLS = ("rename", "replace", "link", "unlink", "fsync", "chmod", "chown", "mkdir", "rmdir")


class Died(BaseException):
    """The process ends here: nothing that would catch an error may run on."""


def at_call(
    monkeypatch: pytest.MonkeyPatch, number: int, error: Callable[[], BaseException], *, once: bool
) -> Callable[[], bool]:
    """Let the `number`th call that touches the disk fail before it takes effect, and all later ones or only that."""
    count = 0

    def failing(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count == number or (count > number and not once):
                raise error()
            return original(*args, **kwargs)

        return call

    for name in CALLS:
        monkeypatch.setattr(os, name, failing(getattr(os, name)))
    return lambda: count >= number


def start(tmp_path: Path) -> dict[str, bytes]:
    (tmp_path / "sub").mkdir()
    for name, data in OLD.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o640)
    return {str(tmp_path / name): data for name, data in NEW.items()}


def shown(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(atomic.PREFIX) for part in path.parts)
    }


@pytest.mark.parametrize("number", range(1, 40))
def test_every_file_is_old_or_new_wherever_the_process_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    contents = start(tmp_path)
    with monkeypatch.context() as patch:
        died = at_call(patch, number, Died, once=False)
        try:
            atomic.write_files(contents, make_folders=True)
        except Died:
            pass
        else:
            assert not died()
    for name, data in shown(tmp_path).items():
        assert data in (OLD.get(name), NEW[name])
    for name in OLD:
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o640
    atomic.write_files(contents, make_folders=True)
    assert shown(tmp_path) == NEW


@pytest.mark.parametrize("error", [KeyboardInterrupt, lambda: OSError(28, "No space left on device")])
@pytest.mark.parametrize("number", range(1, 40))
def test_whatever_fails_all_files_are_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: Callable[[], BaseException]
) -> None:
    contents = start(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with monkeypatch.context() as patch:
        at_call(patch, number, error, once=True)
        with contextlib.suppress(KeyboardInterrupt, EnvironmentFailure):
            atomic.write_files(contents, make_folders=True)
    assert shown(tmp_path) in (OLD, NEW)
    if shown(tmp_path) == OLD and error is not KeyboardInterrupt:
        assert sorted(tmp_path.rglob("*")) == before


def test_all_calls_are_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ranges above go beyond the last call: a whole run needs fewer."""
    contents = start(tmp_path)
    with monkeypatch.context() as patch:
        failed = at_call(patch, 40, Died, once=False)
        atomic.write_files(contents, make_folders=True)
        assert not failed()


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_bytes(b"old")
    for name, target in (("link", "real/file"), ("second", "link"), ("dangling", "real/new")):
        (tmp_path / name).symlink_to(target)
    atomic.write_files({str(tmp_path / "second"): b"new", str(tmp_path / "dangling"): b"made"})
    assert (tmp_path / "link").readlink() == Path("real/file")
    assert (tmp_path / "second").readlink() == Path("link")
    assert shown(tmp_path / "real") == {"file": b"new", "new": b"made"}


def test_a_new_file_has_the_mode_of_the_umask_and_a_program_may_be_run(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        atomic.write_files({str(tmp_path / "file"): b""})
        atomic.write_files({str(tmp_path / "program"): b""}, executable=True)
    finally:
        os.umask(old)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "program").stat().st_mode & 0o777 == 0o750


def test_what_is_not_accepted_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    contents = start(tmp_path)
    with pytest.raises(EnvironmentFailure, match=r"sub/b\.yaml exists and was not written by kaitogen"):
        atomic.write_files(contents, may_replace=lambda data: b"old a" in data, make_folders=True)
    assert shown(tmp_path) == OLD
    with pytest.raises(UsageError, match=r"a\.yaml"):
        atomic.write_files(contents, may_replace=lambda _: False, refusal=UsageError)
    atomic.write_files(contents, may_replace=lambda data: b"old" in data, make_folders=True)
    assert shown(tmp_path) == NEW


def test_a_file_that_has_the_content_already_is_left_alone(tmp_path: Path) -> None:
    contents = start(tmp_path)
    path = tmp_path / "a.yaml"
    path.write_bytes(NEW["a.yaml"])
    before = path.stat()
    (tmp_path / "sub" / "b.yaml").unlink()
    atomic.write_files(contents, may_replace=lambda _: False, make_folders=True)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert shown(tmp_path) == NEW


def test_a_file_that_appears_meanwhile_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    real = os.link

    def link(*args: Any, **kwargs: Any) -> None:
        path.write_bytes(b"of somebody else")
        real(*args, **kwargs)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(EnvironmentFailure, match="could not be written: file exists"):
        atomic.write_files({str(path): b"mine"}, may_replace=lambda _: False)
    assert shown(tmp_path) == {"file": b"of somebody else"}


def test_a_file_system_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*args: Any, **kwargs: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    contents = start(tmp_path)
    monkeypatch.setattr(os, "link", link)
    atomic.write_files(contents, make_folders=True)
    assert shown(tmp_path) == NEW


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(EnvironmentFailure, match="is not a regular file"):
            atomic.write_files({str(tmp_path / name): b""})
    with pytest.raises(EnvironmentFailure, match="could not be written: no such file or directory"):
        atomic.write_files({str(tmp_path / "missing" / "file"): b""})


def test_what_is_left_over_is_looked_for_once_in_each_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing of a folder is changed: a run that was killed may have left something there."""
    (tmp_path / "same").mkdir()
    names = [str(tmp_path / name) for name in ("a", "b", "same/c")]
    changes = [in_place.Change(name=name, before=b"old", after=b"old") for name in names]
    changes[0] = changes[0]._replace(after=b"new")
    cleared: list[str] = []
    monkeypatch.setattr(atomic, "remove_left_over", cleared.append)
    in_place.written(changes)
    assert sorted(cleared) == [str(tmp_path), str(tmp_path / "same")]
    assert (tmp_path / "a").read_bytes() == b"new"
