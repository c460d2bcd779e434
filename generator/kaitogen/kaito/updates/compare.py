"""Two sets of objects to what becomes of each: the entrance of this room."""

import json
import shlex

from kaitogen.kaito.objects import ConfigMaps, config_maps_of, is_replica, number, part, text
from kaitogen.kaito.rules.inference_set import replica_of
from kaitogen.kaito.sizing.size import size
from kaitogen.kaito.updates.admission import creation_refused
from kaitogen.kaito.updates.judging import judged, worst
from kaitogen.kaito.updates.model import Comparison, Item, Judgement, ObjectChange, Takes, settings_name
from kaitogen.kaito.updates.stored import stored
from kaitogen.model import Json, Rule
from kaitogen.typed import Container, Final, Iterator, Sequence

KG824 = Rule("KG824", "A Workspace gets another name or namespace", kind="warning", since="0.4")

#: What stands for the object's own name while two of them are compared.
_ITSELF: Final = "\0"
_FOLLOWED: Final = Judgement("recreate", "it goes along with its Workspace, and holds the same")


def compare(before: Sequence[Item], after: Sequence[Item]) -> Comparison:
    """What changes from one side to the other; each side has every object once.

    A Workspace that KAITO made of a set is left to its set, as kubectl lists both: it comes and goes with it.
    """
    before, after = ([one for one in side if not _is_of_a_set(one)] for side in (before, after))
    old = {item.identity: item for item in before}
    new = {item.identity: item for item in after}
    stayed = [(old[key], item) for key, item in new.items() if key in old]
    gone = [item for key, item in old.items() if key not in new]
    added = [item for key, item in new.items() if key not in old]
    moved = renamed(
        [item for item in gone if item.is_workspace], [item for item in added if item.is_workspace]
    )
    followed = list(followers([*stayed, *moved], gone, added))
    pairs = {after.identity: before for before, after in (*stayed, *moved, *followed)}
    replaced = {item.identity for item in pairs.values()}
    old_maps, new_maps = (config_maps_of(item.data for item in side) for side in (before, after))
    in_use = used(after)
    objects: list[ObjectChange] = []
    for item in after:
        previous = pairs.get(item.identity)
        if previous is None:
            former = old.get(("kaito.sh", "Workspace", *item.identity[2:]))
            objects.append(ObjectChange(None, item, _created(item, new_maps, former, old_maps)))
        elif previous.identity != item.identity and item.is_workspace:
            objects.append(ObjectChange(previous, item, _moved(previous, item, old_maps, new_maps)))
        elif changes := judged(previous, item, in_use, new_maps):
            objects.append(ObjectChange(previous, item, worst(changes), changes))
        elif previous.identity != item.identity:
            objects.append(ObjectChange(previous, item, _FOLLOWED))
    objects += [_deleted(item, old_maps, before, new) for item in gone if item.identity not in replaced]
    # An object that got another name is one, and not two.
    return Comparison(tuple(objects), len(old.keys() | new.keys()) - len(moved) - len(followed))


def _is_of_a_set(item: Item) -> bool:
    return item.is_workspace and is_replica(item.data)


def cost(item: Item, maps: ConfigMaps) -> Takes:
    """The nodes and GPUs that a Workspace or a set holds, as KAITO will ask for them."""
    if item.is_workspace:
        estimate = size(stored(item), item.target, maps).estimate
        return Takes(estimate.nodes, estimate.gpus)
    estimate = size(replica_of(item.data), item.target, maps).estimate
    replicas = number(part(item.data, "spec"), "replicas")
    if replicas is None and item.spec is not None:  # an autoscaler makes as many as it may
        replicas = number(part(item.spec.fleet or {}, "scaling"), "max")
    return Takes(estimate.nodes, estimate.gpus).times(1 if replicas is None else replicas)


def _created(item: Item, maps: ConfigMaps, former: Item | None, old_maps: ConfigMaps) -> Judgement:
    """What a new object takes. `former` is the old Workspace of its name, which a set takes over from.

    Both can stand side by side, under Services of other names.
    """
    if refused := creation_refused(item, maps):
        return refused
    if not item.serves:
        return Judgement("create", "")
    new = cost(item, maps)
    why = f"it takes {new}"
    if former is not None and not item.is_workspace:
        old, settings, last = cost(former, old_maps), settings_name(former.data), "the Workspace"
        if settings and settings != settings_name(item.data):
            last += " and its ConfigMap"
        elif settings:
            last += ", whose ConfigMap has to stay, since the replicas mount it"
        why += (
            f", and the Workspace of its name holds {old}: to keep serving, apply the set first, send "
            f"clients to the Services of its replicas when they are ready, and then delete {last}; "
            f"both together take {old.plus(new)}"
        )
    return Judgement("create", why)


