"""What the scripts share that derive files from the folder of KAITO's CRDs: their command line, and writing or checking."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def arguments(about: str | None) -> argparse.Namespace:
    """`folder`, where the CRDs are, and `check`."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folder", metavar="CRDS_FOLDER", type=Path, help="folder of the CRDs, one folder a release"
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed files, write nothing"
    )
    return parser.parse_args()


def settle(folder: Path, wanted: Mapping[str, str], *, check: bool) -> int:
    """Make the folder hold exactly the wanted texts by path below it; with `check` say what is stale, and 1 where anything is."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}
    stale = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if check:
        for name in stale:
            print(f"{folder.relative_to(ROOT)}/{name} is not what this script writes now", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        if name in wanted:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (folder / name).unlink()
    return 0
