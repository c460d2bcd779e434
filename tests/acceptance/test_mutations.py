"""The example cases with one mutation each: exactly the expected finding, at the expected line.

Where a finding is expected is worked out from the mutated text alone.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from kaitogen.cli import registry
from tests.acceptance.cases import FOLDER as CASES
from tests.acceptance.cases import Case

FOLDER: Final = CASES.parent / "cases-mutations"
OPTIONS: Final = {"accelerator": ("--node-provisioner", "byo", "--feature-gate", "enableAccelerator=true"),
    "phi-3-adapters": ("--provider", "arc", "--feature-gate", "vLLM=false"),
    "tuning-phi-3-volumes": ("--kaito", "0.8")}  # fmt: skip

Row = dict[str, Any]
#: Code and line of each finding.
Found = list[tuple[str, int]]


def rows(name: str) -> list[Row]:
    read = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(read, list)
    return read


def label(row: Row) -> str:
    return f"{row['case']}-{row['code']}-{row['with'].strip()[:30]}"


def mutated(text: str, row: Row) -> str:
    assert text.count(row["replace"]) == 1, f"stands {text.count(row['replace'])} times: {row['replace']}"
    return text.replace(row["replace"], row["with"])


def line_of(text: str, original: str, row: Row) -> int:
    """The line of the mutated text where the finding belongs."""
    lines = text.split("\n")
    mark = row.get("at")
    if mark == "end":
        return len(lines)
    if mark is None:
        pairs = zip(lines, original.split("\n"), strict=False)
        return next(number for number, (new, old) in enumerate(pairs, 1) if new != old)
    having = [number for number, line in enumerate(lines, 1) if mark in line]
    assert len(having) == 1, f"stands on lines {having}: {mark}"
    return having[0]


def findings(path: Path, *options: str) -> Found:
    parsed = registry.parse(["validate", "--format", "json", *options, str(path)])
    assert parsed is not None
    command, values = parsed
    reported = json.loads(command.run(values).stdout)
    return [(one["code"], one["line"]) for one in reported["findings"]]


def own(case: Case, row: Row) -> list[str]:
    """The codes that the case has anyway."""
    return sorted(
        code for code in (one["code"] for one in case.findings()) if code not in row.get("gone", ())
    )


@pytest.mark.parametrize("row", rows("intents.yaml"), ids=label)
def test_mutated_intent_is_refused_at_its_line(row: Row, tmp_path: Path) -> None:
    case = Case(CASES / "positive" / f"example-{row['case']}")
    original = (case.folder / f"{case.folder.name}.intent.yaml").read_text(encoding="utf-8")
    text = mutated(original, row)
    path = tmp_path / "mutated.intent.yaml"
    path.write_text(text, encoding="utf-8")
    found = findings(path)
    assert (row["code"], line_of(text, original, row)) in found
    assert sorted(code for code, _ in found) == sorted([row["code"], *own(case, row)])


@pytest.mark.parametrize("row", rows("manifests.yaml"), ids=label)
def test_mutated_manifest_is_refused_at_its_line(row: Row, tmp_path: Path) -> None:
    case = Case(CASES / "positive" / f"example-{row['case']}")
    original = case.expected.read_text(encoding="utf-8")
    text = mutated(original, row)
    path = tmp_path / "made.yaml"
    path.write_text(text, encoding="utf-8")
    found = findings(path, *OPTIONS.get(row["case"], ()), *row.get("options", ()))
    assert (row["code"], line_of(text, original, row)) in found
    assert sorted(code for code, _ in found) == sorted([row["code"], *own(case, row)])


@pytest.mark.parametrize("folder", sorted(CASES.glob("positive/example-*")), ids=lambda path: path.name)
def test_manifest_of_an_example_has_what_its_intent_has(folder: Path) -> None:
    case = Case(folder)
    found = findings(case.expected, *OPTIONS.get(folder.name.removeprefix("example-"), ()))
    assert [code for code, _ in found] == [one["code"] for one in case.findings()]


def test_tables_are_as_large_as_they_should_be() -> None:
    for name, least in (("intents.yaml", 60), ("manifests.yaml", 40)):
        table = rows(name)
        assert len(table) >= least
        assert len({row["case"] for row in table}) == 10
        assert len({(row["case"], row["replace"], row["with"]) for row in table}) == len(table)
