"""Progress on a terminal: said where a run is long and somebody watches, and gone when it is done."""

import os
import time

import pytest

from generator.adapters import progress
from generator.adapters.progress import Progress


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written to standard error, with a patience that tests have, too."""
    heard: list[str] = []
    monkeypatch.setattr(progress, "_PATIENCE", 0.02)
    monkeypatch.setattr(progress, "_EVERY", 0.01)
    monkeypatch.setattr(
        os, "write", lambda number, said: heard.append(said.decode()) if number == 2 else None
    )
    return heard


def test_a_long_run_says_what_it_is_at_and_takes_the_line_away(hearing: list[str]) -> None:
    with Progress("reading the intents", watched=True) as watching:
        time.sleep(0.1)
        watching.count("planning Workspace", 1_200, 5_000)
        time.sleep(0.1)
    assert hearing[0] == "\r\x1b[Kkaitogen: reading the intents ..."
    assert "\r\x1b[Kkaitogen: planning Workspace 1,200 of 5,000 ..." in hearing
    assert hearing[-1] == "\r\x1b[K"


def test_a_short_run_says_nothing(hearing: list[str]) -> None:
    with Progress("reading the intents", watched=True):
        pass
    assert hearing == []


def test_where_nobody_watches_nothing_is_said(hearing: list[str]) -> None:
    with Progress("reading the intents", watched=False):
        time.sleep(0.1)
    assert hearing == []


def test_a_run_that_fails_takes_the_line_away_too(hearing: list[str]) -> None:
    def fail() -> None:
        with Progress("reading the intents", watched=True):
            time.sleep(0.1)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert hearing[-1] == "\r\x1b[K"
