"""The nodes of each intent from facts: selections become names, instance type and selector follow, and all of it is checked."""

from itertools import zip_longest

from kaitogen.diagnostics.wording import listed, number_of
from kaitogen.kaito.rules.resource import RESERVED_KEYS
from kaitogen.model import INSTANCE_TYPE_LABEL, Diagnostic, Document, Path, Rule, Spec
from kaitogen.nodes import checks, default_labels, inventory
from kaitogen.nodes.facts import POOL_LABELS, PRODUCT_LABEL, ZONE_LABEL, NodeFacts, gpus
from kaitogen.nodes.inventory import Inventory, Known
from kaitogen.nodes.selectors import Refused, Selector, asked, equal, matches
from kaitogen.nodes.status import obstacles, of_spec
from kaitogen.typed import Final, Iterable, Mapping, Sequence

KG302 = Rule("KG302", "A selection that no node fulfils", kind="invalid")
KG303 = Rule("KG303", "A selection that too few nodes fulfil", kind="invalid")
KG323 = Rule("KG323", "There is no such quick selector", kind="invalid")

_SELECT: Final[Path] = (*checks.NODES, "select")
#: Labels that stay with a node, and so may be selected by without being asked to; in this order.
_LASTING: Final = (*POOL_LABELS, INSTANCE_TYPE_LABEL, PRODUCT_LABEL, ZONE_LABEL)


def choose(
    specs: Iterable[Spec], documents: Sequence[Document], oldest: str
) -> tuple[list[Spec], list[Diagnostic]]:
    """The Specs with the nodes that their selections come to, and what is wrong with any of it."""
    known, diagnostics = inventory.read(documents, oldest)
    if known.inventory is None:
        # What an unreadable inventory would have answered is no second error.
        unreadable = not documents or bool(diagnostics)
        return [spec for spec in specs if spec.placement.selection is None or not unreadable], diagnostics
    mark = {inventory.MARK: inventory.mark(known.inventory)} if known.inventory.document.inline else {}
    chosen: list[Spec] = []
    for spec in specs:
        try:
            if spec.placement.nodes is None and spec.placement.selection is None:
                found, problems = _of_selector(spec, known.inventory)
            else:
                found, problems = _with_nodes(spec, known, known.inventory)
                found = found._replace(annotations={**found.annotations, **mark})
        except Refused as refused:
            diagnostics.append(refused.problem.of(spec.origin))
            continue
        diagnostics.extend(problem.of(spec.origin) for problem in problems)
        chosen.append(found)
    return chosen, diagnostics


def _of_selector(spec: Spec, facts: Inventory) -> tuple[Spec, list[Diagnostic]]:
    """The Spec of an intent that names no nodes with what is known of those that its selector finds under byo.

    KAITO itself asks for nodes of presets alone; replicas and others may want one and the same whatever they run.
    """
    if not checks.reads_labels(spec.target):
        return spec, []
    labels = checks.selected_labels(spec)
    nodes = checks.matching(spec.target, labels, facts)
    problems: list[Diagnostic] = []
    if checks.asks_for_nodes(spec):
        problems += checks.refusals(spec.target, labels, nodes, ("spec", "placement", "labelSelector"))
    if spec.placement.labels:
        problems += checks.tainted(spec, nodes, ("spec", "placement"))
    byo_nodes = checks.together(nodes, len(nodes), None)
    return spec._replace(placement=spec.placement._replace(byo_nodes=byo_nodes)), problems


def _with_nodes(spec: Spec, known: Known, facts: Inventory) -> tuple[Spec, list[Diagnostic]]:
    """The Spec with names, instance type and selector from the facts, and what these say against it."""
    problems: list[Diagnostic] = []
    if spec.placement.selection is None:
        problems += checks.unknown(spec, facts)
        nodes = tuple(facts.nodes[name] for name in spec.placement.nodes or () if name in facts.nodes)
        labels: Mapping[str, str] | None = None
    else:
        nodes, labels = _selected(spec, known, facts)
    problems += checks.judge(spec, nodes)
    spec = _with_instance_type(spec, nodes)
    if labels is not None:
        names = tuple(node.name for node in nodes)
        spec = spec._replace(placement=spec.placement._replace(nodes=names, selection=None))
        spec = _with_selector(spec, nodes, labels, facts)
    problems += checks.judge_selector(spec, nodes, facts)
    if not nodes:
        return spec, problems
    pinned = facts.having(checks.selected_labels(spec)) == {node.name for node in nodes}
    byo_nodes = checks.together(nodes, len(spec.placement.nodes or ()), pinned)
    return spec._replace(placement=spec.placement._replace(byo_nodes=byo_nodes)), problems


