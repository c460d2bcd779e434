"""Examples of the codes from KG461 on: what is admitted, and then does not work or does something else."""

from typing import Any, Final

from kaitogen.commands.explain.texts.kg4_bases import annotated, preset, resource, selecting
from kaitogen.commands.explain.texts.kg4_inference import adapter
from kaitogen.commands.explain.texts.kg4_tuning import tuning
from kaitogen.commands.explain.texts.shapes import Pair

_BYO: Final = "--node-provisioner byo"
_NODES: Final = {"preferredNodes": ["gpu-node-1", "gpu-node-2"]}
_CONFIG: Final = {"inference": {"config": "settings"}}
_SAID: Final = "vllm:\n  max-model-len: 8192\n"
_TRANSFORMERS: Final = annotated("kaito.sh/runtime", "transformers")
_SMALL: Final = "Standard_NV36ads_A10_v5"
_EXPRESSION: Final = {"key": "zone", "operator": "In", "values": ["1"]}
_OWN_LABEL: Final = {"matchLabels": {"apps": None, "kaitogen.io/workspace": "phi-4"}}


def _adapted(*adapters: dict[str, Any]) -> dict[str, Any]:
    return {"inference": {"adapters": list(adapters)}}


def _llama(instance_type: str) -> dict[str, Any]:
    said = {**preset("llama-3.1-8b-instruct", "hf-token")["inference"], "config": "settings"}
    return {"inference": said, **resource(instanceType=instance_type)}


TRAP_PAIRS: Final[dict[str, Pair]] = {
    "KG461": Pair("serving", resource(count=2)),
    "KG462": Pair("serving", resource(**_NODES)),
    "KG463": Pair("byo", resource(**_NODES, labelSelector=_OWN_LABEL), selecting(**_OWN_LABEL), _BYO),
    "KG464": Pair(
        "byo",
        selecting(**_OWN_LABEL),
        resource(preferredNodes=["gpu-node-1"], labelSelector=_OWN_LABEL),
        f"{_BYO} --kaito 0.7",
    ),
    "KG465": Pair("pod", resource(count=4), resource(count=3), "--kaito 0.11"),
    "KG466": Pair(
        "serving",
        {**preset("phi-3-mini-128k-instruct"), **resource(instanceType=_SMALL), "inference": {
            "preset": {"name": "phi-3-mini-128k-instruct"}, "config": "settings"}},
        {**preset("phi-3-mini-128k-instruct"), "inference": {
            "preset": {"name": "phi-3-mini-128k-instruct"}, "config": "settings"}},
        settings=("vllm:\n  max-model-len: 131072\n", _SAID),
    ),
    "KG467": Pair("serving", preset("llama-3.1-8b-instruct"), preset("llama-3.1-8b-instruct", "hf-token")),
    "KG468": Pair("serving", _CONFIG, _CONFIG, settings=('vllm:\n  max-model-len: "8192"\n', _SAID)),
    "KG469": Pair("serving", _llama(_SMALL), _llama(_SMALL), settings=("vllm:\n  max-model-len: 65536\n", _SAID)),
    "KG470": Pair("serving", {"metadata": {"name": "phi-4-for-the-search-team-of-the-western-europe-region"}}),
    "KG471": Pair("serving", {"metadata": {"name": "4phi"}}),
    "KG472": Pair("serving", resource(instanceType="standard_nc24ads_a100_v4")),
    "KG473": Pair("serving", resource(instanceType="Standard_NC4as_T4_v3")),
    "KG474": Pair("serving", selecting(matchExpressions=[_EXPRESSION]), selecting(matchLabels={"zone": "1"})),
    "KG475": Pair("tuning", selecting(matchExpressions=[{"key": "zone", "operator": "Exists"}])),
    "KG476": Pair("tuning", resource(instanceType=None), {}, _BYO, ""),
    "KG477": Pair("byo", {"resource": {"labelSelector": {"matchLabels": None}}}, {}, _BYO),
    "KG478": Pair("tuning", tuning(preset={"name": "gpt-oss-20b"})),
    "KG479": Pair("tuning", tuning(method="LoRA")),
    "KG480": Pair("tuning", resource(instanceType="Standard_NC6s_v3")),
    "KG481": Pair("serving", annotated("kaito.sh/runtime", "vLLM"), annotated("kaito.sh/runtime", "vllm")),
    "KG482": Pair("serving", annotated("kaito.sh/enablelb", "true"), annotated("kaito.sh/enablelb", "True")),
    "KG483": Pair("serving", annotated("kaito.sh/enable-lb", "True"), annotated("kaito.sh/enablelb", "True")),
    "KG484": Pair(
        "serving", annotated("kaito.sh/node-image-family", "ubuntu"), {}, "--node-provisioner karpenter"
    ),
    "KG485": Pair("serving", annotated("kaito.sh/bypass-resource-checks", "false")),
    "KG486": Pair(
        "serving", {**_CONFIG, **_TRANSFORMERS, "metadata": _TRANSFORMERS["metadata"]}, _TRANSFORMERS
    ),
    "KG487": Pair("serving", _CONFIG, _CONFIG, settings=("vllm:\nmax_probe_steps: 6\n", "max_probe_steps: 6\n")),
    "KG488": Pair("serving", {}, _CONFIG, "--notes"),
    "KG489": Pair("serving", preset("falcon-7b"), {}, "--kaito 0.10 --notes"),
    "KG491": Pair("serving", _adapted(adapter("My_Style")), _adapted(adapter("my-style"))),
    "KG492": Pair("serving", _adapted(adapter(image=None)), _adapted(adapter())),
    "KG493": Pair("serving", _adapted(adapter(image="registry.example.com/Style:1")), _adapted(adapter())),
    "KG494": Pair(
        "serving",
        {**_adapted(adapter(strength="1.5")), **_TRANSFORMERS},
        {**_adapted(adapter(strength="0.5")), **_TRANSFORMERS},
    ),
    "KG495": Pair("serving", {"apiVersion": "kaito.sh/v1alpha1"}),
}  # fmt: skip
