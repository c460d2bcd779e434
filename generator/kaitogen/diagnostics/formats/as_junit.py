"""Findings as JUnit XML, which GitLab, Jenkins and others show as test results."""

from xml.sax.saxutils import escape, quoteattr  # writes XML only; nothing is parsed

from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import place, printable
from kaitogen.model import Diagnostic


def write(report: Report) -> str:
    """A test suite with a case for each finding, and one for the objects that were seen."""
    cases = [_case(finding, report) for finding in report.findings]
    seen = f'    <testcase classname="kaitogen" name={quoteattr(f"{report.seen} checked")}/>\n'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
        f'  <testsuite name="kaitogen" tests="{len(cases) + 1}" failures="{len(report.stopping)}" errors="0" skipped="0">\n'
        f"{seen}{''.join(cases)}  </testsuite>\n</testsuites>\n"
    )


def _case(finding: Diagnostic, report: Report) -> str:
    name = printable(f"{finding.code} at {place(finding)}")
    message = printable(finding.message)
    detail = escape("\n".join(printable(line) for line in f"{message}\n{finding.fix}".split("\n")).strip())
    tag = "failure" if report.stops(finding) else "system-out"
    attributes = f" type={quoteattr(finding.code)} message={quoteattr(message)}" if tag == "failure" else ""
    return (
        f"    <testcase classname={quoteattr(printable(finding.file))} name={quoteattr(name)}>\n"
        f"      <{tag}{attributes}>{detail}</{tag}>\n    </testcase>\n"
    )
