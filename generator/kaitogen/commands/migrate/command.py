"""`kaitogen migrate`: intents and finished Workspaces to another KAITO version, as a diff or in place."""

from kaitogen.commands import in_place, inputs, targets
from kaitogen.commands.migrate.migrate import migrated
from kaitogen.commands.options import Group, OptionGroup, arguments, flag, option
from kaitogen.commands.reporting import reported
from kaitogen.commands.result import Outcome
from kaitogen.commands.targets import CloudOptions
from kaitogen.diagnostics.formats import Report
from kaitogen.errors import UsageError
from kaitogen.model import KAITO_VERSIONS


class Options(OptionGroup):
    """Of `kaitogen migrate`."""

    paths = arguments(
        "PATH",
        help="Files, folders (every YAML file below them that speaks of KAITO), or - for standard input.",
    )
    kaito = option("--to", help="KAITO version to go to.", choices=KAITO_VERSIONS)
    check = flag("--check", help="Exit 1 with a diff where a file would change.")
    write = flag("--write", help="Change the files; without it the diff is shown.")
    cloud = Group(CloudOptions)


def run(options: Options) -> Outcome:
    """Show what would change, or change it; where something cannot be decided, nothing is written."""
    if options.kaito is None:
        raise UsageError(
            "migrate needs to know the KAITO version to go to", fix="add --to, such as --to 0.12"
        )
    if options.check and options.write:
        raise UsageError("--check writes nothing, and --write does", fix="leave one of them out")
    target = targets.overrides(options.kaito, options.cloud)
    request = inputs.request(options.paths)._replace(all_yaml=True)
    changes, findings = in_place.read(request, lambda name, data: migrated(name, data, target))
    outcome = reported(Report(findings), wrote=True)
    if outcome.exit_code:
        return outcome
    if options.check:
        checked = in_place.checked(changes, f"kaitogen migrate --to {options.kaito} --write")
        return checked._replace(stderr=outcome.stderr + checked.stderr)
    if not options.write:
        return outcome._replace(stdout=in_place.diff(changes).encode())
    written = in_place.written(changes)
    return written._replace(stderr=outcome.stderr + written.stderr)
