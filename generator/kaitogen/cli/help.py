"""`kaitogen help`: what `--help` behind a command says."""

from kaitogen.commands.options import OptionGroup, arguments
from kaitogen.commands.result import Outcome


class Options(OptionGroup):
    """Of `kaitogen help`."""

    words = arguments("COMMAND", most=2, help="A command; all of them if left out.")


def run(options: Options) -> Outcome:
    """The help of the command, of a group or of all, which click writes itself."""
    from kaitogen.cli import click_parser  # heavy

    answer = click_parser.parse([*options.words, "--help"])
    assert isinstance(answer, int), "a line with --help runs nothing"
    return Outcome(exit_code=answer)
