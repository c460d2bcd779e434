"""What is said of the name of a preset, and of a configuration that comes later."""

from typing import Any

import pytest

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import Target
from tests.unit.kaito.rules.rows_inference import named
from tests.unit.kaito.rules.workspaces import SERVING, serve, transformers


@pytest.mark.parametrize(
    ("name", "kaito", "message"),
    [
        ("falcon-7b", "0.11", "KAITO 0.11 has no preset falcon-7b; it went with 0.11"),
        ("gemma-3-4b-instruct", "0.7", "KAITO 0.7 has no preset gemma-3-4b-instruct; it came with 0.8"),
        ("Gemma-3-4b-instruct", "0.8", "KAITO 0.8 has no preset Gemma-3-4b-instruct"),
        ("nobody-knows", "0.8", "KAITO 0.8 has no preset nobody-knows"),
        ("acme/phi", "0.8", "KAITO 0.8 takes no Hugging Face ids such as acme/phi; that came with 0.9"),
        (
            "acme/",
            "0.12",
            "acme/ is no Hugging Face id: that is owner/name, without an address, a tag or a revision",
        ),
    ],
)
def test_names_that_a_version_does_not_take(name: str, kaito: str, message: str) -> None:
    assert [one.message for one in judge(RuleContext(named(name), Target(kaito)))] == [message]


@pytest.mark.parametrize(
    ("workspace", "told"),
    [
        (SERVING, True),
        (serve(inference__config="settings"), False),
        (transformers(), False),
        (transformers(serve(inference__config="settings")), False),
    ],
    ids=["vllm", "vllm with config", "transformers", "transformers with config"],
)
def test_a_config_that_is_added_later(workspace: dict[str, Any], told: bool) -> None:
    found = judge(RuleContext(workspace, Target(), notes=True))
    assert ("KG488" in [one.code for one in found]) is told
