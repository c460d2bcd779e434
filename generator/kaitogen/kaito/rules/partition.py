"""Rules about `resource.partition`, which KAITO has since 0.12."""

import re

from kaitogen.kaito.objects import number, part, text
from kaitogen.kaito.rules.context import BYPASS_ANNOTATION, RuleContext, cut, webhook
from kaitogen.kaito.versions import is_on
from kaitogen.model import GIB, Diagnostic, Json, Rule, Severity
from kaitogen.typed import Final, Iterator, Mapping

KG414 = webhook("KG414", "A GPU partition where KAITO provisions the nodes", 607, since="0.12")
KG415 = webhook("KG415", "An unknown partition mode", 700, since="0.12")
KG416 = webhook("KG416", "Mode mig needs the feature gate enableMIG", 710, since="0.12")
KG417 = webhook("KG417", "Mode mig takes no count", 713, since="0.12")
KG418 = webhook("KG418", "The mig profile is not in KAITO's table", 716, since="0.12")
KG419 = webhook("KG419", "The weights do not fit the mig profile", 745, since="0.12")
KG420 = webhook("KG420", "Mode accelerator needs the feature gate enableAccelerator", 729, since="0.12")
KG421 = webhook("KG421", "Mode accelerator takes no profile", 732, since="0.12")
KG422 = webhook("KG422", "Mode accelerator needs a count", 735, since="0.12")

_PARTITION: Final = ("resource", "partition")

#: The profiles in KAITO's table, per number of slices the memory sizes in GB.
_PROFILES: Final = {
    1: (5, 6, 10, 12, 18, 20, 23, 24, 35, 45),
    2: (10, 12, 20, 24, 35, 45),
    3: (20, 40, 47, 48, 71, 90),
    4: (20, 24, 40, 47, 48, 71, 90),
    7: (40, 80, 94, 96, 141, 180),
}


def profile_memory(ctx: RuleContext) -> int | None:
    """The GB of a mig partition with a profile that KAITO has; None for everything else."""
    partition = part(ctx.resource, "partition")
    if partition.get("mode") != "mig":
        return None
    match = re.fullmatch(r"([0-9])g\.([0-9]{1,3})gb", text(partition, "profile"))
    if match is None or int(match[2]) not in _PROFILES.get(int(match[1]), ()):
        return None
    return int(match[2])


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R14 to R22. The caller asks only where there is a partition."""
    partition = part(ctx.resource, "partition")
    mode = partition.get("mode")
    if not ctx.byo:
        message = f"KAITO partitions GPUs only under node provisioner byo, not under {ctx.provisioner}"
        fix = "remove partition, or generate for byo and leave instanceType out"
        yield KG414.at(_PARTITION, message, fix=fix, found=ctx.provisioner, expected="byo")
    elif mode == "mig":
        yield from _gate(ctx, KG416, "mig", "enableMIG")
        yield from _mig(ctx, partition)
    elif mode == "accelerator":
        yield from _gate(ctx, KG420, "accelerator", "enableAccelerator")
        if text(partition, "profile"):
            message = "mode accelerator takes whole GPUs and no profile"
            yield KG421.at((*_PARTITION, "profile"), message, fix="remove profile, or use mode mig")
        if number(partition, "count") is None:
            message = "mode accelerator does not say how many GPUs of a node to take"
            yield KG422.at(_PARTITION, message, fix="add count, such as count: 1", expected="a count")
    else:
        found, modes = cut(str(mode)), "mig or accelerator"
        message = f"partition mode {found} is unknown to KAITO"
        yield KG415.at((*_PARTITION, "mode"), message, fix=f"write {modes}", found=found, expected=modes)


def _gate(ctx: RuleContext, rule: Rule, mode: str, gate: str) -> Iterator[Diagnostic]:
    if not is_on(gate, ctx.target):
        message = f"mode {mode} needs KAITO's feature gate {gate}"
        fix = "set the gate in featureGates if KAITO has it on"
        yield rule.at((*_PARTITION, "mode"), message, fix=fix, found=f"{gate} off", expected=f"{gate} on")


def _mig(ctx: RuleContext, partition: Mapping[str, Json]) -> Iterator[Diagnostic]:
    if "count" in partition:
        message = "mode mig takes no count; a profile stands for one slice of one GPU"
        yield KG417.at((*_PARTITION, "count"), message, fix="remove count")
    memory = profile_memory(ctx)
    if memory is None:
        yield _unknown_profile(text(partition, "profile"), "profile" in partition)
    elif ctx.model is not None and ctx.model.weights > memory * GIB:
        size, found = ctx.model.weights_text, f"{memory} GB"
        message = f"{size} of weights do not fit a slice of {found}"
        fix = "take a larger profile or a smaller model"
        severity: Severity = "warning" if BYPASS_ANNOTATION in ctx.annotations else "error"
        path = (*_PARTITION, "profile")
        yield KG419.at(path, message, fix=fix, found=found, expected=size, severity=severity)


def _unknown_profile(profile: str, given: bool) -> Diagnostic:
    path = (*_PARTITION, "profile") if given else _PARTITION
    message = "mode mig needs a profile" if not profile else f"profile {cut(profile)} is not in KAITO's table"
    match = re.match(r"([0-9])g", profile)
    slices = int(match[1]) if match and int(match[1]) in _PROFILES else 1
    known = ", ".join(f"{slices}g.{size}gb" for size in _PROFILES[slices])
    fix, form = f"take one of {known}", "<slices>g.<memory>gb"
    return KG418.at(path, message, fix=fix, found=cut(profile), expected=form)
