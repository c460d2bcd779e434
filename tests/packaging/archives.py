"""Builds the two archives of a release and lists what is in them."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
#: Folders whose files are carried whole: the list names the folder with a slash at its end.
WHOLE = "/"
#: Where the packages stand in the checkout.
SOURCES = "generator/"


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


def listed(name: str, root: Path) -> list[str]:
    """The files that a list names, those of whole folders as the checkout has them."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    found: list[str] = []
    for line in (line for line in lines if line and not line.startswith("#")):
        found += below(root, line) if line.endswith(WHOLE) else [line]
    return sorted(found)


def below(root: Path, folder: str) -> list[str]:
    """What stands below `folder` in the checkout, caches of Python and of tools left out."""
    place = root / in_checkout(root, folder)
    found = []
    for holder, folders, files in os.walk(place):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.endswith("_cache")]
        found += [Path(holder, name).relative_to(place).as_posix() for name in files if name != ".DS_Store"]
    return [folder + name for name in found]


def in_checkout(root: Path, name: str) -> str:
    """Where the checkout has what an archive has under that name: the wheel has the package at its top."""
    if not name.startswith("kaitogen/"):
        return name
    return SOURCES + name if (root / SOURCES / name).exists() else name.removeprefix("kaitogen/")
