"""Runs that write below the same folder, on one machine, take turns."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: A run is done long before. One that was stopped (Ctrl-Z) must not stop the others for good.
_PATIENCE: Final = 10.0
_PAUSE: Final = 0.02


@contextmanager
def turn(folder: str) -> Iterator[None]:
    """Wait for the runs that are at work in the folder, and let others wait; without that where the system has no locks.

    The lock is the kernel's and ends with the process, so that nothing is left to clean up.
    """
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < deadline:
                    time.sleep(_PAUSE)
                    continue
            except OSError:
                pass  # a file system without locks
            break
        yield
    finally:
        os.close(descriptor)
