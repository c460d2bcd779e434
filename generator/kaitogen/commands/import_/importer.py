"""Objects to intents, and the proof that nothing changed on the way: what was written is rendered again."""

from collections import Counter
from itertools import islice

from kaitogen import schema
from kaitogen.commands.import_.intent import Identity, Intent, at_fields, by_object, in_intent, in_set
from kaitogen.commands.import_.intent_set import set_of
from kaitogen.commands.import_.pairs import joined
from kaitogen.commands.import_.reading import Read, read_objects
from kaitogen.commands.import_.to_intent import Kept, intent_of, with_config
from kaitogen.diagnostics.placing import in_file_order, place
from kaitogen.diagnostics.wording import listed
from kaitogen.errors import InternalError
from kaitogen.kaito.objects import alike, canonical, paths_in, place_of, to_intent_path, value_at, without
from kaitogen.kaito.server_fields import REPLICAS, by_others, declared, filled_in
from kaitogen.kaito.updates.model import settings_name
from kaitogen.model import (
    INTENT_API_VERSION,
    INTENT_KIND,
    Diagnostic,
    Json,
    Manifest,
    Origin,
    Path,
    Request,
    Rule,
    Target,
    TargetOverrides,
    UserObject,
)
from kaitogen.pipeline.classify import SCALED_OBJECT
from kaitogen.pipeline.companions import GATEWAY, KINDS, kind_of, with_words
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import Loaded, documents_of
from kaitogen.pipeline.scaling import as_written, scaling_of, scaling_of_object
from kaitogen.pipeline.validate import spec_of
from kaitogen.schema.key_order import put_in_order
from kaitogen.typed import Final, Iterator, Mapping, NamedTuple, Sequence, TypeAlias
from kaitogen.yaml.layout import laid_out
from kaitogen.yaml.writer import dump, flow

KG173 = Rule("KG173", "A field that an intent cannot say", kind="invalid")
KG174 = Rule("KG174", "An object that stays a file of its own", kind="note")

#: An intent to hold single fields against the schema in.
_SMALLEST: Final[Json] = {
    "apiVersion": INTENT_API_VERSION,
    "kind": INTENT_KIND,
    "metadata": {"name": "a"},
    "spec": {"inference": {"model": "phi-4"}},
}
#: How the file of an intent is named, after its Workspace or set.
_ENDING: Final = ".intent.yaml"
#: What is taken in, in the order in which it is told.
_KINDS: Final = ("Workspace", "InferenceSet", "ConfigMap", SCALED_OBJECT, *(one.kind for one in KINDS))
#: So many intents are rendered together where there are many.
_AT_ONCE: Final = 500
#: A field that comes out otherwise: its path, what it was and what it is now.
_Difference: TypeAlias = tuple[Path, str, str]


class Imported(NamedTuple):
    """The texts by file name, what was found on the way, and how many objects of each kind were taken in, in order."""

    texts: Mapping[str, str]
    findings: tuple[Diagnostic, ...]
    kinds: Mapping[str, int] = {}


def no_name_of_set(name: str) -> Diagnostic | None:
    """What keeps a name from being that of a set; None where nothing does."""
    named = {**_SMALLEST, "metadata": {"name": name}}
    return next(iter(schema.problems("intent", named)), None)


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
    taken = Counter(one.data["kind"] for intent in intents for one in intent.objects.values())
    kinds = {kind: taken[kind] for kind in _KINDS if taken[kind]}
    if as_set and intents:
        texts.clear()
        for intent in intents:  # what was read has been told by now, and a set takes as much room again
            intent.source.data.clear()
        texts = _as_set(as_set, intents)
    return Imported(texts=texts, findings=ordered, kinds=kinds)


def _intents(read: Read) -> tuple[list[Intent], list[Diagnostic]]:
    """The intents of all Workspaces, and what stays a file of its own, or cannot be said."""
    config_maps = {
        place: one
        for one in read.others
        if one.data["kind"] == "ConfigMap" and (place := place_of(one.data))[1]
    }
    around = dict(read.companions)
    intents: list[Intent] = []
    kept: list[Diagnostic] = []
    read_document, comments = None, {}
    for workspace, target in read.workspaces:
        companions = around.pop(place_of(workspace.data), [])
        intent, problems = _intent(workspace, target, config_maps, read.scaled_objects, companions)
        document, (root, *_) = workspace.origin
        if document is not read_document:  # a List has many
            read_document, comments = document, by_object(document)
        intents.append(intent._replace(comments=in_intent(comments.get(root, ()), intent.spec)))
        kept += problems
    for one in (one for found in around.values() for one in found):
        message = f"{one.data['kind']} {place_of(one.data)[1]} stays a file of its own: nothing of its name is imported"
        advice = "name the file of its Workspace or set as well, or keep it"
        kept.append(KG174.at(("metadata", "name"), message, fix=advice).of(one.origin))
    return _named_apart(joined(intents)), kept


