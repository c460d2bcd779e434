"""Rules about the ConfigMap with the settings of a tuning."""

import posixpath
import re
from itertools import islice

from kaitogen.kaito import versions
from kaitogen.kaito.objects import part
from kaitogen.kaito.rules.config import UNKNOWN, absent, parse, without_comments
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.typed import Final, Iterator, Mapping

KG451 = Rule("KG451", "KAITO cannot read the tuning's settings", kind="refused", since="0.4",
             source="api/v1beta1/tuning_config_validation.go:229@v0.12.0")  # fmt: skip
KG452 = Rule("KG452", "An unknown section in training_config", kind="refused", since="0.4",
             source="api/v1beta1/tuning_config_validation.go:259@v0.12.0")  # fmt: skip
KG453 = Rule("KG453", "QuantizationConfig contradicts the method", kind="refused", since="0.4",
             source="api/v1beta1/tuning_config_validation.go:156@v0.12.0")  # fmt: skip
KG454 = Rule("KG454", "output_dir lies outside /mnt", kind="refused", since="0.4",
             source="api/v1beta1/tuning_config_validation.go:146@v0.12.0")  # fmt: skip
KG749 = Rule("KG749", "The tuning's program takes no such setting", kind="can't work", since="0.4",
             source="presets/workspace/tuning/text-generation/parser.py:71@v0.12.0", at_key=True)  # fmt: skip

_CONFIG: Final = ("tuning", "config")
KEY: Final = "training_config.yaml"
#: As many unknown settings are told of one section.
_MOST_UNKNOWN: Final = 20
_SECTIONS: Final = (
    "ModelConfig", "QuantizationConfig", "LoraConfig", "TrainingArguments", "DatasetConfig", "DataCollator",
)  # fmt: skip
#: What KAITO decodes; of the others it passes on whatever they are.
_DECODED: Final = ("QuantizationConfig", "TrainingArguments")
#: What the sections take that are KAITO's own (presets/workspace/tuning/text-generation/cli.py@v0.12.0); the others are
#: those of peft and transformers, which change with their releases.
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "ModelConfig": (
        "pretrained_model_name_or_path", "state_dict", "cache_dir", "force_download", "proxies", "output_loading_info",
        "local_files_only", "revision", "trust_remote_code", "torch_dtype", "device_map", "chat_template",
    ),
    "QuantizationConfig": (
        "quant_method", "load_in_8bit", "load_in_4bit", "llm_int8_threshold", "llm_int8_skip_modules",
        "llm_int8_enable_fp32_cpu_offload", "llm_int8_has_fp16_weight", "bnb_4bit_compute_dtype", "bnb_4bit_quant_type",
        "bnb_4bit_use_double_quant",
    ),
    "DatasetConfig": (
        "dataset_path", "dataset_extension", "shuffle_dataset", "no_shuffle_dataset", "shuffle_seed", "context_column",
        "response_column", "messages_column", "train_test_split",
    ),
}  # fmt: skip
#: What ModelConfig took up to KAITO 0.10.
_OLDER_MODEL_FIELDS: Final = ("from_tf", "resume_download", "load_in_4bit", "load_in_8bit")
_BITS: Final = ("load_in_4bit", "load_in_8bit")
_BARE_WORD: Final = re.compile(
    r"""(load_in_4bit|load_in_8bit|output_dir)\s*:\s*([yYnN]|[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF)(?=\s*(?:[,}#\n]|$))"""
)


