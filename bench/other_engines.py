"""What other programs take to make the same 1,000 Workspaces of a list, or to check them: beside kubectl, in the same run.

They make the same objects, which is checked, and judge nothing; kaitogen judges them all.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml  # noqa: TID251 - as a second opinion

from bench import material, table
from bench.processes import Command, Failed, Sample, by_turns, environment
from bench.settings import Bench

ROOT = Path(__file__).resolve().parent.parent
#: kubeconform puts the kind into the name, in lower case.
SCHEMA = "workspace/{{ .ResourceKind }}-0.12-v1beta1.schema.json"

HELM = """\
{{- range .Values.workspaces }}
---
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata:
  name: {{ .name }}
  namespace: inference
  labels:
    team: {{ .team }}
resource:
  {{- if .count }}
  count: {{ .count }}
  {{- end }}
  {{- with .nodes }}
  preferredNodes:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  instanceType: {{ .instanceType }}
  labelSelector:
    matchLabels:
      {{ .label }}: {{ .value }}
inference:
  preset:
    name: {{ .model }}
{{- end }}
"""
JSONNET = """\
[
  {
    apiVersion: 'kaito.sh/v1beta1',
    kind: 'Workspace',
    metadata: { name: w.name, namespace: 'inference', labels: { team: w.team } },
    resource: {
      [if 'count' in w then 'count']: w.count,
      [if 'nodes' in w then 'preferredNodes']: w.nodes,
      instanceType: w.instanceType,
      labelSelector: { matchLabels: { [w.label]: w.value } },
    },
    inference: { preset: { name: w.model } },
  }
  for w in (import 'workspaces.json').workspaces
]
"""
CUE = """\
package bench

import "encoding/yaml"

workspaces: [...]

text: yaml.MarshalStream([for w in workspaces {
	apiVersion: "kaito.sh/v1beta1"
	kind:       "Workspace"
	metadata: {name: w.name, namespace: "inference", labels: team: w.team}
	resource: {
		if w.count != _|_ {count: w.count}
		if w.nodes != _|_ {preferredNodes: w.nodes}
		instanceType: w.instanceType
		labelSelector: matchLabels: (w.label): w.value
	}
	inference: preset: name: w.model
}])
"""


def rows(bench: Bench, resource: Path, checked: Command, kube: Sample, number: int) -> Iterator[table.Row]:
    """Helm, jsonnet and cue beside kubectl, and the `checked` Workspaces of the folder `resource` beside kubeconform.

    Nothing, with a word on it, where Go cannot build them.
    """
    programs = _programs("helm", "jsonnet", "cue", "kubeconform")
    if programs is None:
        print("bench: without Go there is nothing to compare with but kubectl and kustomize")
        return
    helm, jsonnet, cue, kubeconform = programs
    folder = bench.work / "engines"
    _write(folder, number)
    expected = _objects((resource / "workspaces.yaml").read_bytes())
    engines = {
        "helm template": [helm, "template", "bench", str(folder)],
        "jsonnet": [jsonnet, "-y", "workspaces.jsonnet"],
        "cue export": [cue, "export", "workspaces.cue", "workspaces.json", "-e", "text", "--out", "text"],
    }
    for name, words in engines.items():
        done = subprocess.run(words, cwd=folder, env=_environment(bench), capture_output=True, check=False)
        if done.returncode or _objects(done.stdout) != expected:
            raise Failed(f"{name} makes other Workspaces: {done.stderr.decode(errors='replace')[-1000:]}")
    commands = [
        Command(["/usr/bin/env", *_variables(bench), *words], folder, None) for words in engines.values()
    ]
    where = str(_schemas(bench.work / "schemas") / SCHEMA)
    conform = Command(
        [kubeconform, "-schema-location", where, str(resource / "workspaces.yaml")], bench.work, None
    )
    *others, judged, theirs = by_turns([*commands, checked, conform], bench.rounds.many, bench.home)
    yield table.ratio("validate 1,000 Workspaces, against kubeconform", judged, theirs, 1.0)
    for name, sample in zip(engines, others, strict=True):
        yield table.ratio(f"for comparison: {name}, 1,000 in one file, against kubectl", sample, kube, None)


def _programs(*names: str) -> list[str] | None:
    script = ROOT / "scripts" / "build_tools.sh"
    done = subprocess.run([str(script), *names], stdout=subprocess.PIPE, text=True, check=False)
    return None if done.returncode else done.stdout.split()


def _variables(bench: Bench) -> list[str]:
    """Where these programs may keep what they keep."""
    return [f"XDG_CACHE_HOME={bench.home}", f"CUE_CACHE_DIR={bench.home}"]


def _environment(bench: Bench) -> dict[str, str]:
    return {**environment(bench.home), **dict(one.split("=", 1) for one in _variables(bench))}


def _write(folder: Path, number: int) -> None:
    (folder / "templates").mkdir(parents=True)
    listed = json.dumps({"workspaces": [material.workspace(index) for index in range(number)]}, indent=1)
    for name, text in {
        "Chart.yaml": "apiVersion: v2\nname: bench\nversion: 1.0.0\n",
        "values.yaml": listed,
        "workspaces.json": listed,
        "templates/workspaces.yaml": HELM,
        "workspaces.jsonnet": JSONNET,
        "workspaces.cue": CUE,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")


def _schemas(folder: Path) -> Path:
    """The schemas without their names, so that one finds the other in the folder and nothing is asked of the network."""
    for part in ("workspace", "kubernetes"):
        (folder / part).mkdir(parents=True)
        for path in (ROOT / "schemas" / part).glob("*.json"):
            schema = json.loads(path.read_text(encoding="utf-8"))
            schema.pop("$id", None)
            (folder / part / path.name).write_text(json.dumps(schema), encoding="utf-8")
    return folder


def _objects(text: bytes) -> dict[str, Any]:
    """The objects of a stream by name."""
    documents = yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {one["metadata"]["name"]: one for one in documents if one}
