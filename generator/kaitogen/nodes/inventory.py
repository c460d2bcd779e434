"""An inventory of nodes: its documents read as facts, and nodes found in it by label and by name."""

import re
from functools import cached_property

from kaitogen import schema
from kaitogen.model import INTENT_API_VERSION, Diagnostic, Document, Origin, Rule
from kaitogen.nodes.facts import NodeFacts, gpus, of_entry
from kaitogen.nodes.selectors import BUILT_IN, QUICK_KIND, Quick, quick_selectors
from kaitogen.typed import Final, Mapping, NamedTuple, Sequence
from kaitogen.yaml.writer import dump

KG320 = Rule("KG320", "No inventory of nodes", kind="invalid")
KG321 = Rule("KG321", "Facts about nodes that are old", kind="warning")
KG322 = Rule("KG322", "A node that stands twice in an inventory", kind="invalid")

KIND: Final = "NodeInventory"
_SCHEMAS: Final = {KIND: "inventory", QUICK_KIND: "quick-selectors"}
#: What makes an inventory, for the fix of findings.
MAKE_ONE: Final = "kaitogen nodes snapshot"
#: What tells the nodes of one pool from each other.
_NUMBER: Final = re.compile(r"(?<=vmss)[0-9a-z]+$|[0-9]+")
#: For as many unknown names a near one is looked for: nobody corrects more at a time, and each takes its time.
_MOST_SLIPS: Final = 50
#: Findings after which no further document is judged: a file of nothing but dashes has a million.
_MOST_WRONG: Final = 1_000


class Inventory:
    """The facts of one document: all nodes by name, the cluster and the time, which are empty where it does not say them."""

    def __init__(self, document: Document, nodes: Mapping[str, NodeFacts]) -> None:
        self.document = document
        self.nodes = nodes
        self.cluster: str = document.value["spec"].get("cluster", "")
        self.taken: str = document.value["spec"].get("taken", "")
        self._by_label: dict[str, dict[str, set[str]]] = {}
        self._slips = 0

    @cached_property
    def gpu_nodes(self) -> tuple[NodeFacts, ...]:
        """The nodes with GPUs, in order of name."""
        return tuple(self.nodes[name] for name in sorted(self.nodes) if gpus(self.nodes[name]))

    def having(self, labels: Mapping[str, str]) -> set[str]:
        """The names of all nodes, with or without GPUs, that have these labels."""
        sets = [self._values(key).get(value, set()) for key, value in labels.items()]
        return set.intersection(*sets) if sets else set(self.nodes)

    def _values(self, key: str) -> dict[str, set[str]]:
        values = self._by_label.get(key)
        if values is None:
            values = self._by_label[key] = {}
            for name, node in self.nodes.items():
                if key in node.labels:
                    values.setdefault(node.labels[key], set()).add(name)
        return values

    def siblings(self, name: str) -> list[str]:
        """The names that differ from this one by their number alone, as those of one pool do."""
        return self._by_stem.get(_NUMBER.sub("", name), [])

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        by_stem: dict[str, list[str]] = {}
        for one in sorted(self.nodes):
            by_stem.setdefault(_NUMBER.sub("", one), []).append(one)
        return by_stem

    def nearest(self, name: str) -> str | None:
        """The node whose name this one is a slip of; None where there is none, or too many were asked for."""
        self._slips += 1
        if self._slips > _MOST_SLIPS:
            return None
        from kaitogen.diagnostics import suggest  # only a wrong name needs it

        # Of a pool's many names one is compared, and only then those of the pool that is meant.
        stem = suggest.nearest(_NUMBER.sub("", name), self._by_stem)
        if stem is None:
            return None
        pool = self._by_stem[stem]
        numbers = _NUMBER.findall(name)
        return next((one for one in pool if _NUMBER.findall(one) == numbers), pool[0])


class Known(NamedTuple):
    """Everything that is known about nodes; `inventory` is None where no facts were given."""

    inventory: Inventory | None = None
    quick: Mapping[str, Quick] = BUILT_IN


#: The annotation that says which facts a manifest was made from, where they stand in no file.
MARK: Final = f"{INTENT_API_VERSION.partition('/')[0]}/inventory-sha256"


def mark(inventory: Inventory) -> str:
    """The hash of the facts: of the list of nodes, as an inventory's file writes it."""
    from hashlib import sha256  # only live facts are marked

    return sha256(dump(inventory.document.value["spec"]["nodes"]).encode()).hexdigest()


def read(documents: Sequence[Document], oldest: str = "") -> tuple[Known, list[Diagnostic]]:
    """What the documents say, and what is wrong with them. `oldest` is the time before which facts are too old."""
    diagnostics: list[Diagnostic] = []
    inventory: Inventory | None = None
    selectors = dict(BUILT_IN)
    for document in documents:
        problems = _problems(document, inventory)
        diagnostics += [problem.of(Origin(document)) for problem in problems]
        if len(diagnostics) >= _MOST_WRONG:
            message = "so much is wrong that what comes after it is not judged"
            diagnostics.append(KG320.at((), message, fix="correct these first").of(Origin(document)))
            break
        if problems:
            continue
        if document.value["kind"] == QUICK_KIND:
            selectors |= {one.name: one for one in quick_selectors(document, diagnostics)}
        else:
            inventory = _inventory(document, diagnostics)
            if inventory.taken and inventory.taken < oldest:  # times in this form compare as text
                message = f"the facts about nodes are of {inventory.taken}, before {oldest}"
                fix = f"refresh the inventory with {MAKE_ONE}, or allow more days with --max-age"
                old = KG321.at(("spec", "taken"), message, fix=fix, found=inventory.taken, expected=oldest)
                diagnostics.append(old.of(Origin(document)))
    return Known(inventory, selectors), diagnostics


def _problems(document: Document, before: Inventory | None) -> list[Diagnostic]:
    value = document.value
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _SCHEMAS:
        message = (
            f"{kind[:60]} is no inventory of nodes" if isinstance(kind, str) else "no inventory of nodes"
        )
        fix = (
            f"{MAKE_ONE} makes one (apiVersion: {INTENT_API_VERSION}, kind: {KIND}), of kubectl's output, too"
        )
        path = ("kind",) if isinstance(kind, str) else ()
        return [KG320.at(path, message, fix=fix)]
    if kind == KIND and before is not None:
        message = (
            f"a second {KIND}: the facts of {before.document.file[:80]} are about one cluster, these another"
        )
        return [KG320.at(("kind",), message, fix="give one inventory at a time")]
    return schema.problems(_SCHEMAS[kind], value)


def _inventory(document: Document, diagnostics: list[Diagnostic]) -> Inventory:
    nodes: dict[str, NodeFacts] = {}
    for index, entry in enumerate(document.value["spec"]["nodes"]):
        facts = of_entry(entry)
        if facts.name in nodes:
            path = ("spec", "nodes", index, "name")
            message = f"node {facts.name[:80]} stands twice in the inventory"
            diagnostics.append(KG322.at(path, message, fix="remove one of the two").of(Origin(document)))
        nodes[facts.name] = facts
    return Inventory(document, nodes)
