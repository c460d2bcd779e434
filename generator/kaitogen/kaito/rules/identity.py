"""Rules about the Workspace as a whole: its name, its API version, and that it has one workload."""

from collections.abc import Iterator
from typing import Final

from kaitogen.kaito import versions
from kaitogen.kaito.rules.context import Facts, cut
from kaitogen.model import Problem

_NAME: Final = ("metadata", "name")
#: No pattern, because compiling one takes longer than all the rest of this module.
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_LONGEST_LABEL: Final = 63
#: A StatefulSet's revision label is <name>-<10 characters>, and a label's value has 63 at most.
LONGEST_NAME: Final = 52


def judge(facts: Facts) -> Iterator[Problem]:
    """R3, R4 and what Kubernetes' own limits on names do later."""
    if facts.name:
        yield from _name(facts)
    if facts.workspace.get("apiVersion") == "kaito.sh/v1alpha1":
        message = "v1alpha1 has older admission rules of its own, and what KAITO stores is v1beta1"
        yield Problem("KG495", "warning", ("apiVersion",), message, "write apiVersion: kaito.sh/v1beta1")
    if facts.inference is None and facts.tuning is None:
        message = "the Workspace has neither inference nor tuning"
        yield Problem(
            "KG404", "error", (), message, "add inference with a preset or a template, or add tuning"
        )
    elif facts.inference is not None and facts.tuning is not None:
        message = "the Workspace has both inference and tuning"
        yield Problem("KG404", "error", ("tuning",), message, "split it into two Workspaces")


def _name(facts: Facts) -> Iterator[Problem]:
    name = facts.name
    if not _is_label(name):
        message = f"{cut(name)} is no name that KAITO accepts"
        advice = "use 1 to 63 of a-z, 0-9 and -, with a letter or digit at both ends"
        yield Problem("KG403", "error", _NAME, message, advice, cut(name), "a DNS label")
    elif facts.inference is not None:
        if len(name) > LONGEST_NAME:
            yield _too_long(facts, name)
        if not name[0].isalpha():
            message = f"{cut(name)} begins with a digit, and the Service that KAITO names after it must not"
            yield Problem(
                "KG471", "error", _NAME, message, "begin the name with a letter", cut(name), "a letter first"
            )


def _is_label(name: str) -> bool:
    """Whether the name, which is not empty, is a DNS label."""
    return len(name) <= _LONGEST_LABEL and name[0] != "-" and name[-1] != "-" and _LETTERS.issuperset(name)


def _too_long(facts: Facts, name: str) -> Problem:
    advice, found, expected = "shorten the name", f"{len(name)} characters", f"at most {LONGEST_NAME}"
    if facts.has(versions.STATEFUL_SETS):
        message = f"the name has {len(name)} characters, and the StatefulSet made from it works up to {LONGEST_NAME}"
        return Problem("KG470", "error", _NAME, message, advice, found, expected)
    message = f"the name has {len(name)} characters, and from KAITO 0.8 on the Workspace can't start above {LONGEST_NAME}"
    return Problem("KG470", "warning", _NAME, message, advice, found, expected)
