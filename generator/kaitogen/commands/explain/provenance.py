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
    Spec,
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
_TARGET_FIELDS: Final = ("kaito", "provider", "nodeProvisioner", "apiVersion")
_FROM_PLAN: Final = ("strategy", "count", "preferredNodes", "instanceType", "labelSelector")
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


def tell(documents: Sequence[Document], path: Path) -> tuple[list[Answer], list[Diagnostic]]:
    """The answers for all intents of the documents, in order, and what is wrong with intents that give none."""
    specs, located = validate(list(documents))
    planned, _ = resolve(choose(specs)[0])
    plans = {(id(spec.origin.document), spec.origin.roots): (spec, plan) for spec, plan in planned}
    answers = [
        _answer(value, origin, path, plans.get((id(origin.document), origin.roots)))
        for document in documents
        for value, origin in _intents(document)
    ]
    return answers, located


def _intents(document: Document) -> Iterator[tuple[Json, Origin]]:
    """The intents whose values can be told: those that conform to the schema, whatever else is wrong with them."""
    if not is_set(document.value) or schema.conforms("set", document.value):
        yield from (pair for pair in intents(document) if schema.conforms("intent", pair[0]))


def _answer(value: Json, origin: Origin, path: Path, resolved: tuple[Spec, ResourceSpec] | None) -> Answer:
    name = str(value["metadata"]["name"])
    told = list(_sources(origin, path))
    now = value_at(value, path)
    if now is not None:
        return Answer(name, _shown(now), tuple(told))
    return Answer(name, "", tuple(told), _default(value, path, resolved))


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
    said = _written(document, target)
    part = _part(document, root) if given is None else "environment"
    line = place.line + document.line
    yield Source(part, document.file, line=line, column=place.column, value=said)


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


def _default(value: Json, path: Path, resolved: tuple[Spec, ResourceSpec] | None) -> str:
    if path in _DEFAULTS and value_at(value, path[:-1]) is not None:
        noted = value_at(value, ("metadata", "annotations", RUNTIME_ANNOTATION))
        if path[-1] == "runtime" and noted is not None:
            return f"{noted}, from the annotation {RUNTIME_ANNOTATION}"
        return _DEFAULTS[path]
    if path[:2] == ("spec", "target") and len(path) == 3 and path[2] in _TARGET_FIELDS:
        target = target_of(value["spec"])
        said = (target.kaito, target.provider, target.node_provisioner, target.api_version)
        return said[_TARGET_FIELDS.index(str(path[2]))]
    if (
        path[:2] == ("spec", "placement")
        and len(path) == 3
        and path[2] in _FROM_PLAN
        and resolved is not None
    ):
        plan = resolved[1]
        said_by_plan = (
            plan.strategy, plan.node_count, plan.preferred_nodes, plan.instance_type, plan.label_selector,
        )  # fmt: skip
        made = said_by_plan[_FROM_PLAN.index(str(path[2]))]
        if path[2] == "strategy":
            return f"{plan.strategy}, as the other fields of the placement say"
        if made is not None:
            return f"{_shown(made)}, by strategy {plan.strategy}"
    return "nothing; the Workspace does without it"
