"""Standard input and pipes: the one place that reads it, and how a file is opened that may be one."""

import errno
import os
import stat
import sys

from kaitogen.errors import EnvironmentFailure, reason
from kaitogen.typed import Iterator


def read(most: int) -> bytes:
    """All of standard input, or its first pieces up to more than `most` bytes: an endless pipe must not fill the memory."""
    parts: list[bytes] = []
    size = 0
    for piece in pieces():
        parts.append(piece)
        size += len(piece)
        if size > most:
            break
    return b"".join(parts)


def pieces() -> Iterator[bytes]:
    """Standard input piece by piece; EnvironmentFailure where it is closed or cannot be read."""
    if sys.stdin is None:
        raise EnvironmentFailure("standard input is closed", fix="pipe a file into it, or name the file")
    while True:
        try:
            piece = os.read(0, 1 << 18)
        except BlockingIOError:  # another program that shares the pipe may have made it so
            from select import select  # as rare as that

            select([0], [], [])
            continue
        except OSError as error:
            raise EnvironmentFailure(f"standard input cannot be read: {reason(error)}") from error
        if not piece:
            return
        yield piece


def waits_for_nobody(path: str, flags: int) -> int:
    """What `open` takes as an opener: a pipe in a folder, which may have no other end, is refused, one of the shell's is not."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISFIFO(os.fstat(descriptor).st_mode) and not path.startswith(("/dev/", "/proc/")):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
    os.set_blocking(descriptor, True)
    return descriptor
