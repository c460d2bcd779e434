"""`kaitogen plan` as a user meets it: the plan on standard output, the findings beside it, and what changes."""

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from kaitogen.diagnostics.markdown import LIMIT
from kaitogen.model import KAITO_VERSIONS, NODE_PROVISIONERS
from tests.acceptance.command import KAITOGEN, kaitogen
from tests.acceptance.plans import HEAD, data, diffed, git, intent, planned, write
from tests.draws import examples

#: The keys of a Workspace that were promised first, in their order.
PROMISED: Final = [
    "name", "namespace", "strategy", "instanceType", "kaito", "requestedNodes", "estimatedNodes", "gpus",
    "parallelism", "contextLength", "memory", "findings",
]  # fmt: skip
TUNING: Final = (
    "  tuning: {model: phi-4, method: lora, input: {urls: ['https://example.com/a']}, "
    "output: {image: example.com/a, imagePushSecret: push}}\n"
)


@pytest.fixture(scope="session")
def valid(root: Path) -> Draft202012Validator:
    files = (root / "schemas" / f"{name}.schema.json" for name in ("plan", "findings"))
    contents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    resources = [(one["$id"], DRAFT202012.create_resource(one)) for one in contents]
    return Draft202012Validator(contents[0], registry=Registry().with_resources(resources))


def test_json_is_as_its_schema_says(root: Path, valid: Draft202012Validator) -> None:
    document = data(root / "examples")
    valid.validate(document)
    assert len(document["workspaces"]) == 8
    assert all(list(one)[: len(PROMISED)] == PROMISED for one in document["workspaces"])


def test_the_two_columns_are_those_of_the_controller_and_of_vllm(tmp_path: Path) -> None:
    wide = "instanceType: Standard_NV36ads_A10_v5, count: 4"
    (one,) = data(write(tmp_path, intent(placement=wide)))["workspaces"]
    assert (one["requestedNodes"], one["estimatedNodes"], one["gpus"]) == (4, 2, 2)
    assert one["parallelism"] == {"data": 1, "tensor": 1, "pipeline": 2}
    assert (one["contextLength"], one["kaito"], one["runtime"]) == (2048, "0.12", "vllm")
    terms = {term["name"]: term["likely"] for term in one["memory"]["terms"]}
    assert sum(terms.values()) == pytest.approx(one["memory"]["gpu"]["likely"], rel=1e-6)
    assert [finding["code"] for finding in one["findings"] if finding["severity"] != "note"] == ["KG461"]


def test_objects_are_those_of_the_version_and_the_provisioner(tmp_path: Path) -> None:
    def kinds(target: str) -> list[str]:
        text = intent(rest=f"  target: {{{target}}}\n")
        (one,) = data(write(tmp_path, text))["workspaces"]
        return [made["kind"] for made in one["objects"]]

    served = ["StatefulSet", "Service", "Service", "ControllerRevision", "PersistentVolumeClaim"]
    assert kinds('kaito: "0.12"') == ["NodeClaim", *served]
    assert kinds('kaito: "0.12", nodeProvisioner: karpenter') == ["NodePool", *served]
    assert kinds('kaito: "0.10"') == ["NodeClaim", "ConfigMap", *served]
    assert kinds('kaito: "0.6"')[2:4] == ["Deployment", "Service"]
    assert kinds('kaito: "0.4"')[2:5] == ["Deployment", "Service", "ControllerRevision"]


def test_the_line_that_labels_the_named_nodes_is_printed(root: Path) -> None:
    text = planned(root / "examples" / "explicit.intent.yaml").stdout.decode()
    line = "kubectl label nodes gpu-node-1 gpu-node-2 gpu-node-3 kaitogen.io/workspace=inference.phi-4-pinned"
    assert f"    first run    {line}\n" in text


