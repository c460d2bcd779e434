"""Documents to the Workspaces and ConfigMaps in them, with a finding for everything that is none and should be."""

from kaitogen.diagnostics.placing import place
from kaitogen.diagnostics.suppression import suppress
from kaitogen.kaito import versions
from kaitogen.kaito.catalogue.skus import find_sku
from kaitogen.kaito.objects import CREATED_BY, list_items, part, paths_in, place_of, serves, text, value_at
from kaitogen.kaito.rules.inference_set import KG910
from kaitogen.model import (
    PROVIDERS,
    Diagnostic,
    Document,
    Json,
    Origin,
    Path,
    Rule,
    Target,
    TargetOverrides,
    UserObject,
)
from kaitogen.pipeline.check import KG220, check_objects
from kaitogen.pipeline.classify import SCALED_OBJECT, classify
from kaitogen.pipeline.companions import gate_of, intent_name, kind_of
from kaitogen.pipeline.load import Loaded
from kaitogen.typed import Final, Iterator, NamedTuple, Sequence

KG170 = Rule("KG170", "There is no Workspace to import", kind="invalid")
KG171 = Rule("KG171", "A Helm template that is not rendered yet", kind="invalid")
KG172 = Rule("KG172", "An item of a List that is no object", kind="invalid")
KG175 = Rule("KG175", "A Workspace that something else makes", kind="warning")
KG176 = Rule("KG176", "The installation was taken from the Workspace", kind="note")

_MARK: Final = "{{"
#: A pod template and a ConfigMap may hold braces that are meant for others.
_FOR_OTHERS: Final = frozenset(("template", "annotations", "data", "binaryData"))
_RENDER_FIRST: Final = "render it first: helm template . | kaitogen import -"
_SAY_IT: Final = "say it by --provider, --node-provisioner or --feature-gate where that is wrong"
_MOST_KINDS: Final = 3
#: The feature gate that a mode of partitioning needs.
_GATES: Final = {"mig": "enableMIG", "accelerator": "enableAccelerator"}
_V1ALPHA1: Final = "kaito.sh/v1alpha1"


class Read(NamedTuple):
    """What an import works on: each Workspace with its target, what may stand beside one, and what is wrong or worth a word.

    The others are ConfigMaps and what else is KAITO's. ScaledObjects and companions are by namespace and name of what they stand beside.
    """

    workspaces: list[tuple[UserObject, Target]]
    others: list[UserObject]
    scaled_objects: dict[tuple[str, str], UserObject]
    companions: dict[tuple[str, str], list[UserObject]]
    findings: Sequence[Diagnostic]


def read_objects(loaded: Loaded, overrides: TargetOverrides) -> Read:
    """The objects of a whole run, held against KAITO's rules of their targets."""
    documents, unreadable, files = loaded
    _, objects, diagnostics = classify(documents, with_objects=True)
    located = [*diagnostics, *(one for document in documents for one in _nested(document))]
    findings = list(map(_unrendered, unreadable))
    found = Read(workspaces=[], others=[], scaled_objects={}, companions={}, findings=())
    companions: list[UserObject] = []
    seen: dict[tuple[str, str, str], Origin] = {}
    for one in objects:
        if one.data["kind"] == SCALED_OBJECT:
            scaled = text(one.data["spec"]["scaleTargetRef"], "name")
            # What keda-kaito-scaler makes of annotations is its own.
            if scaled and not value_at(one.data, ("metadata", "ownerReferences", 0)):
                found.scaled_objects[place_of(one.data)[0], scaled] = one
        elif kind_of(one.data) is not None:
            companions.append(one)
        elif not serves(one.data):
            found.others.append(one)
        elif problem := _templated(one) or _owned(one) or _twice(one, seen):
            located.append(problem.of(one.origin))
        else:
            target, note = target_of(one.data, overrides)
            found.workspaces.append((one, target))
            located += [note.of(one.origin)] if note else []
    for one in companions:
        found.companions.setdefault(_beside(one.data, found.workspaces), []).append(one)
    for index, (one, target) in enumerate(found.workspaces):
        gated, note = _gated(target, found.companions.get(place_of(one.data), ()))
        found.workspaces[index] = (one, gated)
        located += [note] if note else []
    located += judged(found.workspaces, found.others)
    findings += place(located)
    here = any(serves(one.data) for one in objects)
    if not here and not any(one.severity == "error" for one in findings):
        findings.append(_nothing(documents, files))
    kept, _ = suppress(findings, documents)
    return found._replace(findings=kept)


