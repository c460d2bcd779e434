"""Which document is what: an intent, a finished Workspace, something of others'. Decided by apiVersion and kind alone."""

from kaitogen.kaito.objects import KAITO_GROUP, list_items, merged, value_at
from kaitogen.model import (
    INTENT_API_VERSION,
    INTENT_KIND,
    SET_KIND,
    Diagnostic,
    Document,
    Json,
    Origin,
    Path,
    Rule,
    UserObject,
)
from kaitogen.schema import KG121, KG123, KG124, KG125
from kaitogen.typed import Final, Iterable, Iterator, Sequence

KG113 = Rule("KG113", "A document that is no mapping", kind="invalid")
KG114 = Rule("KG114", "A document of another kind among intents", kind="invalid")
KG115 = Rule("KG115", "Values repeated until they are too much", kind="invalid")

#: As many wrong documents of one file are told. Nobody corrects more at a time, and a hostile file has a million.
MAX_WRONG: Final = 200
#: In characters, for all that one run repeats.
MAX_REPEATED: Final = 256 * 1024 * 1024
#: What a value takes beside its text.
_EACH: Final = 64
_INTENT_GROUP: Final = INTENT_API_VERSION.partition("/")[0] + "/"
_START: Final = f"start the document with apiVersion: {INTENT_API_VERSION} and kind: {INTENT_KIND}"
#: How the names of files end that hold intents only.
INTENT_FILES: Final = ("intent.yaml", "intent.yml")
_FINISHED: Final = "kaitogen import makes an intent of it; kaitogen validate takes it as it is from a file that is not named *.intent.yaml"
_OF_KAITO: Final = (
    "put it into a file that is not named *.intent.yaml, where kaitogen validate takes it as it is"
)
_OTHER_KINDS: Final = "keep other kinds in files of their own that are not named *.intent.yaml"

#: What says that an object is a companion of kaitogen's, and its key in the labels.
MANAGED_BY: Final = ("app.kubernetes.io/managed-by", "kaitogen")
#: KEDA's kind, of which those that scale an InferenceSet are looked at.
SCALED_OBJECT: Final = "ScaledObject"
#: Where objects of KAITO name the ConfigMap with their settings.
_SETTINGS: Final[tuple[Path, ...]] = (
    ("inference", "config"), ("tuning", "config"), ("spec", "template", "inference", "config"),
)  # fmt: skip
#: What is written on a set's own metadata holds for every entry as well, name excepted.
_SHARED_METADATA: Final = ("namespace", "labels", "annotations")


class ErrorLimit:
    """How many wrong documents of each file are told: a file with more is refused whole, and need not be judged whole."""

    def __init__(self) -> None:
        self._wrong: dict[str, int] = {}

    def is_reached(self, document: Document) -> bool:
        """Whether what is left of the document's file is passed over."""
        return self._wrong.get(document.file, 0) >= MAX_WRONG

    def count_error(self, origin: Origin) -> list[Diagnostic]:
        """Count one more wrong document; where it is the last that is told, what says so."""
        file = origin.document.file
        self._wrong[file] = self._wrong.get(file, 0) + 1
        if self._wrong[file] < MAX_WRONG:
            return []
        message = f"this is wrong document {MAX_WRONG} of the file; what comes after it is not judged"
        return [KG125.at((), message, fix="correct these first").of(origin)]


