"""What is said of a Workspace as a whole: its API version, and what its name leads to."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.kaito.rules.rows_inference import named
from tests.unit.kaito.rules.workspaces import SERVING, TEMPLATED, TUNING, change

_OLD = {"apiVersion": "kaito.sh/v1alpha1"}


@pytest.mark.parametrize(
    ("workspace", "kaito", "expected"),
    [
        (SERVING, "0.12", ["KG497 error"]),
        (SERVING, "0.10", ["KG495 warning"]),
        (TEMPLATED, "0.12", ["KG495 warning"]),
        (TUNING, "0.12", ["KG495 warning"]),
    ],
    ids=["preset", "preset of old", "template", "tuning"],
)
def test_v1alpha1(workspace: dict[str, Any], kaito: str, expected: list[str]) -> None:
    found = judge(RuleContext(change(workspace, _OLD), Target(kaito)))
    assert [f"{one.code} {one.severity}" for one in found if one.path == ("apiVersion",)] == expected


@pytest.mark.parametrize(
    ("kaito", "expected"),
    [
        ("0.12", "error the name has 53 characters, and the StatefulSet made from it works up to 52"),
        (
            "0.7",
            "warning the name has 53 characters, and from KAITO 0.8 on the Workspace can't start above 52",
        ),
    ],
)
def test_a_name_that_is_too_long(kaito: str, expected: str) -> None:
    (one,) = judge(RuleContext(change(SERVING, {"metadata.name": "a" * 53}), Target(kaito)))
    assert f"{one.severity} {one.message}" == expected


def test_a_name_that_is_no_preset_in_the_version_has_no_model() -> None:
    assert RuleContext(named("Phi-4"), Target("0.8")).model is None
    assert RuleContext(named("Phi-4"), Target("0.12")).model is not None
