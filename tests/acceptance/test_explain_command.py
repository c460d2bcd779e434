"""`kaitogen explain` as a user meets it: codes, the list of all, and where a value comes from."""

from pathlib import Path

import pytest

from tests.acceptance.command import Done, kaitogen
from tests.fuzz.commands import run as run_here
from tests.work import calls

FLEET = """\
# All models of the team.
---
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata:
  name: fleet
  labels: {team: search}
spec:
  defaults:
    spec:
      placement: {instanceType: Standard_NC24ads_A100_v4, count: 2}
  workspaces:
    - metadata: {name: phi-4}
      spec: {inference: {model: phi-4}}
    - metadata: {name: mini, labels: {tier: small}}
      spec:
        placement:
          count: 3
        inference: {model: phi-4-mini-instruct}
---
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: alone}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4}
"""
PRODUCTION = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {name: production}
spec:
  defaults:
    spec: {placement: {count: 4}}
"""


def where(path: str, folder: Path, *more: str, text: str = FLEET) -> Done:
    (folder / "fleet.intent.yaml").write_text(text, encoding="utf-8")
    return kaitogen("explain", "--where", path, *more, "fleet.intent.yaml", cwd=folder)


def test_a_code_is_explained_on_standard_output() -> None:
    done = kaitogen("explain", "KG405")
    assert (done.code, done.said) == (0, "")
    assert done.text.startswith("KG405 (refused): The instance type does not go with the node provisioner\n")
    for part in (
        "What to do: ",
        "0.8 to 0.12",
        "Rule R5",
        "This gets it:",
        "This does not:",
        "kind: Workspace",
    ):
        assert part in done.text


def test_several_codes_in_any_letter_case() -> None:
    done = kaitogen("explain", "kg214", "KG461")
    assert done.code == 0
    assert [line[:5] for line in done.text.splitlines() if line.startswith("KG")] == ["KG214", "KG461"]


def test_markdown_for_a_comment_in_a_review() -> None:
    done = kaitogen("explain", "--format", "markdown", "KG214")
    assert done.code == 0
    assert done.text.startswith("## KG214: ")
    assert done.text.count("```") == 8


def test_without_a_code_all_are_listed() -> None:
    done = kaitogen("explain")
    lines = done.text.splitlines()
    assert done.code == 0
    assert lines == sorted(lines)
    assert len(lines) > 100
    assert any(line.startswith("KG461  warning ") for line in lines)


def test_an_unknown_code_names_the_nearest() -> None:
    done = kaitogen("explain", "KG4O5")
    assert (done.code, done.output) == (2, b"")
    assert "did you mean KG405?" in done.said


def test_the_winning_place_comes_first_and_what_it_covers_after(tmp_path: Path) -> None:
    done = where("spec.placement.count", tmp_path)
    assert (done.code, done.said) == (0, "")
    assert done.text == (
        "phi-4: spec.placement.count = 2\n"
        "    fleet.intent.yaml:11:66 (defaults of the set): 2\n"
        "mini: spec.placement.count = 3\n"
        "    fleet.intent.yaml:18:18 (entry of the set): 3\n"
        "    fleet.intent.yaml:11:66 (defaults of the set): 2\n"
        "alone: spec.placement.count is not set; default: nothing; the Workspace does without it\n"
    )


def test_a_mapping_comes_from_several_places(tmp_path: Path) -> None:
    done = where("metadata.labels", tmp_path)
    assert "mini: metadata.labels = {team: search, tier: small}\n" in done.text
    assert "    fleet.intent.yaml:15:30 (entry of the set): {tier: small}\n" in done.text
    assert "    fleet.intent.yaml:7:3 (the set's own metadata): {team: search}\n" in done.text


def test_what_is_laid_over_wins_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "production.yaml").write_text(PRODUCTION, encoding="utf-8")
    done = where(
        "spec.placement.count",
        tmp_path,
        "--environment",
        "production.yaml",
        "--set",
        "mini:spec.placement.count=7",
    )
    assert done.code == 0, done.said
    mini = done.text.split("mini:", 1)[1].split("alone:")[0]
    assert mini == (
        " spec.placement.count = 7\n"
        "    --set mini:spec.placement.count (parameter)\n"
        "    production.yaml:6:31 (environment): 4\n"
        "    fleet.intent.yaml:18:18 (entry of the set): 3\n"
        "    fleet.intent.yaml:11:66 (defaults of the set): 2\n"
    )


def test_null_that_takes_a_default_away_is_shown(tmp_path: Path) -> None:
    done = where("spec.placement.count", tmp_path, text=FLEET.replace("count: 3", "count: null"))
    assert "mini: spec.placement.count is not set; default: nothing" in done.text
    assert "    fleet.intent.yaml:18:18 (entry of the set): null\n" in done.text


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("spec.target.kaito", "0.12"),
        ("spec.target.nodeProvisioner", "azure-gpu-provisioner"),
        ("spec.placement.strategy", "auto, as the other fields of the placement say"),
        ("spec.placement.labelSelector", "{matchLabels: {apps: alone}}, by strategy auto"),
        ("metadata.namespace", "the namespace of whoever applies it"),
        ("spec.inference.runtime", "vllm, KAITO's own default"),
    ],
)
def test_defaults_are_told_where_nothing_is_set(path: str, default: str, tmp_path: Path) -> None:
    done = where(path, tmp_path)
    assert done.text.endswith(f"alone: {path} is not set; default: {default}\n")


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("placement.count", "placement belongs under spec"),
        ("count", "count belongs under spec.placement"),
        ("spec.placement.cuont", "did you mean count?"),
        ("spec.placement.count.most", "ask for spec.placement.count"),
        ("a b", "write one such as spec.placement.count"),
    ],
)
def test_a_wrong_path_leads_to_the_right_one(path: str, advice: str, tmp_path: Path) -> None:
    done = where(path, tmp_path)
    assert (done.code, done.output) == (2, b"")
    assert advice in done.said


def test_a_contradiction_is_told_beside_where_it_comes_from(tmp_path: Path) -> None:
    """This is what the question is for: a count of the defaults that does not go with an entry's nodes."""
    done = where("spec.placement.count", tmp_path, text=FLEET.replace("count: 3", "nodes: [gpu-node-1]"))
    assert (
        "mini: spec.placement.count = 2\n    fleet.intent.yaml:11:66 (defaults of the set): 2\n" in done.text
    )


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    done = kaitogen("explain", "--where", "spec.placement.count", tmp_path / "none.yaml")
    assert (done.code, done.output) == (3, b"")
    assert "error KG601: " in done.said


