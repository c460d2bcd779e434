"""The project file, `.kaitogen.yaml`: what holds for all intents of a folder, as part of the input and never of the machine."""

import os

from kaitogen import schema
from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.objects import leaves, merged, value_at, with_value
from kaitogen.model import NEWEST_KAITO, Diagnostic, Document, Json, Origin, Override, Path, Request, Rule
from kaitogen.pipeline.classify import entries, intents, is_an_intent, is_set
from kaitogen.pipeline.environments import KG155, KG157, LEADS_OUT
from kaitogen.pipeline.load import Loaded, load_file, resolved
from kaitogen.pipeline.validate import target_of
from kaitogen.typed import Final, Iterable, Iterator, NamedTuple

KG183 = Rule("KG183", "A project file is one document", kind="invalid")
KG186 = Rule("KG186", "The newest KAITO, for want of a version", kind="note")

KIND: Final = "Project"
TARGET: Final = ("spec", "target")
#: How the codes of findings about nodes begin.
_ABOUT_NODES: Final = "KG3"
#: The fields that name files or folders, relative to the project file.
_FILES: Final = ("inventory", "prices", "budget", "templates", "environments")


class Project(NamedTuple):
    """What a project file says, as paths from the current folder; what it leaves out is None or empty."""

    document: Document
    inventory: tuple[str, ...]
    strict: bool
    prices: str | None = None
    budget: str | None = None
    templates: str | None = None
    environments: str | None = None


def read(file: str, top: str) -> tuple[Project | None, list[Diagnostic]]:
    """The project of a file, and what is wrong with it; None where it cannot be used.

    `top`, with its links resolved, is what nothing that it names may lead out of.
    """
    loaded = load_file(file, top)
    fix = "keep one, or start anew: kaitogen init --project --force writes over the file"
    findings = wrong_in(loaded, "project", KG183, fix)
    if findings:
        return None, findings
    document = loaded.documents[0]
    return project_of(document), placed(document, _unusable(document, top))


def wrong_in(loaded: Loaded, kind: str, several: Rule, fix: str) -> list[Diagnostic]:
    """What keeps a file from being one document of the schema of that name; `several` is the rule that it is one."""
    findings = list(loaded.findings)
    if not findings and len(loaded.documents) != 1:
        message = f"{len(loaded.documents) or 'no'} documents where one is expected"
        return [several.in_file(loaded.files[0], message, fix=fix)]
    for document in loaded.documents:
        findings += document.flaws or placed(document, schema.problems(kind, document.value))
    return findings


def placed(document: Document, problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics about values of a document at its own lines."""
    from kaitogen.diagnostics.placing import place  # most documents are right

    return place(problem.of(Origin(document)) for problem in problems)


def project_of(document: Document) -> Project:
    """What a valid document of a project says."""
    spec = document.value["spec"]
    named = {field: _beside(document.file, spec[field]) for field in _FILES[1:] if field in spec}
    return Project(
        document=document,
        inventory=tuple(_beside(document.file, name) for name in spec.get("inventory", ())),
        strict=spec.get("strict", False),
        **named,
    )


def is_valid(document: Document) -> bool:
    """Whether a document, such as one of a revision, can be used as a project."""
    return not document.flaws and schema.conforms("project", document.value)


def under(documents: Iterable[Document], project: Document) -> list[Document]:
    """The documents of intents with the project's target below what they say of theirs."""
    target = value_at(project.value, TARGET)
    return [_under(document, target, project) for document in documents] if target else list(documents)


def credited(diagnostics: Iterable[Diagnostic], request: Request) -> Iterator[Diagnostic]:
    """The diagnostics; one that rests on what the project says, and does not stand in its file, says so."""
    project = request.project
    assert project is not None
    with_facts = bool(request.inventory) and project_of(project).inventory == request.inventory
    for one in diagnostics:
        part = ""
        if one.origin is None:
            pass
        elif with_facts and one.code.startswith(_ABOUT_NODES):
            part = "inventory"
        elif one.rule.since and one.path[:2] != TARGET and _has_target_of(one.origin, project, request):
            part = "target"
        yield one._replace(message=f"{one.message} ({part}: {project.file})") if part else one


def unpinned(documents: Iterable[Document]) -> Iterator[Diagnostic]:
    """One note where intents name no version of KAITO, at the first of them."""
    found = [
        origin
        for document in documents
        if isinstance(document.value.get("spec"), dict)
        and (not is_set(document.value) or schema.conforms("set", document.value))
        for value, origin in intents(document)
        if value_at(value, (*TARGET, "kaito")) is None
    ]
    if found:
        message = (
            f"no version of KAITO is set ({number_of(len(found), 'intent')}): {NEWEST_KAITO}, the newest that this "
            f"kaitogen knows, is taken, and a newer kaitogen may judge otherwise"
        )
        fix = "set spec.target.kaito, for all intents in the file that kaitogen init --project writes"
        yield KG186.at(("spec",), message, fix=fix).of(found[0])


def _beside(file: str, name: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(file), name))


