"""What a cluster holds of the objects that a command is about: read-only, and nothing that is not needed."""

from kaitogen.kaito.updates.model import Item, settings_name
from kaitogen.kaito.updates.stored import live_item
from kaitogen.model import Json
from kaitogen.pipeline.companions import kind_of
from kaitogen.typed import Protocol, Sequence

#: The default of kubectl where neither it nor the object says one.
DEFAULT_NAMESPACE = "default"


class Holder(Protocol):
    """What objects are looked for in: a cluster, or what was read of one."""

    def of_kaito(self, kind: str, namespace: str | None = None) -> list[Json]:
        """The objects of a kind of KAITO's in a namespace, or in all."""

    def config_map(self, namespace: str, name: str) -> Json | None:
        """One ConfigMap; None where there is none of that name."""

    def object_of(self, like: Json, namespace: str, name: str) -> Json | None:
        """One object of the kind that another has; None where there is none of that name."""


def items_in(cluster: Holder, where: str, items: Sequence[Item], namespace: str) -> list[Item]:
    """The objects of a cluster, called `where`, that these would change, each as the old state of its own."""
    spaces = {(item.identity[1], _space(item, namespace)) for item in items if item.serves}
    placed = {
        (kind, space, one["metadata"]["name"]): one
        for kind, space in sorted(spaces, key=lambda where: (where[0] != "Workspace", where[1]))
        for one in cluster.of_kaito(kind, space)
    }
    live_items: list[Item] = []
    for item in items:
        kind = kind_of(item.data)
        key = ("" if kind is not None and kind.in_cluster else _space(item, namespace), item.identity[3])
        live = placed.get((item.identity[1], *key))
        if item.is_config_map:
            live = cluster.config_map(*key)
        elif item.is_scaled_object or kind is not None:
            live = cluster.object_of(item.data, *key)
        if live is not None:
            live_items.append(live_item(live, item, where))
    return live_items + _former_settings(cluster, live_items, items, namespace)


def _space(item: Item, namespace: str) -> str:
    return item.identity[2] or namespace


def _former_settings(
    cluster: Holder, live_items: Sequence[Item], items: Sequence[Item], namespace: str
) -> list[Item]:
    """The ConfigMaps that Workspaces read so far, where they are to read another one that is among the items."""
    maps = {item.identity[2:]: item for item in items if item.is_config_map}
    new = {item.identity: item for item in items if item.serves}
    former: dict[tuple[str, str], Item] = {}
    for old in live_items:
        if not old.serves:
            continue
        now = maps.get((old.identity[2], settings_name(new[old.identity].data)))
        key = (old.identity[2], settings_name(old.data))
        if now is not None and key[1] and key not in maps and key not in former:
            live = cluster.config_map(_space(old, namespace), key[1])
            if live is not None:
                former[key] = live_item(live, now, old.origin.document.file)
    return list(former.values())
