"""What follows from chosen nodes: the labels they are selected by, the instance type, and what is said against it."""

from collections.abc import Mapping
from typing import Any

import pytest

from kaitogen.model import INSTANCE_TYPE_LABEL, PIN_LABEL, Document, Origin, Placement, Spec, Target
from kaitogen.nodes.choosing import choose
from tests.unit.nodes.samples import NC24, NC96, ZONE, document, entry

BYO = Target(node_provisioner="byo")
RESERVED = "kaito.sh/workspace"


def _chosen(
    spec: dict[str, Any], nodes: Mapping[str, Mapping[str, str]], target: Target = BYO
) -> tuple[Spec, list[str]]:
    """The Spec once its nodes are chosen, and the codes of what is found; nodes are given by name with their labels."""
    asking = Spec(
        origin=Origin(Document("a.yaml", 0, {})),
        name="phi",
        namespace=None,
        labels={},
        annotations={},
        target=target,
        placement=Placement(strategy="explicit", **spec),
        inference={"model": "phi-4"},
        tuning=None,
    )
    facts = document(*(entry(name, labels) for name, labels in nodes.items()))
    (spec_after,), diagnostics = choose([asking], [facts], "")
    return spec_after, [diagnostic.code for diagnostic in diagnostics]


def _pinned(labels: str, *nodes: dict[str, str], target: Target = BYO, **placement: Any) -> Any:
    """The matchLabels that a selection comes to, where these nodes are there; None where the default stays."""
    selecting = {"selection": {"select": {"labels": labels}}, **placement}
    spec, _ = _chosen(selecting, dict(zip("abcdef", nodes, strict=False)), target)
    selector = spec.placement.label_selector
    return None if selector is None else selector["matchLabels"]


def test_the_label_that_was_asked_for_is_the_one_selected_by() -> None:
    assert _pinned("team=red", {"team": "red"}, {"team": "red"}, {"team": "blue"}) == {"team": "red"}


def test_a_label_that_kaito_reserves_is_never_selected_by() -> None:
    """It may be asked for beside another one, and only that other is pinned."""
    ours = {"team": "red", RESERVED: "old"}
    assert _pinned(f"{RESERVED}=old,team=red", ours, ours, {"team": "blue"}) == {"team": "red"}


def test_a_reserved_label_alone_pins_nothing() -> None:
    assert _pinned(f"{RESERVED}=old", {RESERVED: "old"}, {}) is None


def test_lasting_labels_are_added_until_no_other_node_is_left() -> None:
    nodes = {"team": "red", ZONE: "1"}, {"team": "red", ZONE: "2"}, {"team": "blue", ZONE: "1"}
    assert _pinned("team=red", *nodes, selection=_in_zone("1")) == {"team": "red", ZONE: "1"}


def _in_zone(zone: str) -> dict[str, Any]:
    """A selection that asks for a zone in words that are not pinned as they are."""
    return {"select": {"labels": f"team=red,{ZONE} notin ({'2' if zone == '1' else '1'})"}}


def test_a_lasting_label_that_narrows_nothing_is_left_out() -> None:
    """All nodes have the same instance type, so that the zone alone tells them apart."""
    assert _pinned(f"{ZONE} notin (2)", {ZONE: "1"}, {ZONE: "2"}) == {ZONE: "1"}


def test_a_lasting_label_with_two_values_among_the_chosen_is_no_use() -> None:
    assert _pinned(f"{ZONE} notin (3)", {ZONE: "1"}, {ZONE: "2"}, {ZONE: "3"}) is None


def test_nodes_that_no_label_tells_apart_are_left_to_the_default() -> None:
    nodes = {"team": "red", "only": "a"}, {"team": "red"}
    assert _pinned("team=red,only", *nodes) is None


def test_nodes_that_have_the_default_label_keep_it() -> None:
    assert _pinned("team=red", {PIN_LABEL: "phi", "team": "red"}, {"team": "blue"}) is None


