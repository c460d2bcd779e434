"""Nodes of a user's own that replicas and others would both take: nothing is reserved there for either."""

from collections.abc import Iterator, Sequence

from kaitogen.diagnostics.wording import listed
from kaitogen.kaito.objects import in_key_order, part
from kaitogen.model import Diagnostic, Manifest, Path, Rule, Spec
from kaitogen.yaml.writer import flow

KG326 = Rule("KG326", "Nodes that replicas and others select alike", kind="warning", since="0.8",
             source="pkg/nodeprovision/byo-provisioner/byo_provisioner.go:68@v0.12.0")  # fmt: skip


def shared(manifests: Sequence[Manifest]) -> Iterator[Diagnostic]:
    """KG326: under byo every replica takes all nodes of its selector for its own, and so does a Workspace.

    One selector is one pool. Two of which an inventory knows that they find the same node, or two lists that name it,
    are one as well.
    """
    everyone: dict[str, Spec] = {}
    sets: dict[str, Spec] = {}
    for spec, data in manifests:
        if not spec.target.byo or data["kind"] not in ("Workspace", "InferenceSet"):
            continue
        holder = part(data, "spec" if spec.fleet else "resource")
        selector = flow(in_key_order(holder.get("labelSelector")))
        facts, names = spec.placement.byo_nodes, spec.placement.nodes or ()
        pools = (selector, *(names or (() if facts is None else facts.names)))
        others = everyone if spec.fleet else sets
        name = _title(spec)
        taken = [pool for pool in pools if pool in others and _title(others[pool]) != name]
        for pool in pools:
            everyone.setdefault(pool, spec)
            if spec.fleet:
                sets.setdefault(pool, spec)
        if taken:
            first = others[taken[0]]
            path: Path = ("spec", "placement", "labelSelector")
            what = "the same nodes"
            fix = "select a label of its own for each, as without labelSelector"
            if taken[0] != selector:
                what = f"{listed((pool for pool in taken if others[pool] is first), 4)} as well"
            if taken[0] != selector and names:
                path, fix = ("spec", "placement", "nodes"), "let no two have one node"
            message = f"{_title(first)[:80]} selects {what}, and KAITO reserves none for either"
            where = f"{first.origin.document.file}, document {first.origin.document.number + 1}"
            yield KG326.at(path, message, fix=f"{fix}; the other is in {where}").of(spec.origin)


def _title(spec: Spec) -> str:
    return "/".join(filter(None, (spec.namespace, spec.name)))
