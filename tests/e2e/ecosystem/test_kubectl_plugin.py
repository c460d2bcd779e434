"""kubectl's plugin under a real kubectl, and its manifest by the rules that krew's index has."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import yaml

from kaitogen import __version__
from tests.e2e.ecosystem.steps import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

FOLDER: Final = ROOT / "deploy" / "krew"
KUBECTL: Final = Path(sys.executable).with_name("kubectl")


def kubectl(path: list[Path], *words: str) -> tuple[int, str]:
    env = {"PATH": os.pathsep.join([*map(str, path), "/usr/bin", "/bin"])}
    done = subprocess.run([KUBECTL, *words], env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_kubectl_runs_kaitogen(tmp_path: Path) -> None:
    (tmp_path / "kaitogen").symlink_to(Path(sys.executable).with_name("kaitogen"))
    code, said = kubectl([FOLDER, tmp_path], "kaitogen", "version")
    assert (code, said.split()[:2]) == (0, ["kaitogen", __version__])
    assert kubectl([FOLDER, tmp_path], "kaitogen", "explain", "KG999")[0] != 0


def test_without_kaitogen_it_says_what_to_do() -> None:
    assert shutil.which("kaitogen", path="/usr/bin:/bin") is None
    code, said = kubectl([FOLDER], "kaitogen", "version")
    assert code != 0
    assert "kaitogen is not on PATH; install it" in said


def test_manifest_keeps_krews_rules() -> None:
    """Those of its internal/index/validation: names, one word of a version, hashes, and files that are there."""
    text = (FOLDER / "kaitogen.yaml").read_text(encoding="utf-8")
    manifest = yaml.safe_load(text.replace("@VERSION@", __version__).replace("@SHA256@", "0" * 64))
    spec = manifest["spec"]
    assert manifest["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2"
    assert manifest["kind"] == "Plugin"
    assert re.fullmatch(r"[\w-]+", manifest["metadata"]["name"])
    assert spec["version"] == f"v{__version__}"
    assert 0 < len(spec["shortDescription"]) <= 50
    assert spec["description"]
    assert spec["homepage"].startswith("https://")
    for platform in spec["platforms"]:
        assert re.fullmatch(r"[0-9a-f]{64}", platform["sha256"])
        assert platform["uri"].startswith("https://")
        assert platform["bin"] in [one["from"] for one in platform["files"]]
        for one in platform["files"]:
            assert (FOLDER / one["from"]).is_file() or (ROOT / one["from"]).is_file()
