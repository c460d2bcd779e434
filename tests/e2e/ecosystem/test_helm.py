"""The post-renderer under a real Helm 4: what KAITO takes goes through unchanged, what it refuses goes nowhere."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.e2e.ecosystem.steps import ROOT
from tests.e2e.fetched import built

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

PLUGIN: Final = ROOT / "deploy" / "helm" / "kaitogen-validate"
WORKSPACE: Final = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata:
  name: phi-4
resource:
  instanceType: Standard_NC24ads_A100_v4
  labelSelector:
    matchLabels:
      apps: phi-4
inference:
  preset:
    name: {{ .Values.model }}
"""


class Helm(NamedTuple):
    program: Path
    env: Mapping[str, str]
    chart: Path

    def __call__(self, *words: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [self.program, *words], env=self.env, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def template(self, model: str, *words: str) -> tuple[int, str, str]:
        return self("template", "release", str(self.chart), "--set", f"model={model}", *words)


@pytest.fixture(scope="module")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """A Helm with a home of its own, and the plugin as the only thing in it."""
    home = tmp_path_factory.mktemp("home")
    (home / "chart" / "templates").mkdir(parents=True)
    (home / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: models\nversion: 0.1.0\n", "utf-8")
    (home / "chart" / "templates" / "workspace.yaml").write_text(WORKSPACE, "utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin"
    made = Helm(built("helm"), {"HOME": str(home), "PATH": path}, home / "chart")
    code, _, said = made("plugin", "install", str(PLUGIN))
    assert code == 0, said
    return made


RENDERER: Final = ("--post-renderer", "kaitogen-validate")


def test_what_kaito_takes_goes_through_as_it_is(helm: Helm) -> None:
    code, out, said = helm.template("phi-4", *RENDERER)
    assert (code, out) == (0, helm.template("phi-4")[1])
    assert "1 Workspace, no findings" in said


def test_what_kaito_refuses_goes_nowhere_and_says_why(helm: Helm) -> None:
    """Helm 4 keeps the standard error of a post-renderer to itself; the reason is seen all the same."""
    code, out, said = helm.template("phi-99", *RENDERER)
    assert (code, out) == (1, "")
    assert "error KG432: KAITO 0.12 has no preset phi-99" in said


def test_options_reach_kaitogen(helm: Helm) -> None:
    words = ("--post-renderer-args", "--kaito=0.4", "--post-renderer-args", "--node-provisioner=byo")
    code, _, said = helm.template("phi-4", *RENDERER, *words)
    assert code == 1
    assert "KAITO 0.4" in said


def test_without_kaitogen_nothing_is_released(helm: Helm) -> None:
    bare = helm._replace(env={**helm.env, "PATH": "/usr/bin:/bin"})
    code, out, said = bare.template("phi-4", *RENDERER)
    assert (code, out) == (1, "")
    assert "kaitogen is not on PATH" in said


def test_helm_3_runs_the_script_itself(helm: Helm) -> None:
    """As a plain filter, without a plugin around it."""
    rendered = helm.template("phi-99")[1]
    done = subprocess.run(
        [PLUGIN / "validate.sh", "--kaito", "0.12"], input=rendered, env=helm.env, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "KG432" in done.stderr
