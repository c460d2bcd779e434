"""Plans with prices, a budget and the choice of an instance type, by tables of the user's own."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.acceptance.plans import data, git, intent, planned, write

PRICES: Final = """\
apiVersion: kaitogen.io/v1alpha1
kind: PriceList
currency: EUR
prices:
  Standard_NC24ads_A100_v4: {hour: 3.67, spot: 1.47}
  Standard_NC40ads_H100_v5: {hour: 6.98}
"""
BUDGET: Final = "apiVersion: kaitogen.io/v1alpha1\nkind: Budget\n"
H100: Final = "instanceType: Standard_NC40ads_H100_v5"


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    return write(tmp_path, PRICES, name="prices.yaml")


def _budget(folder: Path, limits: str) -> Path:
    return write(folder, BUDGET + limits, name="budget.yaml")


def test_what_it_costs_is_said_of_each_and_of_the_fleet(tmp_path: Path, prices: Path) -> None:
    path = write(tmp_path, intent("one"), intent("two", placement=H100))
    document = data(path, "--price", prices)
    one, two = (workspace["cost"] for workspace in document["workspaces"])
    assert (one["hour"], one["month"], one["spotHour"]) == ("3.67", "2679.10", "1.47")
    assert (two["hour"], two["spotHour"]) == ("6.98", None)
    assert (document["totals"]["cost"]["hour"], document["totals"]["cost"]["month"]) == ("10.65", "7774.50")
    text = planned(path, "--price", prices).stdout.decode()
    assert "costs        3.67 EUR an hour, 2,679.10 EUR a month; 1.47 EUR an hour at spot prices" in text
    assert "2 Workspaces: 2 nodes, 2 GPUs; 10.65 EUR an hour, 7,774.50 EUR a month" in text
    assert "| 6.98 |" in planned(path, "--price", prices, "--format", "markdown").stdout.decode()
    assert ">7,774.50<" in planned(path, "--price", prices, "--format", "html").stdout.decode()


def test_no_price_is_made_up(tmp_path: Path, prices: Path) -> None:
    path = write(tmp_path, intent(placement="instanceType: Standard_NC48ads_A100_v4"))
    (one,) = data(path, "--price", prices)["workspaces"]
    assert (one["cost"]["hour"], one["cost"]["unpriced"]) == ("0", ["Standard_NC48ads_A100_v4"])
    assert (
        "costs        unknown: no price for Standard_NC48ads_A100_v4"
        in planned(path, "--price", prices).stdout.decode()
    )
    assert "cost" not in data(path)["workspaces"][0]


def test_a_plan_against_a_revision_says_what_a_change_costs(
    tmp_path: Path, prices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, intent("one"), intent("two"))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.intent.yaml")
    git(tmp_path, "commit", "-qm", "first")
    write(
        tmp_path,
        intent("one"),
        intent("two", placement=H100),
        intent("dear", placement=H100.replace("40ads", "80adis")),
    )
    words = ("--against", "HEAD", "--price", prices, "a.intent.yaml")
    two, dear = data(*words)["against"]["changes"]
    assert (two["cost"], dear["cost"]) == (
        {"before": "3.67", "after": "6.98"},
        {"before": "0", "after": None},
    )
    text = planned(*words).stdout.decode()
    assert "EUR an hour 7.34 -> 10.65 (+3.31), EUR a month 5,358.20 -> 7,774.50 (+2,416.30)" in text
    assert "two  0 nodes, 0 GPUs, +3.31 EUR an hour; instance type" in text
    assert "dear  +1 node, +2 GPUs, at an unknown price" in text
    assert "| 3.67 -> 6.98 (+3.31) |" in planned(*words, "--format", "markdown").stdout.decode()


def test_nodes_that_a_user_brings_cost_nothing_more(tmp_path: Path, prices: Path) -> None:
    path = write(tmp_path, intent(placement="nodes: [a]", rest="  target: {nodeProvisioner: byo}\n"))
    budget = _budget(tmp_path, "nodes: 0\n")
    outcome = planned(path, "--price", prices, "--budget", budget)
    assert (outcome.exit_code, "KG7" in outcome.stderr) == (0, False)
    assert "costs        nothing more: the nodes are there already" in outcome.stdout.decode()


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ("nodes: 1\n", "KG720"),
        ('gpus: {"Standard_NC40*": 0}\n', "KG721"),
        ("cost: {currency: EUR, month: 7000}\n", "KG722"),
        ("cost: {currency: USD, month: 9000}\n", "KG723"),
    ],
)
def test_over_budget_is_an_error_at_the_line_of_the_budget(
    tmp_path: Path, prices: Path, limits: str, code: str
) -> None:
    path = write(tmp_path, intent("one"), intent("two", placement=H100))
    budget = _budget(tmp_path, limits)
    outcome = planned(path, "--price", prices, "--budget", budget)
    assert outcome.exit_code == 1
    assert f"{budget}:3:" in outcome.stderr
    assert [one["code"] for one in data(path, "--price", prices, "--budget", budget)["findings"]] == [code]


def test_within_the_budget_nothing_is_said(tmp_path: Path, prices: Path) -> None:
    budget = _budget(tmp_path, 'nodes: 2\ngpus: {"*": 2}\ncost: {currency: EUR, hour: 10.65}\n')
    path = write(tmp_path, intent("one"), intent("two", placement=H100))
    assert planned(path, "--price", prices, "--budget", budget).stderr == ""


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("--price", PRICES.replace("3.67", "cheap"), "KG122"),
        ("--price", PRICES.replace("NC24ads_A100", "NC24ads_A1000"), "KG163"),
        ("--price", "prices: {\n", "KG102"),
        ("--budget", BUDGET + "gpus: {Standard_NC99: 1}\n", "KG165"),
        ("--budget", BUDGET + "nodes: many\n", "KG122"),
    ],
)
def test_a_bad_table_is_a_finding(tmp_path: Path, name: str, text: str, code: str) -> None:
    table = write(tmp_path, text, name="table.yaml")
    outcome = planned(write(tmp_path, intent()), name, table)
    assert code in outcome.stderr, outcome.stderr
    assert f"{table}:" in outcome.stderr


def test_the_choice_is_the_cheapest_first_and_says_why_others_fall_out(tmp_path: Path, prices: Path) -> None:
    path = write(tmp_path, intent())
    (one,) = data(path, "--choose", "--price", prices)["workspaces"]
    offers: list[dict[str, Any]] = one["choice"]["offers"]
    assert [offer["instanceType"] for offer in offers[:2]] == [
        "Standard_NC24ads_A100_v4",
        "Standard_NC40ads_H100_v5",
    ]
    assert [offer["cost"] is None for offer in offers] == sorted(offer["cost"] is None for offer in offers)
    assert all(out["why"] for out in one["choice"]["out"])
    text = planned(path, "--choose", "--price", prices).stdout.decode()
    assert (
        "Instance types that would do, the cheapest first\n    best         Standard_NC24ads_A100_v4: 1 node, 1 GPU"
        in text
    )
    (unpriced,) = data(path, "--choose")["workspaces"]
    gpus = [offer["gpus"] for offer in unpriced["choice"]["offers"] if not offer["caveat"]]
    assert gpus == sorted(gpus)
    assert "Instance types that would do" in planned(path, "--choose", "--format", "html").stdout.decode()


def test_a_model_of_ones_own_is_sized_by_its_configuration(tmp_path: Path) -> None:
    path = write(tmp_path, intent(inference="model: acme/llm-7b"))
    assert "KG711" in planned(path).stderr
    folder = tmp_path / "llm"
    folder.mkdir()
    config = {
        "hidden_size": 4096,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    index = {"metadata": {"total_size": 14_483_464_192}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    (one,) = data(path, "--model-config", f"acme/llm-7b={folder}")["workspaces"]
    assert (one["estimatedNodes"], one["gpus"]) == (1, 1)
    (folder / "config.json").write_text(json.dumps({**config, "num_attention_heads": -1}), encoding="utf-8")
    assert "KG161" in planned(path, "--model-config", f"acme/llm-7b={folder}").stderr
