"""Finished manifests in a plan: where the paths hold Workspaces and sets instead of intents, these are what is planned."""

from kaitogen.commands import targets
from kaitogen.commands.inputs import TargetOptions
from kaitogen.kaito.objects import is_replica, is_workspace, number, part, serves, text
from kaitogen.kaito.rules.inference_set import replica_of
from kaitogen.model import Json, Manifest, Path, Placement, Request, Result, Spec, Target, UserObject
from kaitogen.pipeline.check import conforms
from kaitogen.pipeline.generate import generate
from kaitogen.typed import Iterator


def with_finished(request: Request, result: Result, options: TargetOptions) -> tuple[Request, Result]:
    """The request and its result; made again where finished manifests stand in the place of intents."""
    again = targets.aimed(request, options)
    seen = generate(again)
    return (again, seen) if seen.objects else (request, result)


def manifests_of(result: Result, target: Target) -> Iterator[Manifest]:
    """Each finished Workspace and set that is as its schema says, with what an intent would say of it.

    Workspaces that are the replicas of a set are left to it.
    """
    for one in result.objects:
        data = one.data
        if serves(data) and not is_replica(data) and conforms(data, target):
            yield Manifest(_spec_of(one, target), data)


def _spec_of(one: UserObject, target: Target) -> Spec:
    origin, data = one
    metadata = part(data, "metadata")
    workspace = data if is_workspace(data) else replica_of(data)
    resource = part(workspace, "resource")
    placement = Placement(
        node_count=number(resource, "count"),
        instance_type=text(resource, "instanceType") or None,
        label_selector=resource.get("labelSelector"),
    )
    return Spec(
        origin=origin,
        name=text(metadata, "name"),
        namespace=text(metadata, "namespace") or None,
        labels=_texts(metadata.get("labels")),
        annotations=_texts(metadata.get("annotations")),
        target=target,
        placement=placement,
        inference=workspace.get("inference"),
        tuning=workspace.get("tuning"),
    )


def _texts(value: Json) -> dict[str, str]:
    return dict(value) if isinstance(value, dict) else {}


def path_of(data: Json, path: Path) -> Path:
    """Where the field of a Workspace, or of the replica of a set, is in the finished object."""
    if is_workspace(data):
        return path
    if path[:2] == ("resource", "labelSelector"):
        return ("spec", *path[1:])
    return path if path[:1] == ("metadata",) else ("spec", "template", *path)
