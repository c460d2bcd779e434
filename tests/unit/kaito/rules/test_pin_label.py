"""Labels of a user's own on named nodes: the lines that set and remove them, and what facts about the nodes answer."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.kaito.rules.ignored import preferred_nodes, relabelling
from kaitogen.model import ByoNodes, Target
from tests.unit.kaito.rules.workspaces import byo

_BYO = Target(node_provisioner="byo")


def labelled(label: dict[str, str], node: str) -> dict[str, Any]:
    return byo(resource__preferredNodes=[node], resource__labelSelector={"matchLabels": label})


def test_several_labels_are_all_set_and_all_taken_away() -> None:
    workspace = labelled({"pool": "a", "team": "b"}, "gpu-2")
    assert relabelling(RuleContext(workspace, _BYO), ["gpu-1"]) == [
        "kubectl label nodes gpu-2 pool=a team=b",
        "kubectl label nodes gpu-1 pool- team-",
    ]


@pytest.mark.parametrize("label", [{"topology.kubernetes.io/zone": "1"}, {"pool": "a b"}, {"a b": "c"}, {}])
def test_labels_that_are_not_for_people_or_shells_get_no_line(label: dict[str, str]) -> None:
    assert relabelling(RuleContext(labelled(label, "gpu-2"), _BYO), ["gpu-1"]) == []


def test_only_names_are_names() -> None:
    assert preferred_nodes({"preferredNodes": ["a", 1, None, "b"]}) == ["a", "b"]
    assert preferred_nodes({"preferredNodes": "a"}) == []
    assert preferred_nodes({}) == []


@pytest.mark.parametrize(
    ("match", "codes"), [(True, ["KG463"]), (False, []), (None, ["KG462"])], ids=["alone", "others", "hints"]
)
def test_what_the_facts_about_the_nodes_say_is_not_said_again(match: bool | None, codes: list[str]) -> None:
    facts = ByoNodes(nodes=1, gpus=1, memory=0, pinned=match)
    ctx = RuleContext(labelled({"pool": "phi"}, "gpu-1"), _BYO, byo_nodes=facts)
    assert [one.code for one in judge(ctx)] == codes
