"""Entries to an inventory document, laid over an older one where that is asked for, and what changed."""

from kaitogen import __version__
from kaitogen.model import INTENT_API_VERSION, Json
from kaitogen.nodes.facts import NodeFacts, of_entry
from kaitogen.nodes.inventory import KIND
from kaitogen.typed import Callable, Iterator, Mapping, NamedTuple, Sequence


class Changes(NamedTuple):
    """What became of the nodes since an older inventory: names, and for changed ones what changed."""

    new: Sequence[str]
    gone: Sequence[str]
    changed: Mapping[str, Sequence[str]]


def document(entries: Sequence[Json], cluster: str, taken: str) -> dict[str, Json]:
    """The inventory: the same nodes give the same document but for the time. Cluster and time may be empty."""
    about = {"cluster": cluster, "taken": taken, "tool": f"kaitogen {__version__}"}
    known = {key: value for key, value in about.items() if value}
    nodes = sorted(entries, key=lambda one: str(one["name"]))
    return {"apiVersion": INTENT_API_VERSION, "kind": KIND, "spec": {**known, "nodes": nodes}}


def merged(
    old: Sequence[Json], new: Sequence[Json], in_scope: Callable[[NodeFacts], bool]
) -> tuple[list[Json], Changes]:
    """The old entries with the new ones over them, and what changed.

    `in_scope` says which of the old ones were asked for again: those that are not among the new ones are gone.
    """
    before = {one["name"]: one for one in old}
    after = {one["name"]: one for one in new}
    gone = [name for name, one in before.items() if name not in after and in_scope(of_entry(one))]
    kept = [one for name, one in before.items() if name not in after and name not in gone]
    changed = {
        name: list(_differences(of_entry(before[name]), of_entry(one)))
        for name, one in sorted(after.items())
        if name in before and before[name] != one
    }
    fresh = sorted(after.keys() - before.keys())
    return [*kept, *new], Changes(
        fresh, sorted(gone), {name: words for name, words in changed.items() if words}
    )


def _differences(old: NodeFacts, new: NodeFacts) -> Iterator[str]:
    if old.ready != new.ready:
        yield "Ready again" if new.ready else "no longer Ready"
    if old.cordoned != new.cordoned:
        yield "cordoned" if new.cordoned else "no longer cordoned"
    for name in sorted({*old.pressure} ^ {*new.pressure}):
        yield name if name in new.pressure else f"no {name} any more"
    for taint in sorted({*old.taints} ^ {*new.taints}):
        yield f"taint {taint}" if taint in new.taints else f"without the taint {taint}"
    if old.created != new.created:
        yield "another node of the same name"
    yield from _values("label", old.labels, new.labels)
    yield from _values("capacity", old.capacity, new.capacity)
    yield from _values("allocatable", old.allocatable, new.allocatable)


def _values(word: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if after is None:
            yield f"without {word} {key}"
        else:
            yield f"{word} {key}={after}" if before is None else f"{word} {key}: {before} to {after}"
