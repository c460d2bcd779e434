"""Objects of KAITO that are no Workspaces: each is looked at, and what belongs to others is passed over."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command import Done, kaitogen

SET = """\
apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata: {name: phi-4}
spec:
  replicas: 3
  labelSelector: {matchLabels: {apps: phi-4}}
  template:
    resource: {instanceType: Standard_NC24ads_A100_v4}
    inference: {preset: {name: phi-4}}
"""
WORKSPACE = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata: {name: phi-4}
resource: {instanceType: Standard_NC24ads_A100_v4, labelSelector: {matchLabels: {apps: phi-4}}}
inference: {preset: {name: phi-4}}
"""


def validate(folder: Path, text: str, *options: str) -> Done:
    path = folder / "objects.yaml"
    path.write_text(text, encoding="utf-8")
    return kaitogen("validate", *options, path.name, cwd=folder)


def test_what_was_looked_at_is_counted_by_kind(tmp_path: Path) -> None:
    done = validate(tmp_path, f"{WORKSPACE}---\n{SET}---\n{SET.replace('name: phi-4}', 'name: other}', 1)}")
    assert (done.code, done.said) == (0, "kaitogen: 1 Workspace, 2 InferenceSets, no findings\n")


def test_what_intents_make_is_counted_by_kind_as_well(tmp_path: Path) -> None:
    text = (
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata: {name: %s}\nspec:\n"
        "  placement: {instanceType: Standard_NC24ads_A100_v4}\n  inference: {model: phi-4}\n%s"
    )
    intents = "---\n".join((text % ("a", "  replicas: 2\n"), text % ("b", "  replicas: 1\n")))
    seen = {intents: "2 InferenceSets", f"{intents}---\n{text % ('c', '')}": "1 Workspace, 2 InferenceSets"}
    for written, kinds in seen.items():
        assert validate(tmp_path, written).said == f"kaitogen: {kinds}, no findings\n"
        junit = validate(tmp_path, written, "--format", "junit").output.decode()
        assert f'name="{kinds} checked"' in junit


def test_replicas_are_held_to_the_rules_of_workspaces(tmp_path: Path) -> None:
    done = validate(tmp_path, SET.replace("preset: {name: phi-4}", "preset: {name: falcon-7b}"))
    assert done.code == 1
    assert (
        "objects.yaml:9:32: error KG432: KAITO 0.12 has no preset falcon-7b; it went with 0.11" in done.said
    )
    assert "at spec.template.inference.preset.name" in done.said


def test_a_set_whose_webhook_does_not_ask_is_admitted_and_never_ready(tmp_path: Path) -> None:
    done = validate(
        tmp_path, SET.replace("preset: {name: phi-4}", "preset: {name: phi-5}"), "--kaito", "0.11"
    )
    assert done.code == 1
    assert "error KG903: KAITO admits this, and then refuses what it makes of it" in done.said


def test_a_kind_that_kaito_does_not_have(tmp_path: Path) -> None:
    done = validate(tmp_path, SET.replace("kind: InferenceSet", "kind: InferenceSets"))
    assert done.code == 1
    assert (
        "error KG401: KAITO 0.12 has no kind InferenceSets\n    at kind\n    fix: write InferenceSet"
        in done.said
    )


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (
            "apiVersion: kaito.sh/v1beta1\nkind: InferenceSetList",
            "error KG401: KAITO 0.12 has no kind InferenceSetList",
        ),
        (
            "apiVersion: kaito.sh/v2\nkind: Workspace",
            "error KG401: KAITO 0.12 serves no Workspace of apiVersion kaito.sh/v2",
        ),
        ("apiVersion: kaito.sh/v1beta1\nkind: 3", "error KG121: an object of kaito.sh/v1beta1 says no kind"),
        ("apiVersion: kaito.sh/v1beta1", "error KG121: an object of kaito.sh/v1beta1 says no kind"),
        ("apiVersion: kaito.sh\nkind: Workspace", "error KG124: kaito.sh is a group without a version"),
    ],
)
def test_an_object_of_the_group_that_nobody_serves_is_never_silent(
    head: str, words: str, tmp_path: Path
) -> None:
    text = f"{head}\nmetadata: {{name: phi-4}}\n"
    item = text.rstrip().replace("\n", "\n  ")
    for written in (text, f"apiVersion: v1\nkind: List\nitems:\n- {item}\n"):
        done = validate(tmp_path, written)
        assert done.code == 1
        assert words in done.said


