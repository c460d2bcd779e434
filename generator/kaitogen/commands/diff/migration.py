"""The files of a way out: the Workspace as it runs, the new one beside it, the Service that moves from one to the other, and how."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from kaitogen.commands.diff.report import DiffReport
from kaitogen.commands.diff.way_out import WayOut
from kaitogen.diagnostics.wording import printable
from kaitogen.kaito import versions
from kaitogen.kaito.objects import part, value_at
from kaitogen.kaito.rules.context import cut
from kaitogen.kaito.updates.model import Item
from kaitogen.kaito.updates.stored import written
from kaitogen.kaito.updates.workspace import selected
from kaitogen.model import Files, Json
from kaitogen.pipeline.classify import intents, is_set
from kaitogen.pipeline.templating.pages import fill_page
from kaitogen.yaml.edit import Edit, NotEdited, changed, edited
from kaitogen.yaml.writer import dump

README: Final = "README.md"
#: KAITO's own label on pods, and the one that a StatefulSet, gives to each.
_POD_LABEL: Final = "kaito.sh/workspace"
_FIRST_POD_LABEL: Final = "statefulset.kubernetes.io/pod-name"
_PORT, _TARGET_PORT = 80, 5000


class _Move(NamedTuple):
    """One Workspace on its way to another name."""

    before: Item
    after: Item
    way: WayOut

    @property
    def serves(self) -> bool:
        return self.after.data.get("tuning") is None


def files(report: DiffReport) -> Files:
    """The files of all ways out; none where nothing is refused."""
    moves = [
        _Move(one.before, one.after, way)
        for one in report.comparison.objects
        if one.before is not None and one.after is not None and (way := report.way_out(one)) is not None
    ]
    made: dict[str, bytes] = {}
    for move in moves:
        made.update((name, text.encode("utf-8", "surrogateescape")) for name, text in _files_of(move).items())
    if made:
        text = fill_page("diff/migration.md.j2", {"steps": [_step(move) for move in moves]})
        made[README] = text.encode("utf-8", "surrogateescape")
    return made


def _files_of(move: _Move) -> dict[str, str]:
    old, new = _file(move.before), _file(move.after, move.way.name)
    made = {
        f"step-1_{old}.yaml": _text(move.before),
        f"step-1_{new}.yaml": _text(move.after, move.way.name),
    }
    if move.serves:
        made[f"step-1_{old}-traffic.yaml"] = _service(move, move.before.identity[3])
        made[f"step-2_{old}-traffic.yaml"] = _service(move, move.way.name)
    return made


def _file(item: Item, name: str = "") -> str:
    _, _, namespace, own = item.identity
    parts = [namespace, name or own] if namespace else [name or own]
    safe = ["".join(char if char.isalnum() or char in "-." else "-" for char in word) for word in parts]
    return "_".join(safe)


def _text(item: Item, name: str = "") -> str:
    """The intent or the object as text, under another name where one is given."""
    document, own = item.origin.document, item.identity[3]
    if item.spec is None:
        data = written(item)
        return dump(_renamed(data, own, name) if name else data)
    value = document.value
    if is_set(value):
        value = next(one for one, origin in intents(document) if origin.roots == item.origin.roots)
    elif document.text and not document.overrides:
        text = document.text.removeprefix("---\n").rstrip("\n") + "\n"
        try:
            return edited(text, [Edit(("metadata", "name"), name)]) if name else text
        except NotEdited:
            pass  # its comments are lost then
    return dump(changed(value, Edit(("metadata", "name"), name or own)))


def _renamed(data: Json, old: str, new: str) -> Json:
    """A finished Workspace under another name; labels that it selects nodes by go along where they repeat the name."""
    selector = ("resource", "labelSelector", "matchLabels")
    labels = value_at(data, selector)
    repeated = [key for key, value in labels.items() if value == old] if isinstance(labels, dict) else []
    for path in (("metadata", "name"), *((*selector, key) for key in repeated)):
        data = changed(data, Edit(path, new))
    return data


def _service(move: _Move, name: str) -> str:
    """A Service of its own, so that clients keep one address while the Workspace behind it changes."""
    _, _, namespace, own = move.before.identity
    stateful = move.after.target.has(versions.STATEFUL_SETS)
    selector = {_FIRST_POD_LABEL: f"{name}-0"} if stateful else {_POD_LABEL: name}
    return dump({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": f"{own}-traffic", **({"namespace": namespace} if namespace else {})},
        "spec": {
            "selector": selector,
            "ports": [{"name": "http", "port": _PORT, "targetPort": _TARGET_PORT}],
        },
    })  # fmt: skip


def _step(move: _Move) -> dict[str, Any]:
    """What the README says of one move: names, files, and what both Workspaces take."""
    _, _, namespace, own = move.before.identity
    old, new = _file(move.before), _file(move.after, move.way.name)
    return {
        "old": own,
        "new": move.way.name,
        "namespace": namespace,
        "written_in": printable(move.after.origin.document.file).replace("`", "'"),
        "old_file": f"step-1_{old}.yaml",
        "new_file": f"step-1_{new}.yaml",
        "traffic": f"_{old}-traffic.yaml" if move.serves else "",
        "is_intent": move.after.spec is not None,
        "held": move.way.held,
        "needed": move.way.needed,
        "meanwhile": move.way.meanwhile,
        "cautions": list(_cautions(move)),
    }


def _cautions(move: _Move) -> Iterator[str]:
    """What else stands in the way of two Workspaces side by side."""
    target = move.after.target
    labels = selected(part(part(move.after.data, "resource"), "labelSelector")) or {}
    given = move.after.spec is None or move.after.spec.placement.label_selector is not None
    own = move.after.identity[3] in labels.values() and (move.after.spec is None or not given)
    if target.byo:
        yield (
            f"The nodes are yours: label as many as {move.way.name} needs with what it selects, beside those that "
            f"{move.before.identity[3]} uses. A node that both select is used by both, and reserved by none."
        )
    elif not own and not (
        not target.has(versions.NODES_REUSED) and target.node_provisioner == "azure-gpu-provisioner"
    ):
        yield (
            f"{move.way.name} selects nodes by the same labels as {move.before.identity[3]}, so that KAITO {target.kaito} "
            "counts the nodes of one for the other: give it a label of its own in its labelSelector."
        )
    models = [_served(item) for item in (move.before, move.after)]
    if move.serves and models[0] != models[1]:
        yield f"Clients ask for a model by its name: {models[0]} becomes {models[1]} with step 2."
    if target.kaito != move.before.target.kaito:
        yield f"The new one is made for KAITO {target.kaito}, the one that runs for {move.before.target.kaito}."


def _served(item: Item) -> str:
    """The name under which vLLM serves the model: the last part of the preset's, in lower case."""
    name = part(part(item.data, "inference"), "preset").get("name")
    return cut(str(name).rpartition("/")[2].lower()) if name else "the model of the template"
