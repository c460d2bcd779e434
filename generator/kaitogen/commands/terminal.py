"""What standard error is (a terminal with colours, one without, or something read later), and findings for it."""

import os
import sys

from kaitogen.diagnostics.formats import Report


def colours(descriptor: int = 2) -> bool | None:
    """Whether to colour (True, False) for a terminal, None where standard error is none (https://no-color.org)."""
    try:
        if not os.isatty(descriptor):
            return None
    except OSError:
        return None
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and sys.platform != "win32"


def rewrites() -> bool:
    """Whether standard error is a terminal on which a line can be written over."""
    return colours() is not None and os.environ.get("TERM") != "dumb"


def report_text(report: Report, *, quiet: bool = False, wrote: bool = False) -> str:
    """The findings for standard error, empty where there are none; `quiet` leaves out what stops nothing.

    `wrote` says that the command writes something where nothing stops it.
    """
    if not report.findings:
        return ""
    from kaitogen.diagnostics.formats import as_text  # most runs have nothing to report

    return as_text.write(report, colour=colours(), quiet=quiet, wrote=wrote)