def judge(ctx: RuleContext, name: str, method: str) -> Iterator[Diagnostic]:
    """R50 to R54 for the ConfigMap of that name, and what the program of the tuning does not take. `method` is in lower case."""
    data = ctx.config_map(name)
    if data is None:
        yield from absent(ctx, "tuning", name)
        return
    source = data.get(KEY)
    if not isinstance(source, str):
        message = f"the ConfigMap {cut(name)} has no key {KEY}"
        yield KG451.at(_CONFIG, message, fix=f"put the settings under {KEY}", expected=KEY)
        return
    settings = parse(source)
    if settings is UNKNOWN:
        return
    training = settings.get("training_config") if isinstance(settings, dict) else None
    if not isinstance(training, dict):
        unreadable = isinstance(settings, str) and settings.startswith("it is not")
        why = settings if unreadable else "training_config is no mapping"
        message = f"KAITO cannot read {KEY}: {why}"
        yield KG451.at(_CONFIG, message, fix="write training_config: with its sections below it")
        return
    for section in training:
        if section not in _SECTIONS:
            message = f"KAITO knows no section {cut(section)} in training_config"
            allowed = ", ".join(_SECTIONS)
            yield KG452.at(_CONFIG, message, fix=f"use {allowed}", found=cut(section), expected=allowed)
        elif section in _DECODED and not isinstance(training[section], dict | None):
            message = f"KAITO cannot read {KEY}: {section} is no mapping"
            yield KG451.at(_CONFIG, message, fix=f"write the settings of {section} below it")
        else:
            yield from islice(_not_taken(ctx, section, training[section]), _MOST_UNKNOWN)
    # Settings whose value is a bare word that KAITO's reader, of YAML 1.1, takes for true or false.
    found = _BARE_WORD.findall(without_comments(source))
    words = {key: word.lower() in ("y", "yes", "on") for key, word in found}
    yield from _quantization(part(training, "QuantizationConfig"), method, words)
    yield from _output_dir(part(training, "TrainingArguments"), words)


def _not_taken(ctx: RuleContext, section: str, settings: Json) -> Iterator[Diagnostic]:
    """The program makes `--key value` of each setting, of nested ones `--outer_inner`, and ends at one that it does not know."""
    if not isinstance(settings, dict):
        message = f"{section} has no settings below it, and the program of the tuning ends on that"
        yield KG749.at((*_CONFIG, "training_config", section), message, fix=f"remove {section}")
        return
    older = _OLDER_MODEL_FIELDS if section == "ModelConfig" and ctx.has(versions.OLDER_MODEL_CONFIG) else ()
    fields = (*_FIELDS.get(section, ()), *older)
    for key, value in settings.items() if section in _FIELDS else ():
        name = key.replace("-", "_")
        begun = [field for field in fields if field.startswith(name)]
        if name not in fields and len(begun) != 1 and not isinstance(value, dict):
            message = f"{section} of KAITO {ctx.kaito} takes no {cut(key)}: the program of the tuning ends"
            from kaitogen.diagnostics.suggest import did_you_mean  # only a slip needs it

            fix = did_you_mean(key, fields, "remove it")
            yield KG749.at((*_CONFIG, "training_config", section, key), message, fix=fix, found=cut(key))


def _quantization(
    section: Mapping[str, Json], method: str, words: Mapping[str, bool]
) -> Iterator[Diagnostic]:
    values = {key: words.get(key, section.get(key)) for key in _BITS}
    on = [key for key, value in values.items() if value is True]
    wrong = [key for key, value in values.items() if not isinstance(value, bool | None)]
    message = ""
    if wrong:
        message = f"{wrong[0]} of QuantizationConfig is neither true nor false"
        fix = "write true or false, without quotes"
    elif len(on) == len(_BITS):
        message, fix = "QuantizationConfig loads in 4 and in 8 bit", "turn one of the two off"
    elif on and method == "lora":
        message = f"{on[0]} is for the method qlora, and this is lora"
        fix = "turn it off, or tune with qlora"
    elif not on and method == "qlora":
        message = "the method qlora needs load_in_4bit or load_in_8bit in QuantizationConfig"
        fix = "set one to true"
    if message:
        yield KG453.at(_CONFIG, message, fix=fix)


def _output_dir(section: Mapping[str, Json], words: Mapping[str, bool]) -> Iterator[Diagnostic]:
    if "output_dir" not in section:
        return
    folder = section["output_dir"]
    if not isinstance(folder, str) or "output_dir" in words:
        message = "output_dir of TrainingArguments is not text"
    else:
        joined = posixpath.normpath(f"/mnt/{folder}")
        if joined != "/mnt" and joined.startswith("/mnt"):
            return
        message = f"output_dir {cut(folder)} lies outside a folder below /mnt"
    fix = "name a folder below /mnt, such as results"
    yield KG454.at(_CONFIG, message, fix=fix, found=cut(str(folder)), expected="a folder below /mnt")
