"""What a person at a terminal sees, and what a pipe gets."""

import os
import pty
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Timer
from typing import IO, Final

import pytest

from tests.acceptance.command import KAITOGEN, TIMEOUT, kaitogen

WRONG: Final = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: phi
spec:
  placement:
    instanceTyp: Standard_NC24ads_A100_v4
  inference:
    model: phi-4
"""
RED: Final = "\x1b[1;31m"


def at_a_terminal(
    *arguments: str,
    cwd: Path,
    stdin: int | IO[bytes] | None = subprocess.DEVNULL,
    env: Mapping[str, str] | None = None,
    heard: Callable[[bytes], object] = len,
) -> str:
    """Standard error of a run whose standard error is a terminal; `heard` gets all that was said each time that it grows."""
    ours, its = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "TERM"}}
    process = subprocess.Popen(
        [KAITOGEN, *arguments], cwd=cwd, stdin=stdin, stdout=subprocess.DEVNULL, stderr=its,
        env={**clean, "TERM": "xterm", **(env or {})},
    )  # fmt: skip
    os.close(its)
    end = Timer(TIMEOUT, process.kill)
    end.start()
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
            heard(said)
    except OSError:
        pass  # on Linux the other end of a terminal that is closed is an error
    os.close(ours)
    process.wait()
    end.cancel()
    return said.decode().replace("\r\n", "\n")


PLANNED: Final = WRONG.replace("instanceTyp:", "instanceType:")


def test_a_long_plan_says_what_it_is_at_where_a_line_can_be_written_over(tmp_path: Path) -> None:
    """The intents come once it has said so, which makes any machine slow enough."""
    its_input, our_input = os.pipe()
    waiting = [our_input]

    def answer(said: bytes) -> None:
        if waiting and b"kaitogen: reading the intents ..." in said:
            with open(waiting.pop(), "w") as stream:
                stream.write(PLANNED)

    said = at_a_terminal("plan", "-", cwd=tmp_path, stdin=its_input, env={"TERM": "xterm"}, heard=answer)
    os.close(its_input)
    assert not waiting
    assert said.endswith("\r\x1b[K")


def test_a_long_plan_is_silent_where_no_line_can_be_written_over(tmp_path: Path) -> None:
    slow = ["sh", "-c", f"sleep 1.6; printf '%s' '{PLANNED}'"]
    with subprocess.Popen(slow, stdout=subprocess.PIPE) as writer:
        said = at_a_terminal("plan", "-", cwd=tmp_path, stdin=writer.stdout, env={"TERM": "dumb"})
    assert "reading the intents" not in said
    assert not said.endswith("\r\x1b[K")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.intent.yaml").write_text(WRONG, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", ["validate", "render"])
def test_terminal_shows_colours_and_the_line_with_a_caret(folder: Path, command: str) -> None:
    said = at_a_terminal(command, ".", cwd=folder)
    lines = said.split("\n")
    assert lines[0].startswith(f"{RED}a.intent.yaml:7:5: error KG120:\x1b[0m ")
    assert lines[1] == "     7 |     instanceTyp: Standard_NC24ads_A100_v4"
    assert lines[2] == "       |     ^"
    assert lines[-2] == "kaitogen: 1 error" + ("; nothing was written" if command == "render" else "")


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_no_colours_where_they_are_not_wanted(folder: Path, env: dict[str, str]) -> None:
    said = at_a_terminal("validate", ".", cwd=folder, env=env)
    assert "\x1b" not in said
    assert "       |     ^\n" in said


def test_empty_no_color_says_nothing(folder: Path) -> None:
    assert RED in at_a_terminal("validate", ".", cwd=folder, env={"NO_COLOR": ""})


@pytest.mark.parametrize("command", ["validate", "render"])
def test_pipe_gets_neither_colours_nor_carets(folder: Path, command: str) -> None:
    done = kaitogen(command, ".", cwd=folder, env={"TERM": "xterm"})
    assert done.code == 1
    assert "\x1b" not in done.said
    assert "^" not in done.said
    assert done.said.startswith("a.intent.yaml:7:5: error KG120: ")


def test_format_for_machines_has_no_colours_at_a_terminal(folder: Path) -> None:
    assert at_a_terminal("validate", "--format", "json", ".", cwd=folder) == ""
