"""`kaitogen nodes list`: nodes that have GPUs, as a table for people or a document for machines."""

from collections.abc import Sequence

from kaitogen.commands.inputs import INVENTORY
from kaitogen.commands.live import LiveOptions
from kaitogen.commands.max_age import AgeOptions
from kaitogen.commands.nodes import listing, source
from kaitogen.commands.nodes.selecting import SELECTOR, selector_of
from kaitogen.commands.options import Group, OptionGroup, flag, option
from kaitogen.commands.reporting import reported
from kaitogen.commands.result import Outcome
from kaitogen.commands.terminal import colours
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.suggest import did_you_mean
from kaitogen.diagnostics.wording import json_text, number_of
from kaitogen.errors import UsageError
from kaitogen.model import INSTANCE_TYPE_LABEL, Json, Target
from kaitogen.nodes.facts import NodeFacts
from kaitogen.nodes.inventory import Known
from kaitogen.nodes.selectors import Selector, equal, matches
from kaitogen.nodes.status import obstacles, of_presets
from kaitogen.yaml.writer import dump


class Options(OptionGroup):
    """Of `kaitogen nodes list`."""

    inventory = INVENTORY
    cluster = Group(LiveOptions)
    selector = SELECTOR
    quick = option("--quick", metavar="NAME", help="Only what this quick selector matches.")
    instance_type = option("--instance-type", metavar="TYPE", help="Only nodes of this instance type.")
    ready = flag("--ready", help="Only nodes that can take KAITO's pods now.")
    all = flag("--all", help="Nodes without GPUs, too.")
    pods = flag("--pods", help="Show how many GPUs pods leave free, too.")
    form = option(
        "--format", choices=("table", "wide", "json", "yaml"), default="table", help="How to list them."
    )
    age = Group(AgeOptions)


def run(options: Options) -> Outcome:
    """The nodes that the options ask for."""
    found = source.facts(options.inventory, options.cluster, options.age, with_pods=options.pods)
    outcome = reported(Report(found.findings))
    if outcome.exit_code or found.known.inventory is None:
        return outcome
    inventory = found.known.inventory
    everything = sorted(inventory.nodes.values(), key=lambda node: node.name)
    pool = everything if options.all else [*inventory.gpu_nodes]
    tolerations = of_presets(Target())
    selector = _selector(options, found.known)
    nodes = [node for node in pool if matches(selector, node.labels)]
    if options.ready:
        nodes = [node for node in nodes if not obstacles(node, tolerations)]
    view = listing.View(
        tolerations=tolerations,
        now=found.now,
        used=found.used,
        wide=options.form == "wide",
        colour=colours(1) is True,
    )
    if options.form in ("json", "yaml"):
        return outcome._replace(stdout=_document(listing.report(nodes, found.known, view), options.form))
    stderr = outcome.stderr if nodes else outcome.stderr + _none_of(pool, everything, options)
    return Outcome(listing.table(nodes, view).encode(), stderr)


def _none_of(pool: Sequence[NodeFacts], everything: Sequence[NodeFacts], options: Options) -> str:
    if pool:
        kind = "node" if options.all else "GPU node"
        return f"kaitogen: none of the {number_of(len(pool), kind)} is asked for\n"
    return f"kaitogen: none of the {number_of(len(everything), 'node')} has a GPU that its facts show; --all lists them\n"


def _document(value: Json, form: str) -> bytes:
    return (dump(value) if form == "yaml" else json_text(value)).encode()


def _selector(options: Options, known: Known) -> Selector:
    """What the options ask of labels together."""
    selector = selector_of(options.selector)
    name, instance_type = options.quick, options.instance_type
    if name is not None:
        if name not in known.quick:
            fix = did_you_mean(name, known.quick, f"there are {', '.join(sorted(known.quick))}")
            raise UsageError(f"there is no quick selector {name[:60]}", fix=fix)
        selector += known.quick[name].selector
    return selector if instance_type is None else selector + equal({INSTANCE_TYPE_LABEL: instance_type})
