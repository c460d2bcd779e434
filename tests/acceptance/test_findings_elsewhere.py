"""Findings about what is handed over instead of written into a file: by Argo CD, by kustomize, by templates."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kaitogen.commands.explain.pages import Example
from tests.acceptance.command import KAITOGEN, kaitogen
from tests.acceptance.examples import run
from tests.samples import INTENT_FILE, RIGHT

LIST = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"


def _argocd(text: str, folder: Path, **settings: str) -> Any:
    (folder / INTENT_FILE).write_text(RIGHT, encoding="utf-8")
    env = {"ARGOCD_APP_PARAMETERS": text, **{f"ARGOCD_ENV_{name}": value for name, value in settings.items()}}
    return kaitogen("argocd", "generate", cwd=folder, env=env)


@pytest.mark.parametrize(
    ("parameters", "code", "words"),
    [
        ({"name": "strict"}, "KG151", "is not the JSON list"),
        ([{"string": "true"}], "KG151", "a parameter has no name"),
        (["strict"], "KG151", "a parameter has no name"),
        ([{"name": "strict", "string": "true"}] * 2, "KG151", "stands twice"),
        ([{"name": "strict", "array": ["true"]}], "KG151", "takes a text, not a list of texts"),
        ([{"name": "include", "array": [1]}], "KG151", "takes a list of texts"),
        ([{"name": "set", "map": {"spec.placement.count": 2}}], "KG151", "takes a mapping of texts"),
        ([{"name": "environment", "string": "../production"}], "KG155", "is no name of an environment"),
        ([{"name": "include", "array": ["nothing.yaml"]}], "KG157", "names nothing"),
        ([{"name": "include", "array": ["*.none"]}], "KG157", "names nothing"),
    ],
)
def test_parameters_of_argo_cd(parameters: Any, code: str, words: str, tmp_path: Path) -> None:
    done = _argocd(json.dumps(parameters), tmp_path)
    assert (done.code, done.output) == (1, b"")
    assert f"error {code}: " in done.said
    assert words in done.said


def test_a_setting_of_argo_cd_that_is_none(tmp_path: Path) -> None:
    done = _argocd("", tmp_path, KAITOGEN_COLOUR="red")
    assert (done.code, done.output) == (1, b"")
    assert "env KAITOGEN_COLOUR: error KG150: " in done.said
    assert _argocd("", tmp_path, KAITOGEN_STRICT="true").code == 0


def test_a_path_of_kustomize_with_a_character_that_no_path_has(tmp_path: Path) -> None:
    config = (
        'functionConfig: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {files: "a\\0b"}}\n'
    )
    done = kaitogen("krm", cwd=tmp_path, stdin=(LIST + config).encode())
    assert (done.code, done.output) == (1, b"")
    assert "error KG142: " in done.said


def test_more_objects_than_a_function_reads(tmp_path: Path) -> None:
    script = 'head -c 134217729 /dev/zero | "$0" krm'
    done = subprocess.run(
        ["/bin/sh", "-c", script, str(KAITOGEN)], cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"error KG109: " in done.stderr


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
        "{% for a in range(90000) %}{{ 'x' * 90000 }}{% endfor %}",
        "{{ 'x' * 999999999999 }}",
    ],
    ids=["time", "size", "memory"],
)
def test_templates_that_take_too_much(template: str, tmp_path: Path) -> None:
    files = {INTENT_FILE: RIGHT, "templates/documents/own.yaml.j2": template}
    said = run(Example(files, f"kaitogen render --templates templates {INTENT_FILE}"), tmp_path)
    assert said == [("error", "KG503")]
