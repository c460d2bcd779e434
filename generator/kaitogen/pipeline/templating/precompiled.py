"""The shipped templates, filled in by their compiled form."""

from kaitogen.model import Json
from kaitogen.pipeline.templating import shipped
from kaitogen.pipeline.templating.runtime import ContextValues


def fill(name: str, values: dict[str, Json]) -> str:
    """The text of one shipped template with these values; InternalError where one is missing."""
    template = shipped.environment.get_template(name)
    return "".join(template.root_render_func(ContextValues(values)))
