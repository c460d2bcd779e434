"""`kaitogen import` as a user meets it: what comes out, where it goes, and what is said of input that is none."""

from pathlib import Path

import pytest
import yaml

from tests.acceptance.command import kaitogen
from tests.unit.files.cluster.scripted import Reply, answering, kubeconfig, page, refusal

CASES = Path(__file__).parents[1] / "cases" / "positive"
WORKSPACE = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata:
  name: phi
  namespace: inference
resource:
  count: 2
  instanceType: Standard_NC24ads_A100_v4
  labelSelector: {matchLabels: {apps: phi}}
inference:
  preset: {name: phi-4}
  config: phi-inference
"""
SETTINGS = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: phi-inference, namespace: inference}
data:
  inference_config.yaml: |
    vllm:
      max-model-len: 16384
"""
INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: phi
  namespace: inference
spec:
  placement:
    count: 2
    instanceType: Standard_NC24ads_A100_v4
  inference:
    model: phi-4
    config:
      vllm:
        max-model-len: 16384
    configName: plain
"""
OTHERS = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1}\n"


def test_a_workspace_among_others_with_its_config_map(tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    path.write_text(WORKSPACE + SETTINGS + OTHERS, encoding="utf-8")
    done = kaitogen("import", path)
    assert (done.code, done.text) == (0, INTENT)
    assert done.said == "kaitogen: 1 Workspace and 1 ConfigMap rendered again: 0 differences\n"
    assert kaitogen("import", "-", stdin=path.read_bytes()).text == INTENT
    assert kaitogen("import", tmp_path).text == INTENT


def test_a_config_map_of_other_text_stays_a_reference(tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    path.write_text(WORKSPACE + SETTINGS.replace("16384", '"16384"  # long'), encoding="utf-8")
    done = kaitogen("import", path)
    assert "configMapName: phi-inference" in done.text
    assert (
        "note KG174: ConfigMap phi-inference stays a file of its own: its text is not, byte for byte"
        in done.said
    )


def test_what_the_server_filled_in_is_left_out_unless_somebody_wrote_it() -> None:
    live = WORKSPACE.replace("  name: phi\n", "  name: phi\n  uid: a-b\n", 1).replace("count: 2", "count: 1")
    live = live.replace("{name: phi-4}", "{name: phi-4, accessMode: public}") + "status: {state: Ready}\n"
    done = kaitogen("import", "-", stdin=live.encode())
    assert "count" not in done.text
    assert "accessMode" not in done.text
    applied = '{"resource": {"count": 1}, "inference": {"preset": {"name": "phi-4"}}}'
    noted = f"  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{applied}'\n"
    done = kaitogen("import", "-", stdin=live.replace("  uid: a-b\n", f"  uid: a-b\n{noted}").encode())
    assert "    count: 1\n" in done.text
    assert "accessMode" not in done.text
    assert "last-applied" not in done.text


def test_one_file_for_each_intent_and_none_written_over(tmp_path: Path) -> None:
    other = WORKSPACE.replace("  name: phi\n", "  name: phj\n", 1).replace("phi-inference", "there")
    text = (WORKSPACE + SETTINGS + "---\n" + other).encode()
    out = tmp_path / "intents"
    assert kaitogen("import", "-", "-o", out, stdin=text).code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "inference_phi.intent.yaml",
        "inference_phj.intent.yaml",
    ]
    assert (out / "inference_phi.intent.yaml").read_text(encoding="utf-8") == INTENT
    assert kaitogen("import", "-", "-o", out, stdin=text).code == 0  # the same once more is no change
    (out / "inference_phi.intent.yaml").write_text("# mine\n", encoding="utf-8")
    (out / "inference_phj.intent.yaml").unlink()
    done = kaitogen("import", "-", "-o", "intents", stdin=text, cwd=tmp_path)
    assert done.code == 3
    assert "inference_phi.intent.yaml was changed since an import, or comes from elsewhere" in done.said
    assert "keep it and import into another folder, or move it away" in done.said
    assert [path.name for path in out.iterdir()] == ["inference_phi.intent.yaml"]
    assert (out / "inference_phi.intent.yaml").read_text(encoding="utf-8") == "# mine\n"


def test_a_set_has_what_is_common_as_its_defaults() -> None:
    other = WORKSPACE.replace("  name: phi\n", "  name: phj\n", 1).replace("{apps: phi}", "{apps: phj}")
    text = (WORKSPACE + "---\n" + other).replace("  config: phi-inference\n", "")
    done = kaitogen("import", "--set", "--name", "fleet", "-", stdin=text.encode())
    assert done.text == (
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata:\n  name: fleet\n  namespace: inference\n"
        "spec:\n  defaults:\n    spec:\n      placement:\n        count: 2\n"
        "        instanceType: Standard_NC24ads_A100_v4\n      inference:\n        model: phi-4\n"
        "  workspaces:\n    - metadata:\n        name: phi\n    - metadata:\n        name: phj\n"
    )


def test_a_set_of_workspaces_that_are_all_passed_over_is_none() -> None:
    owned = WORKSPACE.replace(
        "  name: phi\n", "  name: phi\n  labels: {inferenceset.kaito.sh/created-by: a}\n", 1
    )
    done = kaitogen("import", "--set", "-", stdin=owned.encode())
    assert (done.code, done.text) == (0, "")
    assert "warning KG175" in done.said


def test_comments_go_with_their_fields() -> None:
    plain = WORKSPACE.replace("  config: phi-inference\n", "")
    first = plain.replace("count: 2", "count: 2  # two")
    second = plain.replace("name: phi\n", "name: phj  # the other\n", 1).replace(
        "resource:", "# where\nresource:"
    )
    items = "".join("- " + one.rstrip().replace("\n", "\n  ") + "\n" for one in (first, second))
    text = f"apiVersion: v1\nkind: List\n# all of them\nitems:\n{items}"
    done = kaitogen("import", "-", stdin=text.encode())
    assert done.code == 0, done.said
    assert "    count: 2  # two\n" in done.text
    assert "  name: phj  # the other\n" in done.text
    assert "  # where\n  placement:\n" in done.text
    assert kaitogen("import", "-", stdin=text.replace("\n", "\r\n").encode()).text == done.text


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (WORKSPACE.partition("inference:\n  preset")[0], "KG404", "neither inference nor tuning"),
        (WORKSPACE.partition("resource:")[0], "KG4", "error"),
        (WORKSPACE.replace("kaito.sh/v1beta1", "kaito.sh/v2"), "KG401", "kaito.sh/v2"),
        (WORKSPACE.replace("kaito.sh/v1beta1", "kaito.io/v1"), "KG170", "Workspace of kaito.io/v1"),
        (WORKSPACE.replace("metadata:\n  name: phi\n  namespace: inference", "metadata: phi"), "KG401", "metadata"),
        ("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items: []\n", "KG172", "a List"),
        ("apiVersion: v1\nkind: List\nitems:\n- [1]\n", "KG172", "no object"),
        (WORKSPACE.replace("name: phi\n", "name: {{ .Release.Name }}\n", 1), "KG171", "helm template"),
        ("{{- if .Values.on }}\n" + WORKSPACE + "{{- end }}\n", "KG171", "helm template"),
        (WORKSPACE.replace("name: phi\n", 'name: "{{ .Release.Name }}"\n', 1), "KG171", "helm template"),
        (WORKSPACE + "---\n" + WORKSPACE, "KG220", "twice"),
        (WORKSPACE.replace("count: 2", "count: 0"), "KG173", "count"),
        (OTHERS, "KG170", "Deployment of apps/v1"),
        ("", "KG170", "no Workspace"),
        ("a: b: c\n", "KG102", "colon"),
    ],
)  # fmt: skip
def test_bad_input_is_a_finding_and_nothing_is_written(
    text: str, code: str, words: str, tmp_path: Path
) -> None:
    done = kaitogen("import", "-", "-o", tmp_path / "out", stdin=text.encode())
    assert (done.code, done.text) == (1, "")
    assert code in done.said
    assert words in done.said
    assert list(tmp_path.iterdir()) == []


def test_fifty_mebibytes_are_refused_at_once(tmp_path: Path) -> None:
    one = WORKSPACE.encode() + b"---\n"
    path = tmp_path / "huge.yaml"
    path.write_bytes(one * (50 * 2**20 // len(one)))
    done = kaitogen("import", path, "-o", tmp_path / "out")
    assert done.code == 1
    assert "KG109" in done.said
    assert not (tmp_path / "out").exists()


def test_the_line_says_what_to_import() -> None:
    for arguments in ((), ("--namespace", "a", "-"), ("--live", "a.yaml"), ("--name", "fleet", "-")):
        done = kaitogen("import", *arguments)
        assert (done.code, done.text) == (2, ""), arguments
    assert "--name is the name of a set, and none is made; add --as-set" in done.said


def test_live_asks_for_workspaces_and_the_config_maps_they_name_alone(tmp_path: Path) -> None:
    workspace, settings = yaml.safe_load(WORKSPACE), next(iter(yaml.safe_load_all(SETTINGS)))
    listed = Reply({"kind": "WorkspaceList", "metadata": {}, "items": [workspace]})
    with answering(listed, page(kind="InferenceSetList"), Reply(settings)) as server:
        config = kubeconfig(tmp_path, server.address)
        done = kaitogen("import", "--live", "--kubeconfig", config, "-n", "inference")
    assert (done.code, done.text) == (0, INTENT), done.said
    assert [one.path.partition("/namespaces/")[2] for one in server.asked] == [
        "inference/workspaces",
        "inference/inferencesets",
        "inference/configmaps/phi-inference",
    ]


def test_a_cluster_without_workspaces_is_no_success(tmp_path: Path) -> None:
    with answering(Reply({"kind": "WorkspaceList", "metadata": {}, "items": []})) as server:
        done = kaitogen("import", "--live", "--kubeconfig", kubeconfig(tmp_path, server.address))
    assert (done.code, done.text) == (1, "")
    assert "KG170" in done.said


#: What KAITO shows in its examples, and what the chart of its production stack writes with scaling by its older annotations.
SETS = """\
apiVersion: kaito.sh/v1alpha1
kind: InferenceSet
metadata:
  name: llama-3-1-8b
