"""Rules about `resource`: the instance type, the node selector, and whether the weights fit."""

from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.skus import LENIENT_PREFIXES, Sku, find_sku, near_sku
from kaitogen.kaito.objects import number, part, parts
from kaitogen.kaito.rules.context import BYPASS_ANNOTATION, RuleContext, cut, webhook
from kaitogen.model import GIB, INSTANCE_TYPE_LABEL, PROVIDERS, Diagnostic, Path, Rule, Target
from kaitogen.typed import Final, Iterator

KG405 = Rule("KG405", "The instance type does not go with the node provisioner", kind="refused", since="0.8",
             source="api/v1beta1/workspace_validation.go:174@v0.12.0", formerly=("KG210", "KG211"))  # fmt: skip
KG411 = webhook("KG411", "A selector expression that KAITO cannot turn into a label", 508)
KG412 = webhook("KG412", "A reserved label in the selector is dropped", 518, since="0.11", kind="warning")
KG413 = webhook("KG413", "The selector holds reserved labels only", 528, since="0.11")
KG423 = webhook("KG423", "Under byo a node must match the selector beforehand", 568, since="0.8", kind="note")
KG424 = webhook(
    "KG424", "Under byo every matching node must carry NVIDIA's GPU labels", 576, since="0.8", kind="note"
)
KG425 = webhook("KG425", "Under byo all matching nodes must be alike", 585, since="0.8", kind="note")
KG426 = webhook("KG426", "A cloud that KAITO has no instance types for", 612)
KG427 = webhook("KG427", "The instance type is not in KAITO's table", 626)
KG428 = webhook("KG428", "The weights do not fit the nodes", 654)
KG429 = webhook("KG429", "The weights do not fit one node, and transformers uses only one", 678, since="0.5")
KG472 = Rule("KG472", "The instance type is in the wrong letter case", kind="can't work", since="0.4",
             source="pkg/nodeprovision/gpu-provisioner/gpu_provisioner.go:124@v0.12.0")  # fmt: skip
KG473 = Rule("KG473", "A preset on an instance type outside the table", kind="can't work", since="0.7",
             source="pkg/workspace/estimator/nodesestimator/estimator.go:125@v0.12.0")  # fmt: skip
KG474 = Rule("KG474", "matchExpressions is ignored", kind="warning", since="0.4",
             source="api/v1beta1/labels.go:244@v0.12.0")  # fmt: skip
KG475 = webhook("KG475", "A tuning's selector that blocks every update", 816, kind="can't work")
KG477 = Rule("KG477", "Under byo an empty selector takes every node", kind="warning", since="0.7",
             source="pkg/nodeprovision/byo-provisioner/byo_provisioner.go:69@v0.12.0")  # fmt: skip
KG498 = Rule("KG498", "Under karpenter a selector by instance type keeps nodes from being made", kind="can't work", since="0.11",
             source="pkg/nodeprovision/karpenter/provisioner.go:258@v0.12.0")  # fmt: skip

KG232 = Rule("KG232", "A label for spot capacity that buys none", kind="warning", since="0.4",
             source="pkg/nodeprovision/gpu-provisioner/nodeclaim.go:205@v0.12.0")  # fmt: skip
KG233 = Rule("KG233", "A label that Karpenter refuses", kind="can't work", since="0.11",
             source="pkg/nodeprovision/karpenter/nodepool.go:119@v0.12.0")  # fmt: skip

INSTANCE_TYPE: Final = ("resource", "instanceType")
_LOWER_PREFIXES: Final = tuple(prefix.lower() for prefix in LENIENT_PREFIXES)
_SELECTOR: Final = ("resource", "labelSelector")

_CAPACITY_TYPE: Final = "karpenter.sh/capacity-type"
_CAPACITY_TYPES: Final = ("on-demand", "spot", "reserved")
#: What a cloud's own labels say of nodes that may be taken away at any time.
SPOT_LABELS: Final = (
    ("kubernetes.azure.com/scalesetpriority", "spot"),
    (_CAPACITY_TYPE, "spot"),
    ("eks.amazonaws.com/capacityType", "SPOT"),
)
_TYPE_LABELS: Final = (INSTANCE_TYPE_LABEL, "beta.kubernetes.io/instance-type")
RESERVED_KEYS: Final = frozenset(
    (
        "kaito.sh/workspace",
        "kaito.sh/workspacenamespace",
        "kaito.sh/ragengine",
        "kaito.sh/ragenginenamespace",
        "karpenter.kaito.sh/workspace-name",
        "karpenter.kaito.sh/workspace-namespace",
        "karpenter.kaito.sh/inferenceset",
        "karpenter.kaito.sh/inferenceset-namespace",
    )
)


