"""`kaitogen validate`: findings about intents and finished manifests, and nothing else."""

from typing import Final

from kaitogen.commands import inputs, max_age, targets
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import report_text
from kaitogen.diagnostics.formats import Report, reporter
from kaitogen.diagnostics.wording import number_of
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK, UsageError
from kaitogen.model import Result
from kaitogen.pipeline.check import is_workspace
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import STDIN

#: More digits than any number of Workspaces has.
_DIGITS: Final = 10


def run(values: Values) -> Outcome:
    """Check what the paths hold; text goes to standard error, a format for machines to standard output."""
    expected = _number(inputs.word(values["expect"]))
    strict = bool(values["strict"])
    request = inputs.request(values)._replace(
        finished=targets.whole(targets.wanted(values)), notes=bool(values["notes"])
    )
    request = max_age.dated(request, values)
    result = generate(request)
    against = inputs.word(values["against"])
    if against is not None:
        from kaitogen.commands.diff.baseline import with_changes  # few runs compare

        result = with_changes(result, against, request)
    report = Report(result.findings, result.suppressed, result.workspaces, strict)
    code = report.exit_code
    said = _expectation(expected, result)
    form = inputs.word(values["form"]) or "text"
    if said and code == EXIT_OK:
        code = EXIT_FINDINGS
    if form != "text":
        return Outcome(reporter(form).write(report).encode("utf-8", "backslashreplace"), said, code)
    quiet = bool(values["quiet"])
    return Outcome(
        said=(report_text(report, quiet=quiet) + said) or _all_well(result, quiet=quiet), exit_code=code
    )


def _all_well(result: Result, *, quiet: bool) -> str:
    if quiet:
        return ""
    taken_back = f"; {len(result.suppressed)} suppressed" if result.suppressed else ""
    return f"kaitogen: {number_of(result.workspaces, 'Workspace')}, no findings{taken_back}\n"


def _expectation(expected: int | None, result: Result) -> str:
    if expected is None:
        return ""
    # What a build pipes in is finished; an intent that is still one was passed over by the tool that should expand it.
    unexpanded = sum(
        is_workspace(data) for spec, data in result.manifests if spec.origin.document.file == STDIN
    )
    seen = result.workspaces - unexpanded
    if expected == seen:
        return ""
    wanted = number_of(expected, "Workspace")
    still = f", and {number_of(unexpanded, 'intent')} not expanded" if unexpanded else ""
    return f"kaitogen: --expect: {wanted} expected, {seen} seen{still}; a generator or transformer may have been skipped\n"


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    if not (word.isascii() and word.isdigit() and len(word) < _DIGITS):
        raise UsageError(f"--expect takes a number of Workspaces, not {word[:40]}")
    return int(word)
