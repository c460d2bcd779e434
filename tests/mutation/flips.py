"""Turns single comparisons, `and`, `or` and returned truths of the package round, and reports what no test misses.

All of them at night (`make mutants`), a fixed sample in the gate. Each is held against the nearest
tests of its module; what is written down as equal in behaviour is left out.
"""

import ast
import hashlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from tests.mutation.forking import Mutant, try_all
from tests.mutation.running import PACKAGE

_SAMPLE: Final = 12
#: Modules, as patterns below the package, and the tests that are nearest to them.
NEAREST: Final = {
    "kaito/rules/*.py": ("tests/unit/kaito/rules/",),
    "kaito/vllm/*.py": ("tests/unit/kaito/rules/",),
    "nodes/choosing.py": ("tests/unit/nodes/",),
    "diagnostics/suppression.py": ("tests/acceptance/test_suppressions.py",),
    "kaito/objects.py": ("tests/unit/kaito/test_objects.py",),
}
#: Mutants that behave as the original does, by module and the text of what is turned round; with the reason.
EQUAL: Final[dict[tuple[str, str], str]] = {
    ("kaito/rules/annotations.py", "ctx.minor < known.since"): "asked only where the version does not read it",
    ("kaito/rules/config.py", "abs(value) < 10 ** 18"): "the bound itself is what a larger one becomes",
    ("kaito/rules/config.py", "sku.memory // sku.gpus < _SMALL_GPU"): "no card of the tables has just so much",
    ("kaito/rules/layout.py", "layout.tensor > 1"): "one GPU divides whatever number of attention heads",
    ("kaito/rules/vllm_settings.py", "order(until) < order(line.version)"): "its last vLLM still finds an argument",
    ("kaito/rules/partition.py", "ctx.model.weights > memory * GIB"): "no model weighs whole GiB to the last byte",
    ("kaito/rules/resource.py", "size > node"): "no model weighs whole GiB to the last byte",
    ("kaito/rules/resource.py", "nodes * node < size"): "no model weighs whole GiB to the last byte",
    ("kaito/rules/sizing.py", "size > available"): "no model weighs what is left of a GPU to the last byte",
    ("kaito/rules/sizing.py", "tokens <= DEFAULT_CONTEXT"): "the default is what all others are compared with",
}  # fmt: skip

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
    sampled = arguments == ["--sample"]
    places = [flip for flip in flips() if (flip.module, flip.text) not in EQUAL]
    if sampled:
        places = sorted(sorted(places, key=_digest)[:_SAMPLE])
    elif arguments:
        places = [flip for flip in places if flip.module in arguments]
    failing: list[str] = []
    survivors: list[Flip] = []

    def told(number: int, dead: bool) -> None:
        if number < len(unchanged):
            failing.extend(unchanged[number].tests if dead else ())
        elif not dead:
            survivors.append(places[number - len(unchanged)])
            sys.stdout.write(f"no test notices that this is turned round: {survivors[-1]}\n")
            sys.stdout.flush()

    # Beside the sample the gate runs all tests as things are.
    first = {} if sampled else {_nearest(flip.module): flip.module for flip in places}
    unchanged = [Mutant(module, None, tests, ()) for tests, module in first.items()]
    try_all([*unchanged, *map(_mutant, places)], told)
    if failing:
        sys.stdout.write(f"the tests fail as things are: {' '.join(failing)}\n")
    sys.stdout.write(f"{len(places)} mutants, {len(survivors)} survive\n")
    return 1 if failing or survivors or not places else 0


def _digest(flip: Flip) -> str:
    """What orders places at random, and the same as long as they stay as they are."""
    return hashlib.sha256(f"{flip.module} {flip.text}".encode()).hexdigest()


def flips() -> list[Flip]:
    """All places that can be turned round, by module and line."""
    found = []
    for pattern in NEAREST:
        for path in sorted(PACKAGE.glob(pattern)):
            module = path.relative_to(PACKAGE).as_posix()
            places = enumerate(_places(ast.parse(_source(module))))
            found += [Flip(module, number, node.lineno, ast.unparse(node)) for number, node in places]
    return found


def _mutant(flip: Flip) -> Mutant:
    source = _source(flip.module)
    codes = re.findall(r"^(KG\d+) = (?:Rule|webhook)\(", source, re.MULTILINE)
    own = f"/test_{Path(flip.module).name}"
    return Mutant(flip.module, flipped(source, flip.number), _nearest(flip.module), (own, *codes))


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
    """The places within functions: what stands outside is done once, when the module is imported."""
    seen: set[ast.AST] = set()
    for function in ast.walk(tree):
        for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
            if node not in seen and (
                isinstance(node, ast.Compare | ast.BoolOp)
                or (isinstance(node, ast.Return) and isinstance(getattr(node.value, "value", None), bool))
            ):
                seen.add(node)
                yield node


@cache
def _source(module: str) -> str:
    return (PACKAGE / module).read_text(encoding="utf-8")


def _nearest(module: str) -> tuple[str, ...]:
    return next(tests for pattern, tests in NEAREST.items() if (PACKAGE / module) in PACKAGE.glob(pattern))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
