"""The command `diff`, as a row of the command line's table."""

from typing import Final

from kaitogen.commands.live_options import LIVE_OPTIONS
from kaitogen.commands.option_types import Argument, Command, Option
from kaitogen.commands.target_options import TARGET_OPTIONS

#: The formats of a comparison.
FORMS: Final = ("text", "markdown", "json")


def diff(paths: Argument, *shared: Option) -> Command:
    """The command with the argument and the options that it shares with others."""
    return Command(
        "diff",
        "Say what changes, and what KAITO does with each change; exit 1 where anything differs.",
        (
            Option(
                "against",
                ("--against",),
                "What to compare with: a git revision, or a folder or file of intents or finished manifests.",
                "value",
                "REVISION|FOLDER|FILE",
            ),
            *LIVE_OPTIONS,
            Option(
                "namespace",
                ("-n", "--namespace"),
                "Where --live looks for objects that name no namespace.",
                "value",
                "NAME",
                default="default",
            ),
            Option(
                "form", ("--format",), "How to print the comparison.", "value", choices=FORMS, default="text"
            ),
            Option(
                "migration",
                ("--write-migration",),
                "Write into this folder how to get what KAITO refuses without a pause.",
                "value",
                "FOLDER",
            ),
            *TARGET_OPTIONS,
            *shared,
        ),
        paths,
    )
