"""Which labels a Workspace selects its nodes by, where its intent chooses nodes and has no selector."""

from typing import Any

import pytest

from kaitogen.model import INSTANCE_TYPE_LABEL, PIN_LABEL, Document, Origin, Placement, Spec, Target
from kaitogen.nodes import pinning
from kaitogen.nodes.inventory import Inventory, read
from tests.unit.nodes.samples import NC24, NC96, ZONE, document, entry

BYO = Target(node_provisioner="byo")


def _inventory(*labels: dict[str, str]) -> Inventory:
    """Nodes a, b, c ... with these labels beside their instance type."""
    nodes = [entry(name, each) for name, each in zip("abcdef", labels, strict=False)]
    found, problems = read([document(*nodes)])
    assert problems == []
    assert found.inventory is not None
    return found.inventory


def _spec(target: Target = BYO, **placement: Any) -> Spec:
    return Spec(
        origin=Origin(Document("a.yaml", 0, {})),
        name="phi",
        namespace=None,
        labels={},
        annotations={},
        target=target,
        placement=Placement(strategy="explicit", **placement),
        inference={"model": "phi-4"},
        tuning=None,
    )


def _selector(chosen: str, asked: dict[str, str], facts: Inventory, spec: Spec | None = None) -> Any:
    """The selector after nodes, one letter each, were chosen by the labels that were asked for."""
    nodes = [facts.nodes[name] for name in chosen]
    return pinning.pinned(spec or _spec(), nodes, asked, facts).placement.label_selector


def _labels(**labels: str) -> dict[str, Any]:
    return {"matchLabels": labels}


def test_the_label_that_was_asked_for_is_the_one_selected_by() -> None:
    facts = _inventory({"team": "red"}, {"team": "red"}, {"team": "blue"})
    assert _selector("ab", {"team": "red"}, facts) == _labels(team="red")


def test_a_label_that_kaito_reserves_is_never_selected_by() -> None:
    """It may be asked for beside another one, and only that other is pinned."""
    reserved = "kaito.sh/workspace"
    facts = _inventory({"team": "red", reserved: "old"}, {"team": "red", reserved: "old"}, {"team": "blue"})
    assert _selector("ab", {reserved: "old", "team": "red"}, facts) == _labels(team="red")


def test_a_reserved_label_alone_pins_nothing() -> None:
    reserved = "kaito.sh/workspace"
    facts = _inventory({reserved: "old"}, {})
    assert _selector("a", {reserved: "old"}, facts) is None


def test_lasting_labels_are_added_until_no_other_node_is_left() -> None:
    facts = _inventory({"team": "red", ZONE: "1"}, {"team": "red", ZONE: "2"}, {"team": "blue", ZONE: "1"})
    assert _selector("a", {"team": "red"}, facts) == {"matchLabels": {"team": "red", ZONE: "1"}}


def test_a_lasting_label_that_narrows_nothing_is_left_out() -> None:
    """All nodes have the same instance type, so that the zone alone tells them apart."""
    assert _selector("a", {}, _inventory({ZONE: "1"}, {ZONE: "2"})) == {"matchLabels": {ZONE: "1"}}


def test_a_lasting_label_with_two_values_among_the_chosen_is_no_use() -> None:
    facts = _inventory({ZONE: "1"}, {ZONE: "2"}, {ZONE: "3"})
    assert _selector("ab", {}, facts) is None


def test_nodes_that_no_label_tells_apart_are_left_to_the_default() -> None:
    assert _selector("a", {"team": "red"}, _inventory({"team": "red"}, {"team": "red"})) is None


def test_all_nodes_of_the_inventory_need_a_label_to_be_selected_by() -> None:
    """With nothing asked for, nothing has to be told apart, and no label is better than another."""
    assert _selector("ab", {}, _inventory({ZONE: "1"}, {ZONE: "1"})) is None


def test_nodes_that_have_the_default_label_keep_it() -> None:
    facts = _inventory({PIN_LABEL: "phi", "team": "red"}, {"team": "blue"})
    assert _selector("a", {"team": "red"}, facts) is None


def test_a_selector_of_the_users_own_stays() -> None:
    own = {"matchLabels": {"apps": "mine"}}
    facts = _inventory({"team": "red"}, {"team": "blue"})
    assert _selector("a", {"team": "red"}, facts, _spec(label_selector=own)) == own


def test_where_kaito_provisions_nothing_is_pinned() -> None:
    facts = _inventory({"team": "red"}, {"team": "blue"})
    assert _selector("a", {"team": "red"}, facts, _spec(Target())) is None


@pytest.mark.parametrize(
    ("target", "given", "told"),
    [
        (Target(), None, NC96),
        (Target(), NC24, NC24),
        (BYO, None, None),
    ],
)
def test_the_instance_type_is_that_of_the_nodes_where_kaito_takes_one(
    target: Target, given: str | None, told: str | None
) -> None:
    facts = _inventory({}, {})
    spec = pinning.typed(_spec(target, instance_type=given), list(facts.nodes.values()))
    assert spec.placement.instance_type == told


def test_a_chosen_node_without_gpus_does_not_decide_the_instance_type() -> None:
    found, _ = read([document(entry("a"), entry("b", {INSTANCE_TYPE_LABEL: "small"}, allocatable={}))])
    assert found.inventory is not None
    spec = pinning.typed(_spec(Target()), list(found.inventory.nodes.values()))
    assert spec.placement.instance_type == NC96


def test_a_command_names_twenty_nodes_and_says_that_there_are_more() -> None:
    names = [f"n{number}" for number in range(21)]
    assert pinning.command(names[:20], {"a": "b"}) == f"kubectl label nodes {' '.join(names[:20])} a=b"
    assert pinning.command(names, {"a": "b"}) == f"kubectl label nodes {' '.join(names[:20])} ... a=b"


def test_a_command_leaves_out_labels_that_a_shell_would_read_otherwise() -> None:
    assert pinning.command(["n"], {"a": "$(b)"}) == "kubectl label nodes n ..."
