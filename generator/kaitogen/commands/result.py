"""What a command hands back, and how that reaches the two streams. Nothing else prints."""

import os
from typing import NamedTuple

from kaitogen.errors import EXIT_ENVIRONMENT, EXIT_OK


class Outcome(NamedTuple):
    """The product goes to standard output, everything about it to standard error."""

    stdout: bytes = b""
    stderr: str = ""
    exit_code: int = EXIT_OK


def deliver(outcome: Outcome) -> int:
    """Write it all to the streams; the exit code. BrokenPipeError where nobody reads standard output any more."""
    write_stderr(outcome.stderr)
    try:
        _write_all(1, outcome.stdout)
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        write_stderr(f"kaitogen: standard output cannot be written: {reason}\n")
        return EXIT_ENVIRONMENT
    return outcome.exit_code


def write_stderr(text: str) -> None:
    """To standard error, whatever its encoding; a closed one is nobody's loss."""
    try:
        _write_all(2, text.encode("utf-8", "backslashreplace"))
    except OSError:
        pass


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:  # another program that shares the pipe may have made it so
            from select import select  # as rare as that

            select([], [descriptor], [])