def _named_apart(intents: list[Intent]) -> list[Intent]:
    """The intents with a file for each: a Workspace and a set may have one name, and then the set's kind is in its file's."""
    times = Counter(intent.name for intent in intents)
    return [
        intent._replace(name=intent.name.replace(_ENDING, f".set{_ENDING}"))
        if times[intent.name] > 1 and intent.source.data["kind"] == "InferenceSet"
        else intent
        for intent in intents
    ]


def _intent(
    source: UserObject,
    target: Target,
    config_maps: Mapping[tuple[str, str], UserObject],
    scaled_objects: Mapping[tuple[str, str], UserObject],
    companions: Sequence[UserObject],
) -> tuple[Intent, list[Diagnostic]]:
    """The intent of a Workspace, and why its ConfigMap or ScaledObject is no part of it."""
    origin, metadata = source.origin, source.data["metadata"]
    problems: list[Diagnostic] = []
    scaled, words = scaled_objects.get((metadata.get("namespace") or "", metadata["name"])), None
    if scaled is not None and source.data["kind"] == "InferenceSet":
        problem, words = _scaling(source.data, scaled)
        problems += [problem.of(scaled.origin)] if problem else []
    data, value = min(_forms(source.data, target, origin, words), key=lambda form: len(dump(form[1])))
    objects = [UserObject(origin, data)]
    if scaled is not None and words is not None:
        objects.append(UserObject(scaled.origin, canonical(declared(scaled.data))))
    metadata = data["metadata"]
    name = settings_name(data)
    if config_map := config_maps.get((metadata.get("namespace", ""), name)):
        try:
            value = with_config(value, declared(config_map.data), origin)
            objects.append(UserObject(config_map.origin, canonical(declared(config_map.data))))
        except Kept as kept:
            message = f"ConfigMap {name} stays a file of its own: {kept}"
            advice = "keep it beside the intents, or put its settings into the intent by hand"
            problems.append(KG174.at(("metadata", "name"), message, fix=advice).of(config_map.origin))
    if companions:
        own = [UserObject(one.origin, canonical(declared(one.data))) for one in companions]
        value = {**value, "spec": with_words(value["spec"], [one.data for one in own])}
        objects += own
    put_in_order(value)  # as fmt has it, whatever the order of what was read
    spec = spec_of(value, origin)
    intent = Intent(
        name="_".join([*filter(None, [metadata.get("namespace")]), metadata["name"]]) + _ENDING,
        value=value,
        spec=spec,
        comments={},
        source=source,
        objects={Manifest(spec, one.data).identity: one for one in objects},
    )
    return intent, problems


def _scaling(stored: Json, scaled: UserObject) -> tuple[Diagnostic | None, Json]:
    """What a ScaledObject says of a set, in words of an intent; and why it cannot be said, or is a file of its own."""
    data, name = canonical(declared(scaled.data)), stored["metadata"]["name"]
    own = place_of(data)[1]
    if value_at(stored, REPLICAS) is not None and not by_others(stored, [REPLICAS]):
        message = f"{SCALED_OBJECT} {own} stays a file of its own: its set says replicas as well"
        advice = "take replicas out of the set, which KEDA sets, or keep both as they are"
        return KG174.at(("metadata", "name"), message, fix=advice), None
    words = scaling_of_object(data)
    if own != name:
        message = f"an intent cannot say this: it would come out as {name}"
        advice = "name it as the set, or give the set replicas and leave it out"
        return KG173.at(("metadata", "name"), message, fix=advice, found=own, expected=name), None
    if not schema.conforms("intent", {**_SMALLEST, "spec": {**_SMALLEST["spec"], "scaling": words}}):
        message = "an intent cannot say this: it is not the scaling that an intent knows"
        return KG173.at(
            ("spec",), message, fix=f"leave the {SCALED_OBJECT} out, and give the set replicas"
        ), None
    return None, words


def _forms(stored: Json, target: Target, origin: Origin, words: Json) -> Iterator[tuple[Json, Json]]:
    """The object with and without what the API server may have filled in, each with its intent."""
    whole = canonical(declared(stored))
    if whole["kind"] == "InferenceSet":
        annotated = scaling_of(whole["metadata"].get("annotations", {}))
        scaled = words is not None or annotated is not None
        if scaled and by_others(stored, [REPLICAS]):
            del whole["spec"]["replicas"]
        if words is None and annotated is not None and "replicas" not in whole["spec"]:
            whole["metadata"]["annotations"] = as_written(whole["metadata"]["annotations"], annotated)
        if not scaled:  # the CRD fills in what nobody scales
            whole["spec"].setdefault("replicas", 1)
        elif (
            words is None and whole["spec"].get("nodeCountLimit") == 0
        ):  # no limit to the scaler, as without the field
            del whole["spec"]["nodeCountLimit"]
        if "autoUpgrade" in whole["spec"]:
            whole["spec"]["autoUpgrade"].setdefault("enabled", False)
    yield whole, intent_of(whole, target, origin, words)
    if defaults := filled_in(stored):
        short = whole
        for path in defaults:
            short = canonical(without(short, path))
        yield short, intent_of(short, target, origin, words)