def test_a_selector_of_the_users_own_stays() -> None:
    own = {"matchLabels": {"apps": "mine"}}
    assert _pinned("team=red", {"team": "red"}, {}, label_selector=own) == {"apps": "mine"}


def test_where_kaito_provisions_nothing_is_pinned() -> None:
    assert _pinned("team=red", {"team": "red"}, {"team": "blue"}, target=Target()) is None


@pytest.mark.parametrize(
    ("target", "given", "after"), [(Target(), None, NC96), (Target(), NC96, NC96), (BYO, None, None)]
)
def test_the_instance_type_is_that_of_the_nodes_where_kaito_takes_one(
    target: Target, given: str | None, after: str | None
) -> None:
    spec, _ = _chosen({"nodes": ("a", "b"), "instance_type": given}, {"a": {}, "b": {}}, target)
    assert spec.placement.instance_type == after


#: The nodes a and b are named, and c is another one.
JUDGED: Any = [
    # Nothing that KAITO looks for is on the nodes; with the label, or with a selector that fits, all is well.
    ({}, {"a": {}, "b": {}, "c": {}}, BYO, ["KG310"]),
    ({}, {"a": {PIN_LABEL: "phi"}, "b": {PIN_LABEL: "phi"}, "c": {}}, BYO, []),
    ({}, {"a": {PIN_LABEL: "phi"}, "b": {}, "c": {}}, BYO, ["KG310"]),
    ({}, {name: {PIN_LABEL: "phi"} for name in "abc"}, BYO, ["KG314"]),
    ({"team": "red"}, {"a": {"team": "red"}, "b": {"team": "red"}, "c": {}}, BYO, []),
    ({"team": "red"}, {name: {"team": "red"} for name in "abc"}, BYO, ["KG314"]),
    ({"team": "red"}, {"a": {"team": "red"}, "b": {}, "c": {"team": "red"}}, BYO, ["KG310", "KG314"]),
    # Without matchLabels the selector takes every node.
    ({}, {"a": {}, "b": {}}, Target("0.12"), []),
]


@pytest.mark.parametrize(("selector", "nodes", "target", "codes"), JUDGED)
def test_a_selector_is_held_against_the_nodes_that_it_takes(
    selector: dict[str, str], nodes: dict[str, dict[str, str]], target: Target, codes: list[str]
) -> None:
    given = {"label_selector": {"matchLabels": selector}} if selector else {}
    _, found = _chosen({"nodes": ("a", "b"), **given}, nodes, target)
    assert [code for code in found if code in ("KG310", "KG314")] == codes


def test_a_node_of_another_type_is_not_told_again_as_missed() -> None:
    """That its type is wrong is what has to be put right."""
    nodes = {"a": {}, "b": {INSTANCE_TYPE_LABEL: NC24}}
    _, found = _chosen({"nodes": ("a", "b"), "instance_type": NC96}, nodes, Target("0.10"))
    assert "KG310" not in found


def test_the_advice_is_a_command_that_labels_the_missed_nodes() -> None:
    facts = document(*(entry(f"n{number:02}") for number in range(21)))
    for count, shown in ((20, ""), (21, " ...")):
        names = tuple(f"n{number:02}" for number in range(count))
        asking, _ = _chosen({"nodes": ("a",)}, {"a": {}})
        spec = asking._replace(placement=Placement(strategy="explicit", nodes=names))
        _, diagnostics = choose([spec], [facts], "")
        (missed,) = [diagnostic for diagnostic in diagnostics if diagnostic.code == "KG310"]
        assert missed.fix == f"run: kubectl label nodes {' '.join(names[:20])}{shown} {PIN_LABEL}=phi"
        assert f"{count} chosen nodes do not match" in missed.message


def test_what_is_known_of_byo_nodes_is_their_number_and_the_least_of_their_gpus() -> None:
    spec, _ = _chosen({"nodes": ("a", "b")}, {"a": {PIN_LABEL: "phi"}, "b": {PIN_LABEL: "phi"}})
    known = spec.placement.byo_nodes
    assert known is not None
    assert (known.nodes, known.gpus, known.pinned) == (2, 4, True)
    spec, _ = _chosen({"nodes": ("a", "b")}, {"a": {PIN_LABEL: "phi"}, "b": {}})
    assert spec.placement.byo_nodes is not None
    assert not spec.placement.byo_nodes.pinned


