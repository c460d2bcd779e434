"""Rules about tuning: what KAITO refuses, and what it admits and can never run."""

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.models import is_tunable
from kaitogen.kaito.catalogue.skus import near_sku
from kaitogen.kaito.objects import number, part, text
from kaitogen.kaito.rules import images
from kaitogen.kaito.rules.context import RuleContext, cut, webhook
from kaitogen.kaito.rules.preset import wrong_name
from kaitogen.kaito.rules.resource import INSTANCE_TYPE, wrong_case
from kaitogen.model import Diagnostic, Json, Rule
from kaitogen.typed import Final, Iterator, Mapping

KG447 = webhook("KG447", "Tuning on more than one node", 466)
KG448 = webhook("KG448", "Tuning on a GPU partition", 469, since="0.12")
KG449 = webhook("KG449", "An unknown tuning method", 285)
KG455 = webhook("KG455", "The tuning's input is not exactly one source", 377)
KG456 = webhook("KG456", "An image of the tuning is no image reference", 365)
KG457 = webhook("KG457", "An address that KAITO does not fetch from", 383, since="0.12")
KG458 = webhook("KG458", "The tuning's output is not exactly one target", 449)
KG459 = webhook("KG459", "Tuning without a preset", 319)
KG460 = webhook("KG460", "KAITO has no such preset to tune", 321)
KG476 = Rule("KG476", "Tuning under byo", kind="can't work", since="0.8",
             source="pkg/workspace/tuning/preset_tuning.go:148@v0.12.0")  # fmt: skip
KG478 = Rule("KG478", "The model has no tuning parameters", kind="can't work", since="0.11",
             source="presets/workspace/models/vllm_model.go:254@v0.12.0")  # fmt: skip
KG479 = Rule("KG479", "The method's letter case hides its default settings", kind="can't work", since="0.4",
             source="pkg/workspace/tuning/preset_tuning.go:286@v0.12.0")  # fmt: skip
KG480 = Rule("KG480", "Tuning on an instance type outside the table", kind="warning", since="0.4",
             source="pkg/workspace/tuning/preset_tuning.go:148@v0.12.0")  # fmt: skip