def test_a_kind_that_came_later(tmp_path: Path) -> None:
    done = validate(tmp_path, SET, "--kaito", "0.7")
    assert "KAITO 0.7 has no kind InferenceSet; it came with 0.8" in done.said


def test_what_is_expected_of_each_kind(tmp_path: Path) -> None:
    text = f"{WORKSPACE}---\n{SET}---\n{SET.replace('name: phi-4}', 'name: other}', 1)}"
    for right in ("1", "Workspace=1", "InferenceSet=2", "Workspace=1,InferenceSet=2", "ModelMirror=0"):
        assert validate(tmp_path, text, "--expect", right).code == 0
    wrong = validate(tmp_path, text, "--expect", "Workspace=3,InferenceSet=1,RAGEngine=1")
    assert wrong.code == 1
    assert (
        "--expect: 3 Workspaces expected, 1 seen; 1 InferenceSet expected, 2 seen; 1 RAGEngine expected, 0 seen;"
        in wrong.said
    )
    report = json.loads(validate(tmp_path, text, "--format", "json").output)
    assert (report["workspaces"], report["kinds"]) == (1, {"InferenceSet": 2, "Workspace": 1})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Workspce=1", "a kind that KAITO does not have: Workspce; write Workspace"),
        ("Workspace=1,2", "--expect names Workspace twice"),
        ("InferenceSet=two", "--expect takes a number of InferenceSets, not two"),
        ("InferenceSet=", "--expect takes a number of InferenceSets"),
    ],
)
def test_expectations_that_are_none(words: str, said: str, tmp_path: Path) -> None:
    done = validate(tmp_path, SET, "--expect", words)
    assert (done.code, said in done.said) == (2, True)


def test_a_build_of_kustomize_is_held_to_the_same(tmp_path: Path) -> None:
    wrong = SET.replace("preset: {name: phi-4}", "preset: {name: falcon-7b}")
    for text, words in ((wrong, "KG432"), (SET, "2 InferenceSets expected, 1 seen")):
        items = "".join("- " + one.replace("\n", "\n  ").rstrip() + "\n" for one in (WORKSPACE, text))
        resources = (
            "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n"
            "  apiVersion: kaitogen.io/v1alpha1\n  kind: WorkspaceValidator\n  metadata: {name: check}\n"
            f"  spec: {{expect: {{Workspace: 1, InferenceSet: 2}}}}\nitems:\n{items}"
        )
        function = kaitogen("krm", stdin=resources.encode(), cwd=tmp_path)
        build = f"{WORKSPACE}---\n{text}".encode()
        check = kaitogen("kustomize", "check", "--expect", "InferenceSet=2", stdin=build)
        for done in (function, check):
            assert done.code == 1
            assert words in done.said


def test_a_list_of_mixed_kinds(tmp_path: Path) -> None:
    items = "".join(
        "- " + text.replace("\n", "\n  ").rstrip() + "\n"
        for text in (WORKSPACE, SET, "apiVersion: v1\nkind: Secret")
    )
    done = validate(tmp_path, f"apiVersion: v1\nkind: List\nitems:\n{items}")
    assert done.said == "kaitogen: 1 Workspace, 1 InferenceSet, no findings\n"


def test_definitions_of_kinds_are_none_of_them(tmp_path: Path) -> None:
    crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: workspaces.kaito.sh}\n"
    assert validate(tmp_path, crd).said == "kaitogen: 0 Workspaces, no findings\n"


def test_how_others_write_their_config_maps_is_their_business(tmp_path: Path) -> None:
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata:\n  y: one\n"
    foreign = validate(tmp_path, f"{WORKSPACE}---\n{config_map.replace('NAME', 'theirs')}")
    assert foreign.said == "kaitogen: 1 Workspace, no findings\n"
    workspace = WORKSPACE.replace("{preset: {name: phi-4}}", "{preset: {name: phi-4}, config: ours}")
    named = validate(tmp_path, f"{workspace}---\n{config_map.replace('NAME', 'ours')}")
    assert "error KG106: key y is not text to every YAML reader" in named.said


def test_names_that_are_none_are_findings(tmp_path: Path) -> None:
    config_map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [a]}\ndata:\n  y: one\n"
    done = validate(tmp_path, f"{config_map}---\n{SET.replace('name: phi-4}', 'name: {}}', 1)}")
    assert done.code == 1
    assert "error KG401: name must be text, not a mapping" in done.said