def _asking(**placement: Any) -> Spec:
    return Spec(
        origin=Origin(Document("a.yaml", 0, {})), name="phi", namespace=None, labels={}, annotations={}, target=BYO,
        placement=Placement(strategy="explicit", **placement), inference={"model": "phi-4"}, tuning=None,
    )  # fmt: skip


_BROKEN = Document("nodes.yaml", 0, {"kind": "NodeInventory", "spec": 1})


@pytest.mark.parametrize(("documents", "told"), [([], set()), ([_BROKEN], {"KG121", "KG122"})])
def test_a_selection_without_an_inventory_is_no_second_error(
    documents: list[Document], told: set[str]
) -> None:
    named, selecting = _asking(nodes=("a",)), _asking(selection={"select": {"labels": "team=red"}})
    specs, diagnostics = choose([named, selecting], documents, "")
    assert specs == [named]
    assert {one.code for one in diagnostics} == told


@pytest.mark.parametrize(
    ("selection", "nodes", "codes"),
    [
        ({}, ("a",), []),
        ({"require": "ready"}, ("a",), []),
        ({"require": "any"}, ("a", "b"), []),
        ({"count": 1}, ("a",), []),
        ({"count": 2}, None, ["KG303"]),
    ],
    ids=str,
)
def test_what_a_selection_requires(
    selection: dict[str, Any], nodes: tuple[str, ...] | None, codes: list[str]
) -> None:
    facts = document(entry("a", {"team": "red"}), entry("b", {"team": "red"}, ready=False))
    asking = _asking(selection={"select": {"labels": "team=red"}, **selection})
    specs, diagnostics = choose([asking], [facts], "")
    assert [spec.placement.nodes for spec in specs] == ([] if nodes is None else [nodes])
    assert [one.code for one in diagnostics if one.code == "KG303"] == codes


_FOUR = {
    "a": {INSTANCE_TYPE_LABEL: NC96, ZONE: "1"},
    "b": {INSTANCE_TYPE_LABEL: NC96, ZONE: "1"},
    "c": {INSTANCE_TYPE_LABEL: NC96, ZONE: "1"},
    "d": {INSTANCE_TYPE_LABEL: NC96, ZONE: "2"},
}


@pytest.mark.parametrize(
    ("selection", "nodes"),
    [
        ({}, ["a", "b", "c", "d"]),
        ({"spread": True}, ["a", "d", "b", "c"]),
        ({"spread": True, "count": 2}, ["a", "d"]),
        ({"count": 2}, ["a", "b"]),
    ],
    ids=str,
)
def test_nodes_go_zone_by_turns_where_that_is_asked_for(selection: dict[str, Any], nodes: list[str]) -> None:
    asking = _asking(selection={"select": {"quick": "nc96"}, **selection})
    (spec,), _ = choose([asking], [document(*(entry(name, labels) for name, labels in _FOUR.items()))], "")
    assert list(spec.placement.nodes or ()) == nodes


@pytest.mark.parametrize(
    ("select", "count", "message"),
    [
        ({"quick": "nc69"}, None, "there is no quick selector nc69"),
        ({"quick": "nc24"}, None, "none of the 4 GPU nodes of the inventory matches the selection"),
        ({"quick": "nc96"}, 5, "5 nodes asked for, and 4 of 4 matching nodes are there"),
    ],
)
def test_a_selection_that_comes_to_nothing(select: dict[str, Any], count: int | None, message: str) -> None:
    asking = _asking(selection={"select": select, **({"count": count} if count else {})})
    specs, diagnostics = choose(
        [asking], [document(*(entry(name, labels) for name, labels in _FOUR.items()))], ""
    )
    assert (specs, [one.message for one in diagnostics]) == ([], [message])
