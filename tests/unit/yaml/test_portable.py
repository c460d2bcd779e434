"""What libyaml takes, and the readers of Kubernetes' tools do not, is refused; what looks like it is read."""

from collections.abc import Iterator

import pytest

from kaitogen.model import Diagnostic
from kaitogen.yaml.reader import Unreadable, read


def findings(text: str) -> Iterator[Diagnostic]:
    try:
        for document in read(text):
            yield from document.flaws
    except Unreadable as stop:
        yield stop.flaw


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("--- {a: b}\n", "KG117", 1, 5),
        ("a: 1\n---\tb: 2\n", "KG117", 2, 5),
        ("a: 1\n---b\n", "KG117", 2, 4),
        ("a:\n  {b: what?}\n", "KG117", 2, 7),
        ("[a, [b], c?d]\n", "KG117", 1, 10),
        ("{a?: b}\n", "KG117", 1, 2),
        ("%YAML 1.2\n---\na: 1\n", "KG117", 1, 1),
        ("a: 1\n...\n%TAG ! b\n---\na: 1\n", "KG117", 3, 1),
        ("a: 1\n\ufeffb: 2\n", "KG117", 2, 1),
        ("a: \n\n \ufeff\n", "KG117", 3, 2),
        ("a: ! 5\n", "KG105", 1, 4),
        ("! a: 5\n", "KG105", 1, 1),
    ],
)
def test_refused(text: str, code: str, line: int, column: int) -> None:
    assert [(one.code, one.line, one.column) for one in findings(text)] == [(code, line, column)]


@pytest.mark.parametrize(
    "text",
    [
        "---\na: 1\n--- # more\nb: 2\n---\nc: 3\n",
        "---  \na: |\n  --- b\n",
        "a: b ---\nc: ---d\n",
        "a: what?\nb: {c: 'what?', d: \"?\"}\n",
        "? a\n: [b]\nc: d?\n",
        "a: |\n  %b\nc: 5%\n",
        "a: b\ufeffc\n",
    ],
)
def test_read(text: str) -> None:
    assert list(findings(text)) == []
