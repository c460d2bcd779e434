"""The rows that a benchmark comes to: as a table for people, as data for other programs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from bench.processes import Sample

MIB = 1024 * 1024
HEADS = ("what", "measured", "against", "figure", "bar", "")


class Row(NamedTuple):
    """One figure, what it was made from, and the most it may be."""

    what: str
    measured: Sample
    against: Sample | None
    figure: float
    bar: float
    unit: str = ""

    @property
    def verdict(self) -> str:
        """One word for where the figure stands."""
        return "met" if self.figure <= self.bar else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """What stands in the table."""
        digits = 0 if self.unit else 2
        return (
            self.what,
            timing(self.measured),
            timing(self.against) if self.against else "",
            f"{self.figure:.{digits}f}{self.unit}",
            f"<= {self.bar:g}{self.unit}",
            self.verdict,
        )

    def data(self) -> dict[str, Any]:
        """The row as JSON can hold it."""
        samples = {"measured": self.measured, "against": self.against}
        figures = {name: sample and sample.data() for name, sample in samples.items()}
        return {**self._asdict(), **figures, "verdict": self.verdict}


def ratio(what: str, measured: Sample, against: Sample, bar: float) -> Row:
    """How long one command takes, as a multiple of another."""
    return Row(what, measured, against, measured.seconds / against.seconds, bar)


def timing(sample: Sample) -> str:
    """Median and spread in words, such as `52 ms (50-55)`."""
    low, high = sample.spread
    return f"{sample.seconds * 1000:.0f} ms ({low * 1000:.0f}-{high * 1000:.0f})"


def laid_out(rows: Sequence[Row]) -> str:
    """The table, columns under each other."""
    lines = [HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )
    return "\n".join(line.rstrip() for line in padded)
