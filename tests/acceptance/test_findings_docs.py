"""docs/findings/ has a page for every rule, which agrees with the rule's record, and links that lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kaitogen.commands.explain import pages

pytestmark = pytest.mark.checkout


def test_pages_agree_with_the_records_of_their_rules(root: Path) -> None:
    script = root / "scripts" / "finding_pages.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_index_has_every_page(root: Path) -> None:
    index = (root / "docs" / "findings" / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"^\| \[(KG\d{3})\]\((KG\d{3}\.md)\)", index, re.MULTILINE)
    assert links == [(page.code, f"{page.code}.md") for page in pages.all_pages()]


@pytest.mark.parametrize("code", pages.codes())
def test_links_lead_to_a_page_of_the_code_that_they_name(code: str, root: Path) -> None:
    folder = root / "docs" / "findings"
    text = (folder / f"{code}.md").read_text(encoding="utf-8")
    links = re.findall(r"\[(KG\d{3})\]\(([^)]+)\)", text)
    assert links
    for named, target in links:
        assert target == f"{named}.md"
        assert named != code
        assert (folder / target).is_file()
