"""What Jinja2's compiled templates need to run, without Jinja2.

Importing Jinja2 costs more than a whole render, so the shipped templates are compiled
ahead (scripts/compile_templates.py) into `shipped.py`, and this small stand-in gives
that code the few things it asks of Jinja2's environment, template and context. A test
holds that Jinja2 itself makes the same bytes of the same templates.
"""

from kaitogen.errors import InternalError
from kaitogen.model import Json
from kaitogen.typed import Any, Callable, Final, Iterator, Mapping
from kaitogen.yaml.reader import read

#: Stands in a text for a value: a character that no template has.
MARK: Final = "\ue000"
missing: Final = object()


def str_join(parts: tuple[Any, ...]) -> str:
    """What `~` between texts is compiled to."""
    return "".join(map(str, parts))


def _indent(text: str, width: int, *, first: bool) -> str:
    """The text with every line that is not empty moved to the right, but for the first where that stays."""
    head, *lines = (text + "\n").splitlines()
    moved = "\n".join([head, *(" " * width + line if line else line for line in lines)])
    return " " * width + moved if first else moved


class ContextValues(dict[str, Json]):
    """The values of one render, as the compiled code looks them up."""

    def resolve_or_missing(self, name: str) -> Any:
        """The value of that name, or the mark that there is none."""
        return self.get(name, missing)

    def get_all(self) -> "ContextValues":
        """All values, for an included template."""
        return self


class CompiledTemplate:
    """One template: the generator function that Jinja2 made of it."""

    def __init__(self, root: Callable[[ContextValues], Iterator[str]]) -> None:
        self.root_render_func = root

    def new_context(self, values: ContextValues, _shared: bool, _locals: dict[str, Json]) -> ContextValues:
        """The context of an included template: the same values."""
        return values


class CompiledEnvironment:
    """Finds templates and keeps the values apart from the text, where Jinja2's environment writes them into it.

    The text of a template without its values is read only once, as a shape with a mark for each value; the values are
    then put in as data. That is faster than to write and read them, and no value can be taken for more than a value.
    """

    def __init__(self) -> None:
        self.templates: dict[str, CompiledTemplate] = {}
        self.tests: dict[str, Callable[[Any], bool]] = {"none": lambda value: value is None}
        self.filters: dict[str, Callable[..., str]] = {"indent": _indent}
        self.concat = "".join
        self._values: list[Json] = []
        self._shapes: dict[str, Json] = {}

    def finalize(self, value: Json) -> str:
        """What stands in the text for a value."""
        self._values.append(value)
        return MARK

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

    def fill(self, name: str, values: Mapping[str, Json]) -> Json:
        """The object that one shipped template makes of these values; InternalError where one is missing."""
        text, put = self.marked(name, values)
        if text not in self._shapes:
            self._shapes[text] = _shape(name, text)
        return _filled(self._shapes[text], iter(put))

    def marked(self, name: str, values: Mapping[str, Json]) -> tuple[str, list[Json]]:
        """The text of a template with a MARK for each value, and these values in their order."""
        self._values = []
        text = "".join(self.get_template(name).root_render_func(ContextValues(values)))
        return text, self._values


def _shape(name: str, text: str) -> Json:
    """The one object of a text. Each mark is a whole value in it, or values would not get to their places."""
    (document,) = read(text)
    if repr(document.value).count(f": {MARK!r}") != text.count(MARK):
        raise InternalError(f"template {name} puts a value where none belongs: write `key: {{{{ value }}}}`")
    return document.value


def _filled(shape: Json, values: Iterator[Json]) -> Json:
    if isinstance(shape, dict):
        return {key: _filled(part, values) for key, part in shape.items()}
    return next(values) if shape == MARK else shape


environment: Final = CompiledEnvironment()
