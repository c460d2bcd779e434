"""One object on both sides to its changes, each with what KAITO, or Kubernetes, does with it."""

from operator import eq

from kaitogen.kaito import versions
from kaitogen.kaito.objects import MISSING, TEMPLATE, ConfigMaps, value_at
from kaitogen.kaito.rules.context import webhook
from kaitogen.kaito.updates import admission, workspace
from kaitogen.kaito.updates.model import IN_PLACE, VERDICTS, Change, Difference, Item, Judgement, differences
from kaitogen.kaito.updates.stored import stored
from kaitogen.kaito.updates.workspace import Update
from kaitogen.model import Diagnostic, Json, Path, Rule, path_text
from kaitogen.typed import Final, Iterator

KG813 = Rule("KG813", "An immutable ConfigMap changes", kind="refused")
KG822 = Rule("KG822", "A ConfigMap changes under a Workspace that runs", kind="warning", since="0.4",
             source="pkg/workspace/controllers/workspace_controller.go:1481@v0.12.0")  # fmt: skip
KG827 = webhook("KG827", "The node provisioner of what runs changes", 792, since="0.8", kind="warning")
KG831 = Rule("KG831", "The partition of a set cannot change", kind="refused", since="0.12",
             source="api/v1beta1/inferenceset_validation.go:79@v0.12.0")  # fmt: skip
KG832 = Rule("KG832", "The model of a MultiRoleInference cannot change", kind="refused", since="0.11",
             source="api/v1alpha1/multiroleinference_validation.go:76@v0.12.0")  # fmt: skip
KG833 = Rule("KG833", "A ModelMirror cannot change", kind="refused", since="0.11",
             source="api/v1alpha1/modelmirror_validation.go@v0.12.0")  # fmt: skip
KG835 = Rule("KG835", "Replicas go where nobody says their number", kind="warning", since="0.8",
             source="config/crd/bases/kaito.sh_inferencesets.yaml@v0.12.0")  # fmt: skip
KG834 = Rule("KG834", "Only new replicas get a change of the template", kind="warning", since="0.8",
             source="pkg/inferenceset/inferenceset_controller.go:389@v0.12.0")  # fmt: skip

_PARTITION: Final[Path] = (*TEMPLATE, "resource", "partition")
_LABELS: Final[Path] = (*TEMPLATE, "metadata", "labels")


def judged(
    before: Item, after: Item, used: frozenset[tuple[str, str]], config_maps: ConfigMaps
) -> tuple[Change, ...]:
    """The changes of one object. `used` are the ConfigMaps that Workspaces of the new side read, `config_maps` all of it."""
    lost = [*admission.dropped(before), *admission.dropped(after)]
    old, new = stored(before), stored(after)
    gone = list(_dropped(lost, old, new))
    update = Update(after, admission.without_dropped(old, lost), admission.without_dropped(new, lost), used)
    changes = [
        Change(difference, _judge(update, difference))
        for difference in differences(update.before, update.after)
        if difference.path not in (("metadata", "name"), ("metadata", "namespace"))
    ]
    if before.data != after.data:
        refusals = sorted(
            admission.refusals(after, update.after, config_maps),
            key=lambda each: (_weight(each[1]), path_text(each[0])),
        )
        if not changes:
            # What is stored stays the same, and still an empty mapping may be refused where it is written anew.
            refusals = [
                each
                for each in refusals
                if value_at(before.data, each[0], MISSING) != value_at(after.data, each[0], MISSING)
            ]
        changes = [
            *(change._replace(judgement=_decided(change, refusals)) for change in changes),
            *_unchanged(changes, refusals),
        ]
    if after.is_workspace:
        changes += _provisioner(before, after)
    return (*changes, *_named(before, after), *gone)


def _dropped(lost: list[Diagnostic], old: Json, new: Json) -> Iterator[Change]:
    """The fields that the API server does not keep, where they differ."""
    for path, problem in {problem.path: problem for problem in lost}.items():
        before, after = value_at(old, path, MISSING), value_at(new, path, MISSING)
        # Told as a whole: nothing inside it means anything to KAITO.
        for difference in differences({"": before}, {"": after})[:1]:
            whole = difference._replace(path=path, shown=path_text(path))
            yield Change(whole, Judgement("no effect", problem.message))


def _decided(change: Change, refusals: list[tuple[Path, Judgement]]) -> Judgement:
    """What becomes of a change where something at, above or below its field is refused."""
    if change.judgement.verdict != "refused":
        for path, judgement in refusals:
            if _touch(path, change.difference.path):
                return judgement
    return change.judgement


def _unchanged(changes: list[Change], refusals: list[tuple[Path, Judgement]]) -> Iterator[Change]:
    """What makes every update of the object fail, and is not itself among the changes."""
    for path, judgement in refusals:
        if not any(_touch(path, change.difference.path) for change in changes):
            yield Change(Difference(path, path_text(path), before=None, after=None), judgement)


def _touch(one: Path, other: Path) -> bool:
    return all(map(eq, one, other))


def worst(changes: tuple[Change, ...]) -> Judgement:
    """The judgement that decides what becomes of the object, the same whatever order its fields come in."""
    return min((change.judgement for change in changes), key=_weight, default=IN_PLACE)


def _weight(judgement: Judgement) -> tuple[int, str, str]:
    return VERDICTS.index(judgement.verdict), judgement.code, judgement.why


