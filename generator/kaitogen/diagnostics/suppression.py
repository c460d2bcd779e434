"""Comments that take a finding back: `# kaitogen: ignore=KG431 reason`, on its line or alone on the line above.

Only warnings and "can't work" findings can be taken back, with a reason, and what was
taken back stays visible in the reports. What KAITO refuses it refuses, comment or not.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kaitogen.model import Diagnostic, Document, Rule, Suppressed
from kaitogen.yaml.tree import Scalars, scalars

KG130 = Rule(
    "KG130", "A comment for kaitogen that it does not understand, or without a reason", kind="invalid"
)
KG131 = Rule("KG131", "A comment that suppresses what cannot be suppressed", kind="invalid")


_MARK: Final = "kaitogen:"
_COMMENT: Final = re.compile(r"#\s*kaitogen:")
_IGNORE: Final = re.compile(r"ignore\s*=\s*(?P<codes>KG\d{3}(?:\s*,\s*KG\d{3})*)(?:\s+(?P<reason>\S.*))?$")
#: As many comments without a reason are told of one document.
_MAX_WRONG: Final = 200
_NOWHERE: Final = -1
_ADVICE: Final = "write # kaitogen: ignore=KG431 and the reason"


class _Comment(NamedTuple):
    """One comment of ours: its own line, the line it speaks for, and what it says (no codes where it says it wrongly)."""

    file: str
    line: int
    column: int
    covers: int
    codes: tuple[str, ...]
    reason: str


def take_back(
    findings: Sequence[Diagnostic], documents: Sequence[Document]
) -> tuple[list[Diagnostic], list[Suppressed]]:
    """The findings that stay, with new ones about comments that do not hold, and those that are taken back."""
    told = _with_findings([document for document in documents if _MARK in document.text], findings)
    comments = [comment for document in told for comment in _comments(document)]
    if not comments:
        return list(findings), []
    kept: list[Diagnostic] = []
    suppressed: list[Suppressed] = []
    refused: dict[Diagnostic, None] = {}
    speaking: dict[tuple[str, int], list[_Comment]] = {}
    for one in comments:
        speaking.setdefault((one.file, one.covers), []).append(one)
    for finding in findings:
        heard = speaking.get((finding.file, finding.line), ())
        comment = next((one for one in heard if finding.code in one.codes), None)
        if comment is None:
            kept.append(finding)
        elif not finding.suppressible:
            kept.append(finding)
            message = f"{finding.code} cannot be taken back: it is refused, whatever a comment says"
            refused[_about(comment, KG131, message, "remove the comment and correct the finding")] = None
        elif not comment.reason:
            kept.append(finding)
        else:
            suppressed.append(Suppressed(finding, comment.reason))
    for comment in comments:
        if not comment.codes:
            refused[_about(comment, KG130, "a comment for kaitogen that it does not understand", _ADVICE)] = (
                None
            )
        elif not comment.reason:
            refused[_about(comment, KG130, "a finding is to be ignored without a reason", _ADVICE)] = None
    return kept + list(refused), suppressed


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


def _comments(document: Document) -> Iterator[_Comment]:
    lines = document.text.split("\n")
    values = scalars(document.text)
    offset = 0
    content = _next_content(lines)
    wrong = 0
    for index, text in enumerate(lines):
        match = _start(text, offset, values) if _MARK in text else None
        offset += len(text) + 1
        if match is None:
            continue
        number = document.line + index + 1
        alone = not text[: match.start()].strip()
        said = _IGNORE.match(text[match.end() :].strip())
        codes = tuple(code.strip() for code in said["codes"].split(",")) if said else ()
        reason = (said["reason"] or "").strip() if said else ""
        below = content[index]
        covers = number if not alone else document.line + below + 1 if below < len(lines) else _NOWHERE
        yield _Comment(document.file, number, match.start() + 1, covers, codes, reason)
        wrong += not reason
        if wrong == _MAX_WRONG:
            return


def _start(line: str, offset: int, values: Scalars) -> "re.Match[str] | None":
    """The start of a comment of ours on a line: its # is the first character or follows a blank, and is in no value."""
    for match in _COMMENT.finditer(line):
        at = match.start()
        if (not at or line[at - 1] in " \t") and offset + at not in values:
            return match
    return None


def _next_content(lines: Sequence[str]) -> list[int]:
    """For each line the index of the first one below it that is more than a comment; beyond the last where none is."""
    below = [len(lines)] * len(lines)
    for index in range(len(lines) - 2, -1, -1):
        text = lines[index + 1].strip()
        below[index] = index + 1 if text and not text.startswith("#") else below[index + 1]
    return below
