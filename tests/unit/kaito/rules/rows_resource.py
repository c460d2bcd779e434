"""One row per rule on the object as a whole, its annotations and its resource (KG403 to KG429)."""

from typing import Any, Final

from tests.unit.kaito.rules.workspaces import (
    A100,
    BYO,
    GONE,
    SERVING,
    TEMPLATED,
    TUNING,
    Row,
    annotated,
    byo,
    change,
    serve,
    transformers,
    tune,
)

_IN: Final = {"operator": "In", "key": "zone", "values": ["1"]}
_MIG: Final = {"mode": "mig", "profile": "3g.40gb"}
_ACCELERATOR: Final = {"mode": "accelerator", "count": 2}
_GATES: Final = {"enableMIG": True, "enableAccelerator": True}
_LLAMA_70B: Final = change(
    SERVING,
    {"inference.preset": {"name": "llama-3.3-70b-instruct", "presetOptions": {"modelAccessSecret": "hf"}}},
)
_PHI_MEDIUM: Final = serve(
    resource__instanceType="Standard_NC6s_v3", inference__preset__name="phi-3-medium-4k-instruct"
)
_GPT_OSS: Final = serve(
    resource__instanceType="Standard_NV36ads_A10_v5", inference__preset__name="gpt-oss-20b"
)
_PATH: Final = "metadata.annotations"
_MATCH: Final = "resource.labelSelector.matchLabels"
_EXPRESSIONS: Final = "resource.labelSelector.matchExpressions"


def _partition(about: str, expected: str, partition: dict[str, Any], **more: Any) -> Row:
    more = {"provisioner": "byo", "gates": _GATES, **more}
    return Row(about, expected, 12, 12, byo(resource__partition=partition), **more)


