"""The commands around the main job: init, schema, version, completion."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.command import KAITOGEN, kaitogen


@pytest.mark.parametrize("strategy", ["explicit", "count", "auto"])
def test_init_writes_an_intent_that_renders(tmp_path: Path, strategy: str) -> None:
    path = tmp_path / "my.intent.yaml"
    done = kaitogen("init", "--strategy", strategy, "--name", "my-own", "--model", "phi-4", path)
    assert (done.code, done.output) == (0, b"")
    assert "kaitogen render" in done.said
    rendered = kaitogen("render", path)
    assert rendered.code == 0, rendered.said
    assert "name: my-own\n" in rendered.text
    assert "name: phi-4\n" in rendered.text
    assert (
        kaitogen("init", "--strategy", strategy, "--name", "my-own", "--model", "phi-4").output
        == path.read_bytes()
    )


def test_init_says_which_strategy_it_is(tmp_path: Path) -> None:
    texts = {
        strategy: kaitogen("init", "--strategy", strategy).text for strategy in ("explicit", "count", "auto")
    }
    for strategy, text in texts.items():
        assert f"strategy: {strategy} " in text


def test_init_never_writes_over_a_file_unasked(tmp_path: Path) -> None:
    path = tmp_path / "my.intent.yaml"
    path.write_text("precious\n", encoding="utf-8")
    done = kaitogen("init", path)
    assert done.code == 2
    assert "--force" in done.said
    assert path.read_text(encoding="utf-8") == "precious\n"
    assert kaitogen("init", "--force", path).code == 0
    assert path.read_text(encoding="utf-8") != "precious\n"


def test_init_names_a_workspace_as_its_model() -> None:
    model = "microsoft/phi-4-mini-instruct"
    text = kaitogen("init", "--name", "phi-4-mini-instruct", "--model", model).text
    rendered = kaitogen("render", "-", stdin=text.encode())
    assert rendered.code == 0, rendered.said
    assert f"name: {model}\n" in rendered.text
    assert "\n  name: phi-4-mini-instruct\n" in rendered.text


@pytest.mark.parametrize("strategy", ["explicit", "count", "auto"])
@pytest.mark.parametrize("replicas", ["0", "1", "3", "12"])
def test_init_writes_replicas_that_render_without_a_warning(strategy: str, replicas: str) -> None:
    text = kaitogen("init", "--strategy", strategy, "--replicas", replicas).text
    assert kaitogen("fmt", "-", stdin=text.encode()).text == text
    done = kaitogen("render", "--strict", "-", stdin=text.encode())
    assert done.code == 0, done.said
    (made,) = yaml.safe_load_all(done.text)
    assert (made["kind"], made["spec"]["replicas"]) == ("InferenceSet", int(replicas))
    nodes = yaml.safe_load(text)["spec"]["placement"]
    assert nodes.get("count", len(nodes.get("nodes", []))) in (0, max(int(replicas), 1))


@pytest.mark.parametrize("strategy", ["explicit", "count", "auto"])
def test_init_shows_the_scaling_that_can_stand_in_place_of_replicas(strategy: str) -> None:
    lines = kaitogen("init", "--strategy", strategy, "--replicas", "5").text.splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("  replicas: "))
    assert lines[at + 1].startswith("  # scaling: ")
    scaling = [line.replace("# ", "", 1) for line in lines[at + 1 : at + 5]]
    text = "".join([*lines[:at], *scaling, *lines[at + 5 :]])
    done = kaitogen("render", "--strict", "-", stdin=text.encode())
    assert done.code == 0, done.said
    assert 'scaledobject.kaito.sh/max-replicas: "5"' in done.text


@pytest.mark.parametrize("replicas", ["auto", "-1", "1.5", "", "\u0663"])
def test_init_refuses_what_is_no_number_of_copies(replicas: str) -> None:
    done = kaitogen("init", "--replicas", replicas)
    assert (done.code, done.output) == (2, b"")
    assert "write a whole number, such as 3" in done.said


@pytest.mark.parametrize("name", ["yes", "a: b", "# x", "x\ny", '"', "{{ x }}"])
def test_init_encodes_what_it_is_given(name: str) -> None:
    done = kaitogen("init", "--name", name)
    # The text is an intent still; only "yes" is a name that Kubernetes takes.
    if name == "yes":
        assert kaitogen("validate", "-", stdin=done.output).code == 0
    else:
        assert (done.code, done.output) == (2, b"")
        assert "(KG124)" in done.said


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        ((), "WorkspaceIntent"),
        (("intent",), "WorkspaceIntent"),
        (("set",), "WorkspaceIntentSet"),
        (("workspace",), "0.12"),
        (("workspace", "--kaito", "0.9"), "0.9"),
        (("workspace", "--kaito", "0.4", "--api-version", "v1alpha1"), "v1alpha1"),
    ],
    ids=" ".join,
)
def test_schema_prints_a_schema_that_jsonschema_takes(arguments: tuple[str, ...], title: str) -> None:
    from jsonschema import Draft202012Validator

    done = kaitogen("schema", *arguments)
    assert done.code == 0
    schema = json.loads(done.output)
    Draft202012Validator.check_schema(schema)
    assert title in schema["$id"] or title in schema["title"] or title in schema["$comment"]


@pytest.mark.parametrize("which", ["intent", "set", "workspace", "editor"])
def test_schema_needs_no_other_file(which: str, root: Path) -> None:
    """An editor that is given what is printed knows pod templates and volumes as well."""
    from jsonschema import Draft202012Validator

    schema = json.loads(kaitogen("schema", which).output)
    assert all(reference.startswith("#/$defs/") for reference in references(schema))
    if which != "intent":
        return
    validator = Draft202012Validator(schema)
    for path in (root / "tests/cases/positive").glob("pod-template/*.intent.yaml"):
        for intent in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            assert list(validator.iter_errors(intent)) == []
            container = intent["spec"]["inference"]["template"]["spec"]["containers"][0]
            container["imagePullPolice"] = "Always"
            assert list(validator.iter_errors(intent)) != []


def references(node: Any) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if key == "$ref" and isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            yield from references(value)


def test_schema_knows_every_published_schema(root: Path) -> None:
    from kaitogen.commands.schema import SCHEMAS

    files = {path.name.removesuffix(".schema.json") for path in (root / "schemas").glob("*.schema.json")}
    assert set(SCHEMAS) == {*files, "workspace"}


def test_schema_options_that_do_not_go_together() -> None:
    done = kaitogen("schema", "intent", "--kaito", "0.9")
    assert (done.code, done.output) == (2, b"")


def test_version() -> None:
    from kaitogen import __version__

    assert kaitogen("version").text.startswith(f"kaitogen {__version__} (")
    assert kaitogen("--version").text == f"kaitogen {__version__}\n"


def test_bash_completes_commands_options_and_choices(tmp_path: Path) -> None:
    script = kaitogen("completion", "bash")
    assert script.code == 0
    lines = [
        ("kaitogen ren", "render"),
        ("kaitogen render --out", "--out"),
        ("kaitogen render --format js", "json"),
    ]
    for line, expected in lines:
        words = line.split()
        ask = f"""
            source /dev/stdin <<'SCRIPT'
{script.text}
SCRIPT
            COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; COMPREPLY=()
            _kaitogen_completion kaitogen; printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        done = subprocess.run(
            ["bash", "-c", ask],
            capture_output=True, text=True, check=True,
            env={**os.environ, "PATH": f"{KAITOGEN.parent}:{os.environ['PATH']}"},
        )  # fmt: skip
        assert expected in done.stdout.split(), done.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_a_script(shell: str) -> None:
    done = kaitogen("completion", shell)
    assert done.code == 0
    assert "_KAITOGEN_COMPLETE" in done.text