spec:
  replicas: 2
  nodeCountLimit: 10
  labelSelector:
    matchLabels:
      apps: large-model
  template:
    resource:
      instanceType: Standard_NC24ads_A100_v4
    inference:
      preset:
        name: llama-3.1-8b-instruct
        presetOptions:
          modelAccessSecret: hf-token
  updateStrategy:
    type: RollingUpdate
---
apiVersion: kaito.sh/v1alpha1
kind: InferenceSet
metadata:
  name: phi
  namespace: models
  labels:
    app.kubernetes.io/name: modeldeployment
  annotations:
    scaledobject.kaito.sh/auto-provision: "true"
    scaledobject.kaito.sh/threshold: "10"
    scaledobject.kaito.sh/min-replicas: "1"
    scaledobject.kaito.sh/max-replicas: "3"
spec:
  replicas: 1
  labelSelector:
    matchLabels:
      apps: phi
  template:
    metadata:
      labels:
        production-stack.kaito.sh/owner: phi
    resource:
      instanceType: Standard_NC24ads_A100_v4
    inference:
      preset:
        name: phi-4
"""


def test_sets_of_other_writers_come_back(tmp_path: Path) -> None:
    (tmp_path / "sets.yaml").write_text(SETS, encoding="utf-8")
    done = kaitogen("import", "-o", "intents", "sets.yaml", cwd=tmp_path)
    assert done.code == 0, done.said
    again = list(yaml.safe_load_all(kaitogen("render", "-q", "intents", cwd=tmp_path).text))
    wanted = list(yaml.safe_load_all(SETS))
    del wanted[0]["spec"]["updateStrategy"]  # which no part of KAITO reads
    assert sorted(again, key=lambda one: one["metadata"]["name"]) == wanted


#: What KAITO's own five examples of sets say: three of v1alpha1, and two for nodes of one's own; all with scaling of old.
EXAMPLE = """\
apiVersion: kaito.sh/{version}
kind: InferenceSet
metadata:
  name: phi
  annotations:
    scaledobject.kaito.sh/auto-provision: "true"
    scaledobject.kaito.sh/metricName: "vllm:num_requests_waiting"
    scaledobject.kaito.sh/threshold: "10"
