"""The GPUs of nodes that a user brings: what an inventory says of the node that KAITO would ask."""

from collections.abc import Callable
from typing import TypeAlias

from kaitogen.kaito.objects import part
from kaitogen.kaito.sizing.node_estimator import node_from_labels
from kaitogen.kaito.sizing.types import Node
from kaitogen.model import Json, Request, Spec
from kaitogen.nodes.inventory import Inventory, read
from kaitogen.nodes.selectors import equal, matches
from kaitogen.pipeline.load import load_inventory

#: The GPUs of the nodes that a Workspace will run on, where something is known about them.
Finder: TypeAlias = Callable[[Spec, Json], Node | None]


def finder(request: Request) -> Finder | None:
    """What the facts of a request say about nodes; None where it has none.

    What is wrong with the facts is for the run itself to tell, which reads them first.
    """
    if not request.inventory:
        return None
    known, _ = read(load_inventory(request).documents)
    inventory = known.inventory
    return None if inventory is None else lambda spec, workspace: _node(inventory, spec, workspace)


def _node(facts: Inventory, spec: Spec, workspace: Json) -> Node | None:
    """KAITO asks the first Ready node that the selector matches; named nodes have its label once the plan is done."""
    if not spec.target.byo:
        return None
    names = spec.placement.nodes
    if names is None:
        selector = equal(part(part(part(workspace, "resource"), "labelSelector"), "matchLabels"))
        nodes = [node for node in facts.nodes.values() if matches(selector, node.labels)]
    else:
        nodes = [facts.nodes[name] for name in names if name in facts.nodes]
    first = next((node for node in nodes if node.ready), None)
    return None if first is None else node_from_labels(first.labels)
