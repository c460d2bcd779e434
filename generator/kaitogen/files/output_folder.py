"""A folder of generated files, replaced all or nothing, in which the files of others stay as they are.

The new content is written beside the folder, in full and to the disk, and then takes
its place by one exchange of names, which the kernel does at once (Linux). Where that
cannot be (a mount point, the current folder, folders of others inside, another system),
a finished stage inside the folder is moved into place file by file; a run that was cut
off there is completed by the next one, never left half done by it.
"""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from kaitogen.errors import EnvironmentFailure
from kaitogen.files import atomic_swap
from kaitogen.files.folder_lock import turn
from kaitogen.model import Files

#: The names of the files that kaitogen wrote into a folder, one on each line.
LIST: Final = ".kaitogen-files"
_HEAD: Final = "# Written by kaitogen, which removes the files named here once it no longer makes them.\n"
_STAGE: Final = ".kaitogen-stage"
_PREFIX: Final = ".kaitogen-new-"
_ABANDONED_AFTER: Final = 3600.0


class Content(NamedTuple):
    """What a folder holds: the bytes of kaitogen's own files (None where one is gone), and the names of all others."""

    own: dict[str, bytes | None]
    others: frozenset[str]


def replace(folder: str, files: Files) -> None:
    """Make the folder hold exactly these files of ours; EnvironmentFailure, and nothing changed, where it cannot."""
    target = os.path.realpath(folder)
    parent = os.path.dirname(target)
    try:
        os.makedirs(parent, exist_ok=True)
        with turn(parent):
            _replace(folder, target, parent, files)
    except OSError as error:
        raise _unwritten(folder, error) from error


def _replace(folder: str, target: str, parent: str, files: Files) -> None:
    if os.path.isdir(target):
        _finish(target)
    content = read(target, called=folder)
    _refuse_others(folder, target, files, content)
    if content.own == files and os.path.isdir(target):
        return
    if not os.path.lexists(target):
        _create(target, parent, files)
    elif not _exchangeable(target, content) or not _exchange(target, parent, files, content):
        _stage(target, files)
        _finish(target)


def add(folder: str, files: Files) -> None:
    """Put these files into the folder as its owner's own, all or none; one that is there already is never written over."""
    target = os.path.realpath(folder)
    parent = os.path.dirname(target)
    try:
        os.makedirs(parent, exist_ok=True)
        with turn(parent):
            content = Content({}, frozenset(os.listdir(target)) if os.path.isdir(target) else frozenset())
            _refuse_others(folder, target, files, content)
            missing = {name: data for name, data in files.items() if name not in content.others}
            if not os.path.lexists(target):
                _create(target, parent, files, listed=False)
            elif missing:
                _link_all(target, missing)
    except OSError as error:
        raise _unwritten(folder, error) from error


def _link_all(target: str, files: Files) -> None:
    """Files that are whole on the disk under their names in the folder; where one cannot be, none is."""
    new = _fresh(target, files, listed=False)
    linked: list[str] = []
    try:
        for name in files:
            os.link(os.path.join(new, name), os.path.join(target, name))
            linked.append(name)
    except BaseException:
        _unlink(target, linked)
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
    _sync(target)


def _unwritten(folder: str, error: OSError) -> EnvironmentFailure:
    reason = (error.strerror or str(error)).lower()
    fix = "nothing was changed; check space and permissions"
    return EnvironmentFailure(f"{folder} could not be written: {reason}", fix=fix)


def read(folder: str, called: str = "") -> Content:
    """What is in a folder now; nothing where there is none. `called` is its name for the user."""
    try:
        names = frozenset(os.listdir(folder))
        own = {name: _bytes(os.path.join(folder, name)) for name in _listed(folder)}
    except FileNotFoundError:
        return Content({}, frozenset())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EnvironmentFailure(
            f"{called or folder} cannot be read: {reason}",
            fix="check its permissions, or name another folder",
        ) from error
    others = (name for name in names - own.keys() - {LIST, _STAGE} if not name.startswith(_PREFIX))
    return Content(own, frozenset(others))


def others_named(folder: str, content: Content, files: Files) -> dict[str, bytes | None]:
    """What stands in the folder under a name of ours without being ours."""
    return {name: _bytes(os.path.join(folder, name)) for name in content.others & files.keys()}


def _listed(folder: str) -> list[str]:
    """The names in the folder's list, without any that kaitogen could not have written there."""
    text = _bytes(os.path.join(folder, LIST)) or b""
    lines = text.decode("utf-8", "replace").splitlines()
    return [line for line in lines if line and line[0] not in "#." and os.path.basename(line) == line]


