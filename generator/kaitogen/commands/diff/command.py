"""`kaitogen diff`: what changes, and what KAITO does with each change."""

from kaitogen.commands import inputs, targets
from kaitogen.commands.diff.baseline import DEFAULT_NAMESPACE, Side, compared, items_in, side, side_of
from kaitogen.commands.diff.report import DiffReport
from kaitogen.commands.inputs import LiveOptions, OverlayOptions
from kaitogen.commands.options import Group, OptionGroup, option
from kaitogen.commands.progress import asking
from kaitogen.commands.result import QUIET, Outcome, formatted, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import number_of, printable
from kaitogen.errors import EXIT_FINDINGS, EXIT_OK, UsageError
from kaitogen.pipeline.generate import generate


class Options(OptionGroup):
    """Of `kaitogen diff`."""

    paths = inputs.PATHS
    against = option(
        "--against",
        metavar="REVISION|FOLDER|FILE",
        help="What to compare with: a git revision, or a folder or file of intents or finished manifests.",
    )
    cluster = Group(LiveOptions)
    namespace = option(
        "-n",
        "--namespace",
        metavar="NAME",
        default="default",
        help="Where --live looks for objects that name no namespace.",
    )
    form = option(
        "--format", choices=("text", "markdown", "json"), default="text", help="How to print the comparison."
    )
    migration = option(
        "--write-migration",
        metavar="FOLDER",
        help="Write into this folder how to get what KAITO refuses without a pause.",
    )
    over = Group(OverlayOptions)
    inventory = inputs.INVENTORY
    templates = inputs.TEMPLATES
    quiet = QUIET


def run(options: Options) -> Outcome:
    """Compare what the paths hold with another side; nothing but findings comes out where a side cannot be read."""
    request = inputs.request(options.paths, inventory=options.inventory, templates=options.templates)
    request = targets.aimed(inputs.overlaid(request, options.over), options.over.target)
    against = options.against
    if options.cluster.asked and against is not None:
        raise UsageError("--live and --against both name the other side", fix="leave one of them out")
    if not options.cluster.asked and against is None:
        fix = "add --against with a revision, a folder or a file, or --live"
        raise UsageError("diff compares with something, and nothing is named", fix=fix)
    ours = side("", generate(request), request)
    report = compared(_live(options, ours) if against is None else side_of(against, request), ours)
    outcome = reported(Report(report.findings), quiet=options.quiet)
    if outcome.exit_code:
        return outcome
    stderr = outcome.stderr + _migration(options.migration, report)
    code = EXIT_FINDINGS if report.comparison.objects else EXIT_OK
    return Outcome(formatted("diff", options.form, report), stderr, code)


def _live(options: Options, ours: Side) -> Side:
    """What runs; the cluster is asked only about what is whole on our side."""
    if ours.findings:
        return Side("")
    with asking(options.cluster) as cluster:
        namespace = options.namespace or DEFAULT_NAMESPACE
        where = f"cluster {cluster.name}"
        return Side(where, items_in(cluster, where, ours.items, namespace))


def _migration(folder: str | None, report: DiffReport) -> str:
    """Write the way out of what is refused, all or nothing; what was written, in words."""
    if folder is None:
        return ""
    from kaitogen.commands.diff import migration
    from kaitogen.files import output_folder as folders

    wanted = migration.files(report)
    if not wanted:
        return "kaitogen: nothing is written: no Workspace here has a change that is refused and that another name would get through\n"
    folders.replace(folder, wanted)
    place = printable(folder)
    return f"kaitogen: {place} has {number_of(len(wanted), 'file')}; start with {migration.README}\n"
