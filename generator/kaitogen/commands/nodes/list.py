"""`kaitogen nodes list` and `nodes quick`: nodes that have GPUs, and what each quick selector matches of them."""

from kaitogen.commands.inputs import INVENTORY, AgeOptions, LiveOptions
from kaitogen.commands.nodes import source
from kaitogen.commands.nodes.source import SELECTOR, Facts, selector_of
from kaitogen.commands.options import Group, OptionGroup, flag, option
from kaitogen.commands.result import FORM, QUIET, Outcome, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.suggest import did_you_mean
from kaitogen.diagnostics.terminal import colours, painted
from kaitogen.diagnostics.wording import json_report, json_text, listed, number_of, table
from kaitogen.errors import UsageError
from kaitogen.model import INSTANCE_TYPE_LABEL, INTENT_API_VERSION, Json, Target
from kaitogen.nodes.facts import Gpus, NodeFacts, gpus
from kaitogen.nodes.inventory import Inventory, Known
from kaitogen.nodes.selectors import Quick, Selector, equal, matches, written
from kaitogen.nodes.status import age, chips, obstacles, of_presets, tolerated
from kaitogen.typed import Any, Callable, Final, Sequence
from kaitogen.yaml.writer import dump

_GAP: Final = "   "
#: The column that has colours.
_STATUS: Final = 1
#: What KAITO's pods tolerate.
_TOLERATIONS: Final = of_presets(Target())
#: What nodes may be sorted by; those that are equal in it stay in the order of their names.
_ORDERS: Final[dict[str, Callable[[NodeFacts], Any]]] = {
    "name": lambda node: node.name,
    "status": lambda node: (bool(obstacles(node, _TOLERATIONS)), chips(node, _TOLERATIONS)),
    "type": lambda node: node.instance_type,
    "gpus": lambda node: -(found.number if (found := gpus(node)) is not None else 0),
    "memory": lambda node: -(found.memory if (found := gpus(node)) is not None else 0),
    "zone": lambda node: node.zone,
    "pool": lambda node: node.pool,
    "age": lambda node: node.created,
}


class Options(OptionGroup):
    """Of `kaitogen nodes list`."""

    inventory = INVENTORY
    cluster = Group(LiveOptions)
    selector = SELECTOR
    quick = option("--quick", metavar="QUICK", help="Only what this quick selector matches.")
    instance_type = option("--instance-type", metavar="TYPE", help="Only nodes of this instance type.")
    ready = flag("--ready", help="Only nodes that can take KAITO's pods now.")
    all = flag("--all", help="Nodes without GPUs, too.")
    pods = flag("--pods", help="Show how many GPUs pods leave free, too.")
    form = option(
        "--format",
        choices=("text", "wide", "json", "yaml", "table"),
        default="text",
        help="How to list them; table is text.",
    )
    sort_by = option("--sort-by", choices=tuple(_ORDERS), default="name", help="What to sort by.")
    age = Group(AgeOptions)
    quiet = QUIET


def run(options: Options) -> Outcome:
    """The nodes that the options ask for."""
    found = source.facts(options.inventory, options.cluster, options.age, with_pods=options.pods)
    outcome = reported(Report(found.findings), quiet=options.quiet)
    if outcome.exit_code or found.known.inventory is None:
        return outcome
    inventory = found.known.inventory
    everything = sorted(inventory.nodes.values(), key=lambda node: node.name)
    pool = everything if options.all else [*inventory.gpu_nodes]
    selector = _selector(options, found.known)
    nodes = [node for node in pool if matches(selector, node.labels)]
    nodes.sort(key=_ORDERS[options.sort_by])
    if options.ready:
        nodes = [node for node in nodes if not obstacles(node, _TOLERATIONS)]
    if options.form in ("json", "yaml"):
        text = (dump if options.form == "yaml" else json_text)(_report(nodes, found))
        return outcome._replace(stdout=text.encode())
    if not nodes:
        return outcome._replace(stderr=outcome.stderr + _none_of(pool, everything, options))
    rows = [_cells(node, found, wide=options.form == "wide") for node in nodes]
    cells = [list(rows[0]), *(list(row.values()) for row in rows)]
    return outcome._replace(stdout=table(cells, gap=_GAP, paint=_painted if colours(1) else None).encode())


def _none_of(pool: Sequence[NodeFacts], everything: Sequence[NodeFacts], options: Options) -> str:
    if pool:
        kind = "node" if options.all else "GPU node"
        return f"kaitogen: none of the {number_of(len(pool), kind)} is asked for\n"
    return f"kaitogen: none of the {number_of(len(everything), 'node')} has a GPU that its facts show; --all lists them\n"


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


def _painted(column: int, text: str, cell: str) -> str:
    """The cell in the colour of a node's status, where it is one."""
    if column != _STATUS:
        return cell
    return painted(cell, "green" if text == "Ready" else "yellow" if text.startswith("Ready") else "red")


