"""What kaitogen renders, held against a real API server with KAITO's CRDs: nothing is refused, and no field is unknown."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.kaito.versions import KINDS
from kaitogen.model import KAITO_VERSIONS, NEWEST_KAITO, Request, Target
from kaitogen.pipeline.load import load
from tests.acceptance.cases import Case, cases
from tests.draws import WHOLE
from tests.e2e.cluster.conftest import BIN, ROOT, ControlPlane, run

pytestmark = [pytest.mark.e2e, pytest.mark.cluster, pytest.mark.checkout]

#: One intent of each strategy, for any version of KAITO.
INTENTS = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {{name: all}}
spec:
  defaults:
    spec:
      target: {{kaito: "{version}"}}
      inference: {{model: phi-3-mini-4k-instruct}}
  workspaces:
    - metadata: {{name: auto}}
      spec: {{placement: {{instanceType: Standard_NC24ads_A100_v4}}}}
    - metadata: {{name: count}}
      spec: {{placement: {{instanceType: Standard_NC24ads_A100_v4, count: 1}}}}
    - metadata: {{name: explicit}}
      spec: {{placement: {{instanceType: Standard_NC24ads_A100_v4, nodes: [gpu-1]}}}}
    - metadata: {{name: tuning}}
      spec:
        placement: {{instanceType: Standard_NC24ads_A100_v4}}
        inference: null
        tuning:
          model: phi-3-mini-4k-instruct
          method: qlora
          input: {{urls: ["https://example.com/data.parquet"]}}
          output: {{image: registry.example/adapter:1, imagePushSecret: push}}
"""
#: The same as sets, for the versions of KAITO that have them.
SETS = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {{name: all}}
spec:
  defaults:
    metadata: {{labels: {{team: search}}}}
    spec:
      target: {{kaito: "{version}"}}
      inference: {{model: phi-3-mini-4k-instruct}}
  workspaces:
    - metadata: {{name: two}}
      spec: {{replicas: 2, placement: {{instanceType: Standard_NC24ads_A100_v4}}}}
    - metadata: {{name: counted}}
      spec: {{replicas: 2, placement: {{instanceType: Standard_NC24ads_A100_v4, count: 2}}}}
    - metadata: {{name: named}}
      spec:
        replicas: 1
        target: {{nodeProvisioner: byo}}
        placement: {{nodes: [gpu-1]}}
"""
#: Sets that an autoscaler makes larger and smaller; the second kind is there since 0.11.
KEDA = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {{name: keda, annotations: {{team: search}}}}
spec:
  target: {{kaito: "{version}"}}
  scaling:
    by: keda
    max: 3
    cooldown: {{up: 60, down: 300}}
    schedule: [{{start: "0 8 * * 1-5", end: "0 18 * * 1-5", timezone: Europe/Berlin, replicas: 3}}]
    triggers: [{{type: prometheus, metadata: {{serverAddress: "http://prometheus", query: up, threshold: "5"}}}}]
  placement: {{instanceType: Standard_NC24ads_A100_v4}}
  inference: {{model: phi-3-mini-4k-instruct}}
"""
SCALER = """\
---
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {{name: scaler}}
spec:
  target: {{kaito: "{version}"}}
  scaling:
    by: keda-kaito-scaler
    max: 3
    metrics: [{{name: "vllm:num_requests_waiting", up: 10, down: 1}}]
  upgrade: {{enabled: true, window: {{schedule: "0 2 * * 6", duration: 4h}}}}
  placement: {{instanceType: Standard_NC24ads_A100_v4}}
  inference: {{model: phi-3-mini-4k-instruct}}
"""


def _admitted(plane: ControlPlane, manifests: str) -> list[str]:
    """What the server says it would make of each object; its refusal is the test's failure."""
    objects = [one for one in yaml.safe_load_all(manifests) if one is not None]
    spaces = sorted({one["metadata"].get("namespace", "default") for one in objects})
    kind = {"apiVersion": "v1", "kind": "Namespace"}
    plane.apply(yaml.safe_dump_all([{**kind, "metadata": {"name": name}} for name in spaces]))
    done = plane.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=manifests)
    assert done.code == 0, done.said
    said = done.output.splitlines()
    assert len(said) == len(objects)
    return said