def test_an_inventory_says_the_gpus_of_nodes_that_a_user_brings(tmp_path: Path) -> None:
    text = intent(placement="nodes: [gpu-1]", rest="  target: {nodeProvisioner: byo}\n")
    path = write(tmp_path, text)
    labels = {"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB", "nvidia.com/gpu.count": "2"}
    labels["nvidia.com/gpu.memory"] = "81920"
    node = {"name": "gpu-1", "ready": True, "labels": labels, "allocatable": {"nvidia.com/gpu": 2}}
    facts = {"apiVersion": "kaitogen.io/v1alpha1", "kind": "NodeInventory", "spec": {"nodes": [node]}}
    inventory = tmp_path / "nodes.yaml"
    inventory.write_text(json.dumps(facts), encoding="utf-8")
    (without,) = data(path)["workspaces"]
    (one,) = data(path, "--inventory", inventory)["workspaces"]
    assert (without["estimatedNodes"], one["estimatedNodes"], one["gpus"]) == (None, 1, 2)
    assert one["memory"]["gpu"]["likely"] == 80 * 2**30


def test_what_can_not_work_is_planned_all_the_same_and_the_exit_code_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, intent(), intent("other", placement="instanceType: Standard_NC24ads_A100_v5"))
    outcome = planned(path)
    assert outcome.exit_code == 1
    assert "chat/phi-4  (auto" in outcome.stdout.decode()
    assert "chat/other  (auto" in outcome.stdout.decode()
    assert "error KG473" in outcome.stderr
    (_, other) = data(path)["workspaces"]
    assert [finding["code"] for finding in other["findings"]] == ["KG473"]
    assert other["objects"] == []


def test_a_finding_about_no_workspace_is_not_lost(tmp_path: Path) -> None:
    path = write(tmp_path, intent().replace("instanceType", "instanceTyp"))
    document = data(path)
    assert (document["workspaces"], [one["code"] for one in document["findings"]]) == ([], ["KG120"])
    assert planned(path).exit_code == 1


def test_findings_are_told_in_the_order_of_files(tmp_path: Path) -> None:
    broken = intent().replace("instanceType", "instanceTyp")
    for name in ("a", "c", "e"):
        write(tmp_path, broken, name=f"{name}.intent.yaml")
    counted = intent(placement="instanceType: Standard_NV36ads_A10_v5, count: 3")
    write(tmp_path, counted.replace("phi-4,", "b,"), name="b.intent.yaml")
    config = "model: ibm-granite/granite-4.1-8b, config: {vllm: {gpu-memory-utilization: 0.7}}"
    text = intent("d", placement="instanceType: Standard_NV36ads_A10_v5", inference=config)
    write(tmp_path, text, name="d.intent.yaml")
    said = planned(tmp_path).stderr
    places = [said.index(f"{name}.intent.yaml:") for name in "abcde"]
    assert places == sorted(places)
    assert "d.intent.yaml" in said.split(": warning KG701")[0].splitlines()[-1]


def test_a_finding_of_a_set_stands_at_the_workspaces_that_it_is_about(tmp_path: Path) -> None:
    text = (
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: fleet}\nspec:\n"
        "  defaults: {spec: {placement: {instanceType: Standard_NV36ads_A10_v5, count: 2}}}\n  workspaces:\n"
        "    - {metadata: {name: two}, spec: {inference: {model: phi-4}}}\n"
        "    - {metadata: {name: one}, spec: {inference: {model: phi-4-mini-instruct}}}\n"
    )
    two, one = data(write(tmp_path, text))["workspaces"]
    assert [(found["code"], found["severity"]) for found in two["findings"]] == [("KG461", "note")]
    assert ("KG461", "warning") in [(found["code"], found["severity"]) for found in one["findings"]]


def test_a_comment_suppresses_a_finding_of_the_plan(tmp_path: Path) -> None:
    config = "model: ibm-granite/granite-4.1-8b, config: {vllm: {gpu-memory-utilization: 0.7}}"
    text = intent(placement="instanceType: Standard_NV36ads_A10_v5", inference=config)
    assert "KG701" in planned(write(tmp_path, text)).stderr
    line = "  placement: {instanceType: Standard_NV36ads_A10_v5}"
    told = text.replace(line, f"{line}  # kaitogen: ignore=KG701 it is measured next week")
    assert "KG701" not in planned(write(tmp_path, told)).stderr


