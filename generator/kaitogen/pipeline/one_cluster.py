"""What Workspaces of one cluster say against each other: selectors that several share, and targets that differ.

A run that makes a single object has no use for it.
"""

import os

from kaitogen.diagnostics.wording import which
from kaitogen.kaito import versions
from kaitogen.kaito.objects import full_name, is_replica, is_workspace, part, serves, text, to_intent_path
from kaitogen.kaito.rules.context import cut
from kaitogen.model import (
    ByoNodes,
    Diagnostic,
    Document,
    Json,
    Manifest,
    Origin,
    Request,
    Rule,
    Spec,
    Target,
    UserObject,
)
from kaitogen.pipeline.classify import SCALED_OBJECT
from kaitogen.typed import Iterable, Iterator, Mapping, NamedTuple, Sequence

KG234 = Rule("KG234", "Several Workspaces select by the name of one", kind="warning", since="0.4",
             source="pkg/nodeprovision/byo-provisioner/byo_provisioner.go:68@v0.12.0")  # fmt: skip
KG490 = Rule("KG490", "One selector for different named nodes", kind="can't work", since="0.7",
             source="pkg/nodeprovision/byo-provisioner/byo_provisioner.go:68@v0.12.0")  # fmt: skip
KG235 = Rule("KG235", "Targets that differ in one application", kind="warning", since="0.4")


class Placed(NamedTuple):
    """An object of a run, where it is written, and for which KAITO; `spec` is None of a finished one.

    Of a Workspace that finds nodes by labels these are the `labels`.
    """

    data: Json
    origin: Origin
    target: Target
    spec: Spec | None
    labels: frozenset[tuple[str, str]] = frozenset()


def of(
    specs: Sequence[Spec],
    manifests: Sequence[Manifest],
    read: tuple[Sequence[Document], Sequence[UserObject]],
    byo_nodes: Mapping[int, ByoNodes],
    request: Request,
    *,
    together: bool,
) -> Iterator[Diagnostic]:
    """What is wrong with all of it together; most intents are for one installation, whose KAITO keeps nodes apart.

    `read` is all documents, and the finished objects among them; `byo_nodes` are facts about the nodes of these, by the
    identity of their data. `together` says that everything goes to one cluster.
    """
    documents, objects = read
    target = request.target
    every = [Placed(data, spec.origin, target=spec.target, spec=spec) for spec, data in manifests]
    every += [Placed(data, origin, target=target, spec=None) for origin, data in objects]
    selecting = list(_selecting(every))
    yield from _shared_selectors(one for one in selecting if one.target.byo)
    if any(spec.companions is not None for spec in specs):
        from kaitogen.pipeline import clashes  # most intents have none

        everywhere = together or request.within is not None
        yield from clashes.of(every, documents, everywhere=everywhere)
    if any(spec.target != specs[0].target for spec in specs):
        yield from differing_targets(specs, everywhere=request.within is not None)
    scaled = [one for one in objects if one.data["kind"] == SCALED_OBJECT]
    if scaled:
        from kaitogen.pipeline.finished_sets import scaled_by_hand  # hardly any run has one

        yield from scaled_by_hand(manifests, scaled)
    yield from _shared_names(selecting)
    if any(one.data["kind"] == "InferenceSet" or (one.spec and one.spec.fleet) for one in every):
        from kaitogen.pipeline import pools  # most intents have no replicas

        yield from pools.shared(every, byo_nodes)


def _selecting(every: Iterable[Placed]) -> Iterator[Placed]:
    """The Workspaces of a KAITO that takes nodes by labels alone."""
    for one in every:
        data = _replica(one)
        if is_workspace(data) and (one.target.byo or one.target.has(versions.NODES_REUSED)):
            labels = part(part(part(data, "resource"), "labelSelector"), "matchLabels")
            if labels:
                own = frozenset((label, str(value)) for label, value in labels.items())
                yield one._replace(data=data, labels=own)


def _replica(one: Placed) -> Json:
    """The object, of a set the Workspace that each replica is, as it would prefer the nodes that are named for all."""
    if one.spec is None or one.spec.fleet is None or not serves(one.data):
        return one.data
    from kaitogen.kaito.rules.inference_set import replica_of  # most intents have no replicas

    return replica_of(one.data, one.spec.placement.nodes or ())


def _shared_selectors(selecting: Iterable[Placed]) -> Iterator[Diagnostic]:
    """KG490: Workspaces under byo that name different nodes and find them by the same labels.

    The labels alone decide, so that each may run on the nodes of the other. Objects of one identity are of different
    clusters, or made twice, which is told elsewhere.
    """
    seen: dict[tuple[str, frozenset[tuple[str, str]]], dict[frozenset[str], Placed]] = {}
    for one in selecting:
        nodes = part(one.data, "resource").get("preferredNodes")
        if not isinstance(nodes, list):
            continue
        by_nodes, own = seen.setdefault((one.target.kaito, one.labels), {}), frozenset(map(str, nodes))
        for its_nodes, other in by_nodes.items():
            if its_nodes != own and full_name(other.data) != full_name(one.data):
                labels = part(one.data["resource"]["labelSelector"], "matchLabels")
                selector = cut(",".join(f"{key}={value}" for key, value in labels.items()))
                message = f"{cut(full_name(other.data))} names other nodes and selects {selector} as well, so each may run on the other's nodes"
                fix = "give each a label of its own, as without labelSelector"
                yield _at_selector(KG490, one, message, f"{fix}; the other one is in", other, selector)
                break
        by_nodes.setdefault(own, one)


def _shared_names(selecting: Iterable[Placed]) -> Iterator[Diagnostic]:
    """KG234: Workspaces of other names with one selector, whose value is a part of these names.

    So it is after a prefix or suffix that changed names and no labels; a pool that is shared on purpose has a name of its
    own.
    """
    groups: dict[frozenset[tuple[str, str]], dict[str, Placed]] = {}
    for one in selecting:
        metadata = part(one.data, "metadata")
        of_set = is_replica(one.data) or (one.spec is not None and one.spec.fleet is not None)
        if of_set or part(one.data, "resource").get("preferredNodes"):
            continue
        name = text(metadata, "name")
        if any(value and value in name for _, value in one.labels):
            groups.setdefault(one.labels, {}).setdefault(full_name(one.data), one)
    for labels, group in groups.items():
        first, *others = group.values()
        selector = cut(",".join(f"{key}={value}" for key, value in sorted(labels)))
        for other in others:
            message = f"{cut(full_name(first.data))} selects {selector} as well, and KAITO takes nodes by these labels alone"
            fix = "give each a label of its own; the other is in"
            yield _at_selector(KG234, other, message, fix, first, selector)


def _at_selector(rule: Rule, one: Placed, message: str, fix: str, other: Placed, selector: str) -> Diagnostic:
    path = ("resource", "labelSelector")
    where = path if one.spec is None else to_intent_path(one.spec, path)
    fix = f"{fix} {which(other.origin.document)}"
    return rule.at(where, message, fix=fix, found=selector).of(one.origin)


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
