"""Findings as SARIF 2.1.0, which code hosts and editors read."""

from urllib.parse import quote

from kaitogen import __version__
from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import json_text
from kaitogen.model import Diagnostic, Rule
from kaitogen.typed import Any, Final

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def write(report: Report) -> str:
    """One SARIF log with one run."""
    findings = [*report.findings, *(finding for finding, _ in report.suppressed)]
    rules = {finding.code: finding.rule for finding in sorted(findings, key=lambda one: one.code)}
    codes = list(rules)
    results = [_result(finding, codes) for finding in report.findings]
    for finding, reason in report.suppressed:
        suppressed = [{"kind": "inSource", "justification": reason}]
        results.append({**_result(finding, codes), "suppressions": suppressed})
    driver = {
        "name": "kaitogen",
        "version": __version__,
        "rules": [_rule(rule, report) for rule in rules.values()],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule, report: Report) -> dict[str, Any]:
    described: dict[str, Any] = {"id": rule.code, "shortDescription": {"text": rule.title}}
    if report.explain is not None:
        why, fix = report.explain(rule.code)
        described |= {"fullDescription": {"text": why}, "help": {"text": fix}}
    return described


def _result(finding: Diagnostic, codes: list[str]) -> dict[str, Any]:
    words = f"{finding.message}. {finding.fix}" if finding.fix else finding.message
    # A path is a relative URI there; what a URI cannot hold is escaped.
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line, "startColumn": max(finding.column, 1)}
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": finding.severity,
        "message": {"text": words},
        "locations": [{"physicalLocation": place}],
    }


def _uri(path: str) -> str:
    """The path with everything escaped that a URI cannot hold, bytes that are no UTF-8 included."""
    try:
        return quote(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # half a pair, which no file system hands out
        return quote(path.encode("utf-8", "backslashreplace"))
