"""Explanations of KG301 to KG324: node selections, named nodes, and the facts that both are held against."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import HEAD, INTENT_FILE, Example, Explanation, intent

_COMMAND: Final = f"kaitogen validate --inventory nodes.yaml --today 2026-11-24 {INTENT_FILE}"
_MODEL: Final = "  inference: {model: phi-4}\n"
_HEAD: Final = (
    "apiVersion: kaitogen.io/v1alpha1\nkind: NodeInventory\nspec:\n  cluster: production\n"
    '  taken: "2026-11-20T08:00:00Z"\n  nodes:\n'
)
_GPU: Final = (
    "nvidia.com/gpu.product: NVIDIA-A100-80GB, nvidia.com/gpu.count: '1', nvidia.com/gpu.memory: '81920'"
)
_PINNED: Final = f"{_GPU}, kaitogen.io/workspace: phi-4"
_TYPE: Final = "node.kubernetes.io/instance-type: "
_NC24: Final = _TYPE + "Standard_NC24ads_A100_v4"
_NC48: Final = _TYPE + "Standard_NC48ads_A100_v4"


def _node(name: str, labels: str = _PINNED, more: str = "ready: true") -> str:
    return f"    - name: {name}\n      {more}\n      labels: {{{labels}}}\n"


_RIGHT: Final = _node("gpu-1") + _node("gpu-2")
_TYPED: Final = _node("gpu-1", f"{_GPU}, {_NC24}") + _node("gpu-2", f"{_GPU}, {_NC48}")


def _placed(nodes: str, more: str = "", target: str = "  target: {nodeProvisioner: byo}\n") -> str:
    return f"{HEAD}{target}  placement:\n    nodes: {nodes}\n{more}{_MODEL}"


def _example(nodes: str, inventory: str = _RIGHT, more: str = "", **others: str) -> Example:
    text = inventory if inventory.startswith("apiVersion") else _HEAD + inventory
    return Example({INTENT_FILE: _placed(nodes, more, **others), "nodes.yaml": text}, _COMMAND)


#: KAITO up to 0.6 takes the nodes that are named where they have the instance type, and orders the others.
_OLD: Final = '  target: {kaito: "0.6"}\n'
_NAMED: Final = _example("[gpu-1, gpu-2]")
_SELECTED: Final = _example("{select: {matchLabels: {kaitogen.io/workspace: phi-4}}}")

_CHOOSING: Final = (
    Explanation(
        "KG301", "invalid", "Nodes are selected, and nothing is known about nodes",
        "A selection is resolved to names, and that needs facts about the nodes of the cluster. They come from an "
        "inventory: a file that is committed beside the intents, so that the same input gives the same bytes.",
        "Give an inventory with --inventory (kaitogen nodes snapshot makes one), or name the nodes in a list.",
        intent("  target: {nodeProvisioner: byo}\n  placement:\n    nodes: {select: {matchLabels: {gpu: a100}}}\n" + _MODEL),
        _SELECTED,
    ),
    Explanation(
        "KG302", "invalid", "A selection that no node fulfils",
        "No GPU node of the inventory has the labels, the instance type and the zone that are asked for, or none of those "
        "that have is ready: not Ready, cordoned, or tainted with what KAITO's pods do not tolerate.",
        "Ask for other nodes, refresh the inventory, or write require: any to take nodes in whatever state.",
        _example("{select: {matchLabels: {gpu: h100}}}"), _SELECTED,
    ),
    Explanation(
        "KG303", "invalid", "A selection that too few nodes fulfil",
        "Fewer nodes than count says match the selection and can take a pod now. The finding lists those that were passed "
        "over, and why.",
        "Lower count, or ask for other nodes.",
        _example("{select: {matchLabels: {kaitogen.io/workspace: phi-4}}, count: 3}"), _SELECTED,
    ),
    Explanation(
        "KG312", "invalid", "Nodes of several instance types",
        "A Workspace has one instance type, which is taken from the nodes where the intent names none. These nodes are of "
        "several.",
        "Name one as instanceType, or choose nodes of one type.",
        _example("{select: {}}", _TYPED, target=_OLD),
        _example("{select: {instanceType: Standard_NC24ads_A100_v4}}", _TYPED, target=_OLD),
    ),
    Explanation(
        "KG323", "invalid", "There is no such quick selector",
        "Quick selectors are names for common kinds of nodes: kaitogen's own, and those of a QuickSelectors file that is "
        "given with --inventory as well.",
        "Write one of those that kaitogen nodes quick lists.",
        _example("{select: {quick: nc69}}"), _SELECTED,
    ),
    Explanation(
        "KG324", "invalid", "A label expression that selects nothing",
        "The text is not what kubectl takes with -l, at the character that the finding names, or it asks for a label that "
        "inventories leave out because it changes by itself.",
        "Write key=value, key!=value, key in (a,b), key notin (a,b), key or !key, with commas between.",
        _example('{select: {labels: "kaitogen.io/workspace in phi-4"}}'),
        _example('{select: {labels: "kaitogen.io/workspace in (phi-4)"}}'),
    ),
)  # fmt: skip

_CHECKED: Final = (
    Explanation(
        "KG304", "can't work", "A name that is a slip of another node's",
        "The inventory has no node of that name, but one of nearly that name.",
        "Correct the name.",
        _example("[gpu-1, gpu-2, gpi-2]"), _NAMED,
    ),
    Explanation(
        "KG305", "warning", "A node that the inventory does not know",
        "The node was removed, or came after the facts were taken. Nothing can be said about it.",
        "Remove the name, or refresh the inventory.",
        _example("[gpu-1, gpu-2, gpu-3]"), _NAMED,
    ),
    Explanation(
        "KG306", "can't work", "A node without a GPU",
        "Neither a resource of a device plugin nor a label nor the instance type shows a GPU, so that no model can run there.",
        "Name a node that kaitogen nodes list shows.",
        _example("[gpu-1, gpu-2, cpu-1]", _RIGHT + _node("cpu-1", "kaitogen.io/workspace: phi-4")), _NAMED,
    ),
    Explanation(
        "KG307", "warning", "A node that is not Ready",
        "When the facts were taken the node's condition Ready was not True. KAITO counts Ready nodes only, and waits for "
        "the others.",
        "Repair the node, or name another one.",
        _example("[gpu-1, gpu-2]", _node("gpu-1") + _node("gpu-2", more="ready: false")), _NAMED,
    ),
    Explanation(
        "KG308", "warning", "A node that is cordoned",
        "A cordoned node takes no new pods. KAITO does not look at that: it counts the node, and its pod stays pending.",
        "Run kubectl uncordon, or name another node.",
        _example("[gpu-1, gpu-2]", _node("gpu-1") + _node("gpu-2", more="ready: true\n      cordoned: true")), _NAMED,
    ),
    Explanation(
        "KG309", "warning", "A taint that KAITO's pods do not tolerate",
        "KAITO's pods tolerate nvidia.com/gpu, sku=gpu and, on Azure since 0.10, spot nodes, each with effect NoSchedule. "
        "A preset offers no field to add a toleration; a pod template may carry its own.",
        "Remove the taint, name another node, or use a pod template.",
        _example("[gpu-1, gpu-2]", _node("gpu-1") + _node(
            "gpu-2", more="ready: true\n      taints: [{key: team, value: ml, effect: NoSchedule}]")),
        _example("[gpu-1, gpu-2]", _node("gpu-1") + _node(
            "gpu-2", more="ready: true\n      taints: [{key: sku, value: gpu, effect: NoSchedule}]")),
    ),
    Explanation(
        "KG310", "warning", "Chosen nodes that the selector does not match",
        "KAITO finds nodes by labelSelector, not by name. These do not carry its labels, so that KAITO does not take them.",
        "Run the kubectl label line that comes with the finding, or select by a label that the nodes have.",
        _example("[gpu-1, gpu-2]", _node("gpu-1") + _node("gpu-2", _GPU)), _NAMED, "0.4 to 0.10; byo to 0.12",
    ),
    Explanation(
        "KG311", "can't work", "A node of another instance type",
        "The intent says one instance type, and a node that it names is of another. KAITO compares the two letter by letter.",
        "Correct instanceType, or name other nodes.",
        _example("[gpu-1]", _TYPED, "    instanceType: Standard_NC48ads_A100_v4\n", target=_OLD),
        _example("[gpu-1]", _TYPED, "    instanceType: Standard_NC24ads_A100_v4\n", target=_OLD),
    ),
    Explanation(
        "KG313", "can't work", "Nodes with too few GPUs for the model",
        "Under byo KAITO works out from the GPUs of the nodes how many it needs, and waits until so many match. The chosen "
        "nodes are fewer, or one of them has not the GPUs or the slices that the partition asks for.",
        "Choose as many nodes as the finding says, or nodes with more GPU memory.",
        Example({INTENT_FILE: _placed("[gpu-1]").replace("{model: phi-4}", "{model: llama-3.3-70b-instruct, accessSecret: hf}"),
                 "nodes.yaml": _HEAD + _node("gpu-1")}, _COMMAND),
        _example("[gpu-1]", _node("gpu-1")), "0.7 to 0.12",
    ),
    Explanation(
        "KG314", "warning", "A selector that matches other nodes as well",
        "KAITO takes any node that labelSelector matches. Besides the chosen ones it matches others, which the finding lists.",
        "Select by a label that only the chosen nodes have.",
        _example("[gpu-1]"), _NAMED, "0.4 to 0.10; byo to 0.12",
    ),
    Explanation(
        "KG315", "refused", "Nodes without the labels that KAITO reads",
        "Under byo KAITO reads what GPU a node has from the labels of NVIDIA's GPU Feature Discovery, and its webhook "
        "refuses a preset where a matching node lacks one.",
        "Install GPU Feature Discovery, which is part of NVIDIA's GPU operator and of its device plugin.",
        _example("[gpu-1]", _node("gpu-1", "accelerator: nvidia, kaitogen.io/workspace: phi-4")),
        _example("[gpu-1]", _node("gpu-1")), "0.8 to 0.12", "R24",
    ),
    Explanation(
        "KG316", "refused", "Nodes with different GPUs",
        "Under byo KAITO's webhook refuses a preset whose matching nodes differ in product, number or memory of their GPUs.",
        "Take nodes of one kind.",
        _example("[gpu-1, gpu-2]", _node("gpu-1") + _node("gpu-2", _PINNED.replace("81920", "40960"))), _NAMED,
        "0.8 to 0.12", "R25",
    ),
)  # fmt: skip

_FACTS: Final = (
    Explanation(
        "KG320", "invalid", "No inventory of nodes",
        "--inventory takes one NodeInventory, the facts about the nodes of one cluster, and files of QuickSelectors. What "
        "kubectl prints becomes an inventory by kaitogen nodes snapshot.",
        "Make one: kubectl get nodes -o json | kaitogen nodes snapshot - > nodes.yaml.",
        _example("[gpu-1]", "apiVersion: v1\nkind: NodeList\nitems: []\n"), _NAMED,
    ),
    Explanation(
        "KG321", "warning", "Facts about nodes that are old",
        "Nodes come and go, and the facts are older than --max-age allows (14 days, if it does not say). Only commands that "
        "report look at the calendar: a render does not change with the day.",
        "Refresh the inventory, or allow more days.",
        Example({INTENT_FILE: _placed("[gpu-1, gpu-2]"), "nodes.yaml": _HEAD + _RIGHT},
                _COMMAND.replace("2026-11-24", "2026-12-24")),
        _NAMED,
    ),
    Explanation(
        "KG322", "invalid", "A node that stands twice in an inventory",
        "Names of nodes are unique in a cluster, so that one of the two is wrong.",
        "Remove one, or take the facts anew.",
        _example("[gpu-1, gpu-2]", _RIGHT + _node("gpu-2")), _NAMED,
    ),
)  # fmt: skip

NODES: Final = (*_CHOOSING, *_CHECKED, *_FACTS)