def test_strict_and_quiet_hold_for_a_plan_too(tmp_path: Path) -> None:
    path = write(tmp_path, intent(placement="instanceType: Standard_NC24ads_A100_v4, count: 4"))
    assert (planned(path).exit_code, planned(path, "--strict").exit_code) == (0, 1)
    assert (planned(path, "--quiet").stderr, "KG461" in planned(path).stderr) == ("", True)


@pytest.mark.parametrize("kaito", KAITO_VERSIONS)
def test_every_version_and_provisioner_is_planned(
    kaito: str, tmp_path: Path, valid: Draft202012Validator
) -> None:
    workloads = (
        "  inference: {model: phi-4}\n",
        "  inference: {model: phi-4, runtime: transformers}\n",
        "  inference: {template: {spec: {containers: [{name: a, image: b}]}}}\n",
        TUNING,
    )
    texts = [
        f"{HEAD}metadata: {{name: {kind[0]}-{number}}}\nspec:\n"
        f'  target: {{kaito: "{kaito}", nodeProvisioner: {kind}}}\n'
        f"  placement: {{{'' if kind == 'byo' else 'instanceType: Standard_NC24ads_A100_v4'}}}\n{workload}"
        for kind in NODE_PROVISIONERS
        for number, workload in enumerate(workloads)
    ]
    path = write(tmp_path, *texts)
    document = data(path)
    valid.validate(document)
    assert len(document["workspaces"]) >= 4
    for form in ("text", "markdown", "html"):
        assert planned(path, "--format", form).stdout


@pytest.mark.parametrize(
    ("scaling", "made"),
    [
        ("by: keda-kaito-scaler, max: 3, metrics: [{name: waiting, up: 9, down: 1}]", "by keda-kaito-scaler 0.6.2"),
        ("by: keda, max: 3, triggers: [{type: prometheus, metadata: {query: a}}]", "kaitogen's own"),
    ],
)  # fmt: skip
def test_what_an_autoscaler_works_by_is_among_what_is_made(tmp_path: Path, scaling: str, made: str) -> None:
    path = write(tmp_path, intent(rest=f"  scaling: {{{scaling}}}\n"), intent("b", rest="  replicas: 3\n"))
    scaled, fixed = data(path)["workspaces"]
    assert scaled["objects"][-2:] == [
        {"kind": "ScaledObject", "name": "phi-4", "note": made},
        {"kind": "HorizontalPodAutoscaler", "name": "keda-hpa-phi-4", "note": "by KEDA"},
    ]
    assert not {"ScaledObject", "HorizontalPodAutoscaler"} & {one["kind"] for one in fixed["objects"]}


def test_a_page_draws_the_nodes_of_every_replica(tmp_path: Path) -> None:
    two_nodes = "instanceType: Standard_NV36ads_A10_v5"
    path = write(
        tmp_path, intent(placement=two_nodes, rest="  replicas: 3\n"), intent("q", rest="  replicas: 15\n")
    )
    page = str(planned(path, "--format", "html").stdout)
    captions = re.findall(r'<span class="caption">([^<]*)</span>', page)
    assert captions[:6] == [f"replica {replica}, node {node}" for replica in (1, 2, 3) for node in (1, 2)]
    assert captions[6:] == [*(f"replica {number}" for number in range(1, 13)), "and 3 more nodes"]
    assert "<strong>2 nodes, 2 GPUs for each of 3 replicas</strong>" in page
    assert "<h1>Plan of 2 InferenceSets</h1>" in page


