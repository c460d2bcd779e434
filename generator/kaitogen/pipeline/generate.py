"""The order of the stages, and nothing else."""

from kaitogen.diagnostics.placing import each_once, in_file_order, place_by_document
from kaitogen.model import Request, Result, Target
from kaitogen.nodes import choose
from kaitogen.pipeline.check import check, check_finished, is_workspace
from kaitogen.pipeline.classify import classify
from kaitogen.pipeline.context import context
from kaitogen.pipeline.load import load, load_inventory
from kaitogen.pipeline.render import render
from kaitogen.pipeline.strategies import resolve
from kaitogen.pipeline.validate import validate


def generate(request: Request) -> Result:
    """Everything that the request's intents make, and everything that is wrong with its documents."""
    documents, unreadable, files = load(request)
    intents, finished, flaws, unplaced = classify(documents, finished=request.finished is not None)
    specs, invalid = validate(intents)
    facts, unknown, fact_files = load_inventory(request)
    specs, unfit = choose(specs, facts if request.inventory else None, request.oldest)
    planned, contradicting = resolve(specs)
    contexts = [context(spec, plan) for spec, plan in planned]
    manifests, unrendered = render(contexts, request.templates)
    refused = check(manifests, notes=request.notes, together=request.finished is None)
    refused += check_finished(finished, request.finished or Target(), notes=request.notes)
    located = [*unplaced, *invalid, *unfit, *contradicting, *unrendered, *refused]
    placed = place_by_document(located)
    files = [*files, *fact_files]
    findings = in_file_order([*unreadable, *unknown, *flaws, *each_once(placed)], files)
    seen = sum(is_workspace(data) for _, data in (*manifests, *finished))
    about = tuple(one for group in placed for one in group)
    result = Result(
        tuple(manifests), tuple(findings), (), seen, about=about, finished=tuple(finished), files=tuple(files)
    )
    if not findings:
        return result
    from kaitogen.diagnostics.suppression import take_back  # a run without findings has nothing to take back

    kept, suppressed = take_back(findings, documents)
    return result._replace(findings=tuple(in_file_order(kept, files)), suppressed=tuple(suppressed))