spec: {{replicas: {spec}
"""
OLD = "nodeCountLimit: 5, labelSelector: {matchLabels: {apps: phi}}, template: {resource: {instanceType: Standard_NC24ads_A100_v4}"
NEW = "labelSelector: {matchLabels: {kaito-inferenceset: phi}}, template: {"
PHI = "inference: {preset: {name: phi-4-mini-instruct, accessMode: public}}}}"
HALF = "resource: {partition: {mode: mig, profile: 2g.24gb}}, "
LLAMA = "inference: {preset: {name: llama-3.1-8b-instruct, presetOptions: {modelAccessSecret: hf-token}}}}}"


@pytest.mark.parametrize(
    ("version", "spec"),
    [
        ("v1alpha1", f"2, {OLD}, {LLAMA}"),
        ("v1alpha1", f"1, {OLD}, inference: {{preset: {{name: mistral-7b-instruct}}}}}}}}"),
        ("v1alpha1", f"1, {OLD}, {PHI}"),
        ("v1beta1", f"2, {NEW}{HALF}{PHI}"),
        ("v1beta1", f"2, {NEW}{PHI}"),
    ],
)
def test_the_sets_of_kaitos_examples_come_back(version: str, spec: str) -> None:
    example = EXAMPLE.format(version=version, spec=spec)
    done = kaitogen("import", "-", stdin=example.encode())
    assert done.code == 0, done.said
    assert yaml.safe_load(kaitogen("render", "-q", "-", stdin=done.output).text) == yaml.safe_load(example)


SCALED = """\
apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata: {name: phi}
spec:
  labelSelector: {matchLabels: {apps: phi}}
  template:
    resource: {instanceType: Standard_NC24ads_A100_v4}
    inference: {preset: {name: phi-4}}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: phi
spec:
  scaleTargetRef: {apiVersion: kaito.sh/v1beta1, kind: InferenceSet, name: phi}
  minReplicaCount: 1
  maxReplicaCount: 3
  triggers:
    - {type: cron, metadata: {timezone: Etc/UTC, start: "0 8 * * *", end: "0 18 * * *", desiredReplicas: "3"}}
"""


def test_a_scaled_object_of_a_set_becomes_its_scaling() -> None:
    done = kaitogen("import", "-", stdin=SCALED.encode())
    assert done.said == "kaitogen: 1 InferenceSet and 1 ScaledObject rendered again: 0 differences\n"
    spec = yaml.safe_load(done.text)["spec"]
    times = {"start": "0 8 * * *", "end": "0 18 * * *", "timezone": "Etc/UTC", "replicas": 3}
    assert spec["scaling"] == {"by": "keda", "max": 3, "schedule": [times]}
    again = kaitogen("render", "-q", "-", stdin=done.output).text
    assert list(yaml.safe_load_all(again)) == list(yaml.safe_load_all(SCALED))


def test_what_the_cluster_writes_on_a_set_that_is_scaled_is_left_out() -> None:
    """The number that KEDA set, and its own label and finalizer; what keda-kaito-scaler made belongs to the set."""
    live = SCALED.replace(
        "metadata: {name: phi}\nspec:\n", "metadata: {name: phi, uid: u}\nspec:\n  replicas: 3\n"
    )
    own = "  name: phi\n  labels: {scaledobject.keda.sh/name: phi}\n  finalizers: [finalizer.keda.sh]\n"
    live = live.replace("  name: phi\n", own)
    assert yaml.safe_load(kaitogen("import", "-", stdin=live.encode()).text)["spec"]["scaling"]["max"] == 3
    made = live.replace(
        "  name: phi\n", "  name: phi\n  ownerReferences: [{kind: InferenceSet, name: phi}]\n"
    )
    assert yaml.safe_load(kaitogen("import", "-", stdin=made.encode()).text)["spec"]["replicas"] == 3


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "words"),
    [
        ("  minReplicaCount: 1\n", "", "KG173", "<stdin>:14:1", "fix: write it so in the manifest, or keep this ScaledObject"),
        ("  minReplicaCount", "  pollingInterval: 5\n  minReplicaCount", "KG173", "<stdin>:16:20", "come out as nothing"),
        ("  name: phi\n", "  name: other\n", "KG173", "<stdin>:13:9", "it would come out as phi"),
        ("maxReplicaCount: 3", "maxReplicaCount: many", "KG173", "<stdin>:14:1", "give the set replicas"),
        ("  triggers:\n", "  cooldownPeriod: 1\n  triggers:\n", "KG173", "<stdin>:18:19", "come out as nothing"),
    ],
)  # fmt: skip
def test_a_scaled_object_that_an_intent_cannot_say(
    old: str, new: str, code: str, line: str, words: str
) -> None:
    done = kaitogen("import", "-", stdin=SCALED.replace(old, new, 1).encode())
    assert (done.code, done.text) == (1, "")
    assert f"{line}: error {code}" in done.said, done.said
    assert words in done.said


def test_a_scaled_object_stays_a_file_where_its_set_says_replicas() -> None:
    done = kaitogen("import", "-", stdin=SCALED.replace("spec:\n", "spec:\n  replicas: 2\n", 1).encode())
    assert yaml.safe_load(done.text)["spec"]["replicas"] == 2
    assert "note KG174: ScaledObject phi stays a file of its own" in done.said


def test_replicas_that_a_set_makes_are_never_imported() -> None:
    child = WORKSPACE.replace(
        "  name: phi\n", "  name: phi-x\n  labels: {inferenceset.kaito.sh/created-by: phi}\n", 1
    )
    done = kaitogen("import", "-", stdin=f"{SCALED}---\n{child}".encode())
    assert (done.code, done.text.count("kind:"), done.said.count("KG175")) == (0, 1, 1)


SCALED_BY_ANNOTATIONS = """\
apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata:
  name: phi
  annotations:
    scaledobject.kaito.sh/auto-provision: "true"
    scaledobject.kaito.sh/min-replicas: "1"
    scaledobject.kaito.sh/max-replicas: "5"
    scaledobject.kaito.sh/metrics: |
      - name: vllm:num_requests_waiting
        type: gauge
        upthreshold: 10
        downthreshold: 1
spec:
  labelSelector:
    matchLabels:
      apps: phi
  template:
    resource:
      instanceType: Standard_NC24ads_A100_v4
    inference:
      preset:
        name: phi-4
"""


@pytest.mark.parametrize("limit", [None, 0, 5, 9])
def test_a_limit_of_nodes_comes_back_and_none_where_there_is_none(tmp_path: Path, limit: int | None) -> None:
    wanted = yaml.safe_load(SCALED_BY_ANNOTATIONS)
    given = {**wanted, "spec": {**wanted["spec"], **({} if limit is None else {"nodeCountLimit": limit})}}
    (tmp_path / "set.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")
    done = kaitogen("import", "-o", "intents", "set.yaml", cwd=tmp_path)
    assert done.code == 0, done.said
    again = yaml.safe_load(kaitogen("render", "-q", "intents", cwd=tmp_path).text)
    assert again == (given if limit else wanted)  # 0 is no limit to the scaler


def test_live_asks_for_the_sets_of_replicas_and_what_scales_them(tmp_path: Path) -> None:
    set_, scaler = yaml.safe_load_all(SCALED)
    set_["metadata"].update(namespace="models", uid="1")
    set_["spec"]["replicas"] = 2
    scaler["metadata"].update(namespace="models", uid="2", finalizers=["finalizer.keda.sh"])
    child = yaml.safe_load(WORKSPACE)
    child["metadata"] |= {
        "name": "phi-x",
        "namespace": "models",
        "labels": {"inferenceset.kaito.sh/created-by": "phi"},
    }
    del child["inference"]["config"]

    def listing(kind: str, item: object) -> Reply:
        return Reply({"kind": f"{kind}List", "metadata": {}, "items": [item]})

    with answering(listing("Workspace", child), listing("InferenceSet", set_), Reply(scaler)) as server:
        done = kaitogen("import", "--live", "--kubeconfig", kubeconfig(tmp_path, server.address))
    assert done.code == 0, done.said
    intent = yaml.safe_load(done.text)
    assert (intent["metadata"], intent["spec"]["scaling"]["max"]) == (
        {"name": "phi", "namespace": "models"},
        3,
    )
    assert [one.path.partition("?")[0] for one in server.asked] == [
        "/apis/kaito.sh/v1beta1/workspaces",
        "/apis/kaito.sh/v1beta1/inferencesets",
        "/apis/keda.sh/v1alpha1/namespaces/models/scaledobjects/phi",
    ]


def test_live_finds_a_set_that_has_no_replica_yet(tmp_path: Path) -> None:
    set_ = next(yaml.safe_load_all(SCALED))
    set_["metadata"].update(namespace="models", uid="1")
    set_["spec"]["replicas"] = 0
    found = Reply({"kind": "InferenceSetList", "metadata": {}, "items": [set_]})
    with answering(page(kind="WorkspaceList"), found, refusal(404)) as server:
        done = kaitogen("import", "--live", "--kubeconfig", kubeconfig(tmp_path, server.address))
    assert done.code == 0, done.said
    assert yaml.safe_load(done.text)["spec"]["replicas"] == 0
    assert done.said.endswith("kaitogen: 1 InferenceSet rendered again: 0 differences\n")


@pytest.mark.parametrize("of_a_set", [False, True])
def test_live_imports_what_may_be_read(tmp_path: Path, of_a_set: bool) -> None:
    workspace = yaml.safe_load(WORKSPACE)
    del workspace["inference"]["config"]
    if of_a_set:
        workspace["metadata"]["labels"] = {"inferenceset.kaito.sh/created-by": "phi"}
    listed = Reply({"kind": "WorkspaceList", "metadata": {}, "items": [workspace]})
    with answering(
        listed, refusal(403, 'inferencesets.kaito.sh is forbidden: User "ci" cannot list')
    ) as server:
        done = kaitogen("import", "--live", "--kubeconfig", kubeconfig(tmp_path, server.address))
    refused = "ci may not list inferencesets.kaito.sh"
    if of_a_set:
        assert (done.code, done.text) == (3, "")
        assert f"error KG627: {refused}" in done.said
    else:
        assert done.code == 0, done.said
        assert f"warning KG627: InferenceSets are left out: {refused}" in done.said
        assert yaml.safe_load(done.text)["metadata"]["name"] == "phi"


def test_annotations_of_the_autoscaler_written_by_hand_become_scaling() -> None:
    metrics = '- {name: "vllm:num_requests_waiting", type: gauge, upthreshold: 10, downthreshold: 1}'
    text = next(iter(SCALED.split("---\n"))).replace(
        "metadata: {name: phi}",
        'metadata: {name: phi, annotations: {scaledobject.kaito.sh/auto-provision: "true", '
        f"scaledobject.kaito.sh/max-replicas: \"5\", scaledobject.kaito.sh/metrics: '{metrics}'}}}}",
    )
    done = kaitogen("import", "-", stdin=text.encode())
    assert done.code == 0, done.said
    intent = yaml.safe_load(done.text)
    assert "annotations" not in intent["metadata"]
    assert "replicas" not in intent["spec"]
    assert (intent["spec"]["scaling"]["max"], intent["spec"]["scaling"]["metrics"][0]["up"]) == (5, 10)
    again = yaml.safe_load(kaitogen("render", "-", stdin=done.output).output)
    written = again["metadata"]["annotations"]["scaledobject.kaito.sh/metrics"]
    assert (yaml.safe_load(written), "replicas" in again["spec"]) == (yaml.safe_load(metrics), False)


def test_a_mirror_with_the_mode_that_the_crd_fills_in(tmp_path: Path) -> None:
    intent = CASES / "model-mirror" / "llama.intent.yaml"
    stored = kaitogen("render", intent).text.replace("  jobNamespace:", "  mode: Managed\n  jobNamespace:")
    assert "mode: Managed" in stored
    (tmp_path / "objects.yaml").write_text(stored, encoding="utf-8")
    gates = ("--feature-gate", "ModelMirror=true", "--feature-gate", "ModelStreaming=true")
    done = kaitogen("import", *gates, "objects.yaml", cwd=tmp_path)
    assert (done.code, "mode:" in done.text, "modelMirror:" in done.text) == (0, False, True)
    (tmp_path / "objects.yaml").write_text(stored.replace("Managed", "Static"), encoding="utf-8")
    done = kaitogen("import", *gates, "objects.yaml", cwd=tmp_path)
    assert (done.code, "at spec.mode\n    fix: take the field out" in done.said) == (1, True)


def test_a_config_map_whose_data_are_no_mapping_stays_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "apiVersion: kaito.sh/v1beta1\nkind: Workspace\nmetadata: {name: phi-4}\n"
        "resource:\n  instanceType: Standard_NC24ads_A100_v4\n  labelSelector: {matchLabels: {apps: phi-4}}\n"
        "inference:\n  preset: {name: phi-4}\n  config: settings\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: 90\n",
        encoding="utf-8",
    )
    done = kaitogen("import", "-o", "out", "a.yaml", cwd=tmp_path)
    assert done.code == 0
    assert "KG174: ConfigMap settings stays a file of its own: it has no inference_config.yaml" in done.said


@pytest.mark.parametrize("name", ["A B", "a/b", "../up", "", "phi.4", "a" * 64])
def test_a_set_needs_a_name_that_an_intent_may_have(tmp_path: Path, name: str) -> None:
    """What a set may be called is said before anything is read, and never found out by a set that proves wrong."""
    done = kaitogen("import", "--as-set", "--name", name, tmp_path / "none.yaml")
    assert (done.code, done.text) == (2, "")
    assert done.said.startswith("kaitogen: --name names no set: name ")


ROUTED = """\
apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata: {name: phi, namespace: inference}
spec:
  replicas: 2
  labelSelector: {matchLabels: {apps: phi}}
  template:
    resource: {instanceType: Standard_NC24ads_A100_v4}
    inference: {preset: {name: phi-4}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: phi, namespace: inference, labels: {app.kubernetes.io/managed-by: kaitogen}}
spec:
  parentRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: gw}]
  rules:
    - matches: [{path: {type: PathPrefix, value: /}}]
      backendRefs: [{group: "", kind: Service, name: phi, port: 80, weight: 1}]
