"""What to do about a change that KAITO refuses of its other kinds, or takes for new replicas alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from kaitogen.yaml.writer import dump
from tests.acceptance.repositories import committed, write
from tests.changes.running import kaitogen
from tests.unit.kaito.rules.kinds import ENGINE, MIRROR, MULTI_ROLE, SET
from tests.unit.kaito.rules.workspaces import GONE, change

_BESIDE = "make another object beside this one, and remove this one when the new one serves"
_RESOURCE = "spec.template.resource"
_SLICED = change(
    SET, {f"{_RESOURCE}.instanceType": GONE, f"{_RESOURCE}.partition": {"mode": "mig", "profile": "1g.35gb"}}
)


@pytest.mark.parametrize(
    ("before", "changes", "expected"),
    [
        (_SLICED, {f"{_RESOURCE}.partition.profile": "2g.35gb"}, f"KG831 error: {_BESIDE}"),
        (MULTI_ROLE, {"spec.model.name": "phi-4-mini-instruct"}, f"KG832 error: {_BESIDE}"),
        (MIRROR, {"spec.storage.size": "200Gi"}, "KG833 error: delete the mirror and make it anew"),
        (SET, {"spec.template.inference.preset.name": "phi-4-mini-instruct"},
         "KG834 warning: delete the replicas one by one after the change, or make the set anew"),
        (SET, {"spec.replicas": 2}, ""),
    ],
    ids=["partition", "model", "mirror", "template", "replicas"],
)  # fmt: skip
def test_the_way_out(before: dict[str, Any], changes: dict[str, Any], expected: str, tmp_path: Path) -> None:
    committed(tmp_path, {"object.yaml": dump(before)})
    write(tmp_path, {"object.yaml": dump(change(before, changes))})
    done = kaitogen(tmp_path, "validate --against HEAD object.yaml --format json")
    found = [one for one in json.loads(done.output)["findings"] if one["code"].startswith("KG8")]
    assert [f"{one['code']} {one['severity']}: {one['fix']}" for one in found] == [expected] * bool(expected)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"spec.compute.instanceType": "Standard_NC48ads_A100_v4"}, ["KG804"]),
        ({"spec.compute.labelSelector.matchLabels.apps": "other"}, ["KG805"]),
        ({"spec.compute.count": 2}, ["KG802"]),
        ({"spec.inferenceService.contextWindowSize": 8192}, []),
    ],
    ids=["type", "selector", "count", "window"],
)
def test_the_node_of_an_engine(changes: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    before = change(ENGINE, {"spec.compute.count": 1})
    committed(tmp_path, {"object.yaml": dump(before)})
    write(tmp_path, {"object.yaml": dump(change(before, changes))})
    done = kaitogen(tmp_path, "validate --against HEAD object.yaml --format json")
    found = [one for one in json.loads(done.output)["findings"] if one["code"].startswith("KG8")]
    assert [one["code"] for one in found] == expected
    assert all(one["fix"] == _BESIDE for one in found)