def test_options_of_where_need_it() -> None:
    done = kaitogen("explain", "--set", "spec.placement.count=3", "KG405")
    assert (done.code, done.output) == (2, b"")
    assert "--where" in done.said


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("spec.placement.labelSelector.matchLabels", "{apps: phi}, by strategy auto"),
        ("spec.placement.labelSelector.matchLabels.apps", "phi, by strategy auto"),
        ("spec.placement.labelSelector.matchLabels.other", "nothing; the Workspace does without it"),
        ("spec.target.featureGates.vLLM", "true, the default of KAITO 0.10"),
        ("spec.target.featureGates.enableInferenceSetController", "false, the default of KAITO 0.10"),
        ('metadata.annotations["kaito.sh/runtime"]', "transformers, from spec.inference.runtime"),
        ('metadata.annotations["kaito.sh/enablelb"]', "nothing; the Workspace does without it"),
    ],
)
def test_the_default_of_what_is_written_for_the_intent(path: str, default: str) -> None:
    text = (
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata: {name: phi}\nspec:\n"
        '  target: {kaito: "0.10"}\n  placement: {instanceType: Standard_NC24ads_A100_v4}\n'
        "  inference: {model: phi-4, runtime: transformers}\n"
    )
    done = kaitogen("explain", "--where", path, "-", stdin=text.encode())
    assert done.text == f"phi: {path} is not set; default: {default}\n"


def test_a_set_is_read_once_for_all_its_entries(tmp_path: Path) -> None:
    head = FLEET.partition("---\n")[2].partition("---\n")[0].partition("    - metadata")[0]

    def needed(number: int) -> int:
        names = "".join(
            f"    - metadata: {{name: n{one}}}\n      spec: {{inference: {{model: phi-4}}}}\n"
            for one in range(number)
        )
        path = tmp_path / f"{number}.intent.yaml"
        path.write_text(head + names, encoding="utf-8")
        return calls(lambda: run_here(["explain", "--where", "spec.placement.count", str(path)]))

    needed(10)  # what is loaded once
    assert needed(400) < 6 * needed(100)