"""
SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: phi, namespace: inference, labels: {app.kubernetes.io/managed-by: kaitogen}}
spec:
  type: ClusterIP
  selector: {inferenceset.kaito.sh/created-by: phi, apps.kubernetes.io/pod-index: "0"}
  ports: [{name: http, protocol: TCP, port: 80, targetPort: 5000}]
"""


def test_a_route_without_its_service_says_what_it_would_make_besides() -> None:
    done = kaitogen("import", "-", stdin=ROUTED.encode())
    assert (done.code, done.text) == (1, "")
    assert (
        "<stdin>:3:18: error KG173: an intent cannot say this: it would make Service phi as well" in done.said
    )
    assert "fix: give Service phi too, if it is there, or leave out HTTPRoute phi" in done.said
    assert kaitogen("import", "-", stdin=(ROUTED + SERVICE).encode()).code == 0
    assert kaitogen("import", "-", stdin=(ROUTED.partition("---")[0]).encode()).code == 0


def test_an_object_that_no_intent_makes_is_to_be_left_out() -> None:
    bare = WORKSPACE.replace("  config: phi-inference\n", "")
    done = kaitogen("import", "-", stdin=(bare + SERVICE).encode())
    assert (done.code, done.text) == (1, "")
    assert "fix: keep this Service as it is, and leave it out of what is imported" in done.said
    assert kaitogen("import", "-", stdin=bare.encode()).code == 0


