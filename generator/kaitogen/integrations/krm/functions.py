"""The three functions: intents to Workspaces beside other objects, in place of them, and a check that changes nothing."""

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.placing import place
from kaitogen.diagnostics.wording import number_of
from kaitogen.integrations.krm import bookkeeping, resource_list
from kaitogen.integrations.krm.configuration import FUNCTIONS, GROUP, INTENTS, Job
from kaitogen.integrations.krm.resource_list import Item, ResourceList
from kaitogen.kaito.objects import value_at
from kaitogen.model import Diagnostic, Document, Json, Origin, Request, Result, Rule
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


class _Classified(NamedTuple):
    """The objects of interest by their number: intents, Workspaces and ConfigMaps, and each one's value as it came."""

    intents: dict[int, Document]
    others: dict[int, Document]
    values: dict[int, Json]


def run(job: Job, given: ResourceList) -> Answer:
    """Do the job with the objects that are given; where anything stops it, they come back as they were."""
    return {"generate": _generate, "transform": _transform, "validate": _validate}[job.mode](job, given)


def _generate(job: Job, given: ResourceList) -> Answer:
    result = generate(Request(job.files, job.documents, inventory=job.inventory))
    findings = result.findings or (() if result.manifests else (_nothing(),))
    answer = Answer(given.items, findings, _references(job.documents))
    if _stops(answer, job):
        return answer
    generated = {manifest.identity: manifest.data for manifest in result.manifests}
    items: list[Item] = []
    for number, item in enumerate(given.items):
        value = resource_list.value(item, _place(number)).value if _is_of_interest(item) else None
        identity = identity_of(value)
        if identity in generated:
            # Run again in a package: the object keeps its place, so that twice is the same as once.
            data = bookkeeping.annotated(generated.pop(identity), bookkeeping.place_of(value))
            items.append(resource_list.made(data, given.indent))
        elif identity is None or not _is_own_configuration(value, identity, given):
            items.append(item)
    items += [resource_list.made(data, given.indent) for data in generated.values()]
    return answer._replace(items=tuple(items))


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
    objects = _classify(given)
    documents = tuple(objects.intents.values())
    result = generate(Request(documents=documents, inventory=job.inventory))
    findings = (*result.findings, *place(_already_there(result, objects.others)))
    answer = Answer(given.items, findings, _references(documents))
    if _stops(answer, job):
        return answer
    generated: dict[int, list[Item]] = {}
    for manifest in result.manifests:
        document, roots = manifest.spec.origin
        number = document.number
        more = bookkeeping.handed_on(objects.values[number], manifest.data, one_of_many=len(roots) > 1)
        data = bookkeeping.annotated(manifest.data, more)
        generated.setdefault(number, []).append(resource_list.made(data, given.indent))
    items: list[Item] = []
    for number, item in enumerate(given.items):
        items += generated.get(number, ()) if number in objects.intents else (item,)
    return answer._replace(items=tuple(items))


def _already_there(result: Result, others: dict[int, Document]) -> Iterator[Diagnostic]:
    numbers = {identity_of(document.value): number for number, document in others.items()}
    for manifest in result.manifests:
        number = numbers.get(manifest.identity)
        if number is not None:
            _, kind, _, name = manifest.identity
            message = f"{kind} {name[:80]} is among the objects already, as {_place(number)}"
            problem = KG144.at(("metadata", "name"), message, fix="remove or rename one of the two")
            yield problem.of(manifest.spec.origin)


def _validate(job: Job, given: ResourceList) -> Answer:
    intents, others, _ = _classify(given)
    findings = place(
        KG145.at(
            ("kind",),
            f"{str(document.value.get('kind'))[:60]} was not expanded: no transformer ran",
            fix=_NOT_EXPANDED,
        ).of(Origin(document))
        for document in intents.values()
    )
    result = generate(Request(documents=tuple(others.values()), objects_target=job.target))
    if job.expect is not None and job.expect != result.workspaces:
        message = f"{number_of(job.expect, 'Workspace')} expected, {result.workspaces} seen"
        fix = "correct expect; where a generator was skipped, build with --enable-alpha-plugins --enable-exec"
        findings.append(KG146.in_file("functionConfig", message, path=("spec", "expect"), fix=fix))
    documents = (*intents.values(), *others.values())
    return Answer(given.items, (*findings, *result.findings), _references(documents))


def _classify(given: ResourceList) -> _Classified:
    objects = _Classified({}, {}, {})
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
        own = bookkeeping.cleaned(bookkeeping.renamed_entries(value) if intent else value)
        own_flaws = tuple(flaw.rule.in_file(name, flaw.message, fix=flaw.fix) for flaw in flaws)
        document = Document(name, number, value=own, flaws=own_flaws, inline=True)
        (objects.intents if intent else objects.others)[number] = document
        objects.values[number] = value
    return objects


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
    name, namespace = value_at(value, ("metadata", "name")), value_at(value, ("metadata", "namespace"))
    kind, api_version = value_at(value, ("kind",)), value_at(value, ("apiVersion",))
    if isinstance(name, str) and isinstance(kind, str) and isinstance(api_version, str):
        return api_version.rpartition("/")[0], kind, str(namespace or ""), name
    return None


def _stops(answer: Answer, job: Job) -> bool:
    return bool(Report(answer.findings, strict=job.strict).stopping)


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
