"""What each KAITO release changed: one block a release, so that "what did 0.11 change" is one look, and a new release one diff.

A feature stands in the block of the release that began it (`since`), or of the first one without it (`until` the one
before); one with both ends stands where it began, and is named again where it ended. Which presets and instance types
come and go, the rows of the catalogue say.
"""

from kaitogen.model import BYO, Feature, Target
from kaitogen.typed import Final, NamedTuple


class Release(NamedTuple):
    """One minor version: the patch release that its facts were read from, its day, and the vLLM of its base image."""

    tag: str
    day: str
    vllm: str


#: By minor version ("0.12"), oldest first.
RELEASES: Final[dict[str, Release]] = {}
#: Every kind of KAITO's group by API version ("v1beta1"), in the versions that serve it.
KINDS: Final[dict[str, dict[str, Feature]]] = {}
#: Every feature gate, in the versions that have it, and in those where it is on if nobody says anything.
GATES: Final[dict[str, Feature]] = {}
GATES_ON: Final[dict[str, Feature]] = {}
#: Every annotation, in the versions that read it.
ANNOTATIONS: Final[dict[str, Feature]] = {}
#: What the target's node provisioner can be, in KAITO's words.
PROVISIONERS: Final[dict[str, Feature]] = {}
#: Built-in presets that may run on several nodes, by how their names begin. From the catalogue on every model may.
SPREAD_PRESETS: Final[dict[str, Feature]] = {}
#: What KAITO does from one minor version on, up to and with another where it ended: `since(7)`, `since(7, until=9)`.
since: Final = Feature


def until(minor: int) -> Feature:
    """What KAITO did up to and with 0.`minor`."""
    return Feature(0, minor)


def is_on(gate: str, target: Target) -> bool:
    """Whether one of KAITO's gates is on: as the installation has it, or else as the release has it by default."""
    on = target.feature_gates.get(gate)
    if on is None:
        default = GATES_ON.get(gate)
        return default is not None and target.has(default)
    return on is True


def _note(table: dict[str, Feature], feature: Feature, *names: str) -> None:
    table.update(dict.fromkeys(names, feature))


# 0.4: the oldest that kaitogen generates for. Both v1alpha1 and v1beta1 are served by it and by all that follow.
RELEASES["0.4"] = Release(tag="v0.4.6", day="2025-05-14", vllm="0.8.5")
KINDS["Workspace"] = {"v1alpha1": since(4), "v1beta1": since(4)}
KINDS["RAGEngine"] = {"v1alpha1": since(4)}
GATES["vLLM"] = since(4)
GATES["ensureNodeClass"] = since(4, until=10)
GATES_ON["vLLM"] = since(4)
_note(ANNOTATIONS, since(4), "kaito.sh/bypass-resource-checks", "kaito.sh/enablelb", "kaito.sh/runtime")
_note(ANNOTATIONS, since(4), "ragengine.kaito.io/hash", "ragengine.kaito.io/revision")
_note(ANNOTATIONS, since(4), "workspace.kaito.io/hash", "workspace.kaito.io/revision")
PROVISIONERS["azure-gpu-provisioner"] = since(4)

# 0.5
RELEASES["0.5"] = Release(tag="v0.5.1", day="2025-07-21", vllm="0.9.0")
#: Several nodes are pipeline stages of one vLLM; the webhook says which models cannot be spread so.
SEVERAL_NODES: Final = since(5)
#: Where nodes are listed as preferred, no other node that is there already is taken. Without byo.
LISTED_NODES_ONLY: Final = since(5, until=7)
#: A tuning reads from and writes to volumes.
TUNING_VOLUMES: Final = since(5)
SPREAD_PRESETS["llama-"] = since(5)

# 0.6
RELEASES["0.6"] = Release(tag="v0.6.2", day="2025-09-10", vllm="0.9.0")
SPREAD_PRESETS["deepseek-r1-0528"] = since(6)
SPREAD_PRESETS["deepseek-v3-0324"] = since(6)

# 0.7. Began as well: BYO, BYO_BY_GATE (kaitogen/model.py).
RELEASES["0.7"] = Release(tag="v0.7.2", day="2025-10-31", vllm="0.10.1.1")
_note(GATES, since(7), "disableNodeAutoProvisioning", "gatewayAPIInferenceExtension")
PROVISIONERS["byo"] = BYO
#: The controller works out the nodes of a preset on vLLM from what it weighs, and reads max-model-len for it.
ESTIMATE: Final = since(7)
#: The estimate takes usable memory and weights in whole bytes.
ESTIMATE_IN_WHOLE_BYTES: Final = since(7, until=9)
#: The sizes of models that KAITO counts with are published: those of their weight files.
WEIGHTS_PUBLISHED: Final = since(7)
#: The cache of the large DeepSeek models is counted as if every head had one.
DEEPSEEK_CACHE_BY_HEADS: Final = since(7, until=7)
#: It is published which share of the memory of a GPU KAITO lets vLLM use.
MEMORY_SHARE_PUBLISHED: Final = since(7)
#: The webhook requires max-model-len on small or several GPUs; since 0.7 it checks the number instead.
LENGTH_REQUIRED: Final = until(6)
#: The server reads kv_cache_cpu_memory_utilization beside `vllm:`.
CPU_CACHE_SHARE: Final = since(7)
#: vLLM calls the share of its KV cache that is in use vllm:kv_cache_usage_perc; before, vllm:gpu_cache_usage_perc.
KV_CACHE_METRIC: Final = since(7)
#: Under byo the webhook wants as many preferredNodes as nodes.
PREFERRED_NODES_COUNTED: Final = since(7, until=7)

