"""What somebody on call wants to know of a model on vLLM: alerts for Prometheus and a dashboard for Grafana.

Both read what the PodMonitor of the same intent collects, which Prometheus keeps under the job `<namespace>/<name>`, and
for restarts and the benchmark what kube-state-metrics says; the benchmark by a configuration that docs/monitoring.md
gives. The names are those of the vLLM that the target's KAITO pins.
"""

from kaitogen.kaito.objects import part
from kaitogen.kaito.rules.inference_set import DISABLE_BENCHMARK
from kaitogen.kaito.versions import BENCHMARK, KV_CACHE_METRIC, STATEFUL_SETS
from kaitogen.model import Json, Path, Spec
from kaitogen.pipeline.classify import MANAGED_BY
from kaitogen.typed import Final, Iterator

#: Requests that wait in each replica on average, and the share of the KV cache that is in use.
_WAITING: Final = 10
#: A condition of a Workspace, 1 where it is True.
_CONDITION: Final = "kube_kaito_workspace_status_condition"
#: Where an intent says it.
PLACE: Final[Path] = ("spec", "monitoring")
#: How the name of the dashboard's ConfigMap ends, after that of the intent.
DASHBOARD: Final = "-dashboard"
_HEIGHT: Final = 8
_WIDTH: Final = 12


def asked(word: str, spec: Spec) -> bool:
    """Whether an intent says it below spec.monitoring."""
    return part(spec.companions or {}, "monitoring").get(word) is True


def alerts(spec: Spec) -> Json:
    """What the template of a PrometheusRule needs: one group with all alerts of the model; None where none is asked for."""
    if not asked("alerts", spec):
        return None
    # Alertmanager takes alerts of the same labels for one and the same.
    whose = {"kaito_name": spec.name, **({"namespace": spec.namespace} if spec.namespace else {})}
    rules = [{**rule, "labels": {**rule["labels"], **whose}} for rule in _alerts(spec)]
    return {"groups": [{"name": f"kaito-{spec.name}", "rules": rules}]}


def dashboard(spec: Spec) -> Json:
    """What the template of a dashboard needs; None where the intent asks for none."""
    if not asked("dashboard", spec):
        return None
    labels = {**spec.labels, "grafana_dashboard": "1", MANAGED_BY[0]: MANAGED_BY[1]}
    # Grafana's sidecar lays the files of all namespaces into one folder.
    file = "-".join(filter(None, (spec.namespace, spec.name)))
    return {"name": f"{spec.name}{DASHBOARD}", "labels": labels, "data": {f"{file}.json": _json(spec)}}


def _alerts(spec: Spec) -> list[Json]:
    return [
        _alert(
            "KaitoRequestsWaiting", f"avg(sum by (pod) ({_metric(spec, 'num_requests_waiting')})) > {_WAITING}", "5m", "warning",
            f"More than {_WAITING} requests wait in each replica of {spec.name}",
            "Add replicas, or let an autoscaler do it.",
        ),
        _alert(
            "KaitoKVCacheFull", f"max({_kv_cache(spec)}) > 0.95", "10m", "warning",
            f"The KV cache of a replica of {spec.name} is full",
            "Requests are put off or started anew. Add replicas, or lower max-model-len.",
        ),
        *_replicas(spec),
        _alert(
            "KaitoPodsRestarting", f"increase({_restarts(spec)}[1h]) > 3", "5m", "warning",
            f"A pod of {spec.name} restarts again and again",
            "kubectl logs --previous says why: often memory, or a setting that vLLM refuses.",
        ),
        *_benchmark(spec),
    ]  # fmt: skip


