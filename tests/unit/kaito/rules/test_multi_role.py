"""What is said of a MultiRoleInference and of the replicas of its roles: what stands in it, and where it is found."""

from typing import Any

import pytest

from kaitogen.model import Target
from tests.unit.kaito.rules.kinds import MULTI_ROLE, places, said
from tests.unit.kaito.rules.workspaces import GONE

_BYO = Target("0.12", node_provisioner="byo")
_GATED = {"spec.model.name": "llama-3.1-8b-instruct"}
_SELECTOR = "spec.labelSelector"
_IN = {"matchExpressions": [{"key": "apps", "operator": "In", "values": ["phi"]}]}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"metadata.name": "a" * 38}, []),
        ({"metadata.name": "a" * 39}, ["KG907 error metadata.name"]),
        ({"metadata.name": "1phi"}, ["KG907 error metadata.name"]),
        ({"spec.model.name": ""}, ["KG911 error spec.model.name"]),
        ({_SELECTOR: {}}, [f"KG912 error {_SELECTOR}"]),
        ({_SELECTOR: _IN}, [f"KG474 warning {_SELECTOR}.matchExpressions"] * 2),
        ({"spec.roles.0.type": "decode", "spec.roles.1.type": "prefill"}, []),
        ({"spec.roles.1.instanceType": GONE}, ["KG405 error spec.roles.1.instanceType"]),
        ({"spec.roles.1.instanceType": "p4d.24xlarge"}, ["KG903 error spec.roles.1.instanceType"]),
        ({"spec.roles.1.instanceType": "Standard_NC9000"}, ["KG473 error spec.roles.1.instanceType"]),
        ({"spec.model.name": "phi-5"}, ["KG903 error spec.model.name"] * 2),
        (_GATED, ["KG467 warning spec.model.name"] * 2),
        ({**_GATED, "spec.model.modelAccessSecret": "hugging-face"}, []),
        ({"metadata.annotations": {"kaito.sh/runtime": "tgi"}},
         ["KG481 warning metadata.annotations.kaito.sh/runtime"] * 2),
    ],
    ids=str,
)  # fmt: skip
def test_fields_of_two_roles(changes: dict[str, Any], expected: list[str]) -> None:
    assert places(MULTI_ROLE, changes) == expected


@pytest.mark.parametrize(
    ("roles", "which"),
    [([], "none"), ([{"type": "prefill"}], "prefill"), ([{"type": "decode"}] * 2, "decode and decode")],
)
def test_roles_that_are_not_one_of_each(roles: list[dict[str, str]], which: str) -> None:
    advice = "write one role of type prefill and one of type decode"
    assert said(MULTI_ROLE, {"spec.roles": roles}) == [
        f"KG913 error spec.roles: the roles are {which} ({advice})"
    ]


@pytest.mark.parametrize(
    ("namespace", "expected"), [("", []), ("models", ["KG903 error spec.roles.1.runtimeConfig"])]
)
def test_a_role_looks_for_its_config_map_in_the_namespace_of_both(
    namespace: str, expected: list[str]
) -> None:
    changes = {"metadata.namespace": "models", "spec.roles.1.runtimeConfig": "settings"}
    assert places(MULTI_ROLE, changes, config_maps={(namespace, "settings"): {}}) == expected


def test_under_byo_no_role_names_an_instance_type() -> None:
    assert places(MULTI_ROLE, {}, _BYO) == [
        f"KG405 error spec.roles.{index}.instanceType" for index in (0, 1)
    ]
    bare = {f"spec.roles.{index}.instanceType": GONE for index in (0, 1)}
    assert places(MULTI_ROLE, bare, _BYO) == []


def test_a_note_on_a_replica_as_a_whole_is_one_on_its_role() -> None:
    bare = {f"spec.roles.{index}.instanceType": GONE for index in (0, 1)}
    notes = places(MULTI_ROLE, bare, _BYO, notes=True)
    for_each = ["KG423", "KG424", "KG425", "KG903"]
    assert notes == [
        note
        for index in (0, 1)
        for note in (f"KG488 note spec.roles.{index}", *(f"{code} note {_SELECTOR}" for code in for_each))
    ]
