"""A plan as text, for a terminal or a log."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from generator.planning import sheet
from generator.planning.shapes import Fleet, Planned
from generator.reporting import counted, number_of, printable

_WIDTH: Final = 110
_ABOUT: Final = 13
_SAID: Final = 12


def write(fleet: Fleet) -> str:
    """The whole plan."""
    blocks = ["\n".join(_workspace(one)) for one in fleet.planned]
    return "\n\n".join([*blocks, total(fleet)]) + "\n"


def total(fleet: Fleet) -> str:
    """The fleet in one sentence."""
    size = number_of(len(fleet.planned), "Workspace")
    words = f"{size}: {number_of(fleet.nodes, 'node')}, {number_of(fleet.gpus, 'GPU')}"
    if fleet.unknown:
        words += f", and {fleet.unknown} of unknown size"
    return f"{words} ({counted(fleet.findings)})" if fleet.findings else words


def _workspace(one: Planned) -> Iterator[str]:
    yield printable(f"{one.title}  ({sheet.headline(one)})")
    for column in sheet.columns(one):
        yield f"  {column.heading}"
        for line in column.lines:
            yield from _line(line)


def _line(line: sheet.Line) -> list[str]:
    said = (
        line.said
        if not line.trust
        else f"{line.said:<{_SAID}}{line.trust}"
        if len(line.said) < _SAID
        else f"{line.said}, {line.trust}"
    )
    head = f"    {line.about:<{_ABOUT}}"
    if line.about == "first run":
        return [printable(head + said)]
    return wrap(
        printable(said),
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
    )
