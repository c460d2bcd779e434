"""The checks accept exactly what jsonschema accepts, and what they refuse is always explained."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kaitogen import schema
from kaitogen.model import Path
from kaitogen.schema.checks import make_check
from tests.draws import WHOLE
from tests.unit.schema_samples import SAMPLES, at, drawn, reference, single_changes

NAMES = pytest.mark.parametrize("name", SAMPLES)


@cache
def _reference(name: str) -> Draft202012Validator:
    return reference(name)


def _exists(value: Any, path: Path) -> bool:
    try:
        at(value, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _agree(name: str, value: Any, *, explained: bool = True) -> bool:
    """Whether the value is valid; all three ways to ask must say the same."""
    valid = _reference(name).is_valid(value)
    assert schema.conforms(name, value) is valid
    if explained:
        problems = schema.explain(name, value)
        assert (problems == []) is valid
        assert [problem for problem in problems if not _exists(value, problem.path)] == []
    return valid


@pytest.mark.parametrize("value", [None, 1, "a", [], {"a": 1}])
def test_a_schema_that_asserts_nothing_accepts_everything(value: Any) -> None:
    assert make_check({"description": "anything"})(value)
    assert make_check({"properties": {"a": {}}})(value)


@NAMES
def test_samples_are_valid(name: str) -> None:
    assert [sample for sample in SAMPLES[name] if not _agree(name, sample)] == []


@NAMES
def test_the_checks_and_jsonschema_agree_on_every_single_change(name: str) -> None:
    """Each change is judged; each third is explained as well, so every place and every kind of junk is."""
    verdicts = [
        _agree(name, value, explained=not WHOLE or number % 3 == 0)
        for sample in SAMPLES[name]
        for number, (_, value) in enumerate(single_changes(name, sample))
    ]
    assert len(verdicts) > 50
    assert {True, False} == set(verdicts)


@NAMES
@given(data=st.data())
def test_the_checks_and_jsonschema_agree_on_drawn_values(name: str, data: st.DataObject) -> None:
    _agree(name, data.draw(drawn(name)))
