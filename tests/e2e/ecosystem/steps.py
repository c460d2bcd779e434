"""A repository of a user's, and a way to run the shell steps of an action or a component in it."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.acceptance.streams import INTENT

ROOT: Final = Path(__file__).resolve().parents[3]
RIGHT: Final = INTENT
WRONG: Final = RIGHT.replace("instanceType", "instanceTyp")
LARGER: Final = RIGHT.replace("model: phi-4", "model: qwen2.5-coder-32b-instruct")
WHO: Final = ("-c", "user.name=me", "-c", "user.email=me@example.com")


class Ran(NamedTuple):
    """Exit code, and what was printed to either stream."""

    code: int
    out: str


def repository(folder: Path) -> Path:
    """A repository with one intent, committed on main."""
    intents = folder / "intents"
    intents.mkdir(parents=True)
    (intents / "phi.intent.yaml").write_text(RIGHT, encoding="utf-8")
    for words in (["init", "-q", "-b", "main"], ["add", "."], [*WHO, "commit", "-qm", "Serve phi-4"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def run(shell: Sequence[str], script: str, folder: Path, env: Mapping[str, str]) -> Ran:
    """One step, run as its runner does."""
    done = subprocess.run(
        [*shell, script], cwd=folder, env={**os.environ, **env}, text=True, check=False, timeout=900,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout)