# 0.8. Ended: LISTED_NODES_ONLY, DEEPSEEK_CACHE_BY_HEADS, PREFERRED_NODES_COUNTED.
RELEASES["0.8"] = Release(tag="v0.8.1", day="2026-01-24", vllm="0.12.0")
#: Under byo the webhook breaks down at a Workspace without resource.
BYO_NEEDS_RESOURCE: Final = since(8, until=10)
KINDS["InferenceSet"] = {"v1alpha1": since(8)}
GATES["enableInferenceSetController"] = since(8)
_note(ANNOTATIONS, since(8), "inferenceset.kaito.io/hash", "inferenceset.kaito.io/revision")
#: The CRD gives every resource an instance type.
INSTANCE_TYPE_DEFAULTED: Final = until(7)
#: The webhook requires an instance type where KAITO provisions, and refuses one under byo.
STRICT_INSTANCE_TYPE: Final = since(8)
#: Under byo GPUs are read from the labels of the nodes, and not looked up by instance type.
NODE_LABELS_READ: Final = since(8)
#: The controller reads preferredNodes when it chooses nodes.
PREFERRED_NODES_READ: Final = until(7)
#: Every inference is a StatefulSet; before, most were a Deployment.
STATEFUL_SETS: Final = since(8)
#: The webhook says of phi-2 that it is deprecated.
DEPRECATION_NAMED: Final = since(8)
#: The webhook demands a secret for every preset that is downloaded at run time, and not for gated ones alone.
SECRET_FOR_DOWNLOADS: Final = until(7)
SPREAD_PRESETS["mistral-large-3"] = since(8)

# 0.9
RELEASES["0.9"] = Release(tag="v0.9.4", day="2026-06-18", vllm="0.14.1")
KINDS["RAGEngine"]["v1beta1"] = since(9)
ANNOTATIONS["kaito.sh/node-image-family"] = since(9)
#: The API server fills in one replica where an InferenceSet says no number; before, there is none.
REPLICAS_DEFAULTED: Final = since(9)
#: Any owner/name of Hugging Face is taken for a preset.
HUGGING_FACE_IDS: Final = since(9)
#: The Hugging Face id of a built-in preset means that preset; later it is looked up anew.
IDS_OF_BUILT_IN_PRESETS: Final = since(9, until=10)

# 0.10. Ended: ESTIMATE_IN_WHOLE_BYTES.
RELEASES["0.10"] = Release(tag="v0.10.0", day="2026-04-14", vllm="0.17.1")
SPREAD_PRESETS["phi-4"] = since(10)
ANNOTATIONS["kaito.sh/performance-mode"] = since(10)
#: A Workspace has the condition BenchmarkCompleted, where its model is measured.
BENCHMARK: Final = since(10)
ANNOTATIONS["kaito.sh/run-benchmark"] = since(10, until=10)
#: Instance types are admitted in any letter case. The controller still compares them exactly.
INSTANCE_TYPE_IN_ANY_CASE: Final = since(10)
#: Adapters may come from volumes.
ADAPTER_VOLUMES: Final = since(10)
#: A model that fits half of one GPU is replicated over the GPUs of its node.
DATA_PARALLEL: Final = since(10)
#: Pods on azure tolerate the taint of spot nodes.
SPOT_TOLERATED: Final = since(10)

