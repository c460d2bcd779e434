"""How a run ends for a person: its findings on standard error, and the exit code that they mean."""

from typing import Final

from kaitogen.commands.options import flag
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.formats import Report

STRICT: Final = flag("--strict", help="Let warnings stop the run as errors do.")
QUIET: Final = flag("-q", "--quiet", help="Show errors only.")


def reported(report: Report, *, quiet: bool = False, wrote: bool = False) -> Outcome:
    """The findings for a person, and the exit code: 0 where none of them stops the run.

    `quiet` leaves out what stops nothing. `wrote` says that the command writes something where nothing stops it.
    """
    if not report.findings:
        return Outcome()
    # Most runs have nothing to report.
    from kaitogen.commands.terminal import colours
    from kaitogen.diagnostics.formats import as_text

    text = as_text.write(report, colour=colours(), quiet=quiet, wrote=wrote)
    return Outcome(stderr=text, exit_code=report.exit_code)