def _judge(update: Update, difference: Difference) -> Judgement:
    if update.item.is_workspace:
        return workspace.judge(update, difference)
    group, kind, path = *update.item.identity[:2], difference.path
    if group == "kaito.sh":
        if kind == "ModelMirror" and path[0] == "spec":
            return Judgement("refused", "a mirror is made once", KG833)
        if kind == "MultiRoleInference" and path[:3] == ("spec", "model", "name"):
            return Judgement("refused", "both roles serve the one model", KG832)
        if kind == "RAGEngine" and path[:2] == ("spec", "compute"):
            return _of_compute(update, difference)
        return _of_set(update.item, difference) if kind == "InferenceSet" else IN_PLACE
    if update.item.is_config_map and difference.path[0] in ("data", "binaryData", "immutable"):
        return _config_map(update)
    return IN_PLACE


def _of_compute(update: Update, difference: Difference) -> Judgement:
    """The node of a RAGEngine, where both sides have one: its webhook compares them as it does those of a Workspace."""
    place, given = (*difference.path, "")[2], bool(difference.before and difference.after)
    if place in ("instanceType", "count") and given and MISSING not in (difference.before, difference.after):
        rule = workspace.KG804 if place == "instanceType" else workspace.KG802
        return Judgement("refused", f"the {place} of a RAGEngine is fixed once it exists", rule)
    place_of = ("spec", "compute", "labelSelector")
    old, new = value_at(update.before, place_of, None), value_at(update.after, place_of, None)
    if place == "labelSelector" and isinstance(old, dict) and isinstance(new, dict):
        labels = workspace.selected(old)
        if labels is None or labels != workspace.selected(new):
            why = "the label selector of a RAGEngine is fixed once it exists"
            return Judgement("refused", why, workspace.KG805)
    return IN_PLACE


def _of_set(item: Item, difference: Difference) -> Judgement:
    path, before, after = difference.path, difference.before, difference.after
    asked = item.target.has(versions.REPLICAS_CHECKED) and item.data["apiVersion"] == "kaito.sh/v1beta1"
    if path[: len(_PARTITION)] == _PARTITION and asked:
        return Judgement("refused", "the partition that replicas run on is fixed", KG831)
    if path == ("spec", "replicas") and isinstance(before, int) and isinstance(after, int):
        if after > before:
            return Judgement("in place", "the new ones are made from the template as it is now")
        # pkg/inferenceset/inferenceset_controller.go:225: those of an old base image go first.
        return Judgement("in place", "those that are not ready go first, whatever their age")
    if path == ("spec", "replicas") and isinstance(before, int) and after is MISSING:
        return _let_go(item, before)
    if path[: len(_LABELS)] == _LABELS:
        return IN_PLACE
    if path[:2] in (TEMPLATE, ("spec", "labelSelector")):
        why = "new replicas get it, and those that run keep what they have"
        return Judgement("no effect", why, KG834)
    return IN_PLACE


def _let_go(item: Item, before: int) -> Judgement:
    """Who applied a number takes it away with the field, and the default of the CRD comes in its place."""
    left = 1 if item.target.has(versions.REPLICAS_DEFAULTED) else 0
    if before <= left:
        return IN_PLACE
    then = "the API server fills in 1: all replicas but one" if left else "there is none: all replicas"
    why = f"whoever applied the number takes it away, and {then} go, until an autoscaler adds some again"
    return Judgement("in place", why, KG835)


def _config_map(update: Update) -> Judgement:
    name = ("metadata", "name")
    if value_at(update.before, name) != value_at(update.after, name):
        spec = update.item.spec
        if spec is not None and spec.fleet is not None:
            why = (
                "new replicas get it; those that run mount the old one, which has to stay until they are gone"
            )
            return Judgement("no effect", why, KG834)
        return Judgement("restart", "a ConfigMap of another name holds it, for which the pods restart")
    if update.before.get("immutable") is True:
        why = "the ConfigMap says that it is immutable, and the API server holds it to that"
        return Judgement("refused", why, KG813)
    if update.item.identity[2:] not in update.used:
        return IN_PLACE
    why = "what runs is not restarted for it, and the number of nodes stays; pods that start later read it"
    return Judgement("no effect", why, KG822)


def _provisioner(before: Item, after: Item) -> Iterator[Change]:
    """Another node provisioner, where both sides are intents and say it: KAITO has one for all of its Workspaces.

    Its webhook holds every write of a Workspace against the rules of the one that it has, its own of the status too
    (seen with 0.12).
    """
    old, new = ("byo" if item.target.byo else item.target.node_provisioner for item in (before, after))
    stated = before.spec is not None and after.spec is not None
    if old == new or not stated or not after.target.has(versions.STRICT_INSTANCE_TYPE):
        return
    why = "KAITO has one for all Workspaces, and what runs goes on with the nodes that it has"
    if old == "byo":
        why = (
            "once KAITO itself has it, every write of a Workspace without instanceType is refused, KAITO's own too: "
            "its status freezes as it is, and its deletion hangs until byo is back"
        )
    place = ("spec", "target", "nodeProvisioner")
    yield Change(Difference(place, path_text(place), old, new), Judgement("no effect", why, KG827))


def _named(before: Item, after: Item) -> Iterator[Change]:
    """Other nodes for the replicas of a set under byo, where both sides are intents: the set itself has no field for names."""
    if before.spec is None or after.spec is None or after.spec.fleet is None or not after.target.byo:
        return
    old, new = (list(item.spec.placement.nodes or ()) for item in (before, after) if item.spec is not None)
    if old != new and new:
        place = ("spec", "placement", "nodes")
        why = "replicas find their nodes by the labels of these, and those that run stay where they are"
        yield Change(Difference(place, path_text(place), old or MISSING, new), Judgement("no effect", why))
