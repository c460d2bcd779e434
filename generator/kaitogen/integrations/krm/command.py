"""`kaitogen krm` and `kaitogen-krm`: what kustomize and kpt start, as a KRM function or as a legacy plugin.

Three functions: intents to Workspaces beside other objects, in place of them, and a check that changes nothing.
"""

import os
import sys

from kaitogen.commands.options import OptionGroup, argument
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.formats import Report
from kaitogen.errors import EnvironmentFailure, UsageError, reason
from kaitogen.files import standard_input
from kaitogen.integrations.krm import bookkeeping, configuration, resource_list
from kaitogen.integrations.krm.configuration import FUNCTIONS, GROUP, INTENTS, VALIDATOR, Job, placed
from kaitogen.integrations.krm.resource_list import Item, Rejected, ResourceList
from kaitogen.kaito.objects import KAITO_GROUP, Identity, value_at
from kaitogen.model import INTENT_API_VERSION, Diagnostic, Document, Json, Origin, Request, Result, Rule
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import KG109, PROJECT, STDIN, documents_of, is_all_empty, nearest, too_large
from kaitogen.typed import Final, Iterable, Iterator, NamedTuple, Sequence

KG144 = Rule("KG144", "The object that is made is there already", kind="invalid")
KG145 = Rule("KG145", "An intent that nobody turned into a Workspace", kind="invalid")
KG146 = Rule("KG146", "Another number of Workspaces than expected", kind="invalid")
KG187 = Rule("KG187", "A project file beside a function that does not read it", kind="warning")
KG147 = Rule("KG147", "A generator that generates nothing", kind="invalid")

_NOT_EXPANDED: Final = (
    "list a WorkspaceTransformer under transformers: and build with --enable-alpha-plugins --enable-exec,\n"
    "without which kustomize leaves it out and says nothing"
)
#: More than an intent file may have: a function is handed everything that a build holds.
MAX_BYTES: Final = 128 * 1024 * 1024
_VALIDATOR: Final = {
    "apiVersion": INTENT_API_VERSION,
    "kind": VALIDATOR,
    "metadata": {"name": "check"},
}


class Options(OptionGroup):
    """Of `kaitogen krm`."""

    config = argument("FILE", help="The configuration, as kustomize hands it to a legacy plugin.")


class Answer(NamedTuple):
    """What a function hands back: the objects (made where nothing stops it), what it found, and in which objects."""

    items: Iterable[Item]
    findings: tuple[Diagnostic, ...]
    documents: Sequence[Document]


class _Classified(NamedTuple):
    """The objects of interest by their number: intents, Workspaces and ConfigMaps, and each one's value as it came."""

    intents: dict[int, Document]
    others: dict[int, Document]
    values: dict[int, Json]


def run(options: Options) -> Outcome:
    """Answer a ResourceList; with a configuration file, as kustomize starts a legacy plugin, plain documents."""
    legacy = options.config is not None
    try:
        given = (
            _legacy(options.config) if options.config is not None else resource_list.parse(_input(), STDIN)
        )
        job = configuration.job(given.function_config)
        answer = _FUNCTIONS[job.mode](job, given)
        report = Report(answer.findings, strict=job.strict)
        code = report.exit_code
        items = given.items if code else tuple(answer.items)
    except Rejected as stop:
        report = Report(stop.findings)
        return Outcome(stderr=_text(report), exit_code=report.exit_code)
    if (code and legacy) or (job.mode == "validate" and (legacy or not (code or _echoes(job, given)))):
        items = ()
    results: list[Json] = []
    if report.findings:
        from kaitogen.diagnostics.formats import as_krm  # most builds have nothing to report

        results = as_krm.results(report, _references(answer.documents))
    return Outcome(resource_list.written(given._replace(items=items), results), _text(report), code)


def check(spec: Json) -> Outcome:
    """What a validator with that spec says to the documents on standard input; it hands none of them on."""
    try:
        job = configuration.job({**_VALIDATOR, "spec": spec})
        answer = _validate(job, resource_list.documents(_input(), STDIN))
        report = Report(answer.findings, strict=job.strict)
    except Rejected as stop:
        report = Report(stop.findings)
    text = _text(report, wrote=False) or "kaitogen: no findings\n"
    return Outcome(stderr=text, exit_code=report.exit_code)


def _text(report: Report, *, wrote: bool = True) -> str:
    """The findings without colours: kustomize and kpt show them among words of their own."""
    if not report.findings:
        return ""
    from kaitogen.diagnostics.formats import as_text  # most builds have nothing to report

    return as_text.write(report, wrote=wrote)


