"""The words that all formats share: what becomes of an object, and of a field."""

from typing import Final

from kaitogen.diagnostics.wording import number_of
from kaitogen.kaito.updates.model import VERDICTS, Comparison, Judgement, ObjectChange, Verdict

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


def what(one: ObjectChange) -> str:
    """What happens to the object, as a word that machines read: created, deleted, renamed or changed."""
    if one.before is None:
        return "created"
    if one.after is None:
        return "deleted"
    return "renamed" if one.renamed else "changed"


def title(one: ObjectChange) -> str:
    """The object by kind, namespace and name, with what it was called before and the KAITO that judges it."""
    about = []
    if one.renamed and one.before is not None:
        _, _, namespace, name = one.before.identity
        about.append(f"was {namespace}/{name}" if namespace else f"was {name}")
    if one.item.is_workspace:
        about.append(f"KAITO {one.item.target.kaito}")
    return f"{one.item.label} ({', '.join(about)})" if about else one.item.label


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