def _unusable(document: Document, top: str) -> Iterator[Diagnostic]:
    """What names a file that is not there, or that may not be read."""
    from kaitogen.files.folders import may_be_read  # a project file that names none needs none of it

    spec = document.value["spec"]
    named: list[tuple[Path, str]] = [(("spec", key), spec[key]) for key in _FILES[1:] if key in spec]
    named += [(("spec", "inventory", index), name) for index, name in enumerate(spec.get("inventory", ()))]
    for path, name in named:
        file = _beside(document.file, name)
        if "\0" in file or not may_be_read(resolved(file), (top,)):
            message = f"{name[:80]} {LEADS_OUT}"
            yield KG155.at(path, message, fix="name files beside the project file, relative to it")
        elif not os.path.lexists(file):
            fix = "check the name, relative to the project file"
            yield KG157.at(path, f"there is no {file[:80]}", fix=fix)


def _under(document: Document, target: Json, project: Document) -> Document:
    """The document with the target below its own, and for each value of it that counts, that it is the project's."""
    value = document.value
    place: Path = ("spec", "defaults", *TARGET) if is_set(value) else TARGET
    shared = value_at(value, place)
    if not isinstance(shared, dict | None):
        return document  # what is wrong with it, its schema says
    try:
        whole = with_value(value, place, merged(target, shared or {}))
    except TypeError:
        return document
    overrides: list[Override] = []
    for base, intent in entries(value):
        own = value_at(intent, TARGET)
        said = [part for part in (own, shared) if isinstance(part, dict)]
        overrides += [
            Override(base, (*TARGET, *path), Origin(project))
            for path in leaves(target)
            if not any(_says(part, path) for part in said)
        ]
    return document._replace(value=whole, overrides=(*overrides, *document.overrides))


def _says(part: Json, path: Path) -> bool:
    """Whether a mapping has a value at the path, null too, or at a part of the way something that is no mapping."""
    for step in path:
        if not isinstance(part, dict):
            return True
        if step not in part:
            return False
        part = part[step]
    return True


def _has_target_of(origin: Origin, project: Document, request: Request) -> bool:
    """Whether the target of what is judged, or a part of it, is the project's."""
    document, roots = origin
    if not is_an_intent(document.value):
        said, used = value_at(project.value, TARGET) or {}, request.target
        known = target_of({"target": said})
        fields = {"kaito": "kaito", "provider": "provider", "nodeProvisioner": "node_provisioner"}
        return any(
            key in said and getattr(known, name) == getattr(used, name) for key, name in fields.items()
        )
    last = {over.path: over.origin.document for over in document.overrides if over.base in ((), roots[0])}
    return any(source is project for path, source in last.items() if path[:2] == TARGET)
