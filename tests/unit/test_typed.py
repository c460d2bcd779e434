"""The named tuples of `kaitogen.typed` are those of `typing`, and nothing of the package takes what is dear to import."""

import ast
import copy
import pickle
import typing
from pathlib import Path
from typing import Any

import pytest

from kaitogen import typed


class Place(typed.NamedTuple):
    """Where something is."""

    file: str
    line: int = 0
    column: int = 0

    @property
    def shown(self) -> str:
        return f"{self.file}:{self.line}"


class Reference(typing.NamedTuple):
    """The same, of typing's."""

    file: str
    line: int = 0
    column: int = 0


def test_a_named_tuple_is_made_and_read_as_one_of_typing() -> None:
    ours, theirs = Place("a", column=3), Reference("a", column=3)
    equal: bool = ours.__eq__(theirs)
    assert tuple(ours) == tuple(theirs) == ("a", 0, 3)
    assert equal
    assert hash(ours) == hash(theirs)
    assert (ours.file, ours.line, ours.column, ours.shown) == ("a", 0, 3, "a:0")
    assert ours._fields == theirs._fields
    assert ours._asdict() == theirs._asdict()
    assert repr(ours) == repr(theirs).replace("Reference", "Place")
    assert Place.__doc__ == "Where something is."
    assert tuple(Place._make(["b", 1, 2])) == tuple(Reference._make(["b", 1, 2]))
    assert ours._replace(line=7) == Place("a", 7, 3)
    assert type(ours._replace(line=7)) is Place


@pytest.mark.parametrize("cls", [Place, Reference])
def test_what_cannot_be_made_is_refused(cls: Any) -> None:
    for arguments, named in (((), {}), (("a", 1, 2, 3), {}), (("a",), {"row": 1}), (("a",), {"file": "b"})):
        with pytest.raises(TypeError):
            cls(*arguments, **named)
    with pytest.raises(TypeError):
        cls._make(["a"])
    # A ValueError of Python's own up to 3.12, and from 3.13 on a TypeError.
    with pytest.raises((TypeError, ValueError), match="row"):
        cls("a")._replace(row=1)
    for attribute in ("file", "other"):
        with pytest.raises(AttributeError):
            setattr(cls("a"), attribute, "b")


def test_a_named_tuple_is_copied_pickled_and_matched() -> None:
    place = Place("a", 1)
    assert type(pickle.loads(pickle.dumps(place))) is Place
    assert pickle.loads(pickle.dumps(place)) == copy.deepcopy(place) == place
    match place:
        case Place(file, line):
            assert (file, line) == ("a", 1)


@pytest.mark.checkout
def test_all_modules_take_these_names_from_there(root: Path) -> None:
    home = root / "generator" / "kaitogen"
    imports = {
        (path.relative_to(home).as_posix(), name)
        for path in home.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _imported(node)
    }
    # What finds `typed.py` names an annotation for the type checker alone, and loads neither.
    found = {path for path, name in imports if name in ("typing", "collections.abc")}
    assert found == {"typed.py", "quick_imports.py"}


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_a_field_may_have_any_name_that_typing_takes() -> None:
    class Move(typed.NamedTuple):
        new: str
        cls: str
        tuple: int = 0

    assert Move("b", cls="a")._asdict() == {"new": "b", "cls": "a", "tuple": 0}
