"""Rules about what KAITO's server makes of its settings: the words that it hands vLLM, and what it reads beside them."""

from itertools import islice

from kaitogen.kaito import versions
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.kaito.vllm.command_line import (
    Argument,
    CommandLine,
    command_line,
    lifetime,
    number,
    order,
    spelled,
    word_of,
)
from kaitogen.model import Diagnostic, Json, Path, Rule
from kaitogen.typed import Final, Iterator, Mapping

_SERVER: Final = "presets/workspace/inference/vllm/inference_api.py"

KG741 = Rule("KG741", "vLLM has no such argument", kind="can't work", since="0.4",
             source=f"{_SERVER}:144@v0.12.0", at_key=True)  # fmt: skip
KG742 = Rule("KG742", "vLLM does not take this value", kind="can't work", since="0.4",
             source=f"{_SERVER}:145@v0.12.0")  # fmt: skip
KG743 = Rule("KG743", "The value of a flag is a word too many", kind="can't work", since="0.4",
             source=f"{_SERVER}:145@v0.12.0")  # fmt: skip
KG744 = Rule("KG744", "A flag does the opposite of what it reads", kind="warning", since="0.7",
             source=f"{_SERVER}:145@v0.12.0")  # fmt: skip
KG745 = Rule("KG745", "A setting that works against KAITO's own", kind="warning", since="0.4",
             source="pkg/model/interface.go:439@v0.12.0")  # fmt: skip
KG746 = Rule("KG746", "vLLM does not answer where KAITO asks", kind="can't work", since="0.4",
             source="pkg/workspace/inference/preset_inferences.go:90@v0.12.0")  # fmt: skip
KG747 = Rule("KG747", "A setting that nobody reads", kind="warning", since="0.4",
             source=f"{_SERVER}:178@v0.12.0", at_key=True)  # fmt: skip
KG748 = Rule("KG748", "vLLM refuses a context longer than the model's", kind="can't work", since="0.4",
             source=f"{_SERVER}:145@v0.12.0")  # fmt: skip

_SETTINGS: Final[Path] = ("inference", "config")
_VLLM: Final[Path] = (*_SETTINGS, "vllm")
#: What KAITO's probes and Services ask (pkg/utils/consts/consts.go:141@v0.12.0).
_PORT: Final = "5000"
#: As many findings are told of one configuration.
_MOST_FINDINGS: Final = 50
_SHARE: Final = "kv_cache_cpu_memory_utilization"
#: What makes vLLM answer elsewhere, or otherwise than by plain HTTP.
_ELSEWHERE: Final = ("grpc", "headless", "ssl-certfile", "ssl-keyfile", "uds")
#: What changes the length that a model can do, so that its own limit says nothing.
_OTHER_LIMIT: Final = ("hf-overrides", "hf-config-path", "rope-scaling", "model")


