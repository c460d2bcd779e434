"""The command `plan`, as a row of the command line's table."""

from typing import Final

from kaitogen.commands.nodes.options import INVENTORY, MAX_AGE, TODAY
from kaitogen.commands.option_types import Argument, Command, Option

#: The formats of a plan.
FORMS: Final = ("text", "markdown", "json", "html")
_OPTIONS: Final = (
    Option("form", ("--format",), "How to print the plan.", "value", choices=FORMS, default="text"),
    Option(
        "against",
        ("--against",),
        "Say what changes: compare with the intents at this git revision.",
        "value",
        "REVISION",
    ),
    INVENTORY,
    MAX_AGE,
    TODAY,
    Option(
        "configs",
        ("--model-config",),
        "Folder or config.json of a model outside KAITO's catalogue.",
        "values",
        "[MODEL=]PATH",
    ),
    Option("price", ("--price",), "Table of what nodes cost.", "value", "FILE"),
    Option("choose", ("--choose",), "List every instance type that would do, the cheapest first."),
    Option("budget", ("--budget",), "What the Workspaces may take together.", "value", "FILE"),
)


def plan(paths: Argument, *shared: Option) -> Command:
    """The command with the argument and the options that it shares with others."""
    return Command(
        "plan", "Say what KAITO will do with intents: nodes, GPUs, memory.", (*_OPTIONS, *shared), paths
    )
