"""The stage that lays files of environments and single values over intents, before they are validated.

The order of precedence, the last one wins: kaitogen's defaults, the defaults of a set, the intent,
the files of environments, assignments in their order. What is laid over keeps its origin
(`Override`), so that a finding about it names the option or the file it came from and not a line
that never said so.
"""

import os

from kaitogen import schema
from kaitogen.kaito.objects import leaves, merged, value_at, with_value
from kaitogen.model import (
    INTENT_API_VERSION,
    INTENT_KIND,
    SET_KIND,
    Assignment,
    Diagnostic,
    Document,
    Json,
    Origin,
    Override,
    Path,
    Request,
    Rule,
    path_text,
)
from kaitogen.pipeline.classify import Repetition, entries
from kaitogen.pipeline.load import load
from kaitogen.schema.checks import schema_at, types_of
from kaitogen.typed import Container, Final, Iterable, Iterator, Mapping, Sequence
from kaitogen.yaml.reader import Unreadable, read
from kaitogen.yaml.scalars import AmbiguousScalar, resolve

KG152 = Rule("KG152", "A path at which nothing can be set", kind="invalid")
KG153 = Rule("KG153", "No intent of that name", kind="invalid")
KG154 = Rule("KG154", "The file of an environment is not what it has to be", kind="invalid")
KG182 = Rule("KG182", "An environment adds what is there already", kind="invalid")

_STEP: Final = (
    r'(?:^|\.)(?P<key>[A-Za-z0-9_][A-Za-z0-9_-]*)|\[(?P<index>\d{1,4})\]|\["(?P<quoted>[^"\\]{1,300})"\]'
)
#: Findings after which no further document is judged: a file of nothing but dashes has a million.
_MOST_WRONG: Final = 1_000
_ENVIRONMENT: Final = f"write it as a {SET_KIND}: spec.defaults for every intent, spec.workspaces for single ones, spec.add and spec.drop"


def overlay(
    documents: list[Document], request: Request
) -> tuple[list[Document], list[Diagnostic], list[Document]]:
    """The documents of intents with the request's environments and assignments over them, and what is wrong with these.

    The third are the documents of the environments.
    """
    given = [one for one in request.environments if isinstance(one, Document)]
    files = tuple(one for one in request.environments if isinstance(one, str))
    # A name was looked at before; a link that stands there since must lead no further than it could then.
    within = request.within
    if files and within is None:
        within = os.path.realpath(os.path.dirname(os.path.dirname(files[0])))
    loaded = load(Request(files, tuple(given), within=within))
    diagnostics = loaded.findings
    repetition = Repetition()
    for environment in loaded.documents:
        if len(diagnostics) >= _MOST_WRONG:
            message = "so much is wrong that what comes after it is not judged"
            diagnostics.append(KG154.at((), message, fix="correct these first").of(Origin(environment)))
            break
        if environment.flaws:
            diagnostics += environment.flaws
            continue
        documents, wrong = merge_environment(documents, environment, repetition, request.project)
        diagnostics += wrong
    if request.assignments:
        documents, wrong = assign(documents, request.assignments)
        diagnostics += wrong
    return documents, diagnostics, loaded.documents


def assignment(target: str, text: str, source: Document) -> Assignment | None:
    """The assignment of a text to `PATH`, or to `NAME:PATH` for one intent alone; None where that is no path."""
    name, colon, path = target.partition(":") if ":" in target.partition("[")[0] else ("", "", target)
    steps = parse_path(path)
    return None if steps is None else Assignment(name if colon else None, steps, text=text, source=source)


def assign(
    documents: Sequence[Document], assignments: Sequence[Assignment]
) -> tuple[list[Document], list[Diagnostic]]:
    """The documents with each value set in every intent it is meant for; a later assignment wins."""
    diagnostics: list[Diagnostic] = []
    repetition = Repetition()
    typed = [
        (one.name, one.path, _typed(one.path, one.text) if one.typed else one.text, Origin(one.source))
        for one in assignments
    ]
    result: list[Document] = []
    for document in documents:
        whole, overrides = document.value, list(document.overrides)
        for base, intent in _entries(document):
            name = _name(intent)
            for only, path, value, origin in typed:
                if only is not None and only != name:
                    continue
                if problem := repetition.too_much(value, 1, path):
                    return result, [*diagnostics, problem.of(origin)]
                try:
                    whole = with_value(whole, (*base, *path), value)
                    overrides.append(Override(base, path, origin))
                except (IndexError, TypeError):
                    message = f"{path_text(path)[:80]} leads through a value that has nothing below it"
                    fix = "check the path against `kaitogen schema intent`"
                    diagnostics.append(KG152.at(path, message, fix=fix).of(origin))
        result.append(document._replace(value=whole, overrides=tuple(overrides)))
    unmet = {name: ((), origin) for name, _, _, origin in typed if name is not None}
    return result, [*diagnostics, *_no_such(unmet, documents)]


