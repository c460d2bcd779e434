"""What lies over intents: the same layers, in the same order, at every command and in Argo CD."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.command import Done, kaitogen
from tests.acceptance.repositories import committed, write

FLEET = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {name: fleet}
spec:
  defaults:
    spec:
      placement: {instanceType: Standard_NC24ads_A100_v4}
  workspaces:
    - metadata: {name: small}
      spec: {inference: {model: phi-4}}
    - metadata: {name: large}
      spec: {inference: {model: mistral-7b-instruct}}
"""
ALONE = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: alone}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4}
"""
HEAD = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: environment}\nspec:\n"
PROD = f"""\
{HEAD}  defaults: {{metadata: {{labels: {{stage: prod}}}}}}
  workspaces:
    - metadata: {{name: small}}
      spec: {{placement: {{instanceType: Standard_NC48ads_A100_v4}}}}
  drop: [large, alone]
  add:
    - metadata: {{name: large}}
      spec:
        placement: {{instanceType: Standard_NC24ads_A100_v4}}
        inference: {{model: phi-4-mini-instruct}}
"""
DEV = f"{HEAD}  drop: [small]\n"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    files = {"fleet.intent.yaml": FLEET, "alone.intent.yaml": ALONE}
    write(tmp_path, {**files, "environments/prod.yaml": PROD, "environments/dev.yaml": DEV})
    return tmp_path


def made(done: Done) -> list[dict[str, Any]]:
    assert done.code == 0, done.said
    return [one for one in yaml.safe_load_all(done.text) if one]


def in_argocd(folder: Path, *parameters: Mapping[str, Any]) -> Done:
    return kaitogen(
        "argocd", "generate", cwd=folder, env={"ARGOCD_APP_PARAMETERS": json.dumps(list(parameters))}
    )


def findings(done: Done) -> list[tuple[str, int, str]]:
    return [(one["file"], one["line"], one["code"]) for one in json.loads(done.output)["findings"]]


def test_an_environment_changes_drops_and_adds(models: Path) -> None:
    workspaces = made(kaitogen("render", "--environment", "prod", cwd=models))
    assert [
        (one["metadata"]["name"], one["resource"]["instanceType"], one["inference"]["preset"]["name"])
        for one in workspaces
    ] == [
        ("small", "Standard_NC48ads_A100_v4", "phi-4"),
        ("large", "Standard_NC24ads_A100_v4", "phi-4-mini-instruct"),
    ]
    assert {one["metadata"]["labels"]["stage"] for one in workspaces} == {"prod"}
    names = [one["metadata"]["name"] for one in made(kaitogen("render", "--environment", "dev", cwd=models))]
    assert names == ["alone", "large"]


@pytest.mark.parametrize("environment", ["prod", "dev"])
def test_argo_cd_makes_the_same_bytes(models: Path, environment: str) -> None:
    options = ("--environment", environment, "--kaito", "0.11", "--set", "metadata.labels.team=search")
    rendered = kaitogen("render", *options, cwd=models)
    generated = in_argocd(
        models,
        {"name": "environment", "string": environment},
        {"name": "kaito_version", "string": "0.11"},
        {"name": "set", "map": {"metadata.labels.team": "search"}},
    )
    assert made(rendered) == made(generated)
    assert generated.text == f"---\n{rendered.text.removeprefix(f'---{chr(10)}')}"


def test_what_comes_later_wins(models: Path) -> None:
    write(models, {"environments/old.yaml": f'{HEAD}  defaults: {{spec: {{target: {{kaito: "0.9"}}}}}}\n'})
    where = ("explain", "--where", "spec.target.kaito", "alone.intent.yaml")
    options = ("--environment", "old", "--kaito", "0.10", "--set", "alone:spec.target.kaito=0.11")
    lines = kaitogen(*where, *options, cwd=models).text.splitlines()
    assert [line.strip() for line in lines] == [
        'alone: spec.target.kaito = "0.11"',
        "--set alone:spec.target.kaito (parameter)",
        "--kaito (parameter)",
        'environments/old.yaml:5:37 (environment): "0.9"',
    ]


def test_every_environment_is_judged_and_named(models: Path) -> None:
    """What CI would not see without: the intents are fine, and production is not."""
    write(models, {"environments/prod.yaml": PROD.replace("NC48ads", "NC47ads")})
    assert kaitogen("validate", "-q", cwd=models).code == 0
    done = kaitogen("validate", "--environment", "all", "--format", "json", cwd=models)
    assert findings(done) == [("environments/prod.yaml", 8, "KG473")]
    assert json.loads(done.output)["findings"][0]["message"].endswith(" (environment prod)")
    assert json.loads(done.output)["workspaces"] == 4
    argocd = in_argocd(models, {"name": "environment", "string": "prod"})
    assert (done.code, argocd.code) == (1, 1)
    assert "environments/prod.yaml:8:40: error KG473" in argocd.said
    write(models, {"environments/prod.yaml": PROD})
    done = kaitogen("validate", "--environment", "all", cwd=models)
    assert done.said == "kaitogen: 2 environments, 4 Workspaces, no findings\n"


def test_what_all_environments_have_is_one_finding(models: Path) -> None:
    write(models, {"alone.intent.yaml": ALONE.replace("phi-4}", "phi-44}"), "environments/prod.yaml": DEV})
    done = kaitogen("validate", "--environment", "all", "--format", "json", cwd=models)
    (finding,) = json.loads(done.output)["findings"]
    assert (finding["code"], finding["line"]) == ("KG432", 6)
    assert "environment" not in finding["message"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEAD}  drop: [smal]\n", (5, "KG153")),
        (f"{HEAD}  workspaces: [{{metadata: {{name: smal}}}}]\n", (5, "KG153")),
        (f"{HEAD}  add: [{{metadata: {{name: small}}}}]\n", (5, "KG182")),
        (f"{HEAD}  add:\n    - metadata: {{name: new}}\n", (6, "KG121")),
        (f"{HEAD}  add:\n    - metadata: {{name: new}}\n      spec: {{modle: x}}\n", (7, "KG120")),
        (f"{HEAD}  drop: small\n", (5, "KG122")),
        (f"{HEAD}  remove: [small]\n", (5, "KG120")),
    ],
)
def test_what_is_wrong_in_an_environment_is_found_there(
    models: Path, text: str, expected: tuple[int, str]
) -> None:
    write(models, {"environments/prod.yaml": text})
    done = kaitogen("validate", "--environment", "prod", "--format", "json", cwd=models)
    assert findings(done) == [("environments/prod.yaml", *expected)]
    argocd = in_argocd(models, {"name": "environment", "string": "prod"})
    assert f"environments/prod.yaml:{expected[0]}:" in argocd.said
    assert f"error {expected[1]}: " in argocd.said


def test_a_comment_in_an_environment_suppresses_there(models: Path) -> None:
    reason = "  # kaitogen: ignore=KG473 our own build knows it"
    text = PROD.replace("NC48ads_A100_v4}}", f"NC47ads_A100_v4}}}}{reason}")
    write(models, {"environments/prod.yaml": text})
    done = kaitogen("validate", "--environment", "prod", "--format", "json", cwd=models)
    assert (done.code, findings(done)) == (0, [])
    assert [one["code"] for one in json.loads(done.output)["suppressed"]] == ["KG473"]


def test_one_environment_is_one_application(models: Path) -> None:
    """Without one, several folders may be named that go to clusters of their own."""
    write(models, {"again.intent.yaml": ALONE})
    assert kaitogen("validate", "-q", cwd=models).code == 0
    done = kaitogen("validate", "--environment", "dev", "--format", "json", cwd=models)
    assert [code for _, _, code in findings(done)] == ["KG220"]


@pytest.mark.parametrize("command", ["render", "plan", "diff"])
def test_only_validate_takes_several(models: Path, command: str) -> None:
    done = kaitogen(command, "--environment", "all", cwd=models)
    assert (done.code, done.output) == (2, b"")
    assert "these are 2: dev, prod" in done.said


def test_advice_on_an_environment_without_a_file_names_the_one_that_was_meant(models: Path) -> None:
    def said(name: str) -> str:
        parameters = json.dumps([{"name": "environment", "string": name}])
        done = kaitogen("argocd", "generate", cwd=models, env={"ARGOCD_APP_PARAMETERS": parameters})
        assert done.code == 1
        return done.said

    assert "did you mean prod?" in said("pord")
    assert "did you mean prod?" in said("prod.yaml")
    assert "add the file; there are: dev, prod" in said("elsewhere")
    write(models, {"environments/stage.yml": DEV})
    assert "rename stage.yml to stage.yaml" in said("stage")


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--environment", "pord"), 1, "there is no environments/pord.yaml"),
        (("--environment", ".."), 1, "is no name of an environment"),
        (("--set", "spec.placement"), 2, "--set takes PATH=VALUE"),
        (("--set", "placement.count=3"), 2, "with a PATH below spec or metadata"),
        (("--feature-gate", "enableMig=true"), 2, "KAITO has no feature gate enableMig"),
        (("--set", "other:spec.placement.count=3"), 1, "no intent here is named other"),
    ],
)
@pytest.mark.parametrize("command", ["render", "validate", "plan"])
def test_a_layer_that_is_none_stops_every_command(
    models: Path, command: str, options: tuple[str, ...], code: int, words: str
) -> None:
    done = kaitogen(command, *options, cwd=models)
    assert done.code == code
    assert words in done.said


def test_environments_are_those_of_one_folder(models: Path) -> None:
    write(models, {"other/b.intent.yaml": ALONE})
    done = kaitogen("validate", "--environment", "dev", "alone.intent.yaml", "other", cwd=models)
    assert done.code == 2
    assert "one folder of intents" in done.said
    done = kaitogen("validate", "--environment", "all", "other", cwd=models)
    assert (done.code, "other/environments has no file" in done.said) == (2, True)


def test_a_link_to_elsewhere_is_no_environment(
    models: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, {"prod.yaml": PROD})
    (models / "environments/prod.yaml").unlink()
    (models / "environments/prod.yaml").symlink_to(outside / "prod.yaml")
    assert "error KG155" in kaitogen("validate", "--environment", "prod", cwd=models).said
    assert "error KG155" in in_argocd(models, {"name": "environment", "string": "prod"}).said


def test_finished_manifests_take_the_installation_alone(models: Path) -> None:
    write(models, {"out/made.yaml": kaitogen("render", cwd=models).text})
    assert kaitogen("validate", "--kaito", "0.4", "out/made.yaml", cwd=models).code == 0
    for option in ("--environment=environments/prod.yaml", "--set=spec.placement.count=2"):
        assert "error KG181: " in kaitogen("validate", option, "out/made.yaml", cwd=models).said


def test_intents_with_an_environment_are_compared_with_what_is_rendered(models: Path) -> None:
    write(models, {"out/made.yaml": kaitogen("render", "--environment", "prod", cwd=models).text})
    done = kaitogen("diff", "--environment", "prod", "--against", "out", cwd=models)
    assert (done.code, done.said) == (0, "")
    done = kaitogen("diff", "--environment", "dev", "--against", "out", cwd=models)
    assert done.code == 1


def test_a_revision_is_compared_under_its_own_environment(tmp_path: Path) -> None:
    before = committed(tmp_path, {"fleet.intent.yaml": FLEET, "environments/prod.yaml": DEV})
    committed(tmp_path, {"environments/prod.yaml": HEAD + "  drop: [large]\n"})
    options = ("--environment", "prod", "--against", before, "--format", "json")
    told = json.loads(kaitogen("diff", *options, cwd=tmp_path).output)
    assert {one["name"] for one in told["objects"]} == {"small", "large"}
    plan = json.loads(kaitogen("plan", *options, cwd=tmp_path).output)
    assert [one["name"] for one in plan["workspaces"]] == ["small"]


def test_plan_and_diff_are_for_the_installation_that_is_named(models: Path) -> None:
    options = ("--kaito", "0.6", "alone.intent.yaml")
    assert "What KAITO 0.6 will do" in kaitogen("plan", *options, cwd=models).text
    write(models, {"before/made.yaml": kaitogen("render", *options, cwd=models).text})
    done = kaitogen("diff", *options, "--against", "before", cwd=models)
    assert (done.code, done.said) == (0, "")


def test_an_environment_named_as_an_intent_is_told_what_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    folder.mkdir()
    text = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: prod}\nspec:\n  defaults: {}\n  drop: [a]\n"
    (folder / "prod.yaml").write_text(text, encoding="utf-8")
    done = kaitogen("validate", "environments/prod.yaml", cwd=tmp_path)
    assert done.code == 1
    assert "1 error" in done.said
    assert "an environment is laid over intents: kaitogen validate --environment prod FOLDER" in done.said


def test_a_length_that_an_option_sets_is_found_at_the_option(tmp_path: Path) -> None:
    text = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata: {name: a}\nspec:\n"
    text += (
        "  placement: {instanceType: Standard_NC24ads_A100_v4}\n"
        "  inference: {model: phi-4, config: {vllm: {swap-space: 4}}}\n"
    )
    (tmp_path / "a.intent.yaml").write_text(text, encoding="utf-8")
    for value, code in (("many", "KG444"), ("99999", "KG445")):
        option = f"spec.inference.config.vllm.max-model-len={value}"
        done = kaitogen("validate", "a.intent.yaml", "--set", option, cwd=tmp_path)
        assert done.said.startswith(f"--set spec.inference.config.vllm.max-model-len: error {code}"), (
            done.said
        )
