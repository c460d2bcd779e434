"""vLLM's settings through the command: at the line of the intent or of the ConfigMap, alike in every command, whatever they hold."""

from pathlib import Path

import pytest

from tests.acceptance.command import kaitogen

WORKSPACE = """\
apiVersion: kaito.sh/v1beta1
kind: Workspace
metadata: {name: phi-4}
resource:
  instanceType: Standard_NC24ads_A100_v4
  labelSelector: {matchLabels: {apps: phi-4}}
inference:
  preset: {name: phi-4}
  config: settings
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  inference_config.yaml: |
"""
SET = """\
apiVersion: kaito.sh/v1beta1
kind: InferenceSet
metadata: {name: phi-4}
spec:
  labelSelector: {matchLabels: {apps: phi-4}}
  template:
    resource: {instanceType: Standard_NC24ads_A100_v4}
    inference:
      preset: {name: phi-4}
      config: settings
"""
INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi-4}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference:
    model: phi-4
    config:
      vllm:
"""


def _manifest(settings: str) -> str:
    return WORKSPACE + "".join(f"    {line}\n" for line in settings.split("\n"))


def _said(path: Path, text: str, *command: str) -> tuple[int, list[str]]:
    path.write_text(text, encoding="utf-8")
    done = kaitogen(*(command or ("validate",)), path)
    lines = done.said.replace(str(path), path.name).splitlines()
    return done.code, [line for line in lines if line.startswith(f"{path.name}:")]


@pytest.mark.parametrize("command", ["validate", "plan", "render"])
def test_every_command_says_it_at_the_line_of_the_intent(tmp_path: Path, command: str) -> None:
    text = f"{INTENT}        max-num-sqs: 8\n        tensor-parallel-size: 2\n"
    code, lines = _said(tmp_path / "a.yaml", text, command)
    assert code == 1
    assert [line.partition(" vLLM")[0][:32] for line in lines] == [
        "a.yaml:8:5: error KG709: the set",
        "a.yaml:10:9: error KG741:",
    ]


@pytest.mark.parametrize(("head", "more"), [("", 0), ("# a comment\n\n", 0)])
def test_a_finished_workspace_has_it_at_the_line_of_its_config_map(
    tmp_path: Path, head: str, more: int
) -> None:
    settings = f"{head}vllm:\n  dtype: half\n\n  max-num-sqs: 8\n  dtype2: 1"
    code, lines = _said(tmp_path / "a.yaml", _manifest(settings))
    first = 19 + head.count("\n")
    assert (code, [line.partition(" vLLM")[0] for line in lines]) == (
        1,
        [f"a.yaml:{first}:7: error KG741:", f"a.yaml:{first + 1}:7: error KG741:"],
    )


def test_a_set_has_it_there_too(tmp_path: Path) -> None:
    config_map = _manifest("vllm:\n  max-num-sqs: 8").partition("---\n")[2]
    code, lines = _said(tmp_path / "a.yaml", f"{SET}---\n{config_map}")
    assert (code, [line[:26] for line in lines]) == (1, ["a.yaml:18:7: error KG741: "])


def test_a_text_in_quotes_has_no_lines_of_its_own(tmp_path: Path) -> None:
    text = WORKSPACE.replace("|\n", '"vllm: {max-num-sqs: 8}"\n')
    assert _said(tmp_path / "a.yaml", text)[1][0].startswith("a.yaml:15:3: error KG741:")


def test_a_comment_in_the_settings_suppresses(tmp_path: Path) -> None:
    settings = (
        "vllm:\n  swap-space: 4 # kaitogen: ignore=KG741 our own image\n"
        "  # kaitogen: ignore=KG746 behind a proxy\n  port: 8000"
    )
    assert _said(tmp_path / "a.yaml", _manifest(settings)) == (0, [])


def test_a_comment_in_a_text_that_nobody_judges_is_none(tmp_path: Path) -> None:
    other = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\ndata:\n  a: |\n    # kaitogen: nonsense\n"
    code, lines = _said(tmp_path / "a.yaml", _manifest("vllm:\n  port: 8000") + other)
    assert (code, [line[:24] for line in lines]) == (1, ["a.yaml:17:13: error KG74"])


@pytest.mark.parametrize(
    "settings",
    [
        "vllm:\n  kv-transfer-config: '" + '{"a":' * 50_000 + "'",
        "vllm:\n  kv-transfer-config: '" + "[" * 1_000_000 + "'",
        "vllm:\n  dtype: " + "x" * 1_000_000,
        "vllm:\n  " + "x" * 1_000_000 + ": 1",
        "vllm:\n  max-num-seqs: 1e999\n  seed: " + "9" * 100_000,
        "vllm:\n" + "".join(f"  max-num-sq{number}: 1\n" for number in range(5000)),
        "vllm:\n  1: 2\n  '': 3\n  '=': 4\n  'no-': 5\n  '.': 6\n  '--': 7",
        "".join(f"key{number}: 1\n" for number in range(5000)),
        "!tag\nvllm: !!binary aGVsbG8=\n",
    ],
    ids=[
        "deep JSON",
        "open lists",
        "long value",
        "long key",
        "numbers",
        "many",
        "odd keys",
        "beside",
        "tags",
    ],
)
def test_whatever_they_hold_ends_in_findings(tmp_path: Path, settings: str) -> None:
    code, lines = _said(tmp_path / "a.yaml", _manifest(settings))
    assert code == (settings.count("vllm") > 0)
    assert 0 < len(lines) <= 60
    assert max(map(len, lines)) < 300
