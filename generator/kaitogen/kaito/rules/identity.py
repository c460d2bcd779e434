"""Rules about the Workspace as a whole: its name, its API version, and that it has one workload."""

from kaitogen.kaito import versions
from kaitogen.kaito.rules.context import RuleContext, cut, webhook
from kaitogen.model import Diagnostic, Rule, Severity
from kaitogen.typed import Final, Iterator

KG403 = webhook("KG403", "The name is no DNS label", 70)
KG404 = webhook("KG404", "Neither inference nor tuning, or both", 164)
KG470 = Rule("KG470", "The name is too long for what KAITO makes of it", kind="can't work", since="0.4",
             source="pkg/workspace/manifests/manifests.go:135@v0.12.0")  # fmt: skip
KG471 = Rule("KG471", "The name begins with a digit", kind="can't work", since="0.4",
             source="pkg/workspace/manifests/manifests.go:66@v0.12.0")  # fmt: skip
KG495 = Rule("KG495", "An old API version", kind="warning", since="0.4",
             source="api/v1alpha1/workspace_validation.go:105@v0.12.0")  # fmt: skip

NAME: Final = ("metadata", "name")
#: No pattern, because compiling one takes longer than all the rest of this module.
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
#: A StatefulSet's revision label is <name>-<10 characters>, and a label's value has 63 at most.
LONGEST_NAME: Final = 52


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R3, R4 and what Kubernetes' own limits on names do later."""
    if ctx.name and not is_label(ctx.name):
        yield no_label(ctx.name)
    elif ctx.name and ctx.inference is not None:
        if not ctx.name[0].isalpha():
            yield digit_first(KG471, ctx.name, "Service")
        if len(ctx.name) > LONGEST_NAME:
            yield _too_long(ctx, ctx.name)
    refused = ctx.preset is not None and ctx.inference is not None and ctx.has(versions.CATALOGUE)
    if ctx.v1alpha1 and not refused:
        message = "v1alpha1 has older admission rules of its own, and what KAITO stores is v1beta1"
        yield KG495.at(("apiVersion",), message, fix="write apiVersion: kaito.sh/v1beta1")
    if ctx.inference is None and ctx.tuning is None:
        message = "the Workspace has neither inference nor tuning"
        yield KG404.at((), message, fix="add inference with a preset or a template, or add tuning")
    elif ctx.inference is not None and ctx.tuning is not None:
        message = "the Workspace has both inference and tuning"
        yield KG404.at(("tuning",), message, fix="split it into two Workspaces")


def digit_first(rule: Rule, name: str, named_after: str) -> Diagnostic:
    """What to say of a name that begins with a digit: the name of a Service, which KAITO takes from it, begins with a letter."""
    message = f"{cut(name)} begins with a digit, and the {named_after} that KAITO names after it must not"
    fix = "begin the name with a letter"
    return rule.at(NAME, message, fix=fix, found=cut(name), expected="a letter first")


def no_label(name: str) -> Diagnostic:
    """What to say of a name that KAITO does not take for any of its objects."""
    message = f"{cut(name)} is no name that KAITO accepts"
    advice = "use 1 to 63 of a-z, 0-9 and -, with a letter or digit at both ends"
    return KG403.at(NAME, message, fix=advice, found=cut(name), expected="a DNS label")


def is_label(name: str) -> bool:
    """Whether the name, which is not empty, is a DNS label."""
    return len(name) <= 63 and _is_dns_word(name)


def is_subdomain(name: str) -> bool:
    """Whether the name, which may be empty, is a DNS subdomain, as the names of most objects have to be."""
    return len(name) <= 253 and all(map(_is_dns_word, name.split(".")))


def _is_dns_word(name: str) -> bool:
    return bool(name) and name[0] != "-" and name[-1] != "-" and _LETTERS.issuperset(name)


def _too_long(ctx: RuleContext, name: str) -> Diagnostic:
    came = versions.STATEFUL_SETS.came_with
    later = f"from KAITO {came} on the Workspace can't start above"
    now = ctx.has(versions.STATEFUL_SETS)
    bound = "the StatefulSet made from it works up to" if now else later
    message = f"the name has {len(name)} characters, and {bound} {LONGEST_NAME}"
    found, expected = f"{len(name)} characters", f"at most {LONGEST_NAME}"
    severity: Severity = "error" if now else "warning"
    return KG470.at(NAME, message, fix="shorten the name", found=found, expected=expected, severity=severity)
