"""An inventory to a file: all of it, or the file stays as it was."""

import os
import tempfile

from kaitogen.errors import EnvironmentFailure


def write(name: str, data: bytes) -> None:
    """All of a file or nothing: a new one takes the old one's place."""
    folder = os.path.dirname(os.path.abspath(name))
    new = ""
    try:
        descriptor, new = tempfile.mkstemp(prefix=".kaitogen-", dir=folder)
        with open(descriptor, "wb") as file:
            file.write(data)
            mask = os.umask(0)
            os.umask(mask)
            os.fchmod(file.fileno(), 0o666 & ~mask)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, name)
    except OSError as error:
        if new and os.path.lexists(new):
            os.unlink(new)
        reason = (error.strerror or str(error)).lower()
        raise EnvironmentFailure(
            f"{name} cannot be written: {reason}", fix="check space and permissions"
        ) from error
