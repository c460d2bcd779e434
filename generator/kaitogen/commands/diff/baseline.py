"""The other side of a comparison: what a revision, a folder or a file said, brought to objects as the new side is."""

import os

from kaitogen.commands.diff.report import DiffReport
from kaitogen.commands.diff.way_out import ways_out
from kaitogen.diagnostics.placing import each_once, in_file_order, place, place_by_document
from kaitogen.diagnostics.suppression import suppress
from kaitogen.errors import UsageError
from kaitogen.files import git
from kaitogen.kaito.updates.compare import compare
from kaitogen.kaito.updates.findings import problems
from kaitogen.kaito.updates.model import Comparison, Item, in_groups, items_of, twice
from kaitogen.model import Diagnostic, Request, Result, Rule, Suppressed, Target
from kaitogen.pipeline import revisions
from kaitogen.pipeline.generate import KG181, generate
from kaitogen.pipeline.load import KG110, KG601
from kaitogen.typed import Callable, Final, Iterable, NamedTuple, Sequence

KG829 = Rule("KG829", "Something that is not compared, since it was not valid before", kind="warning")

#: How a path begins that can be no revision.
_EXPLICIT: Final = (os.sep, os.curdir + os.sep, os.pardir + os.sep)


def is_path(word: str, paths: Sequence[str]) -> bool:
    """Whether what to compare with is a file or folder and not a revision; UsageError where it is both."""
    if not os.path.exists(word):
        return False
    if not word.startswith(_EXPLICIT) and word not in (os.curdir, os.pardir):
        try:
            revisions.repository_of(paths).commit(word)
        except git.GitError:
            return True
        raise UsageError(
            f"{word} is a revision and a file or folder",
            fix=f"write ./{word} for what is here, or refs/heads/{word} for the branch",
        )
    return True


def result_of(word: str, request: Request) -> tuple[Result, str]:
    """What the other side makes of the same paths at a revision, or of a file or folder of its own.

    The second value is what its files have before the names that they have today; empty where they have other names.
    """
    paths = request.paths
    if is_path(word, paths):
        result = generate(request._replace(paths=(word,), all_yaml=True, stdin=None))
        # Finished manifests are as they are: what lies over our side's intents is in them already.
        return result._replace(findings=tuple(one for one in result.findings if one.rule != KG181)), ""
    with revisions.request_at(word, paths, request) as before:
        return generate(before), f"{word}:"


def unreadable(result: Result) -> list[Diagnostic]:
    """What keeps a side from being compared: that it is no object. What breaks KAITO's own rules may well be running."""
    return [one for one in result.findings if one.severity == "error" and not one.rule.source]


def with_changes(result: Result, word: str, request: Request) -> Result:
    """The result of a run with findings about what changed since the other side."""
    before, prefix = result_of(word, request)
    target = request.objects_target or Target()
    old, new = items_of(before, target)[0], items_of(result, target)[0]
    if not prefix and (double := [*twice(old), *twice(new)]):
        found = _settled(double, new)
    else:
        found = findings_about(changes_between(old, new, prefix), new)
    fresh = [one for one in found.kept if one not in result.findings]
    findings = [*result.findings, *fresh, *_about(before, prefix)]
    return result._replace(
        findings=tuple(
            in_file_order(findings, list(dict.fromkeys(item.origin.document.file for item in new)))
        ),
        suppressed=(*result.suppressed, *found.suppressed),
    )


class Found(NamedTuple):
    """The findings about changes at their lines: those that stand, those that a comment suppresses, and all with their origin."""

    kept: Sequence[Diagnostic]
    suppressed: Sequence[Suppressed]
    about: Sequence[Diagnostic]


def changes_between(old: Sequence[Item], new: Sequence[Item], prefix: str) -> Comparison:
    """What changes from one side to the other; file by file where files repeat each other.

    `prefix` is what the files of the old side have before the names that they have on the new one.
    """
    groups = [compare(*group) for group in in_groups(old, new, prefix)]
    objects = tuple(one for group in groups for one in group.objects)
    return Comparison(objects, sum(group.compared for group in groups))


def findings_about(changes: Comparison, new: Sequence[Item]) -> Found:
    """What KAITO refuses of the changes, and what it takes without effect; `new` is the new side of them."""
    return _settled(problems(changes), new)


def _settled(located: Iterable[Diagnostic], new: Sequence[Item]) -> Found:
    documents = list({id(item.origin.document): item.origin.document for item in new}.values())
    placed = place_by_document(located)
    kept, suppressed = suppress(each_once(placed), documents)
    return Found(kept, suppressed, [one for group in placed for one in group])


class Side(NamedTuple):
    """What a comparison is made with (a revision, a folder, a cluster): its objects, and what is wrong with them."""

    name: str
    items: Sequence[Item] = ()
    findings: Sequence[Diagnostic] = ()


def compared(request: Request, other: Callable[[list[Item], bool], Side]) -> DiffReport:
    """What the paths of the request hold, compared with another side, and what keeps them from being compared.

    That one is a function of what they hold, and of whether that is whole.
    """
    after = generate(request)
    new, unnamed = items_of(after, request.objects_target or Target())
    findings = [*unreadable(after), *place([*unnamed, *twice(new)])]
    side = other(new, not findings)
    if side.items:
        findings = [one for one in findings if not _is_gone(one)]
    findings = list(dict.fromkeys([*findings, *side.findings]))
    broken = any(one.severity == "error" for one in findings)
    comparison = Comparison((), 0) if broken else compare(side.items, new)
    return DiffReport(comparison, side.name, ways_out(comparison, side.items, new), findings)


def _is_gone(finding: Diagnostic) -> bool:
    """Whether a folder has no intents or a file is not there any more: its objects are deleted, which is no mistake."""
    return finding.rule == KG110 or (finding.rule == KG601 and not os.path.lexists(finding.file))


def side_of(word: str, request: Request) -> Side:
    """The objects of a revision, a folder or a file, and what keeps them from being compared."""
    before, _ = result_of(word, request)
    old, nameless = items_of(before, request.objects_target or Target())
    unread = [one for one in before.findings if one.rule.kind == "environment" and one.severity != "error"]
    return Side(word, old, [*unreadable(before), *unread, *place([*nameless, *twice(old)])])


def _about(before: Result, prefix: str) -> list[Diagnostic]:
    """What was wrong with the other side: only that something there is not compared, since it cannot be corrected any more."""
    passed_on = [one for one in before.findings if one.rule.kind == "environment"]
    first: dict[str, Diagnostic] = {}
    for one in unreadable(before):
        if one not in passed_on:
            first.setdefault(one.file, one)
    fix = "nothing, where this corrects it; otherwise compare with an older revision"
    for file, one in first.items():
        line = f" in line {one.line}" if one.line else ""
        message = f"what {file} says is not compared, since it was no valid intent or object: {one.message} ({one.code}{line})"
        passed_on.append(KG829.in_file(file.removeprefix(prefix), message, fix=fix))
    return passed_on
