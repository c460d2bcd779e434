"""Findings as the results of a ResourceList (functions-spec of the KRM functions)."""

from kaitogen.diagnostics.formats import Report
from kaitogen.model import Diagnostic, Json
from kaitogen.typed import Final, Mapping

_MOST_RESULTS: Final = 1000


def results(report: Report, references: Mapping[str, Json]) -> list[Json]:
    """One entry for each finding, as many as anybody reads. `references` are those to the objects, by the finding's file."""
    return [_result(finding, references.get(finding.file)) for finding in report.findings[:_MOST_RESULTS]]


def _result(finding: Diagnostic, reference: Json) -> Json:
    severity = "info" if finding.severity == "note" else finding.severity
    message = finding.message + (f" (fix: {finding.fix})" if finding.fix else "")
    entry: dict[str, Json] = {"message": message, "severity": severity}
    if reference is not None:
        entry["resourceRef"] = reference
    if finding.path:
        entry["field"] = {"path": finding.field}
    if finding.line or finding.file.endswith((".yaml", ".yml", ".json")):
        entry["file"] = {"path": finding.file}
    entry["tags"] = {"code": finding.code}
    return entry
