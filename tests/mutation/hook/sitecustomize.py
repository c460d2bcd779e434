"""Loaded by every Python that is started for a mutant: compiles one module of the package without one of its rules, or with a place turned round."""

import os
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

_NAME, _, _PLACE = os.environ.get("KAITOGEN_MUTANT", "").partition(" ")


def _get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
    if fullname != _NAME:
        return _before(self, fullname)
    sys.path.insert(0, os.environ["KAITOGEN_MUTANT_ROOT"])
    from tests.mutation.flips import flipped
    from tests.mutation.sites import without

    path = self.get_filename(fullname)
    source = Path(path).read_text(encoding="utf-8")
    line, _, number = _PLACE.partition(":")
    tree = flipped(source, int(number)) if line == "flip" else without(source, int(line), int(number))
    return compile(tree, path, "exec")


_before = SourceFileLoader.get_code
if _NAME:
    SourceFileLoader.get_code = _get_code  # type: ignore[assignment, method-assign]  # what the hook is for
