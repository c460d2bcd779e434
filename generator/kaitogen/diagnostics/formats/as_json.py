"""Findings as JSON, in the shape of schemas/findings.schema.json."""

from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import json_report
from kaitogen.model import Diagnostic
from kaitogen.typed import Any, Final

_VERSION: Final = 1


def write(report: Report) -> str:
    """One JSON object with a newline at its end."""
    document = {
        "workspaces": report.workspaces,
        "kinds": dict(sorted(report.kinds.items())),
        "strict": report.strict,
        "findings": [finding_data(one) for one in report.findings],
        "suppressed": [{**finding_data(one), "reason": reason} for one, reason in report.suppressed],
    }
    return json_report(_VERSION, document)


def finding_data(finding: Diagnostic) -> dict[str, Any]:
    """One finding as JSON can hold it."""
    return {
        "code": finding.code,
        "kind": finding.rule.kind,
        "severity": finding.severity,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "path": finding.field,
        "message": finding.message,
        "found": finding.found,
        "expected": finding.expected,
        "fix": finding.fix,
    }
