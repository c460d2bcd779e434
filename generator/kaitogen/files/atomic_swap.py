"""The one system call that Python does not offer: two names exchanged at once, so that no moment has neither."""

import errno
import os
from typing import Final

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
#: The kernel, the C library or the file system has no such operation.
_UNKNOWN: Final = frozenset((errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV))


def names(one: str, other: str) -> bool:
    """Exchange two existing names (renameat2, Linux 3.15); False where that is unknown here, OSError where it failed."""
    import ctypes

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNKNOWN:
        return False
    raise OSError(code, os.strerror(code), other)
