"""`kaitogen version`: the versions of kaitogen, of the intents' API, and of KAITO."""

from kaitogen import __version__
from kaitogen.commands.options import OptionGroup
from kaitogen.commands.result import Outcome
from kaitogen.model import INTENT_API_VERSION, KAITO_VERSIONS, NEWEST_KAITO


class Options(OptionGroup):
    """Of `kaitogen version`: none."""


def run(_options: Options) -> Outcome:
    """One line."""
    known = f"{KAITO_VERSIONS[0]} to {NEWEST_KAITO}"
    return Outcome(f"kaitogen {__version__} (intents {INTENT_API_VERSION}, KAITO {known})\n".encode())
