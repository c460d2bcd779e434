"""What every format tells of a comparison: the model that all of them get, and the sentences that they share."""

from kaitogen.commands.diff.way_out import WayOut
from kaitogen.diagnostics.terminal import Colour
from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.objects import part
from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.ignored import preferred_nodes, relabelling
from kaitogen.kaito.rules.inference_set import replica_of
from kaitogen.kaito.updates.model import VERDICTS, Comparison, Item, Judgement, ObjectChange, Verdict
from kaitogen.kaito.updates.workspace import selected
from kaitogen.model import Diagnostic
from kaitogen.typed import Final, Mapping, NamedTuple, Sequence


class DiffReport(NamedTuple):
    """A comparison, what it was made with, the ways out by identity, and what keeps the sides from being compared."""

    comparison: Comparison
    against: str
    ways_out: Mapping[tuple[str, str, str, str], WayOut]
    findings: Sequence[Diagnostic] = ()

    def way_out(self, change: ObjectChange) -> WayOut | None:
        """How a change that is refused gets through; None where it is not refused, or does not."""
        return self.ways_out.get(change.item.identity)


#: What a verdict means, where nothing more is said of a change.
MEANING: Final[dict[Verdict, str]] = {
    "refused": "KAITO refuses it",
    "recreate": "another object takes its place",
    "delete": "it is deleted",
    "create": "it is created",
    "restart": "its pods restart",
    "no effect": "accepted, and without effect on what runs",
    "in place": "changed in place",
}


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
    if before is None or after is None or changed.renamed:
        return []
    if after.serves and not after.is_workspace:
        return _commands_of_set(before, after)
    if not after.is_workspace:
        return []
    old, new = (part(one.data, "resource") for one in (before, after))
    if selected(part(old, "labelSelector")) != selected(part(new, "labelSelector")):
        return []  # which is refused: a new Workspace has labels of its own
    return relabelling(RuleContext(after.data, after.target), preferred_nodes(old))


def _commands_of_set(before: Item, after: Item) -> list[str]:
    """The same for a set, of which the intents alone name nodes; where it selects by other labels, none has them yet."""
    if before.spec is None or after.spec is None or not after.spec.placement.nodes:
        return []
    selectors = [selected(part(part(one.data, "spec"), "labelSelector")) for one in (before, after)]
    old = list(before.spec.placement.nodes or ()) if selectors[0] == selectors[1] else []
    replica = replica_of(after.data, after.spec.placement.nodes)
    return relabelling(RuleContext(replica, after.target), old)


def title(changed: ObjectChange) -> str:
    """The object by kind, namespace and name, with what it was called before and the KAITO that judges it."""
    about = []
    if changed.renamed and changed.before is not None:
        _, _, namespace, name = changed.before.identity
        about.append(f"was {namespace}/{name}" if namespace else f"was {name}")
    if changed.item.is_workspace:
        about.append(f"KAITO {changed.item.target.kaito}")
    return f"{changed.item.label} ({', '.join(about)})" if about else changed.item.label


#: How a verdict is coloured: what KAITO refuses or takes away, what interrupts, and what does neither.
COLOURS: Final[dict[Verdict, Colour]] = {
    "refused": "red",
    "recreate": "red",
    "delete": "red",
    "create": "green",
    "restart": "yellow",
    "no effect": "cyan",
    "in place": "green",
}


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
