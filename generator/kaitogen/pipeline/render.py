"""Contexts to manifests: templates are filled in, and what they made is brought into canonical form."""

from kaitogen.errors import InternalError
from kaitogen.kaito.objects import canonical
from kaitogen.model import Context, Diagnostic, Json, Manifest
from kaitogen.pipeline import current
from kaitogen.pipeline.templating.shipped import TEMPLATES
from kaitogen.typed import Iterable, Mapping


def render(
    contexts: Iterable[Context], templates: str | None = None, within: str | None = None
) -> tuple[list[Manifest], list[Diagnostic]]:
    """The manifests of all contexts in order, with a folder of the user's own templates laid over the shipped ones.

    That must not lie outside of `within`, which has no links.
    """
    if templates is not None:
        # A run without --templates needs neither Jinja2 nor a child process.
        from kaitogen.pipeline.templating import subprocess_renderer

        return subprocess_renderer.render(list(contexts), templates, within)
    manifests: list[Manifest] = []
    for context in contexts:
        current.file, current.workspace = context.spec.origin.document.file, context.spec.name
        manifests += [
            Manifest(context.spec, canonical(fill(name, context.values))) for name in context.templates
        ]
    return manifests, []


def fill(name: str, values: Mapping[str, Json]) -> Json:
    """The object that a shipped template makes of the values, without Jinja2, whose import costs more than a whole render.

    InternalError where a template or a value is missing: templates and context have come apart.
    """
    try:
        return TEMPLATES[name](values)
    except KeyError as error:
        message = f"template {name} asks for {error.args[0]}, which is not there"
        raise InternalError(message, fix="run `make generate` after adding a template") from error
