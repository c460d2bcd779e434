"""The rows that a benchmark comes to: as a table for people, as data for other programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.processes import Failed, Sample

MIB = 1024 * 1024
#: Between these two the README has the table.
BEGIN, END = "<!-- what `make bench` measured -->", "<!-- end -->"
#: It has the rows that speak of programs of others.
OTHERS = ("kubectl", "kubeconform", "only prints")
HEADS = ("what", "measured", "against", "figure", "bar", "")


class Row(NamedTuple):
    """One figure, what it was made from, and the most it may be, if there is a bar."""

    what: str
    measured: Sample
    against: Sample | None
    figure: float
    bar: float | None
    unit: str = ""

    @property
    def verdict(self) -> str:
        """One word for where the figure stands."""
        if self.bar is None:
            return ""
        return "met" if self.figure <= self.bar else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """What stands in the table."""
        digits = 0 if self.unit else 2
        return (
            self.what,
            timing(self.measured),
            timing(self.against) if self.against else "",
            f"{self.figure:.{digits}f}{self.unit}",
            "" if self.bar is None else f"<= {self.bar:g}{self.unit}",
            self.verdict,
        )

    def data(self) -> dict[str, Any]:
        """The row as JSON can hold it."""
        samples = {"measured": self.measured, "against": self.against}
        figures = {name: sample and sample.data() for name, sample in samples.items()}
        return {**self._asdict(), **figures, "verdict": self.verdict}


def ratio(what: str, measured: Sample, against: Sample, bar: float | None) -> Row:
    """How long one command takes, as a multiple of another; without a bar it is said for comparison."""
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


def missed(rows: Sequence[Row]) -> str:
    """How many of the bars are missed, and which."""
    judged = [row for row in rows if row.bar is not None]
    wrong = [row.what for row in judged if row.verdict != "met"]
    return f"{len(wrong)} of {len(judged)} bars missed" + (f": {'; '.join(wrong)}" if wrong else "")


def write_into(page: Path, rows: Sequence[Row]) -> None:
    """Put the rows that compare with programs of others into the page, in the place of the table that it has; Failed without one.

    Without the times, which are this machine's.
    """
    lines = ["| | ratio | bar |", "|---|---|---|"]
    for row in rows:
        if any(map(row.what.__contains__, OTHERS)):
            what, _, _, figure, bar, _ = row.cells()
            lines.append(f"| {what} | {figure} | {bar.replace('<=', 'at most')} |")
    head, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not end:
        raise Failed(f"{page} has no place for the table: {BEGIN} and {END}")
    page.write_text("".join([head, begin, "\n\n", "\n".join(lines), "\n\n", end, tail]), encoding="utf-8")
