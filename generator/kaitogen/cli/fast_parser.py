"""The plain command line, parsed without click.

Importing click costs a quarter of a render. What is not plain (help, completion,
anything wrong) gives None here and goes to click, which words it; a test holds that
both parsers take the same lines the same way.
"""

from collections.abc import Sequence

from kaitogen.cli.table import COMMANDS
from kaitogen.commands.option_types import Command, Values
from kaitogen.commands.parsing import values_of


def parse(arguments: Sequence[str]) -> tuple[Command, Values] | None:
    """The command and its values, None where the line is not plain."""
    for words in (1, 2):
        command = COMMANDS.get(" ".join(arguments[:words]))
        if command is not None:
            values = values_of(command, arguments[words:])
            return None if values is None else (command, values)
    return None
