"""What KAITO reads in the settings of vLLM: the text, and what becomes of its max-model-len."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.kaito.rules.config import scan, served_length
from kaitogen.model import Target
from tests.unit.kaito.rules.rows_inference import named
from tests.unit.kaito.rules.workspaces import GONE, SERVING, change

_AUTO = "vllm:\n  max-model-len: auto\n"
_MERGED = "base: &base {max-num-seqs: 1}\nvllm:\n  <<: *base\n  max-model-len: auto\n"


def _said(workspace: dict[str, Any], kaito: str, text: str, code: str) -> list[str]:
    maps = {("", "settings"): {"inference_config.yaml": text}}
    ctx = RuleContext(change(workspace, {"inference.config": "settings"}), Target(kaito), config_maps=maps)
    return [f"{one.severity} {one.message}" for one in judge(ctx) if one.code == code]


@pytest.mark.parametrize(
    ("preset", "kaito", "text", "expected"),
    [
        ("phi-4", "0.12", _AUTO, "error KAITO refuses max-model-len: auto, which is no whole number"),
        ("phi-4", "0.12", _MERGED, "error KAITO refuses max-model-len: auto, which is no whole number"),
        ("phi-2", "0.7", _AUTO, "error KAITO refuses max-model-len: auto, which is no whole number"),
        ("acme/phi", "0.12", _AUTO,
         "warning KAITO refuses max-model-len: auto, which is no whole number, unless acme/phi says no limit"),
    ],
)  # fmt: skip
def test_a_length_that_is_no_number(preset: str, kaito: str, text: str, expected: str) -> None:
    assert _said(named(preset), kaito, text, "KG444") == [expected]


@pytest.mark.parametrize("before", ["", "it's", '"a # b"', "'it''s # b'"])
def test_a_comment_is_no_length(before: str) -> None:
    text = f"vllm:\n  tokenizer: {before} # it's max-model-len: 16_384\n  max-model-len: 8192\n"
    assert _said(named("phi-4"), "0.12", text, "KG444") == []


@pytest.mark.parametrize("before", ['"a # b"', "'a # b'", "'it''s # b'", '"\\" # b"'])
def test_what_stands_behind_a_hash_in_quotes_is_a_length(before: str) -> None:
    text = f"vllm: {{tokenizer: {before}, max-model-len: 0x2000}}\n"
    assert len(_said(named("phi-4"), "0.12", text, "KG444")) == 1


@pytest.mark.parametrize(
    ("resource", "required"),
    [
        ({}, False),
        ({"count": 1}, False),
        ({"count": 2}, True),
        ({"instanceType": "Standard_NC6s_v3"}, False),
        ({"instanceType": "Standard_NC24rs_v3"}, True),
        ({"instanceType": "Standard_NC48ads_A100_v4"}, False),
        ({"instanceType": "Standard_NC9000"}, False),
    ],
    ids=str,
)
def test_where_an_old_kaito_requires_a_length(resource: dict[str, Any], required: bool) -> None:
    workspace = change(SERVING, {f"resource.{key}": value for key, value in resource.items()})
    assert len(_said(workspace, "0.6", "vllm: {}", "KG444")) == required
    alone = [one for one in judge(RuleContext(workspace, Target("0.6"))) if one.code == "KG444"]
    assert [one.path for one in alone] == [("inference",)] * required
    assert all("KAITO's own template" in one.message for one in alone)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("vllm:\n  max-model-len: 8192\n", 8192),
        ("vllm:\n  max-model-len: +8192\n", 8192),
        ("vllm:\n  max-model-len: 1\n", 1),
        ("vllm:\n  max-model-len: 0\n", None),
        ("vllm:\n  max-model-len: -1\n", None),
        (f"vllm:\n  max-model-len: {'9' * 18}\n", 10**18 - 1),
        (f"vllm:\n  max-model-len: {'9' * 19}\n", None),
        ("max-model-len: 8192\nvllm:\n", None),
        ("vllm:\n  a: 1\n  max-model-len: 8192\n", 8192),
        ("vllm:\n  a: 1\n# a comment\n\n  max-model-len: 8192\n", 8192),
        ("vllm:\n  a: 1\n b: 2\n  max-model-len: 8192\n", None),
        ("vllm:\n  max-model-len: x\n  max-model-len: 8192\n", None),
        ("  vllm:\n    max-model-len: 8192\n", 8192),
        ("  vllm:\n   max-model-len: 8192\n", None),
    ],
)
def test_what_the_line_scanner_of_kaito_finds(text: str, length: int | None) -> None:
    assert scan(text) == length


@pytest.mark.parametrize(
    ("section", "length"),
    [
        ({}, None),
        ({"max-model-len": 8192}, 8192),
        ({"max_model_len": 8192}, 8192),
        ({"max-model-len": " 8192 "}, 8192),
        ({"max-model-len": "8192.0"}, None),
        ({"max-model-len": 8192.0}, None),
        ({"max-model-len": True}, None),
        ({"max-model-len": 0, "max_model_len": 8192}, 8192),
        ({"max-model-len": -1}, None),
        ({"max-model-len": "9" * 18}, 10**18 - 1),
        ({"max-model-len": "9" * 19}, None),
        ({"max-model-len": 10**30}, 10**18),
    ],
    ids=str,
)
def test_what_vllm_takes(section: dict[str, Any], length: int | None) -> None:
    assert served_length(section) == length


@pytest.mark.parametrize(("workload", "taken"), [("inference", False), ("tuning", True)])
def test_in_v1alpha1_a_name_of_hugging_face_is_taken_for_tuning_alone(workload: str, taken: bool) -> None:
    changes: dict[str, Any] = {"apiVersion": "kaito.sh/v1alpha1", "inference.preset.name": "acme/phi"}
    workspace = change(SERVING, changes)
    if workload == "tuning":
        workspace = change(workspace, {"inference": GONE, "tuning": workspace["inference"]})
    assert RuleContext(workspace, Target("0.9")).valid_preset is taken
