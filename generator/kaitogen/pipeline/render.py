"""Contexts to manifests: templates are filled in, and what they made is brought into canonical form."""

from kaitogen.kaito.objects import canonical
from kaitogen.model import Context, Diagnostic, Manifest
from kaitogen.pipeline import current
from kaitogen.pipeline.templating.shipped import environment
from kaitogen.typed import Iterable


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
            Manifest(context.spec, canonical(environment.fill(name, context.values)))
            for name in context.templates
        ]
    return manifests, []
