"""Explanations of KG401 to KG429: the object as a whole, its annotations and its resource."""

from typing import Final

from kaitogen.kaito.rules.code import Code

_ALL: Final = "0.4 to 0.12"

RESOURCE: Final = (
    Code(
        "KG401",
        "refused",
        "The Workspace does not fit the target version's own schema",
        "The API server checks every Workspace against the CRD that KAITO installs: types, enums, required fields "
        "such as resource.labelSelector. Fields that the CRD does not have are dropped without a word, so kaitogen "
        "refuses those as well.",
        "Correct the field, or generate for a KAITO version that has it.",
        "R1",
        _ALL,
    ),
    Code(
        "KG402",
        "refused",
        "A pod template or a volume holds a key that Kubernetes does not know",
        "KAITO's CRD says nothing about what is below inference.template and each volumeSource, so nothing is dropped "
        "there. Its webhook then decodes the object strictly, and one unknown key refuses the whole Workspace.",
        "Correct the spelling of the key.",
        "R2",
        _ALL,
    ),
    Code(
        "KG403",
        "refused",
        "The name is no DNS label",
        "KAITO names StatefulSets, Services and Jobs after the Workspace, so its webhook accepts only 1 to 63 of a-z, "
        "0-9 and -, with a letter or digit at both ends. It checks this at every update as well.",
        "Rename the Workspace.",
        "R3",
        _ALL,
    ),
    Code(
        "KG404",
        "refused",
        "Neither inference nor tuning, or both",
        "A Workspace either serves a model or tunes one. The webhook refuses an object with none of the two, and one "
        "with both.",
        "Keep exactly one; split a Workspace that has both.",
        "R4",
        _ALL,
    ),
    Code(
        "KG405",
        "refused",
        "The instance type does not go with the node provisioner",
        "Where KAITO provisions nodes it must know which ones to order; where the user brings them (byo) it reads "
        "everything from the nodes and refuses an instanceType. The same manifest cannot serve both. Up to 0.7 the "
        "CRD filled in Standard_NC24ads_A100_v4 instead.",
        "Add instanceType under azure-gpu-provisioner and karpenter, remove it under byo.",
        "R5",
        "0.8 to 0.12",
    ),
    Code(
        "KG406",
        "refused",
        "kaito.sh/node-image-family has a value that KAITO does not know",
        "The annotation chooses the operating system of new nodes. After trimming and lower-casing, the webhook takes "
        "azurelinux and ubuntu.",
        "Write azurelinux or ubuntu.",
        "R6",
        "0.9 to 0.12",
    ),
    Code(
        "KG407",
        "refused",
        "kaito.sh/performance-mode has a value that KAITO does not know",
        "The webhook takes balanced, interactivity and throughput, exactly so; even the empty text is refused.",
        "Write one of the three, or remove the annotation.",
        "R7",
        "0.10 to 0.12",
    ),
    Code(
        "KG408",
        "refused",
        "kaito.sh/use-local-weights is neither true nor false",
        "The annotation makes the pods read weights from the node's disk. The webhook takes the two words in lower "
        "case alone.",
        'Write "true" or "false", quoted so that YAML keeps it text.',
        "R8",
        "0.12",
    ),
    Code(
        "KG409",
        "warning",
        "The node class is none of those that KAITO's chart lists",
        "Under karpenter the webhook refuses a kaito.sh/node-class-name outside a list that belongs to the "
        "installation. The chart's list holds image-family-ubuntu and image-family-azure-linux. kaitogen cannot know "
        "a longer one, so it warns.",
        "Use a class of the chart, or make sure that the installation lists yours.",
        "R9",
        "0.12",
    ),
    Code(
        "KG410",
        "refused",
        "The preset is deprecated",
        "phi-2 still stands in KAITO's list of models, marked as deprecated, and is refused with a text that says so.",
        "Take a newer model, such as phi-4-mini-instruct.",
        "R10",
        "0.8 to 0.12",
    ),
    Code(
        "KG411",
        "refused",
        "A selector expression that KAITO cannot turn into a label",
        "KAITO turns the selector into plain labels. That works for operator In with exactly one value, so the webhook "
        "refuses every other expression.",
        "Write matchLabels.",
        "R11",
        _ALL,
    ),
    Code(
        "KG412",
        "warning",
        "A reserved label in the selector is dropped",
        "KAITO marks its own nodes with a handful of labels and drops those keys from every user's selector, with a "
        "line in the controller's log and no word to the user. Up to 0.10 it honoured them.",
        "Select by a label of your own.",
        "R12",
        "0.11 to 0.12",
    ),
    Code(
        "KG413",
        "refused",
        "The selector holds reserved labels only",
        "Once KAITO has dropped its reserved keys nothing would be left, which would match every node, so the webhook "
        "refuses the Workspace.",
        "Select by a label of your own.",
        "R13",
        "0.11 to 0.12",
    ),
    Code(
        "KG414",
        "refused",
        "A GPU partition where KAITO provisions the nodes",
        "Partitions are cut on nodes that exist already, so the webhook takes the field under byo alone.",
        "Remove partition, or generate for byo and leave instanceType out.",
        "R14",
        "0.12",
    ),
    Code(
        "KG415",
        "refused",
        "An unknown partition mode",
        "KAITO knows mig (a slice of a GPU) and accelerator (some of a node's GPUs). The CRD refuses any other word "
        "already.",
        "Write mig or accelerator.",
        "R15",
        "0.12",
    ),
    Code(
        "KG416",
        "refused",
        "Mode mig needs the feature gate enableMIG",
        "The gate is off unless the installation turns it on, and the webhook refuses the mode while it is off.",
        "Turn the gate on in KAITO and say so in target.featureGates.",
        "R16",
        "0.12",
    ),
    Code(
        "KG417",
        "refused",
        "Mode mig takes no count",
        "A pod gets exactly one slice, so a number of them is refused.",
        "Remove partition.count.",
        "R17",
        "0.12",
    ),
    Code(
        "KG418",
        "refused",
        "The mig profile is not in KAITO's table",
        "A profile is written <slices>g.<memory>gb, and the webhook compares it with a table of those that NVIDIA's "
        "GPUs offer. Variants such as +me are not in it.",
        "Take a profile from the list in the finding.",
        "R18",
        "0.12",
    ),
    Code(
        "KG419",
        "refused",
        "The weights do not fit the mig profile",
        "The webhook compares the size of the weight files with the profile's memory. The annotation "
        "kaito.sh/bypass-resource-checks turns the refusal into a line in the log, and the finding into a warning.",
        "Take a larger profile or a smaller model.",
        "R19",
        "0.12",
    ),
    Code(
        "KG420",
        "refused",
        "Mode accelerator needs the feature gate enableAccelerator",
        "The gate is off unless the installation turns it on, and the webhook refuses the mode while it is off.",
        "Turn the gate on in KAITO and say so in target.featureGates.",
        "R20",
        "0.12",
    ),
    Code(
        "KG421",
        "refused",
        "Mode accelerator takes no profile",
        "The mode hands out whole GPUs; a profile belongs to mig.",
        "Remove partition.profile, or use mode mig.",
        "R21",
        "0.12",
    ),
    Code(
        "KG422",
        "refused",
        "Mode accelerator needs a count",
        "KAITO must know how many of a node's GPUs the pod takes.",
        "Add partition.count.",
        "R22",
        "0.12",
    ),
    Code(
        "KG423",
        "note",
        "Under byo a node must match the selector beforehand",
        "For a preset the webhook lists the nodes that match matchLabels, ready or not, and refuses the Workspace when "
        "there is none. Only the cluster can tell.",
        "Label the nodes before the Workspace is applied.",
        "R23",
        "0.8 to 0.12",
    ),
    Code(
        "KG424",
        "note",
        "Under byo every matching node must carry NVIDIA's GPU labels",
        "KAITO reads product, count and memory of the GPUs from labels that NVIDIA's GPU feature discovery sets, and "
        "refuses the Workspace when one matching node lacks one. Only the cluster can tell.",
        "Run GPU feature discovery, and keep other nodes out of the selector.",
        "R24",
        "0.8 to 0.12",
    ),
    Code(
        "KG425",
        "note",
        "Under byo all matching nodes must be alike",
        "KAITO sizes the model by the first matching node, so it refuses a selector that matches nodes with different "
        "GPUs. Only the cluster can tell.",
        "Select nodes of one kind.",
        "R25",
        "0.8 to 0.12",
    ),
    Code(
        "KG426",
        "refused",
        "A cloud that KAITO has no instance types for",
        "KAITO has tables of instance types for azure, aws and arc. For any other cloud name it refuses every "
        "Workspace, and since 0.8 byo is the only way around.",
        "Set the target's provider, or use byo.",
        "R26",
        _ALL,
    ),
    Code(
        "KG427",
        "refused",
        "The instance type is not in KAITO's table",
        "The webhook looks the instance type up in the table of its cloud; each version has its own table. Only on "
        "azure does it let unknown types pass that begin with Standard_N or Standard_D. Up to 0.9 letter case counts.",
        "Take an instance type of the table (kaitogen skus).",
        "R27",
        "0.4 to 0.12, since 0.8 not under byo",
    ),
    Code(
        "KG428",
        "refused",
        "The weights do not fit the nodes",
        "The webhook multiplies a node's GPU memory by count and compares it with the model. Since 0.7 it does so "
        "only for the runtime transformers, and since 0.8 under byo with the nodes' own labels (then a note). Sizes "
        "before 0.11 are not exactly known, so kaitogen speaks up only where a tenth less would not fit either. The "
        "annotation kaito.sh/bypass-resource-checks makes it a warning.",
        "Take larger or more nodes, or a smaller model.",
        "R28",
        _ALL,
    ),
    Code(
        "KG429",
        "refused",
        "The weights do not fit one node, and transformers uses only one",
        "The runtime transformers cannot spread a model over nodes, so the webhook refuses one that is larger than a "
        "node's GPU memory. No annotation bypasses this.",
        "Take a larger instance type, or the runtime vllm.",
        "R29",
        "0.5 to 0.12",
    ),
)
