"""The nodes of each intent from facts: selections become names, and what the names' facts say is found."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from kaitogen.diagnostics.wording import listed, number_of
from kaitogen.model import INSTANCE_TYPE_LABEL, Diagnostic, Document, Path, Rule, Spec
from kaitogen.nodes import checks, inventory, pinning
from kaitogen.nodes.facts import NodeFacts
from kaitogen.nodes.inventory import Inventory, Known
from kaitogen.nodes.quick_selectors import Refused, asked
from kaitogen.nodes.selectors import Selector, equal, matches
from kaitogen.nodes.tolerations import obstacles, of_spec

KG302 = Rule("KG302", "A selection that no node fulfils", kind="invalid")
KG303 = Rule("KG303", "A selection that too few nodes fulfil", kind="invalid")
KG323 = Rule("KG323", "There is no such quick selector", kind="invalid")


NODES: Final[Path] = ("spec", "placement", "nodes")
_SELECT: Final[Path] = (*NODES, "select")


class _Failed(Exception):
    """A selection that comes to nothing; `problem` says why."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Chosen(NamedTuple):
    """The nodes of one placement in order, and the labels that its selection asks for by equality."""

    nodes: tuple[NodeFacts, ...]
    asked: Mapping[str, str]


def choose(
    specs: Iterable[Spec], documents: Sequence[Document], oldest: str
) -> tuple[list[Spec], list[Diagnostic]]:
    """The Specs with the nodes that their selections come to, and what is wrong with any of it."""
    known, located = inventory.read(documents, oldest)
    if known.inventory is None:
        # What an unreadable inventory would have answered is no second error.
        wrong = not documents or bool(located)
        return [spec for spec in specs if spec.placement.selection is None or not wrong], located
    mark = {inventory.MARK: inventory.mark(known.inventory)} if known.inventory.document.inline else {}
    chosen: list[Spec] = []
    for spec in specs:
        placement = spec.placement
        if placement.nodes is None and placement.selection is None:
            chosen.append(spec)
            continue
        try:
            made, problems = _decided(spec, known, known.inventory)
        except _Failed as failed:
            located.append(failed.problem.of(spec.origin))
            continue
        located.extend(problem.of(spec.origin) for problem in problems)
        chosen.append(made._replace(annotations={**made.annotations, **mark}))
    return chosen, located


def _decided(spec: Spec, known: Known, facts: Inventory) -> tuple[Spec, list[Diagnostic]]:
    """The Spec with names, instance type and selector from the facts, and what these say against it."""
    selection = spec.placement.selection
    problems: list[Diagnostic] = []
    if selection is None:
        problems += checks.unknown(spec, facts)
        nodes = tuple(facts.nodes[name] for name in spec.placement.nodes or () if name in facts.nodes)
        chosen = Chosen(nodes, {})
    else:
        chosen = _selected(spec, known, facts)
    problems += checks.judge(spec, chosen.nodes)
    spec = pinning.typed(spec, chosen.nodes)
    if selection is not None:
        names = tuple(node.name for node in chosen.nodes)
        spec = spec._replace(placement=spec.placement._replace(nodes=names, selection=None))
        spec = pinning.pinned(spec, chosen.nodes, chosen.asked, facts)
    problems += pinning.judge(spec, chosen.nodes, facts)
    return pinning.with_byo_nodes(spec, chosen.nodes, facts), problems


def _selected(spec: Spec, known: Known, facts: Inventory) -> Chosen:
    """The nodes that a selection comes to; _Failed where it comes to none, or to less than it asks for."""
    selection = spec.placement.selection or {}
    selector = _conditions(spec, known)
    labels = {one.key: one.values[0] for one in selector if one.operator == "in" and len(one.values) == 1}
    names = facts.lookup.having(labels)
    matching = [node for node in facts.gpu_nodes if node.name in names and matches(selector, node.labels)]
    passed_over: list[str] = []
    fit = matching
    if selection.get("require", "ready") == "ready":
        tolerations = of_spec(spec)
        against = [(node, obstacles(node, tolerations)) for node in matching]
        fit = [node for node, found in against if not found]
        passed_over = [f"{node.name} is {' and '.join(found)}" for node, found in against if found]
    wanted = selection.get("count", spec.placement.node_count)
    if not fit or (wanted is not None and len(fit) < wanted):
        raise _Failed(_too_few(len(matching), len(fit), wanted, passed_over, facts))
    problem = checks.mixed(spec, fit)
    if problem is not None:
        raise _Failed(problem)
    ordered = _spread(fit) if selection.get("spread") else fit
    return Chosen(tuple(ordered[:wanted]), labels)


def _conditions(spec: Spec, known: Known) -> Selector:
    """Everything that a selection asks for; the placement's own instance type counts as well."""
    select = (spec.placement.selection or {})["select"]
    name = select.get("quick")
    quick = known.quick.get(name) if name is not None else None
    if name is not None and quick is None:
        raise _Failed(_no_quick(name, known))
    try:
        found = asked(select)
    except Refused as refused:
        problem = refused.problem
        raise _Failed(problem._replace(path=(*_SELECT, *problem.path))) from refused
    instance_type = spec.placement.instance_type
    if instance_type is not None:
        found += equal({INSTANCE_TYPE_LABEL: instance_type})
    return found + (quick.selector if quick is not None else ())


def _spread(nodes: Sequence[NodeFacts]) -> list[NodeFacts]:
    """The nodes zone by turns, so that any number of the first ones lie in as many zones as can be."""
    zones: dict[str, list[NodeFacts]] = {}
    for node in nodes:
        zones.setdefault(node.zone, []).append(node)
    rounds = zip_longest(*(zones[zone] for zone in sorted(zones)))
    return [node for one in rounds for node in one if node is not None]


def _no_quick(name: str, known: Known) -> Diagnostic:
    from kaitogen.diagnostics.suggest import nearest

    near = nearest(name, known.quick)
    fix = f"did you mean {near}?" if near else f"there are {', '.join(sorted(known.quick))}"
    return KG323.at((*_SELECT, "quick"), f"there is no quick selector {name[:60]}", fix=fix)


def _too_few(
    matching: int, fit: int, wanted: int | None, passed_over: Sequence[str], facts: Inventory
) -> Diagnostic:
    advice = "ask for other nodes, or refresh the inventory"
    if not matching:
        message = f"none of the {number_of(len(facts.gpu_nodes), 'GPU node')} of the inventory matches the selection"
        return KG302.at(_SELECT, message, fix=advice)
    why = f": {listed(passed_over, 5)}" if passed_over else ""
    if passed_over:
        advice = "ask for less, or write require: any to take nodes in whatever state"
    if not fit:
        message = f"of {number_of(matching, 'matching node')} none can take a pod now{why}"
        return KG302.at(_SELECT, message, fix=advice)
    able = "can take a pod now" if passed_over else "are there"
    message = f"{number_of(wanted or 0, 'node')} asked for, and {fit} of {number_of(matching, 'matching node')} {able}{why}"
    return KG303.at(NODES, message, fix=advice, found=str(fit), expected=str(wanted))
