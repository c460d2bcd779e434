"""What KAITO does with a change of one field of a Workspace (U1 to U12), and what only new nodes or pods would see."""

from kaitogen.kaito import versions
from kaitogen.kaito.objects import MISSING, number, part
from kaitogen.kaito.rules.annotations import is_kaitos, node_class_in_doubt
from kaitogen.kaito.rules.context import RuleContext, cut, webhook
from kaitogen.kaito.rules.ignored import KG464, preferred_nodes
from kaitogen.kaito.updates.model import IN_PLACE, Difference, Item, Judgement
from kaitogen.model import Json, Rule
from kaitogen.typed import Callable, Final, Mapping, TypeAlias

KG801 = webhook("KG801", "A Workspace that served turns to tuning, or the other way round", 237)
KG802 = webhook("KG802", "The number of nodes changes", 783)
KG803 = webhook("KG803", "The partition of a Workspace's GPUs changes", 788, since="0.12")
KG804 = webhook("KG804", "The instance type changes", 802)
KG805 = webhook("KG805", "The label selector changes", 819)
KG806 = webhook("KG806", "The preset of a Workspace changes", 896)
KG807 = webhook("KG807", "A pod template is added to a Workspace, or taken away", 900)
KG809 = webhook("KG809", "An update that does not get through because of an adapter", 905)
KG810 = webhook("KG810", "The model, the method or the input's name of a tuning changes", 326)
KG811 = webhook("KG811", "A node class that the installation may not know", 86, since="0.12", kind="warning")
KG812 = webhook("KG812", "The annotation model-streaming of a Workspace changes", 928, since="0.11")
KG820 = Rule("KG820", "A pod template changes without effect", kind="warning", since="0.4",
             source="pkg/workspace/controllers/workspace_controller.go:605@v0.12.0")  # fmt: skip
KG821 = Rule("KG821", "A ConfigMap is given to a Workspace that runs, or taken from it", kind="warning", since="0.11",
             source="pkg/workspace/controllers/workspace_controller.go:669@v0.12.0")  # fmt: skip
KG823 = Rule("KG823", "An annotation that KAITO reads only once changes", kind="warning", since="0.4",
             source="pkg/workspace/controllers/workspace_controller.go:498@v0.12.0")  # fmt: skip


class Update:
    """The two states of an object as stored, and the installation that judges the change: that of the new side.

    `used` are namespace and name of the ConfigMaps that Workspaces of the new side read.
    """

    def __init__(self, item: Item, before: Json, after: Json, used: frozenset[tuple[str, str]]) -> None:
        self.item = item
        self.before: Mapping[str, Json] = before
        self.after: Mapping[str, Json] = after
        self.used = used
        self.ctx = RuleContext(after, item.target)
        self.kaito = f"KAITO {item.target.kaito}"


Judge: TypeAlias = Callable[[Update, Difference], Judgement]

_NODE_CLASS: Final = "kaito.sh/node-class-name"
#: The controller looks at these again and again, and not only when it makes nodes, pods or Services.
_ALWAYS_READ: Final = frozenset(("kaito.sh/disable-benchmark", "kaito.sh/run-benchmark"))
#: When KAITO reads the others, which is over for a Workspace that runs.
_READ_WHEN: Final = {
    "kaito.sh/enablelb": "it makes the Service",
    "kaito.sh/node-image-family": "it makes nodes",
    _NODE_CLASS: "it makes nodes",
    "kaito.sh/bypass-resource-checks": "the Workspace is created",
}
_RERUN: Final = Judgement("restart", "KAITO deletes the Job and runs the tuning anew")
_FROZEN: Final = "the whole preset is fixed once the Workspace exists: its name, its secret, its access mode and its options"


def judge(update: Update, difference: Difference) -> Judgement:
    """A change of a Workspace."""
    section, path = str(difference.path[0]), difference.path
    if section == "metadata":
        return _metadata(update, difference)
    if section == "apiVersion":
        return Judgement("in place", "KAITO serves the same Workspace under both versions")
    if section in ("inference", "tuning") and len(path) == 1:
        return refused(KG801, "whether a Workspace serves or tunes is fixed once it exists")
    by_field = _JUDGES.get((section, str(path[1]) if len(path) > 1 else ""), IN_PLACE)
    return by_field if isinstance(by_field, Judgement) else by_field(update, difference)


