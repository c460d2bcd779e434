"""Progress on a terminal: said where a run is long and somebody watches, and gone when it is done."""

import os
import time
from typing import Final

import pytest

from kaitogen.commands import progress
from kaitogen.commands.progress import Progress

READING: Final = "\r\x1b[Kkaitogen: reading the intents ..."


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written to standard error."""
    heard: list[str] = []
    monkeypatch.setattr(
        os, "write", lambda number, said: heard.append(said.decode()) if number == 2 else None
    )
    return heard


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A patience that tests have, too."""
    monkeypatch.setattr(progress, "_PATIENCE", 0.01)
    monkeypatch.setattr(progress, "_EVERY", 0.01)


def _until(heard: list[str], line: str) -> None:
    """Wait until it is said; a busy machine takes its time."""
    end = time.monotonic() + 30
    while line not in heard and time.monotonic() < end:
        time.sleep(0.005)


@pytest.mark.usefixtures("impatient")
def test_a_long_run_says_what_it_is_at_and_takes_the_line_away(hearing: list[str]) -> None:
    with Progress("reading the intents", watched=True) as watching:
        _until(hearing, READING)
        watching.count("planning Workspace", 1_200, 5_000)
        _until(hearing, "\r\x1b[Kkaitogen: planning Workspace 1,200 of 5,000 ...")
    assert hearing[0] == READING
    assert hearing[-2:] == ["\r\x1b[Kkaitogen: planning Workspace 1,200 of 5,000 ...", "\r\x1b[K"]


def test_a_short_run_says_nothing(hearing: list[str]) -> None:
    with Progress("reading the intents", watched=True):
        pass
    assert hearing == []


@pytest.mark.usefixtures("impatient")
def test_where_nobody_watches_nothing_is_said(hearing: list[str]) -> None:
    with Progress("reading the intents", watched=False):
        time.sleep(0.1)
    assert hearing == []


@pytest.mark.usefixtures("impatient")
def test_a_run_that_fails_takes_the_line_away_too(hearing: list[str]) -> None:
    def fail() -> None:
        with Progress("reading the intents", watched=True):
            _until(hearing, READING)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert hearing[-1] == "\r\x1b[K"