def _created(plane: ControlPlane, manifests: str) -> list[str]:
    """The kinds of the objects once each has been created, and taken away again: the server keeps all that was written."""
    kinds = []
    for written in yaml.safe_load_all(manifests):
        version, metadata = written["apiVersion"], written["metadata"]
        group = f"/apis/{version}" if "/" in version else f"/api/{version}"
        space = metadata.get("namespace", "default")
        inside = "" if written["kind"] == "ModelMirror" else f"/namespaces/{space}"
        path = f"{group}{inside}/{written['kind'].lower()}s"
        stored, _ = plane.requests(
            [
                ("POST", f"{path}?fieldValidation=Strict", written),
                ("DELETE", f"{path}/{metadata['name']}", None),
            ]
        )
        assert _holds(stored, written), (stored, written)
        kinds.append(written["kind"])
    return kinds


def _holds(stored: Any, written: Any) -> bool:
    """Whether a value is there as it was written, whatever else the server filled in."""
    if isinstance(written, dict):
        return all(key in stored and _holds(stored[key], item) for key, item in written.items())
    if isinstance(written, list):
        return len(stored) == len(written) and all(map(_holds, stored, written))
    return bool(stored == written)


def _rendered(*arguments: str | Path, cwd: Path) -> str:
    done = run(BIN / "kaitogen", "render", *arguments, cwd=cwd)
    assert done.code == 0, done.said
    return done.output


def _by_version() -> dict[str, list[str]]:
    """The text of all that positive cases make (other tests hold that render prints it), by the KAITO that it is for."""
    found: dict[str, list[str]] = {}
    for case in cases("positive"):
        named = dict(_targets(case))
        for text in re.split(r"(?m)^---\n", case.expected.read_text(encoding="utf-8")):
            name = yaml.safe_load(text)["metadata"]["name"]
            found.setdefault(named.get(name, NEWEST_KAITO), []).append(text)
    return found


def _targets(case: Case) -> Iterator[tuple[str, str]]:
    """The names of a case's Workspaces for which an intent names a version of KAITO."""
    for document in load(Request((str(case.folder),))).documents:
        spec = document.value["spec"]
        for entry in spec.get("workspaces", [document.value]):
            for one in (spec.get("defaults") or {}, entry):
                if version := (one.get("spec") or {}).get("target", {}).get("kaito"):
                    yield entry["metadata"]["name"], version


BY_VERSION = _by_version()
WITH_SETS = [one for one in KAITO_VERSIONS if KINDS["InferenceSet"]["v1alpha1"].holds(int(one[2:]))]


# All tests of a version run one after the other, in the order of the first of these: the newest last, which later tests want.
@pytest.mark.parametrize("version", KAITO_VERSIONS, indirect=True)
def test_each_strategy_is_admitted_by_each_version(plane: ControlPlane, version: str, tmp_path: Path) -> None:
    (tmp_path / "intent.yaml").write_text(INTENTS.format(version=version), encoding="utf-8")
    manifests = _rendered(cwd=tmp_path)
    assert len(_admitted(plane, manifests)) == 4
    assert _created(plane, manifests) == ["Workspace"] * 4


@pytest.mark.parametrize("version", sorted(BY_VERSION), indirect=True)
def test_positive_cases_are_admitted(plane: ControlPlane, version: str) -> None:
    manifests = "---\n".join(BY_VERSION[version])
    said = _admitted(plane, manifests)
    assert any("workspace.kaito.sh" in line or "inferenceset.kaito.sh" in line for line in said)
    assert len(_created(plane, manifests)) == len(said)


@pytest.mark.parametrize("version", WITH_SETS, indirect=True)
def test_each_strategy_of_a_set_is_admitted_by_each_version(
    plane: ControlPlane, version: str, tmp_path: Path
) -> None:
    (tmp_path / "intent.yaml").write_text(SETS.format(version=version), encoding="utf-8")
    manifests = _rendered(cwd=tmp_path)
    said = _admitted(plane, manifests)
    assert sum("inferenceset.kaito.sh" in line for line in said) == 3
    assert _created(plane, manifests).count("InferenceSet") == 3


