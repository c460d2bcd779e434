"""docs/live.md: its files are written, its commands run against a real API server, and what it shows is what they print."""

import re
import shutil
from pathlib import Path

import pytest

from tests.acceptance.documentation import Shown, parts
from tests.e2e.cluster.conftest import ROOT, ControlPlane, run

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.checkout]

PAGE = ROOT / "docs" / "live.md"
#: The address that the page shows in place of a port that is free.
SHOWN = "127.0.0.1:6443"
#: When a node was made, and what the page shows in its place.
CREATED = re.compile(r'created: "[^"]*"')
SOME_TIME = "2026-10-01T08:00:00Z"


def test_page_shows_what_happens(
    plane: ControlPlane, nodes: list[str], tmp_path: Path, update_expected: bool
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    address = plane.address.removeprefix("https://")
    tokens = {"ci": "ci-token", "expired": plane.expired_token("default", "reader"), "admin": "admin-token"}
    for name, token in tokens.items():
        plane.config(tmp_path, user={"token": token}).rename(tmp_path / name)
    shutil.copytree(ROOT / "deploy" / "inventory", tmp_path / "inventory")
    plane.apply((ROOT / "deploy" / "inventory" / "base" / "namespace.yaml").read_text(encoding="utf-8"))
    env = {"HOME": str(tmp_path), "KUBECONFIG": str(tmp_path / "admin")}
    changes: list[tuple[int, int, str]] = []
    for part in parts(page):
        if isinstance(part, Shown):
            (tmp_path / part.name).write_text(part.text, encoding="utf-8")
            continue
        done = run("bash", "-c", f"{{ {part.command}\n}} 2>&1", cwd=tmp_path, **env)
        printed = CREATED.sub(f'created: "{SOME_TIME}"', done.output.replace(address, SHOWN))
        if update_expected:
            changes.append((part.start, part.end, printed))
        else:
            assert printed == part.output, part.command
    for start, end, text in reversed(changes):
        page = page[:start] + text + page[end:]
    if changes:
        PAGE.write_text(page, encoding="utf-8")
