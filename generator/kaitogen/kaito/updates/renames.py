"""Which of the objects that are gone live on under another name."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from kaitogen.kaito.objects import part, text
from kaitogen.kaito.updates.model import Item
from kaitogen.kaito.updates.stored import stored
from kaitogen.model import Json

#: What stands for the object's own name while two of them are compared.
_ITSELF: Final = "\0"


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


def settings_name(data: Json) -> str:
    """The name of the ConfigMap that a Workspace or a set reads; empty where it reads none."""
    if data["kind"] == "InferenceSet":
        data = part(part(data, "spec"), "template")
    for workload in ("inference", "tuning"):
        if name := text(part(data, workload), "config"):
            return name
    return ""


def _texts(item: Item) -> Iterator[str]:
    """The object as a text without its name and namespace: as it is, and with its name also taken out of what

    it selects and reads, where a name is often repeated.
    """
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
