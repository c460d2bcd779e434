"""Nodes as a table for people, and as a document for machines."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from kaitogen.diagnostics import wording
from kaitogen.model import INTENT_API_VERSION, Json
from kaitogen.nodes.facts import Gpus, NodeFacts, gpus
from kaitogen.nodes.inventory import Known
from kaitogen.nodes.status import Toleration, age, chips, tolerated

KIND: Final = "NodeReport"
_NOTHING: Final = "-"
GAP: Final = "   "
_COLOURS: Final = {"Ready": 32, "Not Ready": 31}
_OTHER_COLOUR: Final = 33
#: The column that has colours.
_STATUS: Final = 1


class View(NamedTuple):
    """What a listing needs beside the nodes: what pods tolerate, what ages count to, what pods hold, and its width."""

    tolerations: Sequence[Toleration]
    now: str
    used: Mapping[str, Mapping[str, int]] | None = None
    wide: bool = False
    colour: bool = False


def table(nodes: Sequence[NodeFacts], view: View) -> str:
    """The nodes, one a line below a line of headings; empty where there are none."""
    if not nodes:
        return ""
    rows = [_cells(node, view) for node in nodes]
    cells = [list(rows[0]), *(list(row.values()) for row in rows)]
    return wording.table(cells, gap=GAP, paint=_painted if view.colour else None)


def _painted(column: int, text: str, cell: str) -> str:
    """The cell in the colour of a node's status, where it is one."""
    if column != _STATUS:
        return cell
    return f"\x1b[{_COLOURS.get(text, _OTHER_COLOUR if text.startswith('Ready') else 31)}m{cell}\x1b[0m"


def _cells(node: NodeFacts, view: View) -> dict[str, str]:
    found = gpus(node)
    taints = [
        f"{taint} ({'tolerated' if tolerated(taint, view.tolerations) else 'NOT tolerated'})"
        for taint in node.taints
    ]
    cells = {
        "NAME": node.name,
        "STATUS": ", ".join(chips(node, view.tolerations)),
        "TYPE": node.instance_type or _NOTHING,
        "GPUS": _number(found),
        "MEMORY": f"{found.memory / 1024:g} GiB" if found is not None and found.memory else _NOTHING,
    }
    if view.used is not None:
        cells["FREE"] = _NOTHING if found is None else str(_free(node, found, view.used))
    cells |= {
        "ZONE": node.zone or _NOTHING,
        "POOL": node.pool or _NOTHING,
        "CAPACITY": node.capacity_type or _NOTHING,
        "AGE": age(node.created, view.now) or _NOTHING,
        "TAINTS": ", ".join(taints) or _NOTHING,
    }
    if view.wide:
        cells["ALLOCATABLE"] = _resources(node.allocatable)
        cells["SEEN BY"] = found.sign if found is not None else _NOTHING
        cells["CREATED"] = node.created or _NOTHING
    return cells


def _number(found: Gpus | None) -> str:
    if found is None:
        return _NOTHING
    product = found.product or found.vendor or "GPU"
    slices = ", ".join(f"{number} x {name.rpartition('/')[2]}" for name, number in found.slices.items())
    return f"{found.number} x {product}" if not slices else f"{found.number} x {product} ({slices})"


def _resources(resources: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {number}" for name, number in resources.items()) or _NOTHING


def _free(node: NodeFacts, found: Gpus, used: Mapping[str, Mapping[str, int]]) -> int:
    held = used.get(node.name, {})
    return found.allocatable - sum(held.get(name, 0) for name in found.resources)


def report(nodes: Sequence[NodeFacts], known: Known, view: View) -> dict[str, Json]:
    """The same as a document, of which schemas/nodes.schema.json says what stands in it."""
    about: dict[str, Json] = {"apiVersion": INTENT_API_VERSION, "kind": KIND}
    if known.inventory is not None:
        for key, value in (("cluster", known.inventory.cluster), ("taken", known.inventory.taken)):
            about |= {key: value} if value else {}
    return {**about, "nodes": [_entry(node, view) for node in nodes]}


def _entry(node: NodeFacts, view: View) -> dict[str, Json]:
    found = gpus(node)
    made: dict[str, Json] = {
        "name": node.name,
        "status": chips(node, view.tolerations),
        "ready": node.ready,
        "cordoned": node.cordoned,
        "pressure": list(node.pressure),
        "gpu": None if found is None else _gpu(node, found, view),
        "taints": [
            {
                "key": taint.key,
                "value": taint.value,
                "effect": taint.effect,
                "tolerated": tolerated(taint, view.tolerations),
            }
            for taint in node.taints
        ],
    }
    more = {
        "instanceType": node.instance_type,
        "zone": node.zone,
        "pool": node.pool,
        "capacityType": node.capacity_type,
        "created": node.created,
        "age": age(node.created, view.now),
    }
    return made | {key: value for key, value in more.items() if value} | {"labels": dict(node.labels)}


def _gpu(node: NodeFacts, found: Gpus, view: View) -> dict[str, Json]:
    made: dict[str, Json] = {
        "seenBy": found.sign,
        "vendor": found.vendor,
        "product": found.product,
        "number": found.number,
        "allocatable": found.allocatable,
        "memoryMiB": found.memory,
        "slices": dict(found.slices),
    }
    return made if view.used is None else {**made, "free": _free(node, found, view.used)}
