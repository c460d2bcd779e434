"""`kaitogen nodes quick`: the quick selectors, with what each matches now."""

from kaitogen.commands.inputs import INVENTORY, AgeOptions, LiveOptions
from kaitogen.commands.nodes import source
from kaitogen.commands.nodes.list import GAP
from kaitogen.commands.options import Group, OptionGroup
from kaitogen.commands.result import FORM, QUIET, Outcome, reported
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import json_report, listed, number_of, table
from kaitogen.model import Json
from kaitogen.nodes.inventory import Inventory
from kaitogen.nodes.selectors import Quick, Selector, matches, written


class Options(OptionGroup):
    """Of `kaitogen nodes quick`."""

    inventory = INVENTORY
    cluster = Group(LiveOptions)
    age = Group(AgeOptions)
    form = FORM
    quiet = QUIET


def run(options: Options) -> Outcome:
    """One line for each; without facts about nodes none says what it matches."""
    found = source.facts(options.inventory, options.cluster, options.age, needed=False)
    outcome = reported(Report(found.findings), quiet=options.quiet)
    if outcome.exit_code:
        return outcome
    inventory = found.known.inventory
    if options.form == "json":
        entries = [_entry(one, inventory) for one in found.known.quick.values()]
        return outcome._replace(stdout=json_report(1, {"quick": entries}).encode())
    rows = [("NAME", "MATCHES", "MEANS", "SELECTOR")]
    for one in found.known.quick.values():
        matched = "-" if inventory is None else _matched(one.selector, inventory)
        means = f"{one.description} ({one.file})" if one.file else one.description
        rows.append((one.name, matched, means, written(one.selector)))
    return outcome._replace(stdout=table(rows, gap=GAP).encode())


def _entry(one: Quick, inventory: Inventory | None) -> Json:
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
