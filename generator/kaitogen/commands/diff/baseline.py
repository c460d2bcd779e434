"""The other side of a comparison: what a revision, a folder or a file said, or a cluster holds, as objects like the new side's."""

import os

from kaitogen.commands.diff.report import DiffReport, ways_out
from kaitogen.diagnostics.placing import in_file_order, place
from kaitogen.diagnostics.suppression import settled
from kaitogen.errors import UsageError
from kaitogen.files import git
from kaitogen.kaito.updates.compare import compare
from kaitogen.kaito.updates.findings import problems
from kaitogen.kaito.updates.model import Comparison, Item, in_groups, items_of, settings_name, twice
from kaitogen.kaito.updates.stored import live_item
from kaitogen.model import Diagnostic, Json, Request, Result, Rule
from kaitogen.pipeline import revisions
from kaitogen.pipeline.companions import kind_of
from kaitogen.pipeline.generate import KG181, generate
from kaitogen.pipeline.load import KG110, KG601
from kaitogen.typed import Final, Iterable, NamedTuple, Protocol, Sequence

KG829 = Rule("KG829", "Something that is not compared, since it was not valid before", kind="warning")

#: The default of kubectl where neither it nor the object says one.
DEFAULT_NAMESPACE = "default"
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
    target = request.target
    old, new = items_of(before, target)[0], items_of(result, target)[0]
    if not prefix and (double := [*twice(old), *twice(new)]):
        found: Iterable[Diagnostic] = double
    else:
        found = problems(changes_between(old, new, prefix))
    kept, suppressed, _ = settled(found, [item.origin for item in new])
    fresh = [one for one in kept if one not in result.findings]
    findings = [*result.findings, *fresh, *_about(before, prefix)]
    files = list(dict.fromkeys(item.origin.document.file for item in new))
    return result._replace(
        findings=tuple(in_file_order(findings, files)), suppressed=(*result.suppressed, *suppressed)
    )


def changes_between(old: Sequence[Item], new: Sequence[Item], prefix: str) -> Comparison:
    """What changes from one side to the other; file by file where files repeat each other.

    `prefix` is what the files of the old side have before the names that they have on the new one.
    """
    groups = [compare(*group) for group in in_groups(old, new, prefix)]
    objects = tuple(one for group in groups for one in group.objects)
    return Comparison(objects, sum(group.compared for group in groups))


class Side(NamedTuple):
    """What a comparison is made with (a revision, a folder, a cluster): its objects, and what is wrong with them."""

    name: str
    items: Sequence[Item] = ()
    findings: Sequence[Diagnostic] = ()


def side(name: str, result: Result, request: Request, more: Sequence[Diagnostic] = ()) -> Side:
    """What a run made of the request, or of another side, and what keeps it from being compared, `more` among that."""
    items, unnamed = items_of(result, request.target)
    unread = unreadable(result)
    # That an object is made twice is said once; as a rule it is an intent's name.
    told = {(one.file, one.line, one.column) for one in unread}
    wrong = [one for one in place([*unnamed, *twice(items)]) if (one.file, one.line, one.column) not in told]
    return Side(name, items, [*unread, *more, *wrong])


def compared(other: Side, ours: Side) -> DiffReport:
    """What changes from another side to ours, and what keeps them from being compared."""
    own = [one for one in ours.findings if not (other.items and _is_gone(one))]
    findings = list(dict.fromkeys([*own, *other.findings]))
    broken = any(one.severity == "error" for one in findings)
    comparison = Comparison((), 0) if broken else compare(other.items, ours.items)
    return DiffReport(comparison, other.name, ways_out(comparison, other.items, ours.items), findings)


def _is_gone(finding: Diagnostic) -> bool:
    """Whether a folder has no intents or a file is not there any more: no mistake, since its objects are deleted."""
    return finding.rule == KG110 or (finding.rule == KG601 and not os.path.lexists(finding.file))


def side_of(word: str, request: Request) -> Side:
    """The objects of a revision, a folder or a file, and what keeps them from being compared."""
    before, _ = result_of(word, request)
    unread = [one for one in before.findings if one.rule.kind == "environment" and one.severity != "error"]
    return side(word, before, request, unread)


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


class Holder(Protocol):
    """What objects are looked for in: a cluster, or what was read of one."""

    def of_kaito(self, kind: str, namespace: str | None = None) -> list[Json]:
        """The objects of a kind of KAITO's in a namespace, or in all."""

    def object_of(self, like: Json, namespace: str, name: str) -> Json | None:
        """One object of the kind that another has; None where there is none of that name."""


def items_in(cluster: Holder, where: str, items: Sequence[Item], namespace: str) -> list[Item]:
    """The objects of a cluster, called `where`, that these would change, each as the old state of its own."""
    spaces = {(item.identity[1], _space(item, namespace)) for item in items if item.serves}
    placed = {
        (kind, space, one["metadata"]["name"]): one
        for kind, space in sorted(spaces, key=lambda where: (where[0] != "Workspace", where[1]))
        for one in cluster.of_kaito(kind, space)
    }
    live_items: list[Item] = []
    for item in items:
        kind = kind_of(item.data)
        key = ("" if kind is not None and kind.in_cluster else _space(item, namespace), item.identity[3])
        live = placed.get((item.identity[1], *key))
        if item.is_config_map or item.is_scaled_object or kind is not None:
            live = cluster.object_of(item.data, *key)
        if live is not None:
            live_items.append(live_item(live, item, where))
    return live_items + _former_settings(cluster, live_items, items, namespace)


def _space(item: Item, namespace: str) -> str:
    return item.identity[2] or namespace


def _former_settings(
    cluster: Holder, live_items: Sequence[Item], items: Sequence[Item], namespace: str
) -> list[Item]:
    """The ConfigMaps that Workspaces read so far, where they are to read another one that is among the items."""
    maps = {item.identity[2:]: item for item in items if item.is_config_map}
    new = {item.identity: item for item in items if item.serves}
    former: dict[tuple[str, str], Item] = {}
    for old in live_items:
        if not old.serves:
            continue
        now = maps.get((old.identity[2], settings_name(new[old.identity].data)))
        key = (old.identity[2], settings_name(old.data))
        if now is not None and key[1] and key not in maps and key not in former:
            live = cluster.object_of(now.data, _space(old, namespace), key[1])
            if live is not None:
                former[key] = live_item(live, now, old.origin.document.file)
    return list(former.values())
