"""The guides of CONTRIBUTING, followed word by word in a copy of the project."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

#: A fenced block that says which file it is, and whether it is the whole file or goes before a text in it.
_BLOCK = re.compile(
    r"^(?P<fence>```+)[a-z0-9]* *(?P<what>new|before)=(?P<file>\S+)(?: at='(?P<at>[^']+)')?\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A text of a guide: a file of its own, or what goes before the one place in a file that reads `at`."""

    file: str
    text: str
    at: str | None


def blocks_of(guide: str, root: Path) -> list[Block]:
    """The blocks of a guide in their order, up to the next heading outside of a block."""
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8").partition(f"## {guide}\n")[2]
    blocks: list[Block] = []
    end = 0
    for one in _BLOCK.finditer(text):
        if "\n## " in text[end : one.start()]:
            break
        # ruff, which lays out the guide as well, takes the empty lines behind a function away.
        behind = "\n\n" if one["text"].startswith("def ") and one["at"] else ""
        blocks.append(Block(one["file"], one["text"] + behind, one["at"]))
        end = one.end()
    return blocks


def copy_of(root: Path, folder: Path) -> Path:
    """A copy of the project, without what tools leave in it but for the compiled modules, which stay true of the same sources."""
    copy = folder / "project"
    left_out = (".git", ".venv", ".venvs", "build", ".*_cache", ".hypothesis", "cases")
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*left_out))
    return copy


def follow(blocks: Sequence[Block], copy: Path) -> None:
    """Write every block where it says."""
    for block in blocks:
        path = copy / block.file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if block.at is None:
            assert not text, f"{block.file} is there already"
            path.write_text(block.text, encoding="utf-8")
            continue
        assert text.count(block.at) == 1, f"{block.file} says {block.at!r} not just once"
        path.write_text(text.replace(block.at, block.text + block.at), encoding="utf-8")


def undo(blocks: Sequence[Block], copy: Path) -> None:
    """Take out of the copy what the blocks put in."""
    for block in blocks:
        path = copy / block.file
        text = path.read_text(encoding="utf-8")
        if block.at is None:
            path.unlink()
            continue
        assert text.count(block.text + block.at) == 1, f"{block.file} does not hold what the guide says"
        path.write_text(text.replace(block.text + block.at, block.at), encoding="utf-8")


def run(copy: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Python with these arguments, in the copy and with its package."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env={"PYTHONPATH": str(copy / "generator"), "PATH": "/usr/bin:/bin", "HYPOTHESIS_PROFILE": "quick"},
        capture_output=True,
        text=True,
        check=False,
    )
