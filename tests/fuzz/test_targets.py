"""The fuzzers' promises can be broken: each is seen to be missed here."""

import re
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from kaitogen.commands import fmt, in_place, render
from kaitogen.commands.result import Outcome
from kaitogen.errors import EXIT_BUG
from tests.fuzz import commands
from tests.fuzz.inputs import mutated, seeds
from tests.fuzz.targets import TARGETS
from tests.hostile.texts import RIGHT

FILES = {"a.intent.yaml": RIGHT}
NUMBERS = count()
RENDER = ["render", "a.intent.yaml"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_takes_what_it_starts_from(target: str) -> None:
    known = seeds(target)
    for data in known[:3]:
        TARGETS[target][0](data)
    assert mutated(known, 7) == mutated(known, 7)


def test_every_target_is_run_for_long(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    (named,) = re.findall(r"^FUZZ_TARGETS = (.*)$", makefile, re.M)
    assert named.split() == list(TARGETS)


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (lambda _: Outcome(exit_code=EXIT_BUG), "4"),
        (lambda _: Outcome(exit_code=1), "nothing is said"),
        (lambda _: Outcome(stderr="\x1b[31m\n"), "x1b"),
        (lambda _: Outcome(b"%d" % next(NUMBERS)), "other bytes"),
        (lambda _: Outcome(b"%d" % sum(1 for _ in map(len, [""] * 3_000_000))), "calls for"),
    ],
)
def test_a_broken_promise_is_seen(outcome: Any, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    commands.held(RENDER, FILES)
    monkeypatch.setattr(render, "run", outcome)
    with pytest.raises(AssertionError, match=why):
        commands.held(RENDER, FILES)


def test_what_is_half_written_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    written = in_place.written
    monkeypatch.setattr(in_place, "written", lambda changes: written(changes)._replace(exit_code=1))
    with pytest.raises(AssertionError, match="half"):
        TARGETS["fmt"][0](RIGHT.replace(b"kind: ", b"kind:    "))


def test_laying_out_that_changes_the_meaning_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    original = fmt.formatted

    def wrong(name: str, data: bytes) -> Any:
        text, findings = original(name, data)
        return text.replace("name: phi-4", "name: phi-5"), findings

    monkeypatch.setattr(fmt, "formatted", wrong)
    with pytest.raises(AssertionError):
        TARGETS["fmt"][0](RIGHT)
