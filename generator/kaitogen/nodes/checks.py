"""Nodes held against their facts: is each there, has it GPUs, can it take a pod, do they go together, and does the selector
take these and no others. For those that a selector finds under byo, what KAITO's webhook would say to them.
"""

import re

from kaitogen.diagnostics.wording import cut, listed, number_of
from kaitogen.kaito import versions
from kaitogen.kaito.objects import is_of_kaito
from kaitogen.kaito.rules.byo_nodes import KG313
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.ignored import preferred_nodes
from kaitogen.kaito.rules.inference_set import replica_of
from kaitogen.kaito.rules.resource import KG423, RESERVED_KEYS, is_system_label
from kaitogen.model import GIB, ByoNodes, Diagnostic, Document, Path, Rule, Spec, Target, UserObject
from kaitogen.nodes import default_labels, inventory
from kaitogen.nodes.facts import COUNT_LABEL, MEMORY_LABEL, PRODUCT_LABEL, NodeFacts, gpus
from kaitogen.nodes.inventory import Inventory
from kaitogen.nodes.status import of_spec, untolerated
from kaitogen.typed import Final, Iterable, Iterator, Mapping, Sequence

KG304 = Rule("KG304", "A name that is a slip of another node's", kind="can't work")
KG305 = Rule("KG305", "A node that the inventory does not know", kind="warning")
KG306 = Rule("KG306", "A node without a GPU", kind="can't work")
KG307 = Rule("KG307", "A node that is not Ready", kind="warning")
KG308 = Rule("KG308", "A node that is cordoned", kind="warning")
KG309 = Rule("KG309", "A taint that KAITO's pods do not tolerate", kind="warning")
KG310 = Rule("KG310", "Chosen nodes that the selector does not match", kind="warning", since="0.4")
KG311 = Rule("KG311", "A node of another instance type", kind="can't work")
KG312 = Rule("KG312", "Nodes of several instance types", kind="invalid")
KG314 = Rule("KG314", "A selector that matches other nodes as well", kind="warning", since="0.4")
KG315 = Rule("KG315", "Nodes without the labels that KAITO reads", kind="refused", since="0.8")
KG316 = Rule("KG316", "Nodes with different GPUs", kind="refused", since="0.8")

NODES: Final[Path] = ("spec", "placement", "nodes")
#: As many nodes are named in a command to run.
_MANY: Final = 20
#: What KAITO reads of nodes that a user brings (R24, R25).
_READ_UNDER_BYO: Final = (PRODUCT_LABEL, COUNT_LABEL, MEMORY_LABEL)
#: Where each kind that takes nodes says by which labels.
_SELECTORS: Final[Mapping[str, Path]] = {
    "Workspace": ("resource", "labelSelector"),
    "InferenceSet": ("spec", "labelSelector"),
}


def unknown(spec: Spec, facts: Inventory) -> Iterator[Diagnostic]:
    """Names that the facts do not have: a slip where another name is near, else a node that went or is still to come."""
    for index, name in enumerate(spec.placement.nodes or ()):
        if name in facts.nodes:
            continue
        where = f" of {facts.cluster[:60]}" if facts.cluster else ""
        message = f"there is no node {name[:80]} in the inventory{where}"
        siblings = facts.siblings(name)
        near = None if siblings else facts.nearest(name)
        if near is not None:
            is_listed = near in (spec.placement.nodes or ())
            fix = f"remove it: {near} is listed already" if is_listed else f"did you mean {near}?"
            yield KG304.at((*NODES, index), message, fix=fix, found=name[:80])
        else:
            there = f"; there are {listed(siblings, 3)}" if siblings else ""
            fix = f"remove it, or refresh the inventory if the node is new{there}"
            yield KG305.at((*NODES, index), message, fix=fix, found=name[:80])


