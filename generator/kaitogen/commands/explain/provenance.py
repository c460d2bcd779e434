"""Which line of which document gave a field of a Workspace its value: `kaitogen explain --where`."""

from kaitogen import schema
from kaitogen.diagnostics.wording import cut, printable
from kaitogen.errors import UsageError
from kaitogen.kaito import versions
from kaitogen.kaito.objects import value_at
from kaitogen.model import RUNTIME_ANNOTATION, Diagnostic, Document, Json, Origin, Path, Placement, path_text
from kaitogen.nodes import choose
from kaitogen.pipeline.classify import KG115, intents, is_set
from kaitogen.pipeline.load import PROJECT
from kaitogen.pipeline.overlay import parse_path
from kaitogen.pipeline.strategies import resolve
from kaitogen.pipeline.validate import target_of, validate
from kaitogen.schema import KG120, KG122
from kaitogen.typed import Final, Iterable, Iterator, NamedTuple, Sequence
from kaitogen.yaml.places import Place, locate
from kaitogen.yaml.reader import read
from kaitogen.yaml.writer import flow

_MAX_VALUE: Final = 80
#: Fields of an intent, and what they are called in a Target and in what a strategy makes of a placement.
_TARGET_FIELDS: Final = {
    "kaito": "kaito",
    "provider": "provider",
    "nodeProvisioner": "node_provisioner",
    "apiVersion": "api_version",
}
_RESOURCE_FIELDS: Final = {
    "count": "node_count",
    "preferredNodes": "preferred_nodes",
    "instanceType": "instance_type",
    "labelSelector": "label_selector",
}
_NOTHING: Final = "nothing; the Workspace does without it"
#: What is so where an intent says nothing, and who decides it.
_DEFAULTS: Final[dict[Path, str]] = {
    ("metadata", "namespace"): "the namespace of whoever applies it",
    ("spec", "inference", "runtime"): "vllm, KAITO's own default",
    ("spec", "inference", "configName"): "hashed",
    ("spec", "tuning", "configName"): "hashed",
}


class _Source(NamedTuple):
    """A document that may say something of a path of its text, and what the document is to the intent."""

    document: Document
    path: Path
    part: str


def path_of(text: str) -> Path:
    """The path that a text such as `spec.placement.count` stands for; UsageError where no intent has it."""
    # A path that begins neither at metadata nor at spec is read, too: the schema then says where its field belongs.
    path = parse_path(text) or (parse_path(f"spec.{text}") or ())[1:]
    if not path:
        fix = "write one such as spec.placement.count"
        raise UsageError(f"--where: {text[:_MAX_VALUE]} is no path", fix=fix)
    value: Json = None
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    plain = tuple(0 if isinstance(step, int) else step for step in path)
    for problem in schema.explain("intent", value):
        length, field = len(problem.path), path_text(problem.path)
        if problem.path != plain[:length]:
            continue
        if problem.rule == KG120:
            raise UsageError(f"--where: an intent has no field {field[:_MAX_VALUE]}", fix=problem.fix)
        if problem.rule == KG122 and length < len(plain):
            raise UsageError(f"--where: {field} has nothing below it", fix=f"ask for {field}")
    return path


def answers(documents: Sequence[Document], path: Path) -> tuple[list[str], list[Diagnostic]]:
    """What the field is for each intent that conforms to the schema, in order, as text; and what is wrong with any."""
    specs, diagnostics = validate(list(documents))
    resources = {_key(spec.origin): resource for spec, resource in resolve(choose(specs)[0])[0]}
    too_much = {id(one.origin.document) for one in diagnostics if one.rule == KG115 and one.origin}
    found = [
        (value, origin, list(_sources(origin, path)))
        for document in documents
        if id(document) not in too_much
        if not is_set(document.value) or schema.conforms("set", document.value)
        for value, origin in intents(document)
        if schema.conforms("intent", value)
    ]
    texts = _texts(source for _, _, sources in found for source in sources)
    return [
        _head(value, path, resources.get(_key(origin))) + "".join(_line(one, texts) for one in sources)
        for value, origin, sources in found
    ], diagnostics


