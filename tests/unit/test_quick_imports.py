"""What is imported the quick way: compiled modules that are of their source, and nothing else."""

import json
import os
import py_compile
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path
from py_compile import PycInvalidationMode
from types import ModuleType

import pytest

from kaitogen.quick_imports import _Finder

#: The command, with its end left out, and which of its modules were found by whom.
PROBE = """
import json, os, runpy, sys
os._exit = lambda code: None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0])
found = {name: type(module.__loader__).__name__ for name, module in sys.modules.items() if name.startswith("kaitogen.")}
print(json.dumps(found), file=sys.stderr)
"""


def compiled(folder: Path, text: str = "answer = 42\n", *, mode: PycInvalidationMode | None = None) -> Path:
    source = folder / "thing.py"
    source.write_text(text)
    py_compile.compile(str(source), invalidation_mode=mode or PycInvalidationMode.TIMESTAMP, doraise=True)
    return source


def imported(folder: Path, name: str = "kaitogen.thing") -> ModuleType | None:
    """What the finder makes of a module below a package that lies in the folder; None where it leaves it alone."""
    spec = _Finder().find_spec(name, [str(folder)])
    if spec is None:
        return None
    assert spec.loader is not None
    module = ModuleType(name)
    module.__spec__ = spec
    spec.loader.exec_module(module)
    return module


def test_a_compiled_module_is_run_and_knows_where_it_is(tmp_path: Path) -> None:
    source = compiled(tmp_path)
    module = imported(tmp_path)
    assert module is not None
    assert module.answer == 42
    assert module.__spec__ is not None
    assert (module.__spec__.origin, module.__spec__.cached) == (str(source), cache_from_source(str(source)))


def test_a_package_knows_its_folder(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "__init__.py").write_text("")
    py_compile.compile(str(tmp_path / "room" / "__init__.py"))
    spec = _Finder().find_spec("kaitogen.room", [str(tmp_path)])
    assert spec is not None
    assert spec.submodule_search_locations == [str(tmp_path / "room")]


def test_a_source_that_changed_is_left_to_python(tmp_path: Path) -> None:
    source = compiled(tmp_path)
    status = source.stat()
    source.write_text("answer = 4200\n")  # in the same second
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert imported(tmp_path) is None
    source.write_text("answer = 43\n")  # of the same size
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns + 2_000_000_000))
    assert imported(tmp_path) is None


@pytest.mark.parametrize("mode", [PycInvalidationMode.CHECKED_HASH, PycInvalidationMode.UNCHECKED_HASH])
def test_bytecode_told_by_a_hash_is_left_to_python(tmp_path: Path, mode: PycInvalidationMode) -> None:
    compiled(tmp_path, mode=mode)
    assert imported(tmp_path) is None


def test_what_is_not_compiled_and_what_is_not_there_is_left_to_python(tmp_path: Path) -> None:
    source = compiled(tmp_path)
    Path(cache_from_source(str(source))).unlink()
    assert imported(tmp_path) is None
    assert imported(tmp_path, "kaitogen.other") is None
    assert _Finder().find_spec("thing", [str(tmp_path)]) is None


def test_bytecode_of_a_tree_that_was_moved_names_its_new_place(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    compiled(tmp_path / "old", "def f():\n    return 1\n")
    moved = (tmp_path / "old").rename(tmp_path / "new")
    module = imported(moved)
    assert module is not None
    assert module.f.__code__.co_filename == str(moved / "thing.py")


def test_the_command_finds_its_own_modules_so(root: Path, tmp_path: Path) -> None:
    script, intent = root / "generator" / "bin" / "kaitogen", root / "examples" / "auto.intent.yaml"
    command = [sys.executable, "-c", PROBE, str(script), "render", str(intent)]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root / "generator"), "HOME": str(tmp_path)}
    for _ in range(2):  # the first run compiles what is not compiled yet
        done = subprocess.run(command, capture_output=True, check=True, env=environment)
    found = json.loads(done.stderr.decode().splitlines()[-1])
    others = {name for name, finder in found.items() if finder != "_Loader"}
    assert len(found) > 40
    assert others == {"kaitogen.quick_imports", "kaitogen.__main__"}
