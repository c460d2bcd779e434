"""Fenced blocks of the documentation: files it shows, and commands with what they print."""

import re
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^```(?P<kind>\w+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$", re.M | re.S)
COMMAND = re.compile(r"^\$ (?P<command>.*(?:\\\n.*)*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.M)


class Shown(NamedTuple):
    """A file that a page shows."""

    name: str
    text: str


class Told(NamedTuple):
    """A command of a console block, what the page says it prints, and where that stands in the page."""

    command: str
    output: str
    start: int
    end: int


def parts(page: str) -> list[Shown | Told]:
    """Files and commands in the page's order."""
    found: list[Shown | Told] = []
    for fence in FENCE.finditer(page):
        if fence["file"]:
            found.append(Shown(fence["file"], fence["text"]))
        elif fence["kind"] == "console":
            found.extend(_commands(fence["text"], fence.start("text")))
    return found


def _commands(text: str, offset: int) -> list[Told]:
    return [
        Told(block["command"], block["output"], offset + block.start("output"), offset + block.end("output"))
        for block in COMMAND.finditer(text)
    ]


def page_names(root: Path) -> list[str]:
    """The README and every page of docs/, as paths from the root."""
    return ["README.md", *sorted(path.relative_to(root).as_posix() for path in (root / "docs").glob("*.md"))]
