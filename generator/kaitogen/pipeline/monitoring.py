"""What somebody on call wants to know of a model on vLLM: alerts for Prometheus and a dashboard for Grafana.

Both stand in templates/monitoring, with `$` before what depends on the intent. They read what the PodMonitor of the same
intent collects, which Prometheus keeps under the job `<namespace>/<name>`, and for restarts and the benchmark what
kube-state-metrics says; the benchmark by a configuration that docs/monitoring.md gives. The names are those of the vLLM
that the target's KAITO pins.
"""

from kaitogen.files import shipped
from kaitogen.kaito.rules.inference_set import DISABLE_BENCHMARK
from kaitogen.kaito.versions import BENCHMARK, KV_CACHE_METRIC, STATEFUL_SETS
from kaitogen.model import Json, Path, Spec
from kaitogen.pipeline.classify import MANAGED_BY
from kaitogen.typed import Final
from kaitogen.yaml.reader import read

#: Where an intent says it.
PLACE: Final[Path] = ("spec", "monitoring")
#: How the name of the dashboard's ConfigMap ends, after that of the intent.
DASHBOARD: Final = "-dashboard"
#: The files of templates/monitoring that were read, by name: many intents are watched in the same way.
_files: dict[str, Json] = {}


def alerts(spec: Spec, asked: Json) -> Json:
    """What the template of a PrometheusRule needs: one group with all alerts of the model; None where none is asked for."""
    if not asked.get("alerts"):
        return None
    wanted = _wanted(spec)
    measured = spec.target.has(BENCHMARK) and spec.annotations.get(DISABLE_BENCHMARK) != "true"
    fits = {
        "KaitoNoReplicaAnswers": wanted != 0,
        "KaitoReplicasBelowDesired": isinstance(wanted, int) and wanted > 1,
        # KAITO measures a replica before it calls it ready (pkg/workspace/controllers/workspace_controller.go@v0.12.0).
        "KaitoBenchmarkNotDone": measured,
    }
    rules = [rule for rule in _filled("alerts.yaml", spec) if fits.get(rule["alert"], True)]
    # Alertmanager takes alerts of the same labels for one and the same.
    whose = {"kaito_name": spec.name, **({"namespace": spec.namespace} if spec.namespace else {})}
    rules = [{**rule, "labels": {**rule["labels"], **whose}} for rule in rules]
    return {"groups": [{"name": f"kaito-{spec.name}", "rules": rules}]}


def dashboard(spec: Spec, asked: Json) -> Json:
    """What the template of a dashboard needs; None where the intent asks for none."""
    if not asked.get("dashboard"):
        return None
    import json  # few intents ask for a dashboard

    labels = {**spec.labels, "grafana_dashboard": "1", MANAGED_BY[0]: MANAGED_BY[1]}
    # Grafana's sidecar lays the files of all namespaces into one folder.
    file = "-".join(filter(None, (spec.namespace, spec.name)))
    text = json.dumps(_filled("dashboard.json", spec), indent=2) + "\n"
    return {"name": f"{spec.name}{DASHBOARD}", "labels": labels, "data": {f"{file}.json": text}}


def _wanted(spec: Spec) -> Json:
    """How many replicas there should be; None where kaitogen has yet to count them."""
    fleet = spec.fleet or {"replicas": 1}
    return fleet["scaling"].get("min", 1) if "scaling" in fleet else fleet.get("replicas")


def _filled(name: str, spec: Spec) -> Json:
    """What a file of templates/monitoring says (JSON is YAML as well), with the words of an intent in its texts."""
    from string import Template  # few intents are watched

    words = {
        "name": spec.name,
        "title": f"{spec.namespace}/{spec.name}" if spec.namespace else spec.name,
        "wanted": _wanted(spec),
        "cache": "kv" if spec.target.has(KV_CACHE_METRIC) else "gpu",
        "job": f'job="{spec.namespace}/{spec.name}"' if spec.namespace else f'job=~"[^/]+/{spec.name}"',
        "replicas": _named(spec, "name"),
        # Of each pod, as KAITO names it: by its number in a StatefulSet, else as Kubernetes names those of a Deployment.
        "pods": _named(
            spec, "pod", "-[0-9]+" if spec.target.has(STATEFUL_SETS) else "-([0-9]+|[a-z0-9]+-[a-z0-9]{5})"
        ),
        "unmeasured": DISABLE_BENCHMARK,
    }

    def filled(value: Json) -> Json:
        if isinstance(value, dict):
            return {key: filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [filled(item) for item in value]
        return Template(value).substitute(words) if isinstance(value, str) and "$" in value else value

    if name not in _files:
        (document,) = read(shipped.read_text("templates", f"monitoring/{name}"))
        _files[name] = document.value
    return filled(_files[name])


def _named(spec: Spec, label: str, rest: str = "") -> str:
    """What of the labels of kube-state-metrics says that it is of this intent: a replica has five letters after the set's name."""
    replica = f"{spec.name}-[a-z0-9]{{5}}" if spec.fleet is not None else spec.name
    where = f'namespace="{spec.namespace}", ' if spec.namespace else ""
    return f'{where}{label}=~"{replica}{rest}"'