_TUNING: Final = ("tuning",)
_METHODS: Final = ("lora", "qlora")


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R47 to R60 and the traps of tuning."""
    tuning = ctx.tuning or {}
    count = number(ctx.resource, "count")
    if count is not None and count > 1:
        message = f"tuning runs on one node, but count is {count}"
        yield KG447.at(("resource", "count"), message, fix="remove count", found=str(count), expected="1")
    if ctx.partitioned:
        message = "tuning does not run on a partition of a GPU"
        yield KG448.at(("resource", "partition"), message, fix="remove partition")
    yield from _preset(ctx, tuning)
    yield from _method(ctx, tuning)
    yield from _input(ctx, tuning)
    yield from _output(ctx, tuning)
    yield from _instance_type(ctx)


def _preset(ctx: RuleContext, tuning: Mapping[str, Json]) -> Iterator[Diagnostic]:
    if "preset" not in tuning:
        message = "tuning names no preset, so KAITO does not know which model to tune"
        yield KG459.at(_TUNING, message, fix="add preset with the name of a model")
    elif not ctx.valid_preset:
        yield wrong_name(ctx, ("tuning", "preset", "name"), KG460)
    elif ctx.has(versions.CATALOGUE) and not is_tunable(ctx.preset or ""):
        message = f"KAITO admits it, but has no tuning parameters for {cut(ctx.preset or '')}"
        fix = "tune a model of phi-3, phi-3.5-mini, phi-4 or qwen2.5-coder"
        yield KG478.at(("tuning", "preset", "name"), message, fix=fix, found=cut(ctx.preset or ""))


def _method(ctx: RuleContext, tuning: Mapping[str, Json]) -> Iterator[Diagnostic]:
    method, config = text(tuning, "method"), text(tuning, "config")
    path = ("tuning", "method") if "method" in tuning else _TUNING
    if method.lower() not in _METHODS:
        message = f"KAITO does not know the method {cut(method)}" if method else "tuning names no method"
        yield KG449.at(path, message, fix="write lora or qlora", found=cut(method), expected="lora or qlora")
    elif method not in _METHODS and not config:
        found, right = cut(method), method.lower()
        message = f"KAITO admits {found}, but finds its default settings only for the method in lower case"
        yield KG479.at(path, message, fix=f"write {right}", found=found, expected=right)
    if config:
        from kaitogen.kaito.rules import tuning_config  # few bring a configuration of their own

        yield from tuning_config.judge(ctx, config, method.lower())


def _input(ctx: RuleContext, tuning: Mapping[str, Json]) -> Iterator[Diagnostic]:
    source, path = part(tuning, "input"), (*_TUNING, "input")
    given = [key for key in ("urls", "image", "volumeSource") if _is_given(source, key)]
    if len(given) != 1:
        what = f"has {' and '.join(given)}" if given else "has none of urls, image and volumeSource"
        where = path if "input" in tuning else _TUNING
        message, expected = f"the input of the tuning {what}", "one of urls, image, volumeSource"
        yield KG455.at(where, message, fix="give exactly one of them", expected=expected)
    elif given == ["volumeSource"] and not ctx.has(versions.TUNING_VOLUMES):
        message = f"KAITO {ctx.kaito} does not take the input from a volume; that came with {versions.TUNING_VOLUMES.came_with}"
        yield KG455.at((*path, "volumeSource"), message, fix="give urls or an image")
    yield from images.judge(KG456, source, path)
    urls = source.get("urls")
    if ctx.has(versions.TUNING_URLS_CHECKED) and not ctx.v1alpha1 and isinstance(urls, list):
        from kaitogen.kaito.rules.urls import unreachable  # few tunings have any

        for index, url in enumerate(urls):
            if why := unreachable(url if isinstance(url, str) else ""):
                message = f"KAITO refuses the address {cut(str(url))}: {why}"
                yield KG457.at((*path, "urls", index), message, fix="give a public http or https address")


def _is_given(source: Mapping[str, Json], key: str) -> bool:
    """Whether KAITO takes a field for given: an empty volume source is an emptyDir, all else that is empty is not there."""
    return (key == "volumeSource" and isinstance(source.get(key), dict)) or bool(source.get(key))


def _output(ctx: RuleContext, tuning: Mapping[str, Json]) -> Iterator[Diagnostic]:
    target, path = part(tuning, "output"), (*_TUNING, "output")
    where = path if "output" in tuning else _TUNING
    given = [key for key in ("image", "volumeSource") if _is_given(target, key)]
    if len(given) != 1:
        what = "both image and volumeSource" if given else "neither image nor volumeSource"
        message = f"the output of the tuning has {what}"
        yield KG458.at(where, message, fix="give exactly one of them", expected="image or volumeSource")
    elif given == ["image"] and not text(target, "imagePushSecret"):
        message = "the output is an image, and no imagePushSecret says how to push it"
        yield KG458.at(where, message, fix="add imagePushSecret", expected="imagePushSecret")
    elif given == ["volumeSource"] and not ctx.has(versions.TUNING_VOLUMES):
        message = f"KAITO {ctx.kaito} does not write the output to a volume; that came with {versions.TUNING_VOLUMES.came_with}"
        yield KG458.at((*path, "volumeSource"), message, fix="give an image")
    yield from images.judge(KG456, target, path)


def _instance_type(ctx: RuleContext) -> Iterator[Diagnostic]:
    name = ctx.instance_type
    if ctx.byo and ctx.has(versions.STRICT_INSTANCE_TYPE):
        if not name:
            message = "tuning never starts under byo: KAITO looks its GPUs up by the instanceType, which byo forbids"
            yield KG476.at(_TUNING, message, fix="tune under another node provisioner", found="byo")
    elif name and ctx.sku is None:
        near = near_sku(ctx.provider, name)
        if near is not None and near.known_to(ctx.minor) and near.name.lower() == name.lower():
            yield wrong_case(name, near.name)
        else:
            message = (
                f"{cut(name)} is not in KAITO {ctx.kaito}'s table, where tuning looks up the number of GPUs"
            )
            fix = "take an instance type from kaitogen skus"
            yield KG480.at(INSTANCE_TYPE, message, fix=fix, found=cut(name))
