"""`kaitogen fmt`: intent files in canonical order and style, in place."""

from generator import reporting
from generator.adapters import rewriting, wiring
from generator.adapters.options import Values
from generator.adapters.outcome import Outcome
from generator.adapters.terminal import colours
from generator.formatting import formatted
from generator.load import STDIN, sources
from generator.model import Finding


def run(values: Values) -> Outcome:
    """Lay out what the paths hold; where a file cannot be, none is written."""
    contents, findings, _ = sources(wiring.request(values))
    changes: list[rewriting.Change] = []
    for name, data in contents:
        text, problems = formatted(name, data)
        findings += problems
        changes.append(rewriting.Change(name, data, text.encode()))
    if findings:
        return _stopped(findings)
    if values["check"]:
        return rewriting.checked(changes, "kaitogen fmt")
    written = rewriting.written(changes)
    piped = b"".join(change.after for change in changes if change.name == STDIN)
    said = "" if values["quiet"] or piped else rewriting.counted(written, len(changes))
    return Outcome(piped, said)


def _stopped(findings: list[Finding]) -> Outcome:
    return Outcome(said=reporting.text(findings, colour=colours()), exit_code=reporting.exit_code(findings))