def _echoes(job: Job, given: ResourceList) -> bool:
    """Whether a validator hands the objects back: kustomize takes that for a change, kpt their lack for a deletion."""
    if job.echo is not None:
        return job.echo
    return not any(bookkeeping.OF_KUSTOMIZE in item.text for item in given.items)


def _legacy(file: str) -> ResourceList:
    """What a legacy plugin is given: its configuration in a file, the objects as documents on standard input."""
    try:
        with open(file, "rb", opener=standard_input.waits_for_nobody) as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        fix = "kustomize names the file when it runs the plugin; a ResourceList goes to standard input"
        raise EnvironmentFailure(
            f"the configuration {file} cannot be read: {reason(error)}", fix=fix
        ) from error
    if len(data) > MAX_BYTES:
        raise Rejected(too_large("functionConfig"))
    loaded = documents_of("functionConfig", data)
    flaws = [*loaded.findings, *(flaw for document in loaded.documents for flaw in document.flaws)]
    if flaws:
        raise Rejected(*flaws)
    if len(loaded.documents) != 1:
        raise UsageError(f"{file} holds {len(loaded.documents)} documents, not one configuration")
    objects = resource_list.documents(b"" if os.isatty(0) else _input(), STDIN)
    return objects._replace(function_config=loaded.documents[0].value)


def _input() -> bytes:
    """Standard input, all of it."""
    if os.isatty(0):
        fix = "kustomize and kpt pipe it in; to render intent files, use kaitogen render"
        raise UsageError("a ResourceList is read from standard input, and that is a terminal", fix=fix)
    if sys.stdin is None:
        return b""
    data = standard_input.read(MAX_BYTES)
    if len(data) > MAX_BYTES:
        message = f"more than {MAX_BYTES // 2**20} MiB came in"
        raise Rejected(KG109.in_file(STDIN, message, fix="split the kustomization"))
    return data


def _generate(job: Job, given: ResourceList) -> Answer:
    result = generate(Request(job.files, job.documents, inventory=job.inventory))
    findings = (*_unread_project(result), *(one for one in result.findings if not is_all_empty(one)))
    if not (findings or result.manifests):
        message = (
            "the files hold no intent, and GitOps would take an empty build for the wish to remove everything"
        )
        fix = "add an intent, or take the generator out of the kustomization"
        findings = (KG147.in_file("functionConfig", message, path=("spec",), fix=fix),)
    return Answer(_with_generated(given, result), findings, job.documents)


def _unread_project(result: Result) -> Iterator[Diagnostic]:
    """What is said where a command would have taken the target of a project file: a function has what it is handed."""
    found = nearest(PROJECT, os.curdir)
    if found is None:
        return
    from kaitogen.pipeline import project  # most folders have none

    said, findings = project.read(*found)
    documents = {id(spec.origin.document): spec.origin.document for spec, _ in result.manifests}
    counting = [] if said is None else project.under(documents.values(), said.document)
    if findings or any(one.overrides for one in counting):
        message = "this project file is not read by functions of kustomize, and kaitogen render reads it"
        fix = (
            "write its target into the intents, or build from what kaitogen render -o --kustomization writes"
        )
        yield KG187.in_file(found[0], message, fix=fix)


def _with_generated(given: ResourceList, result: Result) -> Iterator[Item]:
    """The objects that are given, and those that are made in the places of earlier ones or behind all of them."""
    generated = {manifest.identity: manifest.data for manifest in result.manifests}
    own_configuration = identity_of(given.function_config)
    for number, item in enumerate(given.items):
        value = resource_list.value(item, f"item {number + 1}")[0] if _is_of_interest(item) else None
        identity = identity_of(value)
        if identity in generated:
            # Run again in a package: the object keeps its place, so that twice is the same as once.
            data = bookkeeping.annotated(generated.pop(identity), bookkeeping.place_of(value))
            yield resource_list.made(data, given.indent)
        elif identity is None or identity != own_configuration or bookkeeping.file_of(value):
            # Left out is what kustomize hands a generator as its one item; kpt's, with a file of its own, stays.
            yield item
    for data in generated.values():
        yield resource_list.made(data, given.indent)


def _transform(job: Job, given: ResourceList) -> Answer:
    objects = _classify(given)
    documents = tuple(objects.intents.values())
    result = generate(Request(documents=documents, inventory=job.inventory))
    findings = (*_unread_project(result), *result.findings, *placed(_already_there(result, objects.others)))
    return Answer(_in_place(given, result, objects), findings, documents)


def _in_place(given: ResourceList, result: Result, objects: _Classified) -> Iterator[Item]:
    """The objects that are given, with what each intent makes in its place."""
    generated: dict[int, list[Item]] = {number: [] for number in objects.intents}
    for manifest in result.manifests:
        document, roots = manifest.spec.origin
        value = objects.values[document.number]
        more = bookkeeping.handed_on(value, manifest.data, one_of_many=len(roots) > 1)
        data = bookkeeping.annotated(manifest.data, more)
        generated[document.number].append(resource_list.made(data, given.indent))
    for number, item in enumerate(given.items):
        yield from generated.get(number, (item,))


