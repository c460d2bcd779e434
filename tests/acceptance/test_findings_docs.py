"""docs/findings/ holds every code, as its source says it, with links that lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kaitogen.commands.explain.registry import all_codes

pytestmark = pytest.mark.checkout


def test_pages_are_what_their_source_makes(root: Path) -> None:
    script = root / "scripts" / "write_findings_docs.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_link_of_the_table_leads_to_its_section(root: Path) -> None:
    folder = root / "docs" / "findings"
    links = re.findall(
        r"\[(KG\d{3})\]\(([^)#]+)#([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8")
    )
    assert [code for code, _, _ in links] == list(all_codes())
    for code, page, anchor in links:
        headings = re.findall(r"^## (.*)$", (folder / page).read_text(encoding="utf-8"), re.MULTILINE)
        slugs = {
            re.sub(r"[^\w -]", "", heading.replace("\\", "").lower()).replace(" ", "-")
            for heading in headings
        }
        assert anchor in slugs, code
