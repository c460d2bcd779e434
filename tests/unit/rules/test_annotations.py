"""What is said of annotations where the API version decides it."""

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.rules.workspaces import TEMPLATED, annotated, change

_V1ALPHA1 = change(TEMPLATED, {"apiVersion": "kaito.sh/v1alpha1"})


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("kaito.sh/performance-mode", "fast", ""),
        ("kaito.sh/use-local-weights", "yes", ""),
        ("kaito.sh/runtime", "tgi", "KG481"),
        ("kaito.sh/enablelb", "true", "KG482"),
        ("kaito.sh/node-image-family", "windows", "KG406"),
    ],
)
def test_rules_of_v1alpha1_are_older_than_two_annotations(key: str, value: str, code: str) -> None:
    old = judge(RuleContext(annotated(key, value, _V1ALPHA1), Target("0.12")))
    assert [one.code for one in old if one.path[:1] == ("metadata",)] == [code] * bool(code)
