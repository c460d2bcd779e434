"""What KAITO does with a change of where a Workspace runs: U2 to U5."""

from collections.abc import Mapping

from kaitogen.kaito import versions
from kaitogen.kaito.objects import number, part
from kaitogen.kaito.rules.ignored import KG464
from kaitogen.kaito.updates.model import ABSENT, Difference, Judgement
from kaitogen.kaito.updates.pair import IN_PLACE, Pair, refused
from kaitogen.model import Json, Rule

KG802 = Rule(
    "KG802", "The number of nodes of a Workspace changes", kind="refused", since="0.4",
    source="api/v1beta1/workspace_validation.go:783@v0.12.0",
)  # fmt: skip
KG803 = Rule(
    "KG803", "The partition of a Workspace's GPUs changes", kind="refused", since="0.12",
    source="api/v1beta1/workspace_validation.go:788@v0.12.0",
)  # fmt: skip
KG804 = Rule(
    "KG804", "The instance type of a Workspace changes", kind="refused", since="0.4",
    source="api/v1beta1/workspace_validation.go:802@v0.12.0",
)  # fmt: skip
KG805 = Rule(
    "KG805", "The label selector of a Workspace changes", kind="refused", since="0.4",
    source="api/v1beta1/workspace_validation.go:819@v0.12.0",
)  # fmt: skip


def judge(pair: Pair, difference: Difference) -> Judgement:
    """A change below `resource`."""
    field = difference.path[1] if len(difference.path) > 1 else ""
    if field == "count":
        return _count(difference)
    if field == "partition":
        return _partition(pair)
    if field == "instanceType":
        return _instance_type(pair, difference)
    if field == "labelSelector":
        return _selector(pair)
    return _preferred(pair) if field == "preferredNodes" else IN_PLACE


def _count(difference: Difference) -> Judgement:
    if ABSENT in (difference.before, difference.after):
        return IN_PLACE  # the resource as a whole comes or goes
    return refused(
        KG802, "the number of nodes is fixed once the Workspace exists, and one that is left out is 1"
    )


def _partition(pair: Pair) -> Judgement:
    if not pair.ctx.has(versions.PARTITIONS):
        return Judgement("no effect", f"{pair.kaito} has no partitions, and its API server drops the field")
    return refused(KG803, "how GPUs are divided is fixed once the Workspace exists, whether they are or not")


def _instance_type(pair: Pair, difference: Difference) -> Judgement:
    before, after = (
        value if isinstance(value, str) else "" for value in (difference.before, difference.after)
    )
    if not pair.ctx.has(versions.STRICT_INSTANCE_TYPE):
        return refused(KG804, f"{pair.kaito} fixes the instance type once the Workspace exists")
    if pair.ctx.byo:
        if before and not after:
            return Judgement(
                "in place", "under byo nobody reads the instance type, and it may go", None, "U4"
            )
        why = (
            "under byo an instance type can only be taken away"
            if before
            else "under byo an instance type is not accepted"
        )
        return refused(KG804, why)
    if not after:
        return refused(KG804, f"{pair.ctx.provisioner} requires an instance type")
    if before:
        return refused(KG804, "the instance type is fixed once it is set")
    return Judgement("in place", "an instance type may be set where there was none", None, "U4")


def _selector(pair: Pair) -> Judgement:
    before, after = (
        selected(part(part(side, "resource"), "labelSelector")) for side in (pair.before, pair.after)
    )
    if before is None or after is None:
        return refused(
            KG805, "a label selector with anything but In and one value cannot be compared, and is refused"
        )
    if before != after:
        return refused(KG805, "which nodes are selected is fixed once the Workspace exists")
    why = "KAITO takes both for the same selector, but looks for nodes by matchLabels alone"
    return Judgement("in place", why, None, "U5")


def _preferred(pair: Pair) -> Judgement:
    if not pair.ctx.has(versions.PREFERRED_NODES_READ):
        return Judgement("no effect", f"{pair.kaito} does not read preferredNodes")
    nodes, count = pair.ctx.resource.get("preferredNodes"), number(pair.ctx.resource, "count") or 1
    if (
        pair.ctx.has(versions.PREFERRED_NODES_COUNTED)
        and pair.ctx.byo
        and len(nodes if isinstance(nodes, list) else ()) < count
    ):
        return Judgement(
            "refused", f"under byo {pair.kaito} wants at least {count} preferred nodes", KG464, "", "error"
        )
    return Judgement("in place", f"{pair.kaito} looks at it when it next chooses nodes")


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