def judge(ctx: RuleContext, settings: Mapping[str, Json], vllm: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """What the server of the target's vLLM does with `inference_config.yaml`, whose section `vllm` is given as well."""
    if ctx.preset is not None and not ctx.transformers:
        yield from islice(_findings(ctx, settings, vllm), _MOST_FINDINGS)


def _findings(
    ctx: RuleContext, settings: Mapping[str, Json], vllm: Mapping[str, Json]
) -> Iterator[Diagnostic]:
    line = command_line(versions.RELEASES[ctx.kaito].vllm)
    yield from _beside(ctx, settings, line)
    if line is None:
        return
    spare = int(line.spare_word)
    for key, value in vllm.items():
        word = word_of(value)
        found = line.find(key)
        if found is None:
            yield _unknown(ctx, line, key)
            continue
        argument, turns_off = found
        if not argument.is_flag:
            yield from _value(line, argument, key, word)
        elif word.startswith("--"):
            yield from _second_flag(ctx, line, key, word)
        else:
            spare -= 1
            yield from _flag(argument, key, word, turns_off=turns_off, fits=spare >= 0)
        yield from _against(ctx, argument, key, word, turns_off=turns_off)
    yield from _length(ctx, line, vllm)


def _unknown(ctx: RuleContext, line: CommandLine, key: str) -> Diagnostic:
    message = f"vLLM {line.version} of KAITO {ctx.kaito} has no argument {cut(key)}: its server ends"
    since, until = lifetime(key) or ("", "")
    if until and order(until) < order(line.version):
        fix = f"remove it: {until} was the last vLLM with it"
    elif since:
        fix = f"remove it: it came with vLLM {since}"
    else:
        from kaitogen.diagnostics.suggest import did_you_mean  # only a slip needs it

        fix = did_you_mean(spelled(key), line.names, "remove it")
    return KG741.at((*_VLLM, key), message, fix=fix, found=cut(key))


def _value(line: CommandLine, argument: Argument, key: str, word: str) -> Iterator[Diagnostic]:
    if expected := argument.expected(word):
        from kaitogen.diagnostics.suggest import did_you_mean  # only a slip needs it

        name, found = cut(key), cut(word)
        message = f"{name} of vLLM {line.version} does not take {found or 'an empty text'}: its server ends"
        fix = did_you_mean(word, map(str, argument.more.get("choices", ())), f"write {expected}")
        if "json" in argument.takes:
            fix = "write the value as JSON text in single quotes, with double quotes inside"
        yield KG742.at((*_VLLM, key), message, fix=fix, found=found, expected=expected)


def _flag(argument: Argument, key: str, word: str, *, turns_off: bool, fits: bool) -> Iterator[Diagnostic]:
    """A flag takes no word, and KAITO writes one behind it; vLLM lets the first such word through, from 0.10 on."""
    off = word.lower() in ("false", "no", "off", "none", "0")
    wanted = f"no-{argument.name}" if off != turns_off and argument.takes == "flag" else argument.name
    repeated = f"write {wanted}: --{wanted}, a flag that is its own value"
    if not fits:
        message = f"KAITO hands vLLM {cut(word) or 'an empty word'} behind the flag {cut(key)}, which takes none: its server ends"
        fix = "remove it" if off and argument.takes == "switch" else repeated
        yield KG743.at((*_VLLM, key), message, fix=fix, found=cut(word), expected="no value")
    elif off:
        does = "turns it off" if turns_off else "turns it on"
        message = f"{cut(key)}: {cut(word)} {does}: KAITO hands vLLM the flag, and the word behind it counts for nothing"
        fix = "remove it" if argument.takes == "switch" else repeated
        yield KG744.at((*_VLLM, key), message, fix=fix, found=cut(word))


def _second_flag(ctx: RuleContext, line: CommandLine, key: str, word: str) -> Iterator[Diagnostic]:
    """The word behind a flag may be another argument: a flag, or one with its value behind =."""
    name, equals, value = word[2:].partition("=")
    found = line.find(name)
    if found is None:
        yield _unknown(ctx, line, name)._replace(path=(*_VLLM, key))
    elif found[0].is_flag == bool(equals):
        message = f"vLLM does not take {cut(word)} behind the flag {cut(key)}: its server ends"
        yield KG742.at((*_VLLM, key), message, fix="give each argument a line of its own", found=cut(word))
    elif equals:
        yield from _value(line, found[0], key, value)


def _against(
    ctx: RuleContext, argument: Argument, key: str, word: str, *, turns_off: bool
) -> Iterator[Diagnostic]:
    """What makes KAITO's probes fail, and what takes away what else KAITO does."""
    name, path = argument.name, (*_VLLM, key)
    if (name == "port" and word.strip() != _PORT) or name in _ELSEWHERE:
        message = f"KAITO asks vLLM for its health by HTTP on port {_PORT}, and {cut(key)} makes it answer otherwise"
        yield KG746.at(path, message, fix="remove it", found=cut(word))
    elif name == "model":
        message = "KAITO sizes, downloads and names the preset, and vLLM would serve another model"
        yield KG745.at(path, message, fix="remove it, and name the model as the preset", found=cut(word))
    elif name == "disable-log-stats" and not turns_off:
        message = "without its statistics vLLM has no metrics for KAITO's rate limit, scaling and monitoring"
        yield KG745.at(path, message, fix="remove it")
    elif name == "lora-modules" and (ctx.inference or {}).get("adapters"):
        message = "KAITO loads its adapters only where lora-modules is left out"
        yield KG745.at(path, message, fix="remove it, or the adapters")
    elif spelled(key) == "compilation-config" and ctx.has(versions.FUSION_LEFT_OUT):
        message = "KAITO sets compilation-config.pass_config itself, and vLLM then drops this text as a whole"
        yield KG745.at(
            path, message, fix="write each part as a key of its own, such as compilation-config.mode: 3"
        )


def _beside(ctx: RuleContext, settings: Mapping[str, Json], line: CommandLine | None) -> Iterator[Diagnostic]:
    """What stands beside `vllm:`. max_probe_steps is read by all versions, and counts for nothing since 0.8."""
    read = ["vllm", "max_probe_steps", *([_SHARE] if ctx.has(versions.CPU_CACHE_SHARE) else [])]
    for key in settings:
        if key not in read and key != "<<":
            fix = f"use {', '.join(read)}"
            if line is not None and line.find(key) is not None:
                fix = "move it below vllm:"
            message = f"KAITO {ctx.kaito} reads no {cut(key)} beside vllm:"
            yield KG747.at((*_SETTINGS, key), message, fix=fix, found=cut(key))
    share = settings.get(_SHARE) if _SHARE in read else None
    if share is not None and not isinstance(share, int | float):
        message = f"{_SHARE} is no number, and KAITO's server ends when it compares it"
        yield KG742.at((*_SETTINGS, _SHARE), message, fix="write a number from 0 to 1", expected="a number")


def _length(ctx: RuleContext, line: CommandLine, vllm: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """A length that the webhook passes over, since it is spelled otherwise or the version is old; vLLM does not."""
    spellings = {spelled(key): key for key in vllm}
    key = spellings.get("max-model-len", "")
    if not key or ctx.model is None or any(name in spellings for name in _OTHER_LIMIT):
        return
    if key == "max-model-len" and not ctx.has(versions.LENGTH_REQUIRED):
        return
    tokens, limit = number("size", word_of(vllm[key])), ctx.model.token_limit
    if tokens is not None and tokens > limit:
        message = f"{cut(key)} {cut(word_of(vllm[key]))} is more than the {limit} tokens of {ctx.model.id}: vLLM {line.version} does not start"
        yield KG748.at((*_VLLM, key), message, fix=f"write {limit} or less", expected=f"at most {limit}")
