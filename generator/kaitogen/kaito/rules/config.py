"""Rules about the ConfigMap with the settings of vLLM, and what KAITO's own reading of it misses."""

import re
from types import MappingProxyType

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models import built_in
from kaitogen.kaito.objects import number, text
from kaitogen.kaito.rules import vllm_settings
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.kaito.rules.identity import is_subdomain
from kaitogen.kaito.rules.sizing import DEFAULT_CONTEXT
from kaitogen.model import Diagnostic, Json, Path, Rule, Severity
from kaitogen.typed import Final, Iterator, Mapping, NamedTuple
from kaitogen.yaml.builder import KG104
from kaitogen.yaml.syntax import KG102

KG441 = Rule("KG441", "The ConfigMap of the inference must exist beforehand", kind="refused", since="0.4",
             source="api/v1beta1/inference_config_validation.go:65@v0.12.0")  # fmt: skip
KG450 = Rule("KG450", "The ConfigMap of the tuning must exist beforehand", kind="refused", since="0.4",
             source="api/v1beta1/tuning_config_validation.go:274@v0.12.0")  # fmt: skip
KG442 = Rule("KG442", "The ConfigMap has no inference_config.yaml", kind="refused", since="0.4",
             source="api/v1beta1/inference_config_validation.go:75@v0.12.0")  # fmt: skip
KG443 = Rule("KG443", "KAITO cannot read the settings of vLLM", kind="refused", since="0.4",
             source="api/v1beta1/inference_config_validation.go:81@v0.12.0")  # fmt: skip
KG444 = Rule("KG444", "max-model-len is missing or no whole number", kind="refused", since="0.4",
             source="api/v1beta1/inference_config_validation.go:101@v0.12.0")  # fmt: skip
KG445 = Rule("KG445", "max-model-len is more than the model can do", kind="refused", since="0.7",
             source="api/v1beta1/inference_config_validation.go:103@v0.12.0")  # fmt: skip
KG468 = Rule("KG468", "KAITO's estimate misses max-model-len", kind="warning", since="0.7",
             source="pkg/utils/config_parser.go:23@v0.12.0")  # fmt: skip
KG486 = Rule("KG486", "transformers does not read config", kind="warning", since="0.4",
             source="pkg/model/interface.go:356@v0.12.0")  # fmt: skip
KG487 = Rule("KG487", "A configuration that KAITO's server cannot load", kind="can't work", since="0.4",
             source="presets/workspace/inference/vllm/inference_api.py:177@v0.12.0")  # fmt: skip

_CONFIG: Final = ("inference", "config")
KEY: Final = "inference_config.yaml"
_LENGTH: Final = "max-model-len"
_GIVEN: Final = (*_CONFIG, "vllm", _LENGTH)
_NOT_DECIMAL: Final = re.compile(
    r"max-model-len\s*:\s*[+-]?0[xXoObB][0-9a-fA-F_]+|max-model-len\s*:\s*[0-9]+_[0-9_]+"
)
#: A text in quotes, which is kept, or a comment.
_COMMENT: Final = re.compile(
    r"""((?<![^\s{\[,])(?:"(?:\\.|[^"\\\n])*"|'(?:''|[^'\n])*'))|(?:^|(?<=\s))#.*""", re.MULTILINE
)
#: Up to 0.6 nodes with several GPUs below this many GiB each needed an explicit max-model-len.
_SMALL_GPU: Final = 20

UNKNOWN: Final = object()


class Judged(NamedTuple):
    """What is wrong with a configuration, the context in tokens that KAITO's estimate will count with, and its vllm section.

    `settings` are findings about single settings, which change nothing about the estimate.
    """

    problems: tuple[Diagnostic, ...] = ()
    tokens: int = DEFAULT_CONTEXT
    vllm: Mapping[str, Json] = MappingProxyType({})
    settings: tuple[Diagnostic, ...] = ()


