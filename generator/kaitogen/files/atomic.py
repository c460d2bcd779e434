"""Files written whole or not at all: new content is beside the old and on the disk before it takes its name.

Every file that kaitogen writes for a user goes through `write_files`, or, where a whole folder is
generated, through `output_folder`, which is made of the same parts.
"""

import errno
import os
import shutil
import stat
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress

from kaitogen.errors import EnvironmentFailure, KaitogenError, reason
from kaitogen.typed import BinaryIO, Callable, Final, Iterable, Iterator, Mapping

#: How the names begin of what is being written, and stays behind where a run is killed.
PREFIX: Final = ".kaitogen-new-"
#: The same for what is locked as long as its run lives.
HELD: Final = f"{PREFIX}held-"
#: Each lock takes a descriptor; beyond so many folders what a killed run leaves stays for an hour.
_MOST_HELD: Final = 64
_ABANDONED_AFTER: Final = 3600.0
#: Bytes of a file of ours that is looked at; no run makes as many of one object, list or index.
MAX_READ: Final = 64 * 2**20
#: What was looked at may have become a link or a pipe since; not every system can tell.
_NO_OTHER: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
#: A run is done long before. One that was stopped (Ctrl-Z) must not stop the others for good.
LOCK_SECONDS: Final = 10.0
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
#: The kernel, the C library or the file system has no such operation.
_NO_EXCHANGE: Final = frozenset((errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV))


def refused(path: str) -> EnvironmentFailure:
    """What to say of somebody else's file that stands where one of ours should."""
    fix = "move it away, or choose another folder"
    return EnvironmentFailure(f"{path} exists and was not written by kaitogen", fix=fix)


def write_files(
    contents: Mapping[str, bytes],
    *,
    may_replace: Callable[[bytes], bool] | None = None,
    refusal: Callable[[str], KaitogenError] = refused,
    executable: bool = False,
    make_folders: bool = False,
    beside: Iterable[str] = (),
) -> None:
    """Give each path its content. EnvironmentFailure where one cannot have it, and then all are as they were.

    A link stays one: the file behind it is replaced. A file that is there keeps its mode and, where
    that is allowed, its owner. With `may_replace` a file that has the content already is left alone,
    and one whose content is not accepted is refused. What a run that was killed left in the folders of the paths, and
    of those `beside`, goes too.
    """
    path = ""
    try:
        with ExitStack() as folders, ExitStack() as scratch, ExitStack() as undo:
            stages: dict[str, str] = {}
            ready: list[tuple[str, str]] = []
            for path, data in contents.items():
                target = os.path.realpath(path)
                if make_folders:
                    _make_folders(os.path.dirname(target), folders)
                mode = _mode_for(path, target, executable=executable)
                if may_replace is not None and os.path.lexists(target):
                    if holds(target, data):
                        continue
                    old = read_regular(target)
                    if old is not None and not may_replace(old):
                        raise refusal(path)
                stage = _stage(os.path.dirname(target), stages, scratch)
                ready.append((path, _written_in(stage, str(len(ready)), target, data, mode)))
            for path, new in ready:
                same = None if may_replace is None else contents[path]
                _take_place(new, os.path.realpath(path), undo, same)
            undo.pop_all()
            folders.pop_all()
        for folder in stages:
            sync_folder(folder)
        for folder in {os.path.dirname(os.path.realpath(one)) for one in (*contents, *beside)}:
            remove_left_over(folder)
    except OSError as error:
        raise unwritten(path, error) from error


def unwritten(path: str, error: OSError) -> EnvironmentFailure:
    """What to say where writing a file or a folder failed and was undone."""
    advice = "check space and permissions"
    if isinstance(error, FileNotFoundError):
        advice = "make its folder first"
    elif isinstance(error, FileExistsError | NotADirectoryError):
        advice = "a file stands where its folder should be: name another"
    fix = f"nothing was changed; {advice}"
    return EnvironmentFailure(f"{path} could not be written: {reason(error)}", fix=fix)


def read_regular(path: str, most: int = MAX_READ) -> bytes | None:
    """The content of a regular file that is no link; None for anything else.

    EnvironmentFailure where it has more than `most` bytes: whoever made it, no run of ours has.
    """
    with _regular(path) as file:
        data = None if file is None else file.read(most + 1)
    if data is not None and len(data) > most:
        message = f"{path} is larger than {most // 2**20} MiB, and no more is read of it"
        raise EnvironmentFailure(message, fix="kaitogen has not made it: move it away, or name another path")
    return data


def is_regular(path: str) -> bool:
    """Whether that is a regular file, and no link to one."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False


def holds(path: str, data: bytes) -> bool:
    """Whether that is a regular file, and no link, of this content; however large it is, no more is read of it."""
    with _regular(path) as file:
        return file is not None and file.read(len(data) + 1) == data


@contextmanager
def _regular(path: str) -> Iterator[BinaryIO | None]:
    """A regular file to read, None for anything else, of which nothing is opened that could keep a run waiting."""
    if not is_regular(path):
        yield None
        return
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_OTHER)
    except FileNotFoundError:
        yield None
        return
    with open(descriptor, "rb") as file:
        yield file if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def write_synced(path: str, data: bytes) -> None:
    """A new file, on the disk when this returns."""
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: str) -> None:
    """The folder's own entries to the disk, where the system can."""
    with suppress(OSError):  # some file systems know no fsync of folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def default_mode(most: int) -> int:
    """What of a mode the user's umask leaves."""
    mask = os.umask(0o077)
    os.umask(mask)
    return most & ~mask


