"""Runs the examples of docs/findings/ as a user would: their files in a folder, their command line in it."""

import json
import os
import re
import shlex
import subprocess
from contextlib import chdir
from pathlib import Path
from typing import Final

from kaitogen.cli import registry
from kaitogen.commands.explain.pages import Example, Page
from tests.acceptance.api_server import SERVER, there
from tests.acceptance.command import KAITOGEN, TIMEOUT, kaitogen
from tests.fuzz import commands

#: Severity and code of each finding.
Said = list[tuple[str, str]]

#: What the API server that a kubeconfig names does, where an example needs one.
_SERVER: Final = re.compile(rf"# There is an API server at {SERVER}, and it (.+)\.")
_FINDING: Final = re.compile(r"(?:^|: )(error|warning|note) (KG\d{3}): ", re.MULTILINE)


def run(example: Example, folder: Path) -> Said:
    """The findings of an example in an empty folder."""
    for name, text in example.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    words = shlex.split(example.command)
    if server := _SERVER.fullmatch(example.before.strip()):
        # In this process, which has loaded the library that asks a cluster.
        with there(server[1], folder), chdir(folder):
            code, _, said = commands.run(words[1:])
        return _found(code, said)
    if example.before or words[0] != "kaitogen" or re.search(r"[|>$&;*]", example.command):
        return _in_a_shell(example, folder)
    if words[1] != "validate" or "<" in words:
        return _alone(words, folder)
    return _here(words[1:], folder)


def _alone(words: list[str], folder: Path) -> Said:
    """A command line without anything that is a shell's but an input, which needs no shell."""
    given = b""
    if "<" in words:
        words, given = words[: words.index("<")], (folder / words[words.index("<") + 1]).read_bytes()
    done = kaitogen(*words[1:], cwd=folder, stdin=given)
    return _found(done.code, done.said)


def instead(one: Page) -> str:
    """The code that says the same first, on every way that a user has; empty where there is none."""
    return one.facts.get("Said first by", "")


def verdict(one: Page, said: Said, *, fails: bool) -> str:
    """What is wrong with the findings of a page's example; empty where they are as they should be."""
    shown = instead(one) or one.code
    example = one.failing if fails else one.passing
    loud = {code for severity, code in said if severity != "note"}
    expected = {*example.beside, *([shown] if fails and one.kind != "note" else [])}
    if loud != expected:
        return f"expected {sorted(expected)}, got {said}"
    told = one.code in {code for _, code in said}
    if one.kind == "note" and told != fails:
        return f"the note {one.code} is {'missing' if fails else 'there'}: {said}"
    return "" if fails or not told else f"{one.code} is there: {said}"


def _here(words: list[str], folder: Path) -> Said:
    """The same in this process, which is ten times as fast."""
    with chdir(folder):
        parsed = registry.parse([*words, "--format", "json"])
        assert parsed is not None, words
        command, options = parsed
        outcome = command.run(options)
    return [(one["severity"], one["code"]) for one in json.loads(outcome.stdout)["findings"]]


def _in_a_shell(example: Example, folder: Path) -> Said:
    environment = {**os.environ, "PATH": f"{KAITOGEN.parent}{os.pathsep}{os.environ['PATH']}"}
    script = f"set -e\n{example.before}\n{example.command}\n"
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=TIMEOUT,
        check=False,
    )
    said = done.stderr.decode()
    assert "Traceback" not in said, said
    return _found(done.returncode, said)


def _found(code: int, said: str) -> Said:
    found = _FINDING.findall(said)
    assert bool(code) == any(severity == "error" for severity, _ in found), said
    return found
