"""What KAITO does with a change of a Workspace's annotations and labels: U11, U12, and what is read only once."""

from typing import Final

from kaitogen.kaito import versions
from kaitogen.kaito.rules.annotations import is_kaitos, node_class_in_doubt
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.updates.model import Difference, Judgement
from kaitogen.kaito.updates.pair import IN_PLACE, Pair, refused
from kaitogen.model import Rule

KG811 = Rule(
    "KG811", "A node class that the installation may not know", kind="warning", since="0.12",
    source="api/v1beta1/workspace_validation.go:86@v0.12.0",
)  # fmt: skip
KG812 = Rule(
    "KG812", "The annotation model-streaming of a Workspace changes", kind="refused", since="0.11",
    source="api/v1beta1/workspace_validation.go:928@v0.12.0",
)  # fmt: skip
KG823 = Rule(
    "KG823", "An annotation that KAITO reads only once changes", kind="warning", since="0.4",
    source="pkg/workspace/controllers/workspace_controller.go:498@v0.12.0",
)  # fmt: skip


_STREAMING: Final = "kaito.sh/model-streaming"
_NODE_CLASS: Final = "kaito.sh/node-class-name"
_UPGRADE: Final = "kaito.sh/upgrade-to-version"
#: The controller looks at these again and again, and not only when it makes nodes, pods or Services.
_ALWAYS_READ: Final = frozenset(("kaito.sh/disable-benchmark", "kaito.sh/run-benchmark"))
#: When KAITO reads the others, which is over for a Workspace that runs.
_READ_WHEN: Final = {
    "kaito.sh/enablelb": "it makes the Service",
    "kaito.sh/node-image-family": "it makes nodes",
    _NODE_CLASS: "it makes nodes",
    "kaito.sh/bypass-resource-checks": "the Workspace is created",
}


def judge(pair: Pair, difference: Difference) -> Judgement:
    """A change below `metadata` of a Workspace."""
    key = str(difference.path[2]) if len(difference.path) > 2 else ""
    if difference.path[1] == "labels" and key == _UPGRADE:
        return Judgement("restart", "KAITO moves the pods to that base image")
    if difference.path[1] != "annotations" or not is_kaitos(key):
        return IN_PLACE
    if key == _STREAMING and pair.ctx.has(versions.MODEL_STREAMING) and pair.ctx.gate("ModelStreaming"):
        return refused(
            KG812,
            "with the gate ModelStreaming on, how a model is streamed is fixed once the Workspace exists",
        )
    if key == _NODE_CLASS and node_class_in_doubt(pair.ctx, difference.after):
        said = cut(str(difference.after))
        why = f"KAITO refuses node class {said} unless the installation's own list has it, and reads it only when it makes nodes"
        return Judgement("no effect", why, KG811, "U11")
    if key in _ALWAYS_READ:
        return IN_PLACE
    when = _READ_WHEN.get(key, "it makes the pods, whose command it never changes")
    return Judgement("no effect", f"KAITO reads {key} when {when}", KG823)
