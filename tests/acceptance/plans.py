"""Intents to plan, and the command run on them in this process."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from kaitogen.cli import registry
from kaitogen.commands.result import Outcome

HEAD: Final = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\n"
GIT: Final = ("git", "-c", "user.name=me", "-c", "user.email=me@example.com", "-c", "commit.gpgsign=false")


def intent(
    name: str = "phi-4", *, placement: str = "instanceType: Standard_NC24ads_A100_v4",
    inference: str = "model: phi-4", rest: str = "", namespace: str = "chat",
) -> str:  # fmt: skip
    metadata = f"metadata: {{name: {name}, namespace: {namespace}, labels: {{team: search}}}}\n"
    return f"{HEAD}{metadata}spec:\n  placement: {{{placement}}}\n  inference: {{{inference}}}\n{rest}"


def planned(*words: str | Path) -> Outcome:
    """The command in this process."""
    return _run("plan", *words)


def _run(*words: str | Path) -> Outcome:
    parsed = registry.parse([*map(str, words)])
    assert parsed is not None, words
    command, options = parsed
    return command.run(options)


def diffed(*words: str | Path) -> dict[str, Any]:
    """What `kaitogen diff` says of the same."""
    document: dict[str, Any] = json.loads(_run("diff", *words, "--format", "json").stdout)
    return document


def data(*words: str | Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(planned(*words, "--format", "json").stdout)
    return document


def write(folder: Path, *intents: str, name: str = "a.intent.yaml") -> Path:
    (folder / name).write_text("---\n".join(intents), encoding="utf-8")
    return folder / name


def git(folder: Path, *words: str) -> None:
    subprocess.run([*GIT, "-C", folder, *words], check=True, capture_output=True)
