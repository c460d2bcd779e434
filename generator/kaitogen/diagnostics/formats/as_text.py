"""Findings as text, for a person who reads standard error."""

from kaitogen.diagnostics.formats import Report
from kaitogen.diagnostics.terminal import Colour, painted
from kaitogen.diagnostics.wording import counted, cut, cut_front, place, printable
from kaitogen.errors import KaitogenError
from kaitogen.model import Diagnostic, Severity
from kaitogen.typed import Final, Iterator

#: Argo CD shows the last line of a failure alone, and cuts it.
LAST_LINE: Final = 200
_EXCERPT: Final = 100
_COLOURS: Final[dict[Severity, Colour]] = {"error": "red", "warning": "yellow", "note": "cyan"}


def write(report: Report, *, colour: bool | None = None, quiet: bool = False, wrote: bool = True) -> str:
    """All findings, one paragraph each, and a last line that stands alone; empty where there are none.

    `colour` is None where standard error is no terminal; a terminal gets the source line with a caret,
    and no finding twice. `quiet` leaves out what stops nothing. `wrote` says that the command writes something where nothing stops it.
    """
    if quiet:
        report = report._replace(findings=report.stopping)
    if not report.findings:
        return ""
    paragraphs = ["\n".join(_paragraph(finding, colour)) for finding in report.findings]
    end = last_line(report, wrote=wrote) if colour is None else f"kaitogen: {_count(report, wrote=wrote)}"
    return "\n".join([*paragraphs, end]) + "\n"


def _paragraph(finding: Diagnostic, colour: bool | None) -> Iterator[str]:
    head = f"{place(finding)}: {finding.severity} {finding.code}:"
    if colour:
        head = painted(head, _COLOURS[finding.severity], bold=True)
    yield f"{head} {printable(finding.message)}"
    if colour is not None:
        yield from _excerpt(finding)
    if finding.path:
        yield f"    at {printable(finding.field)}"
    if finding.fix:
        for number, line in enumerate(finding.fix.split("\n")):
            yield f"    {'    ' if number else 'fix:'} {printable(line)}"


def _excerpt(finding: Diagnostic) -> Iterator[str]:
    """The line of the user's file with a caret under the column, cut where a terminal would wrap it."""
    if not finding.source.strip() or not finding.column:
        return
    start = max(0, finding.column - 1 - _EXCERPT // 2)
    shown = printable(finding.source[start : start + _EXCERPT].replace("\t", " "))
    before = printable(finding.source[start : finding.column - 1].replace("\t", " "))
    yield f"{finding.line:>6} | {shown}"
    yield f"{'':>6} | {' ' * len(before)}^"


def last_line(report: Report, *, wrote: bool = True) -> str:
    """One line that says what stops the run and what to do, or how much there is to read; LAST_LINE characters at most."""
    if not report.stopping:
        return f"kaitogen: {_count(report, wrote=wrote)}"
    first = report.stopping[0]
    tail = f" ({_count(report, wrote=wrote)})"
    head = f"kaitogen: {first.code} {cut_front(place(first), 60)}: "
    room = LAST_LINE - len(tail) - len(head)
    return head + _with_fix(printable(first.message), printable(first.fix.split("\n")[0]), room) + tail


def _count(report: Report, *, wrote: bool) -> str:
    return counted(report.findings) + ("; nothing was written" if wrote and report.stopping else "")


def failure(error: KaitogenError, *, colour: bool | None = None) -> str:
    """What stops a run: one line that stands alone, LAST_LINE characters at most; before it all that a code has to say."""
    if error.rule:
        finding = error.rule.in_file(error.where, error.message, fix=error.fix)
        return write(Report([finding]), colour=colour)
    head = "kaitogen: "
    return head + _with_fix(printable(error.message), printable(error.fix), LAST_LINE - len(head)) + "\n"


def _with_fix(message: str, fix: str, room: int) -> str:
    whole = f"{message}; {fix}" if fix else message
    if len(whole) <= room:
        return whole
    # What to do is worth more than the end of a long sentence about what is wrong.
    message = cut(message, max(room - len(fix) - 2, room // 2))
    return cut(f"{message}; {fix}" if fix else message, room)
