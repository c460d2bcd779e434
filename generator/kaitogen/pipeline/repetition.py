"""How much a run repeats: defaults of a set in every entry, an environment and values over every intent.

A text of a mebibyte in the defaults of a thousand workspaces is a gibibyte, in every stage after this one.
"""

from kaitogen.model import Diagnostic, Json, Path, Rule
from kaitogen.typed import Final

KG115 = Rule("KG115", "Values repeated until they are too much", kind="invalid")

#: In characters, for all that one run repeats.
MOST: Final = 256 * 1024 * 1024
#: What a value takes beside its text.
_EACH: Final = 64


class Repetition:
    """Counts what one run repeats."""

    def __init__(self) -> None:
        self._room = MOST

    def too_much(self, value: Json, times: int, path: Path) -> Diagnostic | None:
        """What is wrong once everything so far, and the value so many times, come to more than `MOST`."""
        if self._room >= 0:
            self._room -= times * _weight(value, self._room // max(times, 1))
        if self._room >= 0:
            return None
        message = f"repeated in every intent, this and what came before are more than {MOST // 2**20} MiB"
        return KG115.at(
            path, message, fix="shorten it, or write long texts into a ConfigMap that intents name"
        )


def _weight(value: Json, enough: int) -> int:
    """What a value weighs, counted no further than until that is more than enough."""
    weight = 0
    pending = [value]
    while pending and weight <= enough:
        one = pending.pop()
        weight += _EACH
        if isinstance(one, str):
            weight += len(one)
        elif isinstance(one, list):
            pending += one
        elif isinstance(one, dict):
            weight += sum(map(len, one))
            pending += one.values()
    return weight
