"""What KAITO does with a change of a field of its other kinds: sets of Workspaces, roles and mirrors."""

from typing import Final

from kaitogen.kaito.updates.model import IN_PLACE, Difference, Item, Judgement
from kaitogen.kaito.versions import REPLICAS_CHECKED
from kaitogen.model import Path, Rule

KG831 = Rule("KG831", "The partition of a set cannot change", kind="refused", since="0.12",
             source="api/v1beta1/inferenceset_validation.go:79@v0.12.0")  # fmt: skip
KG832 = Rule("KG832", "The model of a MultiRoleInference cannot change", kind="refused", since="0.11",
             source="api/v1alpha1/multiroleinference_validation.go:76@v0.12.0")  # fmt: skip
KG833 = Rule("KG833", "A ModelMirror cannot change", kind="refused", since="0.11",
             source="api/v1alpha1/modelmirror_validation.go@v0.12.0")  # fmt: skip
KG834 = Rule("KG834", "Only new replicas get a change of the template", kind="warning", since="0.8",
             source="pkg/inferenceset/inferenceset_controller.go:389@v0.12.0")  # fmt: skip

_TEMPLATE: Final[Path] = ("spec", "template")
_PARTITION: Final[Path] = (*_TEMPLATE, "resource", "partition")
_LABELS: Final[Path] = (*_TEMPLATE, "metadata", "labels")


def judge(item: Item, difference: Difference) -> Judgement:
    """What becomes of one field that differs; `item` is the object of the new side."""
    kind, path = item.data["kind"], difference.path
    if kind == "ModelMirror" and path[0] == "spec":
        return Judgement("refused", "a mirror is made once", KG833)
    if kind == "MultiRoleInference" and path[:3] == ("spec", "model", "name"):
        return Judgement("refused", "both roles serve the one model", KG832)
    if kind == "InferenceSet":
        return _of_set(item, difference)
    return IN_PLACE


def _of_set(item: Item, difference: Difference) -> Judgement:
    path, before, after = difference.path, difference.before, difference.after
    asked = item.target.has(REPLICAS_CHECKED) and item.data["apiVersion"] == "kaito.sh/v1beta1"
    if path[: len(_PARTITION)] == _PARTITION and asked:
        return Judgement("refused", "the partition that replicas run on is fixed", KG831)
    if path == ("spec", "replicas") and isinstance(before, int) and isinstance(after, int):
        if after > before:
            return Judgement("in place", "the new ones are made from the template as it is now")
        # pkg/inferenceset/inferenceset_controller.go:225: those of an old base image go first.
        return Judgement("in place", "those that are not ready go first, whatever their age")
    if path[: len(_LABELS)] == _LABELS:
        return IN_PLACE
    if path[:2] in (_TEMPLATE, ("spec", "labelSelector")):
        why = "new replicas get it, and those that run keep what they have"
        return Judgement("no effect", why, KG834)
    return IN_PLACE
