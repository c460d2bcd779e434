"""What changes in one intent, part of a set, or finished Workspace when it moves to another KAITO version."""

from collections.abc import Iterator
from typing import Final

from kaitogen.commands.migrate.renames import KG177, annotations, gates, preset
from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.skus import DEFAULT_INSTANCE_TYPE
from kaitogen.model import Diagnostic, Json, Path, Target
from kaitogen.yaml.edit import Edit

_GATE: Final = "disableNodeAutoProvisioning"
_NEWEST_API: Final = "kaito.sh/v1beta1"
_WORKLOADS: Final = ("inference", "tuning")


def of_part(part: Json, root: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    """The changes to an intent, or to the defaults or an entry of a set, wherever its words stand."""
    spec, where = _mapping(part, "spec"), (*root, "spec")
    target = _mapping(spec, "target")
    at = (*where, "target")
    if target.get("kaito") not in (None, to.kaito):
        yield Edit((*at, "kaito"), to.kaito)
    if target.get("apiVersion") not in (None, _NEWEST_API):
        yield Edit((*at, "apiVersion"), None)
    yield from _provisioner(target, at, to)
    if not to.has(versions.PREFERRED_NODES_READ) and "preferredNodes" in _mapping(spec, "placement"):
        yield Edit((*where, "placement", "preferredNodes"), None)
    for kind in _WORKLOADS:
        workload = _mapping(spec, kind)
        if isinstance(workload.get("model"), str):
            yield from preset(workload["model"], (*where, kind, "model"), to)
        if workload.get("accessMode") == "public":
            yield Edit((*where, kind, "accessMode"), None)
    yield from _annotated(part, root, to)


def of_workspace(workspace: Json, root: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    """The same for a finished Workspace."""
    if workspace.get("apiVersion") == "kaito.sh/v1alpha1":
        yield Edit((*root, "apiVersion"), _NEWEST_API)
    if not to.has(versions.PREFERRED_NODES_READ) and "preferredNodes" in _mapping(workspace, "resource"):
        yield Edit((*root, "resource", "preferredNodes"), None)
    for kind in _WORKLOADS:
        said = _mapping(_mapping(workspace, kind), "preset")
        if isinstance(said.get("name"), str):
            yield from preset(said["name"], (*root, kind, "preset", "name"), to)
        if said.get("accessMode") == "public":
            yield Edit((*root, kind, "preset", "accessMode"), None)
    yield from _annotated(workspace, root, to)


def of_whole(intent: Json, root: Path, before: Target, to: Target) -> Iterator[Edit | Diagnostic]:
    """What only the whole intent decides: whether it says an instance type. `to` has its provisioner already."""
    placement = _mapping(_mapping(intent, "spec"), "placement")
    path = (*root, "spec", "placement", "instanceType")
    if not to.has(versions.STRICT_INSTANCE_TYPE):
        return
    if to.byo and "instanceType" in placement:
        yield Edit(path, None)
    elif (
        not to.byo
        and before.has(versions.INSTANCE_TYPE_DEFAULTED)
        and not ({"instanceType", "nodes"} & placement.keys())
    ):
        yield Edit(path, DEFAULT_INSTANCE_TYPE)


def _provisioner(target: Json, at: Path, to: Target) -> Iterator[Edit | Diagnostic]:
    said, switches = target.get("nodeProvisioner"), _mapping(target, "featureGates")
    path = (*at, "nodeProvisioner")
    if to.has(versions.PROVISIONER_FLAG) and switches.get(_GATE) is True and said != "byo":
        yield Edit(path, "byo")
    if to.has(versions.PROVISIONER_FLAG) and _GATE in switches:
        yield Edit((*at, "featureGates", _GATE), None)
        switches = {gate: on for gate, on in switches.items() if gate != _GATE}
    if not to.has(versions.PROVISIONERS["byo"]) and switches.get(_GATE) is True:
        said = "byo"
    yield from gates(switches, (*at, "featureGates"), to)
    known = versions.PROVISIONERS.get(str(said))
    if known is not None and not to.has(known):
        path = path if "nodeProvisioner" in target else at
        message = f"KAITO {to.kaito} has no node provisioner {said}, and who brings the nodes there is not for kaitogen to say"
        yield KG177.at(path, message, fix="choose another nodeProvisioner, or stay on the newer KAITO")


def _annotated(part: Json, root: Path, to: Target) -> Iterator[Edit]:
    said = _mapping(_mapping(part, "metadata"), "annotations")
    yield from annotations(said, (*root, "metadata", "annotations"), to)


def _mapping(value: Json, key: str) -> Json:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}