def merge_environment(
    documents: Sequence[Document],
    environment: Document,
    repetition: Repetition,
    project: Document | None = None,
) -> tuple[list[Document], list[Diagnostic]]:
    """The documents with the file of an environment over them: mappings merge, the rest replaces, null removes.

    Then what it drops goes, and what it adds comes after all others, over what the project says.
    """
    problems = _malformed(environment.value)
    if problems:
        return list(documents), [problem.of(Origin(environment)) for problem in problems]
    spec = environment.value["spec"]
    workspaces: dict[str, tuple[Path, Json]] = {
        entry["metadata"]["name"]: (("spec", "workspaces", index), entry)
        for index, entry in enumerate(spec.get("workspaces") or ())
    }
    defaults: tuple[Path, Json] = ("spec", "defaults"), spec.get("defaults")
    result: list[Document] = []
    for document in documents:
        for base, intent in _entries(document):
            for root, part in (defaults, workspaces.get(_name(intent), ((), None))):
                if part:
                    if problem := repetition.too_much(part, 1, root):
                        return result, [problem.of(Origin(environment))]
                    document = _merged(document, base, part, Origin(environment, (root,)))  # noqa: PLW2901
        result.append(document)
    unmet: dict[str, tuple[Path, Origin]] = {
        name: (("metadata", "name"), Origin(environment, (root,))) for name, (root, _) in workspaces.items()
    }
    diagnostics = _no_such(unmet, documents)
    dropped: dict[str, tuple[Path, Origin]] = {
        name: (("spec", "drop", index), Origin(environment))
        for index, name in enumerate(spec.get("drop", ()))
    }
    diagnostics += _no_such(dropped, result)
    result = list(_without(result, dropped))
    added, twice = _added(result, environment, repetition, project)
    return [*result, *added], [*diagnostics, *twice]


def _without(documents: Iterable[Document], names: Container[str]) -> Iterator[Document]:
    """The documents without the intents of these names."""
    for document in documents:
        gone = [base for base, intent in _entries(document) if _name(intent) in names]
        if () not in gone:
            indexes = (step for base in gone for step in base[-1:] if isinstance(step, int))
            yield document._replace(dropped=(*document.dropped, *indexes))


def _added(
    documents: Iterable[Document], environment: Document, repetition: Repetition, project: Document | None
) -> tuple[list[Document], list[Diagnostic]]:
    """The intents that the environment adds, its own defaults under them, and those that have the name of another."""
    spec = environment.value["spec"]
    defaults = spec.get("defaults") or {}
    names = {_name(intent) for document in documents for _, intent in _entries(document)}
    added: list[Document] = []
    twice: list[Diagnostic] = []
    for index, entry in enumerate(spec.get("add", ())):
        origin = Origin(environment, (("spec", "add", index), ("spec", "defaults"), ()))
        if _name(entry) in names:
            message = f"there is an intent {_name(entry)} already, and an environment adds new ones only"
            fix = "write it under workspaces to change that intent, or its name under drop to replace it"
            twice.append(KG182.at(("metadata", "name"), message, fix=fix).of(origin))
            continue
        if problem := repetition.too_much(defaults, 1, ("spec", "defaults")):
            return added, [*twice, problem.of(Origin(environment))]
        value = {"apiVersion": INTENT_API_VERSION, "kind": INTENT_KIND, **merged(defaults, entry)}
        # No part of it is the document's own: a finding about any of it stands in the environment.
        whole = Override((), (), origin)
        own = environment._replace(value=value)
        if project is not None:
            from kaitogen.pipeline.project import under  # most runs have none

            (own,) = under([own], project)
        added.append(own._replace(overrides=(whole, *own.overrides)))
    return added, twice


