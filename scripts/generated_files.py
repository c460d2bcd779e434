"""What the scripts share that make files of this repository: their command line, and writing or checking what they make."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def arguments(about: str | None, source: str = "") -> argparse.Namespace:
    """`check`, and `folder` where the script reads one: `source` says what lies in it."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    if source:
        parser.add_argument("folder", metavar="FOLDER", type=Path, help=source)
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed files, write nothing"
    )
    return parser.parse_args()


def settle(wanted: Mapping[Path, str], *, check: bool, there: Iterable[Path] = ()) -> int:
    """Make the wanted texts stand in their files, and of the files that are there no other be left.

    With `check` nothing is written: what is stale is said, and the exit code is 1 where anything is.
    """
    stale = sorted(path for path in wanted.keys() | set(there) if wanted.get(path) != _text(path))
    for path in stale:
        if check:
            print(f"{path.relative_to(ROOT)} is not what make generate writes now", file=sys.stderr)
        elif path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return 1 if check and stale else 0


def _text(path: Path) -> str | None:
    return path.read_bytes().decode() if path.is_file() else None
