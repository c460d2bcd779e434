"""Runs the real command on something hostile and holds it to its bounds."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.acceptance import forks
from tests.acceptance.command import KAITOGEN, STARTED

#: Of processor time: none takes two where nothing else runs, and what grows with a power takes minutes.
MAX_SECONDS: Final = 20.0
MAX_MEBIBYTES: Final = 200
#: On the clock: enough for a busy machine, and an end for what would hang.
_CLOCK: Final = 600
_WATCH: Final = str(Path(__file__).with_name("watch.py"))


class Spent(NamedTuple):
    """What a run left and took: exit code, both streams, seconds of processor time, peak of memory."""

    code: int
    output: bytes
    said: str
    seconds: float
    mebibytes: float


def measured(arguments: Sequence[str | bytes], cwd: Path) -> Spent:
    """Run `kaitogen` to its end as a fork, whose memory is more than what a start takes; the bounds are the same."""
    words = [str(KAITOGEN), *map(os.fsdecode, arguments)]
    if STARTED or forks.coverage() or not forks.can_run(words, os.environ):
        return started(arguments, cwd)
    code, output, said, *spent = forks.run(words, os.environ, cwd, b"", _CLOCK)
    return Spent(code, output, said.decode(), *spent)


def started(
    arguments: Sequence[str | bytes],
    cwd: Path,
    stdin: int | None = None,
    program: Sequence[str] = (str(KAITOGEN),),
) -> Spent:
    """Run `kaitogen`, or another program, to its end, or to the end of the clock."""
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", _WATCH, str(writer), str(_CLOCK), *program, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(writer,),
    )
    os.close(writer)
    output, said = process.communicate()
    with open(reader, "rb") as stream:
        spent = json.loads(stream.read())
    return Spent(spent["code"], output, said.decode(), spent["seconds"], spent["mebibytes"])


def refused(spent: Spent, *codes: int) -> None:
    """Hold a run to what every bad input ends in."""
    assert "Traceback" not in spent.said, spent.said[-2000:]
    assert spent.code in (codes or (1, 3)), (spent.code, spent.said[-2000:])
    assert spent.output == b""
    assert "error KG" in spent.said
    last = spent.said.splitlines()[-1]
    assert last.startswith("kaitogen: KG"), last
    assert len(last) <= 200
    assert all(char.isprintable() or char == "\n" for char in spent.said)
    assert spent.seconds < MAX_SECONDS
    assert spent.mebibytes < MAX_MEBIBYTES
