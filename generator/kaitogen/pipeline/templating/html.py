"""Shipped pages of HTML filled in by Jinja2: every value escaped by default, and no name without a value."""

from collections.abc import Mapping
from io import StringIO

from jinja2 import StrictUndefined
from jinja2.environment import Environment

from kaitogen.files import shipped
from kaitogen.model import Json
from kaitogen.pipeline.templating.environment import FolderLoader


def fill_page(name: str, values: Mapping[str, Json], trusted: Mapping[str, str]) -> str:
    """The page of a shipped template. What is in `trusted` goes into it as it is: our own style and script."""
    from markupsafe import Markup  # Jinja2's own word for text that is HTML already

    made = Environment(
        loader=FolderLoader([shipped.folder("templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    marked = {key: Markup(text) for key, text in trusted.items()}  # noqa: S704 - files that we ship
    page = StringIO()
    page.writelines(made.get_template(name).generate(**values, **marked))
    return page.getvalue()
