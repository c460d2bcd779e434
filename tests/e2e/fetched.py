"""Programs of these tests that the project's own scripts fetch."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def program(script: str, what: str) -> Path:
    """What a script of scripts/ has fetched; it fails where that is not there."""
    path = ROOT / "scripts" / script
    found = subprocess.run(["sh", path, "--path"], capture_output=True, text=True, check=True).stdout.strip()
    assert Path(found).is_file(), f"no {what} at {found}: `make e2e` fetches it"
    return Path(found)


def built(name: str) -> Path:
    """What scripts/build_tools.sh has built of tests/e2e/NAME; it fails where that is not there."""
    words = ["sh", str(ROOT / "scripts" / "build_tools.sh"), "--path", name]
    found = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    assert Path(found).is_file(), f"no {name} at {found}: `make e2e` builds it"
    return Path(found)