def judge(ctx: RuleContext) -> Judged:
    """R41 to R45 with the traps, and what vLLM makes of the settings; of no ConfigMap, what old rules miss in KAITO's own."""
    name = text(ctx.inference or {}, "config")
    if not name:
        return Judged(() if ctx.transformers else tuple(_length_given(ctx, {})))
    if ctx.transformers:
        message = "the runtime transformers does not read config: its ConfigMap is mounted and not passed on"
        unread = KG486.at(_CONFIG, message, fix="remove config, or use the runtime vllm")
        return Judged((unread,) if ctx.preset is not None else ())
    data = ctx.config_map(name)
    if data is None:
        return Judged(tuple(absent(ctx, "inference", name)))
    source = data.get(KEY)
    if not isinstance(source, str):
        message = f"the ConfigMap {cut(name)} has no key {KEY}"
        return Judged((KG442.at(_CONFIG, message, fix=f"put the settings under {KEY}", expected=KEY),))
    settings = parse(source)
    if settings is UNKNOWN:
        return Judged()
    wrong, vllm = _vllm(settings)
    if wrong:
        message, fix = f"KAITO cannot read {KEY}: {wrong}", "write vllm: with one plain value per option"
        return Judged((KG443.at(_CONFIG, message, fix=fix),))
    by_old_rules = ctx.v1alpha1 or ctx.has(versions.LENGTH_REQUIRED)
    lengths = _length_given(ctx, vllm) if by_old_rules else _length(ctx, vllm, source)
    problems = (*lengths, *_unloadable(ctx, settings, source))
    if problems:
        return Judged(problems)
    tokens, missed = _context(ctx, source, vllm)
    single = tuple(vllm_settings.judge(ctx, settings, vllm))
    return Judged(problems=missed, tokens=tokens, vllm=vllm, settings=single)


def absent(ctx: RuleContext, workload: str, name: str) -> Iterator[Diagnostic]:
    """What KAITO's webhook makes of the config of "inference" or "tuning" that nothing here has: it asks the cluster (R41)."""
    path, rule = (workload, "config"), {"inference": KG441, "tuning": KG450}[workload]
    if not is_subdomain(name):
        message = f"KAITO finds no ConfigMap {cut(name)}, since no ConfigMap can have that name"
        fix = "write the name of a ConfigMap: a-z, 0-9, - and ., at most 253 letters"
        yield rule.at(path, message, fix=fix, found=cut(name), expected="a DNS subdomain")
    elif ctx.notes:
        message = f"KAITO refuses this unless the ConfigMap {cut(name)} is already in the namespace"
        if ctx.config_maps is not None:
            message += ", and it is not in this output"
        fix = "apply the ConfigMap first, in an earlier sync wave"
        yield rule.at(path, message, fix=fix, found=cut(name), severity="note")


def parse(source: str) -> Json:
    """The first document of a text: None if empty, its error as text if it is no YAML, UNKNOWN if it is more than kaitogen reads."""
    from kaitogen.yaml.reader import Unreadable, read  # only a ConfigMap needs it

    try:
        return next((document.value for document in read(source)), None)
    except Unreadable as unreadable:
        if unreadable.flaw.rule in (KG102, KG104):
            return f"it is not YAML in line {unreadable.flaw.line}"
        return UNKNOWN


def without_comments(source: str) -> str:
    """The text without what follows a # that begins a comment, which one in quotes on one line does not."""
    return _COMMENT.sub(r"\1", source)


def _vllm(settings: Json) -> tuple[str, Mapping[str, Json]]:
    """What is wrong with a text as a whole, or else its vllm section, which may be empty."""
    if isinstance(settings, str):
        return settings if settings.startswith("it is not YAML") else "it is text and not a mapping", {}
    if settings is not None and not isinstance(settings, dict):
        return "it is not a mapping", {}
    section = (settings or {}).get("vllm")
    if section is not None and not isinstance(section, dict):
        return "vllm is not a mapping", {}
    section = section or {}
    if isinstance(section.get("<<"), dict):
        section = {**section["<<"], **{key: value for key, value in section.items() if key != "<<"}}
    nested = next((key for key, value in section.items() if isinstance(value, (dict, list))), None)
    if nested is not None:
        return f"{cut(nested)} is nested, and vllm may hold plain values only", {}
    return "", section


def _length(ctx: RuleContext, vllm: Mapping[str, Json], source: str) -> Iterator[Diagnostic]:
    value = vllm.get(_LENGTH)
    if not ctx.valid_preset or _is_blank(value):
        return
    written = _NOT_DECIMAL.search(without_comments(source))  # KAITO takes the number as it is written
    length = None if written else _as_whole(value)
    if length is None:
        yield _no_number(ctx, cut(str(value)) if isinstance(value, (str, float, bool)) else "this")
    elif ctx.model is None:
        return  # its limit is in its repository
    elif length > ctx.model.token_limit:
        limit = ctx.model.token_limit
        message = f"{_LENGTH} {cut(str(length))} is more than the {limit} tokens of {ctx.model.id}"
        found, expected = cut(str(length)), f"at most {limit}"
        yield KG445.at(_GIVEN, message, fix=f"write {limit} or less", found=found, expected=expected)


