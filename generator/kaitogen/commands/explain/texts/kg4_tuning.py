"""Examples of KG447 to KG460: what KAITO refuses of a tuning."""

from typing import Any, Final

from kaitogen.commands.explain.texts.kg4_bases import resource
from kaitogen.commands.explain.texts.shapes import Pair


def tuning(**fields: Any) -> dict[str, Any]:
    """What lays fields over a Workspace's tuning."""
    return {"tuning": fields}


def _section(name: str, line: str) -> str:
    return f"training_config:\n  {name}:\n    {line}\n"


_CONFIG: Final = tuning(config="settings")
_VOLUME: Final = {"persistentVolumeClaim": {"claimName": "data"}}
_SAID: Final = _section("LoraConfig", "r: 8")

TUNING_PAIRS: Final[dict[str, Pair]] = {
    "KG447": Pair("tuning", resource(count=2)),
    "KG448": Pair("tuning", resource(partition={"mode": "mig", "profile": "3g.40gb"})),
    "KG449": Pair("tuning", tuning(method="full")),
    "KG450": Pair("tuning", _CONFIG, {}, "--notes"),
    "KG451": Pair("tuning", _CONFIG, _CONFIG, settings=("LoraConfig:\n  r: 8\n", _SAID)),
    "KG452": Pair("tuning", _CONFIG, _CONFIG, settings=(_section("LoRAConfig", "r: 8"), _SAID)),
    "KG453": Pair(
        "tuning", _CONFIG, _CONFIG, settings=(_section("QuantizationConfig", "load_in_4bit: true"), _SAID)
    ),
    "KG454": Pair(
        "tuning",
        _CONFIG,
        _CONFIG,
        settings=(
            _section("TrainingArguments", "output_dir: ../results"),
            _section("TrainingArguments", "output_dir: results"),
        ),
    ),
    "KG455": Pair("tuning", tuning(input={"volumeSource": _VOLUME})),
    "KG456": Pair("tuning", tuning(output={"image": "registry.example.com/Tuned:1"})),
    "KG457": Pair("tuning", tuning(input={"urls": ["http://169.254.169.254/train.parquet"]})),
    "KG458": Pair("tuning", tuning(output={"imagePushSecret": None})),
    "KG459": Pair("tuning", tuning(preset=None)),
    "KG460": Pair("tuning", tuning(preset={"name": "qwen3-8b"})),
}
