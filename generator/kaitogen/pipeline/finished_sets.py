"""Finished InferenceSets under byo, held against the nodes that an inventory knows: whether all replicas find theirs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kaitogen.kaito.objects import ConfigMaps, number, part, text, value_at
from kaitogen.kaito.rules.inference_set import SCALER
from kaitogen.model import ByoNodes, Diagnostic, Json, Origin, Path, Target, UserObject
from kaitogen.pipeline.classify import SCALED_OBJECT
from kaitogen.pipeline.replicas import Wanted, found, size_of, too_many
from kaitogen.pipeline.scaling import scaling_of, scaling_of_object

_REPLICAS: Final[Path] = ("spec", "replicas")
_SCALED: Final[Path] = ("spec", "maxReplicaCount")
_ANNOTATED: Final[Path] = ("metadata", "annotations", f"{SCALER}max-replicas")


def room(
    origin: Origin,
    data: Json,
    facts: ByoNodes,
    objects: Sequence[UserObject],
    target: Target,
    config_maps: ConfigMaps,
) -> Iterator[Diagnostic]:
    """KG318 and KG325 of a set that the rules have let through: its replicas, at most, and the nodes of its selector.

    `objects` are all of the run, among which a ScaledObject may say how many replicas there will be.
    """
    nodes = size_of(data, target, config_maps, facts).nodes
    if not nodes:
        return
    most, least, path, place = _most(origin, data, objects)
    for one in too_many(Wanted(most, nodes, least, path), facts.nodes, found(facts), byo=True):
        yield one.of(place)


def _most(origin: Origin, data: Json, objects: Sequence[UserObject]) -> tuple[int, int, Path, Origin]:
    """The most replicas that there may be, the fewest that may be written for them, and where that stands."""
    for place, scaled in _scaled_objects(objects):
        if _identity(scaled, ("spec", "scaleTargetRef")) == _identity(data, ("metadata",)):
            words = scaling_of_object(scaled)
            if isinstance(words["max"], int):
                return words["max"], max(1, number(words, "min") or 0), _SCALED, place
    words = scaling_of(part(part(data, "metadata"), "annotations")) or {}
    if "replicas" not in data["spec"] and words:
        return words["max"], max(2, words["min"]), _ANNOTATED, origin
    replicas = number(data["spec"], "replicas")
    return 1 if replicas is None else replicas, 1, _REPLICAS, origin


def _scaled_objects(objects: Sequence[UserObject]) -> Iterator[UserObject]:
    return (one for one in objects if one.data["kind"] == SCALED_OBJECT)


def _identity(data: Json, named: Path) -> tuple[str, str]:
    """Namespace, and the name that stands below a path."""
    holder: Mapping[str, Json] = value_at(data, named) or {}
    return text(part(data, "metadata"), "namespace"), text(holder, "name")
