"""Changes as problems at the fields of the new side, for `validate`."""

from kaitogen.diagnostics.wording import cut
from kaitogen.kaito.objects import MISSING, to_intent_path
from kaitogen.kaito.updates.judging import KG813, KG822, KG827, KG831, KG832, KG833, KG834, KG835
from kaitogen.kaito.updates.model import Change, Comparison, Difference, Item
from kaitogen.kaito.updates.workspace import KG801, KG804, KG805, KG809, KG811, KG820, KG821, KG823
from kaitogen.model import Diagnostic, Json, Path, Rule
from kaitogen.typed import Final, Iterator
from kaitogen.yaml.writer import flow

_FAMILY: Final = "KG8"
_WAY_OUT: Final = (
    "keep the old value, or run the change beside it under a new name: "
    "kaitogen diff --write-migration FOLDER writes the files"
)
#: Where a workload comes and another goes, one finding says both.
_TOGGLED: Final = KG801


def problems(comparison: Comparison) -> Iterator[Diagnostic]:
    """What KAITO refuses of the changes, and what it takes without effect."""
    for one in comparison.objects:
        item = one.after
        if item is None:
            continue
        rule = one.judgement.rule
        if one.renamed and rule is not None and rule.code.startswith(_FAMILY):
            old = one.before.label if one.before else ""
            fix = "keep the name; where it has to change, run both until the new one serves: kaitogen diff --write-migration FOLDER"
            renamed = rule.at((), f"{old} becomes {item.label}: {one.judgement.why}", fix=fix)
            yield _located(item, ("metadata", "name"), renamed)
        toggled = False
        for change in one.changes:
            rule = change.judgement.rule
            if rule is not None and rule.code.startswith(_FAMILY) and not (rule == _TOGGLED and toggled):
                yield _located(item, change.difference.path, _problem(change, rule, item.target.kaito))
                toggled = toggled or rule == _TOGGLED


def _located(item: Item, path: Path, problem: Diagnostic) -> Diagnostic:
    # What is said of the target stands in the intent, and nowhere in the object.
    where = path if item.spec is None or path[:2] == ("spec", "target") else to_intent_path(item.spec, path)
    return problem._replace(path=where).of(item.origin)


def _problem(change: Change, rule: Rule, kaito: str) -> Diagnostic:
    difference, judgement = change
    if difference.before is None and difference.after is None:  # nothing changes there
        message = f"this update does not get through: {judgement.why}"
        return rule.at((), message, fix=_FIXES_BESIDE[rule])
    before, after = shown(difference.before), shown(difference.after)
    if judgement.verdict != "refused":
        message = f"{sentence(difference)}; {judgement.why}"
        return rule.at((), message, fix=_FIXES[rule], found=after)
    who = "the API server" if rule == _BY_KUBERNETES else f"KAITO {kaito}"
    message = f"{sentence(difference)}; {who} refuses that: {judgement.why}"
    of_engine = difference.path[:2] == ("spec", "compute")
    fix = _FIXES.get(rule, _BESIDE if of_engine else _WAY_OUT)
    return rule.at((), message, fix=fix, found=after, expected=before)


_ANEW: Final = "run it under another name, or delete the Workspace and create it anew"
_BESIDE: Final = "make another object beside this one, and remove this one when the new one serves"
_BY_KUBERNETES: Final = KG813
_FIXES: Final = {
    KG809: "correct the adapter",
    _BY_KUBERNETES: "give the new content another name",
    KG811: "use a node class of the installation's list",
    KG820: _ANEW,
    KG821: "run the Workspace under another name to have the ConfigMap from its start",
    KG822: "give the ConfigMap another name, as kaitogen does with one that it makes, or restart the pods",
    KG823: _ANEW,
    KG827: "delete such a Workspace before KAITO's own --node-provisioner changes, and make it anew afterwards",
    KG831: _BESIDE,
    KG832: _BESIDE,
    KG833: "delete the mirror and make it anew",
    KG835: "first take it out of what was applied last (kubectl apply edit-last-applied inferenceset NAME), and let "
    "Argo CD ignore /spec/replicas with RespectIgnoreDifferences=true",
    KG834: "delete the replicas one by one after the change, or make the set anew",
}
#: What to do about a field that is not changed, and keeps all others from changing.
_FIXES_BESIDE: Final = {
    KG804: "set instanceType in the same change; it may be set where there was none",
    KG805: "leave the Workspace as it is, or add another with matchLabels alone",
    KG809: "correct the adapter in the same change",
}


def sentence(difference: Difference) -> str:
    """The change as the beginning of a sentence."""
    field, before, after = difference.shown, difference.before, difference.after
    if before is MISSING:
        return f"{field} is set to {shown(after)}"
    if after is MISSING:
        return f"{field}, which was {shown(before)}, is removed"
    return f"{field} changes from {shown(before)} to {shown(after)}"


def shown(value: Json, longest: int = 60) -> str:
    """A value on one line, cut; empty for what is not there."""
    if value is MISSING:
        return ""
    return cut(flow(value), longest)
