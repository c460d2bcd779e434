"""The plain command line, parsed without click.

What is not plain (help, completion, anything wrong) gives None here and goes to click, which explains it; a test
holds that both parsers take the same lines the same way.
"""

from collections.abc import Sequence

from kaitogen.cli.registry import Command, find
from kaitogen.commands.options import OptionGroup
from kaitogen.commands.options import parse as parse_options


def parse(line: Sequence[str]) -> tuple[Command, OptionGroup] | None:
    """The command and its options, None where the line is not plain."""
    for length in (1, 2):
        command = find(" ".join(line[:length]))
        if command is not None:
            options = parse_options(command.options, line[length:])
            return None if options is None else (command, options)
    return None
