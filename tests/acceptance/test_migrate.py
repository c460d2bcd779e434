"""`kaitogen migrate`: the smallest change to the text that the other KAITO version needs, and a finding for the rest."""

import json
from pathlib import Path

import pytest
import yaml

from tests.acceptance.command import kaitogen

HEAD = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata:\n  name: phi\n"
PLACED = "  placement:\n    instanceType: Standard_NC24ads_A100_v4\n"
SERVED = "  inference:\n    model: phi-4  # the model\n"
WORKSPACE = """\
# ours
apiVersion: kaito.sh/v1alpha1
kind: Workspace
metadata:
  name: phi
resource:
  preferredNodes: [a]   # of old
  instanceType: Standard_NC24ads_A100_v4
  labelSelector: {matchLabels: {apps: phi}}
inference:
  preset: {name: phi-4, accessMode: public}
"""


def moved(text: str, to: str, *options: str) -> str:
    done = kaitogen("migrate", "--to", to, "--write", *options, "-", stdin=text.encode())
    assert done.code == 0, done.said
    return done.text


@pytest.mark.parametrize(
    ("to", "before", "after"),
    [
        ("0.12", '  target:\n    kaito: "0.10"  # ours\n', '  target:\n    kaito: "0.12"  # ours\n'),
        ("0.10", "  # no target\n", '  target:\n    kaito: "0.10"\n  # no target\n'),
        ("0.12", "  target: {apiVersion: kaito.sh/v1alpha1}\n", ""),
        (
            "0.11",
            '  target: {kaito: "0.10", featureGates: {ensureNodeClass: true}}\n',
            '  target: {kaito: "0.11"}\n',
        ),
    ],
)
def test_the_target(to: str, before: str, after: str) -> None:
    rest = PLACED + SERVED
    expected = HEAD + "spec:\n" + after + rest
    if before == "  # no target\n":
        expected = HEAD + "spec:\n  # no target\n" + '  target:\n    kaito: "0.10"\n' + rest
    assert moved(HEAD + "spec:\n" + before + rest, to) == expected


@pytest.mark.parametrize("to", ["0.11", "0.12"])
def test_the_gate_of_old_becomes_the_provisioner(to: str) -> None:
    before = '  target:\n    kaito: "0.9"\n    featureGates:\n      disableNodeAutoProvisioning: true\n'
    after = f'  target:\n    nodeProvisioner: byo\n    kaito: "{to}"\n'
    assert moved(HEAD + "spec:\n" + before + SERVED, to) == HEAD + "spec:\n" + after + SERVED


def test_the_gate_stays_until_the_flag_came() -> None:
    before = '  target:\n    kaito: "0.9"\n    featureGates:\n      disableNodeAutoProvisioning: true\n'
    after = before.replace("0.9", "0.10")
    assert moved(HEAD + "spec:\n" + before + SERVED, "0.10") == HEAD + "spec:\n" + after + SERVED


def test_the_instance_type_that_the_crd_filled_in_is_written_down() -> None:
    text = HEAD + 'spec:\n  target: {kaito: "0.7"}\n  placement:\n    count: 1\n' + SERVED
    assert "  placement:\n    instanceType: Standard_NC24ads_A100_v4\n    count: 1\n" in moved(text, "0.12")


def test_under_byo_the_instance_type_goes() -> None:
    text = HEAD + 'spec:\n  target: {kaito: "0.7", nodeProvisioner: byo}\n' + PLACED + SERVED
    made = moved(text, "0.12")
    assert made == HEAD + 'spec:\n  target: {kaito: "0.12", nodeProvisioner: byo}\n' + SERVED


def test_annotations_that_nobody_reads_any_more_go() -> None:
    noted = '  annotations:\n    kaito.sh/run-benchmark: "true"\n    mine: a\n'
    text = HEAD + noted + 'spec:\n  target: {kaito: "0.10"}\n' + PLACED + SERVED
    assert "  annotations:\n    mine: a\nspec:" in moved(text, "0.11")


def test_a_finished_workspace() -> None:
    after = WORKSPACE.replace("v1alpha1", "v1beta1").replace("  preferredNodes: [a]   # of old\n", "")
    assert moved(WORKSPACE, "0.12") == after.replace(", accessMode: public", "")
    assert moved(WORKSPACE, "0.7").count("preferredNodes") == 1