def _entries(document: Document) -> Iterator[tuple[Path, Json]]:
    """Where the intents of a document are written that no environment has dropped."""
    for base, intent in entries(document.value):
        if not (base and base[-1] in document.dropped):
            yield base, intent


def parse_path(text: str) -> Path | None:
    """`spec.placement.labelSelector.matchLabels["a.b/c"]` as a path; None where it is none that can be set."""
    import re  # the target of an application, a parameter with a name, comes without such a text

    found = list(re.finditer(_STEP, text))
    if text.startswith(".") or "".join(step[0] for step in found) != text:
        return None
    steps = tuple(int(step["index"]) if step["index"] else step["key"] or step["quoted"] for step in found)
    return steps if len(steps) > 1 and steps[0] in ("metadata", "spec") else None


def _name(intent: Json) -> str:
    name = value_at(intent, ("metadata", "name"))
    return name if isinstance(name, str) else ""


def _no_such(wanted: Mapping[str, tuple[Path, Origin]], documents: Iterable[Document]) -> list[Diagnostic]:
    """What is said of each name that no intent has, at the path and origin where it is written."""
    names = {_name(intent) for document in documents for _, intent in _entries(document)} if wanted else set()
    found: list[Diagnostic] = []
    for name, (path, origin) in wanted.items():
        if name not in names:
            from kaitogen.diagnostics.suggest import did_you_mean  # few names are wrong

            known = sorted(names)
            fix = did_you_mean(name, known, f"name one of: {', '.join(known)[:120] or 'none is here'}")
            found.append(KG153.at(path, f"no intent here is named {name[:63]}", fix=fix).of(origin))
    return found


def _merged(document: Document, base: Path, part: Json, origin: Origin) -> Document:
    changed = merged(value_at(document.value, base), part)
    whole = with_value(document.value, base, changed) if base else changed
    given = (Override(base, path, origin) for path in leaves(part) if path[:2] != ("metadata", "name"))
    return document._replace(value=whole, overrides=(*document.overrides, *given))


def _malformed(value: Json) -> list[Diagnostic]:
    """What is wrong with the file of an environment as such; its values are judged where they end up."""
    if value_at(value, ("kind",)) != SET_KIND or not isinstance(value_at(value, ("spec",)), dict):
        return [KG154.at((), "the file of an environment is not what it has to be", fix=_ENVIRONMENT)]
    return schema.problems("environment", value)


def _typed(path: Path, text: str) -> Json:
    """The text as the type that the schema wants at that path; text where no type fits, for validation to refuse.

    `null` is None, which removes the field, as it does in a set.
    """
    if text == "null":
        return None
    kinds = _kinds(path)
    if kinds == {"string"}:
        return text
    try:
        value = resolve(text)
    except AmbiguousScalar:
        value = text
    if kinds & {"object", "array"} and isinstance(value, str):
        value = _structure(text)
    fitting = {"boolean"} if isinstance(value, bool) else {"integer", "number"}
    is_misfit = isinstance(value, bool | int | float) and not kinds & fitting
    return text if is_misfit and "string" in kinds else value


def _structure(text: str) -> Json:
    """The mapping or list that a text in flow style is; the text itself where it is none."""
    try:
        raw = list(read(text))
    except Unreadable:
        return text
    whole = len(raw) == 1 and not raw[0].flaws and isinstance(raw[0].value, dict | list)
    return raw[0].value if whole else text


def _kinds(path: Path) -> set[str]:
    """The types that the intent's schema allows at a path; empty where it does not say."""
    schemas = [schema_at("intent")]
    for step in path:
        schemas = [below for whole in schemas for below in _below(whole, step)]
    return {kind for whole in schemas for kind in types_of(whole)}


def _below(whole: Json, step: str | int) -> Iterator[Json]:
    """The schema of what stands at a step, and everything that it refers to."""
    below = whole.get("items") if isinstance(step, int) else (whole.get("properties") or {}).get(step)
    if below is None and isinstance(step, str):
        below = whole.get("additionalProperties")
    while isinstance(below, dict):
        yield below
        below = schema_at(below["$ref"]) if "$ref" in below else None