def test_a_workspace_and_a_set_of_one_name_have_a_file_each(tmp_path: Path) -> None:
    both = WORKSPACE.replace("  config: phi-inference\n", "") + "---\n" + ROUTED.partition("---")[0]
    done = kaitogen("import", "-", "-o", tmp_path / "out", stdin=both.encode())
    assert done.code == 0, done.said
    kinds = {path.name: "replicas" in path.read_text("utf-8") for path in (tmp_path / "out").iterdir()}
    assert kinds == {"inference_phi.intent.yaml": False, "inference_phi.set.intent.yaml": True}
    assert kaitogen("import", "-", "--as-set", stdin=both.encode()).code == 0


def test_an_object_of_another_kind_hides_no_config_map() -> None:
    engine = """\
---
apiVersion: kaito.sh/v1beta1
kind: RAGEngine
metadata: {name: phi-inference, namespace: inference}
spec:
  compute: {instanceType: Standard_NC24ads_A100_v4, labelSelector: {matchLabels: {apps: rag}}}
  embedding: {local: {modelID: BAAI/bge-small-en-v1.5}}
  inferenceService: {url: "http://phi/v1/chat/completions", contextWindowSize: 2048}
"""
    done = kaitogen("import", "-", stdin=(WORKSPACE + SETTINGS + engine).encode())
    assert (done.code, done.text) == (0, INTENT), done.said


