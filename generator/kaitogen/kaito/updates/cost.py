"""The nodes and GPUs that a Workspace holds, as KAITO will ask for them."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from kaitogen.kaito.sizing.size import size
from kaitogen.kaito.updates.model import Cost, Item
from kaitogen.kaito.updates.stored import stored

#: The data of each ConfigMap of a side by its namespace and name.
ConfigMaps: TypeAlias = Mapping[tuple[str, str], Mapping[str, str]]


def config_maps(items: Sequence[Item]) -> ConfigMaps:
    """The ConfigMaps among the objects of a side."""
    return {
        item.identity[2:]: item.data["data"]
        for item in items
        if item.identity[:2] == ("", "ConfigMap") and isinstance(item.data.get("data"), dict)
    }


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
