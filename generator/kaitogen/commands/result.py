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
    return _write(outcome.stdout) or outcome.exit_code


def write_stderr(text: str) -> None:
    """To standard error, whatever its encoding; a closed one is nobody's loss."""
    if not text:
        return
    try:
        _write_all(2, text.encode("utf-8", "backslashreplace"))
    except OSError:
        pass


def _write(output: bytes) -> int:
    """All of the output to standard output; the exit code, 0 where all went well."""
    if not output:
        return EXIT_OK
    try:
        _write_all(1, output)
    except BrokenPipeError:
        raise
    except OSError as error:
        write_stderr(
            f"kaitogen: standard output cannot be written: {(error.strerror or str(error)).lower()}\n"
        )
        return EXIT_ENVIRONMENT
    return EXIT_OK


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:  # another program that shares the pipe may have made it so
            from select import select  # as rare as that

            select([], [descriptor], [])
