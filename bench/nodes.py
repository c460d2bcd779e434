"""Facts about 5,000 nodes: what a selection among them costs beside reading their file, and the memory of it all."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import table
from bench.processes import Command, by_turns
from bench.settings import Bench

NODES = 5_000
LABELS = 40
MEMORY = 150
INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi-4}
spec:
  placement:
    nodes: {select: {quick: nc96, labels: "example.com/label-1!=other"}, count: 16, spread: zone}
  inference: {model: phi-4}
"""
#: No more than the file, in a process of its own.
READING = """\
import sys
from kaitogen.pipeline.load import load_inventory
from kaitogen.model import Request
assert load_inventory(Request(inventory=(sys.argv[1],))).documents
"""


def rows(bench: Bench) -> Iterator[table.Row]:
    """A list and a snapshot of what kubectl prints, and a render that selects among the nodes of the inventory."""
    folder = bench.work / "nodes"
    folder.mkdir()
    (folder / "intent.yaml").write_text(INTENT, encoding="utf-8")
    _printed(folder / "printed.json")
    snapshot = bench.kaito("nodes", "snapshot", "printed.json", "-o", "nodes.yaml", documents=0)
    listed = bench.kaito("nodes", "list", "--inventory", "nodes.yaml", documents=0)
    selected = bench.kaito("render", "--inventory", "nodes.yaml", "intent.yaml", documents=1)
    reading = Command([sys.executable, "-c", READING, "nodes.yaml"], folder, 0)
    commands = [command._replace(folder=folder) for command in (snapshot, listed, selected, reading)]
    taken, shown, chosen, read = by_turns(commands, bench.rounds.very_many, bench.home)
    yield table.ratio("selection among 5,000 nodes, against reading the file", chosen, read, 2.0)
    for what, sample in (("snapshot", taken), ("list", shown)):
        yield table.Row(
            f"{what} of 5,000 nodes, peak memory", sample, None, sample.peak / table.MIB, MEMORY, " MiB"
        )


def _printed(path: Path) -> None:
    """What `kubectl get nodes -o json` prints, written node by node: the measuring process has to stay small."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"apiVersion": "v1", "items": [\n')
        for number in range(NODES):
            file.write(",\n" * bool(number) + json.dumps(_node(number), indent=4))
        file.write('], "kind": "List"}\n')


def _node(number: int) -> Any:
    labels = {f"example.com/label-{index}": f"value-{index}" for index in range(LABELS)}
    labels["node.kubernetes.io/instance-type"] = "Standard_NC96ads_A100_v4"
    labels["topology.kubernetes.io/zone"] = f"westeurope-{number % 3 + 1}"
    images = [{"names": [f"registry.example.com/image-{index}@sha256:" + "0" * 64]} for index in range(50)]
    gpus = {"cpu": "96", "memory": "900Gi", "nvidia.com/gpu": "4"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": f"gpu-{number:05}",
            "labels": labels,
            "creationTimestamp": "2026-10-01T08:00:00Z",
        },
        "spec": {"providerID": "azure:///subscriptions/" + "0" * 100},
        "status": {
            "capacity": gpus,
            "allocatable": gpus,
            "conditions": [{"type": "Ready", "status": "True"}],
            "images": images,
        },
    }
