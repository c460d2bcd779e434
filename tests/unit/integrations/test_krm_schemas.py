"""The schemas of the functions' configurations: current, explained, and at one with the intent's."""

import json
from pathlib import Path
from typing import Any

import pytest

from kaitogen.files import shipped
from kaitogen.integrations.krm.configuration import KINDS

FOLDER = Path(shipped.folder("schemas"))
NAMES = ("workspace-generator", "workspace-transformer", "workspace-validator")


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


def test_target_of_a_validator_is_that_of_an_intent() -> None:
    intent = _read("intent")["properties"]["spec"]["properties"]["target"]
    validator = _read("functions/workspace-validator")["properties"]["spec"]["properties"]["target"]
    assert validator == intent


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_explained(name: str) -> None:
    schema = _read(f"functions/{name}")
    assert schema["title"] in KINDS
    for field, part in {**schema["properties"], **schema["properties"]["spec"]["properties"]}.items():
        assert part["title"], field
        assert part["description"], field
        assert field in ("spec", "metadata") or part["examples"], field
