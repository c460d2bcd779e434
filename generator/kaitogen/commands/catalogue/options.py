"""The commands that look things up in KAITO's catalogues, as rows of the command line's table."""

from typing import Final

from kaitogen.commands.option_types import Argument, Command, Option
from kaitogen.model import KAITO_VERSIONS, NEWEST_KAITO, PROVIDERS

_KAITO: Final = Option(
    "kaito", ("--kaito",), "KAITO version to look in.", "value", choices=KAITO_VERSIONS, default=NEWEST_KAITO
)
_FORM: Final = Option(
    "form", ("--format",), "How to print the list.", "value", choices=("text", "json"), default="text"
)
MODELS: Final = Command(
    "models",
    "Look up the models that KAITO knows.",
    (_KAITO, _FORM),
    Argument(
        "words",
        "[show] QUERY",
        "Part of a name; after show a whole one, of which everything is told.",
        most=2,
    ),
)
SKUS: Final = Command(
    "skus",
    "Look up the instance types that KAITO knows, and what fits on them.",
    (
        Option("provider", ("--provider",), "Instance types of this cloud only.", "value", choices=PROVIDERS),
        Option("model", ("--model",), "Show where this model fits, and why not elsewhere.", "value", "MODEL"),
        _KAITO,
        _FORM,
    ),
    Argument("words", "QUERY", "Part of the name of an instance type or card.", most=1),
)
CATALOGUE_COMMANDS: Final = (MODELS, SKUS)
