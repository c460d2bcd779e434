"""Where in the user's files each diagnostic stands: its file, line and column."""

from kaitogen.model import Diagnostic, Document, Origin, Path
from kaitogen.typed import Iterable, Sequence
from kaitogen.yaml.lines import lines_of
from kaitogen.yaml.places import Place, locate


def place(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics at their lines, each only once and without its origin; one without an origin is there already."""
    every = list(diagnostics)
    placed = place_by_document(one for one in every if one.origin is not None)
    return [*(one for one in every if one.origin is None), *each_once(placed)]


def each_once(placed: Iterable[Sequence[Diagnostic]]) -> list[Diagnostic]:
    """The diagnostics of all documents; where several values of a document have the same one, it is one."""
    return [one for group in placed for one in dict.fromkeys(one._replace(origin=None) for one in group)]


def place_by_document(diagnostics: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """The diagnostics of each document at their lines; each keeps the origin that it was about at first."""
    by_document: dict[tuple[str, int], list[tuple[Origin, Path, Diagnostic]]] = {}
    for one in diagnostics:
        assert one.origin is not None
        origin, path = _overlaid(one, one.origin) if one.origin.document.overrides else (one.origin, one.path)
        document = origin.document
        by_document.setdefault((document.file, document.number), []).append((origin, path, one))
    # Each group is let go once it is placed: there may be very many.
    groups = (by_document.pop(key) for key in list(by_document))
    return [_place_in(group[0][0].document, group) for group in groups]


def _overlaid(finding: Diagnostic, origin: Origin) -> tuple[Origin, Path]:
    """Origin and path in what was laid over the document, where that is what it is about; the last such part counts."""
    document, roots = origin
    path = (*roots[0], *finding.path)
    for base, below, over in reversed(document.overrides):
        given = (*base, *below)
        if path[: len(given)] == given:
            return over, path[len(base) :]
    return origin, finding.path


def in_file_order(findings: Iterable[Diagnostic], files: Sequence[str]) -> list[Diagnostic]:
    """The findings as a reader meets their lines: by file in the order given, then line, then column.

    What is no file of the run, such as an option, stands first, in the order in which it is found.
    """
    every = list(findings)
    rank = {name: number for number, name in enumerate(files)}
    others = [name for name in dict.fromkeys(one.file for one in every) if name not in rank]
    rank |= {name: number - len(others) for number, name in enumerate(others)}
    return sorted(every, key=lambda one: (rank[one.file], one.line, one.column, one.code))


def _place_in(document: Document, group: list[tuple[Origin, Path, Diagnostic]]) -> list[Diagnostic]:
    candidates = [_candidates(origin, path) for origin, path, _ in group]
    wanted = {path for paths in candidates for path in paths}
    places = {} if document.inline else locate(document.text, wanted)
    found = [
        _find(one, len(path), paths, places) for (_, path, one), paths in zip(group, candidates, strict=True)
    ]
    # All at once: looked up one by one, the lines of a long file would take the square of its length.
    sources = lines_of(document.text, (line for _, line, _ in found))
    return [
        one._replace(
            path=path,
            file=document.file,
            line=line and line + document.line,
            column=column,
            source=sources.get(line, ""),
        )
        for (_, _, one), (path, line, column) in zip(group, found, strict=True)
    ]


def _candidates(origin: Origin, path: Path) -> list[Path]:
    """Where the value may have been written. The last root of an entry, the set itself, gives metadata alone."""
    roots = origin.roots
    if len(roots) > 1 and path[:1] != ("metadata",):
        roots = roots[:-1]
    return [(*root, *path) for root in roots]


def _find(
    finding: Diagnostic, own_length: int, paths: list[Path], places: dict[Path, Place]
) -> tuple[Path, int, int]:
    """The first of the paths that leads deepest, and the line and column of its value in the document (0: nowhere).

    `own_length` is that of the finding's path below a root.
    """
    full = paths[0]
    deepest: Path = ()
    best_depth = -1
    for path in paths:
        depth = len(path)
        while depth and path[:depth] not in places:
            depth -= 1
        # Depth is counted against the diagnostic's own path: an entry that lacks the key
        # must not win over the defaults that have it because its root is longer.
        own_depth = depth - (len(path) - own_length)
        if own_depth > best_depth and path[:depth] in places:
            best_depth, full, deepest = own_depth, path, path[:depth]
    place = places.get(deepest)
    if place is None:
        return full, 0, 0
    at_key = finding.rule.at_key or len(deepest) < len(full)
    return (full, place.key_line, place.key_column) if at_key else (full, place.line, place.column)
