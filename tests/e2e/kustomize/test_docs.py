"""docs/kustomize.md: its files are written, its commands run, and what it shows is what they print."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.documentation import Shown, parts
from tests.e2e.kustomize.conftest import BIN, ROOT, Tools

pytestmark = pytest.mark.e2e

PAGE = ROOT / "docs" / "kustomize.md"
DOCKER = f"#!/bin/sh\ncd / && exec env -i '{BIN / 'kaitogen-krm'}'\n"


def test_page_shows_what_happens(tools: Tools, tmp_path: Path, update_expected: bool) -> None:
    page = PAGE.read_text(encoding="utf-8")
    bin_, work = tmp_path / "bin", tmp_path / "work"
    bin_.mkdir()
    work.mkdir()
    (bin_ / "kustomize").symlink_to(tools.kustomize)
    (bin_ / "docker").write_text(DOCKER)
    (bin_ / "docker").chmod(0o755)
    env = {**tools.env, "PATH": f"{bin_}{os.pathsep}{tools.env['PATH']}", "HOME": str(tmp_path / "home")}
    (tmp_path / "home").mkdir()
    changes: list[tuple[int, int, str]] = []
    for part in parts(page):
        if isinstance(part, Shown):
            path = work / part.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(part.text, encoding="utf-8")
            continue
        done = subprocess.run(
            ["bash", "-c", f"{{ {part.command}\n}} 2>&1"],
            cwd=work,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        lines = done.stdout.replace(str(tmp_path), "").splitlines()
        printed = "".join(f"{line.rstrip()}\n" for line in lines)
        if update_expected:
            changes.append((part.start, part.end, printed))
        else:
            assert printed == part.output, part.command
    for start, end, text in reversed(changes):
        page = page[:start] + text + page[end:]
    if changes:
        PAGE.write_text(page, encoding="utf-8")
