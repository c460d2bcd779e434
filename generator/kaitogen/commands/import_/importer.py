"""Objects to intents, and the proof that nothing changed on the way: what was written is rendered again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from kaitogen.commands.import_.comments import at_fields, by_object, in_intent, in_set
from kaitogen.commands.import_.intent_set import set_of
from kaitogen.commands.import_.reading import Read, read_objects
from kaitogen.commands.import_.to_intent import Kept, intent_of, with_config
from kaitogen.diagnostics.placing import in_file_order, place
from kaitogen.errors import InternalError
from kaitogen.kaito.objects import canonical, part, paths_in, text, to_intent_path, without
from kaitogen.kaito.server_fields import declared, filled_in
from kaitogen.kaito.updates.renames import settings_name
from kaitogen.model import (
    Diagnostic,
    Json,
    Manifest,
    Origin,
    Path,
    Request,
    Rule,
    Spec,
    Target,
    TargetOverrides,
    UserObject,
)
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import Loaded, documents_of
from kaitogen.pipeline.scaling import scaling_of
from kaitogen.pipeline.validate import spec_of
from kaitogen.yaml.comments import Comments
from kaitogen.yaml.layout import laid_out
from kaitogen.yaml.writer import dump, flow

KG173 = Rule("KG173", "A field that an intent cannot say", kind="invalid")
KG174 = Rule("KG174", "A ConfigMap that stays a file of its own", kind="note")

#: API group, kind, namespace and name.
Identity: TypeAlias = tuple[str, str, str, str]
#: A field that comes out otherwise: its path, what it was and what it is now.
_Difference: TypeAlias = tuple[Path, str, str]


class Intent(NamedTuple):
    """One intent by the name of its file, with its comments, and the objects that it has to make."""

    name: str
    value: Json
    spec: Spec
    comments: Mapping[Path, Comments]
    source: UserObject
    objects: Mapping[Identity, Json]


class Imported(NamedTuple):
    """The texts by file name, what was found on the way, and how much was taken in."""

    texts: Mapping[str, str]
    findings: tuple[Diagnostic, ...]
    workspaces: int = 0
    config_maps: int = 0


def import_all(loaded: Loaded, overrides: TargetOverrides, *, as_set: str | None = None) -> Imported:
    """Everything that was loaded as intents, or as one set of that name; no text where a finding is an error."""
    read = read_objects(loaded, overrides)
    if any(one.severity == "error" for one in read.findings):
        return Imported({}, tuple(in_file_order(read.findings, loaded.files)))
    intents, kept = _intents(read)
    texts = {
        intent.name: laid_out(intent.value, at_fields(intent.comments, intent.value)) for intent in intents
    }
    findings = [*read.findings, *place(kept), *place(_unproved(intents, texts))]
    ordered = tuple(in_file_order(findings, loaded.files))
    if any(one.severity == "error" for one in ordered):
        return Imported({}, ordered)
    if as_set and intents:
        texts = _as_set(as_set, intents)
    made = sum(len(intent.objects) for intent in intents)
    return Imported(texts, ordered, workspaces=len(intents), config_maps=made - len(intents))


def _intents(read: Read) -> tuple[list[Intent], list[Diagnostic]]:
    """The intents of all Workspaces, and which ConfigMaps stay files of their own."""
    config_maps = {
        (part(one.data, "metadata").get("namespace") or "", name): one
        for one in read.config_maps
        if (name := text(part(one.data, "metadata"), "name"))
    }
    intents: list[Intent] = []
    kept: list[Diagnostic] = []
    read_document, comments = None, {}
    for workspace, target in read.workspaces:
        intent, problem = _intent(workspace, target, config_maps)
        document, (root, *_) = workspace.origin
        if document is not read_document:  # a List has many
            read_document, comments = document, by_object(document)
        intents.append(intent._replace(comments=in_intent(comments.get(root, ()), intent.spec)))
        kept += [problem] if problem else []
    return intents, kept


def _intent(
    source: UserObject, target: Target, config_maps: Mapping[tuple[str, str], UserObject]
) -> tuple[Intent, Diagnostic | None]:
    """The intent of a Workspace, and why its ConfigMap is no part of it."""
    origin = source.origin
    data, value = min(_forms(source.data, target, origin), key=lambda form: len(dump(form[1])))
    objects = [data]
    problem = None
    metadata = data["metadata"]
    name = settings_name(data)
    if config_map := config_maps.get((metadata.get("namespace", ""), name)):
        try:
            value = with_config(value, declared(config_map.data), origin)
            objects.append(canonical(declared(config_map.data)))
        except Kept as kept:
            message = f"ConfigMap {name} stays a file of its own: {kept}"
            advice = "keep it beside the intents, or put its settings into the intent by hand"
            problem = KG174.at(("metadata", "name"), message, fix=advice).of(config_map.origin)
    spec = spec_of(value, origin)
    intent = Intent(
        name="_".join([*filter(None, [metadata.get("namespace")]), metadata["name"]]) + ".intent.yaml",
        value=value,
        spec=spec,
        comments={},
        source=source,
        objects={Manifest(spec, one).identity: one for one in objects},
    )
    return intent, problem


def _forms(stored: Json, target: Target, origin: Origin) -> Iterator[tuple[Json, Json]]:
    """The object with and without what the API server may have filled in, each with its intent."""
    whole = canonical(declared(stored))
    if whole["kind"] == "InferenceSet":
        # The CRD fills in what nobody scales.
        if scaling_of(whole["metadata"].get("annotations", {})) is None:
            whole["spec"].setdefault("replicas", 1)
        if "autoUpgrade" in whole["spec"]:
            whole["spec"]["autoUpgrade"].setdefault("enabled", False)
    yield whole, intent_of(whole, target, origin)
    if defaults := filled_in(stored):
        short = whole
        for path in defaults:
            short = canonical(without(short, path))
        yield short, intent_of(short, target, origin)


def _as_set(name: str, intents: Sequence[Intent]) -> dict[str, str]:
    """All intents as one text, which is held against the same objects."""
    file = f"{name}.intent.yaml"
    value = set_of(name, [intent.value for intent in intents])
    text = laid_out(value, in_set([intent.comments for intent in intents], value))
    if any(_prove({file: text}, intents)):
        raise InternalError("the set does not say what its intents say")
    return {file: text}


def _unproved(intents: Sequence[Intent], texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Every field that the intents cannot say, at the place where the manifest says it."""
    refused, differences = _prove(texts, intents)
    by_name = {intent.name: intent for intent in intents}
    for finding in refused:  # by the schema of intents
        intent, message = by_name[finding.file], f"an intent cannot say this: {finding.message}"
        paths = paths_in(intent.source.data)
        path = next((one for one in paths if to_intent_path(intent.spec, one) == finding.path), ())
        problem = KG173.at(path, message, fix=finding.fix, found=finding.found, expected=finding.expected)
        yield problem.of(intent.source.origin)
    origins = {identity: intent.source.origin for intent in intents for identity in intent.objects}
    for identity, (path, before, after) in () if refused else differences:
        message = f"an intent cannot say this: it would come out as {after}"
        advice = "take the field out of the manifest, or keep this Workspace as it is"
        yield KG173.at(path, message, fix=advice, found=before, expected=after).of(origins[identity])


def _prove(
    texts: Mapping[str, str], intents: Sequence[Intent]
) -> tuple[list[Diagnostic], list[tuple[Identity, _Difference]]]:
    """Render the texts: why they make nothing, and what is not as in the objects that the intents should make."""
    documents = [one for name, text in texts.items() for one in documents_of(name, text.encode()).documents]
    result = generate(Request(documents=tuple(documents)))
    # What KAITO's rules say of the object, they said of it before.
    refused = [one for one in result.findings if one.severity == "error" and not one.rule.source]
    expected = {identity: data for intent in intents for identity, data in intent.objects.items()}
    made = {manifest.identity: manifest.data for manifest in result.manifests}
    differences = [
        (identity, difference)
        for identity in {**expected, **made}
        for difference in _differences(expected.get(identity), made.get(identity), ())
    ]
    return refused, differences


def _differences(before: Json, after: Json, path: Path) -> Iterator[_Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            yield from _differences(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, (*path, index))
    elif flow(before) != flow(after):
        yield path, _shown(before), _shown(after)


def _shown(value: Json) -> str:
    return "nothing" if value is None else flow(value)[:60]
