"""The three functions: intents to Workspaces beside other objects, in place of them, and a check that changes nothing."""

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.placing import place
from kaitogen.diagnostics.wording import number_of
from kaitogen.integrations.krm import bookkeeping, resource_list
from kaitogen.integrations.krm.configuration import FUNCTIONS, GROUP, INTENTS, Job
from kaitogen.integrations.krm.resource_list import Item, ResourceList
from kaitogen.model import Diagnostic, Document, Json, Manifest, Origin, Request, Result, Rule
from kaitogen.pipeline.generate import generate

KG144 = Rule("KG144", "The object that is made is there already", kind="invalid")
KG145 = Rule("KG145", "An intent that nobody turned into a Workspace", kind="invalid")
KG146 = Rule("KG146", "Another number of Workspaces than expected", kind="invalid")
KG147 = Rule("KG147", "A generator that generates nothing", kind="invalid")


#: API group, kind, namespace and name.
Identity: TypeAlias = tuple[str, str, str, str]

_KAITO: Final = "kaito.sh/"
#: Words that an object of interest cannot do without.
_WORDS: Final = (GROUP, "WorkspaceIntent", _KAITO, "ConfigMap")
_NOT_EXPANDED: Final = (
    "list a WorkspaceTransformer under transformers: and build with --enable-alpha-plugins --enable-exec,\n"
    "without which kustomize leaves it out and says nothing"
)


class Answer(NamedTuple):
    """What a function hands back: the objects, what it found, and references to the objects that files of findings stand for."""

    items: tuple[Item, ...]
    findings: tuple[Diagnostic, ...]
    references: dict[str, Json]


class _Sorted(NamedTuple):
    """The objects of interest by their number: intents, Workspaces and ConfigMaps, and each one's value as it came."""

    intents: dict[int, Document]
    others: dict[int, Document]
    values: dict[int, Json]


def run(job: Job, given: ResourceList) -> Answer:
    """Do the job with the objects that are given; where anything stops it, they come back as they were."""
    if job.mode == "generate":
        return _generate(job, given)
    if job.mode == "transform":
        return _transform(job, given)
    return _validate(job, given)


def _generate(job: Job, given: ResourceList) -> Answer:
    result = generate(Request(job.files, job.documents, inventory=job.inventory))
    if not result.manifests and not result.findings:
        result = result._replace(findings=(_nothing(),))
    references = _references(job.documents)
    if _stopped(result, job):
        return Answer(given.items, result.findings, references)
    made = {manifest.identity: manifest.data for manifest in result.manifests}
    items: list[Item] = []
    for number, item in enumerate(given.items):
        value = resource_list.value(item, _place(number)).value if _is_of_interest(item) else None
        identity = identity_of(value)
        if identity in made:
            # Run again in a package: the object keeps its place, so that twice is the same as once.
            data = bookkeeping.annotated(made.pop(identity), bookkeeping.place_of(value))
            items.append(resource_list.made(data, given.indent))
        elif identity is None or not _is_own_configuration(value, identity, given):
            items.append(item)
    items += [resource_list.made(data, given.indent) for data in made.values()]
    return Answer(tuple(items), result.findings, references)


def _nothing() -> Diagnostic:
    message = (
        "the files hold no intent, and GitOps would take an empty build for the wish to remove everything"
    )
    fix = "add an intent, or take the generator out of the kustomization"
    return KG147.in_file("functionConfig", message, path=("spec",), fix=fix)


def _is_own_configuration(value: Json, identity: Identity, given: ResourceList) -> bool:
    """Whether it is what kustomize hands a generator as its one item; kpt's, with a file of its own, must stay."""
    return identity == identity_of(given.function_config) and not bookkeeping.file_of(value)


def _transform(job: Job, given: ResourceList) -> Answer:
    found = _sort(given)
    documents = tuple(found.intents.values())
    result = generate(Request(documents=documents, inventory=job.inventory))
    result = result._replace(findings=(*result.findings, *_already_there(result, found.others)))
    if _stopped(result, job):
        return Answer(given.items, result.findings, _references(documents))
    made: dict[int, list[Item]] = {}
    for manifest in result.manifests:
        number = manifest.spec.origin.document.number
        data = _handed_on(manifest, found.values[number])
        made.setdefault(number, []).append(resource_list.made(data, given.indent))
    items: list[Item] = []
    for number, item in enumerate(given.items):
        items += made.get(number, ()) if number in found.intents else (item,)
    return Answer(tuple(items), result.findings, _references(documents))


