"""Two sets behind one route back to the one intent of base and burst that makes both, where one does."""

from itertools import product

from kaitogen.commands.import_.intent import Intent
from kaitogen.kaito.objects import CREATED_BY, alike, part, text, value_at
from kaitogen.model import Document, Json, Path, Request
from kaitogen.nodes.facts import ZONE_LABEL
from kaitogen.pipeline import burst, capacity
from kaitogen.pipeline.companions import POOL
from kaitogen.pipeline.generate import generate
from kaitogen.typed import Iterator, Mapping, Sequence


def joined(intents: Sequence[Intent]) -> list[Intent]:
    """The intents, with one in place of each two that stand for base and burst."""
    places = {(one.spec.namespace, one.spec.name): one for one in intents}
    partners = {
        id(one): other
        for one in intents
        if (other := places.get((one.spec.namespace, one.spec.name + burst.SUFFIX))) and _names(one, other)
    }
    whole = {
        id(one): found
        for one in intents
        if id(one) in partners and (found := _whole(one, partners[id(one)])) is not None
    }
    gone = {id(partners[key]) for key in whole}
    return [whole.get(id(one), one) for one in intents if id(one) not in gone]


def _names(one: Intent, other: Intent) -> bool:
    """Whether the route or the budget of one leads to the other as well."""
    return any(other.spec.name in _sets_of(found.data) for found in one.objects.values())


def _sets_of(data: Json) -> Iterator[Json]:
    """The sets to which a route leads, or of whose pods a budget is."""
    for reference in _listed(data, ("spec", "rules", 0, "backendRefs")):
        yield text(reference, "name").removesuffix(POOL)
    for expression in _listed(data, ("spec", "selector", "matchExpressions")):
        values = expression.get("values")
        if expression.get("key") == CREATED_BY and isinstance(values, list):
            yield from values


def _listed(data: Json, path: Path) -> list[Json]:
    """The mappings of a list at a path."""
    found = value_at(data, path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _whole(base: Intent, other: Intent) -> Intent | None:
    """The shortest intent that makes exactly the objects of both; None where none does."""
    objects = {**base.objects, **other.objects}
    wanted = {identity: one.data for identity, one in objects.items()}
    for value in _candidates(base.value, other.value, _weights(base)):
        result = generate(Request(documents=(Document(base.name, value=value, inline=True),)))
        if alike({manifest.identity: manifest.data for manifest in result.manifests}, wanted):
            return base._replace(value=value, objects=objects)
    return None


def _weights(base: Intent) -> tuple[Json, Json]:
    """How the route of the base shares the requests out; nothing where it has none."""
    routes = (_listed(one.data, ("spec", "rules", 0, "backendRefs")) for one in base.objects.values())
    references: list[Json] = next((one for one in routes if one), [{}])
    return references[0].get("weight"), references[-1].get("weight")


def _candidates(base: Json, other: Json, weights: tuple[Json, Json]) -> Iterator[Json]:
    """What may have been written, the shortest first."""
    spec, second = base["spec"], other["spec"]
    if "replicas" not in spec or "scaling" not in second or weights[0] not in (None, spec["replicas"]):
        return
    said = dict(second["scaling"])
    words = burst.words_of(said)
    if weights[1] not in (None, said["max"]):
        words["weight"] = weights[1]
    limits = [{}, {"nodeCountLimit": second["nodeCountLimit"]}] if "nodeCountLimit" in second else [{}]
    asked: Sequence[Json] = ({}, {"capacity": "on-demand"})
    for placement, more, limit in product(_placements(spec.get("placement") or {}), asked, limits):
        changed = {"replicas": {"base": spec["replicas"], "burst": {**words, **more}}, "placement": placement}
        whole = {key: changed.get(key, item) for key, item in spec.items()}
        yield {**base, "spec": {**whole, **limit}}


def _placements(placement: Mapping[str, Json]) -> Iterator[Json]:
    """The placement of the base without what it selects by itself, or without what asks for its capacity."""
    bare = {key: item for key, item in placement.items() if key != "labelSelector"}
    selector = part(placement, "labelSelector")
    labels = {key: item for key, item in part(selector, "matchLabels").items() if key not in capacity.LABELS}
    yield {**bare, "zones": [labels[ZONE_LABEL]]} if ZONE_LABEL in labels else bare
    if labels:
        yield {**placement, "labelSelector": {**selector, "matchLabels": labels}}
