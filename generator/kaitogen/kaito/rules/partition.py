"""Rules about `resource.partition`, which KAITO has since 0.12."""

import re
from collections.abc import Iterator
from typing import Final

from kaitogen.kaito.rules.context import BYPASS_ANNOTATION, Facts, cut, number, part, text
from kaitogen.model import Problem, Severity

_PARTITION: Final = ("resource", "partition")
_GIB: Final = 2**30

#: The profiles in KAITO's table, per number of slices the memory sizes in GB.
_PROFILES: Final = {
    1: (5, 6, 10, 12, 18, 20, 23, 24, 35, 45),
    2: (10, 12, 20, 24, 35, 45),
    3: (20, 40, 47, 48, 71, 90),
    4: (20, 24, 40, 47, 48, 71, 90),
    7: (40, 80, 94, 96, 141, 180),
}
_PROFILE: Final = re.compile(r"([0-9])g\.([0-9]{1,3})gb")


def profile_memory(facts: Facts) -> int | None:
    """The GB of a mig partition with a profile that KAITO has; None for everything else."""
    partition = part(facts.resource, "partition")
    if partition.get("mode") != "mig":
        return None
    match = _PROFILE.fullmatch(text(partition, "profile"))
    if match is None or int(match[2]) not in _PROFILES.get(int(match[1]), ()):
        return None
    return int(match[2])


def judge(facts: Facts) -> Iterator[Problem]:
    """R14 to R22. The caller asks only where there is a partition."""
    partition = part(facts.resource, "partition")
    mode = partition.get("mode")
    if not facts.byo:
        message = f"KAITO partitions GPUs only under node provisioner byo, not under {facts.provisioner}"
        advice = "remove partition, or generate for byo and leave instanceType out"
        yield Problem("KG414", "error", _PARTITION, message, advice, facts.provisioner, "byo")
    elif mode == "mig":
        yield from _mig(facts)
    elif mode == "accelerator":
        yield from _accelerator(facts)
    else:
        message = f"partition mode {cut(str(mode))} is unknown to KAITO"
        advice = "write mig or accelerator"
        yield Problem(
            "KG415", "error", (*_PARTITION, "mode"), message, advice, cut(str(mode)), "mig or accelerator"
        )


def _mig(facts: Facts) -> Iterator[Problem]:
    partition = part(facts.resource, "partition")
    if not facts.gate("enableMIG"):
        message, advice = (
            "mode mig needs KAITO's feature gate enableMIG",
            "set the gate in featureGates if KAITO has it on",
        )
        yield Problem(
            "KG416", "error", (*_PARTITION, "mode"), message, advice, "enableMIG off", "enableMIG on"
        )
    if "count" in partition:
        message = "mode mig takes no count; a profile stands for one slice of one GPU"
        yield Problem("KG417", "error", (*_PARTITION, "count"), message, "remove count")
    memory = profile_memory(facts)
    if memory is None:
        yield _unknown_profile(text(partition, "profile"), "profile" in partition)
    elif facts.model is not None and facts.model.weights > memory * _GIB:
        bypassed = BYPASS_ANNOTATION in facts.annotations
        size = facts.model.weights_text
        message = f"{size} of weights do not fit a slice of {memory} GB"
        path = (*_PARTITION, "profile")
        severity: Severity = "warning" if bypassed else "error"
        yield Problem(
            "KG419", severity, path, message, "take a larger profile or a smaller model", f"{memory} GB", size
        )  # fmt: skip


def _unknown_profile(profile: str, given: bool) -> Problem:
    path = (*_PARTITION, "profile") if given else _PARTITION
    message = "mode mig needs a profile" if not profile else f"profile {cut(profile)} is not in KAITO's table"
    match = re.match(r"([0-9])g", profile)
    slices = int(match[1]) if match and int(match[1]) in _PROFILES else 1
    known = ", ".join(f"{slices}g.{size}gb" for size in _PROFILES[slices])
    return Problem(
        "KG418", "error", path, message, f"take one of {known}", cut(profile), "<slices>g.<memory>gb"
    )


def _accelerator(facts: Facts) -> Iterator[Problem]:
    partition = part(facts.resource, "partition")
    if not facts.gate("enableAccelerator"):
        message = "mode accelerator needs KAITO's feature gate enableAccelerator"
        advice = "set the gate in featureGates if KAITO has it on"
        path = (*_PARTITION, "mode")
        yield Problem(
            "KG420", "error", path, message, advice, "enableAccelerator off", "enableAccelerator on"
        )
    if text(partition, "profile"):
        message = "mode accelerator takes whole GPUs and no profile"
        yield Problem("KG421", "error", (*_PARTITION, "profile"), message, "remove profile, or use mode mig")
    if number(partition, "count") is None:
        message = "mode accelerator does not say how many GPUs of a node to take"
        yield Problem("KG422", "error", _PARTITION, message, "add count, such as count: 1", "", "a count")
