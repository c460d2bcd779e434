"""Which line of which document gave a field of a Workspace its value: `kaitogen explain --where`."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kaitogen import schema
from kaitogen.errors import UsageError
from kaitogen.kaito.objects import value_at
from kaitogen.model import (
    RUNTIME_ANNOTATION,
    Diagnostic,
    Document,
    Json,
    Origin,
    Path,
    ResourceSpec,
    path_text,
)
from kaitogen.nodes import choose
from kaitogen.pipeline.classify import intents, is_set
from kaitogen.pipeline.overlay import parse_path
from kaitogen.pipeline.strategies import resolve
from kaitogen.pipeline.validate import target_of, validate
from kaitogen.schema import KG120, KG122
from kaitogen.yaml.reader import read
from kaitogen.yaml.tree import locate
from kaitogen.yaml.writer import flow

_MAX_VALUE: Final = 80
#: Fields of an intent's target and placement, and the attributes of Target and ResourceSpec that decide them.
_TARGET: Final = {
    "kaito": "kaito",
    "provider": "provider",
    "nodeProvisioner": "node_provisioner",
    "apiVersion": "api_version",
}
_RESOURCE: Final = {
    "count": "node_count",
    "preferredNodes": "preferred_nodes",
    "instanceType": "instance_type",
    "labelSelector": "label_selector",
}
#: What is so where an intent says nothing, and who decides it.
_DEFAULTS: Final[dict[Path, str]] = {
    ("metadata", "namespace"): "the namespace of whoever applies it",
    ("spec", "inference", "runtime"): "vllm, KAITO's own default",
    ("spec", "inference", "configName"): "hashed",
    ("spec", "tuning", "configName"): "hashed",
}


class Source(NamedTuple):
    """One place that says something of a field: which part of an intent, file, line and column, and what it says.

    Line and column are 0 for a parameter, which is no line of a file.
    """

    part: str
    file: str
    line: int = 0
    column: int = 0
    value: str = ""


class Answer(NamedTuple):
    """What a field is for one Workspace, and the places that say so, the one that counts first.

    `value` is empty where no place says it; `default` then says what is so instead.
    """

    workspace: str
    value: str
    sources: tuple[Source, ...]
    default: str = ""


def path_of(text: str) -> Path:
    """The path that a text such as `spec.placement.count` stands for; UsageError where no intent has it."""
    path = parse_path(text) or _below_nothing(text)
    if path is None:
        raise UsageError(
            f"--where: {text[:_MAX_VALUE]} is no path", fix="write one such as spec.placement.count"
        )
    value: Json = None
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    plain = tuple(0 if isinstance(step, int) else step for step in path)
    for problem in schema.explain("intent", value):
        reached = problem.path
        if problem.rule == KG120 and reached == plain[: len(reached)]:
            raise UsageError(
                f"--where: an intent has no field {path_text(reached)[:_MAX_VALUE]}", fix=problem.fix
            )
        if problem.rule == KG122 and reached == plain[: len(reached)] and len(reached) < len(plain):
            raise UsageError(
                f"--where: {path_text(reached)} has nothing below it", fix=f"ask for {path_text(reached)}"
            )
    return path


def _below_nothing(text: str) -> Path | None:
    """A path that begins neither at metadata nor at spec; the schema then says where its field belongs."""
    found = parse_path(f"spec.{text}")
    return None if found is None else found[1:]


def answer(documents: Sequence[Document], path: Path) -> tuple[list[Answer], list[Diagnostic]]:
    """The answers for all intents of the documents, in order, and what is wrong with intents that give none."""
    specs, diagnostics = validate(list(documents))
    resolved, _ = resolve(choose(specs)[0])
    resources = {(id(spec.origin.document), spec.origin.roots): resource for spec, resource in resolved}
    answers = [
        _answer(value, origin, path, resources.get((id(origin.document), origin.roots)))
        for document in documents
        for value, origin in _intents(document)
    ]
    return answers, diagnostics


def _intents(document: Document) -> Iterator[tuple[Json, Origin]]:
    """The intents whose values are known: those that conform to the schema, whatever else is wrong with them."""
    if not is_set(document.value) or schema.conforms("set", document.value):
        yield from (pair for pair in intents(document) if schema.conforms("intent", pair[0]))


def _answer(intent: Json, origin: Origin, path: Path, resource: ResourceSpec | None) -> Answer:
    value = value_at(intent, path)
    return Answer(
        workspace=str(intent["metadata"]["name"]),
        value="" if value is None else _shown(value),
        sources=tuple(_sources(origin, path)),
        default=_default(intent, path, resource) if value is None else "",
    )


def _sources(origin: Origin, path: Path) -> Iterator[Source]:
    """The places that say something of the path, the one that wins first."""
    document, roots = origin
    for base, below, where in reversed(document.overrides):
        if base == roots[0] and (path[: len(below)] == below or below[: len(path)] == path):
            yield from _in_document(where.document, where.roots[0], path, below)
    own = roots if path[:1] == ("metadata",) or len(roots) == 1 else roots[:-1]
    for root in own:
        yield from _in_document(document, root, path, None)


def _in_document(document: Document, root: Path, path: Path, given: Path | None) -> Iterator[Source]:
    if document.inline:
        yield Source("parameter", document.file)
        return
    full = (*root, *path)
    # What is laid over stands at its own path, which may lead further than what is asked for.
    target = full if given is None or len(given) <= len(path) else (*root, *given)
    place = locate(document.text, [target]).get(target)
    if place is None:
        return
    part = _part(document, root) if given is None else "environment"
    line = place.line + document.line
    yield Source(part, document.file, line=line, column=place.column, value=_written(document, target))


def _written(document: Document, path: Path) -> str:
    # What is laid over a document changes its value, and not its text.
    whole = next(iter(read(document.text))).value if document.overrides else document.value
    value = value_at(whole, path)
    return _shown(value) if value is not None else "null"


def _part(document: Document, root: Path) -> str:
    if not is_set(document.value):
        return "intent"
    return {2: "defaults of the set", 0: "the set's own metadata"}.get(len(root), "entry of the set")


def _shown(value: Json) -> str:
    text = flow(value)
    return text if len(text) <= _MAX_VALUE else text[: _MAX_VALUE - 1] + "…"


def _default(intent: Json, path: Path, resource: ResourceSpec | None) -> str:
    """What is so where no place sets the field; `resource` is what the placement comes to, None where it is wrong."""
    if path in _DEFAULTS and value_at(intent, path[:-1]) is not None:
        annotation = value_at(intent, ("metadata", "annotations", RUNTIME_ANNOTATION))
        if path[-1] == "runtime" and annotation is not None:
            return f"{annotation}, from the annotation {RUNTIME_ANNOTATION}"
        return _DEFAULTS[path]
    section, field = path[:-1], str(path[-1])
    if section == ("spec", "target") and field in _TARGET:
        return str(getattr(target_of(intent["spec"]), _TARGET[field]))
    if section == ("spec", "placement") and resource is not None:
        if field == "strategy":
            return f"{resource.strategy}, as the other fields of the placement say"
        value = getattr(resource, _RESOURCE[field]) if field in _RESOURCE else None
        if value is not None:
            return f"{_shown(value)}, by strategy {resource.strategy}"
    return "nothing; the Workspace does without it"
