"""What KAITO's webhook says to a ModelMirror: what stands in it, and what is said of that."""

from typing import Any

import pytest

from tests.unit.kaito.rules.kinds import MIRROR, said
from tests.unit.kaito.rules.workspaces import GONE

_STATIC = "KG922 error spec.{0}: a static mirror takes what is there, and {0} says what to fetch (remove {0}, or write mode: Managed)"
_MISSING = "KG921 error spec.{0}.{1}: {0}.{1} is missing or empty (add it under spec.{0})"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"spec.mode": "Managed"}, []),
        ({"spec": {"mode": "Static"}}, []),
        ({"spec.mode": "Static"}, [_STATIC.format("source"), _STATIC.format("storage")]),
        ({"spec": {"mode": "Static", "storage": {}}}, [_STATIC.format("storage")]),
        ({"spec.source": GONE}, [_MISSING.format("source", "modelID")]),
        ({"spec.source.modelID": ""}, [_MISSING.format("source", "modelID")]),
        ({"spec.storage.storageClassName": GONE}, [_MISSING.format("storage", "storageClassName")]),
        ({"spec.storage.size": ""}, [_MISSING.format("storage", "size")]),
        ({"spec.storage.size": "1e3"}, []),
        ({"spec.storage.size": "100 GB"},
         ["KG923 error spec.storage.size: 100 GB is no quantity (write a size such as 100Gi)"]),
    ],
    ids=str,
)  # fmt: skip
def test_mirrors(changes: dict[str, Any], expected: list[str]) -> None:
    assert said(MIRROR, changes) == expected
