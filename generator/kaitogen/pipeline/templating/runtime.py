"""What Jinja2's compiled templates need to run, without Jinja2.

Importing Jinja2 costs more than a whole render, so the shipped templates are compiled
ahead (scripts/compile_templates.py) into `shipped.py`, and this small stand-in gives
that code the few things it asks of Jinja2's environment, template and context. A test
holds that Jinja2 itself makes the same bytes of the same templates.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from kaitogen.errors import InternalError
from kaitogen.model import Json
from kaitogen.yaml.writer import flow

missing: Final = object()


def str_join(parts: tuple[Any, ...]) -> str:
    """What `~` between texts is compiled to."""
    return "".join(map(str, parts))


class ContextValues:
    """The values of one render, as the compiled code looks them up."""

    def __init__(self, values: Mapping[str, Json]) -> None:
        self._values = values

    def resolve_or_missing(self, name: str) -> Any:
        """The value of that name, or the mark that there is none."""
        return self._values.get(name, missing)

    def get_all(self) -> Mapping[str, Json]:
        """All values, for an included template."""
        return self._values


class CompiledTemplate:
    """One template: the generator function that Jinja2 made of it."""

    def __init__(self, root: Callable[[ContextValues], Iterator[str]]) -> None:
        self.root_render_func = root

    def new_context(
        self, values: Mapping[str, Json], _shared: bool, _locals: dict[str, Json]
    ) -> ContextValues:
        """The context of an included template: the same values."""
        return ContextValues(values)


class CompiledEnvironment:
    """Finds templates and encodes values, as Jinja2's environment does for a fresh compilation."""

    def __init__(self) -> None:
        self.templates: dict[str, CompiledTemplate] = {}
        self.tests: dict[str, Callable[[Any], bool]] = {"none": lambda value: value is None}
        self.finalize = flow
        self.concat = "".join

    def undefined(self, name: str) -> Any:
        """A name without a value: the templates and the context have come apart."""
        raise InternalError(f"a template asks for {name}, which has no value")

    def getattr(self, value: Json, name: str) -> Json:
        """One key of a mapping."""
        return value[name]

    def get_template(self, name: str, _parent: str | None = None) -> CompiledTemplate:
        """The template of that name; InternalError where none is shipped."""
        template = self.templates.get(name)
        if template is None:
            raise InternalError(f"no template {name} is shipped", fix="run `make generate` after adding one")
        return template

    get_or_select_template = get_template

    def fill(self, name: str, values: Mapping[str, Json]) -> str:
        """The text of one shipped template with these values; InternalError where one is missing."""
        return "".join(self.get_template(name).root_render_func(ContextValues(values)))


environment: Final = CompiledEnvironment()
