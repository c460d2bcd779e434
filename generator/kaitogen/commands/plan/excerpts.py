"""The lines of the user's files that findings point at, for a page that carries them along."""

from bisect import bisect_left
from typing import Any, Final

from kaitogen.commands.plan.build import documents_of
from kaitogen.commands.plan.types import Plan
from kaitogen.diagnostics.wording import place, printable
from kaitogen.model import Diagnostic, Document

#: As many lines are shown before and after one that is pointed at.
_AROUND: Final = 6
_LONGEST_LINE: Final = 1000


class Excerpts:
    """The documents of a plan by file and line, and which of their lines are pointed at."""

    def __init__(self, plan: Plan) -> None:
        documents = [one for one in documents_of(plan.workspaces) if one.text]
        self._documents = sorted(documents, key=lambda one: (one.file, one.line))
        self._starts = [(one.file, one.line) for one in self._documents]
        self._pointed: dict[int, set[int]] = {}

    def linked(self, finding: Diagnostic) -> dict[str, Any]:
        """The finding as the page shows it; its line is remembered, and `anchor` leads there (empty: to none)."""
        index = self._find(finding)
        if index is not None:
            self._pointed.setdefault(index, set()).add(finding.line)
        return {
            "severity": finding.severity,
            "code": finding.code,
            "place": place(finding),
            "anchor": "" if index is None else _anchor(index, finding.line),
            "message": printable(finding.message),
            "fix": printable(finding.fix),
        }

    def all(self) -> list[dict[str, Any]]:
        """The documents that findings point at, cut down to what stands around those lines."""
        return [self._excerpt(index, lines) for index, lines in sorted(self._pointed.items())]

    def _find(self, finding: Diagnostic) -> int | None:
        """The document that holds the finding's line: the last that starts before it."""
        index = bisect_left(self._starts, (finding.file, finding.line)) - 1
        return index if index >= 0 and _holds(self._documents[index], finding) else None

    def _excerpt(self, index: int, pointed: set[int]) -> dict[str, Any]:
        """File, anchor and lines of one document; number 0 stands for lines that are left out."""
        document = self._documents[index]
        shown = {number for line in pointed for number in range(line - _AROUND, line + _AROUND + 1)}
        lines: list[dict[str, Any]] = []
        for number, text in enumerate(document.text.splitlines(), document.line + 1):
            if number in shown:
                shown_text = printable(text[:_LONGEST_LINE])
                lines.append({"number": number, "anchor": _anchor(index, number), "text": shown_text})
            elif not lines or lines[-1]["number"]:
                lines.append({"number": 0})
        file = f"{document.file}, from line {document.line + 1}" if document.line else document.file
        return {"file": printable(file), "anchor": f"source-{index}", "lines": lines}


def _holds(document: Document, finding: Diagnostic) -> bool:
    last = document.line + document.text.count("\n") + 1
    return document.file == finding.file and document.line < finding.line <= last


def _anchor(index: int, line: int) -> str:
    return f"line-{index}-{line}"
