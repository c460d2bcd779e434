"""Comments that suppress a finding: `# kaitogen: ignore=KG431 reason`, on its line or alone on the line above.

Only warnings and "can't work" findings can be suppressed, with a reason, and what was
suppressed stays visible in the reports. What KAITO refuses it refuses, comment or not.
"""

from bisect import bisect_right

from kaitogen.diagnostics.placing import each_once, place_by_document
from kaitogen.model import Diagnostic, Document, Origin, Rule, Suppressed
from kaitogen.typed import Final, Iterable, Iterator, NamedTuple, Sequence

KG130 = Rule(
    "KG130", "A comment for kaitogen that it does not understand, or without a reason", kind="invalid"
)
KG131 = Rule("KG131", "A comment that suppresses what cannot be suppressed", kind="invalid")

_MARK: Final = "kaitogen:"
_COMMENT: Final = r"#\s*kaitogen:"
_IGNORE: Final = r"ignore\s*=\s*(?P<codes>KG\d{3}(?:\s*,\s*KG\d{3})*)(?:\s+(?P<reason>\S.*))?$"
#: As many comments without a reason are told of one document.
_MAX_WRONG: Final = 200
_NOWHERE: Final = -1


class _Comment(NamedTuple):
    """One comment of ours: its own line, the line it is about, its codes (none where it is written wrongly) and its reason."""

    file: str
    line: int
    column: int
    covers: int
    codes: tuple[str, ...]
    reason: str


def settled(
    located: Iterable[Diagnostic], origins: Iterable[Origin]
) -> tuple[list[Diagnostic], list[Suppressed], list[Diagnostic]]:
    """Diagnostics at their lines: those that stay, those that a comment of these documents suppresses, and all with their origin."""
    placed = place_by_document(located)
    kept, suppressed = suppress(each_once(placed), documents_of(origins))
    return kept, suppressed, [one for group in placed for one in group]


def documents_of(origins: Iterable[Origin]) -> list[Document]:
    """The documents that values come from, each once."""
    return list({id(one.document): one.document for one in origins}.values())


def suppress(
    findings: Sequence[Diagnostic], documents: Sequence[Document]
) -> tuple[list[Diagnostic], list[Suppressed]]:
    """The findings that stay, with new ones about comments that do not hold, and those that are suppressed."""
    marked = [document for document in documents if _MARK in document.text]
    found = {(finding.file, finding.line) for finding in findings}
    comments = [
        comment for document in _with_findings(marked, findings) for comment in _comments(document, found)
    ]
    if not comments:
        return list(findings), []
    by_line: dict[tuple[str, int], list[_Comment]] = {}
    for comment in comments:
        by_line.setdefault((comment.file, comment.covers), []).append(comment)
    kept: list[Diagnostic] = []
    suppressed: list[Suppressed] = []
    wrong: list[Diagnostic] = []
    for finding in findings:
        codes = {finding.code, *finding.rule.formerly}
        beside = by_line.get((finding.file, finding.line), ())
        comment_on = next((comment for comment in beside if codes.intersection(comment.codes)), None)
        if comment_on is not None and comment_on.reason and finding.suppressible:
            suppressed.append(Suppressed(finding, comment_on.reason))
            continue
        kept.append(finding)
        if comment_on is not None and not finding.suppressible:
            message = f"{finding.code} cannot be suppressed: it is refused, whatever a comment says"
            wrong.append(_about(comment_on, KG131, message, "remove the comment and correct the finding"))
    for comment in comments:
        if not comment.reason:
            lacking = "a finding is to be suppressed without a reason"
            message = lacking if comment.codes else "a comment for kaitogen that it does not understand"
            wrong.append(_about(comment, KG130, message, "write # kaitogen: ignore=KG431 and the reason"))
    return [*kept, *dict.fromkeys(wrong)], suppressed


def _with_findings(documents: Sequence[Document], findings: Sequence[Diagnostic]) -> Iterator[Document]:
    """The documents that a finding stands in: comments where all is well, or of others, are nobody's concern."""
    lines: dict[str, list[int]] = {}
    for finding in findings:
        lines.setdefault(finding.file, []).append(finding.line)
    for numbers in lines.values():
        numbers.sort()
    for document in documents:
        numbers = lines.get(document.file, [])
        next_one = bisect_right(numbers, document.line)
        if next_one < len(numbers) and numbers[next_one] <= document.line + document.text.count("\n") + 1:
            yield document


def _about(comment: _Comment, rule: Rule, message: str, fix: str) -> Diagnostic:
    return rule.in_file(comment.file, message, line=comment.line, column=comment.column, fix=fix)


def _comments(document: Document, found: set[tuple[str, int]]) -> Iterator[_Comment]:
    """Every comment of ours; in a text that may be YAML itself, such as the settings in a ConfigMap, those that are about

    one of the lines with findings.
    """
    import re  # few documents have such comments

    from kaitogen.yaml.tree import scalars  # and so they need no parser

    lines = document.text.split("\n")
    values = scalars(document.text)
    offset = 0
    content = _next_content(lines)
    wrong = 0
    for index, text in enumerate(lines):
        start = offset
        match = values.comment(text, offset, _COMMENT, in_blocks=True) if _MARK in text else None
        offset += len(text) + 1
        if match is None:
            continue
        number = document.line + index + 1
        alone = not text[: match.start()].strip()
        ignore = re.match(_IGNORE, text[match.end() :].strip())
        codes = tuple(code.strip() for code in ignore["codes"].split(",")) if ignore else ()
        reason = (ignore["reason"] or "").strip() if ignore else ""
        below = content[index]
        covers = number if not alone else document.line + below + 1 if below < len(lines) else _NOWHERE
        if values.in_block(start + match.start()) and (document.file, covers) not in found:
            continue
        yield _Comment(
            file=document.file,
            line=number,
            column=match.start() + 1,
            covers=covers,
            codes=codes,
            reason=reason,
        )
        wrong += not reason
        if wrong == _MAX_WRONG:
            return


def _next_content(lines: Sequence[str]) -> list[int]:
    """For each line the index of the first one below it that is more than a comment; beyond the last where none is."""
    below = [len(lines)] * len(lines)
    for index in range(len(lines) - 2, -1, -1):
        text = lines[index + 1].strip()
        below[index] = index + 1 if text and not text.startswith("#") else below[index + 1]
    return below
