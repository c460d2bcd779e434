"""`kaitogen status`: what runs of the intents, of finished manifests, or of all that is there."""

from functools import partial

from kaitogen.commands import inputs, targets
from kaitogen.commands.diff.baseline import unreadable
from kaitogen.commands.inputs import LiveOptions, OverlayOptions
from kaitogen.commands.options import Group, OptionGroup, arguments, option
from kaitogen.commands.plan.build import PlanOptions, inventory_of
from kaitogen.commands.progress import asking
from kaitogen.commands.result import FORM, QUIET, Outcome, formatted, reported
from kaitogen.commands.status import reading, units
from kaitogen.commands.status.build import status_of
from kaitogen.commands.status.following import FollowOptions, follow
from kaitogen.commands.status.sources import Dump, Source
from kaitogen.commands.status.types import Status
from kaitogen.commands.status.units import Unit
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.placing import place
from kaitogen.diagnostics.wording import listed
from kaitogen.errors import UsageError
from kaitogen.kaito.updates.model import twice
from kaitogen.model import Diagnostic
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import KG110
from kaitogen.typed import Iterable, NamedTuple, Sequence


class Options(OptionGroup):
    """Of `kaitogen status`."""

    paths = arguments(
        "PATH",
        help="Intents or finished manifests, as files or folders, and files with what kubectl printed of a cluster.",
        more=inputs.BY_OPTION,
    )
    cluster = Group(LiveOptions)
    namespace = option(
        "-n", "--namespace", metavar="NAME", help="Where to look for objects that name no namespace."
    )
    following = Group(FollowOptions)
    form = FORM
    over = Group(OverlayOptions)
    inventory = inputs.INVENTORY
    templates = inputs.TEMPLATES
    quiet = QUIET


class Wanted(NamedTuple):
    """What the status is about, None for all that is there, and what keeps it from being told."""

    units: Sequence[Unit] | None
    findings: Sequence[Diagnostic]


def run(options: Options) -> Outcome:
    """Say how everything is; only findings come out where what should run cannot be read."""
    named = reading.told_apart(options.paths)
    live = options.cluster.asked
    if live and named.dumps:
        raise UsageError("--live and a file of kubectl's both say what runs", fix="leave one of them out")
    if not live and not named.dumps:
        fix = f"add --live, or name the file that this makes: {reading.HOW_TO_DUMP}"
        raise UsageError("nothing says what runs", fix=fix)
    if options.following.asked and not live:
        raise UsageError("a file stays as it is, and --watch and --wait go by a cluster", fix="add --live")
    wanted = _wanted(options, named)
    outcome = reported(Report(wanted.findings), quiet=options.quiet)
    if outcome.exit_code:
        return outcome
    if live:
        look = partial(_look, options, wanted)
        if options.following.asked:
            return follow(look, options.following, options.form)
        status, said = look()
        return Outcome(formatted("status", options.form, status), said, status.exit_code)
    if finding := reading.nothing(named):
        return reported(Report([finding]))
    status = _status(options, wanted, Source(Dump(listed(named.dumps), named.objects)))
    return Outcome(formatted("status", options.form, status), outcome.stderr, status.exit_code)


def _look(options: Options, wanted: Wanted) -> tuple[Status, str]:
    """What the cluster says now, and what is to be said about how it was read."""
    with asking(options.cluster) as cluster:
        source = Source(cluster)
        status = _status(options, wanted, source)
    findings = [*wanted.findings, *source.findings]
    return status, reported(Report(findings), quiet=options.quiet).stderr


def _wanted(options: Options, named: reading.Named) -> Wanted:
    """What the named paths hold; where none is named, the intents of this folder if a cluster is asked, else all that is there."""
    if named.dumps and not named.paths:
        return Wanted(None, ())
    request = inputs.intents(
        named.paths,
        options.over,
        inventory=options.inventory,
        templates=options.templates,
        stdin=named.stdin if "-" in named.paths else None,
    )
    request = targets.aimed(request, options.over.target)
    result = generate(request)
    if not named.paths and any(one.rule == KG110 for one in result.findings):
        return Wanted(None, ())
    found, unnamed = units.written(
        result, PlanOptions(objects_target=request.objects_target, facts=inventory_of(request))
    )
    items = [item for unit in found for item in (unit.item, *unit.others)]
    return Wanted(found, [*unreadable(result), *place([*unnamed, *twice(items)])])


def _status(options: Options, wanted: Wanted, source: Source) -> Status:
    about: Iterable[Unit] | None = wanted.units
    if about is None:
        overrides = targets.overrides(options.over.target.kaito, options.over.target.cloud)
        about = units.found(source, options.namespace, overrides)
    return status_of(about, source, options.namespace)