STORED = "resourceVersion: '7', uid: 0b1c, creationTimestamp: '2026-11-01T00:00:00Z'"
FILLED_IN = """\
  clusterIP: 10.0.0.7
  clusterIPs: [10.0.0.7]
  internalTrafficPolicy: Cluster
  ipFamilies: [IPv4]
  ipFamilyPolicy: SingleStack
  sessionAffinity: None
status: {loadBalancer: {}}
"""


def stored_service(filled_in: str) -> str:
    return SERVICE.replace("namespace: inference,", f"namespace: inference, {STORED},") + filled_in


def test_a_service_comes_back_from_a_cluster_without_what_the_server_fills_in() -> None:
    done = kaitogen("import", "-", stdin=(ROUTED + stored_service(FILLED_IN)).encode())
    assert (done.code, done.text) == (0, kaitogen("import", "-", stdin=(ROUTED + SERVICE).encode()).text), (
        done.said
    )


@pytest.mark.parametrize(
    ("usual", "chosen"),
    [
        ("clusterIP: 10.0.0.7", "clusterIP: None"),
        ("sessionAffinity: None", "sessionAffinity: ClientIP"),
        ("internalTrafficPolicy: Cluster", "internalTrafficPolicy: Local"),
        ("ipFamilyPolicy: SingleStack", "ipFamilyPolicy: RequireDualStack"),
    ],
)
def test_what_somebody_chose_for_a_service_is_not_lost(usual: str, chosen: str) -> None:
    """`kubectl edit` leaves no record of who wrote a field: only what every Service has is taken for the server's."""
    text = ROUTED + stored_service(FILLED_IN.replace(usual, chosen))
    done = kaitogen("import", "-", stdin=text.encode())
    assert (done.code, done.text) == (1, "")
    assert f"at spec.{chosen.partition(':')[0]}" in done.said