def test_a_finished_set_of_replicas() -> None:
    before = (
        "apiVersion: kaito.sh/v1alpha1\nkind: InferenceSet\nmetadata: {name: a}\nspec:\n  replicas: 2\n"
        "  labelSelector: {}\n  template:\n    resource: {instanceType: Standard_NC24ads_A100_v4}\n"
        "    inference: {preset: {name: PHI-4, accessMode: public}}\n"
    )
    after = before.replace("v1alpha1", "v1beta1").replace(", accessMode: public", "")
    assert moved(before, "0.12") == after
    assert moved(before, "0.10") == before.replace("PHI-4, accessMode: public", "phi-4")


def _scaled(annotations: str, spec: str = "") -> str:
    return (
        "apiVersion: kaito.sh/v1alpha1\nkind: InferenceSet\nmetadata:\n  name: a\n  annotations:\n"
        '    scaledobject.kaito.sh/auto-provision: "true"\n'
        + "".join(f"    scaledobject.kaito.sh/{line}\n" for line in annotations.splitlines())
        + f"spec:\n{spec}  labelSelector: {{}}\n  template:\n    resource: {{instanceType: Standard_NC24ads_A100_v4}}\n"
        "    inference: {preset: {name: phi-4}}\n"
    )


MOST = 'max-replicas: "3"\n'


@pytest.mark.parametrize(
    ("annotations", "name", "kind", "up", "down"),
    [
        ('threshold: "10"', "vllm:num_requests_waiting", "gauge", 10, 5),
        ('metricName: b\nthreshold: "0.5"', "b", "gauge", 0.5, 0.25),
        ('metricName: b\nmetricstype: Histogram\nupthreshold: "4"\ndownthreshold: "1"', "b", "histogram", 4, 1),
    ],
)  # fmt: skip
def test_annotations_of_older_scalers_become_metrics(
    annotations: str, name: str, kind: str, up: float, down: float
) -> None:
    made = yaml.safe_load(moved(_scaled(MOST + annotations), "0.12"))["metadata"]["annotations"]
    keys = {key.rpartition("/")[2] for key in made}
    assert keys == {"auto-provision", "max-replicas", "metrics"}
    (metric,) = yaml.safe_load(made["scaledobject.kaito.sh/metrics"])
    assert metric == {"name": name, "type": kind, "upthreshold": up, "downthreshold": down}
    # No scaler that reads them is there for a set of v1alpha1.
    assert moved(_scaled(MOST + annotations), "0.10") == _scaled(MOST + annotations)


@pytest.mark.parametrize(
    ("annotations", "words"),
    [
        (MOST + "metricName: b", "what to scale by is not said in numbers"),
        (MOST + 'threshold: "nan"', "what to scale by is not said in numbers"),
        (MOST + 'upthreshold: "1"\ndownthreshold: "2"', "what to scale by is not said in numbers"),
        (MOST + 'metricstype: summary\nthreshold: "1"', "what to scale by is not said in numbers"),
        ('threshold: "1"', "add scaledobject.kaito.sh/max-replicas"),
    ],
)
def test_what_no_scaler_of_today_can_be_told_stops(annotations: str, words: str) -> None:
    done = kaitogen("migrate", "--to", "0.12", "-", stdin=_scaled(annotations).encode())
    assert (done.code, done.text) == (1, "")
    assert "KG177" in done.said
    assert words in done.said


def test_a_migrated_scaler_comes_back_as_scaling() -> None:
    """And the limit on nodes counts as a most of replicas, metrics that are there stay, what is off too."""
    made = moved(_scaled(f'{MOST}min-replicas: "1"\nthreshold: "10"'), "0.12")
    scaling = yaml.safe_load(kaitogen("import", "-", stdin=made.encode()).text)["spec"]["scaling"]
    assert (scaling["by"], scaling["max"], scaling["metrics"][0]["down"]) == ("keda-kaito-scaler", 3, 5)
    limited = moved(_scaled('threshold: "10"', "  nodeCountLimit: 4\n"), "0.12")
    assert "metrics:" in limited
    known = "{name: b, type: gauge, upthreshold: 2, downthreshold: 1}"
    kept = moved(_scaled(f'{MOST}metrics: "[{known}]"\nthreshold: "10"'), "0.12")
    assert kept == _scaled(f'{MOST}metrics: "[{known}]"').replace("v1alpha1", "v1beta1")
    off = _scaled('threshold: "10"').replace('"true"', '"false"').replace("v1alpha1", "v1beta1")
    assert moved(off, "0.12") == off