def _as_set(name: str, intents: list[Intent]) -> dict[str, str]:
    """All intents as one text, which is held against the same objects. The intents are gone afterwards."""
    file = f"{name}{_ENDING}"
    value = set_of(name, [intent.value for intent in intents])
    text = laid_out(value, in_set([intent.comments for intent in intents], value))
    proved = _makes_the_same(file, value, intents)
    intents.clear()  # to read the whole text takes as much room again
    if not (proved and alike([one.value for one in documents_of(file, text.encode()).documents], [value])):
        raise InternalError("the set does not say what its intents say")
    return {file: text}


def _makes_the_same(file: str, value: Json, intents: Sequence[Intent]) -> bool:
    """Whether the set makes the objects of its intents."""
    entries = iter(value["spec"]["workspaces"])
    for some in _parts(intents):
        part_of_it = {**value, "spec": {**value["spec"], "workspaces": list(islice(entries, len(some)))}}
        if any(_prove({file: laid_out(part_of_it, {})}, some)):
            return False
    return True


def _parts(intents: Sequence[Intent]) -> Iterator[Sequence[Intent]]:
    """The intents, some hundred at a time: what was made of the others is let go.

    What several say of one object shows only where all are made together.
    """
    names = Counter(identity for intent in intents for identity in intent.objects)
    apart = names.total() == len(names) and len({intent.name for intent in intents}) == len(intents)
    size = _AT_ONCE if apart else len(intents)
    for start in range(0, len(intents), size):
        yield intents[start : start + size]


def _unproved(intents: Sequence[Intent], texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Every field that the intents cannot say, at the place where the manifest says it, and what they would say besides."""
    proofs = [_prove({one.name: texts[one.name] for one in some}, some) for some in _parts(intents)]
    refused = [finding for found, _ in proofs for finding in found]
    by_name = {intent.name: intent for intent in intents}
    for finding in refused:  # by the schema of intents
        intent, message = by_name[finding.file], f"an intent cannot say this: {finding.message}"
        if finding.rule == schema.KG121 and finding.path == GATEWAY:  # its name, which a route alone says
            yield from _without_route(intent)
            continue
        paths = paths_in(intent.source.data)
        path = next((one for one in paths if to_intent_path(intent.spec, one) == finding.path), ())
        problem = KG173.at(path, message, fix=finding.fix, found=finding.found, expected=finding.expected)
        yield problem.of(intent.source.origin)
    origins = {identity: one.origin for intent in intents for identity, one in intent.objects.items()}
    differences = [one for _, found in proofs for one in found]
    for made_of, identity, (path, before, after) in () if refused else differences:
        if identity not in origins:
            yield _unasked(by_name[made_of], identity)
            continue
        message = f"an intent cannot say this: it would come out as {after}"
        kind, how = identity[1], "write it so in" if before == "nothing" else "take the field out of"
        advice = f"{how} the manifest, or keep this {kind} as it is"
        if not path:
            advice = f"keep this {kind} as it is, and leave it out of what is imported"
        yield KG173.at(path, message, fix=advice, found=before, expected=after).of(origins[identity])


def _without_route(intent: Intent) -> Iterator[Diagnostic]:
    """What stands behind a route that was not given."""
    for one in intent.objects.values():
        kind = kind_of(one.data)
        if kind is not None and kind.asked[: len(GATEWAY)] == GATEWAY:
            message = (
                f"an intent cannot say this: a {kind.kind} stands behind a route, and no HTTPRoute is here"
            )
            advice = f"give HTTPRoute {intent.spec.name} too, or leave this {kind.kind} out"
            yield KG173.at(("metadata", "name"), message, fix=advice).of(one.origin)


def _unasked(intent: Intent, identity: Identity) -> Diagnostic:
    """What the words for the objects around a set bring with them, and was not given: a route has a Service it leads to."""
    _, kind, _, name = identity
    others = [f"{other} {of}" for _, other, _, of in intent.objects if other != intent.source.data["kind"]]
    message = f"an intent cannot say this: it would make {kind} {name} as well"
    advice = f"give {kind} {name} too, if it is there" + (
        f", or leave out {listed(others)}" if others else ""
    )
    problem = KG173.at(
        ("metadata", "name"), message, fix=advice, found=f"no {kind}", expected=f"{kind} {name}"
    )
    return problem.of(intent.source.origin)


def _prove(
    texts: Mapping[str, str], intents: Sequence[Intent]
) -> tuple[list[Diagnostic], list[tuple[str, Identity, _Difference]]]:
    """Render the texts: why they make nothing, and what is not as in the objects that the intents should make.

    A difference stands with the file of the intent that made the object; empty where none did.
    """
    documents = [one for name, text in texts.items() for one in documents_of(name, text.encode()).documents]
    result = generate(Request(documents=tuple(documents)))
    # What KAITO's rules say of the object, they said of it before.
    refused = [one for one in result.findings if one.severity == "error" and not one.rule.source]
    expected = {identity: one.data for intent in intents for identity, one in intent.objects.items()}
    made = {manifest.identity: manifest.data for manifest in result.manifests}
    files = {manifest.identity: manifest.spec.origin.document.file for manifest in result.manifests}
    differences = [
        (files.get(identity, ""), identity, difference)
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
