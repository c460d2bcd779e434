"""The order of the stages, and nothing else."""

from kaitogen.kaito.objects import is_workspace, serves
from kaitogen.model import ByoNodes, Diagnostic, Document, Manifest, Request, Result, Rule, Spec, UserObject
from kaitogen.nodes import choose
from kaitogen.pipeline.check import check, check_objects
from kaitogen.pipeline.classify import classify, is_an_intent
from kaitogen.pipeline.context import context
from kaitogen.pipeline.load import bound, load, load_inventory
from kaitogen.pipeline.render import render
from kaitogen.pipeline.strategies import resolved
from kaitogen.pipeline.validate import validate
from kaitogen.typed import Iterable, Iterator, NamedTuple

KG181 = Rule("KG181", "A layer over finished manifests", kind="invalid")


class Prepared(NamedTuple):
    """What a run works on: all documents, and among them the intents, with everything laid over them, and objects in full.

    `diagnostics` is what is wrong with any of it so far; `files` is what was read, in order.
    """

    documents: list[Document]
    intents: list[Document]
    objects: list[UserObject]
    diagnostics: list[Diagnostic]
    files: list[str]


def prepare(request: Request) -> Prepared:
    """The stages before validation: load, classify, overlay."""
    documents, diagnostics, files = load(request)
    intents, objects, misplaced = classify(documents, with_objects=request.objects_target is not None)
    diagnostics += misplaced
    if request.all_yaml:
        intents = _without_environments(intents, request)
    if request.project is not None:
        from kaitogen.pipeline import project  # most runs have none

        intents = project.under(intents, request.project)
    if objects and not intents:
        diagnostics += _without_effect(request)
    elif request.environments or request.assignments:
        from kaitogen.pipeline.overlay import overlay  # most runs lay nothing over their intents

        intents, wrong, environments = overlay(intents, request)
        diagnostics += wrong
        documents += environments
    return Prepared(
        documents=documents, intents=intents, objects=objects, diagnostics=diagnostics, files=files
    )


def _without_environments(intents: list[Document], request: Request) -> list[Document]:
    """The documents without the files of environments that were only found in a folder, and not named themselves."""
    from kaitogen.pipeline.environments import is_environment  # most runs read intent files alone
    from kaitogen.pipeline.project import project_of

    said = None if request.project is None else project_of(request.project).environments
    named = set(request.paths)
    return [one for one in intents if one.file in named or not is_environment(one, said)]


def _without_effect(request: Request) -> Iterator[Diagnostic]:
    """What is said of layers where there is no intent, but only finished manifests."""
    sources = [one if isinstance(one, str) else one.file for one in request.environments]
    # What says the target is about finished manifests as well.
    sources += [one.source.file for one in request.assignments if one.path[:2] != ("spec", "target")]
    for source in dict.fromkeys(sources):
        message = "nothing is laid over finished manifests, and there are no intents"
        yield KG181.in_file(source, message, fix="name the intents, or leave this out")


def _made(specs: list[Spec], request: Request) -> tuple[list[Manifest], list[Diagnostic]]:
    """The manifests of all Specs, and what stands in the way of others."""
    wrong: list[Diagnostic] = []
    # One after the other: together they take a fifth of a run's memory.
    contexts = (context(spec, resource) for spec, resource in resolved(specs, wrong))
    within = None if request.templates is None else bound(request.templates, request)
    manifests, unrendered = render(contexts, request.templates, within)
    return manifests, [*wrong, *unrendered]


def generate(request: Request, *, lean: bool = False) -> Result:
    """Everything that the request's intents make, and everything that is wrong with its documents.

    `lean` is for a caller to whom documents of intents are places alone: of what they say only the kind stays.
    """
    documents, intents, objects, diagnostics, files = prepare(request)
    specs, invalid = validate(intents)
    if lean and not request.notes:
        _let_go((*documents, *intents))
    facts, unread, fact_files = load_inventory(request) if request.inventory else (None, [], [])
    specs, unfit = choose(specs, facts, request.oldest)
    manifests, unrendered = _made(specs, request)
    if any(spec.fleet is not None for spec in specs):
        from kaitogen.pipeline import replicas  # most intents have none

        manifests = replicas.counted(manifests)
    # All that is made goes to one cluster, or else what comes from one file does.
    together = request.objects_target is None or bool(request.environments)
    refused = check(manifests, notes=request.notes, together=together)
    diagnostics += [*invalid, *unread, *unfit, *unrendered, *refused]
    target = request.target
    byo_nodes: dict[int, ByoNodes] = {}
    if objects and facts is not None and target.byo:
        from kaitogen.nodes import checks  # hardly any run holds finished objects against facts

        byo_nodes, unfit = checks.of_objects(objects, target, facts)
        diagnostics += unfit
    if len(manifests) + len(objects) > 1 or len(specs) > 1:
        from kaitogen.pipeline import one_cluster  # a single object has none to get in the way of

        read = (documents, objects)
        diagnostics += one_cluster.of(specs, manifests, read, byo_nodes, request, together=together)
    if objects:
        diagnostics += check_objects(objects, target, notes=request.notes, byo_nodes=byo_nodes)
    if request.notes:
        from kaitogen.pipeline import project  # most runs ask for none

        diagnostics += project.unpinned(intents)
    served = sum(serves(data) for _, data in manifests) + sum(is_workspace(data) for _, data in objects)
    result = Result(
        tuple(manifests), (), workspaces=served, objects=tuple(objects), files=(*files, *fact_files)
    )
    return _with_findings(result, diagnostics, documents, request) if diagnostics else result


def _let_go(documents: Iterable[Document]) -> None:
    """Of the documents of intents, whose Specs have it by now, what they say."""
    for document in documents:
        if is_an_intent(document.value):
            document.value.pop("metadata", None)
            document.value.pop("spec", None)


def _with_findings(
    result: Result, diagnostics: list[Diagnostic], documents: list[Document], request: Request
) -> Result:
    """The result with everything that is wrong, at its lines and in the order of files, but for what a comment suppresses."""
    # Most runs find nothing.
    from kaitogen.diagnostics.placing import each_once, in_file_order, place_by_document
    from kaitogen.diagnostics.suppression import suppress

    if request.project is not None:
        from kaitogen.pipeline import project  # nor have they a project

        diagnostics = list(project.credited(diagnostics, request))
    placed = place_by_document(one for one in diagnostics if one.origin is not None)
    findings = [*each_once(placed), *(one for one in diagnostics if one.origin is None)]
    kept, suppressed = suppress(in_file_order(findings, result.files), documents)
    return result._replace(
        findings=tuple(in_file_order(kept, result.files)),
        suppressed=tuple(suppressed),
        about=tuple(one for group in placed for one in group),
    )
