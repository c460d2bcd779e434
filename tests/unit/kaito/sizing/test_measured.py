"""Column B held against published measurements: close, closer than a rule of thumb, and as docs/sizing.md says."""

from pathlib import Path

import pytest

from kaitogen.kaito.sizing.size import size
from kaitogen.model import Target
from tests.unit.kaito.sizing.measured import GIB, RUNS, Run, error, errors, naive, predicted, table

PAGE = Path(__file__).resolve().parents[4] / "docs" / "sizing.md"
MARKS = ("<!-- measured -->\n", "<!-- /measured -->\n")


@pytest.mark.checkout
def test_the_page_says_what_the_code_gives(update_expected: bool) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(MARKS[0])
    shown, _, after = rest.partition(MARKS[1])
    if update_expected:
        PAGE.write_text(f"{before}{MARKS[0]}\n{table()}\n{MARKS[1]}{after}", encoding="utf-8")
    else:
        assert shown.strip() == table().strip()


def test_half_of_the_runs_were_held_out() -> None:
    assert sum(run.used for run in RUNS) <= (len(RUNS) + 1) / 2


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_what_was_measured_lies_within_the_range_or_near_it(run: Run) -> None:
    pool = predicted(run).pool
    assert pool.low / GIB * 0.985 <= run.gib <= pool.high / GIB * 1.015


def test_column_b_is_closer_than_the_rule_of_thumb() -> None:
    for used in (True, False):
        found = errors(run for run in RUNS if run.used is used)
        assert found.mean < 3
        assert found.worst < 12
        assert found.mean * 3 < found.naive_mean
    worse = [
        run.name
        for run in RUNS
        if abs(error(predicted(run).pool.likely / GIB, run)) > abs(error(naive(run), run))
    ]
    assert worse == []


@pytest.mark.checkout
@pytest.mark.parametrize(
    ("model", "measured"),
    [("google/gemma-4-31B-it", 764_825), ("Qwen/Qwen3.5-397B-A17B-GPTQ-Int4", 2_444_645)],
)
def test_layers_that_nobody_described_make_it_a_lower_bound(model: str, measured: int) -> None:
    """KAITO's pull request 2156: windows and states take less than the full cache that is counted for every layer."""
    resource = {"instanceType": "Standard_NC80adis_H100_v5"}
    workspace = {"metadata": {"name": "w"}, "resource": resource, "inference": {"preset": {"name": model}}}
    memory = size(workspace, Target()).memory
    assert memory is not None
    assert memory.tokens.high is None
    assert memory.tokens.likely < measured
    page = PAGE.read_text(encoding="utf-8")
    assert f"{measured:,}" in page
    assert f"{memory.tokens.likely:,}" in page, memory.tokens.likely
