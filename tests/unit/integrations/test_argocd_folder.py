"""A glob of an application that cannot see everything says so: what it leaves out, Argo CD would prune."""

import os
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
