"""Runs the installed command, in a process of its own each time."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.acceptance import forks

KAITOGEN = Path(sys.executable).with_name("kaitogen")
#: Seconds on the clock: an end for what hangs, and enough on a machine however busy.
TIMEOUT = 600
#: Set where the start itself is under test: what is installed, and how Python finds and starts it.
STARTED = "KAITOGEN_TESTS_START_IT" in os.environ


class Done(NamedTuple):
    """What a finished command left: exit code, standard output as bytes, standard error as text."""

    code: int
    output: bytes
    said: str

    @property
    def text(self) -> str:
        return self.output.decode()


def kaitogen(
    *arguments: str | Path,
    cwd: Path | None = None,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    program: Sequence[str] = (str(KAITOGEN),),
) -> Done:
    """Run `kaitogen` with these arguments to its end, in the environment of the tests and `env`."""
    return alone([*program, *map(str, arguments)], {**os.environ, **(env or {})}, cwd, stdin)


def alone(words: Sequence[str], env: Mapping[str, str], cwd: Path | None, stdin: bytes = b"") -> Done:
    """Run a program and its arguments with nothing in its environment but `env`."""
    if not STARTED and forks.can_run(words, env):
        code, output, errors, *_ = forks.run(words, env, cwd or Path.cwd(), stdin, TIMEOUT)
    else:
        done = subprocess.run(
            words, cwd=cwd, input=stdin, env=env, capture_output=True, timeout=TIMEOUT, check=False
        )
        code, output, errors = done.returncode, done.stdout, done.stderr
    said = errors.decode()
    assert "Traceback" not in said, said
    return Done(code, output, said)


def interruptible(*words: str | Path) -> subprocess.Popen[bytes]:
    """Start a program that an interrupt ends, wherever the tests were started: a shell lets what it starts in the background ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    finally:
        signal.signal(signal.SIGINT, before)
