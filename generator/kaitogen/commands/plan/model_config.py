"""A model outside KAITO's catalogue, from its own config.json and the sizes of its weight files."""

import json
import os
import re
from decimal import ROUND_CEILING, Decimal

from kaitogen.files.folders import size_of
from kaitogen.kaito.catalogue.architectures import Shape
from kaitogen.kaito.objects import number, part
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.sizing.model_spec import Layers, ModelSpec, has_experts, mixed
from kaitogen.model import GIB, Diagnostic, Document, Json, Rule
from kaitogen.pipeline.load import read_file
from kaitogen.pipeline.project import placed
from kaitogen.typed import Final, Mapping

KG160 = Rule("KG160", "A model's configuration lacks a field", kind="invalid")
KG161 = Rule("KG161", "A model's configuration is absurd", kind="invalid")
KG162 = Rule("KG162", "Nobody says how large the weights are", kind="invalid")
KG166 = Rule("KG166", "A model's configuration is no JSON", kind="invalid")


CONFIG: Final = "config.json"
_MOST_FILES: Final = 100_000
#: The numbers that KAITO reads, those of a Shape and the longest context, each by the first of its names
#: (presets/workspace/generator/model_catalog.go:58), with more than any model has: what is above is a slip, and would
#: only make sizes without sense.
_NUMBERS: Final[dict[str, tuple[int, tuple[str, ...]]]] = {
    "limit": (10**9, ("max_position_embeddings", "n_ctx", "seq_length", "max_seq_len", "max_sequence_length", "model_max_length")),
    "hidden": (10**6, ("hidden_size", "n_embd", "d_model", "dim")),
    "layers": (10**4, ("num_hidden_layers", "n_layer", "n_layers")),
    "heads": (10**4, ("num_attention_heads", "n_head", "n_heads")),
    "kv_heads": (10**4, ("num_key_value_heads", "n_head_kv", "n_kv_heads")),
    "head_dim": (10**5, ("head_dim", "attention_head_dim")),
    "kv_rank": (10**5, ("kv_lora_rank",)),
    "rope_dim": (10**5, ("qk_rope_head_dim",)),
}  # fmt: skip
_EXPERTS: Final = ("num_experts", "num_local_experts", "n_routed_experts")
#: Which files KAITO counts (presets/workspace/generator/generator.go:436): the first kind that is there.
_WEIGHTS: Final = (r"consolidated.*\.safetensors", r".*\.safetensors", r".*\.bin")
_INDEXES: Final = ("model.safetensors.index.json", "consolidated.safetensors.index.json", "pytorch_model.bin.index.json")  # fmt: skip


def read_configs(words: tuple[str, ...]) -> tuple[dict[str, ModelSpec], list[Diagnostic]]:
    """The models of `[MODEL=]PATH` words by id in lower case, and what is wrong with their files."""
    configs: dict[str, ModelSpec] = {}
    findings: list[Diagnostic] = []
    for word in words:
        name, equals, path = word.partition("=")
        name, path = (name.lower(), path) if equals else ("", word)
        known, found = read_config(path)
        findings += found
        if known is not None:
            configs[name] = known
    return configs, findings


class _Unusable(Exception):
    """A file that no model can be read from; its arguments say why."""


def read_config(path: str) -> tuple[ModelSpec | None, list[Diagnostic]]:
    """The model of a folder or of the config.json in it; None where something is missing or absurd."""
    file = os.path.join(path, CONFIG) if os.path.isdir(path) else path
    try:
        document = _json(file)
        value = document.value
        # Those of the language model in one of several inputs as well, as KAITO merges them.
        fields = {**(part(value, "text_config") or part(value, "llm_config")), **value}
        numbers, problems = _numbers(fields)
        if problems:
            return None, placed(document, problems)
        weights, source = _weights(file)
        return _model(fields, numbers, weights, f"{source} beside {file}"), []
    except _Unusable as unusable:
        return None, list(unusable.args)


def _json(file: str) -> Document:
    data = read_file(file)
    if isinstance(data, Diagnostic):
        raise _Unusable(data)
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {getattr(error, 'msg', 'it cannot be read').lower()}"
        line, column = getattr(error, "lineno", 0), getattr(error, "colno", 0)
        wrong = KG166.in_file(file, message, line=line, column=column, fix="download the file anew")
        raise _Unusable(wrong) from error
    if not isinstance(value, dict):
        fix = "name the model's config.json"
        raise _Unusable(KG166.in_file(file, "not a mapping", line=1, column=1, fix=fix))
    return Document(file, number=0, value=value, text=text)


def _name_of(fields: Mapping[str, Json], what: str) -> str:
    """The first of the names of a number that is there; empty where none is."""
    return next((name for name in _NUMBERS[what][1] if fields.get(name) is not None), "")


