"""What KAITO takes for a source and a target of a tuning: what stands in it, and what is said of that."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.kaito.rules.workspaces import A100, TUNING, change

_IMAGE = {"image": "registry.example.com/data:1"}
_PUSHED = {**_IMAGE, "imagePushSecret": "push"}
_NONE = "the input of the tuning has none of urls, image and volumeSource"
_NEITHER = "the output of the tuning has neither image nor volumeSource"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("input", {"volumeSource": {}}, []),
        ("input", {"volumeSource": None}, [_NONE]),
        ("input", {"urls": []}, [_NONE]),
        ("input", {"urls": {}}, [_NONE]),
        ("input", {"image": ""}, [_NONE]),
        ("input", {"volumeSource": {}, **_IMAGE}, ["the input of the tuning has image and volumeSource"]),
        ("output", {"volumeSource": {}}, []),
        ("output", {"image": {}}, [_NEITHER]),
        (
            "output",
            {"volumeSource": {}, **_PUSHED},
            ["the output of the tuning has both image and volumeSource"],
        ),
        ("output", _IMAGE, ["the output is an image, and no imagePushSecret says how to push it"]),
        ("output", _PUSHED, []),
    ],
    ids=str,
)
def test_sources_and_targets(field: str, value: dict[str, Any], expected: list[str]) -> None:
    found = judge(RuleContext(change(TUNING, {f"tuning.{field}": value}), Target()))
    assert [one.message for one in found if one.code in ("KG455", "KG458")] == expected


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [
        (A100, []),
        (A100.lower(), ["KG472"]),
        ("Standard_NC24ad_A100_v4", ["KG480"]),
        ("Standard_NC9000", ["KG480"]),
    ],
)
def test_instance_types(instance_type: str, expected: list[str]) -> None:
    found = judge(RuleContext(change(TUNING, {"resource.instanceType": instance_type}), Target()))
    assert [one.code for one in found] == expected


_NEEDED = "the method qlora needs load_in_4bit or load_in_8bit in QuantizationConfig"
_FOR_QLORA = "load_in_4bit is for the method qlora, and this is lora"


@pytest.mark.parametrize(
    ("method", "section", "expected"),
    [
        ("lora", "LoraConfig: 1", []),
        ("lora", "QuantizationConfig: 1", ["KAITO cannot read training_config.yaml: QuantizationConfig is no mapping"]),
        ("lora", "QuantizationConfig:", []),
        ("lora", "QuantizationConfig: {load_in_4bit: yes}", [_FOR_QLORA]),
        ("lora", "QuantizationConfig: {load_in_4bit: true}", [_FOR_QLORA]),
        ("lora", "QuantizationConfig: {load_in_4bit: no}", []),
        ("lora", "QuantizationConfig: {load_in_4bit: false}  # load_in_4bit: yes", []),
        ("qlora", "QuantizationConfig: {load_in_4bit: on}", []),
        ("qlora", "QuantizationConfig: {load_in_4bit: off}", [_NEEDED]),
        ("qlora", "QuantizationConfig: {load_in_4bit: 1}",
         ["load_in_4bit of QuantizationConfig is neither true nor false"]),
        ("qlora", "QuantizationConfig: {load_in_4bit: y, load_in_8bit: true}",
         ["QuantizationConfig loads in 4 and in 8 bit"]),
        ("qlora", "LoraConfig: {r: 8}", [_NEEDED]),
    ],
)  # fmt: skip
def test_settings(method: str, section: str, expected: list[str]) -> None:
    maps = {("", "settings"): {"training_config.yaml": f"training_config:\n  {section}\n"}}
    workspace = change(TUNING, {"tuning.method": method, "tuning.config": "settings"})
    found = judge(RuleContext(workspace, Target(), config_maps=maps))
    assert [one.message for one in found if one.code in ("KG451", "KG453")] == expected


def test_a_model_that_nobody_can_tune_is_named() -> None:
    (one,) = judge(RuleContext(change(TUNING, {"tuning.preset.name": "Qwen/Qwen3-8B-AWQ"}), Target()))
    assert (one.code, one.found) == ("KG478", "Qwen/Qwen3-8B-AWQ")


@pytest.mark.parametrize(
    ("section", "kaito", "expected"),
    [
        ("ModelConfig", "0.10", []),
        ("ModelConfig", "0.11", ["KG749"]),
        ("DatasetConfig", "0.10", ["KG749"]),
        ("DatasetConfig", "0.11", ["KG749"]),
    ],
)
def test_fields_of_older_models_are_taken_there_alone(section: str, kaito: str, expected: list[str]) -> None:
    maps = {("", "settings"): {"training_config.yaml": f"training_config:\n  {section}: {{from_tf: true}}\n"}}
    found = judge(RuleContext(change(TUNING, {"tuning.config": "settings"}), Target(kaito), config_maps=maps))
    assert [one.code for one in found] == expected
