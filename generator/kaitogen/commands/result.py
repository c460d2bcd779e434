"""How a run ends: its findings and its product as an Outcome, the limits on it, and its way to the two streams.

Nothing else prints.
"""

import os

from kaitogen.commands.options import Argument, Group, OptionGroup, Parameter, flag, option
from kaitogen.errors import EXIT_ENVIRONMENT, EXIT_OK, EnvironmentFailure, UsageError, reason
from kaitogen.model import Rule
from kaitogen.typed import TYPE_CHECKING, Any, Final, Iterable, NamedTuple

if TYPE_CHECKING:
    from kaitogen.commands.spooled import Spooled
    from kaitogen.diagnostics.formats import Report

KG612 = Rule("KG612", "More output than there may be", kind="environment")

QUIET: Final = flag("-q", "--quiet", help="Show errors only.")
STRICT: Final = flag("--strict", help="Let warnings stop the run as errors do.")
#: Of what is a list for people and a document for machines.
FORM: Final = option(
    "--format", choices=("text", "json"), default="text", help="How to print it: for people, or for machines."
)
#: MiB that Argo CD takes of a plugin (its ARGOCD_GRPC_MAX_SIZE_MB).
_OUTPUT: Final = 100
_HIGHEST_LIMIT: Final = 100_000
#: As many objects, some MiB of text, may make more than is good to hold.
_MANY: Final = 5_000


class LimitOptions(OptionGroup):
    """Of every command: what its run may take."""

    time_limit = option("--time-limit", metavar="SECONDS", help="Stop a run that takes longer.")
    memory_limit = option("--memory-limit", metavar="MIB", help="Stop a run that needs more memory.")
    output_limit = option(
        "--output-limit", metavar="MIB", default=f"{_OUTPUT}", help="Write nothing where it would be more."
    )

    @property
    def seconds(self) -> int | None:
        """The limit of time; None where there is none."""
        return None if self.time_limit is None else limit("--time-limit", self.time_limit)

    @property
    def mebibytes(self) -> int | None:
        """The limit of memory; None where there is none."""
        return None if self.memory_limit is None else limit("--memory-limit", self.memory_limit)

    @property
    def output_bytes(self) -> int:
        """As much may be written, and read of what was."""
        return limit("--output-limit", self.output_limit) * 2**20

    def check_output(self, size: int, where: str = "standard output") -> None:
        """EnvironmentFailure where a run makes more bytes than it may."""
        most = self.output_bytes
        if size > most:
            fix = "make less at a time, or raise --output-limit"
            raise EnvironmentFailure(
                f"more than {most // 2**20} MiB to write", fix=fix, rule=KG612, where=where
            )


class CommonOptions(OptionGroup):
    """Of every command: how much it says and in which colours, and what its run may take."""

    quiet = QUIET
    color = option(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="Colour what is for people: auto where it goes to a terminal, and NO_COLOR is not set.",
    )
    limits = Group(LimitOptions)

    @classmethod
    def added_to(cls, options: type[OptionGroup]) -> list[Parameter[Any]]:
        """All that a command takes: its own options, what adds to its arguments, and of these the ones it does not declare."""
        declared = {one.name: one for one in options.parameters()}
        for one in list(declared.values()):
            if isinstance(one, Argument) and one.more:
                more = one.by_option()
                declared[more.name] = more
        for one in cls.parameters():
            declared.setdefault(one.name, one)
        return list(declared.values())


def limit(name: str, word: str) -> int:
    """The number that an option sets as a limit; UsageError where it is none."""
    if not (word.isascii() and word.isdigit() and len(word) < 10 and 0 < int(word) <= _HIGHEST_LIMIT):
        raise UsageError(f"{name} takes a number from 1 to {_HIGHEST_LIMIT}, not {word[:40]}")
    return int(word)


class Outcome(NamedTuple):
    """The product goes to standard output, everything about it to standard error.

    `spooled` is a product that is too large for memory, in the place of `stdout`.
    """

    stdout: bytes = b""
    stderr: str = ""
    exit_code: int = EXIT_OK
    spooled: "Spooled | None" = None

    @property
    def size(self) -> int:
        """The bytes of the product."""
        return len(self.stdout) if self.spooled is None else len(self.spooled)


def reported(report: "Report", *, quiet: bool = False, wrote: bool = False) -> Outcome:
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


def written(command: str, form: str, value: Any) -> Any:
    """What a command has made in one of its formats, whose module `as_...` has a function `write`: a text, or its pieces.

    It is loaded when it is asked for: a page of HTML, say, needs all of Jinja2.
    """
    from importlib import import_module

    module = import_module(f"kaitogen.commands.{command}.as_{form}")
    if form != "text":
        return module.write(value)
    from kaitogen.diagnostics.terminal import colours

    return module.write(value, colour=bool(colours(1)))


def formatted(command: str, form: str, value: Any) -> bytes:
    """The same of a command that writes one text."""
    text: str = written(command, form, value)
    return text.encode("utf-8", "backslashreplace")


def printed(parts: Iterable[str], number: int) -> Outcome:
    """The parts together as the product; those of very many objects wait in a file, without ever being in memory all at once."""
    if number <= _MANY:
        return Outcome("".join(parts).encode("utf-8", "backslashreplace"))
    from kaitogen.commands.spooled import spooled  # few runs make as many

    return spooled(parts)


def deliver(outcome: Outcome) -> int:
    """Write it all to the streams; the exit code. BrokenPipeError where nobody reads standard output any more."""
    if outcome.stderr:
        write_stderr(outcome.stderr)
    try:
        _write_all(1, outcome.stdout)
        for data in outcome.spooled or ():  # one after the other: all of them are too much
            _write_all(1, data)
    except BrokenPipeError:
        raise
    except OSError as error:
        write_stderr(f"kaitogen: standard output cannot be written: {reason(error)}\n")
        return EXIT_ENVIRONMENT
    return outcome.exit_code


def write_stderr(text: str) -> None:
    """To standard error, whatever its encoding; a closed one is nobody's loss."""
    try:
        _write_all(2, text.encode("utf-8", "backslashreplace"))
    except OSError:
        pass


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view) :]
        except BlockingIOError:  # another program that shares the pipe may have made it so
            from select import select  # as rare as that

            select([], [descriptor], [])
