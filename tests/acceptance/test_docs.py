"""What the documentation shows is what happens: its files are written and its commands run, page by page."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.command import KAITOGEN
from tests.acceptance.documentation import Shown, page_names, parts

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[2]
#: These need real tools; the end-to-end suite runs them.
ELSEWHERE = {"docs/argocd.md", "docs/kustomize.md", "docs/live.md"}
PAGES = [name for name in page_names(ROOT) if name not in ELSEWHERE]


@pytest.mark.parametrize("name", PAGES)
def test_page_shows_what_happens(name: str, tmp_path: Path, update_expected: bool) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    changes: list[tuple[int, int, str]] = []
    for part in parts(page):
        if isinstance(part, Shown):
            path = tmp_path / part.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(part.text, encoding="utf-8")
            continue
        done = subprocess.run(
            ["bash", "-c", f"{part.command} 2>&1"],
            cwd=tmp_path,
            env={**os.environ, "PATH": f"{KAITOGEN.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        if update_expected:
            changes.append((part.start, part.end, done.stdout))
        else:
            assert done.stdout == part.output, part.command
    for start, end, text in reversed(changes):
        page = page[:start] + text + page[end:]
    if changes:
        (ROOT / name).write_text(page, encoding="utf-8")


@pytest.mark.parametrize("name", page_names(ROOT))
def test_links_lead_somewhere(name: str) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page)
    assert [target for target in targets if not ((ROOT / name).parent / target).exists()] == []


def test_readme_lists_every_command() -> None:
    from kaitogen.cli.registry import COMMANDS

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if name.split()[0] not in readme] == []
