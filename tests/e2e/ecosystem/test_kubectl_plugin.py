"""kubectl's plugin under a real kubectl; that krew installs it, test_release.py has."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

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
