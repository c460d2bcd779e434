"""Plans of sets that an autoscaler makes larger and smaller: from the fewest replicas to the most, in every format."""

import re
from pathlib import Path

import pytest

from tests.acceptance.plans import data, intent, planned, write

TWO_NODES = "instanceType: Standard_NV36ads_A10_v5"
PRICES = """\
apiVersion: kaitogen.io/v1alpha1
kind: PriceList
currency: EUR
prices:
  Standard_NC24ads_A100_v4: {hour: 3.67, spot: 1.47}
"""
SURGE = '  upgrade: {enabled: true, strategy: Surge, window: {schedule: "0 2 * * 6"}}\n'
GATE = "  target: {featureGates: {enableBaseImageAutoUpgrade: %s}}\n"


def scaled(least: int, most: int) -> str:
    trigger = "{type: prometheus, metadata: {query: a}}"
    return f"  scaling: {{by: keda, min: {least}, max: {most}, triggers: [{trigger}]}}\n"


def lines(path: Path, about: str, *options: str | Path) -> list[str]:
    """What the text says under a heading, each paragraph on one line."""
    text = planned(path, *options).stdout.decode()
    joined = re.sub(r"\n {17}", " ", text)
    return [line.split(maxsplit=len(about.split()))[-1] for line in joined.splitlines() if line.startswith(f"    {about} ")]  # fmt: skip


@pytest.mark.parametrize(
    ("rest", "text", "serving"),
    [
        (scaled(0, 3), "2 of 3 go on serving, nothing where only one runs", (0, 2)),
        (scaled(1, 3), "2 of 3 go on serving, nothing where only one runs", (0, 2)),
        (scaled(2, 5), "4 of 5 go on serving, 1 of 2 with the fewest", (1, 4)),
        (scaled(3, 3), "2 of 3 go on serving", (2, 2)),
        (scaled(0, 1), "nothing goes on serving", (0, 0)),
        ("  replicas: 1\n", "nothing goes on serving", (0, 0)),
        ("  replicas: 3\n", "2 of 3 go on serving", (2, 2)),
        ("  replicas: 0\n", "", None),
        ("", "", (0, 0)),
    ],
)
def test_what_goes_on_serving_when_a_node_is_lost(
    tmp_path: Path, rest: str, text: str, serving: tuple[int, int] | None
) -> None:
    path = write(tmp_path, intent(rest=rest))
    assert lines(path, "node lost") == ([text] if text else [])
    (one,) = data(path)["workspaces"]
    expected = None if serving is None else {"serving": serving[1], "fewestServing": serving[0]}
    assert one.get("nodeLost") == expected


def test_everything_is_said_from_the_fewest_replicas_to_the_most(tmp_path: Path) -> None:
    path = write(tmp_path, intent(placement=TWO_NODES, rest=scaled(1, 3)))
    assert lines(path, "replicas") == [
        "1 to 3 of an InferenceSet, each with the nodes below: 2 to 6 nodes and 2 to 6 GPUs in all"
    ]
    (one,) = data(path)["workspaces"]
    tokens, requests = (one["memory"][key]["likely"] for key in ("tokens", "requests"))
    assert lines(path, "in all") == [
        f"{tokens:,} to {3 * tokens:,} tokens and {requests} to {3 * requests} requests over 1 to 3 replicas, assumed"
    ]
    total = "1 InferenceSet: 2 to 6 nodes, 2 to 6 GPUs"
    assert planned(path).stdout.decode().endswith(f"\n{total} (1 note)\n")
    assert one["objects"][0]["note"] == "1 to 3, one for each replica, with all that follows"
    markdown = planned(path, "--format", "markdown").stdout.decode()
    assert f"**{total}**" in markdown
    assert "| 2 to 6 | 2 to 6 |" in markdown


