"""A glob of an application that cannot see everything says so: what it leaves out, Argo CD would prune."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kaitogen.integrations.argocd import folder


@pytest.fixture(autouse=True)
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("open", "closed"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "intent.yaml").touch()
    monkeypatch.chdir(tmp_path)


def messages(pattern: str) -> list[str]:
    found = folder.included((pattern,), folder.root("application", ""), "parameter include")
    return [f"{one.code} {one.message}" for one in found.findings]


def test_nothing_is_said_where_everything_was_seen() -> None:
    assert messages("**/*.yaml") == []


def test_folder_that_cannot_be_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def refusing(path: str) -> object:
        if os.path.normpath(path) == "closed":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert messages("**/*.yaml") == ["KG157 closed cannot be looked into: permission denied"]


def test_more_files_than_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_ENTRIES", 2)
    assert messages("**/*.yaml") == ["KG157 . holds more than 2 files, too many for a glob"]


def test_folder_that_became_a_link_tells_no_name_of_what_it_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hidden.yaml").touch()
    monkeypatch.chdir(tmp_path / "open")
    Path("below").mkdir()
    original: Callable[..., int] = os.open

    def opened(path: str, *args: object) -> int:
        if os.path.normpath(path) == "below" and not os.path.islink(path):
            Path(path).rmdir()
            Path(path).symlink_to("..")
        return original(path, *args)

    monkeypatch.setattr(os, "open", opened)
    assert messages("**/*.yaml") == ["KG157 below cannot be looked into: too many levels of symbolic links"]
