"""Each alert fires when it should and clears again, and every query of the dashboard parses: seen by Prometheus' own promtool."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from kaitogen.pipeline import companions
from tests.unit.pipeline.test_replicas import intent, run

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

ROOT = Path(__file__).resolve().parents[3]
WATCHED = {"podMonitor": True, "alerts": True, "dashboard": True}
MODELS = {"namespace": "models"}
JOB = 'job="models/phi"'
_POD = 'kube_pod_container_status_restarts_total{namespace="models", pod="%s"}'
_BENCHMARK = 'kube_kaito_workspace_status_condition{namespace="models", name="%s", type="BenchmarkCompleted"}'
#: What Prometheus sees each minute, and the minutes at which the alert is quiet, fires, and is quiet again.
ALERTS: dict[str, tuple[dict[str, str], tuple[int, int, int]]] = {
    "KaitoRequestsWaiting": ({f"vllm:num_requests_waiting{{{JOB}}}": "0+0x9 50+0x19 0+0x60"}, (9, 20, 60)),
    "KaitoKVCacheFull": ({f"vllm:kv_cache_usage_perc{{{JOB}}}": "0.2+0x9 0.99+0x29 0.2+0x60"}, (9, 30, 60)),
    "KaitoNoReplicaAnswers": ({f"up{{{JOB}}}": "1+0x9 0+0x29 1+0x60"}, (9, 30, 60)),
    "KaitoReplicasBelowDesired": (
        {
            f'up{{{JOB}, pod="a"}}': "1+0x200",
            f'up{{{JOB}, pod="b"}}': "1+0x200",
            f'up{{{JOB}, pod="c"}}': "1+0x9 0+0x49 1+0x100",
        },
        (9, 50, 90),
    ),
    "KaitoPodsRestarting": (
        {
            _POD % "phi-a1b2c-0": "0+0x9 0+1x20 20+0x200",
            _POD % "phi-mini-0": "0+1x230",
            _POD % "web-a1b2c-0": "0+1x230",
        },
        (9, 30, 150),
    ),
    "KaitoBenchmarkNotDone": (
        {
            _BENCHMARK % "phi-a1b2c": "0+0x59 1+0x100",
            _BENCHMARK % "phi-d3e4f": "1+0x200",
            _BENCHMARK % "web-a1b2c": "0+0x200",
        },
        (20, 50, 90),
    ),
}


@pytest.fixture(scope="module")
def promtool() -> Path:
    """The pinned promtool, built where it is missing; without it the suite fails, it never skips."""
    command = ["sh", str(ROOT / "scripts" / "build_tools.sh"), "promtool"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=3000)
    return Path(done.stdout.strip())


def made(**words: Any) -> dict[str, dict[str, Any]]:
    """The companions of a set of three replicas by their kind."""
    value = intent(MODELS, **{"replicas": 3, "monitoring": WATCHED, **words})
    value["spec"] = {key: one for key, one in value["spec"].items() if one is not None}
    result = run(value)
    assert result.ok, result.findings
    return {one.data["kind"]: dict(one.data) for one in result.manifests if companions.kind_of(one.data)}


def rules(**words: Any) -> dict[str, Any]:
    return {"groups": made(**words)["PrometheusRule"]["spec"]["groups"]}


def checked(promtool: Path, folder: Path, *words: str, **files: Any) -> str:
    """What promtool says of these files, which must be nothing against them."""
    for name, value in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(value), encoding="utf-8")
    done = subprocess.run(
        [str(promtool), *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_alert_has_its_row() -> None:
    assert {one["alert"] for group in rules()["groups"] for one in group["rules"]} == ALERTS.keys()


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_an_alert_fires_and_clears(name: str, promtool: Path, tmp_path: Path) -> None:
    series, moments = ALERTS[name]
    written = rules()
    (rule,) = (one for group in written["groups"] for one in group["rules"] if one["alert"] == name)
    labels = {"severity": rule["labels"]["severity"], "kaito_name": "phi", "namespace": "models"}
    if name == "KaitoPodsRestarting":
        labels |= {"pod": "phi-a1b2c-0"}
    if name == "KaitoBenchmarkNotDone":
        labels |= {"name": "phi-a1b2c"}
    firing = {"exp_labels": labels, "exp_annotations": rule["annotations"]}
    tests = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": one, "values": values} for one, values in series.items()],
                "alert_rule_test": [
                    {"eval_time": f"{minute}m", "alertname": name, "exp_alerts": [firing] if fires else []}
                    for minute, fires in zip(moments, (False, True, False), strict=True)
                ],
            }
        ],
    }
    checked(promtool, tmp_path, "test", "rules", "tests.yaml", rules=written, tests=tests)


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"target": {"kaito": "0.8", "featureGates": {"enableInferenceSetController": True}}},
        {"target": {"kaito": "0.6"}, "replicas": None},
        {"replicas": 0},
    ],
)
def test_rules_and_queries_parse(words: dict[str, Any], promtool: Path, tmp_path: Path) -> None:
    objects = made(**words)
    (text,) = objects["ConfigMap"]["data"].values()
    queries = [one["expr"] for panel in json.loads(text)["panels"] for one in panel["targets"]]
    assert len(queries) >= 8
    records = [{"record": f"query:n{number}", "expr": query} for number, query in enumerate(queries)]
    said = checked(
        promtool, tmp_path, "check", "rules", "alerts.yaml", "queries.yaml",
        alerts={"groups": objects["PrometheusRule"]["spec"]["groups"]},
        queries={"groups": [{"name": "dashboard", "rules": records}]},
    )  # fmt: skip
    assert f"SUCCESS: {len(queries)} rules found" in said
