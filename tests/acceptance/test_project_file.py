"""The project file: found where it counts, laid under what intents say, and named by what rests on it."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from kaitogen.pipeline.templating import subprocess_renderer
from tests.acceptance.command import Done, kaitogen
from tests.acceptance.repositories import committed, git, write
from tests.fuzz.commands import run

INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: alone}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: example/model}
"""
REPLICATED = INTENT.replace("example/model", "phi-4").replace("spec:\n", "spec:\n  replicas: 2\n")
FLEET = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {name: fleet}
spec:
  defaults: {spec: {placement: {instanceType: Standard_NC24ads_A100_v4}, inference: {model: phi-4}}}
  workspaces:
    - metadata: {name: one}
    - metadata: {name: two}
      spec: {target: {kaito: "0.11", featureGates: {enableMIG: null}}}
"""


def project(spec: str) -> str:
    return f"apiVersion: kaitogen.io/v1alpha1\nkind: Project\nspec:\n  {spec}\n"


OLD = project('target: {kaito: "0.6"}')


@pytest.fixture
def app(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    folder = tmp_path / "apps" / "models"
    write(folder, {"alone.intent.yaml": INTENT})
    return folder


def found(done: Done) -> list[tuple[str, int, str]]:
    return [(one["file"], one["line"], one["code"]) for one in json.loads(done.output)["findings"]]


def validated(folder: Path, *arguments: str) -> list[tuple[str, int, str]]:
    return found(kaitogen("validate", "--format", "json", *arguments, cwd=folder))


def in_argocd(folder: Path, *arguments: str, parameters: Any = ()) -> Done:
    variables = {
        "ARGOCD_APP_SOURCE_PATH": "apps/models",
        "ARGOCD_APP_PARAMETERS": json.dumps(list(parameters)),
    }
    return kaitogen("argocd", "generate", *arguments, cwd=folder, env=variables)


def test_its_target_lies_under_what_intents_say(app: Path) -> None:
    write(
        app,
        {
            ".kaitogen.yaml": project('target: {kaito: "0.10", featureGates: {enableMIG: true}}'),
            "fleet.intent.yaml": FLEET,
        },
    )
    done = kaitogen("explain", "--where", "spec.target.kaito", cwd=app)
    assert done.text == (
        'alone: spec.target.kaito = "0.10"\n    .kaitogen.yaml:4:19 (project): "0.10"\n'
        'one: spec.target.kaito = "0.10"\n    .kaitogen.yaml:4:19 (project): "0.10"\n'
        'two: spec.target.kaito = "0.11"\n    fleet.intent.yaml:9:30 (entry of the set): "0.11"\n'
    )
    gates = kaitogen("explain", "--where", "spec.target.featureGates.enableMIG", cwd=app).text
    assert "one: spec.target.featureGates.enableMIG = true\n" in gates
    assert "two: spec.target.featureGates.enableMIG is not set" in gates


def test_what_an_environment_adds_lies_over_it_as_well(app: Path) -> None:
    added = "{metadata: {name: new}, spec: {placement: {instanceType: Standard_NC24ads_A100_v4}, inference: {model: phi-4}}}"
    head = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: prod}\n"
    write(app, {".kaitogen.yaml": project('target: {kaito: "0.10"}')})
    write(app, {"environments/prod.yaml": f"{head}spec:\n  drop: [alone]\n  add:\n    - {added}\n"})
    done = kaitogen("explain", "--where", "spec.target.kaito", "--environment", "prod", cwd=app)
    assert done.text == 'new: spec.target.kaito = "0.10"\n    .kaitogen.yaml:4:19 (project): "0.10"\n'
    write(app, {"alone.intent.yaml": INTENT.replace("{name: alone}", "[alone]")})
    assert "error KG122: " in kaitogen("render", "--environment", "prod", cwd=app).said


def test_it_counts_from_the_folder_up_to_the_root_of_the_repository(app: Path, tmp_path: Path) -> None:
    assert validated(app) == []
    write(tmp_path, {".kaitogen.yaml": OLD})
    assert validated(app) == validated(app, "alone.intent.yaml") == [("alone.intent.yaml", 6, "KG432")]
    write(app, {".kaitogen.yaml": project('target: {kaito: "0.12"}')})
    assert validated(app) == []
    (app / ".kaitogen.yaml").unlink()
    git(app, "init", "-q")
    assert validated(app) == []


@pytest.mark.parametrize("target", ["secret.yaml", ".git/config"])
def test_a_project_file_that_is_a_link_leads_no_further_than_what_it_names(
    target: str, app: Path, tmp_path: Path
) -> None:
    write(tmp_path.parent, {"secret.yaml": "s3cr3t: 1\n"})
    git(tmp_path, "config", "s3cr3t.key", "s3cr3t")
    (app / ".kaitogen.yaml").symlink_to(f"../../{'' if target[0] == '.' else '../'}{target}")
    for done in (kaitogen("validate", cwd=app), in_argocd(app)):
        assert (done.code, done.output) == (1, b""), done.said
        assert "KG112" in done.said
        assert "s3cr3t" not in done.said
    (app / ".kaitogen.yaml").unlink()
    for named in ("inventory: [../../.git/config]", "prices: ../../.git/config"):
        write(app, {".kaitogen.yaml": project(named)})
        assert "KG155" in kaitogen("plan", cwd=app).said


def test_outside_of_a_repository_only_the_folder_itself_counts(tmp_path: Path) -> None:
    write(tmp_path, {".kaitogen.yaml": OLD, "below/alone.intent.yaml": INTENT, "alone.intent.yaml": INTENT})
    assert validated(tmp_path, "alone.intent.yaml") == [("alone.intent.yaml", 6, "KG432")]
    assert validated(tmp_path / "below") == []


def test_what_rests_on_its_target_says_so(app: Path) -> None:
    write(app, {".kaitogen.yaml": OLD})
    said = kaitogen("validate", cwd=app).said
    assert "alone.intent.yaml:6:22: error KG432: " in said
    assert "that came with 0.9 (target: .kaitogen.yaml)\n" in said
    made = INTENT.replace("example/model", "phi-44")
    write(app, {"alone.intent.yaml": made})
    assert "(target:" not in kaitogen("validate", "--kaito", "0.12", cwd=app).said
    write(app, {".kaitogen.yaml": project("target: {nodeProvisioner: karpenter, kaito: '0.10'}")})
    assert ".kaitogen.yaml:4:29: error KG219: " in kaitogen("validate", cwd=app).said


def test_finished_manifests_are_judged_for_its_target(app: Path) -> None:
    write(app, {"made.yaml": kaitogen("render", cwd=app).text, ".kaitogen.yaml": OLD})
    assert validated(app, "made.yaml") == [("made.yaml", 12, "KG432")]
    assert "(target: .kaitogen.yaml)" in kaitogen("validate", "made.yaml", cwd=app).said
    assert validated(app, "--kaito", "0.12", "made.yaml") == []


def test_every_command_renders_for_its_target(app: Path) -> None:
    write(app, {".kaitogen.yaml": OLD})
    for command in ("render", "plan"):
        done = kaitogen(command, cwd=app)
        assert (done.code, "error KG432" in done.said) == (1, True), command
    write(app, {"alone.intent.yaml": REPLICATED, ".kaitogen.yaml": project('target: {kaito: "0.10"}')})
    write(app, {"made/made.yaml": kaitogen("render", cwd=app).text})
    assert "apiVersion: kaito.sh/v1alpha1\n" in (app / "made/made.yaml").read_text(encoding="utf-8")
    assert kaitogen("diff", "--against", "made", cwd=app).code == 0


def test_a_plan_takes_its_tables_and_strictness(app: Path) -> None:
    prices = "apiVersion: kaitogen.io/v1alpha1\nkind: PriceList\ncurrency: EUR\nprices: {Standard_NC24ads_A100_v4: {hour: 3}}\n"
    budget = "apiVersion: kaitogen.io/v1alpha1\nkind: Budget\nnodes: 0\n"
    write(
        app,
        {
            "alone.intent.yaml": INTENT.replace("example/model", "phi-4"),
            "prices.yaml": prices,
            "budget.yaml": budget,
        },
    )
    write(app, {".kaitogen.yaml": project("prices: prices.yaml\n  budget: budget.yaml")})
    done = kaitogen("plan", cwd=app)
    assert "EUR" in done.text
    assert "budget.yaml:3:" in done.said
    assert done.code == kaitogen("plan", "--budget", "budget.yaml", cwd=app).code


def test_strict_lets_warnings_stop_the_run(app: Path) -> None:
    counted = INTENT.replace("{instanceType", "{count: 2, instanceType").replace("example/model", "phi-4")
    write(app, {"alone.intent.yaml": counted})
    assert kaitogen("render", cwd=app).code == in_argocd(app).code == 0
    write(app, {".kaitogen.yaml": project("strict: true")})
    for done in (kaitogen("render", cwd=app), kaitogen("validate", cwd=app), in_argocd(app)):
        assert done.code == 1
    off = [{"name": "strict", "string": "false"}]
    assert in_argocd(app, parameters=off).code == 0


def test_inventory_and_templates_are_taken_unless_options_name_others(app: Path) -> None:
    selecting = INTENT.replace("{instanceType: Standard_NC24ads_A100_v4}", "{nodes: [gpu-node-1]}")
    nodes = "apiVersion: kaitogen.io/v1alpha1\nkind: NodeInventory\nspec: {nodes: []}\n"
    template = "kind: Broken\n"
    write(app, {"alone.intent.yaml": selecting, "facts/nodes.yaml": nodes, "own/workspace.yaml.j2": template})
    write(app, {".kaitogen.yaml": project("inventory: [facts/nodes.yaml]")})
    assert [code for _, _, code in validated(app)] == [
        code for _, _, code in validated(app, "--inventory", "facts/nodes.yaml")
    ]
    assert "(inventory: .kaitogen.yaml)" in kaitogen("validate", cwd=app).said
    write(app, {"alone.intent.yaml": INTENT, ".kaitogen.yaml": project("templates: own")})
    assert validated(app) == validated(app, "--templates", "own") != []


def test_what_is_told_of_an_empty_project_file_can_be_done(app: Path) -> None:
    write(app, {".kaitogen.yaml": ""})
    assert "kaitogen init --project --force" in kaitogen("render", cwd=app).said
    assert kaitogen("init", "--project", "--force", cwd=app).code == 0
    assert kaitogen("render", cwd=app).code == 0


def test_environments_of_all_folders_may_be_kept_in_one(app: Path, tmp_path: Path) -> None:
    prod = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: prod}\nspec: {defaults: {metadata: {namespace: prod}}}\n"
    write(tmp_path, {".kaitogen.yaml": project("environments: stages"), "stages/prod.yaml": prod})
    done = kaitogen("render", "--environment", "prod", cwd=app)
    assert yaml.safe_load(done.text)["metadata"]["namespace"] == "prod"
    chosen = [{"name": "environment", "string": "prod"}]
    argocd = in_argocd(app, "--within", "repository", parameters=chosen)
    assert list(yaml.safe_load_all(argocd.text)) == list(yaml.safe_load_all(done.text))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "KG183", 0),
        (OLD + "---\n" + OLD, "KG183", 0),
        ("a: [\n", "KG102", 2),
        ("- a\n", "KG122", 1),
        (project("targt: {}"), "KG120", 4),
        (project("target: {kaito: 0.6}"), "KG122", 4),
        (project("prices: /etc/prices.yaml"), "KG124", 4),
        (project("prices: ../../../prices.yaml"), "KG155", 4),
        (project("prices: none.yaml"), "KG157", 4),
        (project("inventory: [none.yaml]"), "KG157", 4),
        (project('inventory: ["a\\0b"]'), "KG155", 4),
        (project('templates: "a\\0b"'), "KG155", 4),
    ],
)
def test_a_wrong_project_file_stops_every_run_at_its_line(app: Path, text: str, code: str, line: int) -> None:
    write(app, {".kaitogen.yaml": text})
    assert (".kaitogen.yaml", line, code) in validated(app)
    assert kaitogen("render", cwd=app).code == 1
    argocd = in_argocd(app)
    assert (argocd.code, argocd.output, code in argocd.said) == (1, b"", True)


def test_argo_cd_reads_no_further_than_it_may(app: Path, tmp_path: Path) -> None:
    """What a command would judge by and Argo CD would pass over is said, and nothing is deployed."""
    write(tmp_path, {".kaitogen.yaml": OLD})
    assert "../../.kaitogen.yaml: error KG185: " in in_argocd(app).said
    assert "error KG432: " in in_argocd(app, "--within", "repository").said
    write(app, {".kaitogen.yaml": project("templates: own"), "own/x.yaml.j2": "x\n"})
    assert ".kaitogen.yaml: error KG185: " in in_argocd(app).said


def test_one_run_has_one_project_file(app: Path, tmp_path: Path) -> None:
    write(app, {".kaitogen.yaml": OLD})
    assert validated(tmp_path, ".")[0] == ("apps/models/.kaitogen.yaml", 0, "KG184")
    write(tmp_path, {"other/b.intent.yaml": INTENT})
    done = kaitogen("validate", "apps/models", "other", cwd=tmp_path)
    assert (done.code, "different project files: apps/models/.kaitogen.yaml, none" in done.said) == (2, True)


def test_a_revision_has_the_project_file_of_its_day(tmp_path: Path) -> None:
    committed(
        tmp_path, {"alone.intent.yaml": REPLICATED, ".kaitogen.yaml": project('target: {kaito: "0.10"}')}
    )
    write(tmp_path, {".kaitogen.yaml": project('target: {kaito: "0.12"}')})
    told = json.loads(kaitogen("diff", "--against", "HEAD", "--format", "json", cwd=tmp_path).output)
    assert [one["name"] for one in told["objects"]] == ["alone"]
    committed(tmp_path, {".kaitogen.yaml": project("targt: {}")})
    write(tmp_path, {".kaitogen.yaml": project('target: {kaito: "0.12"}')})
    assert kaitogen("diff", "--against", "HEAD", cwd=tmp_path).code == 0


def test_a_version_that_nobody_pins_is_a_note(app: Path) -> None:
    write(app, {"fleet.intent.yaml": FLEET.replace("0.11", "0.12")})
    done = kaitogen("validate", "--notes", "--strict", "--format", "json", cwd=app)
    (note,) = [one for one in json.loads(done.output)["findings"] if one["code"] == "KG186"]
    assert (done.code, note["severity"], note["file"]) == (0, "note", "alone.intent.yaml")
    assert "(2 intents): 0.12" in note["message"]
    assert "KG186" not in kaitogen("validate", cwd=app).said
    write(app, {".kaitogen.yaml": project('target: {kaito: "0.12"}')})
    assert "KG186" not in kaitogen("validate", "--notes", cwd=app).said


def test_init_writes_one_that_holds_as_it_is(app: Path) -> None:
    done = kaitogen("init", "--project", cwd=app)
    assert (done.code, done.output) == (0, b"")
    assert yaml.safe_load((app / ".kaitogen.yaml").read_bytes())["spec"] == {"target": {"kaito": "0.12"}}
    assert validated(app) == []
    assert kaitogen("init", "--project", cwd=app).code == 2
    assert kaitogen("init", "--project", "--name", "x", "-", cwd=app).code == 2
    every = (
        (app / ".kaitogen.yaml")
        .read_text(encoding="utf-8")
        .replace("  # ", "  ")
        .replace("# What", "x: # What")
    )
    assert "inventory: [nodes.yaml]" in every


def test_a_function_says_where_it_does_not_read_one(app: Path, tmp_path: Path) -> None:
    """What a build of kustomize makes would differ from what a command makes, without a word."""
    function = {"apiVersion": "kaitogen.io/v1alpha1", "kind": "WorkspaceGenerator", "metadata": {"name": "m"}}
    given = {
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": [],
        "functionConfig": {**function, "spec": {"files": ["alone.intent.yaml"]}},
    }
    assert kaitogen("krm", cwd=app, stdin=json.dumps(given).encode()).said == ""
    write(tmp_path, {".kaitogen.yaml": OLD})
    done = kaitogen("krm", cwd=app, stdin=json.dumps(given).encode())
    assert (done.code, "../../.kaitogen.yaml: warning KG187: " in done.said) == (0, True)
    write(tmp_path, {".kaitogen.yaml": project("strict: true")})
    assert "KG187" not in kaitogen("krm", cwd=app, stdin=json.dumps(given).encode()).said
    write(app, {"alone.intent.yaml": INTENT.replace("spec:\n", 'spec:\n  target: {kaito: "0.12"}\n')})
    write(tmp_path, {".kaitogen.yaml": project('target: {kaito: "0.11"}')})
    assert "KG187" not in kaitogen("krm", cwd=app, stdin=json.dumps(given).encode()).said


def test_a_receipt_holds_its_file_and_what_that_names(app: Path) -> None:
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ name + '-about' }}}\n"
    write(app, {"own/documents/about.yaml.j2": template, ".kaitogen.yaml": project("templates: own")})
    assert kaitogen("render", "--receipt", "receipt.json", cwd=app).code == 0
    receipt = json.loads((app / "receipt.json").read_text(encoding="utf-8"))
    names = [one["name"] for one in receipt["predicate"]["inputs"]]
    assert names == [".kaitogen.yaml", "alone.intent.yaml", "own/documents/about.yaml.j2"]
    assert kaitogen("verify", "receipt.json", cwd=app).code == 0
    write(app, {"own/documents/about.yaml.j2": template.replace("about", "other")})
    assert "own/documents/about.yaml.j2" in kaitogen("verify", "receipt.json", cwd=app).said


def test_the_form_of_argo_cd_offers_its_environments(app: Path) -> None:
    write(app, {".kaitogen.yaml": project("environments: stages"), "stages/blue.yaml": "x: y\n"})
    announced = json.loads(kaitogen("argocd", "parameters", cwd=app).output)
    (environment,) = [one for one in announced if one["name"] == "environment"]
    assert environment["tooltip"].endswith("There are: blue.")


def swapped(monkeypatch: pytest.MonkeyPatch, name: str, target: str) -> None:
    """Let the file of that name become a link between the look at its name and its opening."""
    original = os.open

    def opened(path: Any, *args: Any, **kwargs: Any) -> int:
        if os.path.basename(path) == name and not os.path.islink(path):
            os.unlink(path)
            os.symlink(target, path)
        return original(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", opened)


@pytest.mark.parametrize("target", ["../../../secret.yaml", "../../.git/config"])
@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("prices: b.yaml", ["plan", "alone.intent.yaml"]),
        ("budget: b.yaml", ["plan", "alone.intent.yaml"]),
        ("inventory: [b.yaml]", ["plan", "alone.intent.yaml"]),
        ("inventory: [b.yaml]", ["render", "alone.intent.yaml"]),
        ("environments: .", ["render", "alone.intent.yaml", "--environment", "b"]),
        ("strict: false", ["render", "alone.intent.yaml", "--environment", "b"]),
    ],
)
def test_what_is_named_is_looked_at_once_more_when_it_is_open(
    said: str, line: list[str], target: str, app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may write to the folder may put a link there while kaitogen runs."""
    repository = tmp_path / "repository"
    repository.mkdir()
    (tmp_path / ".git").rename(repository / ".git")
    (tmp_path / "apps").rename(repository / "apps")
    here = repository / "apps" / "models"
    write(tmp_path, {"secret.yaml": "secret: 1\n"})
    write(here, {".kaitogen.yaml": project(said), "b.yaml": "a: 1\n", "environments/b.yaml": "a: 1\n"})
    deeper = "" if said != "strict: false" else "../"
    monkeypatch.chdir(here)
    code, _, before = run(line)
    assert code == 1
    assert "KG112" not in before
    swapped(monkeypatch, "b.yaml", deeper + target)
    code, output, after = run(line)
    assert code == 1
    assert "KG112" in after
    assert "secret" not in after
    assert line[0] == "plan" or not output


