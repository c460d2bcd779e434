"""Rules about what an inference runs: the preset's name, its runtime, its secret, or a template of the user's."""

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue import models
from kaitogen.kaito.objects import part, text
from kaitogen.kaito.rules.context import RuleContext, cut, webhook
from kaitogen.model import Diagnostic, Path, Rule
from kaitogen.typed import Final, Iterator

KG410 = webhook("KG410", "The preset is deprecated", 495, since="0.8")
KG430 = webhook("KG430", "Inference without a preset and without a template", 828)
KG431 = webhook("KG431", "Inference with a preset and a template", 833)
KG432 = webhook("KG432", "KAITO has no such preset", 840)
KG433 = Rule("KG433", "KAITO asks Hugging Face while it admits the Workspace", kind="note", since="0.9",
             source="presets/workspace/models/vllm_model.go:153@v0.12.0")  # fmt: skip
KG434 = Rule("KG434", "The model does not run on the runtime transformers", kind="refused", since="0.11",
             source="pkg/model/interface.go:705@v0.12.0")  # fmt: skip
KG437 = Rule("KG437", "The preset needs a modelAccessSecret", kind="refused", since="0.4", until="0.10",
             source="api/v1beta1/workspace_validation.go:635@v0.10.0")  # fmt: skip
KG438 = Rule("KG438", "The preset takes no modelAccessSecret", kind="refused", since="0.4", until="0.10",
             source="api/v1beta1/workspace_validation.go:638@v0.10.0")  # fmt: skip
KG446 = webhook("KG446", "Model streaming does not work here", 944, since="0.11")
KG467 = Rule("KG467", "A gated model without a secret", kind="warning", since="0.8",
             source="presets/workspace/generator/generator.go:785@v0.12.0")  # fmt: skip
KG488 = Rule("KG488", "A config that comes later has no effect", kind="note", since="0.4",
             source="pkg/workspace/controllers/workspace_controller.go:669@v0.12.0")  # fmt: skip
KG497 = Rule("KG497", "A preset in v1alpha1", kind="refused", since="0.11",
             source="api/v1alpha1/workspace_validation.go:372@v0.12.0")  # fmt: skip
KG489 = Rule("KG489", "A later KAITO no longer has the preset", kind="note", since="0.4", until="0.10",
             source="presets/workspace/models/falcon/model.go@v0.10.0")  # fmt: skip

_INFERENCE: Final = ("inference",)
_PRESET: Final = ("inference", "preset")
_NAME: Final = (*_PRESET, "name")

#: What no Hugging Face id has.
_NOT_IN_IDS: Final = frozenset(":@?#")
#: Where models are looked at and copied from.
_HUGGING_FACE: Final = ("huggingface.co", "www.huggingface.co", "hf.co")
#: The one entry that KAITO's list marks as deprecated.
_DEPRECATED: Final = "phi-2"
_ACCESS_ADVICE: Final = (
    "name a Secret with a Hugging Face token under HF_TOKEN: modelAccessSecret, in an intent accessSecret"
)


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R10 and R30 to R38, R46. Later rules of KAITO's group are not reached behind a wrong name."""
    inference = ctx.inference or {}
    has_preset, has_template = "preset" in inference, "template" in inference
    if not has_preset and not has_template:
        message = "inference has neither a preset nor a template"
        yield KG430.at(_INFERENCE, message, fix="name a preset, or give a pod template")
        return
    if has_preset and has_template:
        message = "inference has both a preset and a template"
        yield KG431.at((*_INFERENCE, "template"), message, fix="keep one of the two")
    if ctx.preset is None:
        return
    if ctx.v1alpha1 and ctx.has(versions.CATALOGUE):
        message = f"KAITO {ctx.kaito} takes no preset in v1alpha1: its webhook breaks down at each"
        yield KG497.at(("apiVersion",), message, fix="write apiVersion: kaito.sh/v1beta1", found="v1alpha1")
        return
    if not ctx.valid_preset or _is_address(ctx.preset):
        yield wrong_name(ctx, _NAME, KG432)
        return
    if ctx.transformers and ctx.has(versions.CATALOGUE) and not models.has_transformers(ctx.preset):
        message = f"{cut(ctx.preset)} does not run on the runtime transformers"
        yield KG434.at(_NAME, message, fix="use the runtime vllm", found="transformers", expected="vllm")
    yield from _secret(ctx)
    yield from _streaming(ctx)
    if ctx.notes:
        yield from _notes(ctx)