def judge(spec: Spec, nodes: Sequence[NodeFacts]) -> Iterator[Diagnostic]:
    """What the nodes' facts say against each of them, and against all of them together."""
    tolerations = of_spec(spec)
    names = spec.placement.nodes
    places = {name: index for index, name in enumerate(names or ())}
    for node in nodes:
        path: Path = (*NODES, places[node.name]) if places else NODES
        if gpus(node) is None:
            message = f"node {node.name} has no GPU, by any sign that its facts show"
            yield KG306.at(path, message, fix="name a node that kaitogen nodes list shows")
            continue
        if not node.ready:
            message = f"node {node.name} is not Ready, and KAITO counts Ready nodes only"
            yield KG307.at(path, message, fix="repair it, or name another node")
        if node.cordoned:
            message = f"node {node.name} is cordoned and takes no new pods"
            fix = f"run: kubectl uncordon {node.name}; or name another node"
            yield KG308.at(path, message, fix=fix)
        taints = untolerated(node, tolerations)
        if taints:
            from shlex import quote  # most nodes can be used

            words = listed(map(str, taints), 4)
            message = f"node {node.name} is tainted with {words}, which the pods do not tolerate"
            untaint = f"kubectl taint nodes {quote(node.name)} {quote(f'{taints[0]}-')}"
            fix = f"a preset has no field for tolerations; run: {untaint}"
            if (spec.inference or {}).get("template") is not None:
                fix = "add a toleration to the pod template, or name another node"
            yield KG309.at(path, message, fix=fix, found=words)
        yield from _type(spec, node, path)
        yield from _partition(spec, node, path)
    if names is not None:
        yield from mixed(spec, [node for node in nodes if gpus(node) is not None])
    if asks_for_nodes(spec):
        yield from unlabelled(spec.target, [node for node in nodes if gpus(node)], NODES)


def tainted(spec: Spec, nodes: Sequence[NodeFacts], path: Path) -> Iterator[Diagnostic]:
    """KG309 of nodes that a selector finds, told once: KAITO counts them, and its pods wait for others."""
    tolerations = of_spec(spec)
    kept_off = {node.name: taints for node in nodes if (taints := untolerated(node, tolerations))}
    if kept_off:
        words = listed(dict.fromkeys(str(taint) for taints in kept_off.values() for taint in taints), 4)
        verb = "node {} is" if len(kept_off) == 1 else "nodes {} are"
        whose = verb.format(listed(kept_off, 4))
        message = f"{whose} selected and tainted with {words}, which the pods do not tolerate"
        fix = "remove the taint from a pool that is for models, or select another one"
        yield KG309.at(path, message, fix=fix, found=words)


def _type(spec: Spec, node: NodeFacts, path: Path) -> Iterator[Diagnostic]:
    instance_type = spec.placement.instance_type
    if instance_type is not None and _of_other_type(spec, node):
        message = f"node {node.name} is a {node.instance_type}, and the intent says {instance_type[:60]}"
        fix = f"write instanceType: {node.instance_type}, or name other nodes"
        yield KG311.at(path, message, fix=fix, found=node.instance_type, expected=instance_type)


def _of_other_type(spec: Spec, node: NodeFacts) -> bool:
    return node.instance_type != "" and spec.placement.instance_type not in (None, node.instance_type)


def _partition(spec: Spec, node: NodeFacts, path: Path) -> Iterator[Diagnostic]:
    """Whether a node has the GPUs, or the slices of GPUs, that a pod will ask of it."""
    node_gpus, partition = gpus(node), spec.placement.partition or {}
    if node_gpus is None:
        return
    fix = "name another node, or ask for less in partition"
    profile, count = partition.get("profile"), partition.get("count")
    if profile is not None:
        if not node_gpus.slices.get(f"nvidia.com/mig-{profile}"):
            there = f"; it has {listed(node_gpus.slices)}" if node_gpus.slices else ""
            message = f"node {node.name} has no slice nvidia.com/mig-{profile[:40]}{there}"
            yield KG313.at(path, message, fix=fix)
    elif isinstance(count, int) and node_gpus.number < count:
        message = f"node {node.name} has {node_gpus.number} GPUs, and the partition asks for {count}"
        yield KG313.at(path, message, fix=fix, found=str(node_gpus.number), expected=str(count))
    elif not node_gpus.number and node_gpus.slices:
        message = f"the GPUs of node {node.name} are cut into slices ({listed(node_gpus.slices)}), and whole ones are asked for"
        fix = "ask for a slice with partition: {mode: mig, profile: ...}, or name another node"
        yield KG313.at(path, message, fix=fix)


