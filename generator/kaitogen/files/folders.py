"""Folders of the user's: which files lie below one, and whether a path does."""

import errno
import os

from kaitogen.typed import Callable, Iterator, Sequence, TypeAlias

#: The names on the way from a folder to something below it.
Parts: TypeAlias = tuple[str, ...]


class TooManyEntries(Exception):
    """The folder holds more than the caller wants to look at."""


def size_of(path: str) -> int:
    """The bytes of a file; 0 where they cannot be known."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def is_below(path: str, folder: str) -> bool:
    """Whether a path is the folder or lies under it; both with their links resolved."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def may_be_read(path: str, roots: Sequence[str]) -> bool:
    """Whether a path lies below one of the roots, and not in what git keeps for itself there; all with their links resolved."""
    return any(is_below(path, root) and ".git" not in path[len(root) :].split(os.sep) for root in roots)


def files_below(
    folder: str,
    unreadable: Callable[[Parts, OSError], object],
    *,
    most: int | None = None,
    roots: Sequence[str] = (),
) -> Iterator[Parts]:
    """All files below a folder, in no order; neither hidden folders nor linked ones are entered.

    `unreadable` hears of each folder that cannot be looked into. TooManyEntries where files and
    folders together are more than `most`. Where there are roots, which have no links, no folder outside
    of them is listed, also where a link has come into its place since it was seen.
    """
    pending: list[Parts] = [()]
    seen = 0
    while pending:
        parts = pending.pop()
        try:
            entries = _entries(os.path.join(folder, *parts), roots)
        except OSError as error:
            unreadable(parts, error)
            continue
        seen += len(entries)
        if most is not None and seen > most:
            raise TooManyEntries
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield (*parts, entry.name)
            elif not entry.name.startswith("."):
                pending.append((*parts, entry.name))


def _entries(folder: str, roots: Sequence[str]) -> list["os.DirEntry[str]"]:
    if not roots or os.scandir not in os.supports_fd:
        with os.scandir(folder) as scanned:
            return list(scanned)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not may_be_read(opened(descriptor, folder), roots):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), folder)
        with os.scandir(descriptor) as scanned:
            entries = list(scanned)
            for entry in entries:
                entry.is_dir(follow_symlinks=False)  # asks the folder itself, where that is not known
        return entries
    finally:
        os.close(descriptor)


def opened(descriptor: int, path: str) -> str:
    """Where that lies which was opened, without links; a system other than Linux tells it by the name alone, if at all."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        pass
    try:
        return os.path.realpath(path)
    except OSError:
        return ""  # exchanged meanwhile, and so nowhere that may be read
