"""What KAITO takes for a source and a target of a tuning: what stands in it, and what is said of that."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.rules.workspaces import TUNING, change

_IMAGE = {"image": "registry.example.com/data:1"}
_PUSHED = {**_IMAGE, "imagePushSecret": "push"}
_NONE = "the input of the tuning has none of urls, image and volumeSource"
_NEITHER = "the output of the tuning has neither image nor volumeSource"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("input", {"volumeSource": {}}, []),
        ("input", {"volumeSource": None}, [_NONE]),
        ("input", {"urls": []}, [_NONE]),
        ("input", {"urls": {}}, [_NONE]),
        ("input", {"image": ""}, [_NONE]),
        ("input", {"volumeSource": {}, **_IMAGE}, ["the input of the tuning has image and volumeSource"]),
        ("output", {"volumeSource": {}}, []),
        ("output", {"image": {}}, [_NEITHER]),
        (
            "output",
            {"volumeSource": {}, **_PUSHED},
            ["the output of the tuning has both image and volumeSource"],
        ),
        ("output", _IMAGE, ["the output is an image, and no imagePushSecret says how to push it"]),
        ("output", _PUSHED, []),
    ],
    ids=str,
)
def test_sources_and_targets(field: str, value: dict[str, Any], expected: list[str]) -> None:
    found = judge(RuleContext(change(TUNING, {f"tuning.{field}": value}), Target()))
    assert [one.message for one in found if one.code in ("KG455", "KG458")] == expected