def _already_there(result: Result, others: dict[int, Document]) -> Iterator[Diagnostic]:
    numbers = {identity_of(document.value): number for number, document in others.items()}
    for manifest in result.manifests:
        number = numbers.get(manifest.identity)
        if number is not None:
            _, kind, _, name = manifest.identity
            message = f"{kind} {name[:80]} is among the objects already, as item {number + 1}"
            problem = KG144.at(("metadata", "name"), message, fix="remove or rename one of the two")
            yield problem.of(manifest.spec.origin)


def _validate(job: Job, given: ResourceList) -> Answer:
    intents, others, _ = _classify(given)
    findings = placed(
        KG145.at(
            ("kind",),
            f"{str(document.value.get('kind'))[:60]} was not expanded: no transformer ran",
            fix=_NOT_EXPANDED,
        ).of(Origin(document))
        for document in intents.values()
    )
    result = generate(Request(documents=tuple(others.values()), objects_target=job.target))
    unmet = ""
    if job.expect:
        from kaitogen.commands import expectation  # few expect a number

        unmet = expectation.unmet(job.expect, expectation.seen(result))
    if unmet:
        fix = "correct expect; where a generator was skipped, build with --enable-alpha-plugins --enable-exec"
        findings.append(KG146.in_file("functionConfig", unmet, path=("spec", "expect"), fix=fix))
    return Answer(given.items, (*findings, *result.findings), (*intents.values(), *others.values()))


#: What each function does with the objects that are given; where anything stops it, they go back as they were.
_FUNCTIONS: Final = {"generate": _generate, "transform": _transform, "validate": _validate}


def _classify(given: ResourceList) -> _Classified:
    objects = _Classified({}, {}, {})
    names: set[str] = set()
    for number, item in enumerate(given.items):
        if not _is_of_interest(item):
            continue
        numbered = f"item {number + 1}"
        value, flaws = resource_list.value(item, numbered)
        intent = _is_intent(value)
        if not intent and not _is_of_kaito(value):
            continue
        if called := bookkeeping.kind_and_name(value):
            numbered = f"{numbered} ({called})"
        name = bookkeeping.file_of(value) or numbered
        if name in names:
            name = f"{name}, {numbered}"
        names.add(name)
        own = bookkeeping.cleaned(bookkeeping.renamed_entries(value) if intent else value)
        own_flaws = tuple(flaw.rule.in_file(name, flaw.message, fix=flaw.fix) for flaw in flaws)
        document = Document(name, number, value=own, flaws=own_flaws, inline=True)
        (objects.intents if intent else objects.others)[number] = document
        objects.values[number] = value
    return objects


def _is_of_interest(item: Item) -> bool:
    """Whether an object has to be read: looking into its text is a hundred times as fast."""
    return any(word in item.text for word in (GROUP, "WorkspaceIntent", KAITO_GROUP, "ConfigMap"))


def _is_intent(value: Json) -> bool:
    """Whether an object is an intent, or was meant as one; the configurations of functions are not."""
    if not isinstance(value, dict):
        return False
    kind, api_version = value.get("kind"), value.get("apiVersion")
    ours = isinstance(api_version, str) and api_version.partition("/")[0] == GROUP
    return kind in INTENTS or (ours and kind not in FUNCTIONS)


def _is_of_kaito(value: Json) -> bool:
    identity = identity_of(value)
    return identity is not None and (identity[:2] == ("", "ConfigMap") or identity[0] + "/" == KAITO_GROUP)


def identity_of(value: Json) -> Identity | None:
    """What Kubernetes takes for one and the same object; None where the value is no object."""
    name, namespace = value_at(value, ("metadata", "name")), value_at(value, ("metadata", "namespace"))
    kind, api_version = value_at(value, ("kind",)), value_at(value, ("apiVersion",))
    if isinstance(name, str) and isinstance(kind, str) and isinstance(api_version, str):
        return api_version.rpartition("/")[0], kind, str(namespace or ""), name
    return None


def _references(documents: Sequence[Document]) -> dict[str, Json]:
    """By the name that findings have for an object's file, how results refer to it."""
    references: dict[str, Json] = {}
    for document in documents:
        if identity := identity_of(document.value):
            _, kind, namespace, name = identity
            reference = {"apiVersion": document.value["apiVersion"], "kind": kind, "name": name}
            references[document.file] = {**reference, "namespace": namespace} if namespace else reference
    return references
