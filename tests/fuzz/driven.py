"""What both fuzzers do with one input: everything a command does between its bytes and its report."""

import json

from kaitogen.commands.plan import as_json, as_markdown
from kaitogen.commands.plan import as_text as plan_as_text
from kaitogen.commands.plan.build import PlanOptions, build_plan
from kaitogen.diagnostics.formats import Report, as_text, reporter
from kaitogen.diagnostics.markdown import LIMIT
from kaitogen.model import Request, Result, Target
from kaitogen.pipeline.emit import stream
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.load import documents_of

FILE = "phi-4.intent.yaml"


def judged(data: bytes, *, finished: bool = False, reports: bool = True) -> Result:
    """The result of a text, as an intent's file or, with `finished`, as a finished manifest; raises only for a bug."""
    name = "workspace.yaml" if finished else FILE
    loaded = documents_of(name, data)
    target = Target() if finished else None
    result = generate(Request(documents=tuple(loaded.documents), notes=True, objects_target=target))
    result = result._replace(findings=(*loaded.findings, *result.findings))
    _holds(result)
    if reports:
        report = Report(result.findings, result.suppressed, result.workspaces, strict=True)
        said = as_text.write(report, colour=True)
        assert not said or said.endswith("\n")
        for form in ("json", "sarif", "github", "junit", "argocd"):
            reporter(form)(report)
        _planned(result)
    if result.ok:
        made = stream(result.manifests, "yaml")
        again = documents_of("made.yaml", made.encode())
        assert not again.findings
        assert [document.value for document in again.documents] == [one.data for one in result.manifests]
    return result


def _planned(result: Result) -> None:
    """A plan of whatever came out, in every format but the one that takes its time."""
    plan = build_plan(result, PlanOptions())
    assert "".join(plan_as_text.write(plan)).endswith("\n")
    assert len("".join(as_markdown.write(plan)).encode()) <= LIMIT
    assert json.loads("".join(as_json.write(plan)))["totals"]["workspaces"] == len(plan.workspaces)


def _holds(result: Result) -> None:
    """What is true of every finding there can be."""
    for one in result.findings:
        assert one.message
        assert "\n" not in one.message or one.code.startswith("KG46")
        assert one.line >= 0
        assert one.column >= 0
    assert len(as_text.last_line(Report(result.findings))) <= as_text.LAST_LINE or not result.findings
