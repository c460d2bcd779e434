"""Imports compiled modules of kaitogen with five calls of the system each: Python's own search is a ninth of a render.

What is not as usual (bytecode that is missing, stale, told by a hash or from another folder, kaitogen inside an archive,
an option that moves the caches) is left to Python itself, whose finders come next.
"""

import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from marshal import loads

TYPE_CHECKING = False  # nothing that Python has not loaded at its start: this comes before `kaitogen.typed`
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

_CACHE = f"__pycache__/%s.{sys.implementation.cache_tag}.pyc"
#: How bytecode begins that names its source's time and size, which come next, in four bytes each (PEP 552).
_BY_TIME = MAGIC_NUMBER + bytes(4)
_FOUR_BYTES = 0xFFFFFFFF


def install() -> None:
    """Find kaitogen's modules here first, for the rest of this process."""
    if os.name == "posix" and sys.pycache_prefix is None and not sys.flags.optimize:
        sys.meta_path.insert(0, _Finder())


class _Finder:
    def find_spec(self, name: str, path: "Sequence[str] | None", _: object = None, /) -> ModuleSpec | None:
        """The module, its bytecode read and found to be of its source; None for any other."""
        if not path or not name.startswith("kaitogen."):
            return None
        folder, last = path[0], name[name.rindex(".") + 1 :]
        inside = None
        try:
            try:
                source = os.stat(f"{folder}/{last}.py")
            except FileNotFoundError:
                folder, last = f"{folder}/{last}", "__init__"
                inside = [folder]
                source = os.stat(f"{folder}/{last}.py")
            cached = f"{folder}/{_CACHE % last}"
            compiled = _read(cached)
        except OSError:
            return None
        told = int(source.st_mtime) & _FOUR_BYTES | (source.st_size & _FOUR_BYTES) << 32
        if compiled[:8] != _BY_TIME or int.from_bytes(compiled[8:16], "little") != told:
            return None
        file = f"{folder}/{last}.py"
        spec = ModuleSpec(name, _Loader(name, file, compiled), origin=file)
        spec.has_location, spec.cached, spec.submodule_search_locations = True, cached, inside
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, compiled: bytes) -> None:
        super().__init__(name, path)
        self._compiled = compiled

    def create_module(self, spec: ModuleSpec) -> "ModuleType":
        """The module with what Python would ask it for first, and take an error each for what it lacks."""
        module = type(sys)(spec.name)
        vars(module).update(__file__=spec.origin, __cached__=spec.cached)
        if spec.submodule_search_locations is not None:
            module.__path__ = spec.submodule_search_locations
        return module

    def exec_module(self, module: "ModuleType") -> None:
        """Run the bytecode that was read, once: a module that is loaded again is looked for again."""
        code = loads(memoryview(self._compiled)[16:])  # noqa: S302 - what Python wrote, as it reads it itself
        del self._compiled
        if code.co_filename != self.path:
            code = self.get_code(self.name)
        exec(code, module.__dict__)  # noqa: S102 - that is what importing is


def _read(file: str) -> bytes:
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)