ROWS: Final = (
    Row("dot in the name", "KG403 error metadata.name", 4, 12, serve(metadata__name="phi.4")),
    Row("64 characters", "KG403 error metadata.name", 4, 12, serve(metadata__name="a" * 64)),
    Row("upper case", "KG403 error metadata.name", 4, 12, tune(metadata__name="Phi")),
    Row("ends in a dash", "KG403 error metadata.name", 4, 12, serve(metadata__name="phi-")),
    Row("no workload", "KG404 error ", 4, 12, serve(inference=GONE)),
    Row("two workloads", "KG404 error tuning", 4, 12, serve(tuning=TUNING["tuning"])),
    Row("instance type under byo", "KG405 error resource.instanceType", 8, 12, SERVING, provisioner="byo"),
    Row("the gate is byo up to 0.10", "KG405 error resource.instanceType", 8, 10, SERVING,
        gates={"disableNodeAutoProvisioning": True}),
    Row("no instance type", "KG405 error resource", 8, 12, BYO),
    Row("empty instance type", "KG405 error resource.instanceType", 8, 12, serve(resource__instanceType="")),
    Row("tuning without instance type", "KG405 error resource", 8, 12, tune(resource__instanceType=GONE)),
    Row("image family", f"KG406 error {_PATH}.kaito.sh/node-image-family", 9, 12,
        annotated("kaito.sh/node-image-family", "debian")),
    Row("performance mode", f"KG407 error {_PATH}.kaito.sh/performance-mode", 10, 12,
        annotated("kaito.sh/performance-mode", "")),
    Row("local weights", f"KG408 error {_PATH}.kaito.sh/use-local-weights", 12, 12,
        annotated("kaito.sh/use-local-weights", "True")),
    Row("node class outside the list", f"KG409 error {_PATH}.kaito.sh/node-class-name", 12, 12,
        annotated("kaito.sh/node-class-name", "mine"), provisioner="karpenter", node_classes=("ours", "theirs")),
    Row("node class of the chart outside the list", f"KG409 error {_PATH}.kaito.sh/node-class-name", 12, 12,
        annotated("kaito.sh/node-class-name", "image-family-ubuntu"), provisioner="karpenter", node_classes=("ours",)),
    Row("node class without a list", f"KG409 note {_PATH}.kaito.sh/node-class-name", 12, 12,
        annotated("kaito.sh/node-class-name", "mine"), provisioner="karpenter"),
    Row("phi-2", "KG410 error inference.preset.name", 8, 12, serve(inference__preset__name="phi-2")),
    Row("NotIn", f"KG411 error {_EXPRESSIONS}.0", 4, 12,
        serve(resource__labelSelector__matchExpressions=[{**_IN, "operator": "NotIn"}])),
    Row("two values", f"KG411 error {_EXPRESSIONS}.1", 4, 12,
        serve(resource__labelSelector__matchExpressions=[_IN, {**_IN, "values": ["1", "2"]}])),
    Row("a reserved key", f"KG412 warning {_MATCH}.kaito.sh/workspace", 11, 12,
        serve(resource__labelSelector__matchLabels={"a": "b", "kaito.sh/workspace": "x"})),
    Row("reserved keys alone", f"KG413 error {_MATCH}", 11, 12,
        serve(resource__labelSelector__matchLabels={"kaito.sh/ragengine": "x"})),
    Row("reserved keys alone stop the rest", f"KG413 error {_MATCH}", 11, 12,
        serve(resource__labelSelector__matchLabels={"kaito.sh/ragengine": "x"}, resource__instanceType="nothing")),
    Row("partition with provisioning", "KG414 error resource.partition", 12, 12,
        serve(resource__partition=_MIG), gates=_GATES),
    _partition("unknown mode", "KG415 error resource.partition.mode", {"mode": "mps"}),
    _partition("gate for mig", "KG416 error resource.partition.mode", _MIG, gates={}),
    _partition("mig with count", "KG417 error resource.partition.count", {**_MIG, "count": 1}),
    _partition("odd profile", "KG418 error resource.partition.profile", {"mode": "mig", "profile": "1g.5gb+me"}),
    _partition("no profile", "KG418 error resource.partition", {"mode": "mig"}),
    _partition("small profile", "KG419 error resource.partition.profile", {"mode": "mig", "profile": "1g.24gb"}),
    Row("small profile with bypass", "KG419 warning resource.partition.profile; KG466 error resource.partition", 12, 12,
        annotated("kaito.sh/bypass-resource-checks", "true",
                  byo(resource__partition={"mode": "mig", "profile": "1g.24gb"})),
        provisioner="byo", gates=_GATES),
    _partition("gate for accelerator", "KG420 error resource.partition.mode", _ACCELERATOR, gates={}),
    _partition("accelerator with profile", "KG421 error resource.partition.profile",
               {**_ACCELERATOR, "profile": "1g.5gb"}),
    _partition("accelerator without count", "KG422 error resource.partition", {"mode": "accelerator"}),
    Row("what the nodes decide",
        "KG423 note resource.labelSelector; KG424 note resource.labelSelector; "
        "KG425 note resource.labelSelector; KG428 note resource.labelSelector",
        8, 12, BYO, provisioner="byo", notes=True, also=("KG488",)),
    Row("an unknown cloud", "KG426 error resource.instanceType", 4, 12, SERVING, provider="gcp"),
    Row("nothing of the kind", "KG427 error resource.instanceType", 4, 12, serve(resource__instanceType="gpu-large")),
    Row("for a template too", "KG427 error resource.instanceType", 4, 12,
        change(TEMPLATED, {"resource.instanceType": "gpu-large"})),
    Row("a type of another cloud", "KG427 error resource.instanceType", 4, 12, SERVING, provider="aws"),
    Row("aws has no exception", "KG427 error resource.instanceType", 12, 12,
        serve(resource__instanceType="g4dn.xlarge", inference__preset__name="phi-4-mini-instruct"), provider="aws"),
    Row("letter case up to 0.9", "KG427 error resource.instanceType", 4, 9,
        serve(resource__instanceType=A100.lower())),
    Row("the default type on another cloud", "KG427 error resource", 4, 7, BYO, provider="aws"),
    Row("byo looked it up in 0.7", "KG427 error resource.instanceType", 4, 7,
        serve(resource__instanceType="gpu-large"), provisioner="byo", also=("KG464",)),
    Row("weights and count", "KG428 error resource.instanceType", 5, 6,
        change(_LLAMA_70B, {"resource.count": 1})),
    Row("weights with bypass", "KG428 warning resource.instanceType", 5, 6,
        annotated("kaito.sh/bypass-resource-checks", "true", _LLAMA_70B)),
    Row("one node since 0.5, on transformers", "KG429 error resource.instanceType", 5, 8, transformers(_PHI_MEDIUM)),
    Row("until 0.4 as many as count", "KG428 error resource.instanceType", 4, 4, transformers(_PHI_MEDIUM)),
    Row("weights of which 0.10 may think less", "KG429 error resource.instanceType", 11, 12, transformers(_GPT_OSS)),
    Row("weights and transformers", "KG429 error resource.instanceType", 5, 12, transformers(_LLAMA_70B)),
    Row("no bypass for transformers", "KG429 error resource.instanceType", 5, 12,
        annotated("kaito.sh/bypass-resource-checks", "true", transformers(_LLAMA_70B))),
)  # fmt: skip
