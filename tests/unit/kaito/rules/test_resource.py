"""What is said of the instance type: where it is missing, and where the table of the version lacks it."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.kaito.rules.workspaces import GONE, SERVING, TEMPLATED, TUNING, change, serve

_BARE = {"resource": GONE}
_OLD = {"apiVersion": "kaito.sh/v1alpha1"}


def _said(
    workspace: dict[str, Any], kaito: str, code: str, provisioner: str = "azure-gpu-provisioner"
) -> list[str]:
    found = judge(RuleContext(workspace, Target(kaito, "azure", provisioner)))
    return [one.message for one in found if one.code == code]


@pytest.mark.parametrize(
    ("workspace", "kaito", "provisioner", "expected"),
    [
        (change(TUNING, _OLD | _BARE), "0.12", "karpenter",
         ["the webhook of KAITO 0.12 breaks down at a tuning of v1alpha1 without resource"]),
        (change(TUNING, _OLD), "0.12", "karpenter", []),
        (change(TEMPLATED, _OLD | _BARE), "0.12", "karpenter", []),
        (change(SERVING, _BARE), "0.8", "byo", ["KAITO 0.8 breaks down under byo where a Workspace has no resource"]),
        (change(TEMPLATED, _BARE), "0.8", "byo", []),
        (change(SERVING, _BARE), "0.11", "byo", []),
        (change(SERVING, _BARE), "0.12", "karpenter",
         ["instanceType is missing, and KAITO 0.12 with karpenter requires one"]),
        (SERVING, "0.12", "byo", ["under node provisioner byo KAITO 0.12 refuses an instanceType"]),
    ],
)  # fmt: skip
def test_whether_an_instance_type_is_named(
    workspace: dict[str, Any], kaito: str, provisioner: str, expected: list[str]
) -> None:
    assert _said(workspace, kaito, "KG405", provisioner) == expected


@pytest.mark.parametrize(
    ("workspace", "kaito", "message"),
    [
        (change(SERVING, _BARE), "0.7", "no instance type is not in KAITO 0.7's table for azure"),
        (
            serve(resource__instanceType="p4d.24xlarge"),
            "0.7",
            "p4d.24xlarge is not in KAITO 0.7's table for azure",
        ),
    ],
)
def test_what_no_table_has(workspace: dict[str, Any], kaito: str, message: str) -> None:
    assert _said(workspace, kaito, "KG427") == [message]


def test_what_left_the_table_with_a_version() -> None:
    """Standard_NC24rs_v3 left with 0.9, where its prefix still lets it in."""
    left = serve(resource__instanceType="Standard_NC24rs_v3")
    begins = "Standard_NC24rs_v3 left KAITO 0.9's table for azure in 0.9"
    assert _said(left, "0.9", "KG473") == [
        f"{begins}; it is admitted by its prefix, but a preset never gets its nodes"
    ]
    assert _said(left, "0.8", "KG473") == []
