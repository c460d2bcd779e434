"""How a run ends for a person: its findings on standard error, and the exit code that they mean."""

from kaitogen.commands.options import flag, option
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics.formats import Report
from kaitogen.typed import Any, Final

STRICT: Final = flag("--strict", help="Let warnings stop the run as errors do.")

#: Of what is a list for people and a document for machines.
FORM: Final = option(
    "--format", choices=("text", "json"), default="text", help="How to print it: for people, or for machines."
)


def reported(report: Report, *, quiet: bool = False, wrote: bool = False) -> Outcome:
    """The findings for a person, and the exit code: 0 where none of them stops the run.

    `quiet` leaves out what stops nothing. `wrote` says that the command writes something where nothing stops it.
    """
    if not report.findings:
        return Outcome()
    # Most runs have nothing to report.
    from kaitogen.diagnostics.formats import as_text
    from kaitogen.diagnostics.terminal import colours

    text = as_text.write(report, colour=colours(), quiet=quiet, wrote=wrote)
    return Outcome(stderr=text, exit_code=report.exit_code)


def formatted(command: str, form: str, value: Any) -> bytes:
    """What a command has made in one of its formats, each of which is a module `as_...` with a function `write`.

    It is loaded when it is asked for: a page of HTML, say, needs all of Jinja2.
    """
    from importlib import import_module

    module = import_module(f"kaitogen.commands.{command}.as_{form}")
    if form != "text":
        text: str = module.write(value)
    else:
        from kaitogen.diagnostics.terminal import colours

        text = module.write(value, colour=bool(colours(1)))
    return text.encode("utf-8", "backslashreplace")
