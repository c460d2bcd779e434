"""The way out: files that run a refused change beside what serves, all or nothing, and right as they are."""

from pathlib import Path

import pytest

from tests.acceptance.repositories import committed, write
from tests.changes.running import kaitogen
from tests.changes.test_diff_command import LARGER, SET
from tests.samples import RIGHT

COMMENTED = f"# what the search team uses\n{RIGHT}".replace(
    "model: phi-4}", "model: phi-4}  # the small one", 1
)
MANIFEST = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata:
  name: phi-4
  namespace: inference
  uid: 1b0c
resource:
  instanceType: Standard_NC24ads_A100_v4
  labelSelector:
    matchLabels:
      apps: phi-4
inference:
  preset:
    name: phi-4
"""


def moved(folder: Path, options: str = "") -> dict[str, str]:
    """The files of the way out from HEAD."""
    done = kaitogen(folder, f"diff --against HEAD --write-migration ../way {options}")
    assert done.code == 1, done.said
    way = folder.parent / "way"
    names = sorted(path.name for path in way.iterdir() if not path.name.startswith("."))
    assert done.said == f"kaitogen: ../way has {len(names)} files; start with README.md\n"
    return {name: (way / name).read_text(encoding="utf-8") for name in names}


def test_an_intent_keeps_its_text(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    committed(folder, {"phi-4.intent.yaml": COMMENTED})
    write(folder, {"phi-4.intent.yaml": COMMENTED.replace("NC24ads", "NC48ads", 1)})
    files = moved(folder)
    assert sorted(files) == [
        "README.md", "step-1_phi-4-b.yaml", "step-1_phi-4-traffic.yaml", "step-1_phi-4.yaml", "step-2_phi-4-traffic.yaml",
    ]  # fmt: skip
    assert files["step-1_phi-4.yaml"] == COMMENTED
    new = COMMENTED.replace("NC24ads", "NC48ads", 1).replace("name: phi-4}", "name: phi-4-b}", 1)
    assert files["step-1_phi-4-b.yaml"] == new
    assert "pod-name: phi-4-0\n" in files["step-1_phi-4-traffic.yaml"]
    assert "pod-name: phi-4-b-0\n" in files["step-2_phi-4-traffic.yaml"]
    for words in (
        "| phi-4 holds | 1 node with 1 GPU |", "| phi-4-b needs | 1 node with 2 GPUs |",
        "| **both, until step 2** | **2 nodes with 3 GPUs** |", "`phi-4.intent.yaml`", "Prune=confirm", "namePrefix",
    ):  # fmt: skip
        assert words in files["README.md"]
    assert "Before you start" not in files["README.md"]


def test_an_intent_of_many_in_one_file_comes_alone(tmp_path: Path) -> None:
    folder, other = tmp_path / "repository", RIGHT.replace("name: phi-4}", "name: b}", 1)
    committed(folder, {"all.intent.yaml": f"---\n{RIGHT}---\n{other}"})
    write(folder, {"all.intent.yaml": f"---\n{RIGHT}---\n{other.replace('NC24ads', 'NC48ads')}"})
    assert moved(folder)["step-1_b.yaml"] == other


def test_both_steps_get_through(tmp_path: Path) -> None:
    """What the files say is followed to the letter: neither step has a change that is refused."""
    folder = tmp_path / "repository"
    committed(folder, {"phi-4.intent.yaml": RIGHT})
    write(folder, {"phi-4.intent.yaml": LARGER})
    files = moved(folder)
    write(
        folder,
        {
            "phi-4.intent.yaml": files["step-1_phi-4.yaml"],
            "phi-4-b.intent.yaml": files["step-1_phi-4-b.yaml"],
        },
    )
    assert kaitogen(folder, "validate --strict --against HEAD .").code == 0
    committed(folder, {})
    (folder / "phi-4.intent.yaml").unlink()
    assert kaitogen(folder, "validate --strict --against HEAD .").code == 0
    assert "Workspace phi-4 (KAITO 0.12): delete" in kaitogen(folder, "diff --against HEAD .").output


def test_an_entry_of_a_set_becomes_an_intent(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    committed(folder, {"fleet.intent.yaml": SET})
    write(folder, {"fleet.intent.yaml": SET.replace("NC24ads", "NC48ads")})
    files = moved(folder)
    assert [name for name in files if "one" in name] == [
        "step-1_one-b.yaml", "step-1_one-traffic.yaml", "step-1_one.yaml", "step-2_one-traffic.yaml",
    ]  # fmt: skip
    write(tmp_path, {"new/one-b.intent.yaml": files["step-1_one-b.yaml"]})
    done = kaitogen(tmp_path, "render new")
    assert (done.code, done.said) == (0, "")
    assert "name: one-b\n" in done.output
    assert "Standard_NC48ads_A100_v4" in done.output


def test_a_manifest_takes_its_selector_along(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    committed(folder, {"w.yaml": MANIFEST})
    write(folder, {"w.yaml": MANIFEST.replace("    name: phi-4\n", "    name: phi-4-mini-instruct\n")})
    files = moved(folder, "w.yaml --kaito 0.10")
    new = files["step-1_inference_phi-4-b.yaml"]
    assert "  name: phi-4-b\n  namespace: inference\n" in new
    assert "      apps: phi-4-b\n" in new
    assert "uid" not in new
    assert "kubectl -n inference wait" in files["README.md"]
    assert "phi-4 becomes phi-4-mini-instruct with step 2" in files["README.md"]
    assert "give it a label of its own" not in files["README.md"]


@pytest.mark.parametrize(
    ("options", "label", "words"),
    [
        ("--kaito 0.12", "team", ""),
        ("--kaito 0.10", "team", "give it a label of its own in its labelSelector"),
        (
            "--kaito 0.12 --node-provisioner karpenter",
            "team",
            "give it a label of its own in its labelSelector",
        ),
        (
            "--kaito 0.12 --node-provisioner byo",
            "phi-4",
            "The nodes are yours: label as many as phi-4-b needs",
        ),
    ],
)
def test_what_two_side_by_side_have_to_share_is_told(
    options: str, label: str, words: str, tmp_path: Path
) -> None:
    folder = tmp_path / "repository"
    old = MANIFEST.replace("apps: phi-4", f"apps: {label}")
    if "byo" in options:
        old = old.replace("  instanceType: Standard_NC24ads_A100_v4\n", "")
    committed(folder, {"w.yaml": old})
    write(folder, {"w.yaml": old + "    presetOptions: {modelAccessSecret: a}\n"})
    readme = moved(folder, f"w.yaml {options}")["README.md"]
    assert words in readme
    assert ("Before you start" in readme) == bool(words)


def test_a_name_that_is_taken_is_passed_over_and_a_letter_counts_on(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    names = ("phi-4", "phi-4-b", "x" * 52)
    old = {f"{name[:8]}.intent.yaml": RIGHT.replace("name: phi-4}", f"name: {name}}}", 1) for name in names}
    committed(folder, old)
    write(folder, {name: text.replace("NC24ads", "NC48ads") for name, text in old.items()})
    files = moved(folder)
    assert {name for name in files if name.startswith("step-1") and "traffic" not in name} == {
        *(f"step-1_{name}.yaml" for name in names), "step-1_phi-4-c.yaml", "step-1_phi-4-d.yaml",
        f"step-1_{'x' * 50}-b.yaml",
    }  # fmt: skip


def test_a_tuning_has_no_traffic_to_move(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    tuning = (
        "tuning:\n  preset: {name: phi-4}\n  method: lora\n  input: {urls: [https://data.example.com/a.parquet]}\n"
        "  output: {image: 'registry.example.com/tuned:1', imagePushSecret: push}\n"
    )
    old = MANIFEST[: MANIFEST.index("inference:\n  preset")] + tuning
    committed(folder, {"w.yaml": old})
    write(folder, {"w.yaml": old.replace("lora", "qlora")})
    files = moved(folder, "w.yaml")
    assert not [name for name in files if "traffic" in name]
    assert "Service of step 1:" not in files["README.md"]


def test_nothing_is_written_where_nothing_is_refused_or_something_is_in_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    committed(folder, {"a.intent.yaml": RIGHT})
    done = kaitogen(folder, "diff --against HEAD --write-migration ../way")
    assert (done.code, done.said) == (
        0,
        "kaitogen: nothing is written: no Workspace here has a change that is refused and that another name would get through\n",
    )
    assert not (tmp_path / "way").exists()
    write(folder, {"a.intent.yaml": LARGER})
    write(tmp_path, {"way/README.md": "somebody else's"})
    done = kaitogen(folder, "diff --against HEAD --write-migration ../way")
    assert done.code == 3
    assert "../way/README.md exists and was not written by kaitogen" in done.said
    assert [path.name for path in (tmp_path / "way").iterdir()] == ["README.md"]


def test_the_way_out_of_an_old_kaito_leads_to_pods_by_kaitos_own_label(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    committed(folder, {"w.yaml": MANIFEST})
    write(folder, {"w.yaml": MANIFEST.replace("NC24ads", "NC48ads")})
    assert (
        "kaito.sh/workspace: phi-4-b\n"
        in moved(folder, "w.yaml --kaito 0.7")["step-2_inference_phi-4-traffic.yaml"]
    )


@pytest.mark.parametrize("name", ["a; rm -rf ~", "../../etc/passwd", "A", "x`y", "-a", "a" * 64, "a\\nb"])
def test_a_name_that_no_workspace_can_have_gets_no_way_out(name: str, tmp_path: Path) -> None:
    """It would end in a command line that somebody copies."""
    folder = tmp_path / "repository"
    old = MANIFEST.replace("name: phi-4\n  namespace", f'name: "{name}"\n  namespace', 1)
    committed(folder, {"w.yaml": old})
    write(folder, {"w.yaml": old.replace("NC24ads", "NC48ads")})
    done = kaitogen(folder, "diff --against HEAD --write-migration ../way w.yaml")
    assert done.code == 1
    assert "refused (U4, KG804)" in done.output
    assert "way out" not in done.output
    assert not (tmp_path / "way").exists()


REPLICATED = RIGHT.replace("spec:", "spec:\n  replicas: 2", 1)
FINISHED_SET = """\
apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata:
  name: phi-4
  namespace: inference
