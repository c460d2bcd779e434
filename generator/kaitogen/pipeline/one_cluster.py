"""What Workspaces of one cluster say against each other: selectors that several share, and targets that differ."""

import os

from kaitogen.diagnostics.wording import which
from kaitogen.kaito import versions
from kaitogen.kaito.objects import full_name, is_workspace, part, text, to_intent_path
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.rules.inference_set import CREATED_BY
from kaitogen.model import Diagnostic, Json, Manifest, Origin, Rule, Spec, Target, UserObject
from kaitogen.typed import Iterator, Mapping, NamedTuple, Sequence

KG234 = Rule("KG234", "Several Workspaces select by the name of one", kind="warning", since="0.4",
             source="pkg/nodeprovision/byo-provisioner/byo_provisioner.go:68@v0.12.0")  # fmt: skip
KG235 = Rule("KG235", "Targets that differ in one application", kind="warning", since="0.4")


class _Selecting(NamedTuple):
    """A Workspace whose labels find nodes that it did not make: its name, and where its selector is written."""

    title: str
    name: str
    origin: Origin
    spec: Spec | None


def shared_names(
    manifests: Sequence[Manifest], objects: Sequence[UserObject], target: Target
) -> Iterator[Diagnostic]:
    """KG234: Workspaces of other names with one selector, whose value is a part of these names.

    So it is after a prefix or suffix that changed names and no labels; a pool that is shared on purpose has a name of its
    own. `target` is that of finished objects. Only where KAITO takes nodes by labels alone is anything wrong with that.
    """
    every = [(data, spec.origin, spec.target, spec) for spec, data in manifests]
    finished: list[tuple[Mapping[str, Json], Origin, Target, Spec | None]] = [
        (data, origin, target, None) for origin, data in objects
    ]
    groups: dict[frozenset[tuple[str, str]], dict[str, _Selecting]] = {}
    for data, origin, its_target, spec in (*every, *finished):
        metadata, resource = part(data, "metadata"), part(data, "resource")
        labels = part(part(resource, "labelSelector"), "matchLabels")
        takes = its_target.byo or its_target.has(versions.NODES_REUSED)
        named = resource.get("preferredNodes") or CREATED_BY in part(metadata, "labels")
        if not (is_workspace(data) and takes and labels) or named:
            continue
        name = text(metadata, "name")
        if any(str(value) and str(value) in name for value in labels.values()):
            title = full_name(data)
            one = _Selecting(title=title, name=name, origin=origin, spec=spec)
            key = frozenset((label, str(value)) for label, value in labels.items())
            groups.setdefault(key, {}).setdefault(title, one)
    for selected, group in groups.items():
        first, *others = group.values()
        for other in others:
            yield _shared(other, first, selected)


def _shared(one: _Selecting, first: _Selecting, labels: frozenset[tuple[str, str]]) -> Diagnostic:
    selector = cut(",".join(f"{key}={value}" for key, value in sorted(labels)))
    message = f"{cut(first.title)} selects {selector} as well, and KAITO takes nodes by these labels alone"
    fix = f"give each a label of its own; the other is in {which(first.origin.document)}"
    path = ("resource", "labelSelector")
    where = path if one.spec is None else to_intent_path(one.spec, path)
    return KG234.at(where, message, fix=fix, found=selector).of(one.origin)


def differing_targets(specs: Sequence[Spec], *, everywhere: bool) -> Iterator[Diagnostic]:
    """KG235: intents of one folder (`everywhere`: of all) for different installations, each told once.

    A cluster has one KAITO, so that some of them are judged by another one than theirs.
    """
    first: dict[str, Spec] = {}
    told: list[tuple[str, Target]] = []
    for spec in specs:
        folder = "" if everywhere else os.path.dirname(spec.origin.document.file)
        other = first.setdefault(folder, spec)
        if spec.target == other.target or (folder, spec.target) in told:
            continue
        told.append((folder, spec.target))
        mine, theirs = _differences(spec.target, other.target)
        message = f"this is for {mine}, and {cut(other.name)} beside it for {theirs}: a cluster has one KAITO"
        fix = f"say the same spec.target in all, or keep the intents of each cluster in a folder of their own; the other is in {which(other.origin.document)}"
        yield KG235.at(("spec", "target"), message, fix=fix).of(spec.origin)


def _differences(one: Target, other: Target) -> tuple[str, str]:
    """In what both differ, said of each."""
    said = (
        [
            f"KAITO {target.kaito}" if one.kaito != other.kaito else "",
            target.provider if one.provider != other.provider else "",
            f"nodes by {'byo' if target.byo else target.node_provisioner}"
            if (one.node_provisioner, one.byo) != (other.node_provisioner, other.byo)
            else "",
        ]
        for target in (one, other)
    )
    mine, theirs = (", ".join(filter(None, words)) or "other feature gates" for words in said)
    return mine, theirs