def test_what_kaito_writes_on_a_rag_engine_stays_behind() -> None:
    bare = WORKSPACE.replace("  config: phi-inference\n", "")
    engine = """\
---
apiVersion: kaito.sh/v1beta1
kind: RAGEngine
metadata:
  name: phi-rag
  namespace: inference
  labels: {app.kubernetes.io/managed-by: kaitogen}
  annotations: {ragengine.kaito.io/hash: 7c, ragengine.kaito.io/revision: "2"}
  finalizers: [ragengine.finalizer.kaito.sh]
spec:
  embedding: {local: {modelID: BAAI/bge-small-en-v1.5}}
  inferenceService: {url: "http://phi.inference/v1/chat/completions", contextWindowSize: 16384}
"""
    done = kaitogen("import", "-", stdin=(bare + engine).encode())
    assert done.code == 0, done.said
    assert "ragEngine:" in done.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NAME   INSTANCE   AGE\nphi    Standard   3d\n", "no Workspace of kaito.sh is here, only what is no object of Kubernetes"),
        ("No resources found in default namespace.\n", "no Workspace of kaito.sh is here, only what is no object of Kubernetes"),
        ('{"apiVersion": "v1", "kind": "List", "items": []}', "no Workspace of kaito.sh is here, only an empty List"),
        ("apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod}, {apiVersion: v1, kind: Pod}]\n", "only Pod of v1\n"),
        ("apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: [List]}]\n", "KG172"),
    ],
)  # fmt: skip
def test_what_is_there_instead_of_a_workspace_is_called_by_its_name(text: str, said: str) -> None:
    done = kaitogen("import", "-", stdin=text.encode())
    assert (done.code, done.text) == (1, "")
    assert said in done.said


def test_for_a_replica_its_set_is_to_be_imported() -> None:
    """What `kubectl get workspaces` prints of a set are its replicas, of which nothing is imported."""
    owned = WORKSPACE.replace("metadata:\n", "metadata:\n  labels: {inferenceset.kaito.sh/created-by: phi}\n")
    done = kaitogen("import", "-", stdin=owned.encode())
    assert (done.code, done.text) == (0, "")
    assert "fix: import the set instead: kubectl get inferencesets -o yaml | kaitogen import -" in done.said


