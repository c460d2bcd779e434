"""Rules about an inference's adapters, those included that KAITO applies only when the Workspace is updated."""

import re

from kaitogen.kaito import versions
from kaitogen.kaito.objects import parts, text
from kaitogen.kaito.rules import images
from kaitogen.kaito.rules.context import RuleContext, cut, webhook
from kaitogen.kaito.rules.identity import is_subdomain
from kaitogen.model import Diagnostic, Json, Path, Rule
from kaitogen.typed import Final, Iterator, Mapping

KG435 = Rule("KG435", "vLLM takes no strength for an adapter", kind="refused", since="0.4",
             source="pkg/model/interface.go:712@v0.12.0")  # fmt: skip
KG436 = Rule("KG436", "The model takes no adapters on vLLM", kind="refused", since="0.4", until="0.10",
             source="pkg/model/interface.go:502@v0.10.0")  # fmt: skip
KG439 = webhook("KG439", "More than ten adapters", 876)
KG440 = webhook("KG440", "Two adapters of one name, or one without a source", 917)
KG491 = webhook("KG491", "An adapter's name blocks every update", 257, kind="can't work")
KG492 = webhook("KG492", "An adapter's source blocks every update", 261, kind="can't work")
KG493 = webhook("KG493", "An adapter's image blocks every update", 252, kind="can't work")
KG494 = webhook("KG494", "An adapter's strength blocks every update", 275, kind="can't work")

ADAPTERS: Final = ("inference", "adapters")
MOST: Final = 10
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_HEXADECIMAL: Final = re.compile(
    r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]{1,3}"
)
_LATER: Final = "admitted now, but every later update is refused"


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R35, R36, R39, R40 and, for each adapter, what the checks at updates (U9) refuse."""
    adapters = parts(ctx.inference or {}, "adapters")
    vllm_preset = ctx.preset is not None and not ctx.transformers
    if len(adapters) > MOST:
        message = f"{len(adapters)} adapters are more than the {MOST} that KAITO accepts"
        found, expected = str(len(adapters)), f"at most {MOST}"
        yield KG439.at(ADAPTERS, message, fix="leave some out", found=found, expected=expected)
    name = ctx.preset or ""
    if vllm_preset and adapters and ctx.has(versions.BUILT_IN_PRESETS) and name.startswith("falcon-7b"):
        message = f"{cut(name)} takes no adapters on vllm"
        yield KG436.at(ADAPTERS, message, fix="remove the adapters, or use the runtime transformers")
    for index, adapter in enumerate(adapters):
        if vllm_preset and "strength" in adapter:
            strength = cut(str(adapter["strength"]))
            message = "the runtime vllm takes no strength for an adapter, not even 1.0"
            path = (*ADAPTERS, index, "strength")
            yield KG435.at(path, message, fix="remove strength", found=strength, expected="no strength")
    # To remove the strength is the one way out of both.
    yield from (one for one in at_updates(ctx) if not (vllm_preset and one.rule == KG494))


def at_updates(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R40 and what is asked of each adapter at every update (U8, U9), whatever the runtime."""
    seen: set[str] = set()
    for index, adapter in enumerate(parts(ctx.inference or {}, "adapters")):
        path = (*ADAPTERS, index)
        source = adapter.get("source")
        if not isinstance(source, dict):
            message = "the adapter has no source, and KAITO's webhook crashes on that"
            yield KG440.at(path, message, fix="add source with a name and an image")
        else:
            name = text(source, "name")
            if name and name in seen:
                message = f"two adapters have the source name {cut(name)}"
                yield KG440.at((*path, "source", "name"), message, fix="rename one", found=cut(name))
            seen.add(name)
            yield from _source(ctx, source, (*path, "source"))
        strength = str(adapter.get("strength", "1"))
        if not _is_strength(strength[:400]):
            message = f"strength {cut(strength)} is no number from 0 to 1: {_LATER}"
            fix, where = 'write a number such as "0.5"', (*path, "strength")
            yield KG494.at(where, message, fix=fix, found=cut(strength), expected="0 to 1")


def _source(ctx: RuleContext, source: Mapping[str, Json], path: Path) -> Iterator[Diagnostic]:
    name = text(source, "name")
    if not is_subdomain(name):
        wrong = f"the adapter's name {cut(name)} is not a DNS name"
        what = wrong if name else "the adapter's source has no name"
        where = (*path, "name") if "name" in source else path
        fix = "name it with a-z, 0-9, - and ."
        yield KG491.at(where, f"{what}: {_LATER}", fix=fix, found=cut(name), expected="a DNS subdomain")
    volumes = ctx.has(versions.ADAPTER_VOLUMES)
    image, volume, urls = source.get("image"), source.get("volumeSource"), source.get("urls")
    allowed = "image or volumeSource" if volumes else "image"
    given = bool(image) + isinstance(volume, dict)
    if urls or given != 1 or (volume and not volumes):
        if urls:
            what = "the adapter comes from urls"
        elif volume and not volumes:
            what = f"the adapter comes from a volume, which works since {versions.ADAPTER_VOLUMES.came_with}"
        else:
            what = f"the adapter has {'both an image and a volume' if given else 'neither image nor volume'}"
        yield KG492.at(path, f"{what}: {_LATER}", fix=f"give one of {allowed}", expected=allowed)
    else:
        yield from images.judge(KG493, source, path, f": {_LATER}")


def _is_strength(text: str) -> bool:
    """Whether Go's ParseFloat reads it, and not as a number below 0 or above 1; NaN is neither."""
    if text.lower() == "nan":
        return True
    if _HEXADECIMAL.fullmatch(text):
        return 0 <= float.fromhex(text) <= 1
    return _DECIMAL.fullmatch(text) is not None and 0 <= float(text) <= 1
