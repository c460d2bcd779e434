"""What files said at a revision: the rules of files on disk, and nothing run that a repository brings with it."""

from pathlib import Path

import pytest

from kaitogen.model import Request
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.revisions import request_at
from tests.acceptance.repositories import committed, git, write
from tests.samples import RIGHT


def named(name: str) -> str:
    return RIGHT.replace("name: phi-4}", f"name: {name}}}", 1)


def seen(revision: str, *paths: Path | str, templates: str | None = None) -> tuple[list[str], list[str]]:
    """The names of the objects at a revision, and the findings as `file code`."""
    words = tuple(map(str, paths))
    with request_at(revision, words, Request(words, templates=templates)) as before:
        result = generate(before)
    found = [f"{one.file} {one.code}" for one in result.findings]
    return [manifest.identity[3] for manifest in result.manifests], found


def test_files_are_read_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = committed(
        tmp_path, {"models/a.intent.yaml": named("one"), "models/deep/b.intent.yaml": named("two")}
    )
    committed(tmp_path, {"models/a.intent.yaml": named("three")})
    (tmp_path / "models/a.intent.yaml").unlink()
    monkeypatch.chdir(tmp_path / "models")
    assert seen(first, ".") == (["one", "two"], [])
    assert seen("main", ".") == (["three", "two"], [])
    assert seen("main~1", "a.intent.yaml") == (["one"], [])
    assert git(tmp_path, "status", "--porcelain") == "D models/a.intent.yaml"


def test_what_was_not_there_is_no_finding(tmp_path: Path) -> None:
    committed(tmp_path, {"notes.txt": "none"})
    write(tmp_path, {"models/a.intent.yaml": named("one")})
    assert seen("HEAD", tmp_path / "models", tmp_path / "models/a.intent.yaml") == ([], [])


def test_a_folder_gives_what_it_gives_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hidden folders, other names and links: the same documents and findings, under the name of the revision."""
    folder = tmp_path / "models"
    names = ("a/intent.yaml", "a-b/intent.yml", ".hidden/c.intent.yaml", "d.yaml", "é ü/e.intent.yaml")
    write(folder, {name: named(f"w{number}") for number, name in enumerate(names)})
    (folder / "in.intent.yaml").symlink_to("d.yaml")
    (folder / "again.intent.yaml").symlink_to("a/intent.yaml")
    (folder / "out.intent.yaml").symlink_to("../secret.yaml")
    (folder / "linked").symlink_to("a")
    committed(tmp_path, {"secret.yaml": named("secret")})
    monkeypatch.chdir(tmp_path)
    on_disk = generate(Request(("models",)))
    names_then, found_then = seen("HEAD", "models")
    assert names_then == [manifest.identity[3] for manifest in on_disk.manifests]
    assert found_then == [f"HEAD:{one.file} {one.code}" for one in on_disk.findings]
    assert found_then == ["HEAD:models/out.intent.yaml KG112"]


def test_a_link_that_is_named_is_followed_within_the_revision(tmp_path: Path) -> None:
    write(tmp_path, {"stage/real.yaml": named("one")})
    (tmp_path / "link.yaml").symlink_to("stage/real.yaml")
    (tmp_path / "nowhere.yaml").symlink_to("/etc/hostname")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    committed(tmp_path, {})
    assert seen("HEAD", tmp_path / "link.yaml") == (["one"], [])
    for name in ("nowhere.yaml", "loop.yaml"):
        assert seen("HEAD", tmp_path / name) == ([], [f"HEAD:{tmp_path}/{name} KG601"])


def test_a_file_that_is_too_large_is_told_and_the_next_one_read(tmp_path: Path) -> None:
    committed(tmp_path, {"a.intent.yaml": "#" * (16 * 2**20 + 1), "b.intent.yaml": named("one")})
    assert seen("HEAD", tmp_path) == (["one"], [f"HEAD:{tmp_path}/a.intent.yaml KG109"])


def test_templates_are_those_of_the_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ name }}-more\n"
    committed(tmp_path, {"a.intent.yaml": named("one"), "templates/documents/more.yaml.j2": extra})
    write(tmp_path, {"templates/documents/more.yaml.j2": extra.replace("-more", "-less")})
    monkeypatch.chdir(tmp_path)
    assert seen("HEAD", "a.intent.yaml", templates="templates") == (["one", "one-more"], [])


@pytest.mark.parametrize(
    "revision", ["nowhere", "", "--help", "-q", "HEAD:a.intent.yaml", "a b", "HEAD\nHEAD", "x\0y", "."]
)
def test_what_names_no_commit_is_told(revision: str, tmp_path: Path) -> None:
    committed(tmp_path, {"a.intent.yaml": named("one")})
    assert seen(revision, tmp_path) == ([], [f"{revision or '--against'} KG641"])


def test_nothing_that_the_repository_brings_is_run(tmp_path: Path) -> None:
    """Filters, hooks, helpers and aliases of its configuration, an object that only a remote has, and a hook's own variables."""
    committed(tmp_path, {"a.intent.yaml": named("one"), ".gitattributes": "* filter=evil diff=evil\n"})
    witness = tmp_path / "witness"
    evil = f"touch {witness}; cat"
    for name in (
        "filter.evil.smudge",
        "diff.evil.textconv",
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "alias.ls-tree",
    ):
        git(tmp_path, "config", name, f"!{evil}" if name.startswith("alias") else evil)
    assert seen("HEAD", tmp_path) == (["one"], [])
    assert not witness.exists()


def test_a_partial_clone_fetches_nothing(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    committed(origin, {"a.intent.yaml": named("one")})
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{origin}", "clone")
    assert seen("HEAD", tmp_path / "clone") == ([], ["HEAD KG644"])


def test_variables_that_a_hook_sets_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(tmp_path / "one", {"a.intent.yaml": named("one")})
    committed(tmp_path / "other", {"a.intent.yaml": named("other")})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere")
    monkeypatch.chdir(tmp_path / "one")
    assert seen("HEAD", ".") == (["one"], [])
