"""Loaded by every Python that is started for a mutant: compiles one module of the package without one of its rules."""

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
    from tests.mutation.sites import without

    path = self.get_filename(fullname)
    line, _, column = _PLACE.partition(":")
    return compile(without(Path(path).read_text(encoding="utf-8"), int(line), int(column)), path, "exec")


_before = SourceFileLoader.get_code
if _NAME:
    SourceFileLoader.get_code = _get_code  # type: ignore[assignment, method-assign]  # what the hook is for
