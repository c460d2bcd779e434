"""How a change gets through that KAITO refuses, or hands to new replicas only: another name beside the one that runs."""

import re

from kaitogen.kaito.objects import config_maps_of, value_at
from kaitogen.kaito.rules.inference_set import LONGEST_NAME
from kaitogen.kaito.updates.compare import cost
from kaitogen.kaito.updates.judging import KG831, KG834
from kaitogen.kaito.updates.model import Comparison, Cost, Item, ObjectChange
from kaitogen.typed import Final, Iterable, NamedTuple, Sequence

#: How the codes of rules begin that an object breaks by itself, whatever it was before.
_OF_OBJECTS: Final = "KG4"
#: More letters in a name than a StatefulSet's pods can bear.
_LONGEST: Final = 52
_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LETTERS: Final = "bcdefghijklmnopqrstuvwxyz"


class WayOut(NamedTuple):
    """The name of what takes over, and what both take: the one that runs, the new one, and their sum.

    `replaced` is whether replicas that are deleted come back with the change as well. `scaler` is the ScaledObject of a
    finished set; an intent makes its own.
    """

    name: str
    held: Cost
    needed: Cost
    meanwhile: Cost
    replaced: bool = False
    scaler: Item | None = None

    @property
    def sentence(self) -> str:
        """The way out in one sentence."""
        how = f"run it as {self.name} beside the one that runs, switch to it, then remove the old one"
        if self.replaced:
            how = f"delete the replicas one by one, each comes back with the change; or {how}"
        if self.meanwhile.nodes is None:
            return f"{how}; how many nodes both take meanwhile, only the cluster knows"
        return f"{how}: {self.meanwhile} meanwhile, {self.held} of which run now"


def ways_out(
    comparison: Comparison, before: Sequence[Item], after: Sequence[Item]
) -> dict[tuple[str, str, str, str], WayOut]:
    """The way out of each Workspace and set with a change that does not reach what runs, by the identity that it has on the new side."""
    taken = {item.identity[3] for item in (*before, *after)}
    old, new = (config_maps_of(item.data for item in side) for side in (before, after))
    found: dict[tuple[str, str, str, str], WayOut] = {}
    for one in comparison.objects:
        if one.before is None or one.after is None or not _stuck(one) or not _can_exist(one.after):
            continue
        held, needed = cost(one.before, old), cost(one.after, new)
        longest = _LONGEST if one.after.is_workspace else LONGEST_NAME - 1
        name = _free(one.after.identity[3], taken, longest)
        taken.add(name)
        found[one.after.identity] = WayOut(
            name=name,
            held=held,
            needed=needed,
            meanwhile=held.plus(needed),
            replaced=one.judgement.verdict != "refused",
            scaler=_scaler(one.after, after),
        )
    return found


def _scaler(item: Item, items: Sequence[Item]) -> Item | None:
    if item.is_workspace or item.spec is not None:
        return None
    named = ("spec", "scaleTargetRef", "name")
    for one in items:
        inside = one.is_scaled_object and one.identity[2] == item.identity[2]
        if inside and value_at(one.data, named) == item.identity[3]:
            return one
    return None


def _can_exist(item: Item) -> bool:
    """Whether its names are such as Kubernetes takes: what is written here ends in command lines and names of files."""
    _, _, namespace, name = item.identity
    return _LABEL.fullmatch(name) is not None and (not namespace or _LABEL.fullmatch(namespace) is not None)


def _stuck(changed: ObjectChange) -> bool:
    """Whether KAITO refuses a change of what is on both sides, or gives it to new replicas only, and takes it under another name."""
    judgement = changed.judgement
    if changed.item.serves and not changed.item.is_workspace:
        codes = {change.judgement.code for change in changed.changes if change.judgement.verdict == "refused"}
        return codes == {KG831.code} or (
            not codes and any(each.judgement.rule == KG834 for each in changed.changes)
        )
    return (
        changed.item.is_workspace
        and judgement.verdict == "refused"
        and not judgement.code.startswith(_OF_OBJECTS)
    )


def _free(name: str, taken: Iterable[str], longest: int) -> str:
    """The name with the first letter behind it that makes it another one: phi-4-b, and from there phi-4-c."""
    stem, dash, last = name.rpartition("-")
    letters = _LETTERS
    if dash and len(last) == 1 and last in _LETTERS:
        letters = _LETTERS[_LETTERS.index(last) + 1 :] or _LETTERS
    else:
        stem = name
    for letter in (*letters, *(first + second for first in _LETTERS for second in _LETTERS)):
        candidate = f"{stem[: longest - 1 - len(letter)].rstrip('-.')}-{letter}"
        if candidate not in taken:
            return candidate
    return f"{stem[: longest - 4].rstrip('-.')}-new"
