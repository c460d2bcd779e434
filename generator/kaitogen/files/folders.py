"""Folders of the user's: which files lie below one, and whether a path does."""

import os

from kaitogen.typed import Callable, Iterator, TypeAlias

#: The names on the way from a folder to something below it.
Parts: TypeAlias = tuple[str, ...]


class TooManyEntries(Exception):
    """The folder holds more than the caller wants to look at."""


def is_below(path: str, folder: str) -> bool:
    """Whether a path is the folder or lies under it; both with their links resolved."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def files_below(
    folder: str, unreadable: Callable[[Parts, OSError], object], *, most: int | None = None
) -> Iterator[Parts]:
    """All files below a folder, in no order; neither hidden folders nor linked ones are entered.

    `unreadable` hears of each folder that cannot be looked into. TooManyEntries where files and
    folders together are more than `most`.
    """
    pending: list[Parts] = [()]
    seen = 0
    while pending:
        parts = pending.pop()
        try:
            with os.scandir(os.path.join(folder, *parts)) as scanned:
                entries = list(scanned)
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


def opened(descriptor: int, path: str) -> str:
    """Where that lies which was opened, without links; a system other than Linux tells it by the name alone."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return os.path.realpath(path)