def _deleted(
    item: Item, maps: ConfigMaps, before: Sequence[Item], new: Container[tuple[str, str, str, str]]
) -> ObjectChange:
    why = ""
    if item.is_config_map:
        why = _only_after_its_set(item, before, new)
    elif item.serves:
        nodes = "the nodes stay:" if item.target.byo else "KAITO gives back"
        why = f"serving ends, and {nodes} {cost(item, maps)}"
    return ObjectChange(before=item, after=None, judgement=Judgement("delete", why))


def _only_after_its_set(item: Item, before: Sequence[Item], new: Container[tuple[str, str, str, str]]) -> str:
    """When a ConfigMap may go that a set names; empty where none does.

    Since 0.12 KAITO's webhook refuses every write of a set without its ConfigMap, that of its own controller too, which
    deletes replicas only after one (api/v1beta1/inferenceset_validation.go:54, pkg/inferenceset/inferenceset_controller.go:128).
    """
    for one in before:
        _, kind, namespace, name = one.identity
        if kind != "InferenceSet" or namespace != item.identity[2]:
            continue
        if part(replica_of(one.data), "inference").get("config") != item.identity[3]:
            continue
        if one.identity in new:
            return "only when all replicas are gone that were made with it, for they mount it"
        command = shlex.join(
            ["kubectl", "delete", "inferenceset", name, *(["-n", namespace] if namespace else []), "--wait"]
        )
        return f"only when its set is gone, which otherwise stays and keeps its GPUs: first run {command}"
    return ""


def _moved(before: Item, after: Item, old_maps: ConfigMaps, new_maps: ConfigMaps) -> Judgement:
    if refused := creation_refused(after, new_maps):
        return refused
    old, new = cost(before, old_maps), cost(after, new_maps)
    what = "another namespace" if before.identity[3] == after.identity[3] else "another name"
    why = (
        f"{what} is another Workspace: it is deleted and made anew, and loads its model again; "
        f"it holds {old}, and both together {old.plus(new)}"
    )
    return Judgement("recreate", why, KG824)


def renamed(gone: Sequence[Item], new: Sequence[Item]) -> list[tuple[Item, Item]]:
    """Pairs of an object that is gone and a new one that is the same but for its name or namespace."""
    left = {item.identity: item for item in reversed(new)}
    by_text: dict[str, list[Item]] = {}
    for item in left.values():
        for content in _texts(item):
            by_text.setdefault(content, []).append(item)
    pairs: list[tuple[Item, Item]] = []
    for old in gone:
        for content in _texts(old):
            candidates = by_text.get(content, [])
            while candidates and candidates[-1].identity not in left:
                candidates.pop()  # taken under its other text
            if candidates:
                pairs.append((old, left.pop(candidates[-1].identity)))
                break
    return pairs


def followers(
    pairs: Sequence[tuple[Item, Item]], gone: Sequence[Item], new: Sequence[Item]
) -> Iterator[tuple[Item, Item]]:
    """ConfigMaps that took each other's place: the one that a Workspace read before, and the one that it reads now."""
    old_maps, new_maps = _config_maps(gone), _config_maps(new)
    for before, after in pairs:
        old = old_maps.pop((before.identity[2], settings_name(before.data)), None)
        if old is None:
            continue
        following = new_maps.pop((after.identity[2], settings_name(after.data)), None)
        if following is not None:
            yield old, following


def used(items: Sequence[Item]) -> frozenset[tuple[str, str]]:
    """Namespace and name of the ConfigMaps that Workspaces read."""
    return frozenset((item.identity[2], settings_name(item.data)) for item in items if item.serves)


def _config_maps(items: Sequence[Item]) -> dict[tuple[str, str], Item]:
    return {item.identity[2:]: item for item in items if item.is_config_map}


def _texts(item: Item) -> Iterator[str]:
    """The object as a text without its name and namespace: as it is, and without its name in what it selects and reads."""
    data = stored(item)
    kept = {key: value for key, value in data["metadata"].items() if key not in ("name", "namespace")}
    unnamed: dict[str, Json] = {**data, "metadata": kept}
    yield json.dumps(unnamed, sort_keys=True)
    name, resource = item.identity[3], unnamed.get("resource")
    if isinstance(resource, dict):
        unnamed["resource"] = {**resource, "labelSelector": _without(name, resource.get("labelSelector"))}
    for workload in ("inference", "tuning"):
        if config := text(part(unnamed, workload), "config"):
            unnamed[workload] = {**unnamed[workload], "config": config.removeprefix(f"{name}-")}
    yield json.dumps(unnamed, sort_keys=True)


def _without(name: str, value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without(name, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(name, item) for item in value]
    return _ITSELF if value == name else value
