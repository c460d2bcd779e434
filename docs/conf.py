"""How `make docs` makes a site of docs/. The pages stay what GitHub shows: Markdown, with links to files.

What a site needs beyond that is worked out here: its navigation is the list of links in index.md, and a
link out of docs/ leads to the repository.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
REPOSITORY = "https://github.com/kaitogen/kaitogen/tree/main/"

#: Of a Markdown link: what stands before the address, the address up to an anchor.
LINK = re.compile(r"(\]\()(?![a-z]+:|#)([^)#\s]+)")
SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.M)
TOCTREE = "\n```{{toctree}}\n:hidden:\n:caption: {caption}\n{pages}\n```\n"

project = "kaitogen"
copyright = "the kaitogen authors"  # noqa: A001 - Sphinx calls it so
release = re.findall(r'__version__ = "(.*)"', (ROOT / "generator/kaitogen/__init__.py").read_text("utf-8"))[0]
root_doc = "index"
source_suffix = {".md": "markdown"}
extensions = ["myst_parser"]
myst_heading_anchors = 4
# Output that is cut short is no valid JSON, and still best shown in its colours.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = f"kaitogen {release}"
html_show_sphinx = False
html_theme_options = {"source_repository": "https://github.com/kaitogen/kaitogen/", "source_branch": "main",
                      "source_directory": "docs/"}  # fmt: skip


def _navigation(text: str) -> str:
    """The text of index.md, with each section's links as a part of the navigation."""
    for caption, body in SECTION.findall(text):
        pages = "\n".join(page.removesuffix(".md") for _, page in LINK.findall(body))
        text += TOCTREE.format(caption=caption, pages=pages)
    return text


def _linked(page: str, text: str) -> str:
    """The text of a page, with links out of docs/ leading to the repository."""

    def outside(link: re.Match[str]) -> str:
        target = (DOCS / page).parent.joinpath(link[2]).resolve()
        return link[0] if target.is_relative_to(DOCS) else f"{link[1]}{REPOSITORY}{target.relative_to(ROOT)}"

    return LINK.sub(outside, text)


def prepare(_app: Sphinx, page: str, source: list[str]) -> None:
    """Make of a page that GitHub shows one of the site."""
    source[0] = _linked(page, source[0])
    if page == root_doc:
        source[0] = _navigation(source[0])
    # Two hundred and more entries in the navigation of every page helped nobody, and took a minute to build.
    if page.startswith("findings/KG"):
        source[0] = f"---\norphan: true\n---\n{source[0]}"


def write_llms_txt(app: Sphinx, failure: Exception | None) -> None:
    """The index for language models (llmstxt.org), which leads to the pages as they were written."""
    if failure is None:
        text = _linked(root_doc, (DOCS / f"{root_doc}.md").read_text(encoding="utf-8"))
        text = LINK.sub(lambda link: f"{link[1]}_sources/{link[2]}.txt", text)
        (Path(app.outdir) / "llms.txt").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", prepare)
    app.connect("build-finished", write_llms_txt)