spec:
  replicas: 2
  labelSelector:
    matchLabels:
      apps: phi-4
  template:
    resource:
      partition: {mode: mig, profile: 3g.40gb}
    inference:
      preset:
        name: phi-4
      config: settings
"""


def test_a_set_is_made_anew_beside_the_one_whose_replicas_stay_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    committed(folder, {"phi-4.intent.yaml": REPLICATED})
    write(folder, {"phi-4.intent.yaml": REPLICATED.replace("NC24ads", "NC48ads", 1)})
    said = " ".join(kaitogen(folder, "diff --against HEAD").output.split())
    assert (
        "way out: delete the replicas one by one, each comes back with the change; or run it as phi-4-b"
        in said
    )
    files = moved(folder)
    assert files["step-1_phi-4.yaml"] == REPLICATED
    assert "NC48ads" in files["step-1_phi-4-b.yaml"]
    assert 'created-by: phi-4\n    apps.kubernetes.io/pod-index: "0"\n' in files["step-1_phi-4-traffic.yaml"]
    assert "created-by: phi-4-b\n" in files["step-2_phi-4-traffic.yaml"]
    for words in (
        "or gives them to new replicas only", "| phi-4 holds | 2 nodes with 2 GPUs |",
        "| **both, until step 2** | **4 nodes with 6 GPUs** |", "InferenceSetReady --timeout=60m inferenceset/phi-4-b",
        "get inferenceset phi-4 ", "by its name: phi-4 becomes phi-4-b with step 2",
    ):  # fmt: skip
        assert words in files["README.md"]
    assert "ConfigMap" not in files["README.md"].partition("## Traps")[0]
    # Both steps get through, and reach what runs.
    step = {name.removeprefix("step-1_"): text for name, text in files.items() if name.startswith("step-1")}
    write(folder, {f"{name}.intent.yaml": step[f"{name}.yaml"] for name in ("phi-4", "phi-4-b")})
    assert kaitogen(folder, "validate --strict --against HEAD .").code == 0


def test_a_set_whose_partition_changes_gets_another_name(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    committed(folder, {"w.yaml": FINISHED_SET})
    write(folder, {"w.yaml": FINISHED_SET.replace("3g.40gb", "7g.80gb")})
    files = moved(folder, "w.yaml --node-provisioner byo --feature-gate enableMIG=true")
    new = files["step-1_inference_phi-4-b.yaml"]
    assert "kind: InferenceSet\nmetadata:\n  name: phi-4-b\n" in new
    assert "      apps: phi-4-b\n" in new
    assert "Keep ConfigMap settings until phi-4 is gone" in files["README.md"]
    assert "label as many as phi-4-b needs" in files["README.md"]


def test_a_set_keeps_a_name_that_leaves_room_for_its_replicas(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    old = REPLICATED.replace("name: phi-4}", f"name: {'x' * 45}}}", 1)
    committed(folder, {"w.intent.yaml": old})
    write(folder, {"w.intent.yaml": old.replace("NC24ads", "NC48ads", 1)})
    assert f"step-1_{'x' * 43}-b.yaml" in moved(folder)


def test_a_number_of_replicas_and_a_label_need_no_way_out(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    committed(folder, {"w.intent.yaml": REPLICATED})
    write(folder, {"w.intent.yaml": REPLICATED.replace("replicas: 2", "replicas: 3", 1)})
    done = kaitogen(folder, "diff --against HEAD --write-migration ../way")
    assert done.said.startswith("kaitogen: nothing is written")


SCALED = FINISHED_SET.replace("  replicas: 2\n", "").replace("      config: settings\n", "").replace(
    "partition: {mode: mig, profile: 3g.40gb}", "instanceType: Standard_NC24ads_A100_v4"
) + """\
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: phi-4
  namespace: inference
