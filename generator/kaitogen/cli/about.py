"""What kaitogen says of itself: `kaitogen help`, `kaitogen version` and `kaitogen completion`."""

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup, argument, arguments
from kaitogen.commands.result import FORM, Outcome
from kaitogen.model import INTENT_API_VERSION, KAITO_VERSIONS, NEWEST_KAITO


class HelpOptions(OptionGroup):
    """Of `kaitogen help`."""

    words = arguments("COMMAND", most=2, help="A command; all of them if left out.")


def help_of(options: HelpOptions) -> Outcome:
    """The help of the command, of a group or of all, as `--help` behind it says it: click writes it itself."""
    from kaitogen.cli import click_parser  # heavy

    answer = click_parser.parse([*options.words, "--help"])
    assert isinstance(answer, int), "a line with --help runs nothing"
    return Outcome(exit_code=answer)


class VersionOptions(OptionGroup):
    """Of `kaitogen version`."""

    form = FORM


def version(options: VersionOptions) -> Outcome:
    """The versions of kaitogen, of the intents' API and of KAITO: one line, or for machines every version of KAITO."""
    if options.form == "json":
        from kaitogen.diagnostics.wording import json_text

        versions = {"kaitogen": __version__, "intents": INTENT_API_VERSION, "kaito": list(KAITO_VERSIONS)}
        return Outcome(json_text({"version": 1, **versions}).encode())
    known = f"{KAITO_VERSIONS[0]} to {NEWEST_KAITO}"
    return Outcome(f"kaitogen {__version__} (intents {INTENT_API_VERSION}, KAITO {known})\n".encode())


class CompletionOptions(OptionGroup):
    """Of `kaitogen completion`."""

    shell = argument("bash|zsh|fish", help="The shell.", choices=("bash", "zsh", "fish"), required=True)


def completion(options: CompletionOptions) -> Outcome:
    """The script of the shell, which asks kaitogen itself for what to offer."""
    from kaitogen.cli import click_parser  # heavy

    return Outcome(click_parser.completion_script(options.shell).encode() + b"\n")
