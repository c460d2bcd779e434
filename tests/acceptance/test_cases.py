"""Every case folder through the command: the manifests byte for byte, and each finding at its place."""

import json
from typing import Any

import pytest

from tests.acceptance.cases import Case, cases, name
from tests.acceptance.command import kaitogen

POSITIVE = pytest.mark.parametrize("case", cases("positive"), ids=name)
NEGATIVE = pytest.mark.parametrize("case", cases("negative"), ids=name)
FIELDS = ("code", "severity", "file", "line", "column", "path")


def reported(case: Case) -> list[dict[str, Any]]:
    done = kaitogen("validate", "--format", "json", *case.arguments, ".", cwd=case.folder)
    return [{field: one[field] for field in FIELDS} for one in json.loads(done.output)["findings"]]


@POSITIVE
def test_valid_case_renders_to_the_expected_bytes(case: Case, update_expected: bool) -> None:
    done = kaitogen("render", *case.arguments, cwd=case.folder)
    assert done.code == 0, done.said
    if update_expected:
        case.expected.write_bytes(done.output)
    assert done.text == case.expected.read_text(encoding="utf-8")


@POSITIVE
def test_valid_case_has_only_the_expected_warnings(case: Case, update_expected: bool) -> None:
    found = reported(case)
    if update_expected and found:
        case.expected_findings.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    assert found == case.findings()
    assert {one["severity"] for one in found} <= {"warning", "note"}


@NEGATIVE
def test_wrong_case_is_refused_at_the_expected_places(case: Case, update_expected: bool) -> None:
    found = reported(case)
    if update_expected:
        case.expected_findings.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    assert found == case.findings()
    assert found


@NEGATIVE
def test_wrong_case_prints_no_manifest(case: Case) -> None:
    done = kaitogen("render", *case.arguments, cwd=case.folder)
    assert done.code in {1, 3}, done.said
    assert done.output == b""
    assert len(done.said.splitlines()[-1]) <= 200
    for finding in case.findings():
        assert f"{finding['severity']} {finding['code']}" in done.said
