"""Comments that suppress a finding, by the code that its rule has now or had before."""

import pytest

from kaitogen.diagnostics.suppression import suppress
from kaitogen.model import Document, Rule, Suppressed

RULE = Rule("KG999", "A rule of this test", kind="warning", formerly=("KG998", "KG997"))


@pytest.mark.parametrize("code", ["KG999", "KG998", "KG997"])
def test_a_rule_is_suppressed_by_any_of_its_codes(code: str) -> None:
    text = f"count: 3  # kaitogen: ignore={code} our fork reads it\n"
    found = RULE.in_file("a.yaml", "not read", line=1)
    assert suppress([found], [Document("a.yaml", 0, {"count": 3}, text)]) == (
        [],
        [Suppressed(found, "our fork reads it")],
    )


def test_another_code_suppresses_nothing() -> None:
    text = "count: 3  # kaitogen: ignore=KG996 our fork reads it\n"
    found = RULE.in_file("a.yaml", "not read", line=1)
    assert suppress([found], [Document("a.yaml", 0, {"count": 3}, text)]) == ([found], [])
