"""What is said of one adapter: what stands in it, and in which words."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.kaito.rules.workspaces import adapted, adapter, transformers

_CLAIM = {"persistentVolumeClaim": {"claimName": "style"}}
_LONGEST = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])


def _said(one: dict[str, Any], kaito: str = "0.12") -> list[str]:
    workspace = adapted(one, workspace=transformers())
    return [f"{one.code} {one.message}" for one in judge(RuleContext(workspace, Target(kaito)))]


@pytest.mark.parametrize(
    "strength", ["0", "1", "0.5", "1.", ".5", "5e-1", "+1", "nan", "NaN", "0x0p0", "0x1p-1", "0x1.p0", 1, 0.5]
)
def test_strengths_that_kaito_reads(strength: object) -> None:
    assert _said({**adapter(), "strength": strength}) == []


@pytest.mark.parametrize("strength", ["", "x", "1.1", "-0.1", "1e1", "inf", "0x1p1", "-0x1p0", "0x1", 2])
def test_strengths_that_kaito_refuses(strength: object) -> None:
    assert [said.split()[0] for said in _said({**adapter(), "strength": strength})] == ["KG494"]


@pytest.mark.parametrize(("name", "codes"), [(_LONGEST, []), (_LONGEST + "d", ["KG491"])])
def test_a_name_has_253_characters_at_most(name: str, codes: list[str]) -> None:
    assert [said.split()[0] for said in _said(adapter(name))] == codes


_LATER = "admitted now, but every later update is refused"


@pytest.mark.parametrize(
    ("source", "kaito", "what"),
    [
        ({}, "0.12", "has neither image nor volume"),
        ({"image": "a/b:1", "volumeSource": _CLAIM}, "0.12", "has both an image and a volume"),
        ({"image": "a/b:1", "urls": ["https://a"]}, "0.12", "comes from urls"),
        ({"volumeSource": _CLAIM}, "0.9", "comes from a volume, which works since 0.10"),
        ({}, "0.9", "has neither image nor volume"),
    ],
)
def test_sources(source: dict[str, Any], kaito: str, what: str) -> None:
    expected = f"KG492 the adapter {what}: {_LATER}"
    assert _said({"source": {"name": "style", **source}}, kaito) == [expected]


def test_a_volume_is_a_source() -> None:
    assert _said({"source": {"name": "style", "volumeSource": _CLAIM}}, "0.10") == []
