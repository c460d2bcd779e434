"""Diffs of files of many documents are those of difflib, without its time."""

import random
from collections.abc import Sequence
from difflib import unified_diff

from kaitogen.files.comparison import unified
from tests.work import calls


def _documents(chance: random.Random, number: int) -> list[list[str]]:
    return [
        [f"{chance.choice('abcdef')}{chance.random()}\n" for _ in range(chance.randint(1, 9))]
        for _ in range(number)
    ]


def _edited(chance: random.Random, documents: Sequence[Sequence[str]]) -> list[list[str]]:
    edited = [list(lines) for lines in documents]
    for number in range(chance.randint(0, 4)):
        lines = chance.choice(edited)
        lines.insert(chance.randint(0, len(lines)), f"new{number}\n")
        if chance.random() < 0.5:
            lines.pop(chance.randrange(len(lines)))
    return edited


def _joined(documents: Sequence[Sequence[str]]) -> str:
    return "---\n".join("".join(lines) for lines in documents)


def test_they_are_those_of_difflib() -> None:
    chance = random.Random(7)
    changed = 0
    for _ in range(400):
        documents = _documents(chance, chance.randint(1, 6))
        old, new = _joined(documents), _joined(_edited(chance, documents))
        if chance.random() < 0.2:
            new += "x"
        expected = "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in unified_diff(old.splitlines(True), new.splitlines(True), "a/f", "b/f")
        )
        assert unified("f", old.encode(), new.encode()) == expected
        changed += bool(expected)
    assert changed > 200


def test_a_file_that_comes_or_goes_is_named() -> None:
    assert unified("f", None, b"a\n") == "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"
    assert unified("f", b"a\n", None) == "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
    assert unified("f", None, b"") == ""


def test_twice_the_documents_are_twice_the_work() -> None:
    """Of documents that resemble each other, as those of many Workspaces do."""

    def work(number: int) -> int:
        old, new = (
            _joined(
                [["kind: Workspace\n", f"  name: w{one}\n", line, "  count: 1\n"] for one in range(number)]
            )
            for line in ("  kaito: '0.10'\n", '  kaito: "0.12"\n')
        )
        return calls(lambda: unified("f", old.encode(), new.encode()))

    assert work(100) < 2.2 * work(50)


def test_nothing_of_either_side_steers_a_terminal() -> None:
    old = "a: \x1b]0;x\x07\x9b2J \u202e é\tb\u00a0\r\nsame\n".encode()
    diff = unified("a\n\x1b[2J\u2028", old, b"a\rb\x0c\r\nsame\nlast \x1b[1A")
    assert diff == (
        "--- a/a\\n\\x1b[2J\\u2028\n+++ b/a\\n\\x1b[2J\\u2028\n@@ -1,2 +1,3 @@\n"
        "-a: \\x1b]0;x\\x07\\x9b2J \\u202e é\tb\u00a0\r\n+a\\rb\\x0c\r\n same\n"
        "+last \\x1b[1A\n\\ No newline at end of file\n"
    )