def wrong_name(ctx: RuleContext, path: Path, rule: Rule) -> Diagnostic:
    """What to say of a preset name that this version does not take; `rule` is KG432 or, for tuning, KG460."""
    name, minor = ctx.preset or "", ctx.minor
    shown, short = cut(name), models.find_short(name)
    if name == _DEPRECATED and ctx.has(versions.DEPRECATION_NAMED) and rule == KG432:
        message = f"the preset {name} is deprecated, and KAITO {ctx.kaito} no longer has it"
        return KG410.at(path, message, fix="take a newer model, such as phi-4-mini-instruct", found=name)
    if short is not None and short.removed and minor >= short.removed:
        message = f"KAITO {ctx.kaito} has no preset {shown}; it went with 0.{short.removed}"
    elif short is not None and minor < short.since:
        message = f"KAITO {ctx.kaito} has no preset {shown}; it came with 0.{short.since}"
    elif "/" in name and not ctx.has(versions.HUGGING_FACE_IDS):
        message = f"KAITO {ctx.kaito} takes no Hugging Face ids such as {shown}; that came with {versions.HUGGING_FACE_IDS.came_with}"
    elif "/" in name:
        message = (
            f"{shown} is no Hugging Face id: that is owner/name, without an address, a tag or a revision"
        )
    else:
        message = f"KAITO {ctx.kaito} has no preset {shown or 'without a name'}"
    expected = "a name or owner/name" if ctx.has(versions.HUGGING_FACE_IDS) else "a short name"
    return rule.at(path, message, fix=_likely(name, minor), found=shown, expected=expected)


def _likely(name: str, minor: int) -> str:
    """The fix for a wrong name: the nearest preset, or where to look."""
    from kaitogen.diagnostics.suggest import nearest  # only a wrong name needs it

    lower = name.lower()
    if models.is_preset(lower, minor) and not _is_address(name):
        return f"write {lower}"
    by_id = {model.id.lower(): model for model in models.all_models()}
    if not versions.HUGGING_FACE_IDS.holds(minor):
        aliases = by_id[lower].aliases if lower in by_id else ()
        own = next((alias for alias in aliases if models.is_preset(alias, minor)), None)
        if own:
            return f"write {own}"
    elif "/" in name:
        own = _id_in(name, minor)
        return f"write {own}" if own else "write its Hugging Face id (owner/name)"
    else:
        whole = next((model.id for key, model in by_id.items() if key.rpartition("/")[2] == lower), None)
        if whole:
            return f"write {whole}"
    if "{" in name:
        return "fill in the variable first, with envsubst or helm template, for one"
    import re  # few names are wrong

    presets = list(models.short_names(minor))
    bare = re.sub("[^a-z0-9]", "", lower)
    begun = [preset for preset in presets if bare and re.sub("[^a-z0-9]", "", preset).startswith(bare)]
    close = nearest(name, presets) or (begun[0] if len(begun) == 1 else None)
    ids = ", or a Hugging Face id (owner/name)" if versions.HUGGING_FACE_IDS.holds(minor) else ""
    return f"write {close}" if close else f"write one of its presets (kaitogen models lists them){ids}"


def _is_address(name: str) -> bool:
    """Whether it is the address of a model, or has a tag or a revision: KAITO looks it up as it stands, and finds nothing."""
    owner, slash, _ = name.partition("/")
    return bool(slash) and (not _NOT_IN_IDS.isdisjoint(name) or owner.lower() in _HUGGING_FACE)


