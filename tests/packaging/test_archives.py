"""What a release holds: each file of the wheel and the sdist, or the folder it stands in, is on a written list."""

import subprocess
from pathlib import Path

import pytest

from tests.packaging import archives

pytestmark = pytest.mark.checkout


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    archives.build(root, out)
    return out


def test_wheel_holds_what_is_listed(built: Path, root: Path) -> None:
    assert archives.wheel_files(built) == archives.listed("wheel-files.txt", root)


def test_wheel_holds_the_very_files_of_the_checkout(built: Path, root: Path) -> None:
    """So that `make wheel-test` need not ask once more what the same code does."""
    held = archives.wheel_contents(built, "kaitogen/")
    wrong = [name for name in held if (root / archives.in_checkout(root, name)).read_bytes() != held[name]]
    assert wrong == []


def test_wheel_holds_every_data_file(built: Path, root: Path) -> None:
    """A git-ignored file in a data folder would vanish from the wheel without a word."""
    files = set(archives.wheel_files(built))
    data = [
        name for folder in ("schemas/", "templates/", "overlays/") for name in archives.below(root, folder)
    ]
    assert data
    assert [name for name in data if f"kaitogen/{name}" not in files] == []


def test_sdist_holds_what_is_listed(built: Path, root: Path) -> None:
    assert archives.sdist_files(built) == archives.listed("sdist-files.txt", root)


def test_archives_are_the_same_from_build_to_build(built: Path, root: Path, tmp_path: Path) -> None:
    archives.build(root, tmp_path)
    first = {path.name: path.read_bytes() for path in built.iterdir()}
    again = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(first) == sorted(again)
    assert [name for name in first if first[name] != again[name]] == []


def test_nothing_git_tracks_is_ignored_as_well(root: Path) -> None:
    """Such a file is in the repository and yet left out of the archives."""
    if not (root / ".git").exists():
        pytest.skip("not a clone: there is no git to ask")
    command = ["git", "-C", str(root), "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == ""
