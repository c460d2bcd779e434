"""Findings in the formats that people and machines read; one file for each."""

from collections.abc import Callable
from typing import Final, NamedTuple

from kaitogen.model import Diagnostic, Suppressed


class Report(NamedTuple):
    """What is reported of one run. `strict` says that warnings count as errors."""

    findings: tuple[Diagnostic, ...]
    suppressed: tuple[Suppressed, ...] = ()
    workspaces: int = 0
    strict: bool = False


def _json(report: Report) -> str:
    from kaitogen.diagnostics.formats import as_json

    return as_json.write(report)


def _github(report: Report) -> str:
    from kaitogen.diagnostics.formats import as_github

    return as_github.write(report)


def _sarif(report: Report) -> str:
    from kaitogen.diagnostics.formats import as_sarif

    return as_sarif.write(report)


def _junit(report: Report) -> str:
    from kaitogen.diagnostics.formats import as_junit

    return as_junit.write(report)


#: The formats for machines, each with the function that writes it; text for people is `reporting`'s.
WRITERS: Final[dict[str, Callable[[Report], str]]] = {
    "json": _json,
    "github": _github,
    "sarif": _sarif,
    "junit": _junit,
}
