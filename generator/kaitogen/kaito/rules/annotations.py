"""Rules about KAITO's annotations: their values, whether the version reads them, and whether they do anything."""

from kaitogen.diagnostics.suggest import nearest
from kaitogen.kaito import versions
from kaitogen.kaito.objects import number
from kaitogen.kaito.rules.context import BYPASS_ANNOTATION, RuleContext, cut, webhook
from kaitogen.kaito.rules.ignored import preferred_nodes
from kaitogen.kaito.rules.sizing import estimate
from kaitogen.model import RUNTIME_ANNOTATION, Diagnostic, Feature, Json, Path, Rule
from kaitogen.typed import Callable, Final, Iterator

KG400 = Rule("KG400", "What a load balancer lets in", kind="warning", since="0.5",
             source="pkg/workspace/manifests/manifests.go:66@v0.12.0")  # fmt: skip
KG406 = webhook("KG406", "kaito.sh/node-image-family has a value that KAITO does not know", 194, since="0.9")
KG407 = webhook("KG407", "kaito.sh/performance-mode has a value that KAITO does not know", 141, since="0.10")
KG408 = webhook("KG408", "kaito.sh/use-local-weights is neither true nor false", 153, since="0.12")
KG409 = webhook("KG409", "The node class is none of those that the installation lists", 216, since="0.12")
KG481 = Rule("KG481", "The runtime is not the one that is written", kind="warning", since="0.4",
             source="api/v1beta1/labels.go:118@v0.12.0")  # fmt: skip
KG482 = Rule("KG482", "No load balancer is made", kind="warning", since="0.4",
             source="pkg/workspace/controllers/workspace_controller.go:512@v0.12.0")  # fmt: skip
KG483 = Rule("KG483", "The target does not read an annotation", kind="warning", since="0.4",
             source="api/v1beta1/labels.go@v0.12.0")  # fmt: skip
KG484 = Rule("KG484", "An annotation does nothing under this node provisioner", kind="warning", since="0.9",
             source="pkg/utils/nodeclaim/nodeclaim.go:165@v0.12.0")  # fmt: skip
KG485 = webhook(
    "KG485", "The resource checks are bypassed, whatever the annotation says", 112, kind="warning"
)

#: What the chart's list of node classes holds; an installation may have another one.
_NODE_CLASSES: Final = ("image-family-ubuntu", "image-family-azure-linux")
#: The values that KAITO takes, of annotations that have a few, and the rule for all others.
_ALLOWED: Final = {
    "kaito.sh/node-image-family": (KG406, ("azurelinux", "ubuntu")),
    "kaito.sh/performance-mode": (KG407, ("balanced", "interactivity", "throughput")),
    "kaito.sh/use-local-weights": (KG408, ('"true"', '"false"')),
}
#: The one node provisioner that reads an annotation.
_READERS: Final = {
    "kaito.sh/node-image-family": "azure-gpu-provisioner",
    "kaito.sh/node-class-name": "karpenter",
}
_ENABLE_LB: Final = "kaito.sh/enablelb"
#: The rules of v1alpha1 are older than these.
_UNCHECKED_IN_V1ALPHA1: Final = ("kaito.sh/performance-mode", "kaito.sh/use-local-weights")


def is_kaitos(key: str) -> bool:
    """Whether an annotation belongs to KAITO."""
    group, slash, _ = key.partition("/")
    return bool(slash) and (group in ("kaito.sh", "kaito.io") or group.endswith((".kaito.sh", ".kaito.io")))


