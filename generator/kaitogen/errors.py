"""The exceptions that stop a run, and the exit code each one stands for.

What a user can get wrong in a file is a `Diagnostic` and is collected; an
exception means that the run itself cannot go on.
"""

from kaitogen.model import Rule

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3
EXIT_BUG = 4
#: Of `kaitogen status` alone: nothing is wrong, and not everything is ready.
EXIT_WAITING = 5
EXIT_INTERRUPTED = 130


class KaitogenError(Exception):
    """Base of everything kaitogen raises on purpose; `fix` says what to do next.

    What `explain` knows has a `rule`, and `where` names what it is about.
    """

    exit_code = EXIT_BUG

    def __init__(self, message: str, *, fix: str = "", rule: Rule | None = None, where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.rule = rule
        self.where = where


class UsageError(KaitogenError):
    """The command line asks for something that does not exist or does not go together."""

    exit_code = EXIT_USAGE


class EnvironmentFailure(KaitogenError):
    """The environment is in the way: disk full, output folder unwritable, cluster unreachable."""

    exit_code = EXIT_ENVIRONMENT


class InternalError(KaitogenError):
    """kaitogen contradicts itself; always a bug of ours."""


def reason(error: Exception) -> str:
    """Why the system did not do something, as it is said behind a colon."""
    return str(getattr(error, "strerror", None) or error).lower()


def refuse_no_folder(out: str | None) -> None:
    """UsageError where -o is an empty text, as of a variable that is not set: that is not the current folder."""
    if out == "":
        raise UsageError("-o names no folder: its value is empty", fix="write -o . for the current folder")
    refuse_dash(out)


def refuse_dash(out: str | None) -> None:
    """UsageError where -o is what stands for standard output elsewhere: here that is what no -o means."""
    if out == "-":
        fix = "leave -o out to print, or write -o ./- for that very name"
        raise UsageError("-o takes a name, and - is none", fix=fix)
