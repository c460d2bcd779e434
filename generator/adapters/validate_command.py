"""`kaitogen validate`: findings about intents and finished manifests, and nothing else."""

from typing import Final

from generator import reporting
from generator.adapters import age, targets, wiring
from generator.adapters.options import Values
from generator.adapters.outcome import Outcome
from generator.adapters.terminal import colours
from generator.check import is_workspace
from generator.errors import EXIT_FINDINGS, EXIT_OK, UsageError
from generator.formats import WRITERS, Report
from generator.load import STDIN
from generator.model import Result
from generator.pipeline import generate

#: More digits than any number of Workspaces has.
_DIGITS: Final = 10


def run(values: Values) -> Outcome:
    """Check what the paths hold; text goes to standard error, a format for machines to standard output."""
    expected = _number(wiring.word(values["expect"]))
    strict = bool(values["strict"])
    request = wiring.request(values)._replace(
        finished=targets.whole(targets.wanted(values)), notes=bool(values["notes"])
    )
    request = age.dated(request, values)
    result = generate(request)
    against = wiring.word(values["against"])
    if against is not None:
        from generator.against import with_changes  # few runs compare

        result = with_changes(result, against, request)
    code = reporting.exit_code(result.findings, strict=strict)
    said = _expectation(expected, result)
    form = wiring.word(values["form"]) or "text"
    if said and code == EXIT_OK:
        code = EXIT_FINDINGS
    if form != "text":
        report = Report(result.findings, result.suppressed, result.workspaces, strict)
        return Outcome(WRITERS[form](report).encode("utf-8", "backslashreplace"), said, code)
    quiet = bool(values["quiet"])
    shown = [one for one in result.findings if not quiet or reporting.stops(one, strict=strict)]
    text = reporting.text(shown, strict=strict, colour=colours(), wrote=False)
    return Outcome(said=(text + said) or _all_well(result, quiet=quiet), exit_code=code)


def _all_well(result: Result, *, quiet: bool) -> str:
    if quiet:
        return ""
    taken_back = f"; {len(result.suppressed)} suppressed" if result.suppressed else ""
    return f"kaitogen: {reporting.number_of(result.workspaces, 'Workspace')}, no findings{taken_back}\n"


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
    wanted = reporting.number_of(expected, "Workspace")
    still = f", and {reporting.number_of(unexpanded, 'intent')} not expanded" if unexpanded else ""
    return f"kaitogen: --expect: {wanted} expected, {seen} seen{still}; a generator or transformer may have been skipped\n"


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    if not (word.isascii() and word.isdigit() and len(word) < _DIGITS):
        raise UsageError(f"--expect takes a number of Workspaces, not {word[:40]}")
    return int(word)
