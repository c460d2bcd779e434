"""`kaitogen import`: finished Workspaces to intents, on standard output or as files of a folder."""

import os

from kaitogen.commands import inputs, targets
from kaitogen.commands.import_.importer import import_all, no_name_of_set
from kaitogen.commands.inputs import LiveOptions, TargetOptions
from kaitogen.commands.options import Group, OptionGroup, flag, option
from kaitogen.commands.progress import asking
from kaitogen.commands.result import QUIET, Outcome, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import number_of
from kaitogen.errors import EnvironmentFailure, UsageError, refuse_no_folder
from kaitogen.kaito.objects import is_replica, place_of
from kaitogen.kaito.updates.model import settings_name
from kaitogen.model import Diagnostic, Document, Json
from kaitogen.pipeline.load import Loaded, load
from kaitogen.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from kaitogen.files.cluster import Cluster


class Options(OptionGroup):
    """Of `kaitogen import`."""

    paths = inputs.ALL_PATHS
    out = option(
        "-o", "--out", metavar="FOLDER", help="Write one file per intent into this folder, all or nothing."
    )
    as_set = flag(
        "--as-set",
        formerly=("--set",),
        help="Make one WorkspaceIntentSet, with what is common as its defaults.",
    )
    name = option("--name", metavar="NAME", help="Name of the set of --as-set; left out, workspaces.")
    target = Group(TargetOptions)
    cluster = Group(LiveOptions)
    namespace = option(
        "-n", "--namespace", metavar="NAME", help="Namespace for --live; left out, all of them."
    )
    quiet = QUIET


def run(options: Options) -> Outcome:
    """Import what the paths hold; where anything stops that, only the findings come out."""
    refuse_no_folder(options.out)
    target = targets.overrides(options.target.kaito, options.target.cloud)
    name = _name_of_set(options)
    imported = import_all(_loaded(options), target, as_set=name)
    outcome = reported(Report(imported.findings), quiet=options.quiet, wrote=True)
    if outcome.exit_code:
        return outcome
    taken = [number_of(number, kind) for kind, number in (imported.kinds or {"Workspace": 0}).items()]
    proved = f"kaitogen: {' and '.join(filter(None, (', '.join(taken[:-1]), taken[-1])))} rendered again: 0 differences\n"
    stderr = outcome.stderr + ("" if options.quiet else proved)
    if options.out is None:
        return Outcome("---\n".join(imported.texts.values()).encode(), stderr)
    from kaitogen.files import atomic

    contents = {os.path.join(options.out, name): text.encode() for name, text in imported.texts.items()}
    atomic.write_files(contents, may_replace=lambda _: False, refusal=_different, make_folders=True)
    return Outcome(stderr=stderr)


def _different(path: str) -> EnvironmentFailure:
    """What to say of a file that is there: an import of before, edited or of other objects, or somebody else's."""
    fix = "keep it and import into another folder, or move it away"
    return EnvironmentFailure(f"{path} was changed since an import, or comes from elsewhere", fix=fix)


def _name_of_set(options: Options) -> str | None:
    """The name of the set that is asked for; None where none is."""
    if not options.as_set:
        if options.name is not None:
            raise UsageError("--name is the name of a set, and none is made", fix="add --as-set")
        return None
    name = "workspaces" if options.name is None else options.name
    if problem := no_name_of_set(name):
        raise UsageError(f"--name names no set: {problem.message}", fix=problem.fix)
    return name


def _loaded(options: Options) -> Loaded:
    if options.cluster.asked:
        if options.paths:
            raise UsageError("--live and files both say what to import", fix="leave one of them out")
        with asking(options.cluster) as cluster:
            return _objects_in(cluster, options.namespace)
    if options.namespace is not None:
        raise UsageError("--namespace is about a cluster, and none is asked", fix="add --live")
    if not options.paths:
        raise UsageError(
            "import needs to know what to import",
            fix="name files, ask a cluster by --live, or pipe them in: kubectl get workspaces -o yaml | kaitogen import -",
        )
    return load(inputs.request(options.paths)._replace(all_yaml=True))


def _objects_in(cluster: "Cluster", namespace: str | None) -> Loaded:
    """The Workspaces and sets of a namespace, or of all, the ConfigMaps with their settings, and what scales the sets."""
    file = f"cluster {cluster.name}"
    found = list(cluster.of_kaito("Workspace", namespace))
    sets, unread = _sets_in(cluster, namespace, file, of_replicas=any(map(is_replica, found)))
    named = {(place_of(one)[0], name) for one in (*found, *sets) if (name := settings_name(one))}
    others = [cluster.config_map(*where) for where in sorted(named)]
    others += [cluster.scaled_object(*place_of(one)) for one in sets]
    objects = [*found, *sets, *(one for one in others if one is not None)]
    documents = [Document(file, number, value=one, inline=True) for number, one in enumerate(objects)]
    return Loaded(documents, unread, [file])


def _sets_in(
    cluster: "Cluster", namespace: str | None, file: str, *, of_replicas: bool
) -> tuple[list[Json], list[Diagnostic]]:
    """The sets, also such without any replica; a warning instead where the user may not read them, and no Workspace is one's."""
    from kaitogen.files.cluster.problems import KG627, ClusterError  # few ask a cluster

    try:
        return cluster.of_kaito("InferenceSet", namespace), []
    except ClusterError as stop:
        if stop.rule != KG627 or of_replicas:
            raise
        message = f"InferenceSets are left out: {stop.message}"
        return [], [KG627.in_file(file, message, fix=stop.fix)._replace(severity="warning")]