def _json(spec: Spec) -> str:
    """The dashboard as Grafana reads it: JSON, with the panels in two columns."""
    import json  # few intents ask for a dashboard

    panels = [
        {
            "id": number + 1,
            "type": "timeseries",
            "title": title,
            "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "fieldConfig": {"defaults": {"unit": unit}, "overrides": []},
            "gridPos": {
                "x": _WIDTH * (number % 2), "y": _HEIGHT * (number // 2), "w": _WIDTH, "h": _HEIGHT,
            },
            "targets": [
                {"refId": chr(ord("A") + index), "expr": query, "legendFormat": legend}
                for index, (legend, query) in enumerate(queries)
            ],
        }
        for number, (title, unit, queries) in enumerate(_panels(spec))
    ]  # fmt: skip
    where = f"{spec.namespace}/{spec.name}" if spec.namespace else spec.name
    value = {
        "title": f"KAITO: {where}",
        "tags": ["kaito"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        "panels": panels,
    }
    return json.dumps(value, indent=2) + "\n"


def _panels(spec: Spec) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Title, unit and queries of each panel."""
    first = f"sum by (le) (rate({_metric(spec, 'time_to_first_token_seconds_bucket')}[5m]))"
    queue = f"sum by (le) (rate({_metric(spec, 'request_queue_time_seconds_bucket')}[5m]))"
    return [
        ("Replicas that answer", "short", [("replicas", f"sum(up{_job(spec)})")]),
        ("Requests", "short", [
            ("running", f"sum({_metric(spec, 'num_requests_running')})"),
            ("waiting", f"sum({_metric(spec, 'num_requests_waiting')})"),
        ]),
        ("Tokens", "short", [
            ("read, each second", f"sum(rate({_metric(spec, 'prompt_tokens_total')}[5m]))"),
            ("written, each second", f"sum(rate({_metric(spec, 'generation_tokens_total')}[5m]))"),
        ]),
        ("KV cache in use", "percentunit", [("{{pod}}", _kv_cache(spec))]),
        ("Time to the first token", "s", [
            ("half of them", f"histogram_quantile(0.5, {first})"),
            ("95 of 100", f"histogram_quantile(0.95, {first})"),
        ]),
        ("Time in the queue", "s", [("95 of 100", f"histogram_quantile(0.95, {queue})")]),
    ]  # fmt: skip


def _replicas(spec: Spec) -> Iterator[Json]:
    """None answers where one should; fewer than there should be, where that is a number above 1."""
    fleet = spec.fleet or {"replicas": 1}
    wanted = fleet["scaling"].get("min", 1) if "scaling" in fleet else fleet.get("replicas")
    if wanted != 0:
        yield _alert(
            "KaitoNoReplicaAnswers", f"absent(up{_job(spec)} == 1)", "10m", "critical",
            f"No replica of {spec.name} answers",
            "See the Workspace or InferenceSet for what it waits for: nodes, image, weights.",
        )  # fmt: skip
    if isinstance(wanted, int) and wanted > 1:
        yield _alert(
            "KaitoReplicasBelowDesired", f"sum(up{_job(spec)}) < {wanted}", "30m", "warning",
            f"Fewer than {wanted} replicas of {spec.name} answer",
            "kubectl get workspaces says which one is not ready, and what it waits for.",
        )  # fmt: skip


def _benchmark(spec: Spec) -> Iterator[Json]:
    """KAITO measures a replica before it calls it ready (pkg/workspace/controllers/workspace_controller.go@v0.12.0)."""
    if not spec.target.has(BENCHMARK) or spec.annotations.get(DISABLE_BENCHMARK) == "true":
        return
    condition = f'{_CONDITION}{{{_named(spec, "name")}, type="BenchmarkCompleted"}}'
    yield _alert(
        "KaitoBenchmarkNotDone", f"min by (name) ({condition}) == 0", "30m", "warning",
        f"The benchmark of a replica of {spec.name} is not done, so that KAITO does not call it ready",
        f"It may well serve: where only its log could not be read, the annotation {DISABLE_BENCHMARK} clears it.",
    )  # fmt: skip


def _alert(name: str, query: str, lasting: str, severity: str, summary: str, description: str) -> Json:
    return {
        "alert": name,
        "expr": query,
        "for": lasting,
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "description": description},
    }


def _job(spec: Spec) -> str:
    """What of a metric's labels says that it is of this intent."""
    where = f'job="{spec.namespace}/{spec.name}"' if spec.namespace else f'job=~"[^/]+/{spec.name}"'
    return "{" + where + "}"


def _metric(spec: Spec, name: str) -> str:
    return f"vllm:{name}{_job(spec)}"


def _kv_cache(spec: Spec) -> str:
    return _metric(spec, f"{'kv' if spec.target.has(KV_CACHE_METRIC) else 'gpu'}_cache_usage_perc")


def _restarts(spec: Spec) -> str:
    """Of each pod, as KAITO names it: by its number where it is of a StatefulSet, else as Kubernetes names those of a Deployment."""
    pods = "[0-9]+" if spec.target.has(STATEFUL_SETS) else "([0-9]+|[a-z0-9]+-[a-z0-9]{5})"
    return f"kube_pod_container_status_restarts_total{{{_named(spec, 'pod', f'-{pods}')}}}"


def _named(spec: Spec, label: str, rest: str = "") -> str:
    """What of the labels of kube-state-metrics says that it is of this intent: a replica has five letters after the set's name."""
    replica = f"{spec.name}-[a-z0-9]{{5}}" if spec.fleet is not None else spec.name
    where = f'namespace="{spec.namespace}", ' if spec.namespace else ""
    return f'{where}{label}=~"{replica}{rest}"'
