"""Values of a command line to a Request: the one place that looks at standard input for the stages."""

import os
import sys
from collections.abc import Iterator

from kaitogen.commands.option_types import Value, Values
from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.model import Request
from kaitogen.pipeline.load import read_stdin

_CHUNK = 65536


def request(values: Values) -> Request:
    """The request of a command with PATH arguments; EnvironmentFailure where standard input cannot be read."""
    paths = words(values["paths"]) or (".",)
    inventory = words(values.get("inventory"))
    if "-" in paths and "-" in inventory:
        raise UsageError("standard input can't be both the intents and the inventory", fix="name a file")
    return Request(
        paths,
        stdin=_standard_input() if "-" in (*paths, *inventory) else None,
        templates=word(values.get("templates")),
        notes=bool(values.get("notes")),
        inventory=inventory,
    )


def words(value: Value) -> tuple[str, ...]:
    """The value of an argument or option that may stand several times."""
    return value if isinstance(value, tuple) else ()


def word(value: Value) -> str | None:
    """The value of an option that takes one."""
    return value if isinstance(value, str) else None


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise EnvironmentFailure("standard input is closed", fix="pipe a file into it, or name the file")
    try:
        return read_stdin(_chunks())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EnvironmentFailure(f"standard input cannot be read: {reason}") from error


def _chunks() -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(0, _CHUNK)
        except BlockingIOError:  # another program that shares the pipe may have made it so
            from select import select  # as rare as that

            select([0], [], [])
            continue
        if not chunk:
            return
        yield chunk
