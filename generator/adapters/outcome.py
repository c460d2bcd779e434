"""What a command hands back: bytes for the two streams and an exit code. Nothing below `entry` prints."""

from typing import NamedTuple

from generator.errors import EXIT_OK


class Outcome(NamedTuple):
    """The product goes to standard output, everything said about it to standard error."""

    output: bytes = b""
    said: str = ""
    exit_code: int = EXIT_OK
