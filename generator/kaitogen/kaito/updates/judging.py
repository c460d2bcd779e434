"""One object on both sides to its changes, each with what KAITO, or Kubernetes, does with it."""

from collections.abc import Iterator
from typing import Final

from kaitogen.kaito.objects import part
from kaitogen.kaito.updates import metadata, resource, workload
from kaitogen.kaito.updates.fields import differences
from kaitogen.kaito.updates.model import VERDICTS, Change, Difference, Item, Judgement
from kaitogen.kaito.updates.pair import IN_PLACE, Pair, refused
from kaitogen.kaito.updates.resource import KG805
from kaitogen.kaito.updates.stored import stored
from kaitogen.model import Rule

KG813 = Rule("KG813", "An immutable ConfigMap changes", kind="refused")
KG822 = Rule(
    "KG822", "A ConfigMap changes under a Workspace that runs", kind="warning", since="0.4",
    source="pkg/workspace/controllers/workspace_controller.go:1481@v0.12.0",
)  # fmt: skip


_CONFIG_MAP: Final = ("", "ConfigMap")
_NAME: Final = frozenset((("metadata", "name"), ("metadata", "namespace")))
#: What a change below each key of a Workspace is judged by.
_WORKSPACE: Final = {
    "metadata": metadata.judge,
    "resource": resource.judge,
    "inference": workload.judge,
    "tuning": workload.judge,
}


def judged(before: Item, after: Item, used: frozenset[tuple[str, str]]) -> tuple[Change, ...]:
    """The changes of one object. `used` are the ConfigMaps that Workspaces of the new side read."""
    pair = Pair(after, stored(before), stored(after), used)
    found = [one for one in differences(pair.before, pair.after) if one.path not in _NAME]
    changes = [Change(one, _judge(pair, one)) for one in found]
    if found and after.is_workspace:
        changes += _refused_whatever_changes(pair, changes)
    return tuple(changes)


def worst(changes: tuple[Change, ...]) -> Judgement:
    """The judgement that decides what becomes of the object, the same whatever order its fields come in."""
    return min((change.judgement for change in changes), key=_weight, default=IN_PLACE)


def _weight(judgement: Judgement) -> tuple[int, str, str]:
    return VERDICTS.index(judgement.verdict), judgement.code, judgement.why


def _judge(pair: Pair, difference: Difference) -> Judgement:
    if pair.item.is_workspace:
        judge = _WORKSPACE.get(str(difference.path[0]))
        if judge is not None:
            return judge(pair, difference)
        if difference.path == ("apiVersion",):
            return Judgement("in place", "KAITO serves the same Workspace under both versions")
    elif pair.item.identity[:2] == _CONFIG_MAP and difference.path[0] in ("data", "binaryData", "immutable"):
        return _config_map(pair)
    return IN_PLACE


def _config_map(pair: Pair) -> Judgement:
    _, _, namespace, name = pair.item.identity
    if pair.before.get("immutable") is True and _same_name(pair):
        why = "the ConfigMap says that it is immutable, and the API server holds it to that"
        return Judgement("refused", why, KG813, "", "error")
    if not _same_name(pair):
        return Judgement("restart", "a ConfigMap of another name holds it, for which the pods restart")
    if (namespace, name) not in pair.used:
        return IN_PLACE
    why = "what runs is not restarted for it, and the number of nodes stays; pods that start later read it"
    return Judgement("no effect", why, KG822)


def _same_name(pair: Pair) -> bool:
    return part(pair.before, "metadata").get("name") == part(pair.after, "metadata").get("name")


def _refused_whatever_changes(pair: Pair, changes: list[Change]) -> Iterator[Change]:
    """What makes KAITO refuse every update of the object, and is not itself among the changes."""
    places = {change.difference.path[:2] for change in changes}
    objection = workload.adapters_refused(pair)
    if objection is not None and ("inference", "adapters") not in places:
        yield _unchanged(("inference", "adapters"), "inference.adapters", objection)
    selector = part(part(pair.after, "resource"), "labelSelector")
    if ("resource", "labelSelector") not in places and resource.selected(selector) is None:
        why = "KAITO cannot compare a label selector with anything but In and one value, and so refuses every update"
        yield _unchanged(("resource", "labelSelector"), "resource.labelSelector", refused(KG805, why))


def _unchanged(path: tuple[str, ...], shown: str, judgement: Judgement) -> Change:
    return Change(Difference(path, shown, None, None), judgement)
