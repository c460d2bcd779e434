"""What a release holds: each file of the wheel and the sdist is on a written list."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.packaging import archives

pytestmark = pytest.mark.checkout

HERE = Path(__file__).parent
#: Folders whose files are carried whole: the list names the folder with a slash at its end.
WHOLE = "/"


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    archives.build(root, out)
    return out


def _listed(name: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _below(root: Path, folder: str) -> list[str]:
    """What stands below `folder` in the checkout, caches of Python and of tools left out."""
    found = []
    for place, folders, files in os.walk(root / folder):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.endswith("_cache")]
        found += [Path(place, name).relative_to(root).as_posix() for name in files if name != ".DS_Store"]
    return found


def test_wheel_holds_what_is_listed(built: Path, update_expected: bool) -> None:
    files = archives.wheel_files(built)
    if update_expected:
        (HERE / "wheel-files.txt").write_text("\n".join(files) + "\n", encoding="utf-8")
    assert files == _listed("wheel-files.txt")


def test_wheel_holds_the_very_files_of_the_checkout(built: Path, root: Path) -> None:
    """So that `make wheel-test` need not ask once more what the same code does."""
    held = archives.wheel_contents(built, "kaitogen/")
    places = {name: root / "generator" / name for name in held} | {
        name: root / name.removeprefix("kaitogen/")
        for name in held
        if not (root / "generator" / name).is_file()
    }
    assert [name for name, content in held.items() if places[name].read_bytes() != content] == []


def test_wheel_holds_every_data_file(built: Path, root: Path) -> None:
    """A git-ignored file in a data folder would vanish from the wheel without a word."""
    files = set(archives.wheel_files(built))
    data = [name for folder in ("schemas", "templates", "overlays") for name in _below(root, folder)]
    assert data
    assert [name for name in data if f"kaitogen/{name}" not in files] == []


def test_sdist_holds_what_is_listed(built: Path, root: Path) -> None:
    listed = _listed("sdist-files.txt")
    expected = [name for name in listed if not name.endswith(WHOLE)]
    for folder in listed:
        if folder.endswith(WHOLE):
            expected += _below(root, folder)
    assert archives.sdist_files(built) == sorted(expected)


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
