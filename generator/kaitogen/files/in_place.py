"""Files of the user's own, rewritten in place: each by one exchange of names, with its mode, and none before all are ready."""

import os
import stat
import tempfile
from collections.abc import Mapping

from kaitogen.errors import EnvironmentFailure

_PREFIX = ".kaitogen-new-"


def replace_files(contents: Mapping[str, bytes]) -> None:
    """Give each file its new content. A link stays one: what it leads to is rewritten."""
    ready: list[tuple[str, str]] = []
    name = ""
    try:
        for name, data in contents.items():
            target = os.path.realpath(name)
            ready.append((_written(target, data), target))
        for new, target in ready:
            name = target
            os.replace(new, target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EnvironmentFailure(
            f"{name} cannot be written: {reason}", fix="check space and permissions"
        ) from error
    finally:
        for new, _ in ready:
            if os.path.lexists(new):
                os.unlink(new)


def _written(target: str, data: bytes) -> str:
    """A file beside the target with the content and the target's mode, safely on the disk."""
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "permission denied")
    descriptor, new = tempfile.mkstemp(prefix=_PREFIX, dir=os.path.dirname(target))
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(new, stat.S_IMODE(os.stat(target).st_mode))
    except BaseException:
        os.unlink(new)
        raise
    return new
