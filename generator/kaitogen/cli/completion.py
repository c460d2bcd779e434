"""`kaitogen completion`: the completion script of a shell."""

from kaitogen.commands.options import OptionGroup, argument
from kaitogen.commands.result import Outcome


class Options(OptionGroup):
    """Of `kaitogen completion`."""

    shell = argument("bash|zsh|fish", help="The shell.", choices=("bash", "zsh", "fish"), required=True)


def run(options: Options) -> Outcome:
    """The script, which asks kaitogen itself for what to offer."""
    from kaitogen.cli import click_parser  # heavy

    return Outcome(click_parser.completion_script(options.shell).encode() + b"\n")