def _bytes(path: str) -> bytes | None:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _refuse_others(folder: str, target: str, files: Files, content: Content) -> None:
    """A file that somebody else wrote under a name of ours is never written over, unless it already says the same."""
    for name, data in sorted(others_named(target, content, files).items()):
        if data != files[name]:
            place = os.path.join(folder, name)
            raise EnvironmentFailure(
                f"{place} exists and was not written by kaitogen",
                fix="move it away, or choose another folder",
            )


def _create(target: str, parent: str, files: Files, *, listed: bool = True) -> None:
    new = _fresh(parent, files, listed=listed)
    with _removed_on_failure(new):
        os.rename(new, target)
    _sync(parent)


def _exchangeable(target: str, content: Content) -> bool:
    """Whether another folder may take this one's place: no mount, nobody standing in it, no folders of others."""
    if os.path.ismount(target) or os.path.samefile(target, "."):
        return False
    return not any(os.path.isdir(os.path.join(target, name)) for name in content.others)


def _exchange(target: str, parent: str, files: Files, content: Content) -> bool:
    """Exchange the folder for a full new one; False where this file system has no such operation."""
    if not os.access(parent, os.W_OK):
        return False
    new = _fresh(parent, files)
    with _removed_on_failure(new):
        os.chmod(new, stat.S_IMODE(os.stat(target).st_mode))
        if not _link_others(target, new, content) or not atomic_swap.names(new, target):
            shutil.rmtree(new)
            return False
    _sync(parent)
    # What somebody put into the old folder after it was looked at belongs into the new one.
    for name in read(new).others - content.others:
        if not os.path.lexists(os.path.join(target, name)):
            os.rename(os.path.join(new, name), os.path.join(target, name))
    shutil.rmtree(new, ignore_errors=True)
    return True


def _link_others(target: str, new: str, content: Content) -> bool:
    """The files of others under their names in the new folder as well; False where one may not be linked."""
    try:
        for name in content.others:
            os.link(os.path.join(target, name), os.path.join(new, name), follow_symlinks=False)
    except (PermissionError, NotImplementedError):
        return False
    _sync(new)
    return True


def _fresh(parent: str, files: Files, *, listed: bool = True) -> str:
    """A new folder in `parent` with these files and, where it is `listed`, their list, safely on the disk."""
    _remove_left_over(parent)
    new = tempfile.mkdtemp(prefix=_PREFIX, dir=parent)
    with _removed_on_failure(new):
        os.chmod(new, 0o777 & ~_umask())
        _write_all(new, files, listed=listed)
    return new


@contextmanager
def _removed_on_failure(new: str) -> Iterator[None]:
    """Leaves nothing behind of a new folder whose use fails, or is interrupted."""
    try:
        yield
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def _remove_left_over(parent: str) -> None:
    """Remove what a run that was cut off left here; a young one may belong to a run that still works on it."""
    for name in os.listdir(parent):
        path = os.path.join(parent, name)
        with suppress(FileNotFoundError):  # the run that it belongs to is done with it
            if name.startswith(_PREFIX) and time.time() - os.lstat(path).st_mtime > _ABANDONED_AFTER:
                shutil.rmtree(path, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _write_all(folder: str, files: Files, *, listed: bool = True) -> None:
    for name, data in files.items():
        _write(os.path.join(folder, name), data)
    if listed:
        text = _HEAD + "".join(f"{name}\n" for name in sorted(files))
        _write(os.path.join(folder, LIST), text.encode())
    _sync(folder)


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _stage(target: str, files: Files) -> None:
    """Write everything into a folder inside the target; its final name says that it is complete."""
    _remove_left_over(target)
    new = tempfile.mkdtemp(prefix=_PREFIX, dir=target)
    with _removed_on_failure(new):
        _write_all(new, files)
        os.rename(new, os.path.join(target, _STAGE))
    _sync(target)


def _finish(target: str) -> None:
    """Move a complete stage into place, file by file; harmless to repeat, and nothing where there is no stage."""
    stage = os.path.join(target, _STAGE)
    if not os.path.isdir(stage):
        return
    # The list is moved last: while it is in the stage, files may still have to be moved; without it all are.
    if os.path.lexists(os.path.join(stage, LIST)):
        wanted = set(_listed(stage))
        _unlink(target, set(_listed(target)) - wanted)
        for name in sorted(wanted):
            if os.path.lexists(os.path.join(stage, name)):
                os.replace(os.path.join(stage, name), os.path.join(target, name))
        _sync(target)
        os.replace(os.path.join(stage, LIST), os.path.join(target, LIST))
    shutil.rmtree(stage)
    _sync(target)


def _unlink(folder: str, names: Iterable[str]) -> None:
    for name in names:
        path = os.path.join(folder, name)
        if os.path.lexists(path) and not os.path.isdir(path):
            os.unlink(path)


def _sync(folder: str) -> None:
    """The folder's own entries to the disk, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some file systems know no fsync of folders
    finally:
        os.close(descriptor)
