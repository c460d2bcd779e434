"""Examples of KG401 to KG429: the object as a whole, its annotations and its resource."""

from typing import Any, Final

from kaitogen.commands.explain.texts.kg4_bases import annotated, preset, resource, selecting
from kaitogen.commands.explain.texts.shapes import Pair

_BYO: Final = "--node-provisioner byo"
_MIG: Final = f"{_BYO} --feature-gate enableMIG=true"
_ACCELERATOR: Final = f"{_BYO} --feature-gate enableAccelerator=true"
_SLICE: Final = {"mode": "mig", "profile": "3g.40gb"}
_LLAMA_70B: Final = preset("llama-3.3-70b-instruct", "hf-token")


def _expressions(*expressions: dict[str, Any]) -> dict[str, Any]:
    return selecting(matchLabels=None, matchExpressions=list(expressions))


def _partition(**fields: Any) -> dict[str, Any]:
    return resource(partition=fields)


_MINI: Final = preset("phi-4-mini-instruct")
_TAINT: Final = {"effect": "NoSchedule", "key": "gpu", "operator": "Exists"}

RESOURCE_PAIRS: Final[dict[str, Pair]] = {
    "KG401": Pair("serving", resource(instanceTyp="Standard_NC24ads_A100_v4")),
    "KG402": Pair(
        "pod",
        {"inference": {"template": {"spec": {"toleration": [_TAINT]}}}},
        {"inference": {"template": {"spec": {"tolerations": [_TAINT]}}}},
    ),
    "KG403": Pair("serving", {"metadata": {"name": "phi.4"}}),
    "KG404": Pair("serving", {"inference": None}),
    "KG405": Pair("byo", {}, resource(instanceType="Standard_NC24ads_A100_v4")),
    "KG406": Pair(
        "serving", annotated("kaito.sh/node-image-family", "debian"), annotated("kaito.sh/node-image-family", "ubuntu")
    ),
    "KG407": Pair(
        "serving", annotated("kaito.sh/performance-mode", "fast"), annotated("kaito.sh/performance-mode", "throughput")
    ),
    "KG408": Pair(
        "serving", annotated("kaito.sh/use-local-weights", "yes"), annotated("kaito.sh/use-local-weights", "true")
    ),
    "KG409": Pair(
        "serving",
        annotated("kaito.sh/node-class-name", "mine"),
        annotated("kaito.sh/node-class-name", "image-family-ubuntu"),
        "--node-provisioner karpenter",
    ),
    "KG410": Pair("serving", preset("phi-2"), _MINI),
    "KG411": Pair("serving", _expressions({"key": "apps", "operator": "Exists"})),
    "KG412": Pair("serving", selecting(matchLabels={"kaito.sh/workspace": "phi-4"})),
    "KG413": Pair("serving", selecting(matchLabels={"apps": None, "kaito.sh/workspace": "phi-4"})),
    "KG414": Pair("serving", _partition(**_SLICE), {}, "--feature-gate enableMIG=true"),
    "KG415": Pair("byo", _partition(mode="mps"), _partition(**_SLICE), _MIG, instead="KG401"),
    "KG416": Pair("byo", _partition(**_SLICE), _partition(**_SLICE), _BYO, _MIG),
    "KG417": Pair("byo", _partition(**_SLICE, count=1), _partition(**_SLICE), _MIG),
    "KG418": Pair("byo", _partition(mode="mig", profile="3g.41gb"), _partition(**_SLICE), _MIG),
    "KG419": Pair("byo", _partition(mode="mig", profile="1g.24gb"), _partition(**_SLICE), _MIG),
    "KG420": Pair(
        "byo", _partition(mode="accelerator", count=1), _partition(mode="accelerator", count=1), _BYO, _ACCELERATOR
    ),
    "KG421": Pair(
        "byo",
        _partition(mode="accelerator", count=1, profile="3g.40gb"),
        _partition(mode="accelerator", count=1),
        _ACCELERATOR,
    ),
    "KG422": Pair("byo", _partition(mode="accelerator"), _partition(mode="accelerator", count=1), _ACCELERATOR),
    "KG423": Pair("byo", {}, {"resource": {"instanceType": "Standard_NC24ads_A100_v4"}}, f"{_BYO} --notes", "--notes"),
    "KG424": Pair("byo", {}, {"resource": {"instanceType": "Standard_NC24ads_A100_v4"}}, f"{_BYO} --notes", "--notes"),
    "KG425": Pair("byo", {}, {"resource": {"instanceType": "Standard_NC24ads_A100_v4"}}, f"{_BYO} --notes", "--notes"),
    "KG427": Pair("serving", resource(instanceType="gpu-large")),
    "KG428": Pair(
        "serving",
        {**_LLAMA_70B, **resource(count=1)},
        {**_LLAMA_70B, **resource(instanceType="Standard_ND96isr_H100_v5")},
        "--kaito 0.6",
    ),
    "KG429": Pair(
        "serving",
        {**_LLAMA_70B, **annotated("kaito.sh/runtime", "transformers")},
        {**_LLAMA_70B, **annotated("kaito.sh/runtime", "transformers"),
         **resource(instanceType="Standard_ND96isr_H100_v5")},
    ),
}  # fmt: skip