def test_what_a_lost_node_means_for_single_workspaces_is_said_once(tmp_path: Path) -> None:
    said = "Node lost: nothing of a single Workspace goes on serving"
    replicated = intent("c", rest="  replicas: 2\n")
    old = "  target: {kaito: '0.7'}\n"
    for texts, expected in (
        ((intent("a"), intent("b"), replicated), f"{said}; spec.replicas makes copies"),
        ((intent("a", rest=old),), said),
        ((replicated,), ""),
        ((intent().partition("  inference")[0] + TUNING,), ""),
    ):
        path = write(tmp_path, *texts)
        for form in ("text", "markdown", "html"):
            output = str(planned(path, "--format", form).stdout)
            assert output.count("Node lost") == bool(expected), (form, expected)
            assert expected in output
            assert ("spec.replicas" in output) == ("spec.replicas" in expected), form


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a fleet of three, as it was committed."""
    write(tmp_path, intent("stays"), intent("grows"), intent("goes"))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_plan_against_a_revision_says_what_is_new_gone_and_changed(
    repository: Path, valid: Draft202012Validator
) -> None:
    grown = "instanceType: Standard_NC48ads_A100_v4"
    write(repository, intent("stays"), intent("grows", placement=grown), intent("comes"))
    document = data("--against", "HEAD")
    valid.validate(document)
    against = document["against"]
    assert against["same"] == 1
    assert [(one["change"], one["name"]) for one in against["changes"]] == [
        ("changed", "grows"), ("new", "comes"), ("gone", "goes"),
    ]  # fmt: skip
    assert against["changes"][0]["gpus"] == {"before": 1, "after": 2}
    assert (against["before"]["gpus"], document["totals"]["gpus"]) == (3, 4)
    text = planned("--against", "HEAD").stdout.decode()
    assert "Against HEAD: 1 new, 1 changed, 1 gone, 1 the same\n  nodes 3, GPUs 3 -> 4 (+1)\n" in text
    assert "chat/stays" not in text


def test_each_change_has_the_verdict_that_diff_gives_it(
    repository: Path, valid: Draft202012Validator
) -> None:
    other = "instanceType: Standard_NC48ads_A100_v4"
    write(
        repository,
        intent("stays"),
        intent("grows", placement=other),
        intent("goes").replace("team: search", "team: chat"),
    )
    outcome = planned("--against", "HEAD")
    assert outcome.exit_code == 1
    assert "a.intent.yaml:12:29: error KG804" in outcome.stderr
    text = outcome.stdout.decode()
    assert "\n  KAITO: 1 refused, 1 in place\n  while both run: 4 nodes, 5 GPUs\n" in text
    assert "           refused (U4, KG804): the instance type is fixed once it is set\n" in text
    assert "way out: run it as grows-b beside the one that runs" in text
    document = data("--against", "HEAD")
    valid.validate(document)
    against = document["against"]
    assert against["refused"] == 1
    assert against["meanwhile"] == {"nodes": 4, "gpus": 5}
    refused, in_place = against["changes"]
    compared = {one["name"]: one for one in diffed("--against", "HEAD")["objects"]}
    for one in (refused, in_place):
        for key in ("verdict", "why", "code", "rule", "wayOut"):
            assert one.get(key) == compared[one["name"]].get(key), key
    by_name = {one["name"]: one for one in document["workspaces"]}
    assert [one["code"] for one in by_name["grows"]["findings"]] == ["KG708", "KG804"]
    assert by_name["grows"]["objects"], "it would do as a new one"
    for form in ("markdown", "html"):
        page = planned("--against", "HEAD", "--format", form).stdout.decode()
        assert "refused (U4, KG804)" in page, form
        assert "grows-b" in page, form
        assert "4 nodes, 5 GPUs" in page, form


def test_a_plan_of_what_kaito_takes_is_no_failure(repository: Path) -> None:
    write(
        repository, intent("stays"), intent("grows", inference="model: phi-4, adapters: []"), intent("more")
    )
    assert planned("--against", "HEAD").exit_code == 0


def test_a_rename_is_one_verdict_and_holds_both(repository: Path) -> None:
    write(repository, intent("stays"), intent("grows"), intent("went"))
    text = planned("--against", "HEAD").stdout.decode()
    assert "  KAITO: 1 recreate\n  while both run: 4 nodes, 4 GPUs\n" in text


def test_what_reaches_new_replicas_only_is_called_so(repository: Path) -> None:
    replicated = "  replicas: 2\n"
    write(repository, intent("stays", rest=replicated), intent("grows"), intent("goes"))
    git(repository, "commit", "-qam", "a set")
    other = "instanceType: Standard_NC48ads_A100_v4"
    write(repository, intent("stays", placement=other, rest=replicated), intent("grows"), intent("goes"))
    outcome = planned("--against", "HEAD")
    assert outcome.exit_code == 0
    assert "new replicas only (KG834)" in outcome.stdout.decode()
    assert "delete the replicas one by one" in outcome.stdout.decode()
    (change,) = data("--against", "HEAD")["against"]["changes"]
    assert (change["verdict"], change["code"]) == ("no effect", "KG834")


def test_equal_changes_of_many_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"m{number}" for number in range(12)]
    write(tmp_path, *map(intent, names))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    monkeypatch.chdir(tmp_path)
    other = "instanceType: Standard_NC48ads_A100_v4"
    write(
        tmp_path, *(intent(name, placement=other) for name in names[:11]),
        intent("m11", placement=other, inference="model: phi-4-mini-instruct"),
    )  # fmt: skip
    text = planned("--against", "HEAD").stdout.decode()
    lines = [line for line in text.splitlines() if line.startswith("  changed ")]
    assert len(lines) == 2
    assert (
        "11 Workspaces (chat/m0, chat/m1, chat/m2, chat/m3, chat/m4 and 6 more)  0 nodes, +11 GPUs;"
        in lines[0]
    )
    assert "run each under another name (m0-b for m0)" in text
    assert "22 nodes with 33 GPUs meanwhile, 11 nodes with 11 GPUs of which run now" in " ".join(text.split())
    assert [one["name"] for one in data("--against", "HEAD")["against"]["changes"]] == names
    table = planned("--against", "HEAD", "--format", "markdown").stdout.decode()
    assert table.count("| changed |") == 2
    page = planned("--against", "HEAD", "--format", "html").stdout.decode()
    assert page.count('<td><span class="badge changed">') == 2
    assert all(f">chat/{name}</a>" in page for name in names)


def test_a_comment_has_the_plan_and_what_changes_field_by_field(repository: Path) -> None:
    grown = "instanceType: Standard_NC48ads_A100_v4"
    write(repository, intent("stays"), intent("grows", placement=grown), intent("comes"))
    comment = planned("--against", "HEAD", "--format", "markdown").stdout.decode()
    assert "### Workspace chat/grows (KAITO 0.12): refused" in comment
    assert "| `resource.instanceType` | `Standard_NC24ads_A100_v4` | `Standard_NC48ads_A100_v4` |" in comment
    assert "Workspace chat/comes (KAITO" not in comment


def test_nothing_changed_is_said(repository: Path) -> None:
    assert planned("--against", "HEAD").stdout.decode().startswith("Against HEAD: 3 the same\n")


def test_a_change_without_figures_is_a_change(repository: Path) -> None:
    write(
        repository,
        intent("stays", rest="").replace("team: search", "team: chat"),
        intent("grows"),
        intent("goes"),
    )
    (change,) = data("--against", "HEAD")["against"]["changes"]
    assert (change["name"], change["what"]) == ("stays", ["other fields"])


def test_an_unknown_revision_prints_no_plan(repository: Path) -> None:
    write(repository, intent(placement="instanceType: Standard_NC24ads_A100_v4, count: 4"))
    outcome = planned("--against", "nope")
    assert (outcome.exit_code, outcome.stdout) == (3, b"")
    assert "KG641" in outcome.stderr
    assert "KG461" in outcome.stderr


def test_a_folder_is_what_other_commands_compare_with(repository: Path, tmp_path: Path) -> None:
    """The advice to name a path that exists led to itself: a plan takes revisions alone."""
    write(repository, intent())
    stderr = planned("--against", str(tmp_path)).stderr
    assert "names no commit of this repository" in stderr
    assert "; diff and validate also compare with a folder or file that exists\n" in stderr


def test_standard_input_has_no_revision(repository: Path) -> None:
    done = kaitogen("plan", "--against", "HEAD", "-", cwd=repository, stdin=intent().encode())
    assert (done.code, done.output) == (2, b"")
    assert "standard input has no revision" in done.said
    assert kaitogen("plan", "-", cwd=repository, stdin=intent().encode()).text.startswith("chat/phi-4  (auto")


def test_markdown_of_two_hundred_changes_fits_a_comment(repository: Path) -> None:
    names = [f"{'long-' * 8}{number}" for number in range(200)]
    big = "instanceType: Standard_ND96isr_H100_v5"
    intents = [intent(name, namespace="n" * 60) for name in names]
    write(repository, *intents, intent("most", placement=big, inference="model: deepseek-r1-0528"))
    outcome = planned("--against", "HEAD", "--format", "markdown")
    text = outcome.stdout.decode()
    assert len(outcome.stdout) <= LIMIT
    assert text.count("<details>") == text.count("</details>")
    assert "201 new, 3 gone" in text
    assert text.index("| new | chat/most |") < text.index(f"/{names[0]} |")
    assert sum(f"/{name} |" in text for name in names) == 200
    assert "would be too long for a comment" in text


@examples(25)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_no_text_of_a_user_steers_markdown(text: str) -> None:
    from markdown_it import MarkdownIt

    from kaitogen.diagnostics.markdown import plain

    shown = (
        MarkdownIt("commonmark").enable("table").render(f"| a | b |\n|---|---|\n| x{plain(text)}x | y |\n")
    )
    assert shown.count("<td>") == 2
    assert not {"<em>", "<a ", "<code>", "<strong>", "<img"} & set(_tags(shown))


def _tags(html: str) -> Sequence[str]:
    return [f"<{part.split('>')[0]}" for part in html.split("<")[1:]]


def test_the_same_intents_give_the_same_bytes(root: Path) -> None:
    for form in ("text", "markdown", "json", "html"):
        outputs = {
            subprocess.run(
                [os.fspath(KAITOGEN), "plan", "--format", form, "examples"],
                cwd=root, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed},
            ).stdout
            for seed in ("1", "2")
        }  # fmt: skip
        assert len(outputs) == 1, form


def test_the_config_map_and_the_revisions_of_kubernetes_are_listed(tmp_path: Path) -> None:
    text = intent(inference="model: phi-4, config: {vllm: {max-model-len: 4096}}")
    (one,) = data(write(tmp_path, text))["workspaces"]
    first, *others = one["objects"]
    assert first["kind"] == "ConfigMap"
    assert re.fullmatch("phi-4-inference-[0-9a-f]{10}", first["name"])
    assert first["note"] == "kaitogen's own, applied before"
    (revision,) = [made for made in others if made["kind"] == "ControllerRevision"]
    assert revision["name"] == "phi-4-XXXXX"
    assert revision["note"] == "and phi-4-XXXXXXXXXX, which Kubernetes makes for the StatefulSet"
    assert [made["kind"] for made in others].count("ConfigMap") == 0


@pytest.mark.parametrize("kaito", ["0.6", "0.9", "0.10"])
def test_a_preset_that_vllm_cannot_divide_leaves_the_other_gpus_idle(kaito: str, tmp_path: Path) -> None:
    text = intent(
        placement="instanceType: Standard_NC48ads_A100_v4",
        inference="model: falcon-7b",
        rest=f"  target: {{kaito: '{kaito}'}}\n",
    )
    said = planned(write(tmp_path, text)).stdout.decode()
    assert "1 node, 2 GPUs" in said
    assert "data 1 x tensor 1 x pipeline 1: the whole model on one GPU" in said