# 0.11. Ended: BYO_BY_GATE, BYO_NEEDS_RESOURCE, IDS_OF_BUILT_IN_PRESETS, the gate ensureNodeClass, the annotation kaito.sh/run-benchmark.
RELEASES["0.11"] = Release(tag="v0.11.0", day="2026-07-01", vllm="0.22.1")
KINDS["InferenceSet"]["v1beta1"] = since(11)
#: The template of an InferenceSet has metadata for its replicas; before, the API server drops what is in it.
REPLICA_METADATA: Final = since(11)
#: KAITO moves the replicas of an InferenceSet to a newer base image by itself; one more meanwhile since 0.12.
UPGRADES: Final = since(11)
#: The replicas of a set serve the model under the set's name; before, under the last part of the model's own.
SERVED_AS_SET: Final = since(11)
KINDS["MultiRoleInference"] = {"v1alpha1": since(11)}
KINDS["ModelMirror"] = {"v1alpha1": since(11)}
_note(GATES, since(11), "ModelMirror", "ModelStreaming")
_note(GATES, since(11), "enableBaseImageAutoUpgrade", "enableMultiRoleInferenceController")
GATES_ON["enableInferenceSetController"] = since(11)
#: Whether the weights of a model are streamed or downloaded.
STREAMING_ANNOTATION: Final = "kaito.sh/model-streaming"
_note(ANNOTATIONS, since(11), "kaito.sh/disable-benchmark", "kaito.sh/model-mirror-storage-class")
_note(ANNOTATIONS, since(11), STREAMING_ANNOTATION, "kaito.sh/node-class-name")
_note(ANNOTATIONS, since(11), "kaito.sh/streaming-service-account", "kaito.sh/upgrade-start-time")
PROVISIONERS["karpenter"] = since(11)
#: The flag --node-provisioner says who brings nodes, and overwrites the gate.
PROVISIONER_FLAG: Final = since(11)
#: Presets come from a catalogue: short names are aliases of Hugging Face ids in any letter case, every model may take
#: adapters and several nodes, and what runs on transformers or can be tuned is known by name.
CATALOGUE: Final = since(11)
#: Presets are built into KAITO's code, with sizes of their own, and the webhook demands a secret for gated ones.
BUILT_IN_PRESETS: Final = until(10)
#: A Workspace without a ConfigMap gets a copy of KAITO's template; since 0.11 its pods start without one.
CONFIG_TEMPLATE: Final = until(10)
#: vLLM is told, as `--name.key`, to leave out one fusion of its compilation: a JSON text for the whole is lost beside it.
FUSION_LEFT_OUT: Final = since(11)
#: Keys that KAITO reserves are dropped from label selectors.
RESERVED_LABELS: Final = since(11)
#: The estimate takes activations into account: what one GPU has left is divided by 1.05.
ESTIMATE_WITH_ACTIVATIONS: Final = since(11)
#: The estimate is refused above this many nodes.
NODE_LIMIT: Final = since(11, until=11)
MOST_NODES: Final = 3
#: vLLM is told `auto` where no max-model-len is set; before, KAITO computed a length.
AUTO_LENGTH: Final = since(11)
#: The webhook reports what is wrong inside the embedding of a RAGEngine; before, it drops what it finds.
EMBEDDING_CHECKED: Final = since(11)
#: A RAGEngine runs where there is room; before, the webhook wants an instance type for it.
RAG_WITHOUT_NODES: Final = since(11)
#: With the gate ModelStreaming, weights are streamed, and how is fixed once the Workspace exists.
MODEL_STREAMING: Final = since(11)
#: The settings of a tuning's model have four more fields.
OLDER_MODEL_CONFIG: Final = until(10)
#: Where KAITO provisions, it takes nodes that it did not make itself.
NODES_REUSED: Final = until(10)

# 0.12. Ended: NODE_LIMIT.
RELEASES["0.12"] = Release(tag="v0.12.0", day="2026-08-21", vllm="0.25.1")
#: The webhook of an InferenceSet v1beta1 asks the Workspace's rules of the replicas, and that of both versions for an instance type.
REPLICAS_CHECKED: Final = since(12)
UPGRADE_STRATEGIES: Final = since(12)
_note(GATES, since(12), "enableAccelerator", "enableMIG")
ANNOTATIONS["inference.kaito.sh/static-model-mirror"] = since(12)
ANNOTATIONS["inference.kaito.sh/stream-datarefs-url"] = since(12)
ANNOTATIONS["inference.kaito.sh/stream-identity-client-id"] = since(12)
ANNOTATIONS["inference.kaito.sh/stream-source-type"] = since(12)
ANNOTATIONS["kaito.sh/use-local-weights"] = since(12)
#: The endpoint picker of the InferencePool speaks without TLS; before, with a certificate that nobody knows.
POOL_WITHOUT_CERTIFICATE: Final = since(12)
#: The field resource.partition; before, the API server drops it.
PARTITIONS: Final = since(12)
#: The annotation use-local-weights: nothing is downloaded.
LOCAL_WEIGHTS: Final = since(12)
#: The webhook holds the class of kaito.sh/node-class-name against a list of the installation's.
NODE_CLASS_CHECKED: Final = since(12)
#: The webhook looks at the addresses that a tuning fetches its data from.
TUNING_URLS_CHECKED: Final = since(12)
#: An NVIDIA A10 is given less of its memory than other cards.
SMALLER_SHARE_OF_A10: Final = since(12)

# The block of the next release goes here: CONTRIBUTING, "Add a KAITO release".
