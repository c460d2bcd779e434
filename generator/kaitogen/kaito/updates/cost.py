"""The nodes and GPUs that a Workspace holds, as KAITO will ask for them."""

from kaitogen.kaito.objects import ConfigMaps
from kaitogen.kaito.sizing.size import size
from kaitogen.kaito.updates.model import Cost, Item
from kaitogen.kaito.updates.stored import stored


def cost(item: Item, maps: ConfigMaps) -> Cost:
    """What a Workspace takes."""
    estimate = size(stored(item), item.target, maps).estimate
    return Cost(estimate.nodes, estimate.gpus)


def cost_text(cost: Cost) -> str:
    """`2 nodes with 8 GPUs`, as far as it is known."""
    if cost.nodes is None:
        return "nodes whose number only the cluster knows"
    nodes = f"{cost.nodes} node" if cost.nodes == 1 else f"{cost.nodes} nodes"
    if cost.gpus is None:
        return f"{nodes} with GPUs that only the cluster knows"
    return f"{nodes} with {cost.gpus} GPU" if cost.gpus == 1 else f"{nodes} with {cost.gpus} GPUs"
