"""What once looked like success and was none: each row is a mistake that somebody made, and what is said of it now."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.acceptance.command import kaitogen
from tests.acceptance.plans import data, intent, write
from tests.acceptance.repositories import committed

A100: Final = "instanceType: Standard_NC24ads_A100_v4"


class Row(NamedTuple):
    """Files, the command that looks at them, its exit code, and words of what it says on either stream."""

    about: str
    command: str
    code: int
    words: tuple[str, ...]
    files: Mapping[str, str]


def model(name: str, **more: str) -> str:
    """An intent of that model; `more` is what else the intent says."""
    return intent("x", inference=f"model: {name}", **more)


def vllm(settings: str) -> str:
    return intent("x", inference=f"model: phi-4, config: {{vllm: {{{settings}}}}}")


def workspace(name: str, selected: str = "", preset: str = "phi-4", resource: str = f"{A100}, ") -> str:
    return (
        f"apiVersion: kaito.sh/v1beta1\nkind: Workspace\nmetadata: {{name: {name}}}\n"
        f"resource: {{{resource}labelSelector: {{matchLabels: {{apps: {selected or name}}}}}}}\n"
        f"inference: {{preset: {{name: {preset}}}}}\n"
    )


def several(*documents: str) -> dict[str, str]:
    return {"a.yaml": "---\n".join(documents)}


INFERENCE_SET: Final = (
    "apiVersion: kaito.sh/v1beta1\nkind: InferenceSet\nmetadata: {name: phi}\nspec:\n  replicas: 2\n"
    "  labelSelector: {matchLabels: {apps: phi}}\n  template:\n"
    f"    resource: {{{A100}}}\n    inference: {{preset: {{name: phi-99}}}}\n"
)
PROD: Final = (
    "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: prod}\n"
    "spec: {defaults: {metadata: {labels: {team: 1}}}}\n"
)
FOREIGN: Final = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {y: "1"}\n'
TWO_TARGETS: Final = {
    "a.intent.yaml": intent("a", rest="  target: {kaito: '0.11'}\n"),
    "b.intent.yaml": intent("b"),
}
SHARED: Final = several(*(workspace(name, "phi", resource="") for name in ("eu-phi", "us-phi", "phi-x")))

ROWS: Final = [
    # Settings of vLLM, which ends on what it does not know, behind a GPU that was bought.
    Row("a slip in a setting", "validate x.intent.yaml", 1, ("KG741", "max-model-len"), {"x.intent.yaml": vllm("max-modle-len: 8192")}),
    Row("another slip", "validate x.intent.yaml", 1, ("KG741", "tensor-parallel-size"), {"x.intent.yaml": vllm("tensor-paralel-size: 2")}),
    Row("a setting with dashes", "validate x.intent.yaml", 1, ("KG741", "max-model-len"), {"x.intent.yaml": vllm("--max-model-len: 8192")}),
    Row("a share over 1", "validate x.intent.yaml", 1, ("KG742",), {"x.intent.yaml": vllm("gpu-memory-utilization: 9")}),
    # Fields that nobody reads.
    Row("settings without vllm:", "validate x.intent.yaml", 0, ("KG747", "move it below vllm:"),
        {"x.intent.yaml": intent("x", inference="model: phi-4, config: {max-model-len: 8192}")}),
    Row("an image of a preset", "validate x.intent.yaml", 0, ("KG908", "image"),
        {"x.intent.yaml": intent("x", inference="model: phi-4, image: example.com/a")}),
    # An option is not ignored for intents, and a shell says what Argo CD says.
    Row("an older KAITO", "validate --kaito 0.6 x.intent.yaml", 1, ("KG432",), {"x.intent.yaml": model("microsoft/phi-4")}),
    Row("a broken environment", "validate --environment prod x.intent.yaml", 1, ("KG122", "environments/prod.yaml"),
        {"x.intent.yaml": model("phi-4"), "environments/prod.yaml": PROD}),
    # Replicas are copies; an instance type is of the provider's.
    Row("replicas", "render x.intent.yaml", 0, ("kind: InferenceSet", "replicas: 3"), {"x.intent.yaml": model("phi-4", rest="  replicas: 3\n")}),
    Row("no instance type on aws", "validate x.intent.yaml", 1, ("KG405", "such as p4d.24xlarge"),
        {"x.intent.yaml": intent("x", placement="", rest="  target: {provider: aws}\n")}),
    # Names of models that KAITO refuses.
    Row("an InferenceSet of no model", "validate a.yaml", 1, ("KG432", "write phi-4"), several(INFERENCE_SET)),
    Row("a model as an address", "validate x.intent.yaml", 1, ("KG432", "write microsoft/phi-4"),
        {"x.intent.yaml": model("https://huggingface.co/microsoft/phi-4")}),
    Row("a model with a tag", "validate x.intent.yaml", 1, ("KG432", "write microsoft/phi-4"),
        {"x.intent.yaml": model("'microsoft/phi-4:latest'")}),
    Row("a model with a revision", "validate a.yaml", 1, ("KG432", "write microsoft/phi-4"), several(workspace("x", preset="microsoft/phi-4@main"))),
    Row("a model of another registry", "validate x.intent.yaml", 1, ("KG432", "write its Hugging Face id"),
        {"x.intent.yaml": model("https://ollama.com/library/phi4")}),
    # Nothing at all.
    Row("an empty file", "validate x.intent.yaml", 1, ("KG188",), {"x.intent.yaml": ""}),
    Row("comments alone", "render x.intent.yaml", 1, ("KG188",), {"x.intent.yaml": "# later\n---\n"}),
    Row("an empty file in a folder", "validate .", 0, ("x.intent.yaml: warning KG188",), {"x.intent.yaml": "", "y.intent.yaml": model("phi-4")}),
    Row("nothing piped in", "render -", 1, ("KG188",), {}),
    Row("an empty plan", "plan x.intent.yaml", 1, ("KG188",), {"x.intent.yaml": "\n"}),
    # What can't start.
    Row("no memory left", "plan x.intent.yaml", 1, ("error KG701",), {"x.intent.yaml": vllm("gpu-memory-utilization: 0.2")}),
    # Finished manifests, where intents are expected.
    Row("a folder of Workspaces", "validate .", 1, ("m/a.yaml:5:", "error KG432", "write phi-4"),
        {"m/a.yaml": workspace("x", preset="phi-44")}),
    Row("a folder to render", "render .", 1, ("KG110", "finished manifests: m/a.yaml", "kaitogen import"), {"m/a.yaml": workspace("x")}),
    Row("a Workspace to render", "render a.yaml", 1, ("KG114", "kaitogen import makes an intent of it"), several(workspace("x"))),
    Row("a plan of a Workspace", "plan a.yaml", 0, ("1 Workspace: 1 node, 1 GPU",), several(workspace("x"))),
    Row("a plan of a folder of them", "plan .", 0, ("2 Workspaces: 2 nodes, 2 GPUs",), {"m/a.yaml": workspace("x"), "m/b.yaml": workspace("b")}),
    Row("a plan of a set", "plan a.yaml", 0, ("1 InferenceSet: 2 nodes, 2 GPUs",), several(INFERENCE_SET.replace("phi-99", "phi-4"))),
    Row("a plan of a wrong Workspace", "plan a.yaml", 1, ("a.yaml:5:", "error KG432"), several(workspace("x", preset="phi-44"))),
    Row("a plan for another KAITO", "plan --kaito 0.11 a.yaml", 0, ("What KAITO 0.11 will do",), several(workspace("x"))),
    Row("a plan of finished settings", "plan a.yaml", 1, ("error KG701",),
        several(
            workspace("x").replace("inference: {", "inference: {config: c, "),
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
            "data: {inference_config.yaml: 'vllm: {gpu-memory-utilization: 0.2}'}\n",
        )),
    # What several have in common.
    Row("three with the selector of one", "validate --node-provisioner byo a.yaml", 0, ("KG234", "eu-phi selects apps=phi as well"), SHARED),
    Row("the same, where KAITO reuses nodes", "validate --kaito 0.9 a.yaml", 0, ("KG234",),
        several(workspace("eu-phi", "phi"), workspace("us-phi", "phi"))),
    Row("the same, where each has nodes of its own", "validate a.yaml", 0, ("no findings",),
        several(workspace("eu-phi", "phi"), workspace("us-phi", "phi"))),
    Row("a pool that is shared on purpose", "validate --node-provisioner byo a.yaml", 0, ("no findings",),
        several(workspace("a", "pool", resource=""), workspace("b", "pool", resource=""))),
    Row("two KAITOs in one folder", "render .", 0, ("KG235", "this is for KAITO 0.12, and a beside it for KAITO 0.11"), TWO_TARGETS),
    Row("two clouds in one file", "validate x.intent.yaml", 0, ("KG235", "aws", "azure"),
        {"x.intent.yaml": "---\n".join((intent("a"), intent("b", placement="instanceType: p4d.24xlarge", rest="  target: {provider: aws}\n")))}),
    Row("a folder for each cluster", "validate .", 0, ("2 Workspaces, no findings",),
        {"a/a.intent.yaml": TWO_TARGETS["a.intent.yaml"], "b/b.intent.yaml": TWO_TARGETS["b.intent.yaml"]}),
    # Numbers that are expected.
    Row("none expected, and one seen", "validate --expect 0 a.yaml", 1, ("0 Workspaces expected, 1 seen",), several(workspace("x"))),
    # What belongs to others.
    Row("a ConfigMap of somebody else", "validate a.yaml", 0, ("no findings",), several(FOREIGN, workspace("x"))),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.about)
def test_what_is_wrong_is_said(row: Row, tmp_path: Path) -> None:
    for name, text in row.files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = kaitogen(*row.command.split(), cwd=tmp_path)
    told = f"{done.text}\n{done.said}"
    assert done.code == row.code, told
    assert [word for word in row.words if word not in told] == [], told


def test_an_intent_that_nobody_expanded_is_not_what_was_expected(tmp_path: Path) -> None:
    done = kaitogen("validate", "--expect", "0", "-", cwd=tmp_path, stdin=intent().encode())
    assert done.code == 1
    assert "1 intent not expanded" in done.said


def test_advice_about_the_instance_type_can_be_followed(tmp_path: Path) -> None:
    (tmp_path / "x.intent.yaml").write_text(
        intent("x", placement="", rest="  target: {provider: aws}\n"), encoding="utf-8"
    )
    report = json.loads(kaitogen("validate", "--format", "json", "x.intent.yaml", cwd=tmp_path).output)
    (fix,) = [one["fix"] for one in report["findings"] if one["code"] == "KG405"]
    advised = fix.partition("such as ")[2].partition(",")[0].split()[0]
    (tmp_path / "x.intent.yaml").write_text(
        intent("x", placement=f"instanceType: {advised}", rest="  target: {provider: aws}\n"),
        encoding="utf-8",
    )
    assert kaitogen("validate", "x.intent.yaml", cwd=tmp_path).code == 0


def test_a_shell_says_of_an_environment_what_argo_cd_says(tmp_path: Path) -> None:
    """A broken environments/prod.yaml was green in CI and red in Argo CD."""
    (tmp_path / "x.intent.yaml").write_text(intent("x"), encoding="utf-8")
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/prod.yaml").write_text(PROD, encoding="utf-8")
    here = kaitogen("validate", "--environment", "prod", ".", cwd=tmp_path)
    parameters = json.dumps([{"name": "environment", "string": "prod"}])
    there = kaitogen("argocd", "generate", cwd=tmp_path, env={"ARGOCD_APP_PARAMETERS": parameters})
    assert here.code == there.code == 1
    assert "KG122" in here.said
    assert "KG122" in there.said


def test_a_plan_of_refused_changes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """30 other instance types and one other model were 32 changes for 2 more nodes, with exit code 0."""
    names = [f"m{number}" for number in range(34)]
    committed(tmp_path, {"a.intent.yaml": "---\n".join(map(intent, names))})
    other = "instanceType: Standard_NC48ads_A100_v4"
    changed = [intent(name, placement=other) for name in names[:30]]
    changed += [intent("m30", inference="model: phi-4-mini-instruct")]
    write(tmp_path, *changed, *(intent(name) for name in names[31:]))
    monkeypatch.chdir(tmp_path)
    done = kaitogen("plan", "-q", "--against", "HEAD", ".", cwd=tmp_path)
    assert done.code == 1
    assert "  KAITO: 31 refused\n  while both run: 65 nodes, 95 GPUs\n" in done.text
    assert done.text.count("  changed ") == 2
    assert data("--against", "HEAD", ".")["against"]["refused"] == 31


def test_one_node_with_two_gpus_is_chosen_before_two_nodes(tmp_path: Path) -> None:
    path = write(tmp_path, model("llama-3.3-70b-instruct, accessSecret: hf"))
    (one,) = data(path, "--choose")["workspaces"]
    offers = one["choice"]["offers"]
    assert (offers[0]["instanceType"], offers[0]["nodes"], offers[0]["gpus"]) == (
        "Standard_NC80adis_H100_v5",
        1,
        2,
    )
    assert offers[-1]["caveat"] == "a confidential type"
