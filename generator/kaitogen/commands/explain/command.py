"""`kaitogen explain`: what a code means, or which line gave a field its value."""

from kaitogen.commands import inputs, overlays
from kaitogen.commands.explain import pages, provenance
from kaitogen.commands.inputs import OverlayOptions
from kaitogen.commands.options import Group, OptionGroup, arguments, option
from kaitogen.commands.result import QUIET, Outcome, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.placing import in_file_order, place
from kaitogen.diagnostics.wording import json_report
from kaitogen.errors import EXIT_FINDINGS, UsageError
from kaitogen.model import Diagnostic
from kaitogen.pipeline.generate import prepare


class Options(OptionGroup):
    """Of `kaitogen explain`."""

    codes_or_files = arguments(
        "CODE|FILE", help="Codes such as KG405, all of them if left out; with --where the files."
    )
    where = option(
        "--where", metavar="PATH", help="Say which line of which document sets this field of each Workspace."
    )
    over = Group(OverlayOptions)
    form = option(
        "--format", choices=("text", "markdown", "json"), default="text", help="How to print explanations."
    )
    quiet = QUIET


def run(options: Options) -> Outcome:
    """Explain the codes, list them all where none is named, or say where the values of the files come from."""
    if options.where is not None:
        if options.form != "text":
            raise UsageError(
                "--format is about codes, and --where answers in lines", fix="leave one of them out"
            )
        return _where(options.where, options)
    if options.over.is_any:
        message = "what is laid over intents (--environment, --set, --kaito) goes with --where"
        raise UsageError(message, fix="explain --where PATH --set NAME=VALUE FILE")
    if options.form == "json":
        found = [_page(word) for word in options.codes_or_files] or pages.all_pages()
        return Outcome(json_report(1, {"findings": [pages.as_json(page) for page in found]}).encode())
    if not options.codes_or_files:
        return Outcome(pages.table().encode())
    markdown = options.form == "markdown"
    shown: list[str] = []
    for word in options.codes_or_files:
        code, page = word.upper(), _page(word)
        text = pages.as_markdown(page) if markdown else pages.as_text(page)
        shown.append(text if page.code == code else f"{code} is {page.code} now.\n\n{text}")
    return Outcome(("\n" if markdown else "\n" + "-" * 88 + "\n\n").join(shown).encode())


def _page(word: str) -> pages.Page:
    """The page of a code; UsageError where there is none."""
    page = pages.find(word.upper())
    if page is not None:
        return page
    near = pages.nearest_code(word)
    fix = "kaitogen explain lists all codes; for a field, write --where PATH FILE"
    raise UsageError(f"kaitogen has no finding {word[:40]}", fix=f"did you mean {near}?" if near else fix)


def _where(text: str, options: Options) -> Outcome:
    path = provenance.path_of(text)
    requests = overlays.each(inputs.within_project(inputs.request(options.codes_or_files)), options.over)
    answers: list[str] = []
    findings: dict[Diagnostic, None] = {}
    for name, request in requests:
        prepared = prepare(request)
        found, diagnostics = provenance.answers(prepared.intents, path)
        answers += [f"environment {name}:\n"] if len(requests) > 1 else []
        answers += found
        placed = place([*prepared.diagnostics, *diagnostics])
        findings |= dict.fromkeys(in_file_order(placed, prepared.files))
    outcome = reported(Report(list(findings)), quiet=options.quiet)
    code = outcome.exit_code if answers else outcome.exit_code or EXIT_FINDINGS
    return Outcome("".join(answers).encode("utf-8", "backslashreplace"), outcome.stderr, code)
