"""The files of a way out: the Workspace or set as it runs, the new one beside it, the Service that moves from one to the other, and how."""

import re

from kaitogen.commands.diff.report import DiffReport, WayOut
from kaitogen.diagnostics.wording import printable
from kaitogen.kaito import versions
from kaitogen.kaito.objects import CREATED_BY, POD_INDEX, WORKSPACE_LABEL, part, value_at, with_value
from kaitogen.kaito.rules.inference_set import replica_of
from kaitogen.kaito.updates.model import Item, settings_name
from kaitogen.kaito.updates.stored import written
from kaitogen.kaito.updates.workspace import selected
from kaitogen.model import Document, Files, Json, Override
from kaitogen.pipeline.classify import intents, is_set
from kaitogen.pipeline.emit import file_words
from kaitogen.pipeline.load import PROJECT
from kaitogen.pipeline.templating.environment import fill_page
from kaitogen.typed import Final, NamedTuple
from kaitogen.yaml.edit import Edit, NotEdited, edited
from kaitogen.yaml.writer import dump

README: Final = "README.md"
_PORT, _TARGET_PORT = 80, 5000


class _Move(NamedTuple):
    """One Workspace or set on its way to another name: what it is called, and the names of files without their steps.

    `kind` is as kubectl takes it, `ready` the condition that says that it serves, or has run to its end. `settings` is the
    ConfigMap that replicas of the old set mount, empty where there is none, or no set.
    """

    before: Item
    after: Item
    way: WayOut
    namespace: str
    old: str
    new: str
    old_file: str
    new_file: str
    serves: bool
    kind: str
    ready: str
    settings: str


def files(report: DiffReport) -> Files:
    """The files of all ways out; none where everything reaches what runs."""
    moves = [
        _move(one.before, one.after, way)
        for one in report.comparison.objects
        if one.before is not None and one.after is not None and (way := report.way_out(one)) is not None
    ]
    texts: dict[str, str] = {}
    for move in moves:
        texts[f"step-1_{move.old_file}.yaml"] = _text(move.before, move.after)
        texts[f"step-1_{move.new_file}.yaml"] = _text(move.after, move.before, move.new) + _scaling(move)
        if move.serves:
            texts[f"step-1_{move.old_file}-traffic.yaml"] = _service(move, move.old)
            texts[f"step-2_{move.old_file}-traffic.yaml"] = _service(move, move.new)
    if moves:
        values = {
            "moves": moves,
            "shares_nodes": _shares_nodes,
            "laid_over": _laid_over,
            "written_in": lambda move: printable(move.after.origin.document.file).replace("`", "'"),
        }
        texts[README] = fill_page("diff/migration.md.j2", values)
    return {name: text.encode("utf-8", "surrogateescape") for name, text in texts.items()}


def _move(before: Item, after: Item, way: WayOut) -> _Move:
    _, kind, namespace, old = before.identity
    alone = after.is_workspace
    return _Move(
        before=before,
        after=after,
        way=way,
        namespace=namespace,
        old=old,
        new=way.name,
        old_file=_file(namespace, old),
        new_file=_file(after.identity[2], way.name),
        serves=after.data.get("tuning") is None,
        kind=kind.lower(),
        ready="WorkspaceSucceeded" if alone else "InferenceSetReady",
        settings="" if alone else settings_name(before.data),
    )


def _file(namespace: str, name: str) -> str:
    return file_words([namespace, name] if namespace else [name])


def _text(item: Item, other: Item, name: str = "") -> str:
    """The intent or the object as text, under another name where one is given; `other` is the one that it stands beside.

    What a project file says of the target of both is left to it, so that the text stays as it is.
    """
    document, own = item.origin.document, item.identity[3]
    if item.spec is None:
        data = written(item)
        return dump(_renamed(data, own, name) if name else data)
    value = document.value
    if is_set(value):
        value = next(one for one, origin in intents(document) if origin.roots == item.origin.roots)
    elif document.text and (not document.overrides or _only_the_project(document, item, other)):
        text = document.text.removeprefix("---\n").rstrip("\n") + "\n"
        try:
            return edited(text, [Edit(("metadata", "name"), name)]) if name else text
        except NotEdited:
            pass  # its comments are lost then
    return dump(with_value(value, ("metadata", "name"), name or own))


def _only_the_project(document: Document, item: Item, other: Item) -> bool:
    """Whether nothing lies over a document but a project file that says the same of the target of both."""
    return item.target == other.target and all(_is_project(over) for over in document.overrides)


def _is_project(over: Override) -> bool:
    # Of a revision it is REVISION:FILE.
    return re.split("[/:]", over.origin.document.file)[-1] == PROJECT


def _laid_over(move: _Move) -> str:
    """What lies over the intent and so is in the files as well, by file or option; empty where nothing does."""
    document = move.after.origin.document
    sources = [one.origin.document.file for one in document.overrides if not _is_project(one)]
    named = dict.fromkeys(printable(one).replace("`", "'") for one in sources if one != document.file)
    return ", ".join(f"`{one}`" for one in named)


def _scaling(move: _Move) -> str:
    """The ScaledObject of a finished set as a document behind it, for the set of the new name; empty where there is none."""
    if move.way.scaler is None:
        return ""
    data = written(move.way.scaler)
    for path in (("metadata", "name"), ("spec", "scaleTargetRef", "name")):
        data = with_value(data, path, move.new)
    return f"---\n{dump(data)}"


def _renamed(data: Json, old: str, new: str) -> Json:
    """A finished Workspace or set under another name; labels that it selects nodes by go along where they repeat the name."""
    holder = "spec" if data["kind"] == "InferenceSet" else "resource"
    selector = (holder, "labelSelector", "matchLabels")
    labels = value_at(data, selector)
    repeated = [key for key, value in labels.items() if value == old] if isinstance(labels, dict) else []
    for path in (("metadata", "name"), *((*selector, key) for key in repeated)):
        data = with_value(data, path, new)
    return data


def _service(move: _Move, name: str) -> str:
    """A Service of its own, so that clients keep one address while what is behind it changes."""
    stateful = move.after.target.has(versions.STATEFUL_SETS)
    selector = {"statefulset.kubernetes.io/pod-name": f"{name}-0"} if stateful else {WORKSPACE_LABEL: name}
    if not move.after.is_workspace:
        selector = {CREATED_BY: name, POD_INDEX: "0"}
    namespace = {"namespace": move.namespace} if move.namespace else {}
    return dump({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": f"{move.old}-traffic", **namespace},
        "spec": {
            "selector": selector,
            "ports": [{"name": "http", "port": _PORT, "targetPort": _TARGET_PORT}],
        },
    })  # fmt: skip


def _shares_nodes(move: _Move) -> bool:
    """Whether KAITO counts the nodes of one for the other: both select by the same labels, and that version reuses nodes."""
    item, target = move.after, move.after.target
    if not target.has(versions.NODES_REUSED) and target.node_provisioner == "azure-gpu-provisioner":
        return False
    data = item.data if item.is_workspace else replica_of(item.data)
    labels = selected(part(part(data, "resource"), "labelSelector")) or {}
    default = item.spec is not None and item.spec.placement.label_selector is None
    return not (item.identity[3] in labels.values() and (item.spec is None or default))
