"""Whole commands on files in memory's place: run twice in this process, and held to what every run has to keep."""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from kaitogen.cli import registry
from kaitogen.commands import bounds, result
from kaitogen.commands.result import LimitOptions
from kaitogen.diagnostics.formats.as_text import failure
from kaitogen.errors import EXIT_BUG, KaitogenError
from kaitogen.files import atomic
from kaitogen.pipeline import current
from tests.work import calls

FOLDER: Final = "/dev/shm" if os.path.isdir("/dev/shm") else None
#: Calls of functions that a run may take, whatever it reads, and more for each byte: several times what any has needed.
_CALLS, _CALLS_A_BYTE = 400_000, 4_000
#: Not where atheris' own calls would be counted among them.
COUNTED: Final = "atheris" not in sys.modules


class Done(NamedTuple):
    """What a run left: exit code, both streams, and the files of its folder."""

    code: int
    output: bytes
    said: str
    files: Mapping[str, bytes]


def run(arguments: Sequence[str]) -> tuple[int, bytes, str]:
    """Exit code and both streams of one command line, as the console script has them; an exception is a bug."""
    streams = {1: b"", 2: b""}

    def keep(descriptor: int, data: bytes) -> None:
        streams[descriptor] += data

    write, result._write_all = result._write_all, keep
    # Bounds of time and memory are those of a process; this one is old, holds much, and has others' work to do.
    bounded, bounds.bounded = bounds.bounded, lambda work, *_: work()
    try:
        parsed = registry.parse(arguments)
        assert parsed is not None, arguments
        command, options = parsed
        try:
            outcome = command.run(options)
            LimitOptions(**options.given).check_output(len(outcome.stdout))
            code = result.deliver(outcome)
        except KaitogenError as error:
            code = error.exit_code
            result.write_stderr(failure(error, colour=False))
    finally:
        result._write_all, bounds.bounded = write, bounded
        current.contents = None
    return code, streams[1], streams[2].decode()


def held(
    arguments: Sequence[str],
    files: Mapping[str, bytes],
    *,
    stdin: bytes = b"",
    environment: Mapping[str, str] | None = None,
    codes: Sequence[int] = (0, 1, 3),
) -> Done:
    """Run it twice on the same files, and once more counted: the same comes of it, and of what is refused nothing."""
    first = _placed(arguments, files, stdin, environment or {})
    done: list[Done] = []
    size = sum(map(len, files.values())) + len(stdin) + sum(map(len, (environment or {}).values()))

    def again() -> None:
        done.append(_placed(arguments, files, stdin, environment or {}))

    work = calls(again) if COUNTED else 0
    if not COUNTED:
        again()
    assert work <= _CALLS + _CALLS_A_BYTE * size, f"{work} calls for {size} bytes"
    assert done == [first], "other bytes at the second run"
    assert first.code in codes, (first.code, first.said)
    assert first.code != EXIT_BUG
    assert "Traceback" not in first.said
    assert all(char.isprintable() or char == "\n" for char in first.said), ascii(first.said)
    assert not any(atomic.PREFIX in name for name in first.files), sorted(first.files)
    if first.code:
        assert first.said or first.output, "nothing is said"
        assert first.files == files, "half of it was written"
    return first


def _placed(
    arguments: Sequence[str], files: Mapping[str, bytes], stdin: bytes, environment: Mapping[str, str]
) -> Done:
    """One run in a folder of its own, always at the same place, so that its name is the same in what is said."""
    before, variables = os.getcwd(), dict(os.environ)
    folder = Path(tempfile.gettempdir() if FOLDER is None else FOLDER, f"kaitogen-fuzz-{os.getpid()}")
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    folder.mkdir(exist_ok=True)
    saved = os.dup(0)
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        os.dup2(given.fileno(), 0)
        os.chdir(folder)
        os.environ.update(environment)
        try:
            code, output, said = run(arguments)
            left = {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
        finally:
            os.environ.clear()
            os.environ.update(variables)
            os.chdir(before)
            os.dup2(saved, 0)
            os.close(saved)
            shutil.rmtree(folder, ignore_errors=True)
    return Done(code, output, said, left)
