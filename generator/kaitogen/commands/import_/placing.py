"""A Workspace's `resource` back to a placement: the strategies themselves are asked what each candidate would make."""

from collections.abc import Iterator
from typing import Final

from kaitogen.model import Document, Json, Origin, Placement, Spec, Target
from kaitogen.pipeline.strategies import resolve
from kaitogen.yaml.writer import dump

#: The order in which an intent says them.
_ORDER: Final = ("nodes", "count", "instanceType", "labelSelector", "partition", "preferredNodes")
_NOWHERE: Final = Origin(Document("", 0, None))


def placement_of(name: str, resource: Json, target: Target) -> Json:
    """The shortest placement that a strategy turns into this resource; the nearest one where none does."""
    candidates = [_in_order(candidate) for candidate in _candidates(resource)]
    right = [one for one in candidates if _made(name, one, target) == _asked(resource)]
    return min(right, key=lambda one: len(dump(one)), default=candidates[-1])


def spec_of(name: str, placement: Json, target: Target, inference: Json = None, tuning: Json = None) -> Spec:
    """The Spec of an intent that says this and nothing else."""
    nodes, preferred = placement.get("nodes"), placement.get("preferredNodes")
    said = Placement(
        node_count=placement.get("count"),
        nodes=None if nodes is None else tuple(nodes),
        instance_type=placement.get("instanceType"),
        label_selector=placement.get("labelSelector"),
        partition=placement.get("partition"),
        preferred_nodes=None if preferred is None else tuple(preferred),
    )
    return Spec(_NOWHERE, name, None, {}, {}, target, said, inference, tuning)


def _candidates(resource: Json) -> Iterator[Json]:
    """Ways to say a resource, each with and without its selector; the last one says everything."""
    count, preferred = resource.get("count"), resource.get("preferredNodes")
    selector = resource.get("labelSelector")
    others = {key: resource[key] for key in ("instanceType", "partition") if key in resource}
    by_names = [{"nodes": preferred}] if preferred and len(set(map(str, preferred))) == len(preferred) else []
    counted = {} if count is None else {"count": count}
    listed = {} if preferred is None else {"preferredNodes": preferred}
    for placed in (*by_names, {**counted, **listed}):
        yield {**others, **placed}
        if selector is not None:
            yield {**others, **placed, "labelSelector": selector}


def _in_order(placement: Json) -> Json:
    return {key: placement[key] for key in _ORDER if key in placement}


def _made(name: str, placement: Json, target: Target) -> Json:
    planned, _ = resolve([spec_of(name, placement, target)])
    if not planned:
        return None
    plan = planned[0][1]
    preferred = None if plan.preferred_nodes is None else list(plan.preferred_nodes)
    return plan.node_count, preferred, plan.instance_type, plan.label_selector


def _asked(resource: Json) -> Json:
    return tuple(resource.get(key) for key in ("count", "preferredNodes", "instanceType", "labelSelector"))
