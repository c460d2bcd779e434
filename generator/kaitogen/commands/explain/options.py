"""The command `explain`, as a row of the command line's table."""

from typing import Final

from kaitogen.commands.option_types import Argument, Command, Option

EXPLAIN: Final = Command(
    "explain",
    "Say what a finding means, or where a value comes from.",
    (
        Option(
            "where",
            ("--where",),
            "Say which line of which document sets this field of each Workspace.",
            "value",
            "PATH",
        ),
        Option(
            "environment",
            ("--environment",),
            "With --where: the file of an environment that is laid over the intents.",
            "value",
            "FILE",
        ),
        Option(
            "set", ("--set",), "With --where: a value that is laid over the intents.", "values", "PATH=VALUE"
        ),
        Option(
            "form",
            ("--format",),
            "How to print explanations.",
            "value",
            choices=("text", "markdown"),
            default="text",
        ),
    ),
    Argument("words", "CODE|FILE", "Codes such as KG405, all of them if left out; with --where the files."),
)