def remove_left_over(folder: str) -> None:
    """Remove what a run that was killed left here; what is young and not locked may belong to a run that still works on it."""
    with suppress(OSError):  # what cannot be removed is for the next run; what is gone needs not be
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if name.startswith(HELD):
                with locked(path, 0) as free:
                    if free:
                        discard(path)
            elif name.startswith(PREFIX) and time.time() - os.lstat(path).st_mtime > _ABANDONED_AFTER:
                discard(path)


@contextmanager
def held_folder(folder: str) -> Iterator[str]:
    """A new folder in this one, which other runs leave alone as long as the block lasts; its end is the caller's matter."""
    with ExitStack() as locks:
        new = ""
        # One that has no lock yet is left over to another run, which may remove it.
        while not os.path.isdir(new):
            new = tempfile.mkdtemp(prefix=HELD, dir=folder)
            locks.enter_context(locked(new, LOCK_SECONDS))
        yield new


@contextmanager
def locked(path: str, seconds: float) -> Iterator[bool]:
    """Lock a file or folder for the block, after waiting so long where another run has it; False where it is not locked.

    The lock is the kernel's and ends with the process, so that nothing is left to clean up.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        yield _lock(descriptor, time.monotonic() + seconds)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, until: float) -> bool:
    """Whether it is locked by then: not where another run has it, or where the system or the file system has no locks."""
    try:
        import fcntl  # not there on every system
    except ImportError:
        return False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        except OSError:
            return False
        else:
            return True


def discard(path: str) -> None:
    """Remove a file or a folder of our own, if it is there. (shutil.rmtree takes more descriptors.)"""
    with suppress(OSError):  # what cannot be removed is for the next run
        if not os.path.isdir(path) or os.path.islink(path):
            os.unlink(path)
            return
        for name in os.listdir(path):
            discard(os.path.join(path, name))
        os.rmdir(path)


def exchange(path: str, other: str) -> bool:
    """Exchange two existing names, so that no moment has neither (renameat2, Linux 3.15).

    False where the system has no such operation, OSError where it failed.
    """
    import ctypes  # rarely needed, and large

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    if renameat2(_AT_FDCWD, os.fsencode(path), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NO_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), other)


def _make_folders(folder: str, made: ExitStack) -> None:
    if not os.path.isdir(folder):
        _make_folders(os.path.dirname(folder), made)
        try:
            os.mkdir(folder)
        except FileExistsError:
            if not os.path.isdir(folder):  # another run has made it meanwhile
                raise
        else:
            made.callback(_remove_empty, folder)


def _remove_empty(folder: str) -> None:
    with suppress(OSError):  # another run has put something there
        os.rmdir(folder)


def _mode_for(path: str, target: str, *, executable: bool) -> int:
    """The mode that the file will have; PermissionError or EnvironmentFailure where it must not be replaced."""
    more = 0o111 if executable else 0
    if not os.path.lexists(target):
        return default_mode(0o666 | more)
    mode = os.stat(target).st_mode
    if not stat.S_ISREG(mode):
        raise EnvironmentFailure(
            f"{path} is not a regular file", fix="name a file, or one that is not there yet"
        )
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "permission denied")
    return stat.S_IMODE(mode) | more


def _stage(folder: str, stages: dict[str, str], scratch: ExitStack) -> str:
    """The folder in this one in which its new files are written; it is gone at the end of the run, or after the next one."""
    if folder not in stages:
        if len(stages) < _MOST_HELD:
            new = scratch.enter_context(held_folder(folder))
        else:
            new = tempfile.mkdtemp(prefix=PREFIX, dir=folder)
        scratch.callback(discard, new)
        stages[folder] = new
    return stages[folder]


def _written_in(stage: str, name: str, target: str, data: bytes, mode: int) -> str:
    """A file in the stage with the content, the mode and the target's owner."""
    new = os.path.join(stage, name)
    write_synced(new, data)
    with suppress(FileNotFoundError, PermissionError):
        owner = os.stat(target)
        os.chown(new, owner.st_uid, owner.st_gid)
    os.chmod(new, mode)
    return new


def _take_place(new: str, target: str, undo: ExitStack, same: bytes | None) -> None:
    """Let the new file have the target's name; one that appeared there meanwhile must be the `same`, where that is given."""
    if not os.path.lexists(target):
        try:
            os.link(new, target)
        except FileExistsError:
            # Another run may have written the same; what is of somebody else is not written over.
            if same is not None and not holds(target, same):
                raise
        except OSError:  # a file system without hard links
            os.rename(new, target)
            undo.callback(os.unlink, target)
            return
        else:
            undo.callback(os.unlink, target)
            return
    old = f"{new}-old"
    try:
        os.link(target, old)
    except OSError:  # a file system without hard links, or the file of another user
        shutil.copy2(target, old)
    undo.callback(os.replace, old, target)
    os.replace(new, target)
