"""Contexts to manifests: templates are filled in, and what they made is read back as data in canonical form."""

from collections.abc import Iterator, Sequence
from typing import Final

from kaitogen.files import shipped
from kaitogen.kaito.objects import canonical, without_nulls
from kaitogen.model import Context, Diagnostic, Json, Manifest, Rule, Spec
from kaitogen.pipeline import current
from kaitogen.pipeline.templating.shipped import environment
from kaitogen.yaml.reader import RawDocument, Unreadable, read

KG507 = Rule("KG507", "A template that makes no Kubernetes object", kind="invalid")


_OURS: Final = frozenset(("Workspace", "ConfigMap"))

Rendered = tuple[list[Manifest], list[Diagnostic]]


def render(contexts: Sequence[Context], templates: str | None = None) -> Rendered:
    """The manifests of all contexts in order, with a folder of the user's own templates laid over the shipped ones."""
    manifests: list[Manifest] = []
    diagnostics: list[Diagnostic] = []
    texts = _shipped(contexts) if templates is None else _users(contexts, templates, diagnostics)
    for spec, template, text in texts:
        try:
            for raw in read(text):
                problem = _not_an_object(raw, template)
                if problem is None:
                    # Of a kind that only the user knows, nothing but the nulls is left out.
                    stored = canonical if raw.value["kind"] in _OURS else without_nulls
                    manifests.append(Manifest(spec, stored(raw.value)))
                else:
                    diagnostics.append(problem.of(spec.origin))
        except Unreadable as stop:
            flaw = stop.flaw
            problem = _bad_output(template, flaw.line, f"{flaw.message}")
            diagnostics.append(problem.of(spec.origin))
    return manifests, diagnostics


def _shipped(contexts: Sequence[Context]) -> Iterator[tuple[Spec, str, str]]:
    for context in contexts:
        current.file, current.workspace = context.spec.origin.document.file, context.spec.name
        for name in context.templates:
            yield context.spec, name, environment.fill(name, context.values)


def _users(
    contexts: Sequence[Context], folder: str, diagnostics: list[Diagnostic]
) -> Iterator[tuple[Spec, str, str]]:
    # Imported here: a run without --templates needs neither Jinja2 nor a child process.
    from kaitogen.pipeline.templating import subprocess_renderer

    more = subprocess_renderer.added_documents(folder)
    jobs = [context._replace(templates=(*context.templates, *more)) for context in contexts]
    for job, answer in zip(
        jobs, subprocess_renderer.fill_all(jobs, (folder, shipped.folder("templates"))), strict=False
    ):
        if isinstance(answer, Diagnostic):
            diagnostics.append(answer.of(job.spec.origin))
            continue
        for template, text in answer:
            yield job.spec, template, text


def _not_an_object(raw: RawDocument, template: str) -> Diagnostic | None:
    if raw.flaws:
        flaw = raw.flaws[0]
        return _bad_output(template, flaw.line, flaw.message)
    value = raw.value
    if not isinstance(value, dict):
        return _bad_output(template, raw.line + 1, "no mapping, and so no Kubernetes object")
    metadata: Json = value.get("metadata")
    named = isinstance(metadata, dict) and isinstance(metadata.get("name"), str)
    if not (named and isinstance(value.get("apiVersion"), str) and isinstance(value.get("kind"), str)):
        return _bad_output(template, raw.line + 1, "an object without apiVersion, kind or metadata.name")
    if not isinstance(metadata.get("namespace"), str | None):
        return _bad_output(template, raw.line + 1, "an object whose metadata.namespace is not text")
    return None


def _bad_output(template: str, line: int, what: str) -> Diagnostic:
    message = f"template {template} made, at line {line} of its output: {what}"
    return KG507.at(("metadata", "name"), message, fix="correct the template")