def _key(origin: Origin) -> tuple[int, tuple[Path, ...]]:
    return id(origin.document), origin.roots


def _head(intent: Json, path: Path, resource: Placement | None) -> str:
    """The line of the value for one Workspace, or of what is so without any."""
    value, name = value_at(intent, path), printable(str(intent["metadata"]["name"]))
    if value is None:
        return f"{name}: {path_text(path)} is not set; default: {_default(intent, path, resource)}\n"
    return f"{name}: {path_text(path)} = {_shown(value)}\n"


def _sources(origin: Origin, path: Path) -> Iterator[_Source]:
    """What may say something of the path, the one that wins first."""
    document, roots = origin
    for base, below, over in reversed(document.overrides):
        if base == roots[0] and (path[: len(below)] == below or below[: len(path)] == path):
            # What is laid over stands at its own path, which may lead further than what is asked for.
            whole_path = (*over.roots[0], *max(path, below, key=len))
            part = "project" if over.document.file.endswith(PROJECT) else "environment"
            yield _Source(over.document, whole_path, part)
            if not below:  # nothing of it is the document's own
                return
    for root in roots if path[:1] == ("metadata",) or len(roots) == 1 else roots[:-1]:
        parts = {2: "defaults of the set", 0: "the set's own metadata"}
        part = parts.get(len(root), "entry of the set") if is_set(document.value) else "intent"
        yield _Source(document, (*root, *path), part)


def _texts(sources: Iterable[_Source]) -> dict[int, tuple[dict[Path, Place], Json]]:
    """For each document, by its id, the places of the paths in its text, and what that says: read once for all intents."""
    wanted: dict[int, tuple[Document, list[Path]]] = {}
    for document, path, _ in sources:
        if not document.inline:
            wanted.setdefault(id(document), (document, []))[1].append(path)
    return {
        # What is laid over a document changes its value, and not its text.
        key: (locate(one.text, paths), next(iter(read(one.text))).value if one.overrides else one.value)
        for key, (one, paths) in wanted.items()
    }


def _line(source: _Source, texts: dict[int, tuple[dict[Path, Place], Json]]) -> str:
    """What the document says of the path, with file, line and column; a parameter is no line of a file. Empty where nothing."""
    document, path, part = source
    file = printable(document.file)
    if document.inline:
        return f"    {file} (parameter)\n"
    places, whole = texts[id(document)]
    place = places.get(path)
    if place is None:
        return ""
    value = value_at(whole, path)
    shown = "null" if value is None else _shown(value)
    return f"    {file}:{place.line + document.line}:{place.column} ({part}): {shown}\n"


def _shown(value: Json) -> str:
    return printable(cut(flow(value), _MAX_VALUE))


def _default(intent: Json, path: Path, resource: Placement | None) -> str:
    if path in _DEFAULTS and value_at(intent, path[:-1]) is not None:
        annotated = value_at(intent, ("metadata", "annotations", RUNTIME_ANNOTATION))
        if path[-1] == "runtime" and annotated is not None:
            return f"{annotated}, from the annotation {RUNTIME_ANNOTATION}"
        return _DEFAULTS[path]
    if path == ("metadata", "annotations", RUNTIME_ANNOTATION):
        runtime = value_at(intent, ("spec", "inference", "runtime"))
        return f"{runtime}, from spec.inference.runtime" if runtime is not None else _NOTHING
    parent, field, target = path[:-1], str(path[-1]), target_of(intent["spec"])
    if parent == ("spec", "target") and field in _TARGET_FIELDS:
        return str(getattr(target, _TARGET_FIELDS[field]))
    if parent == ("spec", "target", "featureGates"):
        return f"{_shown(versions.is_on(field, target))}, the default of KAITO {target.kaito}"
    if path[:2] == ("spec", "placement") and len(path) > 2 and resource is not None:
        if field == "strategy":
            return f"{resource.strategy}, as the other fields of the placement say"
        name = _RESOURCE_FIELDS.get(str(path[2]))
        value = None if name is None else value_at(getattr(resource, name), path[3:])
        if value is not None:
            return f"{_shown(value)}, by strategy {resource.strategy}"
    return _NOTHING
