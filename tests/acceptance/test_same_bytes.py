"""The same input gives the same bytes, whatever surrounds the run."""

import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import kaitogen

SURROUNDINGS = [
    {"PYTHONHASHSEED": "0"},
    {"PYTHONHASHSEED": "4242"},
    {"LC_ALL": "C"},
    {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    {"PYTHONUTF8": "0", "LC_ALL": "POSIX"},
    {"TZ": "Pacific/Kiritimati"},
    {"HOME": "/nowhere", "TMPDIR": "/nowhere"},
    {"COLUMNS": "20", "TERM": "dumb"},
]


@pytest.fixture(scope="module")
def plain(root: Path) -> bytes:
    done = kaitogen("render", "examples", cwd=root)
    assert done.code == 0, done.said
    return done.output


@pytest.mark.parametrize("env", SURROUNDINGS, ids="-".join)
def test_environment_does_not_matter(root: Path, plain: bytes, env: dict[str, str]) -> None:
    assert kaitogen("render", "examples", cwd=root, env=env).output == plain


def test_working_directory_does_not_matter(root: Path, plain: bytes, tmp_path: Path) -> None:
    assert kaitogen("render", root / "examples", cwd=tmp_path).output == plain
    assert kaitogen("render", cwd=root / "examples").output == plain


def test_order_of_creation_does_not_matter(root: Path, plain: bytes, tmp_path: Path) -> None:
    for path in sorted((root / "examples").glob("*.intent.yaml"), reverse=True):
        shutil.copy(path, tmp_path / path.name)
    assert kaitogen("render", tmp_path).output == plain


def test_json_holds_the_same_objects_in_the_same_order(root: Path, plain: bytes) -> None:
    import json

    import yaml

    done = kaitogen("render", "--output-format", "json", "examples", cwd=root)
    listed = json.loads(done.output)
    assert (listed["apiVersion"], listed["kind"]) == ("v1", "List")
    assert listed["items"] == list(yaml.safe_load_all(plain))


def test_rendering_into_a_folder_holds_the_same_objects(root: Path, plain: bytes, tmp_path: Path) -> None:
    assert kaitogen("render", root / "examples", "-o", tmp_path / "out").code == 0
    files = sorted(path.read_bytes() for path in (tmp_path / "out").glob("*.yaml"))
    assert files == sorted(plain.split(b"---\n"))
