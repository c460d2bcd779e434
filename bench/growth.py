"""Processor time and memory from one intent to 100,000, as a chart: a straight line where both scales are logarithmic."""

from collections.abc import Sequence
from math import log10
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import material
from bench.processes import by_turns
from bench.settings import Bench
from bench.table import MIB

#: A file holds at most this many: a text may have so many values and no more.
IN_ONE_FILE = 10_000
NUMBERS = (1, 10, 100, 1_000, 10_000, 100_000)
WIDTH, HEIGHT, LEFT, TOP = 560, 300, 64, 24
HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">
<title>Processor time and peak memory of kaitogen render by the number of intents</title>
<rect width="{width}" height="{height}" fill="#fff"/>
"""


class Curve(NamedTuple):
    """One line of the chart: its values by the number of intents, how one is written, and the exponents at its ends."""

    values: Sequence[float]
    unit: str
    colour: str
    lowest: int
    highest: int


def draw(bench: Bench, chart: Path) -> None:
    """Measure `kaitogen render` of each number of intents, print what it took, and draw it."""
    seconds, peaks = [], []
    for number in NUMBERS:
        folder = _intents(bench, number)
        rounds = bench.rounds.very_many if number >= IN_ONE_FILE else bench.rounds.many
        (sample,) = by_turns([bench.kaito("render", folder, documents=number)], rounds, bench.home)
        # On the clock a busy machine would bend the line.
        seconds.append(median(run.processor for run in sample.runs))
        peaks.append(sample.peak / MIB)
        print(f"{number:>7,} intents: {seconds[-1]:8.3f} s, {peaks[-1]:5.0f} MiB", flush=True)
    curves = (Curve(seconds, "s", "#1a6fb5", -2, 2), Curve(peaks, "MiB", "#b5541a", 0, 4))
    chart.write_text(_svg(curves), encoding="utf-8")


def _intents(bench: Bench, number: int) -> Path:
    folder = bench.work / f"growth-{number}"
    folder.mkdir()
    for first in range(0, number, IN_ONE_FILE):
        part = material.one_file(folder / f"part-{first}", min(number, IN_ONE_FILE), first)
        part.rename(folder / f"{first}.intent.yaml")
        part.parent.rmdir()
    return folder


def _svg(curves: Sequence[Curve]) -> str:
    parts = [HEAD.format(width=WIDTH, height=HEIGHT)]
    right, bottom = WIDTH - LEFT, HEIGHT - 2 * TOP
    across = [LEFT + (right - LEFT) * log10(number) / log10(NUMBERS[-1]) for number in NUMBERS]
    for x, number in zip(across, NUMBERS, strict=True):
        parts.append(f'<path d="M{x:.0f} {TOP}V{bottom}" stroke="#ddd"/>\n')
        parts.append(f'<text x="{x:.0f}" y="{bottom + 18}" text-anchor="middle">{number:,}</text>\n')
    parts.append(f'<text x="{WIDTH // 2}" y="{HEIGHT - 8}" text-anchor="middle">intents</text>\n')
    for at, curve in ((LEFT - 6, curves[0]), (right + 6, curves[1])):
        height = (bottom - TOP) / (curve.highest - curve.lowest)
        anchor = "end" if at < right else "start"
        for exponent in range(curve.lowest, curve.highest + 1):
            y = bottom - height * (exponent - curve.lowest)
            label = f"{10.0**exponent:g} {curve.unit}"
            parts.append(
                f'<text x="{at}" y="{y + 4:.0f}" text-anchor="{anchor}" fill="{curve.colour}">{label}</text>\n'
            )
        points = [
            (x, bottom - height * (log10(value) - curve.lowest))
            for x, value in zip(across, curve.values, strict=True)
        ]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{curve.colour}" stroke-width="2"/>\n')
        parts += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{curve.colour}"/>\n' for x, y in points]
    return "".join([*parts, "</svg>\n"])
