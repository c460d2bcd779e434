"""Objects to intents, and the proof that nothing changed on the way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kaitogen.commands.import_.commenting import carried
from kaitogen.commands.import_.configuring import Kept, with_config
from kaitogen.commands.import_.gathering import gathered
from kaitogen.commands.import_.inverse import intent_of
from kaitogen.commands.import_.placing import spec_of
from kaitogen.commands.import_.proof import Difference, Identity, identity_of, prove
from kaitogen.commands.import_.reading import Read, read_objects
from kaitogen.diagnostics.placing import in_file_order, place
from kaitogen.errors import InternalError
from kaitogen.kaito.objects import canonical, paths_in, to_intent_path, without
from kaitogen.kaito.server_fields import declared, filled_in
from kaitogen.model import Diagnostic, Json, Path, Rule, Target, TargetOverrides, UserObject
from kaitogen.pipeline.load import Loaded, documents_of
from kaitogen.yaml.comments import Comments, settled
from kaitogen.yaml.layout import laid_out
from kaitogen.yaml.writer import dump

KG173 = Rule("KG173", "A field that an intent cannot say", kind="invalid")
KG174 = Rule("KG174", "A ConfigMap that stays a file of its own", kind="note")


class Intent(NamedTuple):
    """One intent, its text, and the objects that it has to make."""

    name: str
    text: str
    value: Json
    source: UserObject
    target: Target
    objects: Mapping[Identity, Json]
    comments: Mapping[Path, Comments]


class Imported(NamedTuple):
    """The texts by file name, what was found on the way, and how much was taken in."""

    texts: Mapping[str, str]
    findings: tuple[Diagnostic, ...]
    workspaces: int = 0
    config_maps: int = 0


def import_all(loaded: Loaded, wanted: TargetOverrides, *, as_set: str | None = None) -> Imported:
    """Everything that was loaded as intents, or as one set of that name; no text where a finding is an error."""
    read = read_objects(loaded, wanted)
    if any(one.severity == "error" for one in read.findings):
        return Imported({}, tuple(in_file_order(read.findings, loaded.files)))
    intents, kept = _intents(read)
    ordered = tuple(in_file_order([*read.findings, *place(kept), *_wrong(intents)], loaded.files))
    if any(one.severity == "error" for one in ordered):
        return Imported({}, ordered)
    texts = _as_set(as_set, intents) if as_set else {intent.name: intent.text for intent in intents}
    made = sum(len(intent.objects) for intent in intents)
    return Imported(texts, ordered, len(intents), made - len(intents))


def _intents(read: Read) -> tuple[list[Intent], list[Diagnostic]]:
    config_maps: dict[tuple[str, str], UserObject] = {}
    for one in read.config_maps:
        metadata = one.data.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("name"), str):
            config_maps[metadata.get("namespace") or "", metadata["name"]] = one
    intents: list[Intent] = []
    kept: list[Diagnostic] = []
    for workspace, target in read.workspaces:
        intent, problem = _intent(workspace, target, config_maps)
        intents.append(intent)
        kept += [problem] if problem else []
    return intents, kept


def _intent(
    source: UserObject, target: Target, config_maps: Mapping[tuple[str, str], UserObject]
) -> tuple[Intent, Diagnostic | None]:
    data, value = min(_forms(source.data, target), key=lambda form: len(dump(form[1])))
    objects = [data]
    problem = None
    kind = "inference" if "inference" in data else "tuning"
    named = (data["metadata"].get("namespace", ""), data[kind].get("config"))
    if config_map := config_maps.get(named):
        taken = with_config(value, declared(config_map.data), target)
        if isinstance(taken, Kept):
            message = f"ConfigMap {named[1]} stays a file of its own: {taken.reason}"
            advice = "keep it beside the intents, or put its settings into the intent by hand"
            problem = KG174.at(("metadata", "name"), message, fix=advice).of(config_map.origin)
        else:
            value = taken
            objects.append(canonical(declared(config_map.data)))
    document, roots = source.origin.document, source.origin.roots
    notes = carried(document, roots[0], value, target)
    name = "_".join([*filter(None, [data["metadata"].get("namespace")]), data["metadata"]["name"]])
    wanted = {identity_of(one): one for one in objects}
    text = laid_out(value, settled(notes, value))
    return Intent(f"{name}.intent.yaml", text, value, source, target, wanted, notes), problem


def _forms(stored: Json, target: Target) -> Iterator[tuple[Json, Json]]:
    """The object with and without what the API server may have filled in, each with its intent."""
    whole = canonical(declared(stored))
    yield whole, intent_of(whole, target)
    defaults = filled_in(stored)
    if defaults:
        short = whole
        for path in defaults:
            short = canonical(without(short, path))
        yield short, intent_of(short, target)


def _wrong(intents: Sequence[Intent]) -> list[Diagnostic]:
    """Every field that the intents cannot say, at the place where the manifest says it."""
    documents = [
        one for intent in intents for one in documents_of(intent.name, intent.text.encode()).documents
    ]
    proof = prove(documents, _objects(intents))
    by_name = {intent.name: intent for intent in intents}
    by_identity = {identity: intent for intent in intents for identity in intent.objects}
    located = [_refused(by_name[one.file], one) for one in proof.refused]
    if not located:
        located = [_different(by_identity[one.identity], one) for one in proof.differences]
    return place(located)


def _objects(intents: Sequence[Intent]) -> dict[Identity, Json]:
    return {identity: data for intent in intents for identity, data in intent.objects.items()}


def _as_set(name: str, intents: Sequence[Intent]) -> dict[str, str]:
    """All intents as one text, which is held against the same objects."""
    file = f"{name}.intent.yaml"
    text = gathered(name, [(one.value, one.comments) for one in intents])
    proof = prove(documents_of(file, text.encode()).documents, _objects(intents))
    if proof.differences or proof.refused:
        raise InternalError("the set that was gathered does not say what its intents say")
    return {file: text}


def _different(intent: Intent, one: Difference) -> Diagnostic:
    message = f"an intent cannot say this: it would come out as {one.after}"
    advice = "take the field out of the manifest, or keep this Workspace as it is"
    problem = KG173.at(one.path, message, fix=advice, found=one.before, expected=one.after)
    return problem.of(intent.source.origin)


def _refused(intent: Intent, finding: Diagnostic) -> Diagnostic:
    """What the schema of intents refuses, at the field of the manifest that said it."""
    spec = spec_of(
        intent.value["metadata"]["name"],
        intent.value["spec"].get("placement") or {},
        intent.target,
        intent.value["spec"].get("inference"),
    )
    paths = (path for path in paths_in(intent.source.data) if to_intent_path(spec, path) == finding.path)
    message = f"an intent cannot say this: {finding.message}"
    problem = KG173.at(
        next(paths, ()), message, fix=finding.fix, found=finding.found, expected=finding.expected
    )
    return problem.of(intent.source.origin)