def _cells(node: NodeFacts, facts: Facts, *, wide: bool) -> dict[str, str]:
    """The cells of a row by their headings."""
    found = gpus(node)
    taints = [
        f"{taint} ({'tolerated' if tolerated(taint, _TOLERATIONS) else 'NOT tolerated'})"
        for taint in node.taints
    ]
    cells = {
        "NAME": node.name,
        "STATUS": ", ".join(chips(node, _TOLERATIONS)),
        "TYPE": node.instance_type,
        "GPUS": "" if found is None else _number(found),
        "MEMORY": f"{found.memory / 1024:g} GiB" if found is not None and found.memory else "",
    }
    if facts.used is not None:
        cells["FREE"] = "" if found is None else str(_free(node, found, facts))
    cells |= {
        "ZONE": node.zone,
        "POOL": node.pool,
        "CAPACITY": node.capacity_type,
        "AGE": age(node.created, facts.now),
        "TAINTS": ", ".join(taints),
    }
    if wide:
        cells["ALLOCATABLE"] = ", ".join(f"{name}: {number}" for name, number in node.allocatable.items())
        cells["SEEN BY"] = "" if found is None else found.sign
        cells["CREATED"] = node.created
    return {heading: cell or "-" for heading, cell in cells.items()}


def _number(found: Gpus) -> str:
    product = found.product or found.vendor or "GPU"
    slices = ", ".join(f"{number} x {name.rpartition('/')[2]}" for name, number in found.slices.items())
    return f"{found.number} x {product}" if not slices else f"{found.number} x {product} ({slices})"


def _free(node: NodeFacts, found: Gpus, facts: Facts) -> int:
    held = (facts.used or {}).get(node.name, {})
    return found.allocatable - sum(held.get(name, 0) for name in found.resources)


def _report(nodes: Sequence[NodeFacts], facts: Facts) -> dict[str, Json]:
    """The same as a document, of which schemas/nodes.schema.json says what stands in it."""
    inventory = facts.known.inventory
    about = {"cluster": inventory.cluster, "taken": inventory.taken} if inventory is not None else {}
    known = {key: value for key, value in about.items() if value}
    entries = [_entry(node, facts) for node in nodes]
    return {"apiVersion": INTENT_API_VERSION, "kind": "NodeReport", **known, "nodes": entries}


def _entry(node: NodeFacts, facts: Facts) -> dict[str, Json]:
    found = gpus(node)
    made: dict[str, Json] = {
        "name": node.name,
        "status": chips(node, _TOLERATIONS),
        "ready": node.ready,
        "cordoned": node.cordoned,
        "pressure": list(node.pressure),
        "gpu": None if found is None else _gpu(node, found, facts),
        "taints": [{**taint._asdict(), "tolerated": tolerated(taint, _TOLERATIONS)} for taint in node.taints],
    }
    more = {
        "instanceType": node.instance_type,
        "zone": node.zone,
        "pool": node.pool,
        "capacityType": node.capacity_type,
        "created": node.created,
        "age": age(node.created, facts.now),
    }
    return made | {key: value for key, value in more.items() if value} | {"labels": dict(node.labels)}


def _gpu(node: NodeFacts, found: Gpus, facts: Facts) -> dict[str, Json]:
    made: dict[str, Json] = {
        "seenBy": found.sign,
        "vendor": found.vendor,
        "product": found.product,
        "number": found.number,
        "allocatable": found.allocatable,
        "memoryMiB": found.memory,
        "slices": dict(found.slices),
    }
    return made if facts.used is None else {**made, "free": _free(node, found, facts)}


class QuickOptions(OptionGroup):
    """Of `kaitogen nodes quick`."""

    inventory = INVENTORY
    cluster = Group(LiveOptions)
    age = Group(AgeOptions)
    form = FORM
    quiet = QUIET


def quick(options: QuickOptions) -> Outcome:
    """One line for each; without facts about nodes none says what it matches."""
    found = source.facts(options.inventory, options.cluster, options.age, needed=False)
    outcome = reported(Report(found.findings), quiet=options.quiet)
    if outcome.exit_code:
        return outcome
    inventory = found.known.inventory
    if options.form == "json":
        entries = [_quick_entry(one, inventory) for one in found.known.quick.values()]
        return outcome._replace(stdout=json_report(1, {"quick": entries}).encode())
    rows = [("NAME", "MATCHES", "MEANS", "SELECTOR")]
    for one in found.known.quick.values():
        matched = "-" if inventory is None else _matched(one.selector, inventory)
        means = f"{one.description} ({one.file})" if one.file else one.description
        rows.append((one.name, matched, means, written(one.selector)))
    return outcome._replace(stdout=table(rows, gap=_GAP).encode())


def _quick_entry(one: Quick, inventory: Inventory | None) -> Json:
    return {
        "name": one.name,
        "description": one.description,
        "selector": written(one.selector),
        "file": one.file or None,
        "nodes": None if inventory is None else _names(one.selector, inventory),
    }


def _names(selector: Selector, inventory: Inventory) -> list[str]:
    return [node.name for node in inventory.gpu_nodes if matches(selector, node.labels)]


def _matched(selector: Selector, inventory: Inventory) -> str:
    nodes = _names(selector, inventory)
    return f"{number_of(len(nodes), 'node')}: {listed(nodes, 3)}" if nodes else "0 nodes"
