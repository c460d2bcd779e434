"""Every rule at every version of KAITO: what each row's Workspace gets, and where the rule begins and ends."""

from typing import Any

import pytest

from kaitogen import schema
from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import KAITO_VERSIONS, Diagnostic
from scripts.finding_pages import rules
from tests.unit.kaito.rules import rows_inference, rows_resource, rows_settings, rows_traps, rows_tuning
from tests.unit.kaito.rules.workspaces import (
    A100,
    BYO,
    SERVING,
    TEMPLATED,
    TUNING,
    Row,
    adapted,
    adapter,
    annotated,
    change,
    serve,
    transformers,
)

#: The records of all rules of KAITO.
RULES = {
    code: rule
    for code, rule in rules().items()
    if code[2] == "4" or code[:4] == "KG74" or code in ("KG232", "KG233", "KG704", "KG709")
}
ROWS = (
    *rows_resource.ROWS,
    *rows_inference.ROWS,
    *rows_tuning.ROWS,
    *rows_traps.ROWS,
    *rows_settings.ROWS,
)
MINORS = [int(version.partition(".")[2]) for version in KAITO_VERSIONS]
#: Raised outside of the rules about one Workspace: from its schema, before any of them is asked, and of several together.
SCHEMA_CODES = {"KG401", "KG402", "KG490", "KG496"}
_TYPE = "node.kubernetes.io/instance-type"
#: The schema refuses the same before.
BEHIND_THE_SCHEMA = {"KG415"}


def _name(row: Row) -> str:
    return f"{row.expected.split()[0]} {row.about}"


def _judge(row: Row, minor: int) -> list[Diagnostic]:
    return judge(RuleContext(row.workspace, row.target(minor), config_maps=row.config_maps, notes=row.notes))


def _said(problem: Diagnostic) -> str:
    return f"{problem.code} {problem.severity} {'.'.join(str(step) for step in problem.path)}"


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_rule_holds_in_its_versions_and_in_no_other(row: Row) -> None:
    for minor in MINORS if row.bounded else range(row.since, row.until + 1):
        problems = _judge(row, minor)
        if row.since <= minor <= row.until:
            said = [_said(problem) for problem in problems if problem.code not in row.also]
            assert (minor, sorted(said)) == (minor, sorted(row.expected.split("; ")))
        else:
            found = {_said(problem) for problem in problems} & set(row.expected.split("; "))
            assert (minor, found) == (minor, set())


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize(
    ("workspace", "provisioner"),
    [
        (SERVING, "azure-gpu-provisioner"),
        (SERVING, "karpenter"),
        (TEMPLATED, "azure-gpu-provisioner"),
        (TUNING, "azure-gpu-provisioner"),
        (transformers(), "azure-gpu-provisioner"),
        (adapted(adapter()), "azure-gpu-provisioner"),
        (annotated("kaito.sh/enablelb", "True"), "azure-gpu-provisioner"),
        (annotated("argocd.argoproj.io/sync-wave", "1"), "azure-gpu-provisioner"),
        (serve(metadata__name="a" * 52), "azure-gpu-provisioner"),
        (change(TEMPLATED, {"resource.instanceType": "Standard_NC9000", "resource.count": 3}), "karpenter"),
        (serve(resource__labelSelector={"matchLabels": {_TYPE: A100, "apps": "phi"}}), "karpenter"),
        (serve(resource__labelSelector={"matchLabels": {_TYPE: A100}}), "azure-gpu-provisioner"),
    ],
)
def test_nothing_is_said_of_what_works(workspace: dict[str, object], provisioner: str, minor: int) -> None:
    row = Row("", "", minor, minor, workspace, provisioner, config_maps={})
    assert _judge(row, minor) == []


@pytest.mark.parametrize("minor", [minor for minor in MINORS if minor != 7])
def test_nothing_is_said_of_nodes_that_the_user_brings(minor: int) -> None:
    assert _judge(Row("", "", minor, minor, BYO, "byo", config_maps={}), minor) == []


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_a_finding_is_one_readable_sentence_with_a_remedy(row: Row) -> None:
    for problem in _judge(row, row.until):
        assert len(problem.message) <= 150, problem.message
        assert not problem.message.endswith("."), problem.message
        assert problem.message.isprintable()
        assert problem.fix
        assert not problem.fix.endswith(".") or problem.fix.endswith("and ."), problem.fix


@pytest.mark.parametrize("row", [row for row in ROWS if not row.codes & BEHIND_THE_SCHEMA], ids=_name)
def test_a_rule_is_for_workspaces_that_fit_the_schema(row: Row) -> None:
    version = row.workspace["apiVersion"].rpartition("/")[2]
    for minor in range(row.since, row.until + 1):
        assert schema.problems(f"workspace-0.{minor}-{version}", row.workspace) == []


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_a_finding_points_at_what_is_there(row: Row) -> None:
    for problem in _judge(row, row.until):
        place: Any = row.workspace
        for step in problem.path:
            if step == "settings" or place == "settings":
                return  # in the ConfigMap of that name
            place = place[step]


def test_every_rule_has_a_row_and_every_row_a_rule() -> None:
    raised = {code for row in ROWS for code in row.codes}
    assert raised == set(RULES) - SCHEMA_CODES


@pytest.mark.parametrize("code", sorted(set(RULES) - SCHEMA_CODES - BEHIND_THE_SCHEMA))
def test_a_record_has_the_versions_of_its_rows(code: str) -> None:
    """Rows that say the same otherwise, or of a part of the versions, may lie within."""
    rows = [row for row in ROWS if code in row.codes]
    assert RULES[code].since == f"0.{min(row.since for row in rows)}"
    assert (RULES[code].until or KAITO_VERSIONS[-1]) == f"0.{max(row.until for row in rows)}"


@pytest.mark.parametrize("code", sorted(set(RULES) - SCHEMA_CODES))
def test_a_record_is_as_grave_as_the_findings(code: str) -> None:
    gravest = {"refused": "error", "can't work": "error", "warning": "warning", "note": "note"}[
        RULES[code].kind
    ]
    said = {part.split()[1] for row in ROWS for part in row.expected.split("; ") if part.startswith(code)}
    assert gravest in said
    assert "error" not in said or gravest == "error"


def test_rules_of_the_list_are_all_there() -> None:
    assert [f"KG{400 + number}" for number in range(1, 61) if f"KG{400 + number}" not in RULES] == []
