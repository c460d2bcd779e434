"""What `models` and `skus` share: their options, and how an answer is given, or that there is none."""

from typing import Final

from kaitogen.commands.options import option
from kaitogen.commands.result import Outcome
from kaitogen.diagnostics import suggest
from kaitogen.errors import EXIT_FINDINGS, UsageError
from kaitogen.kaito.catalogue.models import all_models, preset_names
from kaitogen.model import KAITO_VERSIONS, NEWEST_KAITO, Target

KAITO: Final = option(
    "--kaito", choices=KAITO_VERSIONS, default=NEWEST_KAITO, help="KAITO version to look in."
)
FORM: Final = option("--format", choices=("text", "json"), default="text", help="How to print the list.")


def answer(text: str, *, empty: str = "", form: str = "text") -> Outcome:
    """The list; where nothing is in it, `empty` says so: a table of headings alone would say it less plainly."""
    if not empty:
        return Outcome(text.encode())
    return Outcome(text.encode() if form == "json" else b"", f"kaitogen: {empty}\n", EXIT_FINDINGS)


def unknown_model(name: str) -> UsageError:
    """What to raise for a model that the catalogue does not have."""
    names = [*(one.id for one in all_models()), *preset_names(Target(NEWEST_KAITO).minor)]
    otherwise = "kaitogen models lists them; KAITO takes other Hugging Face ids too"
    fix = suggest.did_you_mean(name, names, otherwise)
    return UsageError(f"KAITO's catalogue has no model {name[:60]}", fix=fix)
