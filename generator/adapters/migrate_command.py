"""`kaitogen migrate`: intents and finished Workspaces to another KAITO version, as a diff or in place."""

from generator import reporting
from generator.adapters import rewriting, targets, wiring
from generator.adapters.options import Values
from generator.adapters.outcome import Outcome
from generator.adapters.terminal import colours
from generator.errors import UsageError
from generator.load import STDIN, sources
from generator.migrating.migrate import migrated


def run(values: Values) -> Outcome:
    """Show what would change, or change it; where something cannot be decided, nothing is written."""
    if values["kaito"] is None:
        raise UsageError(
            "migrate needs to know the KAITO version to go to", fix="add --to, such as --to 0.12"
        )
    if values["check"] and values["write"]:
        raise UsageError("--check writes nothing, and --write does", fix="leave one of them out")
    wanted = targets.wanted(values)
    contents, findings, _ = sources(wiring.request(values)._replace(all_yaml=True))
    changes: list[rewriting.Change] = []
    for name, data in contents:
        text, found = migrated(name, data, wanted)
        findings += found
        changes.append(rewriting.Change(name, data, text.encode()))
    said = reporting.text(findings, colour=colours())
    if code := reporting.exit_code(findings):
        return Outcome(said=said, exit_code=code)
    if values["check"]:
        outcome = rewriting.checked(changes, f"kaitogen migrate --to {wanted.kaito} --write")
        return outcome._replace(said=said + outcome.said)
    if not values["write"]:
        return Outcome(rewriting.diff(changes).encode(), said)
    said += rewriting.counted(rewriting.written(changes), len(changes))
    return Outcome(b"".join(one.after for one in changes if one.name == STDIN), said)
