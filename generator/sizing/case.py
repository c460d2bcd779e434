"""Both columns of one Workspace with all that they were made from: what warnings and levers look at."""

from typing import NamedTuple

from generator.rules.surroundings import Facts
from generator.sizing.memory import Launch
from generator.sizing.model import Estimate, Memory
from generator.sizing.subjects import Subject


class Case(NamedTuple):
    """`known` is the model, or why nothing is known about it; `launch` and `memory` are there together."""

    facts: Facts
    known: Subject | str
    estimate: Estimate
    launch: Launch | None
    memory: Memory | None

    @property
    def name(self) -> str:
        """The model as its owner writes it, or as the Workspace does."""
        return (self.facts.preset or "") if isinstance(self.known, str) else self.known.id
