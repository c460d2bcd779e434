"""Jinja2's sandbox, in which nothing but data becomes text.

Python's text of a function, a method or a generator holds its address: other bytes at each call, and a piece of the
process for whoever reads them. There are many ways to text (filters, `~`, `%`, `format`, a list around it), so it
is the values that refuse.
"""

from functools import wraps

from jinja2 import Undefined
from jinja2.environment import TemplateModule
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from kaitogen.typed import Any, Callable, Final, ItemsView, Iterator, KeysView, ValuesView

_DATA: Final = (str, bytes, int, float, type(None), dict, list, tuple, range, KeysView, ValuesView, ItemsView)
#: Of Jinja2's own, with a text that is the same each time.
_NAMED: Final = (Undefined, Macro, LoopContext, Namespace, TemplateReference, TemplateModule)


class Hidden:
    """Something that can be called, looked into or gone through, but never written."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __repr__(self) -> str:
        raise TypeError(f"a template makes text of a {self.kind}")

    __str__ = __repr__
    __html__ = __repr__

    def __format__(self, _specification: str) -> str:
        return repr(self)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._inner)

    @property
    def kind(self) -> str:
        """Python's word for what it is."""
        return type(self._inner).__name__


def _no_text(reference: BlockReference) -> str:
    raise TypeError(f"a template makes text of a {type(reference).__name__}")


# `super` is put into a template's names by code that Jinja2 generates, past everything below.
BlockReference.__repr__ = _no_text  # type: ignore[assignment, method-assign]


def hidden(value: Any) -> Any:
    """The value itself where it is data, else what hides it."""
    return value if isinstance(value, (*_DATA, *_NAMED, Hidden)) else Hidden(value)


def _inner(value: Any) -> Any:
    return value._inner if isinstance(value, Hidden) else value


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment whose templates get nothing but data and what is hidden."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.globals = {name: hidden(value) for name, value in self.globals.items()}
        self.tests = {**self.tests, "callable": lambda value: callable(_inner(value))}
        self.filters = {name: _hiding(made) for name, made in self.filters.items()}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An attribute, or a key of that name."""
        return hidden(super().getattr(_inner(obj), attribute))

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A key, or an attribute of that name."""
        return hidden(super().getitem(_inner(obj), argument))

    def call(self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """What a call gives."""
        return hidden(super().call(__context, _inner(__obj), *args, **kwargs))


def _hiding(made: Callable[..., Any]) -> Callable[..., Any]:
    """A filter, with what it makes hidden where that is no data."""

    @wraps(made)
    def filtered(*args: Any, **kwargs: Any) -> Any:
        return hidden(made(*args, **kwargs))

    return filtered
