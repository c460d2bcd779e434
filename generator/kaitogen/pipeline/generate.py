"""The order of the stages, and nothing else."""

from typing import NamedTuple

from kaitogen.diagnostics.placing import each_once, in_file_order, place_by_document
from kaitogen.model import Diagnostic, Document, Request, Result, Target, UserObject
from kaitogen.nodes import choose
from kaitogen.pipeline.check import check, check_finished, is_workspace
from kaitogen.pipeline.classify import classify
from kaitogen.pipeline.context import context
from kaitogen.pipeline.load import load, load_inventory
from kaitogen.pipeline.render import render
from kaitogen.pipeline.strategies import resolve
from kaitogen.pipeline.validate import validate


class Prepared(NamedTuple):
    """What a run works on: all documents, the intents among them with everything laid over them, and objects in full.

    `findings` and `located` are what is wrong with any of it so far; `files` is what was read, in order.
    """

    documents: list[Document]
    intents: list[Document]
    finished: list[UserObject]
    findings: list[Diagnostic]
    located: list[Diagnostic]
    files: list[str]


def prepare(request: Request) -> Prepared:
    """The stages before validation: load, classify, overlay."""
    documents, unreadable, files = load(request)
    intents, finished, flaws, unplaced = classify(documents, finished=request.finished is not None)
    findings = [*unreadable, *flaws]
    if request.environments or request.assignments:
        from kaitogen.pipeline.overlay import overlay  # most runs lay nothing over their intents

        intents, unlaid, wrong = overlay(intents, request)
        findings += unlaid
        unplaced += wrong
    return Prepared(intents=intents, finished=finished, findings=findings, located=unplaced,
                    documents=documents, files=files)  # fmt: skip


def generate(request: Request) -> Result:
    """Everything that the request's intents make, and everything that is wrong with its documents."""
    documents, intents, finished, unprepared, located, files = prepare(request)
    specs, invalid = validate(intents)
    facts, unknown, fact_files = load_inventory(request)
    specs, unfit = choose(specs, facts if request.inventory else None, request.oldest)
    planned, contradicting = resolve(specs)
    contexts = [context(spec, resource) for spec, resource in planned]
    manifests, unrendered = render(contexts, request.templates)
    refused = check(manifests, notes=request.notes, together=request.finished is None)
    refused += check_finished(finished, request.finished or Target(), notes=request.notes)
    placed = place_by_document([*located, *invalid, *unfit, *contradicting, *unrendered, *refused])
    files = [*files, *fact_files]
    findings = [*unprepared, *unknown, *each_once(placed)]
    result = Result(
        manifests=tuple(manifests),
        findings=(),
        workspaces=sum(is_workspace(data) for _, data in (*manifests, *finished)),
        about=tuple(one for group in placed for one in group),
        finished=tuple(finished),
        files=tuple(files),
    )
    if not findings:
        return result
    from kaitogen.diagnostics.suppression import take_back  # a run without findings has nothing to suppress

    kept, suppressed = take_back(in_file_order(findings, files), documents)
    return result._replace(findings=tuple(in_file_order(kept, files)), suppressed=tuple(suppressed))
