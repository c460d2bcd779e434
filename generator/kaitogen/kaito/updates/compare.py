"""Two sets of objects to what becomes of each: the entrance of this room."""

from collections.abc import Sequence
from typing import Final

from kaitogen.kaito.objects import ConfigMaps, config_maps_of
from kaitogen.kaito.updates.cost import cost, cost_text
from kaitogen.kaito.updates.judging import judged, worst
from kaitogen.kaito.updates.model import Comparison, Item, Judgement, ObjectChange
from kaitogen.kaito.updates.renames import followers, renamed, used
from kaitogen.model import Rule

KG824 = Rule("KG824", "A Workspace gets another name or namespace", kind="warning", since="0.4")


_CREATED: Final = Judgement("create", "")
_DELETED: Final = Judgement("delete", "")
_FOLLOWED: Final = Judgement("recreate", "it goes along with its Workspace, and holds the same")


def compare(before: Sequence[Item], after: Sequence[Item]) -> Comparison:
    """What changes from one side to the other; each side has every object once."""
    old = {item.identity: item for item in before}
    new = {item.identity: item for item in after}
    stayed = [(old[key], item) for key, item in new.items() if key in old]
    gone = [item for key, item in old.items() if key not in new]
    added = [item for key, item in new.items() if key not in old]
    moved = renamed(
        [item for item in gone if item.is_workspace], [item for item in added if item.is_workspace]
    )
    followed = list(followers([*stayed, *moved], gone, added))
    pairs = {after.identity: (before, after) for before, after in (*stayed, *moved, *followed)}
    left = {before.identity for before, _ in pairs.values()}
    maps = (config_maps_of(item.data for item in before), config_maps_of(item.data for item in after))
    reading = used(after)
    objects: list[ObjectChange] = []
    for item in after:
        if item.identity not in pairs:
            objects.append(_created(item, maps[1]))
            continue
        one, other = pairs[item.identity]
        if one.identity != other.identity and item.is_workspace:
            objects.append(ObjectChange(one, other, (), _moved(one, other, maps)))
            continue
        changes = judged(one, other, reading)
        if changes:
            objects.append(ObjectChange(one, other, changes, worst(changes)))
        elif one.identity != other.identity:
            objects.append(ObjectChange(one, other, (), _FOLLOWED))
    objects += [
        _deleted(item, maps[0]) for item in before if item.identity not in left and item.identity not in new
    ]
    # An object that got another name is one, and not two.
    return Comparison(tuple(objects), len(old.keys() | new.keys()) - len(moved) - len(followed))


def _created(item: Item, maps: ConfigMaps) -> ObjectChange:
    why = f"it takes {cost_text(cost(item, maps))}" if item.is_workspace else ""
    return ObjectChange(None, item, (), _CREATED._replace(why=why))


def _deleted(item: Item, maps: ConfigMaps) -> ObjectChange:
    if not item.is_workspace:
        return ObjectChange(item, None, (), _DELETED)
    held = cost_text(cost(item, maps))
    why = (
        f"serving ends, and the nodes stay: {held}"
        if item.target.byo
        else f"serving ends, and KAITO gives back {held}"
    )
    return ObjectChange(item, None, (), _DELETED._replace(why=why))


def _moved(before: Item, after: Item, maps: tuple[ConfigMaps, ConfigMaps]) -> Judgement:
    old, new = cost(before, maps[0]), cost(after, maps[1])
    what = "another namespace" if before.identity[3] == after.identity[3] else "another name"
    why = (
        f"{what} is another Workspace: it is deleted and made anew, and loads its model again; "
        f"it holds {cost_text(old)}, and both together {cost_text(old.plus(new))}"
    )
    return Judgement("recreate", why, KG824)
