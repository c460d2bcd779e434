"""One object on both sides to its changes, each with what KAITO, or Kubernetes, does with it."""

from collections.abc import Iterator
from typing import Final

from kaitogen.kaito.objects import value_at
from kaitogen.kaito.updates import others, workspace
from kaitogen.kaito.updates.fields import differences
from kaitogen.kaito.updates.model import IN_PLACE, VERDICTS, Change, Difference, Item, Judgement
from kaitogen.kaito.updates.stored import stored
from kaitogen.kaito.updates.workspace import Update
from kaitogen.model import Rule

KG813 = Rule("KG813", "An immutable ConfigMap changes", kind="refused")
KG822 = Rule("KG822", "A ConfigMap changes under a Workspace that runs", kind="warning", since="0.4",
             source="pkg/workspace/controllers/workspace_controller.go:1481@v0.12.0")  # fmt: skip

_NAME: Final = frozenset((("metadata", "name"), ("metadata", "namespace")))


def judged(before: Item, after: Item, used: frozenset[tuple[str, str]]) -> tuple[Change, ...]:
    """The changes of one object. `used` are the ConfigMaps that Workspaces of the new side read."""
    update = Update(after, stored(before), stored(after), used)
    found = [
        difference for difference in differences(update.before, update.after) if difference.path not in _NAME
    ]
    changes = [Change(difference, _judge(update, difference)) for difference in found]
    if found and after.is_workspace:
        changes += _refused_whatever_changes(update, changes)
    return tuple(changes)


def worst(changes: tuple[Change, ...]) -> Judgement:
    """The judgement that decides what becomes of the object, the same whatever order its fields come in."""
    return min((change.judgement for change in changes), key=_weight, default=IN_PLACE)


def _weight(judgement: Judgement) -> tuple[int, str, str]:
    return VERDICTS.index(judgement.verdict), judgement.code, judgement.why


def _judge(update: Update, difference: Difference) -> Judgement:
    if update.item.is_workspace:
        return workspace.judge(update, difference)
    if update.item.identity[0] == "kaito.sh":
        return others.judge(update.item, difference)
    if update.item.is_config_map and difference.path[0] in ("data", "binaryData", "immutable"):
        return _config_map(update)
    return IN_PLACE


def _config_map(update: Update) -> Judgement:
    name = ("metadata", "name")
    if value_at(update.before, name) != value_at(update.after, name):
        return Judgement("restart", "a ConfigMap of another name holds it, for which the pods restart")
    if update.before.get("immutable") is True:
        why = "the ConfigMap says that it is immutable, and the API server holds it to that"
        return Judgement("refused", why, KG813)
    if update.item.identity[2:] not in update.used:
        return IN_PLACE
    why = "what runs is not restarted for it, and the number of nodes stays; pods that start later read it"
    return Judgement("no effect", why, KG822)


def _refused_whatever_changes(update: Update, changes: list[Change]) -> Iterator[Change]:
    """What makes KAITO refuse every update of the object, and is not itself among the changes."""
    places = {change.difference.path[:2] for change in changes}
    fields = (("inference", "adapters"), ("resource", "labelSelector"))
    for path, judgement in zip(fields, workspace.refused_update(update), strict=True):
        if judgement is not None and path not in places:
            unchanged = Difference(path, ".".join(path), before=None, after=None)
            yield Change(unchanged, judgement)
