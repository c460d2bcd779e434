"""`kaitogen fmt`: intent files in canonical order and style, in place."""

from kaitogen.commands import in_place, inputs
from kaitogen.commands.fmt.formatting import formatted
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import report_text
from kaitogen.diagnostics.formats import Report
from kaitogen.pipeline.load import STDIN, sources


def run(values: Values) -> Outcome:
    """Lay out what the paths hold; where a file cannot be, none is written."""
    contents, findings, _ = sources(inputs.request(values))
    changes: list[in_place.Change] = []
    for name, data in contents:
        text, problems = formatted(name, data)
        findings += problems
        changes.append(in_place.Change(name, data, text.encode()))
    if findings:
        report = Report(findings)
        return Outcome(said=report_text(report, wrote=True), exit_code=report.exit_code)
    if values["check"]:
        return in_place.checked(changes, "kaitogen fmt")
    written = in_place.written(changes)
    piped = b"".join(change.after for change in changes if change.name == STDIN)
    said = "" if values["quiet"] or piped else in_place.counted(written, len(changes))
    return Outcome(piped, said)
