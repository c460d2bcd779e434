"""The samples of KAITO's other kinds are what the rows about them take them for."""

from typing import Any

import pytest

from kaitogen import schema
from tests.unit.kaito.rules.kinds import ENGINE, MIRROR, MULTI_ROLE, SET


@pytest.mark.parametrize("sample", [SET, MULTI_ROLE, MIRROR, ENGINE], ids=lambda sample: sample["kind"])
def test_a_sample_fits_the_schema(sample: dict[str, Any]) -> None:
    version = sample["apiVersion"].rpartition("/")[2]
    assert schema.problems(f"{sample['kind'].lower()}-0.12-{version}", sample) == []