def _handed_on(manifest: Manifest, intent: Json) -> Json:
    one_of_many = len(manifest.spec.origin.roots) > 1
    more = bookkeeping.handed_on(intent, manifest.data, one_of_many=one_of_many)
    return bookkeeping.annotated(manifest.data, more)


def _already_there(result: Result, others: dict[int, Document]) -> Iterator[Diagnostic]:
    numbers = {identity_of(document.value): number for number, document in others.items()}
    for manifest in result.manifests:
        number = numbers.get(manifest.identity)
        if number is not None:
            _, kind, _, name = manifest.identity
            message = f"{kind} {name[:80]} is among the objects already, as {_place(number)}"
            problem = KG144.at(("metadata", "name"), message, fix="remove or rename one of the two")
            yield from place([problem.of(manifest.spec.origin)])


def _validate(job: Job, given: ResourceList) -> Answer:
    found = _sort(given)
    findings: list[Diagnostic] = []
    for document in found.intents.values():
        message = f"{str(document.value.get('kind'))[:60]} was not expanded: no transformer ran"
        problem = KG145.at(("kind",), message, fix=_NOT_EXPANDED)
        findings += place([problem.of(Origin(document))])
    result = generate(Request(documents=tuple(found.others.values()), objects_target=job.target))
    if job.expect is not None and job.expect != result.workspaces:
        message = f"{number_of(job.expect, 'Workspace')} expected, {result.workspaces} seen"
        fix = "correct expect; where a generator was skipped, build with --enable-alpha-plugins --enable-exec"
        findings.append(KG146.in_file("functionConfig", message, path=("spec", "expect"), fix=fix))
    documents = (*found.intents.values(), *found.others.values())
    return Answer(given.items, (*findings, *result.findings), _references(documents))


def _sort(given: ResourceList) -> _Sorted:
    found = _Sorted({}, {}, {})
    names: set[str] = set()
    for number, item in enumerate(given.items):
        if not _is_of_interest(item):
            continue
        value, flaws, *_ = resource_list.value(item, _place(number))
        intent = _is_intent(value)
        if not intent and not _is_of_kaito(value):
            continue
        name = bookkeeping.file_of(value) or bookkeeping.name_of(value, number)
        if name in names:
            name = f"{name}, {bookkeeping.name_of(value, number)}"
        names.add(name)
        renamed = bookkeeping.renamed_entries(value) if intent else value
        wrong = tuple(flaw.rule.in_file(name, flaw.message, fix=flaw.fix) for flaw in flaws)
        document = Document(name, number, bookkeeping.cleaned(renamed), flaws=wrong, inline=True)
        (found.intents if intent else found.others)[number] = document
        found.values[number] = value
    return found


def _is_of_interest(item: Item) -> bool:
    """Whether an object has to be read: looking into its text is a hundred times as fast."""
    return any(word in item.text for word in _WORDS)


def _is_intent(value: Json) -> bool:
    """Whether an object is an intent, or was meant as one; the configurations of functions are not."""
    if not isinstance(value, dict):
        return False
    kind, api_version = value.get("kind"), value.get("apiVersion")
    ours = isinstance(api_version, str) and api_version.partition("/")[0] == GROUP
    return kind in INTENTS or (ours and kind not in FUNCTIONS)


def _is_of_kaito(value: Json) -> bool:
    identity = identity_of(value)
    return identity is not None and (identity[:2] == ("", "ConfigMap") or identity[0] + "/" == _KAITO)


def identity_of(value: Json) -> Identity | None:
    """What Kubernetes takes for one and the same object; None where the value is no object."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        return None
    kind, api_version = value.get("kind"), value.get("apiVersion")
    if not isinstance(kind, str) or not isinstance(api_version, str):
        return None
    return api_version.rpartition("/")[0], kind, str(metadata.get("namespace") or ""), metadata["name"]


def _stopped(result: Result, job: Job) -> bool:
    return bool(Report(result.findings, strict=job.strict).stopping)


def _references(documents: tuple[Document, ...]) -> dict[str, Json]:
    """By the name that findings have for an object's file, how results refer to it."""
    found: dict[str, Json] = {}
    for document in documents:
        if identity := identity_of(document.value):
            _, kind, namespace, name = identity
            reference = {"apiVersion": document.value["apiVersion"], "kind": kind, "name": name}
            found[document.file] = {**reference, "namespace": namespace} if namespace else reference
    return found


def _place(number: int) -> str:
    return f"item {number + 1}"