spec:
  scaleTargetRef:
    apiVersion: kaito.sh/v1beta1
    kind: InferenceSet
    name: phi-4
  maxReplicaCount: 3
  triggers: [{type: prometheus, metadata: {query: a}}]
"""  # fmt: skip


def test_a_finished_set_takes_what_scales_it_along(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    committed(folder, {"w.yaml": SCALED})
    write(folder, {"w.yaml": SCALED.replace("NC24ads", "NC48ads")})
    files = moved(folder, "w.yaml")
    new = files["step-1_inference_phi-4-b.yaml"]
    assert new.count("phi-4-b") == 4  # both objects, the selector and the target of the second
    assert "kind: ScaledObject\nmetadata:\n  name: phi-4-b\n  namespace: inference\n" in new
    assert "ScaledObject" not in files["step-1_inference_phi-4.yaml"]
    for words in (
        "as `phi-4-b.yaml`, with a ScaledObject of its own.",
        "Remove phi-4 and its ScaledObject from `w.yaml`",
    ):
        assert words in files["README.md"]
    write(folder, {"w.yaml": SCALED, "phi-4-b.yaml": new})
    assert kaitogen(folder, "validate --strict w.yaml phi-4-b.yaml").code == 0


NAMED = RIGHT.replace("model: phi-4}", "model: phi-4, config: {vllm: {served-model-name: best}}}", 1)
SETTINGS = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: inference}
data:
  inference_config.yaml: |
    vllm:
      served_model_name: best
"""


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("a.intent.yaml", RIGHT, NAMED, "by its name: phi-4 becomes best with step 2"),
        ("a.intent.yaml", NAMED, RIGHT, "by its name: best becomes phi-4 with step 2"),
        ("a.intent.yaml", NAMED, NAMED, ""),
        ("w.yaml", MANIFEST, MANIFEST + "  config: settings\n" + SETTINGS,
         "by its name: phi-4 becomes best with step 2"),
        ("w.yaml", MANIFEST + "  config: settings\n" + SETTINGS, MANIFEST + "  config: settings\n" + SETTINGS, ""),
    ],
)  # fmt: skip
def test_a_name_among_the_settings_is_what_clients_ask_for(
    name: str, old: str, new: str, words: str, tmp_path: Path
) -> None:
    folder = tmp_path / "repository"
    committed(folder, {name: old})
    write(folder, {name: new.replace("NC24ads", "NC48ads", 1)})
    readme = moved(folder, name)["README.md"]
    assert words in readme
    assert ("Clients ask for a model by its name" in readme) == bool(words)


