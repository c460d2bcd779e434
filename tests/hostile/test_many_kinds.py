"""Ten thousand objects of five kinds in one stream: all are looked at, in time and memory that go with their number."""

import json
from pathlib import Path
from typing import Any

from kaitogen.yaml.writer import dump
from tests.hostile.measured import Spent, started
from tests.samples import BASES
from tests.unit.kaito.rules.kinds import ENGINE, MIRROR, MULTI_ROLE, SET

KINDS: tuple[dict[str, Any], ...] = (BASES["serving"], SET, MULTI_ROLE, MIRROR, ENGINE)


def validated(folder: Path, number: int) -> tuple[Spent, dict[str, int]]:
    """What it takes to validate so many objects of each kind, and how many were seen."""
    path = folder / f"{number}.yaml"
    with path.open("w", encoding="utf-8") as stream:
        for count in range(number):
            for base in KINDS:
                named = {**base, "metadata": {"name": f"n{count}", "namespace": "inference"}}
                stream.write(f"---\n{dump(named)}")
    spent = started(["validate", "--format", "json", path.name], folder)
    report = json.loads(spent.output)
    assert [one for one in report["findings"] if one["severity"] == "error"] == []
    return spent, report["kinds"]


def test_ten_thousand_objects_of_five_kinds(tmp_path: Path) -> None:
    few, _ = validated(tmp_path, 400)
    many, kinds = validated(tmp_path, 2_000)
    assert kinds == {base["kind"]: 2_000 for base in KINDS}
    # Five times as many: fifteen times leaves room for a busy machine, and not for what grows with the square.
    assert many.seconds < 15 * few.seconds
    assert many.mebibytes < 5 * few.mebibytes
    assert many.mebibytes < 300
