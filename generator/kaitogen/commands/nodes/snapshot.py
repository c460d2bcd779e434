"""`kaitogen nodes snapshot`: an inventory of the nodes, of a cluster or of what kubectl printed."""

from kaitogen.commands.inputs import LiveOptions, now
from kaitogen.commands.nodes import source
from kaitogen.commands.nodes.source import SELECTOR, selector_of
from kaitogen.commands.options import Group, OptionGroup, argument, option
from kaitogen.commands.result import QUIET, Outcome, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import listed, number_of, printable
from kaitogen.errors import UsageError, refuse_dash
from kaitogen.model import Diagnostic, Document
from kaitogen.nodes import snapshot
from kaitogen.nodes.inventory import KG320, KIND
from kaitogen.nodes.selectors import matches
from kaitogen.nodes.snapshot import Changes
from kaitogen.pipeline.load import STDIN
from kaitogen.typed import Final
from kaitogen.yaml.writer import dump

_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_MOST_CHANGES: Final = 200


class Options(OptionGroup):
    """Of `kaitogen nodes snapshot`."""

    cluster = Group(LiveOptions)
    selector = SELECTOR
    merge = option("--merge", metavar="FILE", help="Lay the facts over this inventory, and say what changed.")
    out = option("-o", "--out", metavar="FILE", help="Write the inventory into this file.")
    cluster_name = option(
        "--cluster", metavar="NAME", help="Name of the cluster, where the facts do not say it."
    )
    time = option("--time", metavar="TIME", help="When the facts were taken; now, if left out.")
    quiet = QUIET
    file = argument("FILE", help="What kubectl get nodes -o json (or yaml) printed; - for standard input.")


def run(options: Options) -> Outcome:
    """The inventory on standard output or into a file; merged into an older one, also what changed."""
    refuse_dash(options.out)
    document, findings = _taken(options)
    merge = options.merge
    old, wrong = _inventory_in(merge) if merge is not None else (None, [])
    findings += wrong
    outcome = reported(Report(findings), quiet=options.quiet, wrote=True)
    if outcome.exit_code or document is None:
        return outcome
    selector = selector_of(options.selector)
    spec = document.value["spec"]
    entries = [one for one in spec["nodes"] if matches(selector, one.get("labels") or {})]
    cluster = options.cluster_name or spec.get("cluster", "")
    stderr = ""
    if old is not None:
        before = old.value["spec"]
        other = before.get("cluster", "")
        if other and cluster and other != cluster:
            message = f"{printable(str(merge))} is about the cluster {printable(other[:60])}, and these facts are about {printable(cluster[:60])}"
            raise UsageError(message, fix="name the inventory of that cluster, or none to begin anew")
        cluster = cluster or other
        entries, changes = snapshot.merged(
            before["nodes"], entries, lambda node: matches(selector, node.labels)
        )
        stderr = _summary(changes, f"{merge} of {before.get('taken', 'an unknown time')}")
    made = dump(snapshot.document(entries, cluster, _time(options.time))).encode()
    if options.out is None:
        return Outcome(made, stderr)
    from kaitogen.files import atomic  # most print

    atomic.write_files({options.out: made})
    return Outcome(stderr=f"{stderr}kaitogen: wrote {options.out}: {number_of(len(entries), 'node')}\n")


def _taken(options: Options) -> tuple[Document | None, list[Diagnostic]]:
    """The facts of now: those of the cluster, or of what kubectl printed."""
    live = options.cluster.asked
    if (options.file is not None) == live:
        fix = "add --live, or hand over a file or - for what kubectl get nodes -o json prints"
        raise UsageError("a snapshot is taken of the cluster, or of what kubectl printed", fix=fix)
    if options.file is None:
        return source.live_document(options.cluster), []
    return _inventory_in(options.file)


def _inventory_in(name: str) -> tuple[Document | None, list[Diagnostic]]:
    from kaitogen import schema
    from kaitogen.diagnostics.placing import place
    from kaitogen.model import Origin

    documents, findings, _ = source.read(name)
    for document in documents:
        if isinstance(document.value, dict) and document.value.get("kind") == KIND:
            problems = schema.problems("inventory", document.value)
            return document, [*findings, *place(one.of(Origin(document)) for one in problems)]
    if findings:
        return None, [*findings]
    fix = "hand over what kubectl get nodes -o json prints, or an inventory"
    file = STDIN if name == "-" else name
    return None, [KG320.in_file(file, "there are no facts about nodes in it", fix=fix)]


def _time(text: str | None) -> str:
    if text is None:
        return now()
    from datetime import datetime

    try:
        return datetime.strptime(text, _TIME).strftime(_TIME)  # noqa: DTZ007 - the form itself says that it is UTC
    except ValueError as error:
        raise UsageError(f"--time takes a time such as 2026-11-24T08:00:00Z, not {text[:40]}") from error


def _summary(changes: Changes, since: str) -> str:
    """What changed, one node a line."""
    numbers = f"{len(changes.new)} new, {len(changes.gone)} gone, {len(changes.changed)} changed"
    lines = [f"new: {name}" for name in changes.new] + [f"gone: {name}" for name in changes.gone]
    lines += [f"{name}: {listed(what)}" for name, what in changes.changed.items()]
    shown = [f"    {printable(line)}\n" for line in lines[:_MOST_CHANGES]]
    more = f"    and {len(lines) - _MOST_CHANGES} more\n" if len(lines) > _MOST_CHANGES else ""
    return f"kaitogen: since {printable(since)}: {numbers}\n" + "".join(shown) + more