def refused(rule: Rule, why: str) -> Judgement:
    """A change that KAITO's webhook refuses; the last digits of the code are the number of its rule (U2)."""
    return Judgement("refused", why, rule, number=f"U{int(rule.code[3:])}")


def _metadata(update: Update, difference: Difference) -> Judgement:
    ctx, key = update.ctx, str(difference.path[2]) if len(difference.path) > 2 else ""
    if difference.path[1] == "labels" and key == "kaito.sh/upgrade-to-version":
        return Judgement("restart", "KAITO moves the pods to that base image")
    if difference.path[1] != "annotations" or not is_kaitos(key) or key in _ALWAYS_READ:
        return IN_PLACE
    streams = ctx.has(versions.MODEL_STREAMING) and versions.is_on("ModelStreaming", ctx.target)
    if key == versions.STREAMING_ANNOTATION and streams:
        why = "with the gate ModelStreaming on, how a model is streamed is fixed once the Workspace exists"
        return refused(KG812, why)
    if key == _NODE_CLASS and node_class_in_doubt(ctx, difference.after):
        name = cut(str(difference.after))
        if ctx.target.node_classes:
            why = f"the installation's list of the target does not have node class {name}"
            return Judgement("refused", why, KG811, number="U11")
        why = f"KAITO refuses node class {name} unless the installation's own list has it, and reads it only when it makes nodes"
        return Judgement("no effect", why, KG811, number="U11")
    when = _READ_WHEN.get(key, "it makes the pods, whose command it never changes")
    return Judgement("no effect", f"KAITO reads {key} when {when}", KG823)


def _count(update: Update, difference: Difference) -> Judgement:
    if MISSING in (difference.before, difference.after):
        return IN_PLACE  # the resource as a whole comes or goes
    why = "the number of nodes is fixed once the Workspace exists, and one that is left out is 1"
    if "count" not in part(update.item.data, "resource"):
        why += f"; to keep what runs, write count: {difference.before}"
    return refused(KG802, why)


def _instance_type(update: Update, difference: Difference) -> Judgement:
    before = difference.before if isinstance(difference.before, str) else ""
    after = difference.after if isinstance(difference.after, str) else ""
    if not update.ctx.has(versions.STRICT_INSTANCE_TYPE):
        return refused(KG804, f"{update.kaito} fixes the instance type once the Workspace exists")
    if update.ctx.byo:
        if before and not after:
            why = "under byo the instance type is not read, and may be removed"
            return Judgement("in place", why, number="U4")
        only = "can only be taken away" if before else "is not accepted"
        return refused(KG804, f"under byo an instance type {only}")
    if not after:
        return refused(KG804, f"{update.ctx.provisioner} requires an instance type")
    if before:
        return refused(KG804, "the instance type is fixed once it is set")
    return Judgement("in place", "an instance type may be set where there was none", number="U4")


def _selector(update: Update, _difference: Difference) -> Judgement:
    before = selected(part(part(update.before, "resource"), "labelSelector"))
    after = selected(part(part(update.after, "resource"), "labelSelector"))
    if before is None or after is None:
        why = "a label selector with anything but In and one value cannot be compared, and is refused"
        return refused(KG805, why)
    if before != after:
        why = "which nodes are selected is fixed once the Workspace exists"
        spec = update.item.spec
        if spec is not None and spec.placement.label_selector is None:
            why += "; to keep what runs, write its labelSelector into the intent"
        return refused(KG805, why)
    why = "KAITO takes both for the same selector, but looks for nodes by matchLabels alone"
    return Judgement("in place", why, number="U5")


