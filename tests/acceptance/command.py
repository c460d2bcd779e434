"""Runs the installed command."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

KAITOGEN = Path(sys.executable).with_name("kaitogen")
TIMEOUT = 60


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
    """Run `kaitogen` with these arguments to its end."""
    done = subprocess.run(
        [*program, *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        env={**os.environ, **(env or {})},
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    said = done.stderr.decode()
    assert "Traceback" not in said, said
    return Done(done.returncode, done.stdout, said)
