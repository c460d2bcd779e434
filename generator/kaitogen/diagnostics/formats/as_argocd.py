"""Findings as Argo CD shows them: a few KiB, one line each, the worst first, the last line fit to stand alone.

Errors are cached and compared, so the same mistake has the same text every time: no
folder of the sidecar, whose name is new at each call, and nothing of the clock.
"""

import os

from kaitogen.diagnostics.formats import Report, as_text
from kaitogen.diagnostics.wording import cut, place, printable
from kaitogen.model import Diagnostic
from kaitogen.typed import Final

#: Nothing on Argo CD's way shortens what we say, and all of it ends up in the Application's status.
MAX_BYTES: Final = 4096
_RANK: Final = {"error": 0, "warning": 1, "note": 2}


def write(report: Report) -> str:
    """All findings, or as many as have room, then the one that counts; empty where there are none."""
    if not report.findings:
        return ""
    ranked = sorted(report.findings, key=lambda finding: _RANK[finding.severity])
    last = _without_folder(as_text.last_line(report._replace(findings=ranked), wrote=False))
    room = MAX_BYTES - len(last.encode()) - 2 - len(_more(len(ranked)).encode())
    lines: list[str] = []
    for number, finding in enumerate(ranked):
        line = _line(finding)
        room -= len(line.encode()) + 1
        if room < 0:
            lines.append(_more(len(ranked) - number))
            break
        lines.append(line)
    return "\n".join([*lines, last]) + "\n"


def failure(message: str, fix: str) -> str:
    """What stops a run that is no finding, in the same shape."""
    text = _without_folder(printable(f"kaitogen: {message}; {fix}" if fix else f"kaitogen: {message}"))
    return text[: as_text.LAST_LINE] + "\n"


def _line(finding: Diagnostic) -> str:
    path = f" at {finding.field}" if finding.path else ""
    fix = f"; {' '.join(finding.fix.split())}" if finding.fix else ""
    text = f"{place(finding)}: {finding.severity} {finding.code}: {finding.message}{path}{fix}"
    return cut(_without_folder(printable(text)), 400)


def _more(number: int) -> str:
    return f"and {number} more: run kaitogen validate in the application's folder to see all"


def _without_folder(text: str) -> str:
    here = os.getcwd()
    return text.replace(here + os.sep, "").replace(here, ".") if len(here) > 1 else text
