"""What every format tells of a comparison: the model that all of them get, the ways out, and the sentences that they share."""

import re

from kaitogen.diagnostics.terminal import Colour, painted_word
from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.objects import ConfigMaps, config_maps_of, part, value_at
from kaitogen.kaito.rules.context import RuleContext, cut
from kaitogen.kaito.rules.ignored import preferred_nodes, relabelling
from kaitogen.kaito.rules.inference_set import LONGEST_NAME, replica_of
from kaitogen.kaito.served_name import name_and_source
from kaitogen.kaito.updates.compare import cost
from kaitogen.kaito.updates.judging import KG831, KG834
from kaitogen.kaito.updates.model import VERDICTS, Comparison, Item, Judgement, ObjectChange, Takes, Verdict
from kaitogen.kaito.updates.workspace import selected
from kaitogen.model import Diagnostic
from kaitogen.typed import Final, Iterable, Mapping, NamedTuple, Sequence

#: How the codes of rules begin that an object breaks by itself, whatever it was before.
_OF_OBJECTS: Final = "KG4"
#: More letters in a name than a StatefulSet's pods can bear.
_LONGEST: Final = 52
_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LETTERS: Final = "bcdefghijklmnopqrstuvwxyz"


class WayOut(NamedTuple):
    """How a change gets through that KAITO refuses, or hands to new replicas only: another name beside the one that runs.

    `held` is what the one that runs takes, `needed` what the new one does.
    `replaced` is whether replicas that are deleted come back with the change as well. `scaler` is the ScaledObject of a
    finished set; an intent makes its own. `models` are the names of the model that clients send to both.
    """

    name: str
    held: Takes
    needed: Takes
    models: tuple[str, str]
    replaced: bool = False
    scaler: Item | None = None

    @property
    def meanwhile(self) -> Takes:
        """What both take while they stand side by side."""
        return self.held.plus(self.needed)

    def sentence(self, name: str = "", number: int = 1) -> str:
        """The way out in one sentence; of `number` changes that are equal, the first of which is of a Workspace `name`."""
        how = f"run it as {self.name}"
        if number > 1:
            how = f"run each under another name ({self.name} for {name})"
        how += " beside the one that runs, switch to it, then remove the old one"
        if self.replaced and number == 1:
            how = f"delete the replicas one by one, each comes back with the change; or {how}"
        held, both = self.held.times(number), self.meanwhile.times(number)
        if both.nodes is None:
            return f"{how}; how many nodes both take meanwhile, only the cluster knows"
        return f"{how}: {both} meanwhile, {held} of which run now"


class DiffReport(NamedTuple):
    """A comparison, what it was made with, the ways out by identity, and what keeps the sides from being compared."""

    comparison: Comparison
    against: str
    ways_out: Mapping[tuple[str, str, str, str], WayOut]
    findings: Sequence[Diagnostic] = ()

    def way_out(self, change: ObjectChange) -> WayOut | None:
        """How a change that is refused gets through; None where it is not refused, or does not."""
        return self.ways_out.get(change.item.identity)


#: What a verdict means where nothing more is said of a change, and its colour: that of what KAITO refuses or takes
#: away, of what interrupts, and of what does neither.
VERDICT: Final[dict[Verdict, tuple[str, Colour]]] = {
    "refused": ("KAITO refuses it", "red"),
    "recreate": ("another object takes its place", "red"),
    "delete": ("it is deleted", "red"),
    "create": ("it is created", "green"),
    "restart": ("its pods restart", "yellow"),
    "no effect": ("accepted, and without effect on what runs", "cyan"),
    "in place": ("changed in place", "green"),
}


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
        longest = _LONGEST if one.after.is_workspace else LONGEST_NAME - 1
        name = _free(one.after.identity[3], taken, longest)
        taken.add(name)
        found[one.after.identity] = WayOut(
            name=name,
            held=cost(one.before, old),
            needed=cost(one.after, new),
            models=(_served(one.before, old, one.before.identity[3]), _served(one.after, new, name)),
            replaced=one.judgement.verdict != "refused",
            scaler=_scaler(one.after, after),
        )
    return found


def _served(item: Item, config_maps: ConfigMaps, name: str) -> str:
    """The name of the model that clients send to the Workspace or set under this name."""
    data = item.data if item.is_workspace else replica_of(item.data)
    ctx = RuleContext(data, item.target, config_maps=config_maps)
    model, _ = name_and_source(ctx, of_set="" if item.is_workspace else name)
    return cut(model) or "the model of the template"


def _scaler(item: Item, items: Sequence[Item]) -> Item | None:
    if item.is_workspace or item.spec is not None:
        return None
    named = ("spec", "scaleTargetRef", "name")
    near = (one for one in items if one.is_scaled_object and one.identity[2] == item.identity[2])
    return next((one for one in near if value_at(one.data, named) == item.identity[3]), None)


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


def what(changed: ObjectChange) -> str:
    """What happens to the object, as a word that machines read: created, deleted, renamed or changed."""
    if changed.before is None:
        return "created"
    if changed.after is None:
        return "deleted"
    return "renamed" if changed.renamed else "changed"


def commands(changed: ObjectChange) -> list[str]:
    """What to run, where other nodes are named under byo than before: KAITO finds them by their labels alone."""
    before, after = changed.before, changed.after
    if before is None or after is None or changed.renamed or not after.serves:
        return []
    old, new = (part(one.data, "resource" if one.is_workspace else "spec") for one in (before, after))
    same = selected(part(old, "labelSelector")) == selected(part(new, "labelSelector"))
    if after.is_workspace:
        # Other labels are refused: a new Workspace has labels of its own.
        return relabelling(RuleContext(after.data, after.target), preferred_nodes(old)) if same else []
    if before.spec is None or after.spec is None or not after.spec.placement.nodes:
        return []  # of a set the intents alone name nodes
    replica = replica_of(after.data, after.spec.placement.nodes)
    # No node has other labels yet.
    labelled = list(before.spec.placement.nodes or ()) if same else []
    return relabelling(RuleContext(replica, after.target), labelled)


def title(changed: ObjectChange) -> str:
    """The object by kind, namespace and name, with what it was called before and the KAITO that judges it."""
    about = []
    if changed.renamed and changed.before is not None:
        _, _, namespace, name = changed.before.identity
        about.append(f"was {namespace}/{name}" if namespace else f"was {name}")
    if changed.item.is_workspace:
        about.append(f"KAITO {changed.item.target.kaito}")
    return f"{changed.item.label} ({', '.join(about)})" if about else changed.item.label


def painted(line: str, judgement: Judgement, word: str = "") -> str:
    """A line with the verdict, or the word for it, in its colour."""
    return painted_word(line, word or judgement.verdict, VERDICT[judgement.verdict][1])


def verdict(judgement: Judgement) -> str:
    """The verdict with the rule and the code that it rests on: `refused (U4, KG804)`."""
    sources = ", ".join(word for word in (judgement.number, judgement.code) if word)
    return f"{judgement.verdict} ({sources})" if sources else judgement.verdict


def judged(judgement: Judgement) -> str:
    """The verdict, its sources, and why."""
    return f"{verdict(judgement)}: {judgement.why}" if judgement.why else verdict(judgement)


def total(comparison: Comparison) -> str:
    """The comparison in one sentence: how many differ of how many, and what becomes of them."""
    compared, different = number_of(comparison.compared, "object"), len(comparison.objects)
    if not different:
        return f"{compared} compared, no difference"
    counts = {word: sum(one.judgement.verdict == word for one in comparison.objects) for word in VERDICTS}
    parts = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    return f"{compared} compared, {different} different: {parts}"
