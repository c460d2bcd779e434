"""Rules about the ConfigMap with the settings of a tuning."""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from kaitogen.kaito.rules.config import UNKNOWN, parse
from kaitogen.kaito.rules.context import cut, part
from kaitogen.model import Json, Problem

_CONFIG: Final = ("tuning", "config")
KEY: Final = "training_config.yaml"
_SECTIONS: Final = (
    "ModelConfig",
    "QuantizationConfig",
    "LoraConfig",
    "TrainingArguments",
    "DatasetConfig",
    "DataCollator",
)
_BITS: Final = ("load_in_4bit", "load_in_8bit")


def judge(data: Mapping[str, str], name: str, method: str) -> Iterator[Problem]:
    """R51 to R54. `method` is in lower case."""
    source = data.get(KEY)
    if not isinstance(source, str):
        message = f"the ConfigMap {cut(name)} has no key {KEY}"
        yield Problem("KG451", "error", _CONFIG, message, f"put the settings under {KEY}", "", KEY)
        return
    settings = parse(source)
    if settings is UNKNOWN:
        return
    training = settings.get("training_config") if isinstance(settings, dict) else None
    if not isinstance(training, dict):
        why = (
            settings
            if isinstance(settings, str) and settings.startswith("it is not")
            else "training_config is no mapping"
        )
        message = f"KAITO cannot read {KEY}: {why}"
        yield Problem("KG451", "error", _CONFIG, message, "write training_config: with its sections below it")
        return
    for section in training:
        if section not in _SECTIONS:
            message = f"KAITO knows no section {cut(section)} in training_config"
            allowed = ", ".join(_SECTIONS)
            yield Problem("KG452", "error", _CONFIG, message, f"use {allowed}", cut(section), allowed)
    yield from _quantization(part(training, "QuantizationConfig"), method)
    yield from _output_dir(part(training, "TrainingArguments"))


def _quantization(section: Mapping[str, Json], method: str) -> Iterator[Problem]:
    values = [section.get(key) for key in _BITS]
    on = [key for key, value in zip(_BITS, values, strict=True) if value is True]
    wrong = next(
        (key for key, value in zip(_BITS, values, strict=True) if not isinstance(value, bool | None)), None
    )
    message, advice = "", ""
    if wrong is not None:
        message, advice = (
            f"{wrong} of QuantizationConfig is neither true nor false",
            "write true or false, without quotes",
        )
    elif len(on) == len(_BITS):
        message, advice = "QuantizationConfig loads in 4 and in 8 bit", "turn one of the two off"
    elif on and method == "lora":
        message, advice = (
            f"{on[0]} is for the method qlora, and this is lora",
            "turn it off, or tune with qlora",
        )
    elif not on and method == "qlora":
        message, advice = (
            "the method qlora needs load_in_4bit or load_in_8bit in QuantizationConfig",
            "set one to true",
        )
    if message:
        yield Problem("KG453", "error", _CONFIG, message, advice)


def _output_dir(section: Mapping[str, Json]) -> Iterator[Problem]:
    folder = section.get("output_dir")
    if folder is None:
        return
    if not isinstance(folder, str):
        message = "output_dir of TrainingArguments is not text"
    else:
        joined = posixpath.normpath(f"/mnt/{folder}")
        if joined != "/mnt" and joined.startswith("/mnt"):
            return
        message = f"output_dir {cut(folder)} lies outside a folder below /mnt"
    advice = "name a folder below /mnt, such as results"
    yield Problem("KG454", "error", _CONFIG, message, advice, cut(str(folder)), "a folder below /mnt")
