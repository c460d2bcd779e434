"""`kaitogen krm` and `kaitogen-krm`: what kustomize and kpt start, as a KRM function or as a legacy plugin."""

import os
import sys
from typing import Final

from kaitogen.commands.options import OptionGroup, argument
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.formats import Report
from kaitogen.errors import EnvironmentFailure, UsageError
from kaitogen.files import standard_input
from kaitogen.integrations.krm import bookkeeping, configuration, functions, resource_list
from kaitogen.integrations.krm.resource_list import Rejected, ResourceList
from kaitogen.model import INTENT_API_VERSION, Json
from kaitogen.pipeline.load import KG109, documents_of

#: More than an intent file may have: a function is handed everything that a build holds.
MAX_BYTES: Final = 128 * 1024 * 1024
_STDIN: Final = "<stdin>"
_VALIDATOR: Final = {
    "apiVersion": INTENT_API_VERSION,
    "kind": configuration.VALIDATOR,
    "metadata": {"name": "check"},
}


class Options(OptionGroup):
    """Of `kaitogen krm`."""

    config = argument("FILE", help="The configuration, as kustomize hands it to a legacy plugin.")


def run(options: Options) -> Outcome:
    """Answer a ResourceList; with a configuration file, as kustomize starts a legacy plugin, plain documents."""
    try:
        given = (
            _legacy(options.config) if options.config is not None else resource_list.parse(_input(), _STDIN)
        )
        job = configuration.job(given.function_config, os.getcwd())
        answer = functions.run(job, given)
    except Rejected as stop:
        return _reported(Report(stop.findings))
    report = Report(answer.findings, strict=job.strict)
    text, code = _text(report), report.exit_code
    if not given.api_version:
        hidden = code or job.mode == "validate"
        output = b"" if hidden else resource_list.written(given._replace(items=answer.items))
        return Outcome(output, text, code)
    items = answer.items
    if job.mode == "validate" and not code and not _echoes(job, given):
        items = ()
    results: list[Json] = []
    if report.findings:
        from kaitogen.diagnostics.formats import as_krm  # most builds have nothing to report

        results = as_krm.results(report, answer.references)
    return Outcome(resource_list.written(given._replace(items=items), results), text, code)


def check(spec: Json) -> Outcome:
    """What a validator with that spec says to the documents on standard input; it hands none of them on."""
    try:
        job = configuration.job({**_VALIDATOR, "spec": spec}, os.getcwd())
        answer = functions.run(job, resource_list.documents(_input(), _STDIN))
    except Rejected as stop:
        return _reported(Report(stop.findings), wrote=False)
    return _reported(Report(answer.findings, strict=job.strict), wrote=False)


def _reported(report: Report, *, wrote: bool = True) -> Outcome:
    return Outcome(stderr=_text(report, wrote=wrote) or "kaitogen: no findings\n", exit_code=report.exit_code)


def _text(report: Report, *, wrote: bool = True) -> str:
    """The findings without colours: kustomize and kpt show them among words of their own."""
    if not report.findings:
        return ""
    from kaitogen.diagnostics.formats import as_text  # most builds have nothing to report

    return as_text.write(report, wrote=wrote)


def _echoes(job: configuration.Job, given: ResourceList) -> bool:
    """Whether a validator hands the objects back: kustomize takes that for a change, kpt their lack for a deletion."""
    if job.echo is not None:
        return job.echo
    return not any(bookkeeping.OF_KUSTOMIZE in item.text for item in given.items)


def _legacy(file: str) -> ResourceList:
    """What a legacy plugin is given: its configuration in a file, the objects as documents on standard input."""
    try:
        with open(file, "rb") as stream:
            data = stream.read(MAX_BYTES)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        fix = "kustomize names the file when it runs the plugin; a ResourceList goes to standard input"
        raise EnvironmentFailure(f"the configuration {file} cannot be read: {reason}", fix=fix) from error
    loaded = documents_of("functionConfig", data)
    flaws = [*loaded.findings, *(flaw for document in loaded.documents for flaw in document.flaws)]
    if flaws:
        raise Rejected(*flaws)
    if len(loaded.documents) != 1:
        raise UsageError(f"{file} holds {len(loaded.documents)} documents, not one configuration")
    objects = resource_list.documents(b"" if _by_hand() else _input(), _STDIN)
    return objects._replace(function_config=loaded.documents[0].value)


def _input() -> bytes:
    """Standard input, all of it."""
    if _by_hand():
        fix = "kustomize and kpt pipe it in; to render intent files, use kaitogen render"
        raise UsageError("a ResourceList is read from standard input, and that is a terminal", fix=fix)
    if sys.stdin is None:
        return b""
    data = standard_input.read(MAX_BYTES)
    if len(data) > MAX_BYTES:
        message = f"more than {MAX_BYTES // 2**20} MiB came in"
        raise Rejected(KG109.in_file(_STDIN, message, fix="split the kustomization"))
    return data


def _by_hand() -> bool:
    try:
        return os.isatty(0)
    except OSError:
        return False