def _beside(companion: Json, workspaces: Sequence[tuple[UserObject, Target]]) -> tuple[str, str]:
    """The namespace and the name of what it stands beside; of a mirror the first that runs its model where it is fetched."""
    kind = kind_of(companion)
    if kind is not None and kind.in_cluster:
        from kaitogen.pipeline import model_mirror  # few runs have any

        where = text(part(companion, "spec"), "jobNamespace")
        readers = [place_of(one.data) for one, _ in workspaces if model_mirror.reads(one.data, companion)]
        inside = [place for place in readers if place[0] == where]
        return next(iter(inside + readers), place_of(companion))
    return place_of(companion)[0], intent_name(companion)


def _gated(target: Target, companions: Sequence[UserObject]) -> tuple[Target, Diagnostic | None]:
    """The target with the gate that the companions of a set tell of, with a note where nobody said it."""
    for one in companions:
        gate = gate_of(one.data)
        if gate and gate not in target.feature_gates:
            message = (
                f"taken to be for gate {gate}, since it leads to the InferencePool that KAITO makes with it"
            )
            note = KG176.at(("spec",), message, fix=_SAY_IT).of(one.origin)
            return target._replace(feature_gates={**target.feature_gates, gate: True}), note
    return target, None


def judged(
    workspaces: Sequence[tuple[UserObject, Target]], others: Sequence[UserObject]
) -> Iterator[Diagnostic]:
    """What KAITO refuses or cannot run; its warnings are for `validate`, once the intent is there.

    So is an annotation that the autoscaler no longer reads, which in an intent is one (see `replicas.of_intent`).
    """
    targets: dict[str, tuple[Target, list[UserObject]]] = {}
    for one, target in workspaces:
        targets.setdefault(repr(target), (target, []))[1].append(one)
    for target, group in targets.values():
        for located in check_objects([*group, *others], target):
            if located.severity == "error" and located.rule != KG910:
                yield located


def _nested(document: Document) -> Iterator[Diagnostic]:
    """Items of a List that are no objects, a List among them."""
    value = document.value if isinstance(document.value, dict) else {}
    for index, item in enumerate(list_items(value) or ()):
        kind = item.get("kind") if isinstance(item, dict) else None
        if not isinstance(kind, str) or (kind.endswith("List") and "items" in item):
            what = f"a {kind[:60]}" if isinstance(kind, str) else "no object with a kind"
            message = f"an item of the {value['kind'][:60]} is {what}; Kubernetes knows no such list"
            advice = "put the objects into one List, or into documents of their own"
            yield KG172.at(("items", index), message, fix=advice).of(Origin(document))


def _unrendered(finding: Diagnostic) -> Diagnostic:
    """A text that cannot be read because it is a template of Helm's still."""
    if _MARK not in finding.source:
        return finding
    return finding._replace(rule=KG171, message="a Helm template that is not rendered yet", fix=_RENDER_FIRST)


def _templated(one: UserObject) -> Diagnostic | None:
    for path in paths_in(one.data):
        text = value_at(one.data, path)
        if isinstance(text, str) and _MARK in text and not _FOR_OTHERS.intersection(path):
            return KG171.at(path, "a Helm template that is not rendered yet", fix=_RENDER_FIRST)
    return None


def _owned(one: UserObject) -> Diagnostic | None:
    """A Workspace that something else makes would be fought over."""
    metadata = part(one.data, "metadata")
    owner, labels = value_at(metadata, ("ownerReferences", 0)), part(metadata, "labels")
    if isinstance(owner, dict):
        path: Path = ("metadata", "ownerReferences")
        who = f"{str(owner.get('kind'))[:60]} {str(owner.get('name'))[:60]}"
    elif CREATED_BY in labels:
        path, who = ("metadata", "labels", CREATED_BY), f"InferenceSet {str(labels[CREATED_BY])[:60]}"
    else:
        return None
    name = str(metadata.get("name") or "without a name")[:60]
    message = f"{one.data['kind']} {name} is made by {who} and is passed over: two would write it"
    advice = "change what makes it, or remove that first"
    if who.startswith("InferenceSet "):
        advice = "import the set instead: kubectl get inferencesets -o yaml | kaitogen import -"
    return KG175.at(path, message, fix=advice)


