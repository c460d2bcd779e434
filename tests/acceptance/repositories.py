"""Git repositories made for one test."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

#: What git needs to know to commit, and nothing of whoever runs the tests.
_ENVIRONMENT = {
    **{name: said for name, said in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "me",
    "GIT_AUTHOR_EMAIL": "me@example.com",
    "GIT_COMMITTER_NAME": "me",
    "GIT_COMMITTER_EMAIL": "me@example.com",
}


def git(folder: Path, *arguments: str | Path) -> str:
    """What git prints in a folder."""
    done = subprocess.run(
        ["git", *map(str, arguments)], cwd=folder, env=_ENVIRONMENT, check=True, capture_output=True
    )
    return done.stdout.decode().strip()


def committed(folder: Path, files: Mapping[str, str]) -> str:
    """The id of a commit with these files beside what is there, in a repository that is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "change")
    return git(folder, "rev-parse", "HEAD")


def write(folder: Path, files: Mapping[str, str]) -> None:
    """The files below the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