def _selected(spec: Spec, known: Known, facts: Inventory) -> tuple[tuple[NodeFacts, ...], Mapping[str, str]]:
    """The nodes that a selection comes to, in order, and the labels that it asks for by equality.

    Refused where it comes to none, or to less than it asks for.
    """
    selection = spec.placement.selection or {}
    selector = _conditions(spec, known)
    labels = {one.key: one.values[0] for one in selector if one.operator == "in" and len(one.values) == 1}
    names = facts.having(labels)
    matching = [node for node in facts.gpu_nodes if node.name in names and matches(selector, node.labels)]
    passed_over: list[str] = []
    fit = matching
    if selection.get("require", "ready") == "ready":
        tolerations = of_spec(spec)
        against = [(node, obstacles(node, tolerations)) for node in matching]
        fit = [node for node, reasons in against if not reasons]
        passed_over = [f"{node.name} is {' and '.join(reasons)}" for node, reasons in against if reasons]
    count = selection.get("count", spec.placement.node_count)
    if not fit or (count is not None and len(fit) < count):
        raise Refused(_too_few(len(matching), len(fit), count, passed_over, facts))
    for problem in checks.mixed(spec, fit):
        raise Refused(problem)
    ordered = _spread(fit) if selection.get("spread") else fit
    return tuple(ordered[:count]), labels


def _conditions(spec: Spec, known: Known) -> Selector:
    """Everything that a selection asks for; the placement's own instance type counts as well."""
    select = (spec.placement.selection or {})["select"]
    name = select.get("quick")
    quick = known.quick.get(name) if name is not None else None
    if name is not None and quick is None:
        from kaitogen.diagnostics.suggest import did_you_mean  # only a slip needs it

        fix = did_you_mean(name, known.quick, f"there are {', '.join(sorted(known.quick))}")
        raise Refused(KG323.at((*_SELECT, "quick"), f"there is no quick selector {name[:60]}", fix=fix))
    selector = asked(select, _SELECT)
    instance_type = spec.placement.instance_type
    if instance_type is not None:
        selector += equal({INSTANCE_TYPE_LABEL: instance_type})
    return selector + (quick.selector if quick is not None else ())


def _spread(nodes: Sequence[NodeFacts]) -> list[NodeFacts]:
    """The nodes zone by turns, so that any number of the first ones lie in as many zones as can be."""
    zones: dict[str, list[NodeFacts]] = {}
    for node in nodes:
        zones.setdefault(node.zone, []).append(node)
    rounds = zip_longest(*(zones[zone] for zone in sorted(zones)))
    return [node for one in rounds for node in one if node is not None]


def _too_few(
    matching: int, fit: int, count: int | None, passed_over: Sequence[str], facts: Inventory
) -> Diagnostic:
    fix = "ask for other nodes, or refresh the inventory"
    if not matching:
        message = f"none of the {number_of(len(facts.gpu_nodes), 'GPU node')} of the inventory matches the selection"
        return KG302.at(_SELECT, message, fix=fix)
    why = f": {listed(passed_over, 5)}" if passed_over else ""
    if passed_over:
        fix = "ask for less, or write require: any to take nodes in whatever state"
    if not fit:
        message = f"of {number_of(matching, 'matching node')} none can take a pod now{why}"
        return KG302.at(_SELECT, message, fix=fix)
    able = "can take a pod now" if passed_over else "are there"
    message = f"{number_of(count or 0, 'node')} asked for, and {fit} of {number_of(matching, 'matching node')} {able}{why}"
    return KG303.at(checks.NODES, message, fix=fix, found=str(fit), expected=str(count))


def _with_instance_type(spec: Spec, nodes: Sequence[NodeFacts]) -> Spec:
    """The Spec with the one instance type of its nodes, where it names none and KAITO takes one."""
    placement = spec.placement
    if spec.target.byo or placement.instance_type is not None:
        return spec
    types = {node.instance_type for node in nodes if gpus(node)}
    instance_type = types.pop() or None if len(types) == 1 else None
    return spec._replace(placement=placement._replace(instance_type=instance_type))


def _with_selector(
    spec: Spec, nodes: Sequence[NodeFacts], asked_labels: Mapping[str, str], facts: Inventory
) -> Spec:
    """The Spec with a selector of labels that its selected nodes have and no others, where it names none and some do.

    Where KAITO provisions the strategy's own default stays.
    """
    placement = spec.placement
    if not spec.target.byo or placement.label_selector is not None:
        return spec
    chosen = {node.name for node in nodes}
    if facts.having(default_labels(spec)) == chosen:
        return spec
    labels = _distinguishing(nodes, asked_labels, facts)
    if labels is None:
        return spec
    return spec._replace(placement=placement._replace(label_selector={"matchLabels": labels}))


def _distinguishing(
    nodes: Sequence[NodeFacts], asked_labels: Mapping[str, str], facts: Inventory
) -> dict[str, str] | None:
    """The fewest of the labels asked for and the lasting ones that these nodes have and no others; None where none do."""
    chosen = {node.name for node in nodes}
    labels = {key: value for key, value in asked_labels.items() if key not in RESERVED_KEYS}
    others = facts.having(labels) - chosen
    for key in _LASTING:
        if not others:
            break
        values = {node.labels.get(key) for node in nodes}
        value = values.pop() if len(values) == 1 else None
        if value is None or key in labels:
            continue
        left = {name for name in others if facts.nodes[name].labels.get(key) == value}
        if len(left) < len(others):
            labels[key], others = value, left
    return labels if labels and not others else None