def needs_instance_type(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R5, for inference and tuning alike; the webhook of v1alpha1 does not ask, and breaks down where it looks anyway."""
    bare = "resource" not in ctx.workspace
    if ctx.v1alpha1:
        if bare and ctx.tuning is not None:
            message = f"the webhook of KAITO {ctx.kaito} breaks down at a tuning of v1alpha1 without resource"
            yield KG405.at((), message, fix="add resource with an instanceType and a labelSelector")
        return
    if ctx.byo and bare and ctx.preset is not None and ctx.has(versions.BYO_NEEDS_RESOURCE):
        message = f"KAITO {ctx.kaito} breaks down under byo where a Workspace has no resource"
        yield KG405.at((), message, fix="add resource with a labelSelector")
        return
    if ctx.instance_type:
        fix = "remove instanceType; labelSelector alone says which nodes are used"
        problem = instance_type_under_byo(ctx.target, ctx.instance_type, INSTANCE_TYPE, fix)
    else:
        path = INSTANCE_TYPE if "instanceType" in ctx.resource else _whole(ctx)
        fix = "add instanceType, or generate for node provisioner byo"
        problem = missing_instance_type(ctx.target, path, fix)
    if problem is not None:
        yield problem


def missing_instance_type(target: Target, path: Path, fix: str) -> Diagnostic | None:
    """R5, where no instance type is named: KAITO requires one where it provisions."""
    if target.byo or not target.has(versions.STRICT_INSTANCE_TYPE):
        return None
    message = f"instanceType is missing, and KAITO {target.kaito} with {target.node_provisioner} requires one"
    return KG405.at(path, message, fix=fix, expected="an instance type")


def instance_type_under_byo(target: Target, instance_type: str, path: Path, fix: str) -> Diagnostic | None:
    """R5, where an instance type is named: KAITO refuses one where the user brings the nodes."""
    if not target.byo or not target.has(versions.STRICT_INSTANCE_TYPE):
        return None
    message = f"under node provisioner byo KAITO {target.kaito} refuses an instanceType"
    return KG405.at(path, message, fix=fix, found=cut(instance_type), expected="no instanceType")


def _whole(ctx: RuleContext) -> Path:
    """Where to point for something that `resource` lacks; the Workspace where it has none."""
    return ("resource",) if "resource" in ctx.workspace else ()


def selector(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R11 to R13, with what a selector that is admitted does not do. An error here stops the rules on resources."""
    expressions = parts(part(ctx.resource, "labelSelector"), "matchExpressions")
    path: Path = (*_SELECTOR, "matchExpressions")
    for index, expression in enumerate(expressions):
        values = expression.get("values")
        single = isinstance(values, list) and len(values) == 1
        if expression.get("operator") != "In" or not single:
            rule, message = KG411, "KAITO accepts only expressions of operator In with exactly one value"
            if ctx.tuning is not None:
                rule = KG475
                message = "KAITO admits this expression for tuning once, then refuses every update of the Workspace, its own too"
            fix = "write it as matchLabels, which is all that KAITO uses"
            yield rule.at((*path, index), message, fix=fix, expected="operator In, one value")
            return
    if expressions:
        message = "KAITO checks matchExpressions and then uses matchLabels alone to find nodes"
        yield KG474.at(path, message, fix="write the labels as matchLabels")
    if ctx.has(versions.RESERVED_LABELS) and not ctx.v1alpha1:
        yield from _reserved(ctx)
    if not ctx.byo:
        yield from _capacity(ctx)
    elif not ctx.match_labels:
        message = "the selector is empty, so every node of the cluster counts, the control plane included"
        fix = "select a label that only the GPU nodes for this Workspace have"
        path = _SELECTOR if "labelSelector" in ctx.resource else _whole(ctx)
        yield KG477.at(path, message, fix=fix)


def covered_by_others(ctx: RuleContext) -> Iterator[Diagnostic]:
    """A selector that every node of an instance type matches: karpenter's nodes are then never made.

    KAITO takes Ready nodes that match the selector and that no Workspace owns for nodes of this one, and asks for so many
    fewer; its pods demand the label of an owner, which those nodes lack.
    """
    if ctx.provisioner != "karpenter" or not ctx.has(versions.PROVISIONERS["karpenter"]):
        return
    own = [key for key in ctx.match_labels if key not in RESERVED_KEYS]
    by_type = next((key for key in _TYPE_LABELS if key in own), None)
    if by_type is None or not all(is_system_label(key) for key in own):
        return
    message = f"any node of the type counts as one of this Workspace by {by_type}, and never runs its pods"
    fix = f"select a label of its own, such as apps: {cut(ctx.name)}; karpenter puts it on the nodes that it makes"
    yield KG498.at((*_SELECTOR, "matchLabels", by_type), message, fix=fix, found=by_type)


def is_system_label(key: str) -> bool:
    """Whether a label belongs to Kubernetes or its drivers, and so is not for people to set."""
    return key.partition("/")[0].endswith(("kubernetes.io", "k8s.io", "nvidia.com"))


def _capacity(ctx: RuleContext) -> Iterator[Diagnostic]:
    """KG232, KG233: labels of the selector that KAITO's provisioner turns into nothing, or into a NodePool that is refused.

    As in the CRD of NodePools of Karpenter 1.10, which KAITO 0.12 is built with: the domain is what is before the slash.
    """
    karpenter = ctx.provisioner == "karpenter"
    for key, value in ctx.match_labels.items():
        path = (*_SELECTOR, "matchLabels", key)
        if not karpenter and isinstance(value, str) and (key, value) in SPOT_LABELS:
            message = f"{cut(key)}: {value} is put on the node, which {ctx.provisioner} buys as on-demand capacity all the same"
            fix = "remove it, or have nodes brought by karpenter or byo"
            yield KG232.at(path, message, fix=fix)
        if not karpenter or key in RESERVED_KEYS or not ctx.has(versions.PROVISIONERS["karpenter"]):
            continue
        if key == _CAPACITY_TYPE:
            if value not in _CAPACITY_TYPES:
                message = f"Karpenter knows no capacity type {cut(value)}, and makes no node"
                expected = " or ".join(_CAPACITY_TYPES)
                yield KG233.at(path, message, fix=f"write {expected}", found=cut(value), expected=expected)
        elif key == "kubernetes.io/hostname" or key.partition("/")[0].endswith("karpenter.sh"):
            message = f"KAITO copies {cut(key)} into the NodePool, and Karpenter refuses that label there"
            yield KG233.at(path, message, fix="remove it, and select a label of your own", found=cut(key))


def _reserved(ctx: RuleContext) -> Iterator[Diagnostic]:
    reserved = [key for key in ctx.match_labels if key in RESERVED_KEYS]
    if not reserved:
        return
    checked = ctx.tuning is None and ctx.workspace.get("kind") != "RAGEngine"
    if len(reserved) == len(ctx.match_labels) and checked:
        message = f"matchLabels holds only keys that KAITO reserves for itself, such as {reserved[0]}"
        yield KG413.at((*_SELECTOR, "matchLabels"), message, fix="select a label of your own")
        return
    for key in reserved:
        message = f"KAITO reserves the label {key} for itself and drops it from the selector"
        yield KG412.at((*_SELECTOR, "matchLabels", key), message, fix="remove it")


def instance_type(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R26 and R27, and instance types that are admitted but never work. Only for inference."""
    if ctx.byo and ctx.has(versions.STRICT_INSTANCE_TYPE) and not ctx.v1alpha1:
        return
    if ctx.provider not in PROVIDERS:
        found, expected = cut(ctx.provider), " or ".join(PROVIDERS)
        message = f"KAITO has no instance types for the cloud {found}"
        fix = f"set the provider to {', '.join(PROVIDERS)}"
        yield KG426.at(INSTANCE_TYPE, message, fix=fix, found=found, expected=expected)
    elif ctx.sku is None and (
        ctx.instance_type or ctx.v1alpha1 or not ctx.has(versions.STRICT_INSTANCE_TYPE)
    ):
        yield from unknown_instance_type(ctx)


def unknown_instance_type(ctx: RuleContext) -> Iterator[Diagnostic]:
    """What becomes of an inference whose instance type is not in the table of its version and cloud."""
    name, near, lenient = ctx.instance_type, near_in_table(ctx), admitted_by_prefix(ctx)
    path = INSTANCE_TYPE if ctx.resource.get("instanceType") else _whole(ctx)
    right = near.name if near else ""
    if right and right.lower() == name.lower() and (ctx.has(versions.INSTANCE_TYPE_IN_ANY_CASE) or lenient):
        yield wrong_case(name, right)
    elif not lenient:
        others = (cloud for cloud in PROVIDERS if cloud != ctx.provider and find_sku(cloud, name) is not None)
        fix = f"write {right}" if right else f"kaitogen skus lists what KAITO {ctx.kaito} knows"
        if not right and (cloud := next(others, "")):
            fix = f"it is a type of {cloud}: set target.provider: {cloud} (--provider {cloud} for a Workspace), or take another"
        yield KG427.at(path, _not_in_table(ctx), fix=fix, found=cut(name), expected=right)
    elif ctx.preset is not None and not ctx.transformers and ctx.has(versions.ESTIMATE):
        message = f"{_not_in_table(ctx)}; it is admitted by its prefix, but a preset never gets its nodes"
        fix = f"write {right}" if right else "take an instance type from kaitogen skus, or use a template"
        yield KG473.at(path, message, fix=fix, found=cut(name), expected=right)


def near_in_table(ctx: RuleContext) -> Sku | None:
    """What is meant by an instance type that is not in the table of its version and cloud: another letter case, or a slip."""
    near = near_sku(ctx.provider, ctx.instance_type)
    return near if near is not None and near.known_to(ctx.minor) else None


def admitted_by_prefix(ctx: RuleContext) -> bool:
    """Whether KAITO takes an instance type that is not in its table by how it begins, as it does on azure."""
    name, any_case = ctx.instance_type, ctx.has(versions.INSTANCE_TYPE_IN_ANY_CASE)
    prefixed = name.startswith(LENIENT_PREFIXES) or (any_case and name.lower().startswith(_LOWER_PREFIXES))
    return ctx.provider == "azure" and prefixed


def wrong_case(name: str, right: str) -> Diagnostic:
    """The same word in other letters: admitted since 0.10, but nodes are compared exactly."""
    name = cut(name)
    message = f"{name} is admitted, but KAITO compares nodes with it letter by letter and never finds one"
    return KG472.at(INSTANCE_TYPE, message, fix=f"write {right}", found=name, expected=right)


def _not_in_table(ctx: RuleContext) -> str:
    table = f"KAITO {ctx.kaito}'s table for {ctx.provider}"
    known = find_sku(ctx.provider, ctx.instance_type)
    if known is not None and known.removed and ctx.minor >= known.removed:
        return f"{cut(ctx.instance_type)} left {table} in 0.{known.removed}"
    return f"{cut(ctx.instance_type) or 'no instance type'} is not in {table}"


def weights(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R28 and R29: whether the weight files fit, where KAITO itself compares them without the estimate."""
    model, sku = ctx.model, ctx.sku
    if model is None or sku is None or ctx.byo or (ctx.has(versions.ESTIMATE) and not ctx.transformers):
        return
    count = number(ctx.resource, "count")
    nodes = 1 if count is None else count
    node = sku.memory * GIB
    size = least_weights(ctx.minor, model.weights)
    if ctx.transformers and ctx.has(versions.SEVERAL_NODES) and size > node:
        message = (
            f"{model.weights_text} of weights do not fit one {sku.name} ({sku.memory} GiB), and "
            "transformers runs on one node only"
        )
        fix = "take a larger instance type, or the runtime vllm"
        found, expected = f"{sku.memory} GiB", model.weights_text
        yield KG429.at(INSTANCE_TYPE, message, fix=fix, found=found, expected=expected)
    elif nodes * node < size:
        message = f"{model.weights_text} of weights do not fit {nodes} x {sku.name} ({sku.memory} GiB each)"
        fix, found = "take a larger instance type or more nodes", f"{nodes * sku.memory} GiB"
        problem = KG428.at(INSTANCE_TYPE, message, fix=fix, found=found, expected=model.weights_text)
        yield problem._replace(severity="warning") if BYPASS_ANNOTATION in ctx.annotations else problem


def least_weights(minor: int, size: int) -> int:
    """A size in bytes that KAITO surely counts with: before 0.7 its own constants were about today's, or more."""
    return size if versions.WEIGHTS_PUBLISHED.holds(minor) else size * 9 // 10


def cluster_notes(ctx: RuleContext) -> Iterator[Diagnostic]:
    """R23 to R25 and R28 under byo, which the nodes decide."""
    if not ctx.byo or ctx.preset is None or not ctx.has(versions.NODE_LABELS_READ):
        return
    if ctx.byo_nodes is not None:
        return  # an inventory says it
    path = _SELECTOR if "labelSelector" in ctx.resource else _whole(ctx)
    message = "KAITO refuses this unless a node matches the selector at that moment"
    yield KG423.at(path, message, fix="label the nodes before the Workspace is applied")
    message = "every matching node must carry nvidia.com/gpu.product, gpu.count and gpu.memory"
    yield KG424.at(path, message, fix="run GPU feature discovery on the nodes")
    message = "all matching nodes must have the same GPU product, count and memory"
    yield KG425.at(path, message, fix="select nodes of one kind")
    if ctx.model is not None:
        message = f"all matching nodes together must hold {ctx.model.weights_text} of weights in GPU memory"
        yield KG428.at(path, message, fix="check the nodes with kaitogen plan", severity="note")