def test_a_file_is_no_folder_to_write_into(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    for folder in ("taken", "taken/below"):
        done = kaitogen("import", "-", "-o", tmp_path / folder, stdin=(WORKSPACE + SETTINGS).encode())
        assert (done.code, done.text) == (3, "")
        assert done.said.endswith(
            "nothing was changed; a file stands where its folder should be: name another\n"
        )
    assert (tmp_path / "taken").read_text("utf-8") == "mine"


ALL_AROUND = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: phi
  namespace: inference
spec:
  replicas: 2
  endpoint:
    service: true
    gateway:
      name: gw
  disruption:
    maxUnavailable: 1
  monitoring:
    podMonitor: true
    alerts: true
    dashboard: true
  placement:
    instanceType: Standard_NC24ads_A100_v4
  inference:
    model: phi-4
"""


def test_a_folder_gives_its_companions_as_well(tmp_path: Path) -> None:
    """A route and a rule of alerts speak of kaitogen alone; passed over, they were gone without a word."""
    (tmp_path / "a.intent.yaml").write_text(ALL_AROUND, encoding="utf-8")
    assert kaitogen("render", "a.intent.yaml", "-o", "out", cwd=tmp_path).code == 0
    (tmp_path / "out" / "other.yaml").write_text("a: {{ kaitogen }}\n", encoding="utf-8")
    done = kaitogen("import", "out", cwd=tmp_path)
    assert (done.code, done.text) == (0, ALL_AROUND), done.said
    compared = kaitogen("diff", "a.intent.yaml", "--against", "out", cwd=tmp_path)
    assert compared.code == 0, compared.text


def test_an_imported_intent_is_as_fmt_has_it(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(ALL_AROUND, encoding="utf-8")
    stream = kaitogen("render", "a.intent.yaml", cwd=tmp_path).text
    assert kaitogen("import", "-", stdin=stream.encode()).text == ALL_AROUND
    assert kaitogen("fmt", "--check", "a.intent.yaml", cwd=tmp_path).code == 0


@pytest.mark.parametrize("istio", ["", "      istio: true\n"])
def test_a_route_to_the_pool_of_kaito_tells_of_its_gate(tmp_path: Path, istio: str) -> None:
    gated = "  target:\n    featureGates:\n      gatewayAPIInferenceExtension: true\n"
    written = ALL_AROUND.replace("    service: true\n", "").replace(
        "      name: gw\n", f"      name: gw\n{istio}"
    )
    written = written.replace("spec:\n", f"spec:\n{gated}", 1)
    (tmp_path / "a.intent.yaml").write_text(written, encoding="utf-8")
    stream = kaitogen("render", "a.intent.yaml", cwd=tmp_path).output
    done = kaitogen("import", "-", stdin=stream)
    assert (done.code, done.text) == (0, written), done.said
    assert done.said.count("note KG176: taken to be for gate gatewayAPIInferenceExtension") == 1
    refused = kaitogen("import", "--feature-gate", "gatewayAPIInferenceExtension=false", "-", stdin=stream)
    assert (refused.code, "KG173" in refused.said) == (1, True)


def test_what_a_cluster_prints_by_the_alphabet_is_as_fmt_has_it(tmp_path: Path) -> None:
    text = ROUTED.partition("---")[0].replace(
        "  replicas: 2\n",
        "  autoUpgrade: {enabled: true, maintenanceWindow: {duration: 4h, schedule: '0 2 * * 6'}, strategy: Surge}\n"
        "  replicas: 2\n",
    )
    done = kaitogen("import", "-", "-o", tmp_path, stdin=text.encode())
    assert done.code == 0, done.said
    assert kaitogen("fmt", "--check", tmp_path).code == 0


@pytest.mark.parametrize("word", ["labels", "annotations"])
def test_a_config_map_with_labels_that_are_none_stays_a_file(word: str) -> None:
    settings = SETTINGS.replace("namespace: inference", f"namespace: inference, {word}: text")
    done = kaitogen("import", "-", stdin=(WORKSPACE + settings).encode())
    assert done.code == 0, done.said
    assert (
        f"note KG174: ConfigMap phi-inference stays a file of its own: its {word} are no mapping" in done.said
    )


def test_without_a_cluster_the_advice_is_for_this_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import takes no inventory, which is what the advice once was."""
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    done = kaitogen("import", "--live")
    assert (done.code, done.text) == (3, "")
    fix = "fix: name one with --kubeconfig FILE, or use a file with what kubectl printed instead of --live\n"
    assert fix in done.said


def test_what_stands_behind_a_route_needs_it() -> None:
    bare = WORKSPACE.replace("  config: phi-inference\n", "")
    rule = """\
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: phi, namespace: inference, labels: {app.kubernetes.io/managed-by: kaitogen}}
spec: {host: phi-inferencepool-epp}
"""
    done = kaitogen("import", "-", stdin=(bare + rule).encode())
    assert (done.code, done.text) == (1, "")
    assert "a DestinationRule stands behind a route, and no HTTPRoute is here\n" in done.said
    assert "fix: give HTTPRoute phi too, or leave this DestinationRule out\n" in done.said
