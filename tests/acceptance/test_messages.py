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
    "no blank behind a colon": (
        HEAD + "  placement:\n    instanceType:Standard_NC24ads_A100_v4\n" + MODEL, "6:5: error KG122: placement must be a mapping, not text",
        "put a blank behind the colon: instanceType: Standard_NC24ads_A100_v4",
    ),
    "an equals sign": (
        HEAD + "  placement:\n    instanceType=Standard_NC24ads_A100_v4\n" + MODEL, "6:5: error KG122: placement must be a mapping, not text",
        "put a blank behind the colon: instanceType: Standard_NC24ads_A100_v4",
    ),
    "not indented": (
        HEAD + "  placement:\n  instanceType: Standard_NC24ads_A100_v4\n" + MODEL, "6:3: error KG120: unknown field instanceType",
        "indent it: instanceType belongs under spec.placement",
    ),
    "indented by one too many": (
        HEAD + PLACED + "   inference: {model: phi-4}\n", "6:4: error KG102: a line that does not line up with the keys before it",
        "check the indentation and unclosed quotes",
    ),
    "a bracket left open": (
        HEAD + "  placement: {instanceType: Standard_NC24ads_A100_v4\n" + MODEL, "5:14: error KG102: a flow list or mapping that is not closed",
        "close it with ] or }",
    ),
    "a quote left open": (
        HEAD + PLACED + "  inference: {model: 'phi-4}\n", "6:22: error KG102: the text ends inside a quoted value",
        "close the quote",
    ),
    "a key twice": (
        HEAD + PLACED + MODEL + MODEL, "7:3: error KG103: key inference stands twice in one mapping",
        "remove one of the two",
    ),
    "a field outside of spec": (
        HEAD + PLACED + MODEL[2:], "6:1: error KG120: unknown field inference",
        "inference belongs under spec",
    ),
    "a name in capitals": (
        HEAD.replace("name: a", "name: My_Model") + PLACED + MODEL, "3:18: error KG124: name must be lower-case letters, digits and -, beginning and ending with a letter or digit",
        "write my-model",
    ),
    "a name that is too long": (
        HEAD.replace("name: a", f"name: {70 * 'a'}") + PLACED + MODEL, "3:18: error KG124: name has 70 characters; it must have at most 63",
        "shorten it to 52 characters, or to 46 where it has replicas",
    ),
    "a namespace that is a number": (
        HEAD.replace("name: a", "name: a, namespace: 42") + PLACED + MODEL, "3:32: error KG122: namespace must be text, not a whole number",
        "put the value in quotes",
    ),
    "a namespace that is a list": (
        HEAD.replace("name: a", "name: a, namespace: [a]") + PLACED + MODEL, "3:21: error KG122: namespace must be text, not a list",
        "write a single value",
    ),
    "a label that is true": (
        HEAD.replace("name: a", "name: a, labels: {gpu: true}") + PLACED + MODEL, "3:35: error KG122: gpu must be text, not true or false",
        "put the value in quotes",
    ),
    "a field in another case": (
        HEAD + MODEL + "  placement: {instancetype: Standard_NC24ads_A100_v4}\n", "6:15: error KG120: unknown field instancetype",
        "did you mean instanceType?",
    ),
    "a slip in a field": (
        HEAD + MODEL + "  placement: {instanceTyp: Standard_NC24ads_A100_v4}\n", "6:15: error KG120: unknown field instanceTyp",
        "did you mean instanceType?",
    ),
    "a field by another name": (
        HEAD + MODEL + "  placement: {sku: Standard_NC24ads_A100_v4}\n", "6:15: error KG120: unknown field sku",
        "write instanceType instead",
    ),
    "a slip in an instance type": (
        HEAD + MODEL + "  placement: {instanceType: Standard_NC24ad_A100_v4}\n", "6:29: error KG473: Standard_NC24ad_A100_v4 is not in KAITO 0.12's table for azure; it is admitted by its prefix, but a preset never gets its nodes",
        "write Standard_NC24ads_A100_v4",
    ),
    "an instance type in another case": (
        HEAD + MODEL + "  placement: {instanceType: standard_nc24ads_a100_v4}\n", "6:29: error KG472: standard_nc24ads_a100_v4 is admitted, but KAITO compares nodes with it letter by letter and never finds one",
        "write Standard_NC24ads_A100_v4",
    ),
    "no instance type": (
        HEAD + MODEL, "4:1: error KG405: instanceType is missing, and KAITO 0.12 with azure-gpu-provisioner requires one",
        "add placement.instanceType, such as Standard_NC24ads_A100_v4, or set target.nodeProvisioner: byo",
    ),
    "GPUs": (
        HEAD + PLACED + MODEL + "  gpus: 2\n", "7:3: error KG120: unknown field gpus",
        "remove it: the instance type says how many GPUs a node has (kaitogen skus lists them)",
    ),
    "a count in quotes": (
        HEAD + MODEL + "  placement: {count: '2', instanceType: Standard_NC24ads_A100_v4}\n", "6:22: error KG122: count must be a whole number, not text",
        "remove the quotes",
    ),
    "a count below one, in quotes": (
        HEAD + MODEL + "  placement: {count: '-2', instanceType: Standard_NC24ads_A100_v4}\n", "6:22: error KG122: count must be a whole number, not text",
        "write 1 or more, without quotes",
    ),
    "a count beside auto": (
        HEAD + MODEL + "  placement: {strategy: auto, count: 2, instanceType: Standard_NC24ads_A100_v4}\n", "6:38: error KG201: strategy auto leaves the number of nodes to KAITO, but count is 2",
        "remove count, or use strategy: count",
    ),
    "one node that is no list": (
        HEAD + MODEL + "  placement: {nodes: gpu-1, instanceType: Standard_NC24ads_A100_v4}\n", "6:22: error KG122: nodes must be a list or a mapping, not text",
        "write it as a list, each item after a dash",
    ),
    "a version without quotes": (
        HEAD + PLACED + MODEL + "  target: {kaito: 0.10}\n", "7:19: error KG122: kaito must be text, not a decimal number",
        'write kaito: "0.10" in quotes',
    ),
    "a cloud that KAITO does not know": (
        HEAD + PLACED + MODEL + "  target: {provider: gcp}\n", "7:22: error KG123: provider can't be gcp",
        "write one of azure, aws, arc",
    ),
    "a cloud in capitals": (
        HEAD + PLACED + MODEL + "  target: {provider: Azure}\n", "7:22: error KG123: provider can't be Azure",
        "did you mean azure?",
    ),
    "KAITO's own fields": (
        HEAD + PLACED + "  inference: {preset: {name: phi-4}}\n", "6:15: error KG120: unknown field preset",
        "write model instead, as model: phi-4",
    ),
    "an address for a model": (
        HEAD + PLACED + "  inference: {model: 'https://huggingface.co/microsoft/phi-4'}\n", "6:22: error KG432: https://huggingface.co/microsoft/phi-4 is no Hugging Face id: that is owner/name, without an address, a tag or a revision",
        "write microsoft/phi-4",
    ),
    "a slip in a model": (
        HEAD + PLACED + "  inference: {model: phi4}\n", "6:22: error KG432: KAITO 0.12 has no preset phi4",
        "write phi-4",
    ),
    "nothing to run": (
        HEAD + PLACED, "4:1: error KG212: neither inference nor tuning says what should run",
        "add inference: {model: ...} to serve a model, or tuning: {...} to tune one",
    ),
    "a token for a secret": (
        HEAD + PLACED + "  inference: {model: phi-4, accessSecret: hf_AbCdEf}\n", "6:43: error KG124: accessSecret must be the name of a Secret: lower-case letters, digits, - and ., beginning and ending with a letter or digit",
        "write the name of a Secret; a secret's value is never accepted here",
    ),
    "a slip in an argument of vLLM": (
        HEAD + PLACED + "  inference: {model: phi-4, config: {vllm: {max-modle-len: 8192}}}\n", "6:45: error KG741: vLLM 0.25.1 of KAITO 0.12 has no argument max-modle-len: its server ends",
        "did you mean max-model-len?",
    ),
    "a share in per cent": (
        HEAD + PLACED + "  inference: {model: phi-4, config: {vllm: {gpu-memory-utilization: 90}}}\n", "6:69: error KG742: gpu-memory-utilization of vLLM 0.25.1 does not take 90: its server ends",
        "write a number more than 0 and at most 1",
    ),
    "the kind of a set": (
        HEAD + "  workspaces: [{metadata: {name: b}}]\n" + PLACED + MODEL, "5:3: error KG120: unknown field workspaces",
        "that is a field of sets: write kind: WorkspaceIntentSet",
    ),
    "no kind": (
        HEAD.replace("kind: WorkspaceIntent\n", "") + PLACED + MODEL, "1:1: error KG121: kind is missing",
        "add kind: WorkspaceIntent",
    ),
    "another kind of KAITO's": (
        "apiVersion: kaito.sh/v1alpha1\nkind: MultiRoleInference\nmetadata: {name: a}\n", "2:7: error KG114: MultiRoleInference of kaito.sh/v1alpha1 is not an intent",
        "put it into a file that is not named *.intent.yaml, where kaitogen validate takes it as it is",
    ),
    "an object of Kubernetes": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n", "2:7: error KG114: Deployment of apps/v1 is not an intent",
        "keep other kinds in files of their own that are not named *.intent.yaml",
    ),
    "a list": (
        "- " + HEAD.replace("\n", "\n  ").rstrip(" ") + "  " + PLACED + "  " + MODEL, "1:1: error KG113: the document is a list, not a mapping",
        "start the document with apiVersion: kaitogen.io/v1alpha1 and kind: WorkspaceIntent",
    ),
    "nothing at all": (
        "# nothing yet\n", " error KG188: nothing is here but comments, if anything, and an intent is expected",
        "write the intent, or remove the file; kaitogen init begins one",
    ),
}  # fmt: skip


def test_the_table_is_long_enough_to_be_typical() -> None:
    assert len(MISTAKES) >= 40
    assert len({text for text, _, _ in MISTAKES.values()}) == len(MISTAKES)


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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--kaito 0.13 validate", "No such option '--kaito' here. It stands behind a command: kaitogen render --kaito"),
        ("nodes --live list", "No such option '--live' here. It stands behind a command: kaitogen nodes list --live"),
        ("validate --kaito 0.13", "'0.13' is newer than what this kaitogen knows (up to 0.12); upgrade kaitogen, or write 0.12"),
        ("migrate --to 0.13", "'0.13' is newer than what this kaitogen knows (up to 0.12); upgrade kaitogen, or write 0.12"),
        ("plan --format jsn", "Did you mean 'json'?"),
    ],
)  # fmt: skip
def test_mistake_on_the_command_line(line: str, said: str, tmp_path: Path) -> None:
    done = kaitogen(*line.split(), cwd=tmp_path)
    assert (done.code, done.output) == (2, b"")
    assert done.said.splitlines()[-1].endswith(said)


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
