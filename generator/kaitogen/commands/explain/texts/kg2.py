"""Explanations of KG201 to KG220: rules between the fields of an intent."""

from typing import Final

from kaitogen.commands.explain.texts.shapes import RIGHT, Explanation, intent, placed, text

_RIGHT: Final = text(RIGHT)
_BYO: Final = "  target: {nodeProvisioner: byo}\n"
_MODEL: Final = "  inference: {model: phi-4}\n"
_POD: Final = '      spec:\n        containers: [{name: server, image: "registry.example.com/server:1"}]\n'
_TUNING: Final = (
    "  tuning:\n    model: phi-4\n    method: lora\n    input: {urls: [https://data.example.com/train.parquet]}\n"
    '    output: {image: "registry.example.com/tuned:1", imagePushSecret: push}\n'
)


def _placement(lines: str) -> str:
    return f"  placement:\n    instanceType: Standard_NC24ads_A100_v4\n{lines}{_MODEL}"


_TRANSFORMERS: Final = _placement("    strategy: count\n    count: 1\n").replace(
    "phi-4}", "phi-3-mini-4k-instruct, runtime: transformers}"
)
_NAMED: Final = f"{_BYO}  placement:\n    nodes: [gpu-node-1]\n{_MODEL}"

RULES: Final = (
    Explanation(
        "KG201", "invalid", "Strategy auto with a count",
        "auto leaves the number of nodes to KAITO, so a count beside it contradicts the strategy. Left out, the "
        "strategy follows from the fields: nodes mean explicit, a count means count, neither means auto.",
        "Remove count, or use strategy: count.",
        intent(_placement("    strategy: auto\n    count: 2\n")),
        intent(_placement("    strategy: auto\n")),
    ),
    Explanation(
        "KG202", "invalid", "Strategy auto with named nodes",
        "auto leaves the choice of nodes to KAITO, so named nodes beside it contradict the strategy.",
        "Remove nodes, or use strategy: explicit.",
        intent(_placement("    strategy: auto\n    nodes: [gpu-node-1]\n")),
        intent(_placement("    strategy: auto\n")),
    ),
    Explanation(
        "KG203", "invalid", "Strategy count with named nodes",
        "count takes any nodes of the instance type. To say which nodes is the strategy explicit.",
        "Remove nodes, or use strategy: explicit.",
        intent(_placement("    strategy: count\n    count: 1\n    nodes: [gpu-node-1]\n")),
        intent(_TRANSFORMERS),
    ),
    Explanation(
        "KG204", "invalid", "Strategy count without a count",
        "count means: this many nodes. Without the number there is nothing to ask KAITO for.",
        "Add count, or use strategy: auto.",
        intent(_placement("    strategy: count\n")),
        intent(_TRANSFORMERS),
    ),
    Explanation(
        "KG205", "invalid", "Strategy explicit without nodes",
        "explicit means: these nodes. Without a list of nodes there is nothing to pin to.",
        "Add nodes, or use strategy: count or auto.",
        intent(_placement("    strategy: explicit\n")),
        intent(_NAMED),
    ),
    Explanation(
        "KG206", "invalid", "Another count than there are named nodes",
        "With explicit the count of the Workspace is the number of named nodes. A count that says something else is a "
        "mistake in one of the two places.",
        "Remove count.",
        intent(_NAMED.replace("nodes: [gpu-node-1]", "nodes: [gpu-node-1]\n    count: 2")),
        intent(_NAMED),
    ),
    Explanation(
        "KG207", "invalid", "Two lists of nodes",
        "explicit writes the Workspace's preferredNodes from nodes. A second list beside it would be overwritten.",
        "Remove preferredNodes.",
        intent(_NAMED.replace("nodes: [gpu-node-1]", "nodes: [gpu-node-1]\n    preferredNodes: [gpu-node-2]")),
        intent(_NAMED),
    ),
    Explanation(
        "KG210", "invalid", "instanceType is missing",
        "Where KAITO provisions the nodes it must know which ones to order, and since 0.8 its webhook refuses a "
        "Workspace that does not say. Under byo the nodes are there already.",
        "Add placement.instanceType, or set target.nodeProvisioner: byo.",
        intent(_MODEL), _RIGHT, "0.8 to 0.12", "R5",
    ),
    Explanation(
        "KG211", "invalid", "instanceType under byo",
        "Where the user brings the nodes KAITO reads everything from them, and since 0.8 its webhook refuses a "
        "Workspace that names an instance type.",
        "Remove instanceType; nodes or labelSelector say which nodes are used.",
        placed(_BYO + _MODEL),
        intent(f"{_BYO}  placement: {{labelSelector: {{matchLabels: {{gpu: a100}}}}}}\n{_MODEL}"),
        "0.8 to 0.12", "R5",
    ),
    Explanation(
        "KG212", "invalid", "Nothing to run",
        "A Workspace serves a model or tunes one; the intent says neither.",
        "Add inference or tuning.",
        placed(""), _RIGHT, "0.4 to 0.12", "R4",
    ),
    Explanation(
        "KG213", "invalid", "Inference and tuning in one intent",
        "A Workspace serves a model or tunes one, never both, and KAITO's webhook refuses the combination.",
        "Split it into two intents.",
        placed(_MODEL + _TUNING), placed(_TUNING), "0.4 to 0.12", "R4",
    ),
    Explanation(
        "KG214", "invalid", "Inference without a model and without a template",
        "KAITO must know what to run: a model that it has a preset for (or, since 0.9, one of Hugging Face), or a pod "
        "of the user's own.",
        "Add model, or template for a pod of your own.",
        placed("  inference: {runtime: vllm}\n"), _RIGHT, "0.4 to 0.12", "R30",
    ),
    Explanation(
        "KG215", "invalid", "A model and a template",
        "A model brings the pod that serves it, so the two are alternatives, and KAITO's webhook refuses both "
        "together.",
        "Keep one of the two.",
        placed(f"  inference:\n    model: phi-4\n    template:\n{_POD}"),
        placed(f"  inference:\n    template:\n{_POD}"),
        "0.4 to 0.12", "R31",
    ),
    Explanation(
        "KG216", "invalid", "Two runtimes",
        "runtime becomes the annotation kaito.sh/runtime. Here the annotation is written as well, with another word.",
        "Remove the annotation; runtime writes it.",
        text(RIGHT.replace("{name: phi-4}\n", "{name: phi-4, annotations: {kaito.sh/runtime: transformers}}\n")
             .replace("{model: phi-4}", "{model: phi-4, runtime: vllm}")),
        placed("  inference: {model: phi-4, runtime: vllm}\n"),
    ),
    Explanation(
        "KG217", "invalid", "A field for models beside a template",
        "accessSecret, accessMode, image and imagePullSecrets say how KAITO gets at a model. A pod template says all "
        "that itself, and KAITO would drop the field.",
        "Say it in the pod template, or name a model.",
        placed(f"  inference:\n    accessSecret: hf-token\n    template:\n{_POD}"),
        placed(f"  inference:\n    template:\n{_POD}"),
    ),
    Explanation(
        "KG218", "invalid", "A kind of name for a ConfigMap that is not made",
        "configName says how the ConfigMap that kaitogen makes of an inline config is named. Without inline config none is "
        "made.",
        "Remove configName, or give config inline.",
        placed("  inference: {model: phi-4, configName: plain}\n"),
        placed("  inference:\n    model: phi-4\n    configName: plain\n    config:\n      vllm: {max-model-len: 8192}\n"),
    ),
    Explanation(
        "KG219", "invalid", "A node provisioner that this KAITO does not have",
        "byo came with 0.7 (as the gate disableNodeAutoProvisioning), karpenter with 0.11.",
        "Name a newer version in target.kaito, or another node provisioner.",
        placed('  target: {kaito: "0.10", nodeProvisioner: karpenter}\n' + _MODEL),
        placed('  target: {kaito: "0.11", nodeProvisioner: karpenter}\n' + _MODEL),
        "0.4 to 0.10",
    ),
    Explanation(
        "KG220", "invalid", "One object made twice",
        "Two intents make an object of the same kind, namespace and name; to Kubernetes it is one object, and the "
        "second would overwrite the first. The name of a generated ConfigMap counts as well.",
        "Rename one, or put it into another namespace.",
        text(f"{RIGHT}---\n{RIGHT}"),
        text(f"{RIGHT}---\n{RIGHT.replace('{name: phi-4}', '{name: phi-4-canary}')}"),
    ),
)  # fmt: skip
