"""Loaded by every Python that is started for a mutant: takes one module of the package from another file.

It imports nothing that tests of start-up would miss.
"""

import os
from importlib.machinery import SourceFileLoader
from types import CodeType

_NAME, _, _FILE = os.environ.get("KAITOGEN_MUTANT", "").partition(" ")


def _get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
    if fullname != _NAME:
        return _before(self, fullname)
    with open(_FILE, encoding="utf-8") as file:
        return compile(file.read(), self.get_filename(fullname), "exec")


_before = SourceFileLoader.get_code
if _NAME:
    SourceFileLoader.get_code = _get_code  # type: ignore[assignment, method-assign]  # what the hook is for
