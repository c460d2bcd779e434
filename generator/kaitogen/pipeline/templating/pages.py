"""Shipped pages, of HTML or Markdown, filled in by Jinja2: no name without a value, and in HTML every value escaped."""

from collections.abc import Mapping
from io import StringIO

from jinja2 import StrictUndefined
from jinja2.environment import Environment

from kaitogen.files import shipped
from kaitogen.model import Json
from kaitogen.pipeline.templating.environment import FolderLoader


def fill_page(name: str, values: Mapping[str, Json], trusted: Mapping[str, str] | None = None) -> str:
    """The page of a shipped template. What is in `trusted` goes into HTML as it is: our own style and script."""
    from markupsafe import Markup  # Jinja2's own word for text that is HTML already

    environment = Environment(
        loader=FolderLoader([shipped.folder("templates")]),
        autoescape=name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    marked = {key: Markup(text) for key, text in (trusted or {}).items()}  # noqa: S704 - files that we ship
    page = StringIO()
    page.writelines(environment.get_template(name).generate(**values, **marked))
    return page.getvalue()
