"""The site of docs/ as `make docs` makes it, in a real browser: pages that fit, and a search that finds codes and words."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.documentation import page_names
from tests.e2e.plan.browser import Browser

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

ROOT: Final = Path(__file__).resolve().parents[3]
SITE: Final = ROOT / "build" / "docs"
#: Those with the widest tables, the longest lines and pictures.
PAGES: Final = (
    "index",
    "fields",
    "catalogue",
    "plan",
    "kustomize",
    "security",
    "findings/README",
    "findings/KG461",
)
RESULTS: Final = """new Promise(done => {
  const look = () => {
    const found = [...document.querySelectorAll("#search-results li a")].map(one => one.textContent);
    const said = document.querySelector("#search-results .search-summary");
    if (found.length && said && said.textContent.startsWith("Search finished")) done(found); else setTimeout(look, 50);
  };
  look();
})"""


def address(page: str) -> str:
    path, _, query = page.partition("?")
    file = SITE / path
    assert file.is_file(), f"{file} is not there: `make docs` makes it"
    return file.as_uri() + (f"?{query}" if query else "")


def test_every_page_and_every_finding_is_in_it() -> None:
    names = [name.removeprefix("docs/") for name in page_names(ROOT) if name != "README.md"]
    names += [f"findings/{path.name}" for path in (ROOT / "docs" / "findings").glob("KG*.md")]
    assert [name for name in names if not (SITE / name).with_suffix(".html").is_file()] == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("width", "height", "dark"), [(1280, 900, False), (390, 844, True)])
def test_pages_fit_and_ask_no_other_machine(
    browser: Browser, page: str, width: int, height: int, dark: bool
) -> None:
    with browser.page(address(f"{page}.html"), width=width, height=height, dark=dark) as shown:
        assert shown.ask("document.documentElement.scrollWidth") <= width
        assert shown.complaints == []
        assert [one for one in shown.requested if not one.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("KG461", "KG461: count is ignored"),
        ("kg806", "KG806"),
        ("gated+model", "KG467: A gated model without a secret"),
        ("max-model-len", "KG"),
    ],
)
def test_search_finds_codes_and_words(browser: Browser, words: str, title: str) -> None:
    with browser.page(address(f"search.html?q={words}")) as shown:
        found = shown.ask(RESULTS)
    assert [one for one in found[:5] if one.startswith(title)]


def test_language_models_have_an_index_of_plain_pages() -> None:
    text = (SITE / "llms.txt").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    inside = [link for link in links if not link.startswith("https://")]
    assert len(inside) >= 20
    assert [link for link in inside if not (SITE / link).is_file()] == []