@pytest.mark.parametrize(("kaito", "keeps"), [("0.12", True), ("0.11", False)])
def test_a_project_file_leaves_an_intent_its_text(kaito: str, keeps: bool, tmp_path: Path) -> None:
    """Where it says something else now, the one that runs is written down with what it was made for."""
    folder = tmp_path / "repository"
    project = 'apiVersion: kaitogen.io/v1alpha1\nkind: Project\nspec:\n  target: {kaito: "0.12"}\n'
    committed(folder, {"phi-4.intent.yaml": COMMENTED, ".kaitogen.yaml": project})
    write(folder, {"phi-4.intent.yaml": COMMENTED.replace("NC24ads", "NC48ads", 1)})
    write(folder, {".kaitogen.yaml": project.replace("0.12", kaito)})
    files = moved(folder)
    assert (files["step-1_phi-4.yaml"] == COMMENTED) == keeps
    assert ('kaito: "0.12"' in files["step-1_phi-4.yaml"]) != keeps


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--environment prod", "hold what `environments/prod.yaml` lays over the intent, too: take that out"),
        (
            "--set metadata.labels.stage=prod",
            "hold what `--set metadata.labels.stage` lays over the intent, too",
        ),
        ("", ""),
    ],
)
def test_what_lies_over_an_intent_is_told_of(options: str, words: str, tmp_path: Path) -> None:
    """Else what holds for one environment is committed into the intent of all."""
    folder = tmp_path / "repository"
    environment = "spec: {defaults: {metadata: {labels: {stage: prod}}}}\n"
    head = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: prod}\n"
    committed(folder, {"phi-4.intent.yaml": COMMENTED, "environments/prod.yaml": head + environment})
    write(folder, {"phi-4.intent.yaml": COMMENTED.replace("NC24ads", "NC48ads", 1)})
    readme = moved(folder, options)["README.md"]
    assert words in readme
    assert ("lays over the intent" in readme) == bool(words)
