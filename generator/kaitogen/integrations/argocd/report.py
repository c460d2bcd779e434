"""Findings as Argo CD shows them: a few KiB, one line each, the worst first, the last line fit to stand alone.

Errors are cached and compared, so the same mistake has the same text every time: no
folder of the sidecar, whose name is new at each call, and nothing of the clock.
"""

import os
from collections.abc import Sequence
from typing import Final

from kaitogen.diagnostics import as_text
from kaitogen.model import Diagnostic

#: Nothing on Argo CD's way shortens what we say, and all of it ends up in the Application's status.
MAX_BYTES: Final = 4096
_LINE: Final = 400
_RANK: Final = {"error": 0, "warning": 1, "note": 2}


def text(findings: Sequence[Diagnostic], *, strict: bool = False) -> str:
    """All findings, or as many as have room, then the one that counts; empty where there are none."""
    if not findings:
        return ""
    ranked = sorted(findings, key=lambda one: _RANK[one.severity])
    last = _clean(as_text.last_line(ranked, strict=strict, wrote=False))
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
    words = _clean(as_text.printable(f"kaitogen: {message}; {fix}" if fix else f"kaitogen: {message}"))
    return words[: as_text.LAST_LINE] + "\n"


def _line(finding: Diagnostic) -> str:
    place = as_text.place(finding)
    path = f" at {finding.field}" if finding.path else ""
    said = f"{place}: {finding.severity} {finding.code}: {finding.message}{path}"
    fix = f"; {' '.join(finding.fix.split())}" if finding.fix else ""
    words = _clean(as_text.printable(said + fix))
    return words if len(words) <= _LINE else words[: _LINE - 1] + "…"


def _more(number: int) -> str:
    return f"and {number} more: run kaitogen validate in the application's folder to see all"


def _clean(words: str) -> str:
    here = os.getcwd()
    return words.replace(here + os.sep, "").replace(here, ".") if len(here) > 1 else words
