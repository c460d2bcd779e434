"""Names for annotations, and named tuples, without the import of `typing` and `collections`.

These two, with `re`, `enum` and `functools` that they bring along, take a quarter of the processor time of a whole render,
and each class of typing.NamedTuple half a hundredth more. A type checker is shown the real names; at run time an
annotation means nothing, and a named tuple is made here. All of the package takes them from here.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable as Callable
    from collections.abc import Container as Container
    from collections.abc import ItemsView as ItemsView
    from collections.abc import Iterable as Iterable
    from collections.abc import Iterator as Iterator
    from collections.abc import KeysView as KeysView
    from collections.abc import Mapping as Mapping
    from collections.abc import Sequence as Sequence
    from collections.abc import ValuesView as ValuesView
    from typing import IO as IO
    from typing import Any as Any
    from typing import BinaryIO as BinaryIO
    from typing import Final as Final
    from typing import Generic as Generic
    from typing import Literal as Literal
    from typing import NamedTuple as NamedTuple
    from typing import NoReturn as NoReturn
    from typing import Protocol as Protocol
    from typing import TypeAlias as TypeAlias
    from typing import TypeVar as TypeVar
    from typing import overload as overload
else:
    # What `collections.abc` hands on; Python has loaded it at its own start.
    from _collections import _tuplegetter as _field
    from _collections_abc import (
        Callable,
        Container,
        ItemsView,
        Iterable,
        Iterator,
        KeysView,
        Mapping,
        Sequence,
        ValuesView,
    )

    class _Form:
        """What stands for a type in an annotation, and may be subscripted and joined with others."""

        def __getitem__(self, _):
            return self

        def __or__(self, _):
            return self

        __ror__ = __or__

    class Generic:
        def __class_getitem__(cls, _):
            return cls

    class Protocol:
        pass

    IO = Any = BinaryIO = Final = Literal = NoReturn = TypeAlias = _Form()

    def TypeVar(_name, bound=None):
        return Any

    def overload(function):
        return function

    class _Named(tuple):
        """What all named tuples have, as those of `collections` have it."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {len(made)}")
            return made

        def _replace(self, /, **changed):
            made = tuple.__new__(self.__class__, map(changed.pop, self._fields, self))
            if changed:
                raise ValueError(f"{self.__class__.__name__} has no fields {list(changed)}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            fields = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{self.__class__.__name__}({fields})"

        def __getnewargs__(self):
            return tuple(self)

    _new = tuple.__new__
    #: What makes a named tuple, by the number of its fields: compiling it for each class took 9 % of a whole render.
    _MAKERS = (
        lambda _cls: _new(_cls, ()),
        lambda _cls, a: _new(_cls, (a,)),
        lambda _cls, a, b: _new(_cls, (a, b)),
        lambda _cls, a, b, c: _new(_cls, (a, b, c)),
        lambda _cls, a, b, c, d: _new(_cls, (a, b, c, d)),
        lambda _cls, a, b, c, d, e: _new(_cls, (a, b, c, d, e)),
        lambda _cls, a, b, c, d, e, f: _new(_cls, (a, b, c, d, e, f)),
        lambda _cls, a, b, c, d, e, f, g: _new(_cls, (a, b, c, d, e, f, g)),
        lambda _cls, a, b, c, d, e, f, g, h: _new(_cls, (a, b, c, d, e, f, g, h)),
        lambda _cls, a, b, c, d, e, f, g, h, i: _new(_cls, (a, b, c, d, e, f, g, h, i)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j: _new(_cls, (a, b, c, d, e, f, g, h, i, j)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m: _new(_cls, (a, b, c, d, e, f, g, h, i, j, k, m)),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p)
        ),
        lambda _cls, a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q: _new(
            _cls, (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q)
        ),
    )

    class _NamedType(type):
        """Turns the body of a class into a named tuple: its annotations are the fields, its values their defaults."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(_annotations(body))
            values = [body.pop(field) for field in fields if field in body]
            # Its arguments are named as the fields are.
            code = _MAKERS[len(fields)].__code__.replace(co_varnames=("_cls", *fields))
            make = type(_annotations)(code, globals(), name, tuple(values))
            for position, field in enumerate(fields):
                body[field] = _field(position, "")
            body.update(__slots__=(), __new__=make, __match_args__=fields, _fields=fields)
            return type(name, (_Named,), body)

    def _annotations(body):
        if "__annotate_func__" in body:  # from Python 3.14 on
            return body["__annotate_func__"](1)
        return body.get("__annotations__", ())

    class NamedTuple(metaclass=_NamedType):
        """As `typing.NamedTuple`."""