@pytest.mark.parametrize("version", WITH_SETS, indirect=True)
def test_what_an_autoscaler_scales_is_admitted_by_each_version(
    plane: ControlPlane, version: str, tmp_path: Path
) -> None:
    newest = KINDS["InferenceSet"]["v1beta1"].holds(int(version[2:]))
    texts = (KEDA + (SCALER if newest else "")).format(version=version)
    (tmp_path / "intent.yaml").write_text(texts, encoding="utf-8")
    manifests = _rendered(cwd=tmp_path)
    _admitted(plane, manifests)
    scaled = ["InferenceSet", "ScaledObject"]
    assert _created(plane, manifests) == scaled + (["InferenceSet"] if newest else [])


def test_examples_are_admitted(kaito: ControlPlane) -> None:
    manifests = _rendered("examples", cwd=ROOT)
    said = _admitted(kaito, manifests)
    assert len(said) >= len(list((ROOT / "examples").glob("*.intent.yaml")))
    assert {"Workspace", "InferenceSet"} <= set(_created(kaito, manifests))


def test_the_server_does_refuse(kaito: ControlPlane, tmp_path: Path) -> None:
    """What the proof rests on: an unknown field is refused here, and not dropped."""
    (tmp_path / "intent.yaml").write_text(INTENTS.format(version=NEWEST_KAITO), encoding="utf-8")
    wrong = _rendered(cwd=tmp_path).replace("instanceType:", "instanceTyp:", 1)
    done = kaito.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=wrong)
    assert done.code == 1
    assert 'unknown field "resource.instanceTyp"' in done.said


def test_karpenter_takes_every_selector_that_passes(kaito: ControlPlane) -> None:
    """2,000 selectors (in the gate the first 1,000) as KAITO copies them into the NodePool that it makes, held against Karpenter's own CRD.

    None that passes is refused, and each that does not pass is, but for the capacity type that Karpenter has no node of:
    its controller is who says that (WellKnownValuesForRequirements of pkg/apis/v1/labels.go at v1.10.0).
    """
    number = 2000 if WHOLE else 1000
    draw = random.Random(0)
    keys = (
        "apps", "pool", "karpenter.sh/capacity-type", "karpenter.sh/nodepool", "karpenter.sh/registered", "karpenter.sh",
        "a.karpenter.sh/b", "karpenter.shop/a", "kubernetes.io/hostname", "kubernetes.io/os", "topology.kubernetes.io/zone",
        "mykarpenter.sh/a", "example.com/a", "node.kubernetes.io/a", "karpenter.azure.com/sku-name",
    )  # fmt: skip
    values = ("spot", "on-demand", "reserved", "a")
    drawn = [
        {key: draw.choice(values) for key in draw.sample(keys, draw.randint(1, 4))} for _ in range(number)
    ]
    taken = [labels for labels in drawn if not _refused(labels)]
    assert 200 < len(taken) < 1900
    path = "/apis/karpenter.sh/v1/nodepools?dryRun=All"
    assert len(list(kaito.requests([("POST", path, _pool(labels)) for labels in taken]))) == len(taken)
    capacity = ("karpenter.sh/capacity-type", "a")
    refused = [
        labels
        for labels in drawn
        if _refused({key: one for key, one in labels.items() if (key, one) != capacity})
    ]
    assert len(refused) > 200
    for status, answer in kaito.answers([("POST", path, _pool(labels)) for labels in refused]):
        assert status >= 300
        assert b"is restricted" in answer


def _pool(labels: dict[str, str]) -> dict[str, Any]:
    """The NodePool that KAITO makes of a selector."""
    requirement = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["a"]}
    node_class = {"group": "karpenter.azure.com", "kind": "AKSNodeClass", "name": "default"}
    spec = {"requirements": [requirement], "nodeClassRef": node_class}
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": "pool"},
        "spec": {"template": {"metadata": {"labels": labels}, "spec": spec}},
    }


def _refused(labels: dict[str, str]) -> bool:
    workspace = {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "Workspace",
        "metadata": {"name": "phi"},
        "resource": {"instanceType": "Standard_NC24ads_A100_v4", "labelSelector": {"matchLabels": labels}},
        "inference": {"preset": {"name": "phi-4"}},
    }
    found = judge(RuleContext(workspace, Target("0.12", node_provisioner="karpenter")))
    return any(one.code == "KG233" for one in found)
