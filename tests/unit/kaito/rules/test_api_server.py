"""What the API server says to an object, and what it only drops: what stands in it, and what is said of that."""

from typing import Any

import pytest

from kaitogen.kaito.rules.api_server import refused, unknown_fields, unread_nulls
from kaitogen.model import Target
from tests.unit.kaito.rules.kinds import ENGINE, SET, place
from tests.unit.kaito.rules.workspaces import GONE, SERVING, TEMPLATED, change

_OLD_SET = {**SET, "apiVersion": "kaito.sh/v1alpha1"}
_POD = "inference.template.spec"
_CONTAINER = f"{_POD}.containers.0"
_OF_REPLICAS = "spec.template.metadata"


@pytest.mark.parametrize(
    ("base", "changes", "kaito", "expected"),
    [
        (SERVING, {}, "0.12", []),
        (SERVING, {"resource.count": "two"}, "0.12", ["KG401 error resource.count"]),
        (SERVING, {"resource.size": 1}, "0.12", ["KG401 error resource.size"]),
        (TEMPLATED, {f"{_CONTAINER}.imag": "a/b:1"}, "0.12", [f"KG402 error {_CONTAINER}.imag"]),
        (TEMPLATED, {f"{_CONTAINER}.name": 5}, "0.12", [f"KG402 error {_CONTAINER}.name"]),
        (TEMPLATED, {f"{_CONTAINER}.name": None}, "0.12", [f"KG496 error {_CONTAINER}.name"]),
        (TEMPLATED, {f"{_CONTAINER}.name": GONE}, "0.12", [f"KG496 error {_CONTAINER}"]),
        (TEMPLATED, {f"{_POD}.containers": GONE}, "0.12", [f"KG496 error {_POD}"]),
        (SET, {"spec.template.resource.size": 1}, "0.12", ["KG401 error spec.template.resource.size"]),
        (SET, {"spec.updateStrategy": {"kind": 1}}, "0.12", ["KG402 error spec.updateStrategy.kind"]),
        (SET, {_OF_REPLICAS: {"nme": "x"}}, "0.12", [f"KG402 error {_OF_REPLICAS}.nme"]),
        (_OLD_SET, {_OF_REPLICAS: {"nme": "x"}}, "0.11", [f"KG402 error {_OF_REPLICAS}.nme"]),
        (_OLD_SET, {_OF_REPLICAS: {"nme": "x"}}, "0.10", [f"KG401 error {_OF_REPLICAS}.nme"]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_refused(
    base: dict[str, Any], changes: dict[str, Any], kaito: str, expected: list[str]
) -> None:
    assert [place(one) for one in refused(change(base, changes), Target(kaito))] == expected


_NO_FIELD = "KAITO 0.12 has no field {}; the API server would drop it without a word"


@pytest.mark.parametrize(
    ("base", "changes", "kaito", "message", "fix"),
    [
        (SERVING, {"apiVersion": "kaito.sh/v1"}, "0.12",
         "KAITO 0.12 serves no Workspace of apiVersion kaito.sh/v1", "write kaito.sh/v1beta1"),
        (ENGINE, {}, "0.8",
         "KAITO 0.8 serves no RAGEngine of apiVersion kaito.sh/v1beta1", "write kaito.sh/v1alpha1"),
        (SET, {}, "0.7", "KAITO 0.7 has no kind InferenceSet; it came with 0.8", "generate for KAITO 0.8 or newer"),
        (SERVING, {"kind": "Workspaces"}, "0.12", "KAITO 0.12 has no kind Workspaces", "write Workspace"),
        (SERVING, {"kind": "Job"}, "0.12", "KAITO 0.12 has no kind Job",
         "KAITO's kinds are Workspace, RAGEngine, InferenceSet, MultiRoleInference, ModelMirror"),
        (SERVING, {"resource.cont": 1}, "0.12",
         f"a Workspace of {_NO_FIELD.format('resource.cont')}", "did you mean count?"),
        (SET, {"spec.replica": 1}, "0.12",
         f"an InferenceSet of {_NO_FIELD.format('spec.replica')}", "did you mean replicas?"),
    ],
    ids=str,
)  # fmt: skip
def test_the_words(base: dict[str, Any], changes: dict[str, Any], kaito: str, message: str, fix: str) -> None:
    (one,) = refused(change(base, changes), Target(kaito))
    assert (one.message, one.fix) == (message, fix)


@pytest.mark.parametrize(
    ("base", "changes", "expected"),
    [
        (SERVING, {}, []),
        (SERVING, {"resource.size": 1}, ["KG401 error resource.size"]),
        (SERVING, {"resource.count": "two"}, []),
        (TEMPLATED, {f"{_CONTAINER}.imag": "a/b:1"}, []),
        (SERVING, {"kind": "Workspaces", "resource.size": 1}, []),
        (SERVING, {"apiVersion": "kaito.sh/v1", "resource.size": 1}, []),
    ],
    ids=str,
)
def test_what_is_dropped(base: dict[str, Any], changes: dict[str, Any], expected: list[str]) -> None:
    assert [place(one) for one in unknown_fields(change(base, changes), Target("0.12"))] == expected


@pytest.mark.parametrize(
    ("base", "changes", "expected"),
    [
        (SERVING, {"resource.count": None}, []),
        (SERVING, {"resource.size": None}, [
            ("KG401 error resource.size", "remove it, or generate for a KAITO version that has it"),
        ]),
        (TEMPLATED, {f"{_CONTAINER}.imag": None}, [(f"KG402 error {_CONTAINER}.imag", "remove it")]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_null_and_unknown(
    base: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = unread_nulls(change(base, changes), Target("0.12"))
    assert [(place(one), one.fix) for one in found] == expected