def _twice(one: UserObject, seen: dict[tuple[str, str, str], Origin]) -> Diagnostic | None:
    metadata = one.data.get("metadata")
    if not isinstance(metadata, dict):
        return None
    kind = one.data["kind"]
    key = (kind, str(metadata.get("namespace", "")), str(metadata.get("name")))
    if key not in seen:
        seen[key] = one.origin
        return None
    first = seen[key].document
    message = f"{kind} {'/'.join(filter(None, key[1:]))[:120]} is there twice; the first is in {first.file}, document {first.number + 1}"
    return KG220.at(("metadata", "name"), message, fix="give the one that counts, alone")


def _nothing(documents: Sequence[Document], files: Sequence[str]) -> Diagnostic:
    """A run that found no Workspace says what it found instead."""
    kinds = dict.fromkeys(what for document in documents for what in _kinds(document.value))
    shown = ", ".join(list(kinds)[:_MOST_KINDS]) + (" and others" if len(kinds) > _MOST_KINDS else "")
    message = f"no Workspace of kaito.sh is here{f', only {shown}' if shown else ''}"
    advice = "name the files that hold Workspaces, or pipe them in: kubectl get workspaces -o yaml | kaitogen import -"
    return KG170.in_file(files[0] if files else "", message, fix=advice)


def _kinds(value: Json) -> Iterator[str]:
    """What a document holds, in words: the kinds of its objects, those of a List one by one."""
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        yield "what is no object of Kubernetes"  # such as the table that kubectl prints for people
    elif (items := list_items(value)) is None:
        yield f"{value['kind'][:60]} of {str(value.get('apiVersion'))[:60]}"
    elif items:
        for item in items:
            yield from _kinds(item)
    else:
        yield f"an empty {value['kind'][:60]}"


def target_of(workspace: Json, overrides: TargetOverrides) -> tuple[Target, Diagnostic | None]:
    """The target of a Workspace, with a note about what nobody said."""
    target = overrides.target
    is_set = workspace.get("kind") == "InferenceSet"
    below = ("spec", "template", "resource") if is_set else ("resource",)
    resource: Json = value_at(workspace, below) or {}
    resource = resource if isinstance(resource, dict) else {}
    instance_type, mode = resource.get("instanceType"), part(resource, "partition").get("mode")
    taken: list[tuple[str, Path, str]] = []
    gate = _GATES.get(mode) if isinstance(mode, str) else None
    if gate and gate not in target.feature_gates:
        target = target._replace(feature_gates={**target.feature_gates, gate: True})
        taken.append((f"gate {gate}", (*below, "partition"), f"its partition is {mode}"))
    needed = target.has(versions.STRICT_INSTANCE_TYPE) and not target.byo
    if overrides.node_provisioner is None and needed and not instance_type:
        target = target._replace(node_provisioner="byo")
        taken.append(("nodeProvisioner byo", below, "it names no instanceType"))
    if overrides.provider is None and isinstance(instance_type, str):
        clouds = (provider for provider in PROVIDERS if find_sku(provider, instance_type) is not None)
        provider = next(clouds, target.provider)
        if provider != target.provider:
            target = target._replace(provider=provider)
            why = "that is where its instanceType is from"
            taken.append((f"provider {provider}", (*below, "instanceType"), why))
    # Of a set, an older target has no other.
    if workspace.get("apiVersion") == _V1ALPHA1 and (
        not is_set or target.has(versions.KINDS["InferenceSet"]["v1beta1"])
    ):
        target = target._replace(api_version=_V1ALPHA1)
    if not taken:
        return target, None
    assumptions = " and ".join(f"{what}, since {why}" for what, _, why in taken)
    return target, KG176.at(taken[0][1], f"taken to be for {assumptions}", fix=_SAY_IT)