def mixed(spec: Spec, nodes: Sequence[NodeFacts]) -> Iterator[Diagnostic]:
    """Nodes of more than one kind: KAITO takes one instance type, and under byo one kind of GPU."""
    if spec.target.byo:
        if asks_for_nodes(spec):
            yield from unlike(spec.target, nodes, NODES)
        return
    by_type: dict[str, list[str]] = {}
    for node in nodes:
        by_type.setdefault(node.instance_type, []).append(node.name)
    if spec.placement.instance_type is not None or len(by_type) <= 1:
        return
    listing = "; ".join(
        f"{kind or 'no instance type'}: {listed(by_type[kind], 4)}" for kind in sorted(by_type)
    )
    message = f"the nodes are of {len(by_type)} instance types ({listing})"
    fix = f"choose one, such as instanceType: {max(by_type, key=lambda kind: (len(by_type[kind]), kind))}"
    yield KG312.at(NODES, message, fix=fix, found=listing)


def unlike(target: Target, nodes: Sequence[NodeFacts], path: Path) -> Iterator[Diagnostic]:
    """R25: product, count and memory of all nodes must be the same; what lacks a label is told by R24."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for node in nodes:
        kind = tuple(node.labels.get(label, "") for label in _READ_UNDER_BYO)
        if all(kind):
            kinds.setdefault(kind, []).append(node.name)
    if len(kinds) <= 1:
        return
    listing = "; ".join(f"{kind[1]} x {kind[0]}: {listed(kinds[kind], 4)}" for kind in sorted(kinds))
    message = f"the nodes have different GPUs ({listing}), which KAITO {target.kaito} refuses under byo"
    yield KG316.at(path, message, fix="take nodes of one kind", found=listing)


def asks_for_nodes(spec: Spec) -> bool:
    """Whether KAITO reads what GPU Feature Discovery says of the nodes before it admits the Workspace."""
    preset = (spec.inference or {}).get("model") is not None
    return preset and reads_labels(spec.target) and not spec.placement.partition


def reads_labels(target: Target) -> bool:
    """Whether KAITO does so for a preset that takes whole GPUs."""
    return target.byo and target.has(versions.NODE_LABELS_READ)


def unlabelled(target: Target, nodes: Sequence[NodeFacts], path: Path) -> Iterator[Diagnostic]:
    """R24: the labels that KAITO reads must be there."""
    lacking = [node.name for node in nodes if not all(map(node.labels.get, _READ_UNDER_BYO))]
    if lacking:
        message = f"KAITO {target.kaito} refuses nodes without the labels {', '.join(_READ_UNDER_BYO)} under byo: {listed(lacking)}"
        yield KG315.at(path, message, fix="install NVIDIA's GPU Feature Discovery, which sets them")


def judge_selector(spec: Spec, nodes: Sequence[NodeFacts], facts: Inventory) -> Iterator[Diagnostic]:
    """Nodes that the selector misses, and others that it takes as well."""
    # Since 0.11 KAITO takes nodes that are there already only where the user brings them.
    if not nodes or not (spec.target.byo or spec.target.has(versions.NODES_REUSED)):
        return
    labels = selected_labels(spec)
    chosen = {node.name for node in nodes}
    selected = facts.having(labels)
    is_given = spec.placement.label_selector is not None
    path: Path = ("spec", "placement", "labelSelector") if is_given else NODES
    missed = [node.name for node in nodes if node.name not in selected and not _of_other_type(spec, node)]
    if missed:
        yield _missed(spec, path, labels, missed)
    others = sorted(selected - chosen)
    if others and not (spec.target.has(versions.LISTED_NODES_ONLY) and not spec.target.byo):
        yield _others(spec, path, labels, others)


def _missed(spec: Spec, path: Path, labels: Mapping[str, str], missed: Sequence[str]) -> Diagnostic:
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    chosen = f"{number_of(len(missed), 'chosen node')} {'does' if len(missed) == 1 else 'do'} not match"
    message = f"KAITO {spec.target.kaito} finds nodes by {selector[:120]}, and {chosen}: {listed(missed)}"
    foreign = [key for key in labels if is_system_label(key)]
    if foreign:
        fix = f"select by another label than {foreign[0]}, which is not for people to set"
    else:
        fix = f"run: {_label_command(missed, labels)}"
    return KG310.at(path, message, fix=fix)


def _others(spec: Spec, path: Path, labels: Mapping[str, str], others: Sequence[str]) -> Diagnostic:
    selector = ",".join(f"{key}={value}" for key, value in labels.items()) or "the empty selector"
    message = f"{selector[:120]} matches {number_of(len(others), 'node')} besides the chosen ones, which KAITO {spec.target.kaito} may "
    message += f"take as well: {listed(others)}"
    fix = "select by a label that only the chosen nodes have"
    if spec.target.byo and spec.placement.label_selector is not None:
        names = spec.placement.nodes or ()
        fix = f"remove labelSelector, and run: {_label_command(names, default_labels(spec))}"
    return KG314.at(path, message, fix=fix, found=listed(others))


def _label_command(names: Iterable[str], labels: Mapping[str, str]) -> str:
    """The line of a shell that puts labels on nodes. Names and labels have passed schemas that let no blank through."""
    nodes = list(names)
    shown = " ".join(nodes[:_MANY]) + (" ..." if len(nodes) > _MANY else "")
    pairs = " ".join(f"{key}={value}" for key, value in labels.items())
    safe = re.fullmatch(r"[-\w./ =]+", pairs) is not None
    return f"kubectl label nodes {shown} {pairs if safe else '...'}"


def selected_labels(spec: Spec) -> dict[str, str]:
    """The labels that a placement's nodes are selected by."""
    selector, asked = spec.placement.label_selector, spec.placement.labels
    if selector is not None:
        return {**(selector.get("matchLabels") or {}), **asked}
    return {**({"apps": spec.name} if spec.placement.nodes is None else default_labels(spec)), **asked}


