"""Builds the two archives of a release and lists what is in them."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path


def build(root: Path, out: Path) -> None:
    """Build the sdist of `root`, and the wheel from that sdist, into `out`; needs no network."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the build failed:\n{done.stdout}\n{done.stderr}")


def wheel_files(out: Path) -> list[str]:
    """The files of the one wheel in `out`, the version in its metadata folder left out."""
    (wheel,) = out.glob("*.whl")
    version = wheel.name.split("-")[1]
    with zipfile.ZipFile(wheel) as archive:
        return sorted(name.replace(f"-{version}.", "-VERSION.") for name in archive.namelist())


def wheel_contents(out: Path, below: str) -> dict[str, bytes]:
    """What the files of the one wheel in `out` that stand below a folder hold, by name."""
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith(below)}


def sdist_files(out: Path) -> list[str]:
    """The files of the one sdist in `out`, below its top folder."""
    (sdist,) = out.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return sorted(member.name.partition("/")[2] for member in archive if member.isfile())
