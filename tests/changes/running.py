"""Runs command lines in this process, in a folder."""

import os
import shlex
from pathlib import Path
from typing import NamedTuple

from kaitogen.cli import registry
from kaitogen.errors import KaitogenError


class Done(NamedTuple):
    """What a command left: exit code, standard output and standard error as text."""

    code: int
    output: str
    said: str


def kaitogen(folder: Path, line: str) -> Done:
    """Run a plain command line in a folder; what it refuses comes back as its exit code and words."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        parsed = registry.parse(shlex.split(line))
        assert parsed is not None, line
        command, options = parsed
        outcome = command.run(options)
    except KaitogenError as error:
        return Done(error.exit_code, "", f"{error.message}\n{error.fix}")
    finally:
        os.chdir(before)
    return Done(outcome.exit_code, outcome.stdout.decode(), outcome.stderr)
