"""The command `plan`, as a row of the command line's table."""

from typing import Final

from generator.adapters.table import Argument, Command, Option

#: The formats of a plan.
FORMS: Final = ("text",)


def plan(paths: Argument, *shared: Option) -> Command:
    """The command with the argument and the options that it shares with others."""
    form = Option("form", ("--format",), "How to print the plan.", "value", choices=FORMS, default="text")
    return Command(
        "plan", "Say what KAITO will do with intents: nodes, GPUs, memory.", (form, *shared), paths
    )