def test_a_scaled_object_names_the_version_of_its_set() -> None:
    before = (
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: a}\nspec:\n"
        "  scaleTargetRef: {apiVersion: kaito.sh/v1alpha1, kind: InferenceSet, name: a}\n"
    )
    assert moved(before, "0.12") == before.replace("kaito.sh/v1alpha1,", "kaito.sh/v1beta1,")
    assert moved(before, "0.10") == before


def test_a_set_is_changed_where_its_words_stand() -> None:
    text = (
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: fleet}\nspec:\n  defaults:\n    spec:\n"
        '      target: {kaito: "0.8"}\n      placement: {instanceType: Standard_NC24ads_A100_v4}\n  workspaces:\n'
        "    - metadata: {name: a}\n      spec: {inference: {model: phi-4}}\n"
        "    - metadata: {name: b}\n      spec:\n        placement: {preferredNodes: [node-1]}\n        inference: {model: phi-4}\n"
    )
    after = text.replace('"0.8"', '"0.12"').replace("        placement: {preferredNodes: [node-1]}\n", "")
    assert moved(text, "0.12") == after


def test_an_intent_becomes_one_of_replicas() -> None:
    text = HEAD + "spec:\n" + PLACED + "    count: 2  # nodes\n" + SERVED
    wanted = HEAD + "spec:\n  replicas: 3\n" + PLACED + "    count: 6  # nodes\n" + SERVED
    assert moved(text, "0.12", "--replicas", "3") == wanted
    assert moved(wanted, "0.12", "--replicas", "5") == wanted
    automatic = HEAD + "spec:\n  replicas: auto\n" + PLACED + "    count: 2  # nodes\n" + SERVED
    assert moved(text, "0.12", "--replicas", "auto") == automatic
    set_ = yaml.safe_load(kaitogen("render", "-q", "-", stdin=wanted.encode()).text)
    assert (set_["kind"], set_["spec"]["replicas"]) == ("InferenceSet", 3)


def test_replicas_go_to_each_entry_that_serves() -> None:
    entry = "  - metadata: {name: %s}\n    spec:%s\n      inference: {model: phi-4}\n"
    text = (
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: all}\nspec:\n"
        "  defaults:\n    spec: {placement: {instanceType: Standard_NC24ads_A100_v4, count: 2}}\n  workspaces:\n"
        + entry % ("a", "") + entry % ("b", "\n      replicas: 0")
        + "  - metadata: {name: c}\n    spec:\n      placement: {count: 1}\n      tuning:\n        model: phi-4\n        method: qlora\n"
        "        input: {urls: [https://example.com/data]}\n        output: {volumeSource: {emptyDir: {}}}\n"
    )  # fmt: skip
    specs = [
        one["spec"] for one in yaml.safe_load(moved(text, "0.12", "--replicas", "3"))["spec"]["workspaces"]
    ]
    assert [one.get("replicas") for one in specs] == [3, 0, None]
    assert [one.get("placement") for one in specs] == [{"count": 6}, None, {"count": 1}]


@pytest.mark.parametrize(
    ("to", "replicas", "code", "words"),
    [
        ("0.7", "3", 1, "has no InferenceSet"),
        ("0.12", "many", 2, "--replicas many is no number of replicas"),
        ("0.12", "-1", 2, "-1"),
        ("0.12", "99999999999", 2, "is no number of replicas"),
        ("0.12", "9999999999", 1, "spec.replicas"),
        ("0.12", "auto", 1, "replicas"),
    ],
)
def test_replicas_that_cannot_be(to: str, replicas: str, code: int, words: str) -> None:
    text = HEAD + "spec:\n" + PLACED + SERVED
    done = kaitogen("migrate", "--to", to, "--replicas", replicas, "-", stdin=text.encode())
    assert (done.code, done.text) == (code, "")
    assert words in done.said


def test_check_and_the_diff(tmp_path: Path) -> None:
    path = tmp_path / "workspace.yaml"
    path.write_text(WORKSPACE, encoding="utf-8")
    (tmp_path / "others.yaml").write_text("a: {{ b }}\n", encoding="utf-8")
    for options, code in (((), 0), (("--check",), 1)):
        done = kaitogen("migrate", "--to", "0.12", *options, ".", cwd=tmp_path)
        assert done.code == code, done.said
        assert "-apiVersion: kaito.sh/v1alpha1\n+apiVersion: kaito.sh/v1beta1\n" in done.text
        assert path.read_text(encoding="utf-8") == WORKSPACE
    assert kaitogen("migrate", "--to", "0.12", "--write", tmp_path).said == "kaitogen: 1 of 1 file changed\n"
    assert kaitogen("migrate", "--to", "0.12", "--check", tmp_path).code == 0