def _length_given(ctx: RuleContext, vllm: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """Whether there is a max-model-len where old rules require one: those up to 0.6, and those of v1alpha1."""
    blank = _is_blank(vllm.get(_LENGTH))
    sku, count = ctx.sku, number(ctx.resource, "count")
    small = sku is not None and sku.gpus > 1 and sku.memory // sku.gpus < _SMALL_GPU
    several = ctx.has(versions.SEVERAL_NODES) and count is not None and count > 1
    if blank and (ctx.preset is not None or ctx.v1alpha1) and (small or several):
        version = "v1alpha1" if ctx.v1alpha1 else f"KAITO {ctx.kaito}"
        message = (
            f"{version} requires {_LENGTH} here: several GPUs of less than {_SMALL_GPU} GiB, or several nodes"
        )
        path: Path = _CONFIG
        fix = f"set vllm.{_LENGTH}, such as 2048"
        if not text(ctx.inference or {}, "config"):
            path, message = ("inference",), message + "; KAITO's own template, read without config, has none"
            fix = f"add config with vllm.{_LENGTH}, such as 2048"
        yield KG444.at(path, message, fix=fix, expected="a whole number")


def _is_blank(value: Json) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _no_number(ctx: RuleContext, value: str) -> Diagnostic:
    """Of a model that is not in the catalogue KAITO asks Hugging Face for the limit, and takes any text where none is given."""
    severity: Severity = "error"
    message = f"KAITO refuses {_LENGTH}: {value}, which is no whole number"
    if ctx.model is None and built_in(ctx.preset or "", ctx.minor) is None:
        severity = "warning"
        message += f", unless {cut(ctx.preset or '')} says no limit"
    fix = "write the number of tokens, such as 8192"
    return KG444.at(_GIVEN, message, fix=fix, found=value, expected="a whole number", severity=severity)


def _unloadable(ctx: RuleContext, settings: Json, source: str) -> Iterator[Diagnostic]:
    """What the webhook lets through and the server, which reads it again with PyYAML, does not."""
    if ctx.preset is None:
        return
    fix = "write vllm: with one plain value per option, or remove config"
    if settings is None:
        why = "it is empty"
    elif isinstance(settings, dict) and settings.get("vllm", 0) is None:
        why, fix = "vllm is empty", "remove vllm, or give it a value"
    else:
        from kaitogen.yaml.builder import beyond_safe_load  # only a ConfigMap needs it

        why, fix = beyond_safe_load(source), "keep one document without tags"
    if why:
        message = f"KAITO's server ends when it loads {KEY}: {why}"
        yield KG487.at(_CONFIG, message, fix=fix, expected="a mapping")


def _context(ctx: RuleContext, source: str, vllm: Mapping[str, Json]) -> tuple[int, tuple[Diagnostic, ...]]:
    """What the estimate counts with, and the problem where vLLM itself will take another number."""
    if not ctx.has(versions.ESTIMATE):
        return DEFAULT_CONTEXT, ()
    scanned, served = scan(source), served_length(vllm)
    if scanned is not None or served is None or ctx.preset is None:
        return scanned or DEFAULT_CONTEXT, ()
    message = f"KAITO's line scanner misses this max-model-len: vLLM takes {served}, the estimate of nodes {DEFAULT_CONTEXT}"
    fix = f"write it on a line of its own below vllm:, as {_LENGTH}: {served}, with no quotes and no comment"
    expected = str(DEFAULT_CONTEXT)
    missed = KG468.at(_CONFIG, message, fix=fix, found=str(served), expected=expected)
    return DEFAULT_CONTEXT, (missed,)


def scan(source: str) -> int | None:
    """The max-model-len that KAITO finds, line by line (pkg/utils/config_parser.go:23); None where it finds none.

    The first line that is less indented ends the section, comments apart, and the first max-model-len ends the search.
    """
    least: int | None = None
    for line in source.split("\n"):
        trimmed = line.strip()
        indent = len(line) - len(line.lstrip(" \t"))
        if least is None:
            if trimmed.startswith("vllm:"):
                least = indent + 2
            continue
        if trimmed and not trimmed.startswith("#") and indent < least:
            return None
        if trimmed.startswith(f"{_LENGTH}:"):
            value = trimmed[len(_LENGTH) + 1 :].strip()
            number = value.removeprefix("+")
            bare = number.isascii() and number.isdigit() and len(number) < 19
            return int(number) if bare and int(number) > 0 else None
    return None


def settings_of(source: str) -> Mapping[str, Json]:
    """The vllm section of a text that KAITO can read; empty for any other."""
    return _vllm(parse(source))[1]


def served_length(vllm: Mapping[str, Json]) -> int | None:
    """The max-model-len that vLLM itself will take from its section; None where there is none."""
    lengths = (_as_whole(vllm.get(key)) for key in (_LENGTH, "max_model_len"))
    length = next((length for length in lengths if length), 0)
    return length if length > 0 else None


def _as_whole(value: Json) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < 10**18 else 10**18
    if isinstance(value, str) and len(value) < 19 and re.fullmatch(r"[+-]?[0-9]+", value.strip()):
        return int(value)
    return None