def judge(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R6 to R9 and the annotations that do not do what they seem to."""
    for key, value in ctx.annotations.items():
        if not is_kaitos(key) or not isinstance(value, str):
            continue
        path = ("metadata", "annotations", key)
        known = versions.ANNOTATIONS.get(key)
        if known is None or not ctx.has(known):
            yield _unread(ctx, key, known, path)
        elif not (ctx.v1alpha1 and key in _UNCHECKED_IN_V1ALPHA1):
            yield from _value(ctx, key, value, path)


def _value(ctx: RuleContext, key: str, value: str, path: Path) -> Iterator[Diagnostic]:
    """What is wrong with the value of an annotation that this version reads."""
    rule, allowed = _ALLOWED.get(key, (KG406, ()))
    read = value.strip().lower() if rule == KG406 else value
    reader = _READERS.get(key, ctx.provisioner)
    if allowed and read not in [word.strip('"') for word in allowed]:
        message, words = f'{key} has the value "{cut(value)}", which KAITO refuses', " or ".join(allowed)
        yield rule.at(path, message, fix=f"write {words}", found=cut(value), expected=words)
    elif reader != ctx.provisioner:
        message = f"{key} does nothing under {ctx.provisioner}; only {reader} reads it"
        yield KG484.at(path, message, fix="remove it", found=ctx.provisioner, expected=reader)
    elif check := _CHECKS.get(key):
        yield from check(ctx, value, path)


def _unread(ctx: RuleContext, key: str, known: Feature | None, path: Path) -> Diagnostic:
    """What to say of an annotation that other versions read, or none does."""
    fix = "remove it"
    if known is None:
        message = f"no version of KAITO reads the annotation {cut(key)}"
        if likely := nearest(key, [name for name in versions.ANNOTATIONS if name.startswith("kaito.sh/")]):
            fix = f"write {likely}"
    elif ctx.minor < known.since:
        message = f"KAITO {ctx.kaito} does not read {key}, which came with {known.came_with}"
    else:
        message = f"KAITO {ctx.kaito} does not read {key}, which went with {known.went_with}"
        fix += f"; since {known.went_with} the benchmark runs unless kaito.sh/disable-benchmark is set"
    return KG483.at(path, message, fix=fix)


def _node_class(ctx: RuleContext, value: str, path: Path) -> Iterator[Diagnostic]:
    if not node_class_in_doubt(ctx, value):
        return
    name, listed = cut(value), cut(" or ".join(ctx.target.node_classes or _NODE_CLASSES))
    if ctx.target.node_classes:
        message = f"KAITO refuses node class {name}, which is not in the installation's list of the target"
        fix = f"use {listed}, or add it to the installation's list and to nodeClasses of the target"
        yield KG409.at(path, message, fix=fix, found=name, expected=listed)
    else:
        message = f"KAITO refuses node class {name} unless the installation's own list has it"
        fix = f"use {listed}, or say in nodeClasses of the target which classes the installation lists"
        yield KG409.at(path, message, fix=fix, found=name, expected=listed, severity="note")


def node_class_in_doubt(ctx: RuleContext, value: Json) -> bool:
    """Whether KAITO asks for this node class in a list that does not have it, as far as that is known (R9)."""
    asked = ctx.provisioner == "karpenter" and ctx.has(versions.NODE_CLASS_CHECKED)
    listed = ctx.target.node_classes or _NODE_CLASSES
    return asked and isinstance(value, str) and bool(value) and value not in listed


def _runtime(ctx: RuleContext, value: str, path: Path) -> Iterator[Diagnostic]:
    if ctx.inference is None:
        return
    if value not in ("vllm", "transformers"):
        likely = nearest(value, ("vllm", "transformers"))
        message = f"KAITO does not know the runtime {cut(value) or 'without a name'}, so it takes vllm"
        yield KG481.at(path, message, fix=f"write {likely or 'vllm or transformers'}", found=cut(value))
    elif value == "vllm" and ctx.transformers:
        message = "the runtime is transformers, because the target's feature gate vLLM is off"
        yield KG481.at(path, message, fix="remove the annotation, or turn the gate vLLM on", found="vllm")


def _load_balancer(_ctx: RuleContext, value: str, path: Path) -> Iterator[Diagnostic]:
    if value != "True" and value.strip().lower() in ("true", "t", "yes", "y", "on", "1", "enabled"):
        message = f'KAITO makes a load balancer only for exactly "True", not for "{cut(value)}"'
        fix = 'write kaito.sh/enablelb: "True"'
        yield KG482.at(path, message, fix=fix, found=cut(value), expected="True")


def exposed(ctx: RuleContext, tokens: int) -> Iterator[Diagnostic]:
    """What `kaito.sh/enablelb` opens: the Service has the ports of Ray beside that of the API, and none asks for a key.

    Over several nodes Ray listens there. `tokens` is what KAITO reads as max-model-len.
    """
    is_made = ctx.annotations.get(_ENABLE_LB) == "True" and ctx.tuning is None
    if not is_made or not ctx.has(versions.SEVERAL_NODES):
        return
    path = ("metadata", "annotations", _ENABLE_LB)
    if ctx.preset is not None and not ctx.transformers and _nodes(ctx, tokens) > 1:
        message = (
            "with several nodes the load balancer opens Ray's ports 6379 and 8265: whoever reaches 8265 runs jobs on "
            "the nodes, without a password"
        )
        fix = (
            "remove the annotation, and put a Service or Gateway of your own before port 80 of the first pod"
        )
        yield KG400.at(path, message, fix=fix)
    elif ctx.notes:
        message = "whoever reaches the load balancer uses the API: KAITO sets no key"
        fix = "let only known networks in, or put a Gateway before it"
        yield KG400.at(path, message, fix=fix, severity="note")


def _nodes(ctx: RuleContext, tokens: int) -> int:
    """How many nodes it runs on, as far as that is known: by KAITO's estimate, or by how many are counted or named."""
    known = estimate(ctx, tokens)
    if known is None:
        known = max(number(ctx.resource, "count") or 1, len(preferred_nodes(ctx.resource)))
    return known


def _bypass(_ctx: RuleContext, value: str, path: Path) -> Iterator[Diagnostic]:
    if value.strip().lower() in ("", "false", "f", "no", "n", "off", "0", "disabled"):
        message = f'the resource checks are bypassed, because for this annotation any value counts, "{cut(value)}" too'
        yield KG485.at(path, message, fix="remove the annotation to keep the checks", found=cut(value))


_CHECKS: Final[dict[str, Callable[[RuleContext, str, Path], Iterator[Diagnostic]]]] = {
    "kaito.sh/node-class-name": _node_class,
    RUNTIME_ANNOTATION: _runtime,
    _ENABLE_LB: _load_balancer,
    BYPASS_ANNOTATION: _bypass,
}
