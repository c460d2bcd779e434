"""Which files are opened: what was opened counts, and not what its name led to a moment before."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kaitogen.model import Request
from kaitogen.pipeline import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outside.yaml").write_text("secret: 1\n", encoding="utf-8")
    (tmp_path / "folder" / ".git").mkdir(parents=True)
    (tmp_path / "folder" / ".git" / "config").write_text("secret: 1\n", encoding="utf-8")
    (tmp_path / "folder" / "a.intent.yaml").write_text("a: 1\n", encoding="utf-8")
    return tmp_path / "folder"


def swapping(monkeypatch: pytest.MonkeyPatch, name: Path, target: str) -> None:
    """Let the file or folder become a link between the look at its name and its opening."""
    original: Callable[..., int] = os.open

    def opened(path: str, *args: object) -> int:
        if path == str(name) and not name.is_symlink():
            name.rename(name.with_name("before"))
            name.symlink_to(target)
        return original(path, *args)

    monkeypatch.setattr(os, "open", opened)


@pytest.mark.parametrize("target", ["../outside.yaml", ".git/config", "/proc/self/environ"])
def test_link_that_came_after_the_look_is_not_followed_out(
    target: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapping(monkeypatch, folder / "a.intent.yaml", target)
    loaded = load.load(Request((str(folder),)))
    assert ([one.code for one in loaded.findings], loaded.documents) == (["KG112"], [])


@pytest.mark.parametrize("target", ["../outside.yaml", ".git/config"])
def test_the_same_of_a_file_that_is_named_and_of_facts(
    target: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(folder / "a.intent.yaml")
    swapping(monkeypatch, folder / "a.intent.yaml", target)
    within = str(folder.resolve())
    assert [one.code for one in load.load(Request((name,), within=within)).findings] == ["KG112"]
    swapping(monkeypatch, folder / "a.intent.yaml", target)
    facts = load.load_inventory(Request(inventory=(name,), within=within))
    assert [one.code for one in facts.findings] == ["KG112"]


def test_no_folder_widens_what_may_be_read(folder: Path) -> None:
    """An application's folder may have become a link after its name was looked at."""
    (folder / "linked").symlink_to(folder.parent)
    (folder.parent / "b.intent.yaml").write_text("secret: 1\n", encoding="utf-8")
    loaded = load.load(Request((str(folder / "linked"),), within=str(folder.resolve())))
    assert [(one.code, one.file) for one in loaded.findings] == [("KG112", str(folder / "linked"))]
    assert loaded.documents == []


@pytest.mark.parametrize("target", ["../..", "../.git"])
def test_folder_that_became_a_link_tells_no_name_of_what_it_leads_to(
    target: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = folder / "below" / "sub"
    below.mkdir(parents=True)
    for place in (folder.parent, folder / ".git"):
        (place / "hidden.intent.yaml").touch()
    swapping(monkeypatch, below, f"../{target}")
    loaded = load.load(Request((str(folder),)))
    assert [(one.code, one.file) for one in loaded.findings] == [("KG112", str(below))]


def test_what_finished_manifests_are_looked_for_in_is_no_file_from_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.intent.yaml").rename(folder / "a.yaml")
    (folder.parent / "outside.yaml").write_text("apiVersion: kaito.sh/v1beta1\n", encoding="utf-8")
    swapping(monkeypatch, folder / "a.yaml", "../outside.yaml")
    (said,) = load.load(Request((str(folder),))).findings
    assert "a.yaml" not in said.message


def test_link_that_becomes_a_file_while_it_is_looked_at_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = folder / "b.intent.yaml"
    name.symlink_to("../outside.yaml")
    original = os.readlink

    def readlink(path: str) -> str:
        if path == str(name):
            name.unlink()
            name.write_text("b: 1\n", encoding="utf-8")
        return original(path)

    monkeypatch.setattr(os, "readlink", readlink)
    loaded = load.load(Request((str(folder),)))
    assert (loaded.findings, [one.value for one in loaded.documents]) == ([], [{"a": 1}, {"b": 1}])


def test_link_within_the_folder_is_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "b.txt").write_text("b: 1\n", encoding="utf-8")
    swapping(monkeypatch, folder / "a.intent.yaml", "b.txt")
    loaded = load.load(Request((str(folder),)))
    assert (loaded.findings, [one.value for one in loaded.documents]) == ([], [{"b": 1}])


@pytest.mark.parametrize("text", ["a: 12345\n", "a: 1", ""])
def test_file_that_changes_its_size_while_it_is_read_is_read_to_its_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    original = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        info = original(descriptor)
        (folder / "a.intent.yaml").write_text(text, encoding="utf-8")
        return info

    monkeypatch.setattr(os, "fstat", fstat)
    request = Request((str(folder / "a.intent.yaml"),))
    assert [one.text for one in load.load(request).documents] == ([text] if text else [])