def _id_in(name: str, minor: int) -> str:
    """The id of a model in what was copied from a browser or another tool; empty where there is none."""
    _, scheme, rest = name.rpartition("://")
    words = [word for word in rest.split("/") if word]
    if words and words[0].lower() in _HUGGING_FACE:
        words = words[1:]
    elif scheme or len(words) != 2:
        return ""
    if len(words) > 1:
        owner, own = words[0], words[1]
        for mark in ":@?#":
            own = own.partition(mark)[0]
        candidate = f"{owner}/{own}"
        if own and models.is_preset(candidate, minor):
            return cut(candidate)
    return ""


def _secret(ctx: RuleContext) -> Iterator[Diagnostic]:
    name, minor = ctx.preset or "", ctx.minor
    secret = text(part(part(ctx.inference or {}, "preset"), "presetOptions"), "modelAccessSecret")
    short = None if ctx.v1alpha1 else models.built_in(name, minor)
    if short is not None:
        downloaded = short.downloaded
        gated = ctx.model is not None and ctx.model.id.startswith("meta-llama/")
        needed = downloaded if ctx.has(versions.SECRET_FOR_DOWNLOADS) else gated
        if needed and not secret:
            message = f"KAITO {ctx.kaito} refuses {cut(name)} without an access secret"
            yield KG437.at(_PRESET, message, fix=_ACCESS_ADVICE, expected="modelAccessSecret")
            return
        if secret and not downloaded:
            message = f"KAITO {ctx.kaito} has {cut(name)} in its image and refuses an access secret for it"
            yield KG438.at((*_PRESET, "presetOptions", "modelAccessSecret"), message, fix="remove it")
            return
    # Where the weights are on the node already, nothing is downloaded.
    local = ctx.has(versions.LOCAL_WEIGHTS) and ctx.annotations.get("kaito.sh/use-local-weights") == "true"
    if ctx.model is not None and ctx.model.gated and not secret and not local:
        message = f"{ctx.model.id} is gated: without an access secret its pod can't download the weights"
        yield KG467.at(_PRESET, message, fix=_ACCESS_ADVICE, expected="modelAccessSecret")


def _streaming(ctx: RuleContext) -> Iterator[Diagnostic]:
    if not (ctx.has(versions.MODEL_STREAMING) and versions.is_on("ModelStreaming", ctx.target)):
        return
    if ctx.transformers:
        return
    if ctx.annotations.get(versions.STREAMING_ANNOTATION) == "disabled":
        return
    if ctx.provider != "azure":
        message = f"model streaming works on azure only, not on {ctx.provider}"
        fix = f"set the annotation {versions.STREAMING_ANNOTATION}: disabled"
        yield KG446.at(_PRESET, message, fix=fix, found=ctx.provider, expected="azure")
    elif ctx.notes:
        message = (
            "with model streaming KAITO refuses this unless the cluster has the CSI driver blob.csi.azure.com"
        )
        fix = f"install it, or set {versions.STREAMING_ANNOTATION}: disabled"
        yield KG446.at(_PRESET, message, fix=fix, severity="note")


def _notes(ctx: RuleContext) -> Iterator[Diagnostic]:
    name = ctx.preset or ""
    if not models.is_catalogued(name, ctx.minor):
        message = f"KAITO asks huggingface.co about {cut(name)} while it admits the Workspace, and refuses it if that fails"
        fix = "make sure that KAITO reaches huggingface.co"
        yield KG433.at(_NAME, message, fix=fix)
    short = models.built_in(name, ctx.minor)
    if short is not None and short.removed:
        message = f"the preset {cut(name)} goes with KAITO 0.{short.removed}"
        yield KG489.at(_NAME, message, fix="take another model before KAITO is upgraded")
    if not ctx.transformers and not text(ctx.inference or {}, "config"):
        message = "a config that is added later is mounted but not used, because the pod's command stays"
        yield KG488.at(_INFERENCE, message, fix="give the config from the start if you will need one")
