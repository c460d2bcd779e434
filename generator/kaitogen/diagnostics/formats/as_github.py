"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request."""

from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.wording import printable
from kaitogen.model import Diagnostic
from kaitogen.typed import Final

_COMMANDS: Final = {"error": "error", "warning": "warning", "note": "notice"}


def write(report: Report) -> str:
    """One command on each line."""
    return "".join(f"{_command(finding)}\n" for finding in report.findings)


def _command(finding: Diagnostic) -> str:
    numbers = {
        name: str(number) for name, number in (("line", finding.line), ("col", finding.column)) if number
    }
    title = f"{finding.code} {finding.field}".strip()
    properties = {"file": finding.file, **numbers, "title": title}
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    words = f"{finding.message}\n{finding.fix}" if finding.fix else finding.message
    return f"::{_COMMANDS[finding.severity]} {said}::{_data(words)}"


def _data(text: str) -> str:
    # A log shows what it is given, so that nothing in it may steer a terminal.
    lines = "\n".join("\r".join(map(printable, line.split("\r"))) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