def test_costs_are_from_the_fewest_replicas_to_the_most_and_a_budget_counts_the_most(tmp_path: Path) -> None:
    path = write(tmp_path, intent(rest=scaled(1, 3)))
    prices = write(tmp_path, PRICES, name="prices.yaml")
    assert lines(path, "costs", "--price", prices) == [
        "11.01 EUR an hour, 8,037.30 EUR a month; 4.41 EUR an hour at spot prices",
        "3.67 EUR an hour with the fewest replicas",
    ]
    text = planned(path, "--price", prices).stdout.decode()
    assert "1 InferenceSet: 1 to 3 nodes, 1 to 3 GPUs; 11.01 EUR an hour" in text
    assert "at spot prices with the most replicas" in text
    for nodes, code in ((2, 1), (3, 0)):
        limits = f"apiVersion: kaitogen.io/v1alpha1\nkind: Budget\nnodes: {nodes}\n"
        budget = write(tmp_path, limits, name="budget.yaml")
        done = planned(path, "--budget", budget)
        assert ("KG720" in done.stderr, done.exit_code) == (bool(code), code), done.stderr


@pytest.mark.parametrize(("gate", "more"), [("true", 1), ("false", None)])
def test_one_replica_more_while_surge_upgrades(tmp_path: Path, gate: str, more: int | None) -> None:
    path = write(tmp_path, intent(rest=scaled(1, 3) + SURGE + GATE % gate))
    (text,) = lines(path, "replicas")
    assert text.endswith("and one replica more during an upgrade") == bool(more)
    assert data(path)["workspaces"][0].get("upgradeReplicas") == more


def test_a_page_tells_the_replicas_that_may_come_from_those_that_stay(tmp_path: Path) -> None:
    path = write(tmp_path, intent(placement=TWO_NODES, rest=scaled(1, 2)))
    page = planned(path, "--format", "html").stdout.decode()
    boxes = re.findall(r'<div class="(node[^"]*)"><span class="caption">([^<]*)</span>', page)
    assert boxes == [
        ("node", "replica 1, node 1"),
        ("node", "replica 1, node 2"),
        ("node scaled", "replica 2, node 1, when scaled up"),
        ("node scaled", "replica 2, node 2, when scaled up"),
    ]
    assert "<dd>2 to 4</dd>" in page


def test_what_is_made_where_the_gate_for_a_gateway_is_on(tmp_path: Path) -> None:
    gate = "  target: {featureGates: {gatewayAPIInferenceExtension: true}}\n"
    texts = [intent("a", rest=gate + "  replicas: 2\n"), intent("b", rest="  replicas: 2\n")]
    path = write(tmp_path, *texts, intent("c", inference="model: phi-4, runtime: transformers", rest=gate + "  replicas: 2\n"))  # fmt: skip
    made = [[(one["kind"], one["name"]) for one in each["objects"] if "pool" in one["name"]] for each in data(path)["workspaces"]]  # fmt: skip
    pool = "a-inferencepool"
    assert made == [
        [
            ("OCIRepository", pool),
            ("HelmRelease", pool),
            ("InferencePool", pool),
            ("Deployment", f"{pool}-epp"),
            ("Service", f"{pool}-epp"),
        ],
        [],
        [],
    ]


def test_a_set_whose_name_is_refused_is_called_by_it_all_the_same(tmp_path: Path) -> None:
    name = "x" * 47
    path = write(tmp_path, intent(name, rest="  replicas: 2\n"))
    (one,) = data(path)["workspaces"]
    assert one["name"] == name
    assert planned(path).stdout.decode().startswith(f"chat/{name}  (")


def test_a_finished_set_has_the_replicas_that_its_scaled_object_says(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_text("""\
apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata: {name: fleet, namespace: chat}
spec:
  labelSelector: {matchLabels: {apps: fleet}}
  template:
    resource: {instanceType: Standard_NC24ads_A100_v4}
    inference: {preset: {name: phi-4}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: fleet, namespace: chat}
spec:
  scaleTargetRef: {apiVersion: kaito.sh/v1beta1, kind: InferenceSet, name: fleet}
  minReplicaCount: 2
  maxReplicaCount: 4
  triggers: [{type: cron, metadata: {start: "0 8 * * *", end: "0 18 * * *", timezone: UTC, desiredReplicas: "4"}}]
""")
    assert planned(path).stdout.decode().endswith("1 InferenceSet: 2 to 4 nodes, 2 to 4 GPUs\n")
