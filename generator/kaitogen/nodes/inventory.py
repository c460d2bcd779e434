"""The documents of an inventory to facts: one NodeInventory, and QuickSelectors beside it."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from kaitogen import schema
from kaitogen.model import INTENT_API_VERSION, Diagnostic, Document, Origin, Rule
from kaitogen.nodes import quick_selectors
from kaitogen.nodes.facts import NodeFacts, of_entry
from kaitogen.nodes.gpus import gpus
from kaitogen.nodes.lookup import Lookup
from kaitogen.nodes.quick_selectors import Quick
from kaitogen.yaml.writer import dump

KG320 = Rule("KG320", "No inventory of nodes", kind="invalid")
KG321 = Rule("KG321", "Facts about nodes that are old", kind="warning")
KG322 = Rule("KG322", "A node that stands twice in an inventory", kind="invalid")


KIND: Final = "NodeInventory"
_SCHEMAS: Final = {KIND: "inventory", quick_selectors.KIND: "quick-selectors"}
#: What makes an inventory, for the advice of findings.
MAKE_ONE: Final = "kaitogen nodes snapshot"


class Inventory(NamedTuple):
    """The facts of one document: all nodes by name, those with GPUs in order of name, the cluster and the time.

    Cluster and time are empty where the document does not say them.
    """

    document: Document
    nodes: Mapping[str, NodeFacts]
    lookup: Lookup
    gpu_nodes: tuple[NodeFacts, ...] = ()
    cluster: str = ""
    taken: str = ""


class Known(NamedTuple):
    """Everything that is known about nodes; `inventory` is None where no facts were given."""

    inventory: Inventory | None = None
    quick: Mapping[str, Quick] = quick_selectors.BUILT_IN


#: The annotation that says which facts a manifest was made from, where they stand in no file.
MARK: Final = f"{INTENT_API_VERSION.partition('/')[0]}/inventory-sha256"


def mark(inventory: Inventory) -> str:
    """The hash of the facts: of the list of nodes, as an inventory's file writes it."""
    from hashlib import sha256  # only live facts are marked

    return sha256(dump(inventory.document.value["spec"]["nodes"]).encode()).hexdigest()


def read(documents: Sequence[Document], oldest: str = "") -> tuple[Known, list[Diagnostic]]:
    """What the documents say, and what is wrong with them. `oldest` is the time before which facts are too old."""
    located: list[Diagnostic] = []
    inventory: Inventory | None = None
    selectors = dict(quick_selectors.BUILT_IN)
    for document in documents:
        problems = _problems(document, inventory)
        located += [problem.of(Origin(document)) for problem in problems]
        if problems:
            continue
        if document.value["kind"] == quick_selectors.KIND:
            selectors |= {one.name: one for one in quick_selectors.of_document(document, located)}
        else:
            inventory = _inventory(document, located)
            located += [problem.of(Origin(document)) for problem in _age(inventory, oldest)]
    return Known(inventory, selectors), located


def _problems(document: Document, before: Inventory | None) -> list[Diagnostic]:
    value = document.value
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _SCHEMAS:
        said = f"{kind[:60]} is no inventory of nodes" if isinstance(kind, str) else "no inventory of nodes"
        fix = (
            f"{MAKE_ONE} makes one (apiVersion: {INTENT_API_VERSION}, kind: {KIND}), of kubectl's output, too"
        )
        path = ("kind",) if isinstance(kind, str) else ()
        return [KG320.at(path, said, fix=fix)]
    if kind == KIND and before is not None:
        message = (
            f"a second {KIND}: the facts of {before.document.file[:80]} are about one cluster, these another"
        )
        return [KG320.at(("kind",), message, fix="give one inventory at a time")]
    return schema.problems(_SCHEMAS[kind], value)


def _inventory(document: Document, located: list[Diagnostic]) -> Inventory:
    spec = document.value["spec"]
    nodes: dict[str, NodeFacts] = {}
    for index, entry in enumerate(spec["nodes"]):
        facts = of_entry(entry)
        if facts.name in nodes:
            path = ("spec", "nodes", index, "name")
            message = f"node {facts.name[:80]} stands twice in the inventory"
            located.append(KG322.at(path, message, fix="remove one of the two").of(Origin(document)))
        nodes[facts.name] = facts
    with_gpus = tuple(nodes[name] for name in sorted(nodes) if gpus(nodes[name]))
    return Inventory(
        document, nodes, Lookup(nodes), with_gpus, spec.get("cluster", ""), spec.get("taken", "")
    )


def _age(inventory: Inventory, oldest: str) -> list[Diagnostic]:
    """Times in this form compare as text."""
    if not inventory.taken or inventory.taken >= oldest:
        return []
    message = f"the facts about nodes are of {inventory.taken}, before {oldest}"
    fix = f"refresh the inventory with {MAKE_ONE}, or allow more days with --max-age"
    return [KG321.at(("spec", "taken"), message, fix=fix, found=inventory.taken, expected=oldest)]
