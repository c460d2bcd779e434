"""What every part of the benchmark is given: the two commands, where to work, and how often to run."""

from pathlib import Path
from typing import NamedTuple

from bench.processes import Command


class Rounds(NamedTuple):
    """How often each command is run."""

    one: int
    many: int
    very_many: int


class Bench(NamedTuple):
    """The two commands, the empty home they get, a folder to work in, and the number of runs."""

    kaitogen: Path
    kubectl: Path
    home: Path
    work: Path
    rounds: Rounds

    def kaito(self, *words: str | Path, documents: int) -> Command:
        """A run of kaitogen."""
        return Command([str(self.kaitogen), *map(str, words)], self.work, documents)

    def kustomize(self, folder: Path, documents: int) -> Command:
        """A run of `kubectl kustomize`."""
        return Command([str(self.kubectl), "kustomize", str(folder)], self.work, documents)
