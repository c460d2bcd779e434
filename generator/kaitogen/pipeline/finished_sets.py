"""Finished InferenceSets: what depends on the nodes of each replica, by KAITO's own estimate."""

from kaitogen.kaito.objects import ConfigMaps, number, part, place_of, text, to_intent_path
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.rules.inference_set import SCALER, two_owners
from kaitogen.model import ByoNodes, Diagnostic, Json, Manifest, Origin, Path, Target, UserObject
from kaitogen.pipeline.replicas import Wanted, found, size_of, too_many, unmade
from kaitogen.pipeline.scaling import bounds_of, of_limit, scaling_of_object
from kaitogen.typed import Final, Iterator, Sequence

#: What an installation has is said of finished objects by options.
_BY_OPTION: Final = (
    "switch it on in KAITO's installation, and say so by --feature-gate enableInferenceSetController=true"
)
_ANNOTATED: Final[Path] = ("metadata", "annotations", f"{SCALER}max-replicas")


def judge(
    origin: Origin,
    data: Json,
    facts: ByoNodes | None,
    scaled_objects: Sequence[UserObject],
    target: Target,
    config_maps: ConfigMaps,
) -> Iterator[Diagnostic]:
    """KG318, KG325 and KG328 to KG330 of a set that the rules have let through: its replicas, at most, and the nodes of each.

    `facts` are about the nodes of its selector, None without an inventory. `scaled_objects` are those of the run, one of
    which may say how many replicas there will be.
    """
    yield from (one._replace(fix=_BY_OPTION).of(origin) for one in unmade(target))
    for scaled in _scaling(data, scaled_objects):
        name = text(part(scaled.data, "metadata"), "name")
        yield from (one.of(origin) for one in two_owners(data, "KEDA", f"ScaledObject {cut(name)}"))
    limit = number(data["spec"], "nodeCountLimit")
    if facts is None and not limit:
        return
    nodes = size_of(data, target, config_maps, facts).nodes
    if not nodes:
        return
    annotated = bounds_of(part(part(data, "metadata"), "annotations"))
    if limit and annotated is not None:
        for one in of_limit(limit, *annotated, nodes):
            yield one.of(origin)
    if facts is not None:
        most, least, path, place = _most(origin, data, annotated, scaled_objects)
        for one in too_many(Wanted(most, nodes, least, path), facts.nodes, found(facts), byo=True):
            yield one.of(place)


def scaled_by_hand(
    manifests: Sequence[Manifest], scaled_objects: Sequence[UserObject]
) -> Iterator[Diagnostic]:
    """KG330 of the sets that intents make: one says how many replicas there are, and somebody wrote a ScaledObject for it."""
    for spec, data in manifests:
        if data["kind"] != "InferenceSet":
            continue
        for scaled in _scaling(data, scaled_objects):
            name = cut(text(part(scaled.data, "metadata"), "name"))
            for one in two_owners(data, "KEDA", f"ScaledObject {name}"):
                yield one._replace(path=to_intent_path(spec, one.path)).of(spec.origin)


def _most(
    origin: Origin, data: Json, annotated: tuple[int, int] | None, scaled_objects: Sequence[UserObject]
) -> tuple[int, int, Path, Origin]:
    """The most replicas that there may be, the fewest that may be written for them, and where that stands."""
    for place, scaled in _scaling(data, scaled_objects):
        words = scaling_of_object(scaled)
        if isinstance(words["max"], int):
            return words["max"], max(1, number(words, "min") or 0), ("spec", "maxReplicaCount"), place
    if "replicas" not in data["spec"] and annotated is not None:
        return annotated[1], max(2, annotated[0]), _ANNOTATED, origin
    replicas = number(data["spec"], "replicas")
    return 1 if replicas is None else replicas, 1, ("spec", "replicas"), origin


def autoscaled(data: Json, scaled_objects: Sequence[UserObject]) -> tuple[int, int] | None:
    """The fewest and the most replicas of a set that a ScaledObject beside it scales; None where none does in numbers."""
    for one in _scaling(data, scaled_objects):
        words = scaling_of_object(one.data)
        least, most = words.get("min", 1), words["max"]
        if isinstance(least, int) and isinstance(most, int):
            return least, most
    return None


def _scaling(data: Json, scaled_objects: Sequence[UserObject]) -> Iterator[UserObject]:
    """Those that scale a set."""
    for one in scaled_objects:
        scaled = text(part(part(one.data, "spec"), "scaleTargetRef"), "name")
        if (place_of(one.data)[0], scaled) == place_of(data):
            yield one