class Repetition:
    """Counts what one run repeats: defaults of a set in every entry, an environment and values over every intent.

    A text of a mebibyte in the defaults of a thousand workspaces is a gibibyte, in every stage after this one.
    """

    def __init__(self) -> None:
        self._room = MAX_REPEATED

    def too_much(self, value: Json, times: int, path: Path) -> Diagnostic | None:
        """What is wrong once everything so far, and the value so many times, come to more than `MAX_REPEATED`."""
        if self._room >= 0:
            self._room -= times * _weight(value, self._room // max(times, 1))
        if self._room >= 0:
            return None
        message = (
            f"repeated in every intent, this and what came before are more than {MAX_REPEATED // 2**20} MiB"
        )
        fix = "shorten it, or write long texts into a ConfigMap that intents name"
        return KG115.at(path, message, fix=fix)


def _weight(value: Json, enough: int) -> int:
    """What a value weighs, counted no further than until that is more than enough."""
    weight = 0
    pending = [value]
    while pending and weight <= enough:
        one = pending.pop()
        weight += _EACH
        if isinstance(one, str):
            weight += len(one)
        elif isinstance(one, list):
            pending += one
        elif isinstance(one, dict):
            weight += sum(map(len, one))
            pending += one.values()
    return weight


def classify(
    documents: Iterable[Document], *, with_objects: bool
) -> tuple[list[Document], list[UserObject], list[Diagnostic]]:
    """Intents, and `with_objects` Workspaces and ConfigMaps too; then other kinds are passed over, else refused.

    The third is what is wrong with how ours are written, or with what they are.
    """
    intents: list[Document] = []
    objects: list[UserObject] = []
    diagnostics: list[Diagnostic] = []
    error_limit = ErrorLimit()
    ill_written: list[tuple[Document, list[Json]]] = []
    for document in documents:
        # A file named as one holds intents only; elsewhere a document has to say that it is one.
        if not with_objects or document.file.endswith(INTENT_FILES) or is_an_intent(document.value):
            if error_limit.is_reached(document):
                continue
            problem = _no_intent(document.value)
            if problem is None and not document.flaws:
                intents.append(document)
                continue
            diagnostics += [problem.of(Origin(document))] if problem is not None else []
            diagnostics += [*document.flaws, *error_limit.count_error(Origin(document))]
            continue
        found: list[UserObject] = []
        for path, data in _objects(document.value, ()):
            origin = Origin(document, (path,))
            if unnamed := _unnamed(data):
                diagnostics.append(unnamed.of(origin))
            else:
                found.append(UserObject(origin, data))
        if not document.flaws:
            objects += found
        elif all(data["kind"] == "ConfigMap" for _, data in found):
            ill_written.append((document, [data for _, data in found]))
        else:
            diagnostics += document.flaws
    if ill_written:
        diagnostics += _flaws_of_named(ill_written, intents, objects)
    return intents, objects, diagnostics


def _flaws_of_named(
    config_maps: Sequence[tuple[Document, list[Json]]],
    intents: Iterable[Document],
    objects: Iterable[UserObject],
) -> Iterator[Diagnostic]:
    """How a ConfigMap is written that nothing of KAITO names is nobody's business here."""
    names = [name for name in _settings_names(intents, objects) if isinstance(name, str)]
    for document, maps in config_maps:
        if any(value_at(data, ("metadata", "name")) in names for data in maps):
            yield from document.flaws


def _settings_names(intents: Iterable[Document], objects: Iterable[UserObject]) -> Iterator[Json]:
    """What the objects and intents of a run name as their ConfigMaps."""
    for _, data in objects:
        yield from (value_at(data, path) for path in _SETTINGS)
        roles = value_at(data, ("spec", "roles"))
        yield from (value_at(role, ("runtimeConfig",)) for role in (roles if isinstance(roles, list) else ()))
    for document in intents:
        for _, entry in entries(document.value):
            for kind in ("inference", "tuning"):
                yield value_at(entry, ("spec", kind, "config", "configMapName"))


def is_an_intent(value: Json) -> bool:
    """Whether a document says itself that it is an intent or a set of them."""
    if not isinstance(value, dict):
        return False
    api_version = value.get("apiVersion")
    ours = isinstance(api_version, str) and api_version.startswith(_INTENT_GROUP)
    return ours or value.get("kind") in (INTENT_KIND, SET_KIND)


def is_set(value: Json) -> bool:
    """Whether an intent document is a set of intents."""
    return bool(value.get("kind") == SET_KIND)


def entries(value: Json) -> Iterator[tuple[Path, Json]]:
    """Where single intents are written in a document, valid or not: the document itself, or the entries of a set."""
    if not isinstance(value, dict):
        return
    if value.get("kind") == INTENT_KIND:
        yield (), value
    elif is_set(value):
        written = value_at(value, ("spec", "workspaces"))
        for index, entry in enumerate(written if isinstance(written, list) else ()):
            if isinstance(entry, dict):
                yield ("spec", "workspaces", index), entry


def intents(document: Document) -> Iterator[tuple[Json, Origin]]:
    """The single intents of a valid document, in order, but for dropped ones; an entry of a set is merged over the set's defaults."""
    value = document.value
    if not is_set(value):
        yield value, Origin(document)
        return
    defaults = shared_by_entries(value)
    for path, entry in entries(value):
        if path[-1] in document.dropped:
            continue
        intent = {"apiVersion": INTENT_API_VERSION, "kind": INTENT_KIND, **merged(defaults, entry)}
        yield intent, Origin(document, (path, ("spec", "defaults"), ()))


def shared_by_entries(value: Json) -> Json:
    """What every entry of a valid set begins with: the set's own metadata, and its defaults over that."""
    own = value["metadata"]
    shared = {"metadata": {key: own[key] for key in _SHARED_METADATA if key in own}, "spec": {}}
    return merged(shared, value["spec"].get("defaults") or {})


def _no_intent(value: Json) -> Diagnostic | None:
    """One problem for a document of another kind, instead of dozens about its fields."""
    if not isinstance(value, dict):
        what = "a list" if isinstance(value, list) else "text" if isinstance(value, str) else "a single value"
        return KG113.at((), f"the document is {what}, not a mapping", fix=_START)
    api_version, kind = value.get("apiVersion"), value.get("kind")
    if kind in (INTENT_KIND, SET_KIND) or "kind" not in value:
        return None
    if api_version == INTENT_API_VERSION:
        # A wrong kind that still means an intent, and no set of them: the schema says what is wrong.
        if not isinstance(kind, str) or (
            kind.lower().startswith("workspaceint") and "set" not in kind.lower()
        ):
            return None
        message = f"{INTENT_API_VERSION} has no kind {kind[:60] or 'without a name'} that is an intent"
        advice = f"write {INTENT_KIND}, or {SET_KIND} for several with defaults"
        expected = f"{INTENT_KIND} or {SET_KIND}"
        return KG123.at(("kind",), message, fix=advice, found=kind[:60], expected=expected)
    if isinstance(kind, str) and isinstance(api_version, str):
        message = f"{kind[:60]} of {api_version[:60]} is not an intent"
        finished = _FINISHED if kind in ("Workspace", "InferenceSet") else _OF_KAITO
        fix = finished if api_version.startswith("kaito.sh/") else _OTHER_KINDS
        return KG114.at(("kind",), message, fix=fix, found=f"kind {kind[:60]}")
    return None


def _objects(value: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    """KAITO's objects, and the ConfigMaps, ScaledObjects and companions beside them; a List of kubectl's is looked into."""
    if not isinstance(value, dict):
        return
    kind, api_version = value.get("kind"), value.get("apiVersion")
    scaled = value_at(value, ("spec", "scaleTargetRef", "kind"))
    if (items := list_items(value)) is not None:
        for index, item in enumerate(items):
            yield from _objects(item, (*path, "items", index))
    elif isinstance(api_version, str) and (
        (api_version + "/").startswith(KAITO_GROUP)
        or (kind == "ConfigMap" and api_version == "v1")
        or (kind == SCALED_OBJECT and api_version == "keda.sh/v1alpha1" and scaled == "InferenceSet")
        or is_companion(value)
    ):
        yield path, value


def is_companion(data: Json) -> bool:
    """Whether an object says that kaitogen made it beside a Workspace or set (see pipeline/companions.py)."""
    key, name = MANAGED_BY
    return bool(value_at(data, ("metadata", "labels", key)) == name)


def _unnamed(data: Json) -> Diagnostic | None:
    """What keeps an object of KAITO's group from having a kind and a version at all."""
    if not isinstance(data.get("kind"), str):
        message = f"an object of {data['apiVersion'][:60]} says no kind"
        return KG121.at(("kind",) if "kind" in data else (), message, fix="add kind, such as Workspace")
    if data["apiVersion"] == KAITO_GROUP.rstrip("/"):
        message = f"{data['apiVersion']} is a group without a version"
        return KG124.at(("apiVersion",), message, fix=f"write a version, such as {KAITO_GROUP}v1beta1")
    return None
