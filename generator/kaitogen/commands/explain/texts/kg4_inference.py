"""Examples of KG430 to KG446: what an inference runs, its adapters and its configuration."""

from typing import Any, Final

from kaitogen.commands.explain.texts.kg4_bases import BASES, annotated, preset
from kaitogen.commands.explain.texts.shapes import Pair


def _adapters(*adapters: dict[str, Any]) -> dict[str, Any]:
    return {"inference": {"adapters": list(adapters)}}


def adapter(
    name: str | None = "style", image: str | None = "registry.example.com/style:1", **more: Any
) -> dict[str, Any]:
    """An adapter from an image; None leaves out a field of its source."""
    source = {key: value for key, value in (("name", name), ("image", image)) if value is not None}
    return {"source": source, **more}


_POD: Final = BASES["pod"]["inference"]["template"]
_CONFIG: Final = {"inference": {"config": "settings"}}
_SAID: Final = "vllm:\n  max-model-len: 8192\n"
_STREAMING: Final = "--feature-gate ModelStreaming=true --provider aws"
_ON_AWS: Final = {"resource": {"instanceType": "p4d.24xlarge"}}

INFERENCE_PAIRS: Final[dict[str, Pair]] = {
    "KG430": Pair("serving", {"inference": {"preset": None, "config": "settings"}}),
    "KG431": Pair("serving", {"inference": {"template": _POD}}),
    "KG432": Pair("serving", preset("qwen3-8b"), preset("Qwen/Qwen3-8B-AWQ")),
    "KG433": Pair("serving", preset("acme/phi"), {}, "--notes"),
    "KG434": Pair(
        "serving",
        {
            "inference": preset("phi-4-mini-instruct")["inference"],
            **annotated("kaito.sh/runtime", "transformers"),
        },
        preset("phi-4-mini-instruct"),
    ),
    "KG435": Pair("serving", _adapters(adapter(strength="0.5")), _adapters(adapter())),
    "KG436": Pair(
        "serving",
        {"inference": {**preset("falcon-7b")["inference"], **_adapters(adapter())["inference"]}},
        preset("falcon-7b"),
        "--kaito 0.10",
    ),
    "KG437": Pair(
        "serving",
        preset("llama-3.1-8b-instruct"),
        preset("llama-3.1-8b-instruct", "hf-token"),
        "--kaito 0.10",
    ),
    "KG438": Pair(
        "serving",
        preset("phi-3-mini-4k-instruct", "hf-token"),
        preset("phi-3-mini-4k-instruct"),
        "--kaito 0.10",
    ),
    "KG439": Pair(
        "serving",
        _adapters(*(adapter(f"style-{number}") for number in range(11))),
        _adapters(adapter("style-0")),
    ),
    "KG440": Pair("serving", _adapters(adapter(), adapter()), _adapters(adapter(), adapter("tone"))),
    "KG441": Pair("serving", _CONFIG, {}, "--notes"),
    "KG442": Pair("serving", _CONFIG, _CONFIG, settings=("", _SAID)),
    "KG443": Pair("serving", _CONFIG, _CONFIG, settings=("vllm: [max-model-len]\n", _SAID)),
    "KG444": Pair("serving", _CONFIG, _CONFIG, settings=("vllm:\n  max-model-len: 8k\n", _SAID)),
    "KG445": Pair("serving", _CONFIG, _CONFIG, settings=("vllm:\n  max-model-len: 16385\n", _SAID)),
    "KG446": Pair(
        "serving", _ON_AWS, {**_ON_AWS, **annotated("kaito.sh/model-streaming", "disabled")}, _STREAMING
    ),
}
