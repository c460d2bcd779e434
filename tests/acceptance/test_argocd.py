"""`kaitogen argocd generate` as Argo CD's sidecar calls it: a folder, an environment, three streams."""

import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.cases import Case, cases, name
from tests.acceptance.command import KAITOGEN, Done, alone
from tests.draws import one_in

INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: {name}
spec:
  placement:
    instanceType: Standard_NC24ads_A100_v4
  inference:
    model: phi-4-mini-instruct
"""
SET = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata:
  name: fleet
spec:
  defaults:
    spec:
      placement: {instanceType: Standard_NC24ads_A100_v4}
      inference: {model: phi-4-mini-instruct}
  workspaces:
    - metadata: {name: one}
    - metadata: {name: two}
      spec:
        placement: {instanceType: Standard_NC48ads_A100_v4}
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "models" / "phi"
    folder.mkdir(parents=True)
    write(folder / "phi.intent.yaml", INTENT.format(name="phi"))
    return folder


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def generate(
    folder: Path,
    parameters: Sequence[Mapping[str, Any]] | str | None = None,
    *arguments: str,
    env: Mapping[str, str] | None = None,
) -> Done:
    """One call with nothing in the environment but what Argo CD sets."""
    said = parameters if isinstance(parameters, str) else json.dumps(parameters)
    environment = {
        "PATH": "/usr/bin:/bin",
        "ARGOCD_APP_NAME": "app",
        "ARGOCD_APP_PARAMETERS": said,
        **(env or {}),
    }
    done = alone([str(KAITOGEN), "argocd", "generate", *arguments], environment, folder)
    assert len(done.said.encode()) <= 4096
    assert str(folder) not in done.said
    assert len(done.said.splitlines()[-1] if done.said else "") <= 200
    assert done.code == 0 or done.output == b""
    return done


def text(name: str, value: str) -> dict[str, str]:
    return {"name": name, "string": value}


def made(done: Done) -> dict[str, Any]:
    """The Workspaces by name."""
    assert done.code == 0, done.said
    return {
        one["metadata"]["name"]: one for one in yaml.safe_load_all(done.output) if one["kind"] == "Workspace"
    }


@pytest.mark.parametrize("case", one_in(5, cases("positive")), ids=name)
def test_case_gives_the_manifests_of_the_command_line(case: Case) -> None:
    if case.arguments:
        assert case.arguments == [], "an option of render has no place here; give the case a test of its own"
    assert generate(case.folder).text == "---\n" + case.expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", one_in(5, cases("negative")), ids=name)
def test_wrong_case_gives_findings_and_no_manifest(case: Case) -> None:
    done = generate(case.folder)
    assert done.code != 0
    first = done.said.splitlines()[0]
    assert ": error KG" in first
    assert done.said == generate(case.folder).said


@pytest.mark.parametrize("said", ["", "null", "[]", " ", '[{"name":"strict","string":""}]'])
def test_no_parameters_in_each_way_argocd_says_so(app: Path, said: str) -> None:
    assert made(generate(app, said)).keys() == {"phi"}


def test_no_parameters_where_the_variable_is_missing(app: Path) -> None:
    done = subprocess.run(
        [str(KAITOGEN), "argocd", "generate"], cwd=app, env={}, capture_output=True, check=True
    )
    assert b"name: phi" in done.stdout


def test_target_by_parameter_and_by_env(app: Path) -> None:
    done = generate(app, [text("kaito_version", "0.6"), text("provider", "arc")])
    assert done.code == 1  # the instance type is not one of arc's
    assert "arc" in done.said
    by_env = {"ARGOCD_ENV_KAITOGEN_NODE_PROVISIONER": "byo"}
    assert "KG405" in generate(app, env=by_env).said
    both = generate(app, [text("node_provisioner", "azure-gpu-provisioner")], env=by_env)
    assert made(both).keys() == {"phi"}


def test_precedence_from_the_weakest_to_the_strongest(app: Path) -> None:
    """kaitogen's defaults, the set's, the intent, the environment, named parameters, values by path."""

    def size(*parameters: Mapping[str, Any]) -> str:
        return str(made(generate(app, parameters))["two"]["resource"]["instanceType"])

    def kaito(*parameters: Mapping[str, Any]) -> bool:
        """Whether 0.7 is the target: it alone still has the provider-made default and takes no instance type."""
        return (
            "KAITO 0.7"
            in generate(app, [*parameters, {"name": "set", "map": {"spec.placement.count": "2"}}]).said
        )

    (app / "phi.intent.yaml").unlink()
    write(app / "fleet.intent.yaml", SET)
    assert made(generate(app))["one"]["resource"]["instanceType"] == "Standard_NC24ads_A100_v4"
    assert size() == "Standard_NC48ads_A100_v4"
    write(
        app / "environments" / "prod.yaml",
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: prod}\nspec:\n"
        "  defaults:\n    spec:\n      target: {kaito: '0.8'}\n"
        "      placement: {instanceType: Standard_NC96ads_A100_v4}\n",
    )
    prod = text("environment", "prod")
    assert size(prod) == "Standard_NC96ads_A100_v4"
    assert kaito(prod, text("kaito_version", "0.7"))
    assert not kaito(prod)
    by_path = {"name": "set", "map": {"spec.placement.instanceType": "Standard_NC80adis_H100_v5"}}
    assert size(prod, by_path) == "Standard_NC80adis_H100_v5"
    over_named = {"name": "set", "map": {"spec.target.kaito": "0.7", "spec.placement.count": "2"}}
    assert "KAITO 0.7" in generate(app, [prod, text("kaito_version", "0.9"), over_named]).said


def test_environment_changes_one_workspace_by_its_name(app: Path) -> None:
    write(
        app / "environments" / "dev.yaml",
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: dev}\nspec:\n  workspaces:\n"
        "    - metadata: {name: phi, labels: {stage: dev}}\n      spec: {placement: {labelSelector: null}}\n",
    )
    write(app / "other.intent.yaml", INTENT.format(name="other"))
    workspaces = made(generate(app, [text("environment", "dev")]))
    assert workspaces["phi"]["metadata"]["labels"] == {"stage": "dev"}
    assert "labels" not in workspaces["other"]["metadata"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("kind: Other\n", "environments/x.yaml:1:1: error KG154"),
        ("- a\n", "environments/x.yaml:1:1: error KG154"),
        ("a: [\n", "environments/x.yaml:2:1: error KG102"),
        (SET, "environments/x.yaml:11:24: error KG153"),
        (SET.replace("placement: {inst", "placment: {inst"), "environments/x.yaml:8:7: error KG120"),
        (
            SET.replace("name: one", "name: phi").replace("24ads", "24adz"),
            "environments/x.yaml:8:33: error KG",
        ),
    ],
)
def test_wrong_environment_is_told_at_its_own_line(app: Path, content: str, said: str) -> None:
    write(app / "environments" / "x.yaml", content)
    done = generate(app, [text("environment", "x")])
    assert done.code == 1
    assert said in done.said


def test_values_by_path_take_the_types_of_the_schema(app: Path) -> None:
    values = {
        "spec.placement.count": "3",
        'metadata.labels["example.com/cost"]': "4711",
        "phi:metadata.annotations.note": "true",
        "spec.inference.config.vllm.max-model-len": "4096",
        "spec.inference.runtime": "vllm",
        "spec.placement.labelSelector": "{matchLabels: {pool: a}}",
    }
    done = generate(app, [{"name": "set", "map": values}])
    workspace = made(done)["phi"]
    assert workspace["resource"]["count"] == 3
    assert workspace["resource"]["labelSelector"] == {"matchLabels": {"pool": "a"}}
    assert workspace["metadata"]["labels"] == {"example.com/cost": "4711"}
    assert workspace["metadata"]["annotations"]["note"] == "true"
    config = next(one for one in yaml.safe_load_all(done.output) if one["kind"] == "ConfigMap")
    assert yaml.safe_load(config["data"]["inference_config.yaml"]) == {"vllm": {"max-model-len": 4096}}


def test_null_by_path_removes_a_field(app: Path) -> None:
    done = generate(app, [{"name": "set", "map": {"spec.placement.instanceType": "null"}}])
    assert "KG405" in done.said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"spec.placement.count": "three"}, "parameter set: error KG122"),
        ({"spec.placement.cuont": "3"}, "parameter set: error KG120"),
        ({"placement.count": "3"}, "parameter set: error KG152"),
        ({"spec..count": "3"}, "parameter set: error KG152"),
        ({"kind": "Pod"}, "parameter set: error KG152"),
        ({"spec.inference.model.name": "x"}, "parameter set: error KG152"),
        ({"spec.inference.adapters[3].strength": "1"}, "parameter set: error KG152"),
        ({"phj:spec.placement.count": "3"}, "did you mean phi?"),
    ],
)
def test_wrong_value_by_path_is_told_at_the_parameter(app: Path, values: dict[str, str], said: str) -> None:
    done = generate(app, [{"name": "set", "map": values}])
    assert done.code == 1
    assert said in done.said


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ([text("kaito", "0.9")], "parameter kaito: error KG150"),
        ([text("kaito_version", "0.99")], "parameter kaito_version: error KG123"),
        ([{"name": "kaito_version", "array": ["0.9"]}], "parameter kaito_version: error KG151"),
        ([text("strict", "yes")], "parameter strict: error KG151"),
        ([text("strict", "true"), text("strict", "false")], "parameter strict: error KG151"),
        ([{"string": "x"}], "parameters: error KG151"),
        ('{"name": "strict"}', "parameters: error KG151"),
        ("[{", "parameters: error KG151"),
        ([{"name": "include", "array": [1]}], "parameter include: error KG151"),
    ],
)
def test_wrong_parameter(app: Path, parameters: Any, said: str) -> None:
    done = generate(app, parameters)
    assert done.code == 1
    assert said in done.said


def test_an_empty_key_of_set_is_called_so(app: Path) -> None:
    done = generate(app, [{"name": "set", "map": {"": "2"}}])
    assert "KG152" in done.said
    assert "an empty key is no path of an intent's metadata or spec" in done.said


def test_unknown_setting_of_ours_is_wrong_and_a_foreign_one_is_not(app: Path) -> None:
    assert "env KAITOGEN_KAITO: error KG150" in generate(app, env={"ARGOCD_ENV_KAITOGEN_KAITO": "0.9"}).said
    assert generate(app, env={"ARGOCD_ENV_helm_args": "--x"}).code == 0


def test_nothing_else_in_the_environment_changes_the_output(app: Path) -> None:
    noise = {
        "LANG": "tr_TR.UTF-8", "TZ": "Asia/Tokyo", "HOME": "/nonexistent", "PYTHONHASHSEED": "7",
        "ARGOCD_APP_NAME": "team_app", "ARGOCD_APP_NAMESPACE": "other", "ARGOCD_APP_REVISION": "f00",
        "KUBE_VERSION": "", "KUBE_API_VERSIONS": "a,b", "PARAM_KAITO_VERSION": "0.4", "KAITOGEN_STRICT": "true",
    }  # fmt: skip
    assert generate(app, env=noise).output == generate(app).output


def test_module_of_the_repository_is_not_imported(app: Path) -> None:
    for module in ("yaml", "sitecustomize", "re", "generator", "kaitogen"):
        write(app / f"{module}.py", "raise SystemExit('imported')\n")
    assert generate(app).code == 0


def test_strict_lets_a_warning_stop(app: Path) -> None:
    count = {"name": "set", "map": {"spec.placement.count": "2"}}
    loose = generate(app, [count])
    assert (loose.code, loose.output != b"") == (0, True)
    assert ": warning KG461" in loose.said
    done = generate(app, [count, text("strict", "true")])
    assert done.code == 1


def test_empty_folder_is_an_error_unless_allowed(tmp_path: Path) -> None:
    assert "KG110" in generate(tmp_path).said
    assert generate(tmp_path, [text("allow_empty", "true")]) == Done(0, b"", "")
    write(tmp_path / "intent.yaml", "# nothing yet\n")
    assert "KG156" in generate(tmp_path).said
    assert generate(tmp_path, [text("allow_empty", "true")]) == Done(0, b"", "")


def test_same_object_twice_is_an_error(app: Path) -> None:
    shutil.copy(app / "phi.intent.yaml", app / "copy.intent.yaml")
    assert "KG220" in generate(app).said


def test_include_takes_files_folders_and_globs(app: Path) -> None:
    for one in ("a/x.yaml", "a/b/y.yaml", "a/b/z.txt", "c/intent.yaml", "d/w.yaml"):
        write(app / one, INTENT.format(name=one.replace("/", "-").partition(".")[0]))
    wanted = {"name": "include", "array": ["a/**/*.yaml", "c", "d/[v-w].yaml", "phi.intent.yaml"]}
    assert made(generate(app, [wanted])).keys() == {"a-x", "a-b-y", "c-intent", "d-w", "phi"}
    assert "KG157" in generate(app, [{"name": "include", "array": ["e/*.yaml"]}]).said
    assert "KG157" in generate(app, [{"name": "include", "array": ["gone.yaml"]}]).said


@pytest.mark.parametrize(
    "pattern",
    [
        ".git/config",
        ".git/*",
        ".git/**",
        ".g*/config",
        "linked/config",
        "models/../.git/config",
        "**/config",
        "l.intent.yaml",
    ],
)
def test_what_git_keeps_for_itself_is_never_read(pattern: str, app: Path) -> None:
    write(app / ".git" / "config", "s3cr3t: 1\n")
    (app / "linked").symlink_to(".git")
    (app / "l.intent.yaml").symlink_to(".git/config")
    done = generate(app, [{"name": "include", "array": [pattern]}])
    assert done.code == 1
    assert "s3cr3t" not in done.said
    assert generate(app, [{"name": "inventory", "array": [pattern]}]).said.count("s3cr3t") == 0
    assert "s3cr3t" not in generate(app).said


def test_a_glob_of_many_stars_ends(app: Path) -> None:
    write(app / "a" / "a" / "a" / "a.intent.yaml", INTENT.format(name="phi"))
    done = generate(app, [{"name": "include", "array": ["**" * 60 + "b"]}], "--time-limit", "5")
    assert "KG157" in done.said


def test_nothing_outside_the_folder_is_read(app: Path, tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.intent.yaml", INTENT.format(name="secret"))
    write(tmp_path / "outside" / "intent.yaml", INTENT.format(name="secret"))
    (app / "linked").symlink_to(tmp_path / "outside")
    (app / "link.txt").symlink_to(secret)
    (app / "environments").symlink_to(tmp_path / "outside")
    write(tmp_path / "outside" / "prod.yaml", SET)
    for path in (
        "../../../secret.intent.yaml", "../../../*.intent.yaml", str(secret), "linked", "linked/*.yaml", "link.txt",
        "linked/intent.yaml", "/proc/self/environ", "/etc/*", "a/../../x.yaml",
    ):  # fmt: skip
        done = generate(app, [{"name": "include", "array": [path]}])
        assert done.code == 1, path
        assert "KG155" in done.said, path
    assert "link" not in made(generate(app, [{"name": "include", "array": ["**/*.yaml", "*.yaml"]}]))
    for name_ in ("prod", "../x", "/etc/passwd", ""):
        done = generate(app, [text("environment", name_)])
        assert "KG155" in done.said or not name_, name_
    (app / "out.intent.yaml").symlink_to(secret)
    assert "KG112" in generate(app).said


def test_repository_is_readable_only_where_the_plugin_says_so(app: Path, tmp_path: Path) -> None:
    write(app.parent / "common" / "intent.yaml", INTENT.format(name="common"))
    write(tmp_path / "secret.intent.yaml", INTENT.format(name="secret"))
    common = [{"name": "include", "array": ["../common"]}]
    env = {"ARGOCD_APP_SOURCE_PATH": "models/phi"}
    assert "KG155" in generate(app, common, env=env).said
    assert made(generate(app, common, "--within", "repository", env=env)).keys() == {"common"}
    outside = [{"name": "include", "array": ["../../../secret.intent.yaml"]}]
    assert "KG155" in generate(app, outside, "--within", "repository", env=env).said
    # The repository may arrive cut to a common ancestor: then no more is taken off than matches.
    cut = {"ARGOCD_APP_SOURCE_PATH": "team/elsewhere/phi"}
    assert (
        "KG155"
        in generate(app, [{"name": "include", "array": ["../../x"]}], "--within", "repository", env=cut).said
    )


def test_link_may_lead_as_far_as_the_plugin_says(app: Path, tmp_path: Path) -> None:
    write(app.parent / "common" / "c.intent.yaml", INTENT.format(name="common"))
    write(tmp_path / "secret.intent.yaml", INTENT.format(name="secret"))
    (app / "a.intent.yaml").symlink_to("../common/c.intent.yaml")
    env = {"ARGOCD_APP_SOURCE_PATH": "models/phi"}
    said = generate(app, env=env).said
    assert "a.intent.yaml: error KG112" in said
    assert "copy the file into the application's folder" in said
    assert made(generate(app, None, "--within", "repository", env=env)).keys() == {"common", "phi"}
    (app / "b.intent.yaml").symlink_to(tmp_path / "secret.intent.yaml")
    done = generate(app, None, "--within", "repository", env=env)
    assert done.code == 1
    assert "b.intent.yaml: error KG112" in done.said
    assert "a.intent.yaml" not in done.said


def test_link_out_of_the_folder_is_no_match_of_a_glob_but_wrong(app: Path, tmp_path: Path) -> None:
    for name_ in ("out.yaml", "out[1].yaml"):
        (app / name_).symlink_to(write(tmp_path / "secret.yaml", INTENT.format(name="secret")))
        assert "KG155" in generate(app, [{"name": "include", "array": ["**/*.yaml"]}]).said
        (app / name_).unlink()


def test_fifo_and_huge_file_end_in_a_finding(app: Path) -> None:
    os.mkfifo(app / "pipe.intent.yaml")
    with (app / "huge.intent.yaml").open("wb") as file:
        file.truncate(17 * 2**20)
    said = generate(app).said
    assert "pipe.intent.yaml: error KG111" in said
    assert "huge.intent.yaml: error KG109" in said


def test_users_templates_need_a_setting_of_the_plugin(app: Path) -> None:
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n"
    write(app / "templates" / "documents" / "extra.yaml.j2", template)
    assert b"name: extra" not in generate(app).output
    assert b"name: extra" in generate(app, None, "--templates", "templates").output
    assert generate(app, None, "--templates", "none").output == generate(app).output
    (app / "away").symlink_to("/")
    assert "KG155" in generate(app, None, "--templates", "away").said


def test_template_reads_no_file_and_ends_in_time(app: Path) -> None:
    write(app / "templates" / "documents" / "x.yaml.j2", "{% include '/etc/passwd' %}")
    assert "KG502" in generate(app, None, "--templates", "templates").said
    write(
        app / "templates" / "documents" / "x.yaml.j2",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    )
    assert "KG503" in generate(app, None, "--templates", "templates").said


def test_many_findings_stay_within_four_kibibytes_with_the_worst_first(app: Path) -> None:
    for number in range(60):
        count = "    count: 2\n" if number < 50 else "    count: two\n"
        write(
            app / f"n{number}.intent.yaml",
            INTENT.format(name=f"n{number}").replace("placement:\n", f"placement:\n{count}"),
        )
    done = generate(app)
    lines = done.said.splitlines()
    assert ": error KG122" in lines[0]
    assert any("more: run kaitogen validate" in line for line in lines)
    assert lines[-1].startswith("kaitogen: KG122 n50.intent.yaml:7:12")


def test_text_of_the_repository_cannot_steer_a_terminal(app: Path) -> None:
    write(app / "x.intent.yaml", INTENT.format(name='"\\e[31mred\\n---\\nkind: Secret"'))
    said = generate(app).said
    assert "\x1b" not in said
    assert "\nkind:" not in said


def test_fifty_parallel_renders_killed_at_random_leave_nothing(app: Path, tmp_path: Path) -> None:
    for number in range(100):
        write(app / f"n{number}.intent.yaml", INTENT.format(name=f"n{number}"))
    whole = generate(app).output
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    before = sorted(path for path in tmp_path.rglob("*"))
    chance = random.Random(6)
    for _ in range(5):
        running = [
            subprocess.Popen(
                [str(KAITOGEN), "argocd", "generate"],
                cwd=app,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                env={"PATH": "/usr/bin:/bin", "TMPDIR": str(temporary)},
            )
            for _ in range(10)
        ]
        doomed = chance.sample(running, 6)
        for one in doomed:
            time.sleep(chance.uniform(0, 0.05))
            one.kill()
        for one in running:
            output = one.communicate(timeout=600)[0]
            if one.returncode == 0:
                assert output == whole
            else:
                assert one in doomed
                assert whole.startswith(output)
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_modules_loaded_are_those_of_a_render(app: Path) -> None:
    """What costs start-up time is not loaded, parameters or not."""
    done = subprocess.run(
        [str(KAITOGEN.with_name("python")), "-X", "importtime", str(KAITOGEN), "argocd", "generate"],
        cwd=app,
        env={"ARGOCD_APP_PARAMETERS": json.dumps([text("strict", "false"), text("kaito_version", "0.12")])},
        capture_output=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.decode().splitlines()}
    assert "kaitogen.integrations.argocd.generate" in loaded
    heavy = {"click", "jsonschema", "jinja2", "dataclasses", "pathlib", "hashlib", "inspect", "json", "copy"}
    assert loaded & heavy == set()
