"""Problems to findings: which line and column of the user's file each one is about."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from kaitogen.model import Document, Finding, Located, Origin, Path, Problem, path_text
from kaitogen.yaml.locate import Place, lines_of, locate

#: Problems about the key itself, not the value beside it.
_ABOUT_KEYS = frozenset(("KG120",))


#: The problems of one document as findings, each beside the origin of the value that it is about.
Placed: TypeAlias = list[tuple[Origin, Finding]]


def place(located: Iterable[Located]) -> list[Finding]:
    """The problems as findings at their lines, each only once."""
    return each_once(place_by_document(located))


def each_once(placed: Iterable[Placed]) -> list[Finding]:
    """The findings of all documents; where several values of a document have the same one, it is one."""
    return [finding for group in placed for finding in dict.fromkeys(finding for _, finding in group)]


def place_by_document(located: Iterable[Located]) -> list[Placed]:
    """The problems as findings at their lines, with the origins that they were about at first."""
    by_document: dict[tuple[str, int], list[tuple[Origin, Located]]] = {}
    for one in located:
        item = _where_given(one) if one.origin.document.overrides else one
        document = item.origin.document
        by_document.setdefault((document.file, document.number), []).append((one.origin, item))
    return [_place_in(group[0][1].origin.document, group) for group in by_document.values()]


def _where_given(item: Located) -> Located:
    """The problem at what was laid over the document, where that is what it is about; the last such part counts."""
    (document, roots), problem = item
    path = (*roots[0], *problem.path)
    for base, below, origin in reversed(document.overrides):
        given = (*base, *below)
        if path[: len(given)] == given:
            return Located(origin, problem._replace(path=path[len(base) :]))
    return item


def in_file_order(findings: Iterable[Finding], files: Sequence[str]) -> list[Finding]:
    """The findings as a reader meets their lines: by file in the order given, then line, then column."""
    rank = {name: number for number, name in enumerate(files)}
    return sorted(findings, key=lambda one: (rank.get(one.file, -1), one.line, one.column, one.code))


def _place_in(document: Document, group: list[tuple[Origin, Located]]) -> Placed:
    candidates = [_candidates(item) for _, item in group]
    wanted = {path for paths in candidates for path in paths}
    places = {} if document.inline else locate(document.text, wanted)
    findings = [
        _finding(document, item.problem, paths, places)
        for (_, item), paths in zip(group, candidates, strict=True)
    ]
    # All at once: looked up one by one, the lines of a long file would take the square of its length.
    sources = lines_of(document.text, (one.line - document.line for one in findings))
    return [
        (origin, one._replace(source=sources.get(one.line - document.line, "")))
        for (origin, _), one in zip(group, findings, strict=True)
    ]


def _candidates(item: Located) -> list[Path]:
    """Where the value may have been written. The last root of an entry, the set itself, gives metadata alone."""
    (_, roots), problem = item
    if len(roots) > 1 and problem.path[:1] != ("metadata",):
        roots = roots[:-1]
    return [(*root, *problem.path) for root in roots]


def _finding(document: Document, problem: Problem, paths: list[Path], places: dict[Path, Place]) -> Finding:
    full = paths[0]
    deepest: Path = ()
    best: Place | None = places.get(())
    best_depth = -1
    for path in paths:
        depth = len(path)
        while depth and path[:depth] not in places:
            depth -= 1
        # Depth is counted against the problem's own path: an entry that lacks the key
        # must not win over the defaults that have it because its root is longer.
        own_depth = depth - (len(path) - len(problem.path))
        if own_depth > best_depth and (place_ := places.get(path[:depth])):
            best, best_depth, full, deepest = place_, own_depth, path, path[:depth]
    line = column = 0
    if best is not None:
        at_key = problem.code in _ABOUT_KEYS or len(deepest) < len(full)
        line, column = (best.key_line, best.key_column) if at_key else (best.line, best.column)
        line += document.line
    return Finding(
        problem.code, problem.severity, document.file, line, column, path_text(full),
        problem.message, problem.fix, problem.found, problem.expected,
    )  # fmt: skip
