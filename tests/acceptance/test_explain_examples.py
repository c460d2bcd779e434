"""Every example of every page of docs/findings/, run both ways: the first gets its code and nothing louder, the second does not."""

from pathlib import Path

import pytest

from kaitogen.commands.explain import pages
from kaitogen.commands.explain.pages import Page
from kaitogen.model import Origin, Target, UserObject
from kaitogen.pipeline.check import check_objects
from kaitogen.pipeline.load import documents_of
from tests.acceptance.examples import instead, run, verdict

CODES = [page.code for page in pages.all_pages()]


def _explained(code: str) -> Page:
    found = pages.find(code)
    assert found is not None
    return found


@pytest.mark.parametrize("code", CODES)
def test_the_first_example_gets_exactly_its_code(code: str, tmp_path: Path) -> None:
    one = _explained(code)
    assert verdict(one, run(one.failing, tmp_path), fails=True) == ""


@pytest.mark.parametrize("code", CODES)
def test_the_second_example_does_not(code: str, tmp_path: Path) -> None:
    one = _explained(code)
    assert verdict(one, run(one.passing, tmp_path), fails=False) == ""


INSTEAD = [code for code in CODES if instead(_explained(code))]


def test_few_codes_hide_behind_others() -> None:
    assert INSTEAD == ["KG415", "KG426"]


def test_rules_behind_others_hold_where_they_are_asked() -> None:
    """Neither the options nor the schemas let these through, so the rules are asked directly."""
    from kaitogen.kaito.rules import RuleContext, judge

    document = documents_of("a.yaml", _explained("KG415").failing.files["workspace.yaml"].encode()).documents[
        0
    ]
    byo = Target(node_provisioner="byo", feature_gates={"enableMIG": True})
    assert [one.code for one in judge(RuleContext(document.value, byo))] == ["KG415"]
    serving = documents_of("b.yaml", _explained("KG461").passing.files["workspace.yaml"].encode()).documents[
        0
    ]
    found = check_objects([UserObject(Origin(serving), serving.value)], Target(provider="gcp"))
    assert [one.code for one in found] == ["KG426"]
