"""One object on both sides, and the parts that the judges look at."""

from collections.abc import Mapping
from typing import Final

from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.updates.model import Item, Judgement
from kaitogen.model import Json, Rule

#: What judges say of a field that is nobody's concern but its reader's.
IN_PLACE: Final = Judgement("in place", "")


class Pair:
    """The two states of an object as stored, and the installation that judges the change: that of the new side."""

    __slots__ = ("after", "before", "ctx", "item", "minor", "target", "used")

    def __init__(self, item: Item, before: Json, after: Json, used: frozenset[tuple[str, str]]) -> None:
        self.item = item
        self.before: Mapping[str, Json] = before
        self.after: Mapping[str, Json] = after
        self.target = item.target
        self.minor = item.target.minor
        self.ctx = RuleContext(after, item.target)
        #: Namespace and name of the ConfigMaps that a Workspace of the new side reads.
        self.used = used

    @property
    def kaito(self) -> str:
        """The version, as a subject of sentences."""
        return f"KAITO {self.target.kaito}"


def refused(rule: Rule, why: str) -> Judgement:
    """A change that KAITO's webhook refuses; the last digits of the code are the number of its rule (U2)."""
    return Judgement("refused", why, rule, f"U{int(rule.code[3:])}", "error")
