"""`kaitogen version`: the versions of kaitogen, of the intents' API, and of KAITO."""

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup
from kaitogen.commands.result import FORM, Outcome
from kaitogen.model import INTENT_API_VERSION, KAITO_VERSIONS, NEWEST_KAITO


class Options(OptionGroup):
    """Of `kaitogen version`."""

    form = FORM


def run(options: Options) -> Outcome:
    """One line, or for machines every version of KAITO."""
    if options.form == "json":
        from kaitogen.diagnostics.wording import json_text

        versions = {"kaitogen": __version__, "intents": INTENT_API_VERSION, "kaito": list(KAITO_VERSIONS)}
        return Outcome(json_text({"version": 1, **versions}).encode())
    known = f"{KAITO_VERSIONS[0]} to {NEWEST_KAITO}"
    return Outcome(f"kaitogen {__version__} (intents {INTENT_API_VERSION}, KAITO {known})\n".encode())