@pytest.mark.parametrize(
    ("said", "name", "line"),
    [
        ("inventory: [b.yaml]", "b.yaml", ["plan", "alone.intent.yaml"]),
        ("prices: b.yaml", "b.yaml", ["plan", "alone.intent.yaml"]),
        ("strict: false", "environments/b.yaml", ["render", "alone.intent.yaml", "--environment", "b"]),
        ("templates: own", "own", ["render", "alone.intent.yaml"]),
        ("strict: false", "../models", ["render", "../models/alone.intent.yaml"]),
    ],
)
def test_a_link_that_is_exchanged_while_it_is_looked_at_is_what_stands_there_then(
    said: str, name: str, line: list[str], app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"b.yaml": "a: 1\n", "environments/b.yaml": "a: 1\n", "own/documents/a.yaml.j2": "a: 1\n"}
    write(app, {".kaitogen.yaml": project(said), **files})
    monkeypatch.chdir(app)
    expected = run(line)
    place = Path(os.path.normpath(app / name))
    place.rename(place.with_name("before"))
    place.symlink_to("before")
    monkeypatch.chdir(app)
    original = os.readlink

    def readlink(path: Any) -> Any:
        if os.path.abspath(path) == str(place) and place.is_symlink():
            place.unlink()
            place.with_name("before").rename(place)
        return original(path)

    monkeypatch.setattr(os, "readlink", readlink)
    assert run(line) == expected
    assert not place.is_symlink()


def test_a_folder_of_templates_that_becomes_a_link_is_not_followed_out(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(app, {".kaitogen.yaml": project("templates: own"), "own/documents/a.yaml.j2": "a: 1\n"})
    original = subprocess_renderer.added_documents

    def swapping(folder: str) -> tuple[str, ...]:
        shutil.rmtree(app / "own")
        (app / "own").symlink_to(tmp_path.parent)
        return original(folder)

    monkeypatch.setattr(subprocess_renderer, "added_documents", swapping)
    monkeypatch.chdir(app)
    code, output, said = run(["render", "alone.intent.yaml"])
    assert (code, output) == (1, b"")
    assert "KG155" in said
