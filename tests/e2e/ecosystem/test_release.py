"""What the release workflow builds, by the very script and the packages that it uses; krew installs the plugin of it."""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import venv
from pathlib import Path
from typing import Final

import pytest
import yaml

from kaitogen import __version__
from tests.e2e.ecosystem.steps import ROOT, Ran, run
from tests.e2e.fetched import built

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

ASSETS: Final = ["SHA256SUMS", "kaitogen.cdx.json", "kaitogen.yaml", "kubectl-kaitogen.tar.gz"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout as it is now, of what git knows or would take."""
    folder = tmp_path_factory.mktemp("release")
    words = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]  # fmt: skip
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with requirements/release.txt alone, installed by hashes."""
    folder = tmp_path_factory.mktemp("tools")
    venv.create(folder, with_pip=True)
    pip = [
        str(folder / "bin" / "pip"),
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--require-hashes",
    ]
    subprocess.run([*pip, "--requirement", str(ROOT / "requirements" / "release.txt")], check=True)
    return {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def build(checkout: Path, tools: dict[str, str], tag: str) -> Ran:
    return run(["sh", str(checkout / "scripts" / "build_release.sh")], tag, checkout, tools)


def test_a_tag_that_is_not_the_version_is_refused(checkout: Path, tools: dict[str, str]) -> None:
    ran = build(checkout, tools, "v9.9.9")
    assert ran == (1, f"build_release: the tag is v9.9.9, and kaitogen is {__version__}\n")


@pytest.fixture(scope="module")
def released(checkout: Path, tools: dict[str, str]) -> tuple[Path, Path]:
    """The folders of the archives and of what goes beside them."""
    ran = build(checkout, tools, f"v{__version__}")
    assert ran.code == 0, ran.out
    return checkout / "dist", checkout / "assets"


def test_release_holds_what_it_promises(released: tuple[Path, Path]) -> None:
    dist, assets = released
    assert sorted(one.name for one in dist.iterdir()) == [
        f"kaitogen-{__version__}-py3-none-any.whl", f"kaitogen-{__version__}.tar.gz",
    ]  # fmt: skip
    assert sorted(one.name for one in assets.iterdir()) == ASSETS

    lines = [line.split() for line in (assets / "SHA256SUMS").read_text("utf-8").splitlines()]
    sums = {name: digest for digest, name in lines}
    files = {one.name: one for folder in (dist, assets) for one in folder.iterdir() if one.name in sums}
    assert len(files) == len(sums) == len(ASSETS) + 1
    assert {name: hashlib.sha256(one.read_bytes()).hexdigest() for name, one in files.items()} == sums

    bill = json.loads((assets / "kaitogen.cdx.json").read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "kaitogen"
    assert {"click", "jinja2", "jsonschema", "pyyaml"} <= {one["name"] for one in bill["components"]}

    with tarfile.open(assets / "kubectl-kaitogen.tar.gz") as archive:
        assert sorted(archive.getnames()) == ["LICENSE", "kubectl-kaitogen"]
    (platform,) = yaml.safe_load((assets / "kaitogen.yaml").read_text("utf-8"))["spec"]["platforms"]
    assert platform["sha256"] == sums["kubectl-kaitogen.tar.gz"]
    assert f"/v{__version__}/" in platform["uri"]


def test_krew_installs_the_plugin(released: tuple[Path, Path], tmp_path: Path) -> None:
    """By the manifest of the release, whose rules and hash krew checks, and from its archive."""
    manifest, archive = (released[1] / name for name in ("kaitogen.yaml", "kubectl-kaitogen.tar.gz"))
    words = ["install", f"--manifest={manifest}", f"--archive={archive}"]
    env = {**os.environ, "KREW_ROOT": str(tmp_path)}
    done = subprocess.run([built("krew"), *words], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Installed plugin: kaitogen" in done.stderr
    assert os.access(tmp_path / "bin" / "kubectl-kaitogen", os.X_OK)
