"""Typical mistakes, and what is said of each: one finding, at its place, with what to do."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.command import KAITOGEN, kaitogen

HEAD = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntent\nmetadata: {name: a}\nspec:\n"
MODEL = "  inference: {model: phi-4}\n"
PLACED = "  placement: {instanceType: Standard_NC24ads_A100_v4}\n"
WORKSPACE = (
    "apiVersion: kaito.sh/v1beta1\nkind: Workspace\nmetadata: {name: a}\n"
    "resource: {instanceType: Standard_NC24ads_A100_v4, labelSelector: {matchLabels: {apps: a}}}\n"
    "inference: {preset: {name: phi-4}}\n"
)

MISTAKES = {
    "a template that is not rendered": (
        HEAD + "  placement:\n    instanceType: {{ .Values.sku }}\n" + MODEL, "6:20: error KG106: {{ begins a template that is not rendered yet",
        "render it first (helm template, for one), or quote a value that holds braces",
    ),
    "a tab": (HEAD + "\tplacement: {}\n", "5:1: error KG102: a tab where YAML wants spaces", "indent with spaces"),
    "no colon": (
        HEAD + PLACED + "  inference\n    model: phi-4\n", "6:3: error KG102: inference is a key without a colon", "write key: value",
    ),
    "a second document": (
        2 * (HEAD + PLACED + MODEL), "7:1: error KG103: a second document begins here, and nothing divides the two",
        "put --- on a line of its own before it",
    ),
    "another cloud's type": (
        HEAD + MODEL + "  placement: {instanceType: p4d.24xlarge}\n", "6:29: error KG427: p4d.24xlarge is not in KAITO 0.12's table for azure",
        "it is a type of aws: set target.provider: aws (--provider aws for a Workspace), or take another",
    ),
    "KAITO's own form of config": (
        HEAD + PLACED + "  inference: {model: phi-4, config: mine}\n", "6:37: error KG122: config must be a mapping, not text",
        "for a ConfigMap that exists write {configMapName: mine}, else its settings, such as {vllm: {max-model-len: 16384}}",
    ),
    "a field of pods": (
        HEAD + MODEL + "  placement: {tolerations: []}\n", "6:15: error KG120: unknown field tolerations",
        "KAITO makes the pods of a preset itself, and has no field for it; a pod of your own is inference.template",
    ),
    "a name from elsewhere": (
        HEAD + PLACED + "  inference: {model: 'llama3.3:70b'}\n", "6:22: error KG432: KAITO 0.12 has no preset llama3.3:70b",
        "write llama-3.3-70b-instruct",
    ),
    "a variable": (
        HEAD + PLACED + "  inference: {model: '${MODEL}'}\n", "6:22: error KG432: KAITO 0.12 has no preset ${MODEL}",
        "fill in the variable first, with envsubst or helm template, for one",
    ),
    "no such model": (
        HEAD + PLACED + "  inference: {model: nobodys}\n", "6:22: error KG432: KAITO 0.12 has no preset nobodys",
        "write one of its presets (kaitogen models lists them), or a Hugging Face id (owner/name)",
    ),
    "a finished Workspace": (
        WORKSPACE, "2:7: error KG114: Workspace of kaito.sh/v1beta1 is not an intent",
        "kaitogen import makes an intent of it; kaitogen validate takes it as it is from a file that is not named *.intent.yaml",
    ),
    "a version that came later": (
        HEAD + PLACED + MODEL + "  target: {kaito: '0.13'}\n",
        "7:19: error KG123: kaito can't be 0.13, which is newer than what this kaitogen knows (up to 0.12)",
        'upgrade kaitogen, or write one of "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "0.10", "0.11", "0.12"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(mistake: str, tmp_path: Path) -> None:
    text, message, fix = MISTAKES[mistake]
    (tmp_path / "a.intent.yaml").write_text(text, encoding="utf-8")
    done = kaitogen("validate", "a.intent.yaml", cwd=tmp_path)
    assert done.code == 1
    lines = done.said.splitlines()
    assert lines[0] == f"a.intent.yaml:{message}"
    assert lines[-2] == f"    fix: {fix}"
    assert lines[-1].endswith("(1 error)")


def test_a_terminal_is_told_a_finding_once(tmp_path: Path) -> None:
    text, message, _ = MISTAKES["a field of pods"]
    (tmp_path / "a.intent.yaml").write_text(text, encoding="utf-8")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [KAITOGEN, "render", "a.intent.yaml"], cwd=tmp_path, stderr=theirs, stdout=theirs, check=False,
        env={**os.environ, "NO_COLOR": "1", "TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    lines = os.read(ours, 10_000).decode().splitlines()
    os.close(ours)
    assert done.returncode == 1
    assert lines[0] == f"a.intent.yaml:{message}"
    assert "tolerations: []" in lines[1]
    assert lines[-1] == "kaitogen: 1 error; nothing was written"