def test_completion_answers_as_the_shells_ask() -> None:
    env = {
        "_KAITOGEN_COMPLETE": "fish_complete",
        "COMP_WORDS": "kaitogen render --form",
        "COMP_CWORD": "--form",
    }
    assert "--format" in kaitogen(env=env).text


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("kaitogen models phi-4-m", "phi-4-mini-instruct"),
        ("kaitogen init --model micro", "microsoft/phi-4"),
        ("kaitogen skus Standard_NC9", "Standard_NC96ads_A100_v4"),
        ("kaitogen skus --model lla", "llama-3.3-70b-instruct"),
        ("kaitogen nodes list --instance-type p4", "p4d.24xlarge"),
        ("kaitogen nodes list --quick nc", "nc96"),
        ("kaitogen explain KG46", "KG461"),
        ("kaitogen render --environment pr", "prod"),
        ("kaitogen validate --environment a", "all"),
        ("kaitogen diff --against rel", "release-1"),
        ("kaitogen plan --against HE", "HEAD"),
        ("kaitogen kustomize components argo", "argocd-waves"),
    ],
)
def test_values_are_completed(tmp_path: Path, line: str, offered: str) -> None:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "prod.yaml").touch()
    for words in ("init -q", "commit -q --allow-empty -m one", "branch release-1"):
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *who, *words.split()], cwd=tmp_path, check=True)
    env = {"_KAITOGEN_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    answers = kaitogen(cwd=tmp_path, env=env).text.splitlines()
    assert f"plain,{offered}" in answers
    written = line.rpartition(" ")[2]
    assert [one for one in answers if not one.startswith((f"plain,{written}", "file,"))] == []


def test_nothing_is_offered_where_nothing_is_known(tmp_path: Path) -> None:
    env = {"_KAITOGEN_COMPLETE": "bash_complete", "COMP_WORDS": "kaitogen plan --against ", "COMP_CWORD": "3"}
    done = kaitogen(cwd=tmp_path, env=env)
    assert (done.code, done.text.strip(), done.said) == (0, "", "")


def test_init_points_to_the_schema_that_the_repository_keeps(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "models" / "search").mkdir(parents=True)
    intent = tmp_path / "models" / "search" / "phi.intent.yaml"
    assert kaitogen("init", intent).code == 0
    assert "yaml-language-server" not in intent.read_text(encoding="utf-8")
    (tmp_path / "kaitogen.schema.json").write_bytes(kaitogen("schema", "editor").output)
    assert kaitogen("init", "--force", intent).code == 0
    assert (
        intent.read_text(encoding="utf-8").splitlines()[0]
        == "# yaml-language-server: $schema=../../kaitogen.schema.json"
    )
    assert kaitogen("validate", intent).code == 0
