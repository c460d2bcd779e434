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
ELSEWHERE = {"docs/argocd.md", "docs/kustomize.md", "docs/live.md", "docs/operate.md"}
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
        assert "bash: -c:" not in done.stderr, f"no whole command: {part.command}"
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


def anchors(path: Path) -> set[str]:
    """Of the headings of a page, as GitHub and the site make them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", page_names(ROOT))
def test_links_to_headings_lead_to_one(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", page.read_text(encoding="utf-8"))
    lost = [
        f"{path}#{anchor}"
        for path, anchor in links
        if not path or path.endswith(".md")
        if anchor not in anchors(page.parent / path if path else page)
    ]
    assert lost == []


def test_readme_lists_every_command() -> None:
    from kaitogen.cli.registry import COMMANDS

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if name.split()[0] not in readme] == []


def test_index_leads_to_every_page() -> None:
    """What the index lacks is in no navigation, and `make docs` fails for it."""
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {name.removeprefix("docs/") for name in page_names(ROOT) if name.startswith("docs/")}
    assert pages - {"index.md"} - set(re.findall(r"\]\(([^)#]+)\)", index)) == set()


def table(page: str, heading: str) -> list[list[str]]:
    """Cells of the rows of the table under a heading."""
    section = page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[1:]]


class TestForAssistants:
    """Its names and numbers are the program's."""

    page = (ROOT / "docs" / "assistants.md").read_text(encoding="utf-8")

    def test_exit_codes(self) -> None:
        from kaitogen import errors

        known = {name[5:].lower(): code for name, code in vars(errors).items() if name.startswith("EXIT_")}
        assert {name: int(code) for code, name, _ in table(self.page, "Exit codes")} == known

    def test_exit_codes_of_the_page_of_commands(self) -> None:
        from kaitogen import errors

        listed = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8").partition("Exit codes:")[2]
        told = {int(code) for code in re.findall(r"\d+", listed.partition("\n\n")[0])}
        assert told == {code for name, code in vars(errors).items() if name.startswith("EXIT_")}

    def test_commands_that_answer_in_json(self) -> None:
        from kaitogen.cli.registry import COMMANDS, find

        def answers(name: str) -> bool:
            command = find(name)
            return command is not None and any("json" in one.choices for one in command.options.parameters())

        rows = table(self.page, "What to ask")
        assert {command.strip("`").removeprefix("kaitogen ") for _, command, _ in rows} == {
            name for name in COMMANDS if answers(name)
        }

    def test_schemas(self) -> None:
        from kaitogen.commands.schema import SCHEMAS

        rows = table(self.page, "Schemas")
        named = [name for names, _ in rows for name in re.findall(r"`([a-z-]+)`", names)]
        assert sorted(named) == sorted(SCHEMAS)
        answers = {schema.strip("`") for _, _, schema in table(self.page, "What to ask")}
        assert answers - {"the objects, in a List", "a short list"} <= set(SCHEMAS)