@pytest.mark.parametrize(
    ("to", "spec", "words"),
    [
        ("0.12", '  target: {kaito: "0.10"}\n' + PLACED + "  inference: {model: falcon-7b}\n", "tiiuae/falcon-7b"),
        ("0.8", PLACED + "  inference: {model: Qwen/Qwen3-8B}\n", "not in KAITO 0.8"),
        ("0.10", "  target: {nodeProvisioner: karpenter}\n" + PLACED + SERVED, "no node provisioner karpenter"),
        ("0.6", "  target: {nodeProvisioner: byo}\n" + SERVED, "no node provisioner byo"),
        ("0.10", '  target: {kaito: &k "0.9"}\n' + PLACED + SERVED, "cannot be changed in the text alone"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_stops_everything(to: str, spec: str, words: str, tmp_path: Path) -> None:
    wrong, right = tmp_path / "a.intent.yaml", tmp_path / "b.yaml"
    wrong.write_text(HEAD + "spec:\n" + spec, encoding="utf-8")
    right.write_text(WORKSPACE, encoding="utf-8")
    done = kaitogen("migrate", "--to", to, "--write", tmp_path)
    assert (done.code, done.text) == (1, "")
    assert "KG177" in done.said
    assert words in done.said
    assert right.read_text(encoding="utf-8") == WORKSPACE


def test_what_the_other_version_cannot_run_is_told_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(WORKSPACE.replace("Standard_NC24ads_A100_v4", "Standard_NC6s_v3"), encoding="utf-8")
    done = kaitogen("migrate", "--to", "0.12", "--write", path)
    assert done.code == 1
    assert f"{path}:8:17: error KG473: " in done.said
    assert "v1alpha1" in path.read_text(encoding="utf-8")


def test_the_line_says_where_to_go() -> None:
    assert kaitogen("migrate", ".").code == 2
    assert kaitogen("migrate", "--to", "0.12", "--check", "--write", ".").code == 2


def test_json_with_a_character_in_two_escapes_is_changed_as_well() -> None:
    workspace = yaml.safe_load(WORKSPACE) | {
        "metadata": {"name": "phi", "annotations": {"a": "\N{GRINNING FACE}"}}
    }
    made = yaml.safe_load(moved(json.dumps(workspace), "0.12"))
    assert made["apiVersion"] == "kaito.sh/v1beta1"
    assert made["metadata"]["annotations"] == {"a": "\N{GRINNING FACE}"}


def test_many_edits_take_no_longer_than_one_each() -> None:
    """Each of them once read the whole text anew."""
    old = WORKSPACE.replace("name: phi\n", "name: phi-%d\n", 1)
    text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(
        "- " + (old % number).removeprefix("# ours\n").rstrip().replace("\n", "\n  ") + "\n"
        for number in range(400)
    )
    made = moved(text, "0.12")
    assert made.count("kaito.sh/v1beta1") == 400
    assert "preferredNodes" not in made


PROJECT = """\
apiVersion: kaitogen.io/v1alpha1
kind: Project
spec:
  target:
    kaito: "0.9"   # until the upgrade
"""
ENVIRONMENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {name: prod}
spec:
  workspaces:
    - metadata: {name: phi}
      spec:
        target: {kaito: "0.9"}
  add:
    - metadata: {name: more}
      spec:
        placement: {instanceType: Standard_NC24ads_A100_v4}
        inference: {model: phi-4}
"""


def folder(tmp_path: Path, **files: str) -> Path:
    """A folder with the intent `phi`, which names no version, and files by their names with two underscores for a slash."""
    (tmp_path / "models" / "environments").mkdir(parents=True)
    (tmp_path / "models" / "phi.intent.yaml").write_text(HEAD + "spec:\n" + PLACED + SERVED)
    for name, text in files.items():
        (tmp_path / "models" / (name.replace("__", "/") + ".yaml")).write_text(text)
    return tmp_path / "models"


@pytest.mark.parametrize("to", ["0.10", "0.12"])
def test_the_project_file_moves_with_its_folder(to: str, tmp_path: Path) -> None:
    here = folder(tmp_path)
    (here / ".kaitogen.yaml").write_text(PROJECT)
    assert kaitogen("migrate", "--to", to, "--check", ".", cwd=here).code == 1
    assert (
        kaitogen("migrate", "--to", to, "--write", ".", cwd=here).said == "kaitogen: 1 of 2 files changed\n"
    )
    assert (here / ".kaitogen.yaml").read_text() == PROJECT.replace("0.9", to)
    assert (here / "phi.intent.yaml").read_text() == HEAD + "spec:\n" + PLACED + SERVED
    assert kaitogen("migrate", "--to", to, "--check", ".", cwd=here).code == 0


@pytest.mark.parametrize("to", ["0.10", "0.12"])
def test_an_intent_that_moves_alone_leaves_the_project_file(to: str, tmp_path: Path) -> None:
    here = folder(tmp_path)
    (here / ".kaitogen.yaml").write_text(PROJECT)
    assert kaitogen("migrate", "--to", to, "--write", "phi.intent.yaml", cwd=here).code == 0
    assert (here / ".kaitogen.yaml").read_text() == PROJECT
    assert f'  target:\n    kaito: "{to}"\n' in (here / "phi.intent.yaml").read_text()


def test_what_the_project_file_says_is_judged_with(tmp_path: Path) -> None:
    """The instance type that KAITO 0.7 filled in is written down, though only the project file says 0.7."""
    here = folder(tmp_path)
    (here / "phi.intent.yaml").write_text(HEAD + "spec:\n  placement:\n    count: 1\n" + SERVED)
    (here / ".kaitogen.yaml").write_text(PROJECT.replace("0.9", "0.7"))
    assert kaitogen("migrate", "--to", "0.12", "--write", ".", cwd=here).code == 0
    assert "instanceType: Standard_NC24ads_A100_v4" in (here / "phi.intent.yaml").read_text()
    (here / ".kaitogen.yaml").write_text("kind: Project\n")
    done = kaitogen("migrate", "--to", "0.12", "--write", ".", cwd=here)
    assert done.code == 1
    assert done.said.startswith(".kaitogen.yaml:1:1: error KG121: ")


def test_an_environment_is_no_intent_and_moves_as_well(tmp_path: Path) -> None:
    here = folder(tmp_path, environments__prod=ENVIRONMENT)
    done = kaitogen("migrate", "--to", "0.12", "--write", "models", cwd=tmp_path)
    assert (done.code, done.said) == (0, "kaitogen: 1 of 2 files changed\n")
    assert (here / "environments" / "prod.yaml").read_text() == ENVIRONMENT.replace("0.9", "0.12")


def test_an_intent_that_an_environment_adds_gets_the_version_too(tmp_path: Path) -> None:
    here = folder(tmp_path, environments__prod=ENVIRONMENT)
    assert kaitogen("migrate", "--to", "0.10", "--write", "models", cwd=tmp_path).code == 0
    made = yaml.safe_load((here / "environments" / "prod.yaml").read_text())["spec"]
    assert [one["spec"]["target"]["kaito"] for one in (*made["workspaces"], *made["add"])] == ["0.10", "0.10"]
    (here / "environments" / "prod.yaml").write_text(ENVIRONMENT.replace("phi-4}", "falcon-7b}"))
    done = kaitogen("migrate", "--to", "0.12", "--write", "models", cwd=tmp_path)
    assert done.code == 1
    assert done.said.startswith(
        "models/environments/prod.yaml:13:28: error KG177: preset falcon-7b left KAITO"
    )


def test_the_folder_of_environments_that_a_project_names(tmp_path: Path) -> None:
    here = folder(tmp_path)
    (here / ".kaitogen.yaml").write_text(PROJECT + "  environments: stages\n")
    (here / "stages").mkdir()
    (here / "stages" / "prod.yaml").write_text(ENVIRONMENT)
    assert kaitogen("migrate", "--to", "0.12", "--write", ".", cwd=here).code == 0
    assert (here / "stages" / "prod.yaml").read_text() == ENVIRONMENT.replace("0.9", "0.12")


@pytest.mark.parametrize(("to", "code"), [("0.8", 1), ("0.9", 0)])
def test_a_rag_engine_on_its_own_is_judged_as_well(to: str, code: int) -> None:
    text = (
        "apiVersion: kaito.sh/v1beta1\nkind: RAGEngine\nmetadata: {name: rag}\nspec:\n"
        "  compute: {instanceType: Standard_NC24ads_A100_v4, labelSelector: {matchLabels: {a: b}}}\n"
        "  embedding: {local: {modelID: BAAI/bge-small-en-v1.5}}\n"
        '  inferenceService: {url: "http://phi/v1/completions", contextWindowSize: 4096}\n'
    )
    done = kaitogen("migrate", "--to", to, "-", stdin=text.encode())
    assert done.code == code
    assert ("KG401: KAITO 0.8 serves no RAGEngine of apiVersion kaito.sh/v1beta1" in done.said) == bool(code)