def _numbers(fields: Mapping[str, Json]) -> tuple[dict[str, int], list[Diagnostic]]:
    """The numbers that KAITO reads, and what is wrong with them."""
    numbers: dict[str, int] = {}
    problems: list[Diagnostic] = []
    for what, (most, names) in _NUMBERS.items():
        name = _name_of(fields, what)
        value = fields[name] if name else None
        if value is None:
            if what in ("layers", "heads", "hidden"):
                message = f"{names[0]} is missing, without which the model cannot be sized"
                problems.append(KG160.at((), message, fix="download the file anew"))
        elif isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most:
            numbers[what] = value
        else:
            shown = cut(str(value)[:80]) if isinstance(value, (int, float, str)) else "this"
            problems.append(_absurd(name, f"is {shown}, and no model has that", shown, f"1 to {most}"))
    heads, kv_heads = numbers.get("heads"), numbers.get("kv_heads")
    if heads and kv_heads and heads % kv_heads:
        what = f"is {kv_heads}, which does not divide the {heads} attention heads"
        problems.append(_absurd(_name_of(fields, "kv_heads"), what, str(kv_heads), f"a divisor of {heads}"))
    return numbers, problems


def _absurd(name: str, what: str, found: str, expected: str) -> Diagnostic:
    return KG161.at((name,), f"{name} {what}", fix="download the file anew", found=found, expected=expected)


def _weights(file: str) -> tuple[int, str]:
    """The bytes that KAITO would count, by the files beside or their index, whichever says more, and which of them that is."""
    folder = os.path.dirname(file)
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.name for _, entry in zip(range(_MOST_FILES), entries, strict=False)]
    except OSError:
        names = []
    files = ([name for name in names if re.fullmatch(pattern, name)] for pattern in _WEIGHTS)
    size = sum(size_of(os.path.join(folder, name)) for name in next(filter(None, files), []))
    index = next((name for name in _INDEXES if name in names), None)
    indexed = 0 if index is None else _indexed(os.path.join(folder, index))
    if not max(size, indexed):
        message = "no weight files and no index of them lie beside it, so the size of the model is unknown"
        advice = f"put {_INDEXES[0]} of the same repository into its folder"
        raise _Unusable(KG162.in_file(file, message, fix=advice))
    source = "the weight files" if size >= indexed else "the index of the weights"
    # KAITO keeps a text with two decimals of a GiB, which Kubernetes rounds up to whole bytes.
    return int((Decimal(f"{max(size, indexed) / GIB:.2f}") * GIB).to_integral_value(ROUND_CEILING)), source


def _indexed(path: str) -> int:
    document = _json(path)
    total = number(part(document.value, "metadata"), "total_size") or 0
    if 0 < total <= 2**50:
        return total
    message = "the index does not say how large the weights are"
    problem = KG162.at(("metadata", "total_size"), message, fix="download the file anew")
    raise _Unusable(*placed(document, [problem]))


def _model(fields: Mapping[str, Json], numbers: Mapping[str, int], weights: int, source: str) -> ModelSpec:
    heads = numbers["heads"]
    kv_heads = 1 if fields.get("multi_query") is True else heads
    usual = {"kv_heads": kv_heads, "head_dim": numbers["hidden"] // heads, "kv_rank": 0, "rope_dim": 0}
    sizes = {**usual, "limit": 2048, **numbers}
    limit = sizes.pop("limit")
    architectures = fields.get("architectures")
    first = architectures[0] if isinstance(architectures, list) and architectures else ""
    architecture = first if isinstance(first, str) else ""
    shape = Shape(**sizes, architecture=architecture, cache="")
    elements = shape.kv_rank + shape.rope_dim if shape.latent else 2 * shape.kv_heads * shape.head_dim
    experts = any(isinstance(fields.get(key), int) and fields[key] > 1 for key in _EXPERTS)
    return ModelSpec(
        id="",
        weights=weights,
        bytes_per_token=elements * shape.layers * 2,
        token_limit=limit,
        shape=shape,
        layers=_layers(fields, shape),
        experts=experts or has_experts(architecture, ""),
        quantized=bool(part(fields, "quantization_config")),
        source=source,
    )


def _layers(fields: Mapping[str, Json], shape: Shape) -> Layers | None:
    """Which layers hold a growing cache, by the ways in which configurations say it."""
    window = fields.get("sliding_window")
    size = window if isinstance(window, int) and not isinstance(window, bool) and 0 < window < 10**9 else 0
    kinds = fields.get("layer_types")
    if isinstance(kinds, list) and len(kinds) == shape.layers:
        growing, windowed = (
            sum(kind == word for kind in kinds) for word in ("full_attention", "sliding_attention")
        )
        return Layers(growing, windowed, size) if growing or (windowed and size) else None
    pattern = fields.get("hybrid_override_pattern")
    if isinstance(pattern, str) and len(pattern) == shape.layers and "*" in pattern:
        return Layers(pattern.count("*"))
    unlike = mixed(shape.architecture) or (size and fields.get("use_sliding_window") is not False)
    return None if unlike else Layers(shape.layers)
