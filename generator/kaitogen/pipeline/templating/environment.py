"""Jinja2 for templates of Workspaces, sandboxed and with every value encoded as YAML, and for our own pages.

In the sandbox nothing but data becomes text. Python's text of a function, a method or a generator holds its address: other
bytes at each call, and a piece of the process for whoever reads them. There are many ways to text (filters, `~`, `%`,
`format`, a list around it), so it is the values that refuse.
"""

import math
import os
from functools import wraps

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound, Undefined
from jinja2.environment import Environment, TemplateModule
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from markupsafe import Markup  # Jinja2's own word for text that is HTML already

from kaitogen.files import shipped
from kaitogen.files.folders import is_below, opened
from kaitogen.model import Json
from kaitogen.typed import Any, Callable, Final, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from kaitogen.yaml.writer import flow

MAX_TEMPLATE_BYTES: Final = 1024 * 1024
#: How text around the marks of a template is taken.
_LAYOUT: Final[dict[str, Any]] = {
    "trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True, "auto_reload": False,
}  # fmt: skip
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


def environment(roots: Sequence[str]) -> Environment:
    """An environment whose templates come from these folders, the first that has one, and from nowhere else."""
    made = Sandbox(loader=FolderLoader(roots), undefined=StrictUndefined, finalize=encode, **_LAYOUT)
    # These give another answer at each call.
    del made.globals["lipsum"], made.filters["random"]
    return made


def fill_page(name: str, values: Mapping[str, Json]) -> str:
    """The page of a shipped template of HTML or Markdown; in HTML every value is escaped."""
    return "".join(page_parts(name, values))


def page_parts(
    name: str, values: Mapping[str, Json], trusted: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The same piece by piece, for pages that are too large for memory.

    What is in `trusted` goes into HTML as it is: our own style and script.
    """
    loader = FolderLoader([os.path.realpath(shipped.folder("templates"))])
    is_html = name.endswith(".html.j2")
    made = Environment(loader=loader, undefined=StrictUndefined, autoescape=is_html, **_LAYOUT)
    marked = {key: Markup(text) for key, text in (trusted or {}).items()}  # noqa: S704 - files that we ship
    return made.get_template(name).generate(**values, **marked)


def encode(value: Any) -> str:
    """The YAML of a value on one line. A template author cannot forget it: Jinja2 sends every value through here."""
    if isinstance(value, Undefined):
        return str(value)  # raises, and says which name has no value
    _refuse_odd(value)
    return flow(value)


def _refuse_odd(value: Any) -> None:
    """TypeError for what YAML has no word for: functions, generators, numbers that are none."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("a mapping in a template has a key that is not text")
            _refuse_odd(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_odd(item)
    elif isinstance(value, Undefined):
        str(value)
    elif not isinstance(value, str | int | float | None):
        kind = value.kind if isinstance(value, Hidden) else type(value).__name__
        raise TypeError(f"a template puts a {kind} where a value belongs")
    elif isinstance(value, float) and not math.isfinite(value):
        raise TypeError("a template puts a number that is not finite")


class FolderLoader(BaseLoader):
    """Templates below the given folders; a name or a symbolic link that leads out of them is not found.

    Links in the names of the folders themselves are resolved by who names them.
    """

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = list(roots)

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Source, file name and a function that says it is still current."""
        for root in self._roots:
            path = os.path.realpath(os.path.join(root, *template.split("/")))
            if not is_below(path, root) or not os.path.isfile(path):
                continue
            with open(path, encoding="utf-8-sig") as file:
                if not is_below(opened(file.fileno(), path), root):
                    continue  # a folder on the way was exchanged for a link meanwhile
                source = file.read(MAX_TEMPLATE_BYTES + 1)
            if len(source) > MAX_TEMPLATE_BYTES:
                raise TemplateNotFound(template, f"template {template} is larger than 1 MiB")
            return source, template, lambda: True
        raise TemplateNotFound(template)
