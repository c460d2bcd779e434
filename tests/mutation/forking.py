"""Runs the nearest tests of many mutants in children of one process, which has collected the tests already."""

import ast
import inspect
import os
import resource
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Final, NamedTuple, NoReturn

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.running import HOOK, module_name

#: Seconds of processor time, which a busy machine does not stretch, and of the clock, for what only waits.
_PROCESSOR: Final = 120
_CLOCK: Final = 1800


class Mutant(NamedTuple):
    """A module of the package by its path below it, in another form; None: as it is.

    `tests` are the paths of the tests that have to notice. Those with one of the words of `likely` in their ids go first.
    """

    module: str
    tree: ast.Module | None
    tests: tuple[str, ...]
    likely: tuple[str, ...]


def try_all(mutants: Sequence[Mutant], told: Callable[[int, bool], None]) -> None:
    """Tell of each mutant by its number, as soon as it is known, whether a test fails; what does not end fails."""
    paths = sorted({path for mutant in mutants for path in mutant.tests})
    os.environ["HYPOTHESIS_PROFILE"] = "quick"
    done = pytest.main(["-qq", "-s", "-p", "no:cacheprovider", *paths], plugins=[_Loop(mutants, told)])
    if done != pytest.ExitCode.OK:
        sys.exit(f"the tests do not run: {done!r}")


class _Loop:
    """Takes the place of the loop over the tests, which then runs in children, one for each mutant."""

    def __init__(self, mutants: Sequence[Mutant], told: Callable[[int, bool], None]) -> None:
        self.mutants = mutants
        self.told = told

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("some tests cannot be collected")
        for mutant in self.mutants:
            import_module(module_name(mutant.module))
        with tempfile.TemporaryDirectory() as folder:
            waiting, running = deque(enumerate(self.mutants)), dict[int, int]()
            while waiting or running:
                if waiting and len(running) < (os.cpu_count() or 1):
                    number, mutant = waiting.popleft()
                    own = Path(folder) / str(number)
                    own.mkdir()
                    pid = os.fork()
                    if pid == 0:
                        _child(mutant, session.items, own)
                    running[pid] = number
                else:
                    pid, status = os.wait()
                    self.told(running.pop(pid), status != 0)
        return True


def _child(mutant: Mutant, items: Sequence[pytest.Item], folder: Path) -> NoReturn:
    """Run the tests of a mutant until one fails; the exit code is 1 where one does."""
    signal.alarm(_CLOCK)
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR, _PROCESSOR))
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
    code = 1
    try:
        if mutant.tree is not None:
            _put_in(mutant.module, mutant.tree, folder)
        nearest = [item for item in items if item.nodeid.startswith(mutant.tests)]
        nearest.sort(key=lambda item: not any(word in item.nodeid for word in mutant.likely))
        following = [*nearest[1:], None]
        passed = (
            not any(report.failed for report in runtestprotocol(item, log=False, nextitem=after))
            for item, after in zip(nearest, following, strict=True)
        )
        code = 0 if all(passed) else 1
    finally:
        os._exit(code)


def _put_in(module: str, tree: ast.Module, folder: Path) -> None:
    """Give the functions of a module that is in use already the code of its mutant, here and in what is started here."""
    name = module_name(module)
    file = folder / "mutant.py"
    file.write_text(ast.unparse(tree), encoding="utf-8")
    os.environ["KAITOGEN_MUTANT"] = f"{name} {file}"
    # What a test starts may be given the path of this process.
    sys.path.append(str(HOOK))
    os.environ["PYTHONPATH"] = os.pathsep.join((str(HOOK), os.getcwd()))
    live = sys.modules[name]
    fresh = ModuleType(name)
    exec(compile(tree, str(live.__file__), "exec"), vars(fresh))
    _graft(live, fresh)


def _graft(live: object, fresh: object) -> None:
    for name, new in vars(fresh).items():
        old = vars(live).get(name)
        if isinstance(new, type) and isinstance(old, type) and new is not old:
            _graft(old, new)
        in_use, turned = _function(old), _function(new)
        if isinstance(in_use, FunctionType) and isinstance(turned, FunctionType):
            in_use.__code__ = turned.__code__


def _function(value: object) -> object:
    """The function behind a property, a method of a class or a cache."""
    inner = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
    return inspect.unwrap(inner) if callable(inner) else inner
