"""Count what one intent walks through: the functions and files of kaitogen that a command calls.

    python scripts/walk.py [render|argocd|krm]... [--list]

Each command runs under `sys.setprofile` in a process of its own, from `__main__.run` on, imports and
generated code included. With --list the files are printed in the order in which they are first
entered, with the functions called in each.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import CodeType, FrameType

from kaitogen import __main__ as entry

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = str(ROOT / "generator" / "kaitogen") + os.sep
INTENT = (ROOT / "examples" / "count.intent.yaml").read_text(encoding="utf-8")
GENERATOR = {
    "apiVersion": "kaitogen.io/v1alpha1",
    "kind": "WorkspaceGenerator",
    "metadata": {"name": "models"},
    "spec": {"files": ["intent.yaml"]},
}
RESOURCE_LIST = {
    "apiVersion": "config.kubernetes.io/v1",
    "kind": "ResourceList",
    "items": [],
    "functionConfig": GENERATOR,
}
COMMANDS: dict[str, tuple[list[str], str]] = {
    "render": (["render", "intent.yaml"], ""),
    "argocd": (["argocd", "generate"], ""),
    "krm": (["krm"], json.dumps(RESOURCE_LIST)),
}


class Walk:
    """The calls into the package, as the interpreter reports them."""

    def __init__(self) -> None:
        self.calls = 0
        self.moves = 0
        self.functions: dict[CodeType, None] = {}
        self._last = ""

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        """One event of the profiler; what is no call of a function of the package is passed over."""
        code = frame.f_code
        if event != "call" or code.co_name == "<module>" or not code.co_filename.startswith(PACKAGE):
            return
        self.calls += 1
        self.moves += code.co_filename != self._last
        self._last = code.co_filename
        self.functions[code] = None

    def files(self) -> dict[str, list[str]]:
        """The names of the functions by file, both in the order of their first call."""
        by_file: dict[str, list[str]] = {}
        for code in self.functions:
            by_file.setdefault(code.co_filename.removeprefix(PACKAGE), []).append(code.co_qualname)
        return by_file


def walk(arguments: list[str]) -> Walk:
    """A command line run in this process."""
    walked = Walk()
    sys.setprofile(walked.note)
    code = entry.run(arguments)
    sys.setprofile(None)
    if code:
        raise SystemExit(f"{' '.join(arguments)} ended with exit code {code}")
    return walked


def main() -> None:
    """Walk each command in a process of its own and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("commands", nargs="*", choices=[*COMMANDS, []], default=[])
    parser.add_argument("--list", action="store_true", help="name the files and functions")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        found = walk(COMMANDS[options.inside][0])
        files = found.files()
        print(
            f"{options.inside:8} {len(found.functions):4} functions {len(files):3} files "
            f"{found.calls:5} calls {found.moves:4} changes of file",
            file=sys.stderr,
        )
        if options.list:
            for file, functions in files.items():
                print(f"  {file}: {', '.join(functions)}", file=sys.stderr)
        return
    for name in options.commands or COMMANDS:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "intent.yaml").write_text(INTENT, encoding="utf-8")
            given = Path(folder, "stdin")
            given.write_text(COMMANDS[name][1], encoding="utf-8")
            command = [sys.executable, __file__, "--inside", name, *(["--list"] if options.list else [])]
            with given.open("rb") as stdin:
                subprocess.run(command, cwd=folder, stdin=stdin, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
