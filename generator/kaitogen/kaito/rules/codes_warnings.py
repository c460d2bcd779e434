"""Explanations of the codes from KG461 on for what works, but not as it is written."""

from typing import Final

from kaitogen.kaito.rules.code import Code

_ALL: Final = "0.4 to 0.12"

WARNINGS: Final = (
    Code(
        "KG461",
        "warning",
        "Nobody reads count",
        "Since 0.7 KAITO estimates the nodes of a preset on vLLM from the size of the weights, the GPUs and the "
        "context, and overwrites count. It still matters for templates and for the runtime transformers. Where the "
        "estimate is the same number the finding is a note.",
        "Remove count. To say which nodes may be used, label them, select that label, and use byo.",
        "",
        "0.7 to 0.12",
    ),
    Code(
        "KG462",
        "warning",
        "Nobody pins to preferredNodes",
        "Up to 0.6 the nodes in the list came first. 0.7 only counts them, and since 0.8 nothing reads the field, "
        "which the API server still accepts. What pins is byo with a selector that matches the wanted nodes and no "
        "others; a tuning does not run under byo and so cannot be pinned.",
        "Use byo, and run the printed kubectl label line; the selector is that label.",
        "",
        "0.8 to 0.12, under byo 0.7 too",
    ),
    Code(
        "KG463",
        "note",
        "The named nodes are found by a label",
        "Under byo KAITO uses the nodes that match the selector. kaitogen selects a label of the Workspace's own, "
        "which has to be put on the named nodes once. preferredNodes and count are in the Workspace for people to "
        "read.",
        "Run the printed kubectl label line.",
        "",
        "0.7 to 0.12",
    ),
    Code(
        "KG467",
        "warning",
        "A gated model without a secret",
        "Hugging Face hands out some models only to accounts that accepted their licence. KAITO admits the Workspace "
        "without a secret, and its pod fails to download the weights.",
        "Name a Secret with a Hugging Face token under HF_TOKEN in modelAccessSecret.",
        "",
        _ALL,
    ),
    Code(
        "KG468",
        "warning",
        "KAITO's estimate misses max-model-len",
        "The estimate does not parse the settings: it looks for a line vllm: and below it, indented, a line "
        "max-model-len: with bare digits. Quotes, a comment behind it, flow style or max_model_len make it count with "
        "2048 tokens, while vLLM itself uses what was meant, on too few nodes.",
        "Write max-model-len on a line of its own, with nothing but digits.",
        "",
        "0.7 to 0.12",
    ),
    Code(
        "KG469",
        "warning",
        "max-model-len multiplies the nodes",
        "The cache for the whole context is taken off every GPU before the weights are spread, so that a long context "
        "can leave little room, and many more nodes are ordered than the default of 2048 tokens needs.",
        "Lower max-model-len, or take GPUs with more memory.",
        "",
        "0.7 to 0.12",
    ),
    Code(
        "KG474",
        "warning",
        "Nobody reads matchExpressions",
        "The webhook checks the expressions; nodes, affinities and labels are made from matchLabels alone.",
        "Write the labels as matchLabels.",
        "",
        _ALL,
    ),
    Code(
        "KG477",
        "warning",
        "Under byo an empty selector takes every node",
        "All nodes of the cluster match, the control plane included. For a preset the webhook then wants GPU labels on "
        "all of them, and all of them alike.",
        "Select a label that only the nodes for this Workspace have.",
        "",
        "0.7 to 0.12",
    ),
    Code(
        "KG480",
        "warning",
        "Tuning on an instance type outside the table",
        "The instance type of a tuning is not checked at admission, but the controller looks up its GPUs in the table "
        "of its version.",
        "Take an instance type of the table.",
        "",
        _ALL,
    ),
    Code(
        "KG481",
        "warning",
        "The runtime is not the one that is written",
        "KAITO runs transformers for exactly that word in kaito.sh/runtime, and vLLM for everything else, typing "
        "errors included. With the gate vLLM off it always runs transformers.",
        "Write vllm or transformers.",
        "",
        _ALL,
    ),
    Code(
        "KG482",
        "warning",
        "The load balancer is not made",
        "KAITO compares kaito.sh/enablelb with the word True, capital first. Any other spelling means no.",
        'Write "True", quoted.',
        "",
        _ALL,
    ),
    Code(
        "KG483",
        "warning",
        "The target does not read an annotation",
        "Unknown annotations are accepted in silence. The key is one of another version of KAITO's, or of none.",
        "Correct or remove it.",
        "",
        _ALL,
    ),
    Code(
        "KG484",
        "warning",
        "An annotation does nothing under this node provisioner",
        "kaito.sh/node-image-family is for azure-gpu-provisioner, kaito.sh/node-class-name for karpenter.",
        "Remove it.",
        "",
        "0.9 to 0.12",
    ),
    Code(
        "KG485",
        "warning",
        "The resource checks are bypassed against the words",
        "For kaito.sh/bypass-resource-checks only its presence counts, so the value false bypasses the checks too.",
        "Remove the annotation.",
        "",
        _ALL,
    ),
    Code(
        "KG486",
        "warning",
        "transformers does not read config",
        "The ConfigMap is mounted into the pod, but its name is passed to the server of vLLM only, and the webhook "
        "does not look into it either.",
        "Remove config, or use the runtime vllm.",
        "",
        "0.11 to 0.12",
    ),
    Code(
        "KG488",
        "note",
        "A config that comes later has no effect",
        "A change of the Workspace renews mounts and environment of the StatefulSet, but not its command, so a config "
        "that is added to a running Workspace is mounted and not used. A changed ConfigMap restarts nothing.",
        "Give the config from the start, or make a new Workspace.",
        "",
        _ALL,
    ),
    Code(
        "KG489",
        "note",
        "A later KAITO no longer has the preset",
        "phi-2 went with 0.8, the falcon models went with 0.11.",
        "Take another model before KAITO is upgraded.",
        "",
        "0.4 to 0.10",
    ),
    Code(
        "KG495",
        "warning",
        "An old API version",
        "v1alpha1 is still served, with admission rules of its own that stopped growing; what is stored is v1beta1.",
        "Write apiVersion: kaito.sh/v1beta1.",
        "",
        _ALL,
    ),
)
