"""Runs a command of Python with one module of the package in another form."""

import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "generator" / "kaitogen"
PYTEST: Final = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider")
HOOK: Final = Path(__file__).parent / "hook"
_TIMEOUT: Final = 300


def module_name(module: str) -> str:
    """How a module is imported, by its path below the package."""
    return f"kaitogen.{module.removesuffix('.py').replace('/', '.').removesuffix('.__init__')}"


def fails(command: Sequence[str], module: str = "", tree: ast.Module | None = None) -> bool:
    """Whether Python with these arguments fails where the module is what the tree says; what never ends fails."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mutant.py"
        file.write_text(ast.unparse(tree) if tree else "", encoding="utf-8")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(HOOK), str(ROOT))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_PROFILE": "quick",
            "KAITOGEN_MUTANT": f"{module_name(module)} {file}" if tree else "",
        }
        try:
            done = subprocess.run(
                [sys.executable, *command],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                timeout=_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return True
        return done.returncode != 0
