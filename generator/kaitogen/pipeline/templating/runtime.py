"""The shipped templates without Jinja2, whose import costs more than a whole render.

Each is compiled ahead (scripts/compile_templates.py) into a function in `shipped.py`, which gives its
text with a mark for each value and puts the values beside it. A test holds that Jinja2 itself makes
the same bytes of the same templates.
"""

from kaitogen.errors import InternalError
from kaitogen.model import Json
from kaitogen.typed import Callable, Final, Iterator, Mapping, TypeAlias
from kaitogen.yaml.reader import read

#: Stands in a text for a value: a word that no template has, and that leaves the text a plain one.
MARK: Final = "__value__"

#: From the values by their names, and a list into which those of the marks are put.
Template: TypeAlias = Callable[[Mapping[str, Json], list[Json]], str]


def indented(text: str, width: int, *, first: bool) -> str:
    """The text with every line that is not empty moved to the right, but for the first where that stays."""
    head, *lines = (text + "\n").splitlines()
    moved = "\n".join([head, *(" " * width + line if line else line for line in lines)])
    return " " * width + moved if first else moved


class CompiledEnvironment:
    """Finds templates and keeps the values apart from the text, where Jinja2's environment writes them into it.

    The text of a template without its values is read only once, as a shape with a mark for each value; the values are
    then put in as data. That is faster than to write and read them, and no value can be taken for more than a value.
    """

    def __init__(self) -> None:
        self.templates: dict[str, Template] = {}
        self._shapes: dict[str, Json] = {}

    def text(self, name: str, values: Mapping[str, Json], put: list[Json]) -> str:
        """The text of a template with a MARK for each value, and these values put in their order.

        InternalError where no such template is shipped, or a value is missing: templates and context have come apart.
        """
        template = self.templates.get(name)
        if template is None:
            raise InternalError(f"no template {name} is shipped", fix="run `make generate` after adding one")
        try:
            return template(values, put)
        except KeyError as error:
            raise InternalError(f"a template asks for {error.args[0]}, which has no value") from error

    def fill(self, name: str, values: Mapping[str, Json]) -> Json:
        """The object that one shipped template makes of these values."""
        put: list[Json] = []
        text = self.text(name, values, put)
        if text not in self._shapes:
            self._shapes[text] = _shape(name, text)
        return _filled(self._shapes[text], iter(put))


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
