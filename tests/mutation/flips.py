"""Turns single comparisons, `and`, `or` and returned truths of the package round, and reports what no test misses.

All of them at night (`make mutants`), a fixed sample in the gate. Each is held against the nearest
tests of its module; what is written down as equal in behaviour is left out.
"""

import ast
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutation.running import PACKAGE, PYTEST, ROOT, fails

_SAMPLE: Final = 12
#: Modules, as patterns below the package, and the tests that are nearest to them.
NEAREST: Final = {
    "kaito/rules/*.py": ("tests/unit/rules",),
    "nodes/choosing.py": ("tests/unit/nodes",),
    "diagnostics/suppression.py": ("tests/acceptance/test_suppressions.py",),
    "kaito/objects.py": ("tests/unit/test_objects.py",),
}
#: Mutants that behave as the original does, by module and the text of what is turned round; with the reason.
EQUAL: Final[dict[tuple[str, str], str]] = {}

_TURNED: Final[dict[type, type]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


class Flip(NamedTuple):
    """One place that can be turned round, by the module's path below the package and its number in there."""

    module: str
    number: int
    line: int
    text: str

    def __str__(self) -> str:
        return f"generator/kaitogen/{self.module}:{self.line}: {self.text}"


def main(arguments: list[str]) -> int:
    """Try all places, those of the modules that are named, or the sample; 1 where a mutant survives."""
    places = [flip for flip in flips() if (flip.module, flip.text) not in EQUAL]
    if arguments == ["--sample"]:
        places = sorted(sorted(places, key=_digest)[:_SAMPLE])
    elif arguments:
        places = [flip for flip in places if flip.module in arguments]
    for tests in {_nearest(flip.module) for flip in places}:
        if _fails(None, tests):
            sys.stdout.write(f"the tests fail as things are: {' '.join(tests)}\n")
            return 1
    survivors = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        killed = pool.map(lambda flip: _fails(flip, _nearest(flip.module)), places)
        for flip, dead in zip(places, killed, strict=True):
            if not dead:
                survivors += 1
                sys.stdout.write(f"no test notices that this is turned round: {flip}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{len(places)} mutants, {survivors} survive\n")
    return 1 if survivors or not places else 0


def _digest(flip: Flip) -> str:
    """What orders places at random, and the same as long as they stay as they are."""
    return hashlib.sha256(f"{flip.module} {flip.text}".encode()).hexdigest()


def flips() -> list[Flip]:
    """All places that can be turned round, by module and line."""
    found = []
    for pattern in NEAREST:
        for path in sorted(PACKAGE.glob(pattern)):
            module = path.relative_to(PACKAGE).as_posix()
            tree = ast.parse(path.read_text(encoding="utf-8"))
            places = enumerate(_places(tree))
            found += [Flip(module, number, node.lineno, ast.unparse(node)) for number, node in places]
    return found


def flipped(source: str, number: int) -> ast.Module:
    """The module of that source text with its place of that number turned round."""
    tree = ast.parse(source)
    node = list(_places(tree))[number]
    if isinstance(node, ast.Compare):
        node.ops[0] = _TURNED[type(node.ops[0])]()
    elif isinstance(node, ast.BoolOp):
        node.op = _TURNED[type(node.op)]()
    elif isinstance(node.value, ast.Constant):
        node.value.value = not node.value.value
    return ast.fix_missing_locations(tree)


def _places(tree: ast.Module) -> Iterator[ast.Compare | ast.BoolOp | ast.Return]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.BoolOp) or (
            isinstance(node, ast.Return) and getattr(node.value, "value", None) in (True, False)
        ):
            yield node


def _nearest(module: str) -> tuple[str, ...]:
    return next(tests for pattern, tests in NEAREST.items() if (PACKAGE / module) in PACKAGE.glob(pattern))


def _fails(flip: Flip | None, tests: tuple[str, ...]) -> bool:
    if flip is None:
        return fails([*PYTEST, *tests])
    source = (PACKAGE / flip.module).read_text(encoding="utf-8")
    mutant = flipped(source, flip.number)
    return any(fails([*PYTEST, *some], flip.module, mutant) for some in (*_first(flip.module, source), tests))


def _first(module: str, source: str) -> list[list[str]]:
    """The tests that most likely fail, so that few mutants need all: of the module's name, or rows of its codes."""
    own = ROOT / f"tests/unit/rules/test_{Path(module).name}"
    if own.exists():
        return [[str(own)]]
    codes = re.findall(r"^(KG\d+) = Rule\(", source, re.MULTILINE)
    return [["tests/unit/rules/test_rules.py", "-k", " or ".join(codes)]] if codes else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
