"""Findings in words, for a person who reads standard error."""

from collections.abc import Sequence
from typing import Final

from kaitogen.errors import EXIT_ENVIRONMENT, EXIT_FINDINGS, EXIT_OK, KaitogenError
from kaitogen.model import Diagnostic, Severity

#: Argo CD shows the last line of a failure alone, and cuts it.
LAST_LINE: Final = 200
_EXCERPT: Final = 100
_COLOURS: Final[dict[Severity, int]] = {"error": 31, "warning": 33, "note": 36}


def exit_code(findings: Sequence[Diagnostic], *, strict: bool = False) -> int:
    """0 where nothing stops the run, 3 where the machine did, 1 where the user's files did."""
    stopping = [one for one in findings if stops(one, strict=strict)]
    if any(one.rule.kind == "environment" for one in stopping):
        return EXIT_ENVIRONMENT
    return EXIT_FINDINGS if stopping else EXIT_OK


def stops(finding: Diagnostic, *, strict: bool = False) -> bool:
    """Whether a finding keeps anything from being written."""
    return finding.severity == "error" or (strict and finding.severity == "warning")


def text(
    findings: Sequence[Diagnostic], *, strict: bool = False, colour: bool | None = None, wrote: bool = True
) -> str:
    """All findings, one paragraph each, and a last line that stands alone; empty where there are none.

    `colour` is None where nobody watches; a terminal is shown the source line with a caret,
    too. `wrote` says that the command writes something where nothing stops it.
    """
    if not findings:
        return ""
    lines: list[str] = []
    for one in findings:
        head = f"{place(one)}: {one.severity} {one.code}:"
        lines.append(f"{_coloured(head, one.severity, colour)} {printable(one.message)}")
        if colour is not None:
            lines.extend(_excerpt(one))
        if one.path:
            lines.append(f"    at {printable(one.field)}")
        if one.fix:
            lines.extend(
                f"    {'fix:' if not number else '    '} {line}"
                for number, line in enumerate(_lines(one.fix))
            )
    return "\n".join([*lines, last_line(findings, strict=strict, wrote=wrote)]) + "\n"


def _coloured(head: str, severity: Severity, colour: bool | None) -> str:
    return f"\x1b[1;{_COLOURS[severity]}m{head}\x1b[0m" if colour else head


def _excerpt(finding: Diagnostic) -> list[str]:
    """The line of the user's file with a caret under the column, cut where a terminal would wrap it."""
    if not finding.source.strip() or not finding.column:
        return []
    start = max(0, finding.column - 1 - _EXCERPT // 2)
    shown = printable(finding.source[start : start + _EXCERPT].replace("\t", " "))
    before = printable(finding.source[start : finding.column - 1].replace("\t", " "))
    number = str(finding.line)
    return [f"{number:>6} | {shown}", f"{'':>6} | {' ' * len(before)}^"]


def last_line(findings: Sequence[Diagnostic], *, strict: bool = False, wrote: bool = True) -> str:
    """One line that says what stops the run and what to do, or how much there is to read; LAST_LINE characters at most."""
    stopping = [one for one in findings if stops(one, strict=strict)]
    if not stopping:
        return f"kaitogen: {counted(findings)}"
    first = stopping[0]
    tail = f" ({counted(findings)}; nothing was written)" if wrote else f" ({counted(findings)})"
    head = f"kaitogen: {first.code} {_cut_front(place(first), 60)}: "
    room = LAST_LINE - len(tail) - len(head)
    return head + _with_fix(printable(first.message), printable(first.fix.split("\n")[0]), room) + tail


def failure(error: KaitogenError, *, colour: bool | None = None) -> str:
    """What stops a run: one line that stands alone, LAST_LINE characters at most; before it all that a code has to say."""
    if error.rule:
        finding = error.rule.in_file(error.where, error.message, fix=error.fix)
        return text([finding], colour=colour)
    head = "kaitogen: "
    return head + _with_fix(printable(error.message), printable(error.fix), LAST_LINE - len(head)) + "\n"


def _with_fix(message: str, fix: str, room: int) -> str:
    whole = f"{message}; {fix}" if fix else message
    if len(whole) <= room:
        return whole
    # What to do is worth more than the end of a long sentence about what is wrong.
    message = _cut(message, max(room - len(fix) - 2, room // 2))
    return _cut(f"{message}; {fix}" if fix else message, room)


def _cut(words: str, room: int) -> str:
    return words if len(words) <= room else words[: room - 1] + "…"


def _cut_front(words: str, room: int) -> str:
    """The end of a path says more than its beginning."""
    return words if len(words) <= room else "…" + words[1 - room :]


def counted(findings: Sequence[Diagnostic]) -> str:
    """How many there are of each severity: `1 error, 2 warnings`."""
    parts = []
    for severity in ("error", "warning", "note"):
        number = sum(one.severity == severity for one in findings)
        if number:
            parts.append(number_of(number, severity))
    return ", ".join(parts)


def number_of(number: int, word: str) -> str:
    """A number with its noun: `1 error`, `2 errors`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def place(finding: Diagnostic) -> str:
    """File, line and column, as editors take them; what is unknown is left out."""
    numbers = [str(number) for number in (finding.line, finding.column) if number]
    return ":".join([printable(finding.file), *numbers])


def _lines(fix: str) -> list[str]:
    return [printable(line) for line in fix.split("\n")]


def printable(words: str) -> str:
    """The words without anything that could steer a terminal: such characters are written as escapes."""
    if words.isprintable():
        return words
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in words)
