"""What kaitogen is made of: every package by version and hash, every image by digest, every action by commit."""

import json
import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kaitogen import __version__
from kaitogen.kaito.versions import RELEASES
from kaitogen.pipeline.load import PROJECT

DOCS = Path(__file__).resolve().parents[2] / "docs"
HASHED = ("dev", "test", "run", "build", "release", "docs", "fuzz")
ENTRY = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)(?: ; [^\\\n]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$",
    re.M,
)


def locked(root: Path, name: str) -> dict[str, str]:
    """Version by package of a list with hashes; everything in it has some."""
    text = (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = {str(canonicalize_name(found[1])): found[2] for found in ENTRY.finditer(text)}
    assert len(entries) == sum(line[:1].isalpha() for line in text.splitlines())
    return entries


def closure(names: list[str]) -> set[str]:
    """The packages, and all that they need on this machine."""
    found: set[str] = set()
    pending = names
    while pending:
        one = canonicalize_name(pending.pop())
        if one in found:
            continue
        found.add(one)
        needed = [Requirement(line) for line in requires(one) or ()]
        pending += [
            need.name for need in needed if need.marker is None or need.marker.evaluate({"extra": ""})
        ]
    return found


@pytest.mark.parametrize("name", HASHED)
def test_pins_with_hashes_are_those_of_development(name: str, root: Path) -> None:
    development = locked(root, "dev")
    pinned = locked(root, name)
    assert pinned
    assert {one: pinned[one] for one in pinned.keys() & development.keys()} == {
        one: development[one] for one in pinned.keys() & development.keys()
    }


def test_nothing_is_installed_without_hashes(root: Path) -> None:
    """Except for what was built here, which brings nothing with it."""
    files = [root / "Makefile", root / "action.yml", *(root / ".github" / "workflows").iterdir()]
    text = "".join(file.read_text(encoding="utf-8") for file in files).replace("\\\n", " ")
    installs = re.findall(r"(?:pip|PIP\)).* install .*", text)
    assert len(installs) >= 7
    assert [line for line in installs if "--require-hashes" not in line and "--no-deps" not in line] == []
    assert "--constraint" not in text


@pytest.mark.parametrize("extra", ["dev", "test"])
def test_what_works_on_it_is_pinned_whole(extra: str, root: Path) -> None:
    needed = closure([Requirement(line).name for line in _of_extra(extra)])
    assert len(needed) > 10
    assert needed - {"kaitogen"} <= locked(root, extra).keys()


def _of_extra(extra: str) -> list[str]:
    """What `kaitogen[EXTRA]` needs, with what the extras need that it names."""
    found = []
    for line in requires("kaitogen") or ():
        need = Requirement(line)
        if need.marker is not None and need.marker.evaluate({"extra": extra}):
            found += [one for inner in need.extras for one in _of_extra(inner)] if need.extras else [line]
    return found


def test_what_runs_is_pinned_whole_and_justified(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = closure([Requirement(line).name for line in project["dependencies"]])
    pinned = locked(root, "run")
    assert needed <= pinned.keys()
    page = (root / "docs" / "security.md").read_text(encoding="utf-8").lower()
    assert [one for one in needed if one.replace("_", "-") not in page] == []


def test_what_builds_is_pinned_whole(root: Path) -> None:
    assert closure(["hatchling"]) <= locked(root, "build").keys()
    assert {"hatchling", "build", "cyclonedx-bom"} <= locked(root, "release").keys()


@pytest.mark.parametrize("path", ["Containerfile", "docs/argocd.md"])
def test_images_are_named_by_digest_and_packages_by_hash(path: str, root: Path) -> None:
    text = (root / path).read_text(encoding="utf-8")
    images = re.findall(r"^FROM (\S+)", text, re.M)
    assert images
    assert all(re.fullmatch(r"[a-z0-9:.-]+@sha256:[0-9a-f]{64}", one) for one in images)
    installs = re.findall(r"pip install (.*)", text)
    assert [line for line in installs if "--require-hashes" not in line and "--no-deps" not in line] == []


def test_actions_are_named_by_commit(root: Path) -> None:
    """Except for ours, whose revision is the reader's to choose."""
    files = [root / "action.yml", *(root / "docs").glob("*.md"), *(root / ".github" / "workflows").iterdir()]
    used = [use for file in files for use in re.findall(r"uses: (.*)", file.read_text(encoding="utf-8"))]
    assert len(used) >= 15
    others = [use for use in used if not use.startswith("kaitogen/kaitogen@")]
    assert [use for use in others if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", use)] == []
    named = {use.split("@")[0]: set[str]() for use in others}
    for use in others:
        named[use.split("@")[0]].add(use)
    assert [name for name, uses in named.items() if len(uses) > 1] == []


def test_notice_names_each_revision_of_kaito_that_was_read(root: Path) -> None:
    notice = (root / "NOTICE").read_text(encoding="utf-8")
    rows = re.findall(r"^  (\S+) +(v\S+) +[0-9a-f]{40} +(?:MIT|Apache-2\.0)$", notice, re.M)
    assert rows == [(version, release.tag) for version, release in RELEASES.items()]


def test_what_is_fetched_apart_has_the_version(root: Path) -> None:
    plugin = (root / "deploy" / "helm" / "kaitogen-validate" / "plugin.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", plugin, re.M) == [__version__]


def test_schemastore_is_offered_what_is_there(root: Path) -> None:
    """Names that kaitogen reads as intents, or as a project file, and schemas of the repository that need no other."""
    entries = json.loads((root / "deploy" / "editor" / "schemastore.json").read_text(encoding="utf-8"))
    start = "https://raw.githubusercontent.com/kaitogen/kaitogen/main/"
    for entry in entries:
        assert entry.keys() == {"name", "description", "fileMatch", "url"}
        assert entry["url"].startswith(start)
        schema = (root / entry["url"].removeprefix(start)).read_text(encoding="utf-8")
        assert [to for to in re.findall(r'"\$ref": "([^"]+)"', schema) if not to.startswith("#")] == []
    (names, project) = (entry["fileMatch"] for entry in entries)
    assert names == ["*.intent.yaml", "*.intent.yml"]
    assert project == [PROJECT]


@pytest.mark.parametrize("name", ["README.md", *sorted(f"docs/{path.name}" for path in DOCS.glob("*.md"))])
def test_where_a_release_is_installed_a_checkout_is_too(name: str, root: Path) -> None:
    """As long as there is no release, what needs one does not work."""
    text = (root / name).read_text(encoding="utf-8")
    if re.search(r"kaitogen(\[live\])?==|install '?kaitogen", text):
        assert re.search(r"git\+https://|in a checkout|from a checkout|From a checkout", text)