def matching(target: Target, labels: Mapping[str, str], facts: Inventory) -> tuple[NodeFacts, ...]:
    """All nodes that KAITO finds by these labels, in order of name; keys that it reserves do not count."""
    dropped = RESERVED_KEYS if target.has(versions.RESERVED_LABELS) else ()
    asked = {key: value for key, value in labels.items() if key not in dropped}
    return tuple(facts.nodes[name] for name in sorted(facts.having(asked)))


def refusals(
    target: Target, labels: Mapping[str, str], nodes: Sequence[NodeFacts], path: Path
) -> Iterator[Diagnostic]:
    """R23 to R25: one node at least, all with the labels that KAITO reads, and all alike."""
    selector = cut(",".join(f"{key}={value}" for key, value in labels.items()), 120) or "the empty selector"
    if not nodes:
        message = f"no node of the inventory matches {selector}, and KAITO {target.kaito} then refuses it: No nodes found matching"
        fix = (
            "label the nodes before it is applied and refresh the inventory, or select a label that they have"
        )
        yield KG423.at(path, message, fix=fix, severity="error")
        return
    yield from [*unlabelled(target, nodes, path), *unlike(target, nodes, path)][:1]


def of_objects(
    objects: Sequence[UserObject], target: Target, documents: Sequence[Document]
) -> tuple[dict[int, ByoNodes], list[Diagnostic]]:
    """What facts say about the nodes of finished objects, by the identity of their data, and what is wrong with them.

    Of a set that is asked for one of its replicas; how many nodes there are is of interest whatever these run. What is
    wrong with the facts themselves is told where intents are held against them.
    """
    facts = inventory.read(documents)[0].inventory
    found: dict[int, ByoNodes] = {}
    diagnostics: list[Diagnostic] = []
    if facts is None or not reads_labels(target):
        return found, diagnostics
    for origin, data in objects:
        path = _SELECTORS.get(data["kind"]) if is_of_kaito(data) else None
        if path is None or not isinstance(data.get(path[0]), dict):
            continue
        is_set = data["kind"] == "InferenceSet"
        ctx = RuleContext(replica_of(data) if is_set else data, target)
        labels = {key: value for key, value in ctx.match_labels.items() if isinstance(value, str)}
        asked = ctx.inference is not None and ctx.preset is not None and not ctx.resource.get("partition")
        if not asked and not is_set:
            continue
        nodes = matching(target, labels, facts)
        if asked:
            diagnostics += [one.of(origin) for one in refusals(target, labels, nodes, path)]
        named = set(preferred_nodes(ctx.resource))
        pinned = named == {node.name for node in nodes} if named else None
        found[id(data)] = together(nodes, len(nodes), pinned)
    return found, diagnostics


def together(nodes: Sequence[NodeFacts], number: int, pinned: bool | None) -> ByoNodes:
    """What the facts say about nodes together: the least of their GPUs, whose memory KAITO rounds to whole GiB."""
    with_gpus = [one for node in nodes if (one := gpus(node)) is not None]
    least = min((one.number for one in with_gpus), default=0)
    memory = min(((one.memory * 2 + 1024) // 2048 for one in with_gpus), default=0)
    names = tuple(node.name for node in nodes)
    return ByoNodes(nodes=number, gpus=least, memory=least * memory * GIB, pinned=pinned, names=names)
