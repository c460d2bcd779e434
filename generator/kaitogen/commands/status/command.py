"""`kaitogen status`: what runs of the intents, of finished manifests, or of all that is there.

Which of the named files hold what runs, as kubectl printed it, and which say what should, the objects themselves tell.
"""

import os
from functools import partial

from kaitogen.commands import inputs, targets
from kaitogen.commands.diff.baseline import unreadable
from kaitogen.commands.inputs import LiveOptions, OverlayOptions
from kaitogen.commands.options import Group, OptionGroup, arguments, option
from kaitogen.commands.plan.build import PlanOptions, inventory_of
from kaitogen.commands.progress import asking
from kaitogen.commands.result import FORM, QUIET, Outcome, formatted, reported
from kaitogen.commands.status.build import Unit, status_of, units_in, units_of
from kaitogen.commands.status.following import FollowOptions, follow
from kaitogen.commands.status.sources import Dump, Source
from kaitogen.commands.status.types import Status
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.placing import place
from kaitogen.diagnostics.wording import listed
from kaitogen.errors import UsageError
from kaitogen.files import standard_input
from kaitogen.kaito.objects import list_items, part, place_of, serves, text
from kaitogen.kaito.updates.model import twice
from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.pipeline.classify import INTENT_FILES
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import KG110, MAX_FACT_VALUES, MAX_FACTS, STDIN, documents_of, read_file
from kaitogen.typed import Final, Iterable, Iterator, NamedTuple, Sequence
from kaitogen.yaml.reader import Unreadable
from kaitogen.yaml.stream import items, shallow

KG771 = Rule("KG771", "Nothing that KAITO runs is in it", kind="invalid")

#: What makes a file that a status can be told from.
_HOW_TO_DUMP: Final = (
    "kubectl get workspaces,inferencesets,configmaps,pods,events,nodes -A -o yaml > cluster.yaml"
)
#: In bytes: so much of a JSON text is read at a time.
_PIECE: Final = 1 << 20
#: Kinds that nobody writes down: kubectl alone has them.
_OBSERVED: Final = ("Pod", "Event", "Node")


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


class Named(NamedTuple):
    """The paths of a command line: those with what should run, and the `dumps`, their objects together.

    `stdin` is what was read from standard input, None where nothing was. `flaws` are why files of either cannot be read.
    """

    paths: tuple[str, ...]
    dumps: tuple[str, ...]
    objects: list[Json]
    stdin: bytes | None
    flaws: Sequence[Diagnostic]


class Wanted(NamedTuple):
    """What the status is about, None for all that is there, and what keeps it from being told."""

    units: Sequence[Unit] | None
    findings: Sequence[Diagnostic]


def run(options: Options) -> Outcome:
    """Say how everything is; only findings come out where what should run cannot be read."""
    named = _told_apart(options.paths)
    live = options.cluster.asked
    if live and named.dumps:
        raise UsageError("--live and a file of kubectl's both say what runs", fix="leave one of them out")
    if not live and not named.dumps:
        if named.flaws:  # of what says what runs, as far as anybody can tell
            return reported(Report(named.flaws))
        fix = f"add --live, or name the file that this makes: {_HOW_TO_DUMP}"
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
    if finding := _nothing(named, None if wanted.units is not None else options.namespace):
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


def _wanted(options: Options, named: Named) -> Wanted:
    """What the named paths hold; where none is named, the intents of this folder if a cluster is asked, else all that is there."""
    if named.dumps and not named.paths:
        return Wanted(None, ())
    piped = named.stdin if "-" in named.paths else None
    request = inputs.request(
        named.paths, inventory=options.inventory, templates=options.templates, stdin=piped
    )
    request = targets.aimed(inputs.overlaid(request, options.over), options.over.target)
    result = generate(request)
    if not named.paths and any(one.rule == KG110 for one in result.findings):
        return Wanted(None, ())
    found, unnamed = units_of(
        result, PlanOptions(objects_target=request.objects_target, facts=inventory_of(request))
    )
    every = [item for unit in found for item in (unit.item, *unit.others)]
    return Wanted(found, [*unreadable(result), *place([*unnamed, *twice(every)])])


def _status(options: Options, wanted: Wanted, source: Source) -> Status:
    about: Iterable[Unit] | None = wanted.units
    if about is None:
        overrides = targets.overrides(options.over.target.kaito, options.over.target.cloud)
        about = units_in(source, options.namespace, overrides)
    return status_of(about, source, options.namespace)


def _told_apart(paths: Sequence[str]) -> Named:
    """The paths by what they hold; what cannot be read is left to whoever reads what should run, who says why."""
    wanted: list[str] = []
    dumps: list[str] = []
    objects: list[Json] = []
    flaws: list[Diagnostic] = []
    stdin: bytes | None = None
    for path in paths:
        data: bytes | Diagnostic = b""
        name = STDIN if path == "-" else path
        if path == "-":
            data = stdin = standard_input.read(MAX_FACTS)
        elif not os.path.isdir(path) and not path.endswith(INTENT_FILES):
            data = read_file(path, MAX_FACTS)
        values, problems = ([], [data]) if isinstance(data, Diagnostic) else _values(name, data)
        found = list(_objects(values))
        if any(map(_is_observed, found)):
            dumps.append(name)
            objects += found
        else:
            wanted.append(path)
            flaws += problems
    return Named(paths=tuple(wanted), dumps=tuple(dumps), objects=objects, stdin=stdin, flaws=flaws)


def _nothing(named: Named, namespace: str | None) -> Diagnostic | None:
    """The finding for dumps that hold nothing of KAITO's, or nothing of a namespace where that is all that is asked for."""
    there = {place_of(one)[0] for one in named.objects if serves(one)}
    if there and (namespace is None or namespace in there):
        return None
    if there:
        message = f"there is no Workspace and no InferenceSet of namespace {str(namespace)[:63]} in it, only of {listed(sorted(there))}"
        return KG771.in_file(named.dumps[0], message, fix="name one of these, or leave -n out")
    kinds = ", ".join(sorted({text(one, "kind")[:60] for one in named.objects})[:3])
    message = f"there is no Workspace and no InferenceSet in it, only objects of kind {kinds}"
    return KG771.in_file(named.dumps[0], message, fix=f"take all that tells: {_HOW_TO_DUMP}")


def _values(name: str, data: bytes) -> tuple[list[Json], Sequence[Diagnostic]]:
    """The documents of a text or, of JSON, the items of its list, and why it is not to be read; then there are none."""
    if not data.lstrip().startswith(b"{"):
        loaded = documents_of(name, data, MAX_FACT_VALUES)
        return [one.value for one in loaded.documents], loaded.findings
    pieces = (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))
    try:
        return list(map(shallow, items(pieces, MAX_FACT_VALUES))), ()
    except Unreadable as stop:
        return [], [stop.flaw._replace(file=name)]


def _objects(values: Iterable[Json]) -> Iterator[Json]:
    """The objects among the values, those of a list one by one."""
    for value in values:
        if isinstance(value, dict):
            listed = list_items(value)
            every = [value] if listed is None else listed
            yield from (one for one in every if isinstance(one, dict) and _is_named(one))


def _is_named(one: Json) -> bool:
    metadata = part(one, "metadata")
    named = text(one, "kind") and text(metadata, "name")
    return bool(named) and isinstance(metadata.get("namespace"), str | None)


def _is_observed(one: Json) -> bool:
    """Whether an API server has had it in its hands: what someone writes has no uid and no status."""
    return one["kind"] in _OBSERVED or "uid" in one["metadata"] or bool(one.get("status"))