def selected(selector: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """The labels that a selector asks for, as KAITO converts it; None where it asks for more than equality."""
    labels = dict(part(selector, "matchLabels"))
    expressions = selector.get("matchExpressions")
    for expression in expressions if isinstance(expressions, list) else ():
        values = expression.get("values") if isinstance(expression, dict) else None
        if not isinstance(values, list) or len(values) != 1 or expression.get("operator") != "In":
            return None
        labels[str(expression.get("key"))] = values[0]
    return labels


def _preferred(update: Update, _difference: Difference) -> Judgement:
    ctx = update.ctx
    if not ctx.has(versions.PREFERRED_NODES_READ):
        return Judgement("no effect", f"{update.kaito} does not read preferredNodes")
    count = number(ctx.resource, "count") or 1
    too_few = len(preferred_nodes(ctx.resource)) < count
    if ctx.has(versions.PREFERRED_NODES_COUNTED) and ctx.byo and too_few:
        why = f"under byo {update.kaito} wants at least {count} preferred nodes"
        return Judgement("refused", why, KG464)
    return Judgement("in place", f"{update.kaito} looks at it when it next chooses nodes")


def _template(_update: Update, difference: Difference) -> Judgement:
    if len(difference.path) == 2 and MISSING in (difference.before, difference.after):
        return refused(KG807, "whether a pod template is given is fixed once the Workspace exists")
    why = "KAITO takes the new template and never touches the pods that run"
    return Judgement("no effect", why, KG820)


def _config(update: Update, difference: Difference) -> Judgement:
    if part(update.after, "inference").get("template") is not None:
        return Judgement("no effect", "a pod template of your own is not given the ConfigMap", KG821)
    if update.ctx.transformers:
        why = "the pods restart with the other ConfigMap, which transformers is not passed"
        return Judgement("restart", why)
    templated = update.ctx.has(versions.CONFIG_TEMPLATE)
    if difference.before is MISSING and not templated:
        why = "the ConfigMap is mounted and the pods restart, but their command stays and does not name it"
        return Judgement("no effect", why, KG821)
    if difference.after is MISSING and not templated:
        why = "the pods restart without the ConfigMap, while their command stays and still names its file"
        return Judgement("restart", why, KG821)
    why = "the pods restart with the other ConfigMap; the number of nodes stays as it was estimated"
    return Judgement("restart", why)


def _method(_update: Update, difference: Difference) -> Judgement:
    if str(difference.before).lower() == str(difference.after).lower():
        why = "KAITO does not tell upper from lower case in the method"
        return Judgement("in place", why, number="U10")
    return refused(KG810, "the method of a tuning is fixed once the Workspace exists")


def _input(update: Update, _difference: Difference) -> Judgement:
    before, after = part(update.before, "tuning"), part(update.after, "tuning")
    renamed = part(before, "input").get("name") != part(after, "input").get("name")
    if renamed or not _is_written(update, "input"):
        return refused(KG810, "the name of a tuning's input is fixed once the Workspace exists")
    return _RERUN


def _output(update: Update, _difference: Difference) -> Judgement:
    written = _is_written(update, "output")
    return _RERUN if written else refused(KG810, "a tuning needs an output")


def _is_written(update: Update, key: str) -> bool:
    """Whether the new side has this part of the tuning: one that is empty is refused only when a tuning is created."""
    return isinstance(part(update.item.data, "tuning").get(key), dict)


#: What becomes of a change at or below a field, or what judges it; what is not here takes effect without more ado.
_JUDGES: Final[Mapping[tuple[str, str], Judgement | Judge]] = {
    ("resource", "count"): _count,
    ("resource", "partition"): refused(
        KG803, "how GPUs are divided is fixed once the Workspace exists, whether they are or not"
    ),
    ("resource", "instanceType"): _instance_type,
    ("resource", "labelSelector"): _selector,
    ("resource", "preferredNodes"): _preferred,
    ("inference", "preset"): refused(KG806, _FROZEN),
    ("inference", "template"): _template,
    ("inference", "config"): _config,
    ("inference", "adapters"): Judgement("restart", "the pods restart with the other adapters"),
    ("tuning", "preset"): refused(KG810, _FROZEN),
    ("tuning", "method"): _method,
    ("tuning", "input"): _input,
    ("tuning", "output"): _output,
    ("tuning", "config"): _RERUN,
}
