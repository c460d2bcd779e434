"""`kaitogen migrate`: intents and finished Workspaces to another KAITO version, as a diff or in place."""

from kaitogen.commands import in_place, inputs, targets
from kaitogen.commands.migrate.migrate import migrated
from kaitogen.commands.option_types import Values
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import report_text
from kaitogen.diagnostics.formats import Report
from kaitogen.errors import UsageError
from kaitogen.pipeline.load import STDIN, sources


def run(values: Values) -> Outcome:
    """Show what would change, or change it; where something cannot be decided, nothing is written."""
    if values["kaito"] is None:
        raise UsageError(
            "migrate needs to know the KAITO version to go to", fix="add --to, such as --to 0.12"
        )
    if values["check"] and values["write"]:
        raise UsageError("--check writes nothing, and --write does", fix="leave one of them out")
    wanted = targets.wanted(values)
    contents, findings, _ = sources(inputs.request(values)._replace(all_yaml=True))
    changes: list[in_place.Change] = []
    for name, data in contents:
        text, found = migrated(name, data, wanted)
        findings += found
        changes.append(in_place.Change(name, data, text.encode()))
    report = Report(findings)
    said = report_text(report, wrote=True)
    if code := report.exit_code:
        return Outcome(said=said, exit_code=code)
    if values["check"]:
        outcome = in_place.checked(changes, f"kaitogen migrate --to {wanted.kaito} --write")
        return outcome._replace(said=said + outcome.said)
    if not values["write"]:
        return Outcome(in_place.diff(changes).encode(), said)
    said += in_place.counted(in_place.written(changes), len(changes))
    return Outcome(b"".join(one.after for one in changes if one.name == STDIN), said)
