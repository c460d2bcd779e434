"""Fresh processes, measured: wall time and peak memory of each, and commands by turns."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple


class Failed(Exception):
    """A measured command failed or printed something else than it should; the message says which and how."""


class Command(NamedTuple):
    """One command line, with the folder it runs in and how many documents it has to print (None: not counted)."""

    words: Sequence[str]
    folder: Path
    documents: int | None


class Run(NamedTuple):
    """What one process took: seconds on the clock, its peak resident memory in bytes, and seconds of processor time."""

    seconds: float
    peak: int
    processor: float = 0.0


class Sample(NamedTuple):
    """The runs of one command."""

    runs: Sequence[Run]

    @property
    def seconds(self) -> float:
        """The median over the runs."""
        return median(run.seconds for run in self.runs)

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles of the seconds; of fewer than four runs, the least and the most."""
        seconds = sorted(run.seconds for run in self.runs)
        if len(seconds) < 4:
            return seconds[0], seconds[-1]
        low, _, high = quantiles(seconds, n=4)
        return low, high

    @property
    def peak(self) -> int:
        """The most memory that any run held, in bytes."""
        return max(run.peak for run in self.runs)

    def data(self) -> dict[str, Any]:
        """The sample as JSON can hold it: every run's seconds, and the peak in bytes."""
        return {
            "median": self.seconds,
            "spread": self.spread,
            "runs": [run.seconds for run in self.runs],
            "peak": self.peak,
        }


def environment(home: Path) -> Mapping[str, str]:
    """The same few variables for every command: nothing of the caller's changes the figures."""
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8"}


def by_turns(commands: Sequence[Command], rounds: int, home: Path) -> list[Sample]:
    """Run the commands alternately, after one run of each that is checked and not counted.

    Every second round goes backwards: what slows the machine for a while, or the
    command before, weighs on all of them alike. Raises Failed.
    """
    for command in commands:
        _check(command, home)
    runs: list[list[Run]] = [[] for _ in commands]
    for number in range(rounds):
        order = range(len(commands)) if number % 2 == 0 else reversed(range(len(commands)))
        for index in order:
            runs[index].append(_measure(commands[index], home))
    return [Sample(found) for found in runs]


def _check(command: Command, home: Path) -> None:
    """Whether a command works and prints what it should; this also warms the file caches."""
    done = subprocess.run(
        command.words, cwd=command.folder, env=environment(home), capture_output=True, check=False
    )
    shown = " ".join(command.words)
    if done.returncode:
        raise Failed(f"{shown} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')[-2000:]}")
    printed = done.stdout.count(b"\nkind: Workspace\n")
    if command.documents is not None and printed != command.documents:
        raise Failed(f"{shown} printed {printed} Workspaces instead of {command.documents}")


def _measure(command: Command, home: Path) -> Run:
    # The kernel counts the memory of the process that starts another one in with it, so
    # this one has to stay small: nothing large is kept in it.
    started = time.perf_counter()
    process = subprocess.Popen(
        command.words,
        cwd=command.folder,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(command.words)} ended with {process.returncode} while it was measured")
    return Run(seconds, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime)
