"""Where the package raises findings, and how each such place is taken out of a module."""

import ast
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from tests.mutation.running import PACKAGE

#: What no finding has as its code.
NO_CODE: Final = "KG000"
_CODE: Final = re.compile(r"KG\d{3}")
_NO_RULE: Final = f'from kaitogen.model import Rule\n{NO_CODE} = Rule("{NO_CODE}", "", "invalid")\n'


class Site(NamedTuple):
    """One place that names a code in order to raise it, by the module's path below the package."""

    code: str
    module: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.code} at generator/kaitogen/{self.module}:{self.line}"


def sites() -> list[Site]:
    """All places, in the order of codes."""
    found: list[Site] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [Site(node.id, module, node.lineno, node.col_offset) for node, _ in _raising(tree)]
    return sorted(found)


def without(source: str, line: int, column: int) -> ast.Module:
    """The module of that source text, with what raises the code at this place taken out."""
    tree = ast.parse(source)
    node, parents = next(
        (node, parents)
        for node, parents in _raising(tree)
        if (node.lineno, node.col_offset) == (line, column)
    )
    statement = next(one for one in reversed(parents) if isinstance(one, ast.stmt))
    holder = parents[parents.index(statement) - 1]
    instead = _instead(statement)
    if instead is None:
        node.id = NO_CODE
        tree.body[1:1] = ast.parse(_NO_RULE).body
    else:
        for _, field in ast.iter_fields(holder):
            if isinstance(field, list) and statement in field:
                field[field.index(statement)] = ast.copy_location(instead, statement)
    return ast.fix_missing_locations(tree)


def _instead(statement: ast.stmt) -> ast.stmt | None:
    """What stands for a statement that raises a finding no more; None where the code is only named there."""
    if isinstance(statement, ast.Expr):
        if isinstance(statement.value, ast.Yield | ast.YieldFrom):
            return ast.Pass()
        function = statement.value.func if isinstance(statement.value, ast.Call) else None
        raises = isinstance(function, ast.Attribute) and function.attr in ("append", "_note", "extend")
        return ast.Pass() if raises else None
    if isinstance(statement, ast.Return):
        if isinstance(statement.value, ast.List):
            return ast.Return(ast.List([], ast.Load()))
        made = statement.value.func if isinstance(statement.value, ast.Call) else None
        return (
            ast.Return(ast.Constant(None)) if isinstance(made, ast.Attribute) and made.attr == "at" else None
        )
    return ast.Pass() if isinstance(statement, ast.AugAssign) else None


def _raising(tree: ast.Module) -> Iterator[tuple[ast.Name, list[ast.AST]]]:
    """Every use of a rule by its name, with the nodes it stands in, but those that rules are compared with or looked up in."""
    pending: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    while pending:
        node, parents = pending.pop()
        if isinstance(node, ast.Name) and _CODE.fullmatch(node.id):
            if isinstance(node.ctx, ast.Load):
                yield node, parents
        elif not isinstance(node, ast.Compare | ast.Set) and not _is_set(node):
            pending += [(child, [*parents, node]) for child in ast.iter_child_nodes(node)]


def _is_set(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("set", "frozenset")
    )
