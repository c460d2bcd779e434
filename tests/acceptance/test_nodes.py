"""Nodes as a user meets them: selected and checked by an inventory through every entrance, listed, and taken stock of."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from kaitogen import schema
from kaitogen.schema.compiled import FILES
from tests.acceptance.command import KAITOGEN, Done, kaitogen
from tests.unit.files.cluster.scripted import Reply, answering, kubeconfig
from tests.unit.nodes.samples import NC24, NC96, TYPE, ZONE, api_node, entry, inventory

GFD = {"nvidia.com/gpu.product": "A100", "nvidia.com/gpu.count": "4", "nvidia.com/gpu.memory": "81920"}
TODAY = ("--today", "2026-11-24")


def intent(nodes: Any, target: str = "azure-gpu-provisioner", name: str = "phi-4", **placement: Any) -> str:
    """An intent with these nodes."""
    return yaml.safe_dump(
        {
            "apiVersion": "kaitogen.io/v1alpha1",
            "kind": "WorkspaceIntent",
            "metadata": {"name": name},
            "spec": {
                "target": {"nodeProvisioner": target},
                "placement": {"nodes": nodes, **placement},
                "inference": {"model": "phi-4"},
            },
        }
    )


def given(folder: Path, text: str, *entries: Mapping[str, Any], **spec: Any) -> None:
    (folder / "intent.yaml").write_text(text, encoding="utf-8")
    whole = inventory(*entries, **{"taken": "2026-11-24T08:00:00Z", **spec})
    (folder / "nodes.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")


def rendered(folder: Path, *more: str) -> Done:
    return kaitogen("render", "--inventory", "nodes.yaml", *more, "intent.yaml", cwd=folder)


def resource(done: Done) -> dict[str, Any]:
    assert done.code == 0, done.said
    found: dict[str, Any] = yaml.safe_load(done.output)["resource"]
    return found


def codes(folder: Path, *more: str) -> list[tuple[str, str, str]]:
    """Code, severity and path of each finding."""
    done = kaitogen(
        "validate", "--inventory", "nodes.yaml", *TODAY, *more, "--format", "json", "intent.yaml", cwd=folder
    )
    return [(one["code"], one["severity"], one["path"]) for one in json.loads(done.output)["findings"]]


FLEET = (
    entry("a-1", {ZONE: "z1"}),
    entry("a-2", {ZONE: "z1"}),
    entry("a-3", {ZONE: "z2"}),
    entry("a-4", {ZONE: "z3"}, ready=False),
    entry("a-5", {ZONE: "z3"}, cordoned=True),
    entry("a-6", {ZONE: "z3"}, taints=[{"key": "team", "effect": "NoSchedule"}]),
    entry("b-1", {TYPE: NC24, "pool": "b"}, allocatable={"nvidia.com/gpu": 1}),
    entry("cpu-1", {TYPE: "Standard_D8s_v5", "pool": "b"}, allocatable=None),
)


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        ({"select": {"quick": "nc96"}}, ["a-1", "a-2", "a-3"]),
        ({"select": {"quick": "nc96"}, "count": 2}, ["a-1", "a-2"]),
        ({"select": {"quick": "nc96"}, "count": 2, "spread": "zone"}, ["a-1", "a-3"]),
        ({"select": {"quick": "nc96"}, "count": 3, "spread": True}, ["a-1", "a-3", "a-2"]),
        ({"select": {"quick": "nc96", "zone": "z2"}}, ["a-3"]),
        ({"select": {"instanceType": NC96, "labels": f"{ZONE}!=z1"}}, ["a-3"]),
        ({"select": {"quick": "nc96"}, "require": "any"}, ["a-1", "a-2", "a-3", "a-4", "a-5", "a-6"]),
        ({"select": {"matchLabels": {"pool": "b"}}}, ["b-1"]),
        ({"select": {"labels": "pool"}}, ["b-1"]),
    ],
)
def test_a_selection_comes_to_names_and_a_type(tmp_path: Path, selection: Any, names: list[str]) -> None:
    given(tmp_path, intent(selection), *reversed(FLEET))
    found = resource(rendered(tmp_path))
    instance_type = NC24 if names == ["b-1"] else NC96
    assert found == {
        "count": len(names),
        "preferredNodes": names,
        "instanceType": instance_type,
        "labelSelector": {"matchLabels": {TYPE: instance_type}},
    }
    assert list(found) == ["count", "preferredNodes", "instanceType", "labelSelector"]


def test_the_count_of_the_placement_counts_for_a_selection(tmp_path: Path) -> None:
    given(tmp_path, intent({"select": {}}, count=2, instanceType=NC96), *FLEET)
    assert resource(rendered(tmp_path))["preferredNodes"] == ["a-1", "a-2"]


@pytest.mark.parametrize(
    ("selection", "code", "path", "words"),
    [
        ({"select": {"zone": "z9"}}, "KG302", "spec.placement.nodes.select", "none of the 7 GPU nodes"),
        ({"select": {"zone": "z3"}}, "KG302", "spec.placement.nodes.select", "a-4 is not Ready, a-5 is cordoned, a-6 is tainted with team:NoSchedule"),
        ({"select": {"quick": "nc96"}, "count": 4}, "KG303", "spec.placement.nodes", "3 of 6 matching nodes can take a pod now"),
        ({"select": {"zone": "z1"}, "count": 3}, "KG303", "spec.placement.nodes", "2 of 2 matching nodes are there"),
        ({"select": {}}, "KG312", "spec.placement.nodes", "Standard_NC24ads_A100_v4: b-1; Standard_NC96ads_A100_v4: a-1, a-2, a-3"),
        ({"select": {"quick": "nc69"}}, "KG323", "spec.placement.nodes.select.quick", "did you mean nc96?"),
        ({"select": {"labels": "pool in b"}}, "KG324", "spec.placement.nodes.select.labels", "at character 9"),
        ({"select": {"matchLabels": {"nvidia.com/gfd.timestamp": "1"}}}, "KG324", "spec.placement.nodes.select.matchLabels", "leaves out the label"),
    ],
)  # fmt: skip
def test_a_selection_that_comes_to_nothing(
    tmp_path: Path, selection: Any, code: str, path: str, words: str
) -> None:
    given(tmp_path, intent(selection), *FLEET)
    done = rendered(tmp_path)
    assert (done.code, done.output) == (1, b"")
    assert words in done.said
    assert codes(tmp_path) == [(code, "error", path)]


def test_under_byo_the_selector_takes_the_chosen_nodes_and_no_others(tmp_path: Path) -> None:
    pool = {**GFD, "agentpool": "a"}
    fleet = [
        entry("a-1", {**pool, ZONE: "z1"}),
        entry("a-2", {**pool, ZONE: "z2"}),
        entry("b-1", {**GFD, "agentpool": "b"}),
    ]
    given(tmp_path, intent({"select": {"matchLabels": {"agentpool": "a"}}}, "byo"), *fleet)
    assert resource(rendered(tmp_path))["labelSelector"] == {"matchLabels": {"agentpool": "a"}}
    given(tmp_path, intent({"select": {"quick": "nc96", "zone": "z2"}}, "byo"), *fleet)
    found = resource(rendered(tmp_path))["labelSelector"]["matchLabels"]
    assert [node["name"] for node in fleet if found.items() <= node["labels"].items()] == ["a-2"]
    assert codes(tmp_path) == [("KG463", "note", "spec.placement.nodes")]


def test_where_no_label_tells_nodes_apart_the_line_that_makes_one_is_printed(tmp_path: Path) -> None:
    fleet = [entry("a-1", GFD), entry("a-2", GFD)]
    given(tmp_path, intent({"select": {"quick": "nc96"}, "count": 1}, "byo"), *fleet)
    done = rendered(tmp_path)
    assert resource(done)["labelSelector"] == {"matchLabels": {"kaitogen.io/workspace": "phi-4"}}
    assert "fix: run: kubectl label nodes a-1 kaitogen.io/workspace=phi-4\n" in done.said
    fleet[0]["labels"]["kaitogen.io/workspace"] = "phi-4"
    given(tmp_path, intent({"select": {"quick": "nc96"}, "count": 1}, "byo"), *fleet)
    assert codes(tmp_path) == [("KG463", "note", "spec.placement.nodes")]


def test_every_check_of_named_nodes_at_its_name(tmp_path: Path) -> None:
    named = ["a-1", "a-4", "a-5", "a-6", "b-1", "cpu-1", "aa-2", "a-77"]
    given(tmp_path, intent(named, instanceType=NC96), *FLEET)
    nodes = "spec.placement.nodes"
    assert [one for one in codes(tmp_path) if one[0] < "KG400"] == [
        ("KG307", "warning", f"{nodes}[1]"),
        ("KG308", "warning", f"{nodes}[2]"),
        ("KG309", "warning", f"{nodes}[3]"),
        ("KG311", "error", f"{nodes}[4]"),
        ("KG306", "error", f"{nodes}[5]"),
        ("KG304", "error", f"{nodes}[6]"),
        ("KG305", "warning", f"{nodes}[7]"),
    ]


def test_a_node_without_a_gpu_says_nothing_about_types(tmp_path: Path) -> None:
    given(tmp_path, intent(["a-1", "cpu-1"]), *FLEET)
    assert [code for code, severity, _ in codes(tmp_path) if severity == "error"] == ["KG306"]


def test_the_type_of_named_nodes_is_found(tmp_path: Path) -> None:
    given(tmp_path, intent(["a-2", "a-1"]), *FLEET)
    found = resource(rendered(tmp_path))
    assert (found["instanceType"], found["preferredNodes"]) == (NC96, ["a-2", "a-1"])
    bare = kaitogen("render", "intent.yaml", cwd=tmp_path)
    assert (bare.code, "KG405" in bare.said) == (1, True)


SLICED = {"nvidia.com/gpu": 0, "nvidia.com/mig-3g.40gb": 2}


@pytest.mark.parametrize(
    ("allocatable", "partition", "words"),
    [
        (SLICED, {"mode": "mig", "profile": "1g.10gb"}, "has no slice nvidia.com/mig-1g.10gb; it has nvidia.com/mig-3g.40gb"),
        ({"nvidia.com/gpu": 4}, {"mode": "accelerator", "count": 5}, "has 4 GPUs, and the partition asks for 5"),
        (SLICED, None, "are cut into slices (nvidia.com/mig-3g.40gb), and whole ones are asked for"),
    ],
)  # fmt: skip
def test_partitions_that_a_node_does_not_offer(
    tmp_path: Path, allocatable: Any, partition: Any, words: str
) -> None:
    labels = {"kaitogen.io/workspace": "phi-4", "nvidia.com/gpu.product": "A100", TYPE: "own"}
    more = {"partition": partition} if partition else {}
    given(tmp_path, intent(["a-1"], "byo", **more), entry("a-1", labels, allocatable=allocatable))
    found = {code for code, _, path in codes(tmp_path) if path == "spec.placement.nodes[0]"}
    assert ("KG313" in found, words in rendered(tmp_path).said) == (True, True), found


@pytest.mark.parametrize(
    ("memory", "model", "words"),
    [
        ("81920", {"model": "llama-3.3-70b-instruct", "accessSecret": "hf"}, "will wait for 3 nodes of 1 x 80 GiB"),
        ("81920", {"model": "llama-3.3-70b-instruct", "accessSecret": "hf", "runtime": "transformers"}, "131.4 GiB of weights, and transformers runs it on one node, of 1 x 80 GiB"),
        ("2048", {"model": "phi-4"}, "GPUs of nodes with 1 x 2 GiB are too small for microsoft/phi-4 at 2048 tokens"),
        ("81920", {"model": "phi-4"}, ""),
    ],
)  # fmt: skip
def test_nodes_that_a_user_brings_are_enough_or_not(
    tmp_path: Path, memory: str, model: dict[str, str], words: str
) -> None:
    labels = {
        **GFD,
        "nvidia.com/gpu.count": "1",
        "nvidia.com/gpu.memory": memory,
        "kaitogen.io/workspace": "phi-4",
    }
    value = yaml.safe_load(intent(["a-1"], "byo"))
    value["spec"]["inference"] = model
    given(tmp_path, yaml.safe_dump(value), entry("a-1", labels, allocatable={"nvidia.com/gpu": 1}))
    errors = [(code, path) for code, severity, path in codes(tmp_path) if severity == "error"]
    assert errors == ([("KG313", "spec.placement.nodes")] if words else [])
    assert words in rendered(tmp_path).said


def test_old_facts_are_told_by_reports_and_never_by_a_render(tmp_path: Path) -> None:
    given(tmp_path, intent(["a-1"]), *FLEET, taken="2026-11-01T00:00:00Z")
    assert "KG321" not in rendered(tmp_path).said
    assert ("KG321", "warning", "spec.taken") in codes(tmp_path)
    assert "KG321" not in str(codes(tmp_path, "--max-age", "30"))
    listed = kaitogen("nodes", "list", "--inventory", "nodes.yaml", *TODAY, cwd=tmp_path)
    assert (listed.code, "KG321" in listed.said, b"a-1" in listed.output) == (0, True, True)


@pytest.mark.parametrize(
    "option", [("--max-age", "x"), ("--max-age", "-1"), ("--today", "tomorrow"), ("--today", "0001-01-02")]
)
def test_wrong_days_are_wrong_usage(tmp_path: Path, option: tuple[str, str]) -> None:
    given(tmp_path, intent(["a-1"]), *FLEET)
    done = kaitogen("validate", "--inventory", "nodes.yaml", *option, "intent.yaml", cwd=tmp_path)
    assert (done.code, done.output) == (2, b"")


def test_folder_is_no_inventory(tmp_path: Path) -> None:
    (tmp_path / "intent.yaml").write_text(intent(["n1"]), encoding="utf-8")
    done = kaitogen("render", "--inventory", ".", "intent.yaml", cwd=tmp_path)
    assert (done.code, done.output) == (1, b"")
    assert ".: error KG111: a folder, and a file is expected" in done.said


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("kind: List\nitems: []\n", "KG320", 1),
        ("- 1\n", "KG320", 1),
        ("", "KG320", 0),
        ("# nothing\n---\n", "KG320", 0),
        ("apiVersion: kaitogen.io/v1alpha1\nkind: NodeInventory\nspec:\n  nodes:\n    - name: a\n", "KG121", 5),
        ("apiVersion: kaitogen.io/v1alpha1\nkind: NodeInventory\nspec:\n  node: []\n", "KG120", 4),
        ("apiVersion: kaitogen.io/v1alpha1\nkind: NodeInventory\nspec: {nodes: []}\n---\napiVersion: kaitogen.io/v1alpha1\nkind: NodeInventory\nspec: {nodes: []}\n", "KG320", 6),
        ("a: [\n", "KG102", 2),
        ("a: 1\na: 2\n", "KG103", 2),
    ],
)  # fmt: skip
def test_what_is_no_inventory_is_told_at_its_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    given(tmp_path, intent({"select": {}}))
    (tmp_path / "nodes.yaml").write_text(text)
    done = kaitogen("validate", "--inventory", "nodes.yaml", "--format", "json", "intent.yaml", cwd=tmp_path)
    found = [(one["file"], one["code"], one["line"]) for one in json.loads(done.output)["findings"]]
    assert [one for one in found if one[0] == "nodes.yaml"] == [("nodes.yaml", code, line)]
    assert "KG301" not in str(found)


def test_quick_selectors_of_a_team(tmp_path: Path) -> None:
    given(tmp_path, intent({"select": {"quick": "search"}}), *FLEET)
    own = {"search": {"labels": f"{ZONE} in (z2)"}, "gpu": {"instanceType": NC24}}
    document = {"apiVersion": "kaitogen.io/v1alpha1", "kind": "QuickSelectors", "spec": {"selectors": own}}
    (tmp_path / "quick.yaml").write_text(yaml.safe_dump(document))
    assert resource(rendered(tmp_path, "--inventory", "quick.yaml"))["preferredNodes"] == ["a-3"]
    shown = kaitogen(
        "nodes", "quick", "--inventory", "nodes.yaml", "--inventory", "quick.yaml", *TODAY, cwd=tmp_path
    ).text
    assert "search      1 node: a-3" in shown
    assert "gpu         1 node: b-1" in shown
    own["wrong"] = {"labels": "a in b"}
    (tmp_path / "quick.yaml").write_text(yaml.safe_dump(document))
    done = rendered(tmp_path, "--inventory", "quick.yaml")
    assert (done.code, "at spec.selectors.wrong.labels" in done.said) == (1, True)
    alone = kaitogen("render", "--inventory", "quick.yaml", "intent.yaml", cwd=tmp_path)
    assert (alone.code, "KG324" in alone.said) == (1, True)


def test_the_same_through_argo_cd(tmp_path: Path) -> None:
    given(tmp_path, intent({"select": {"quick": "nc96"}}), *FLEET)
    said = json.dumps([{"name": "inventory", "array": ["nodes.yaml"]}])
    done = kaitogen("argocd", "generate", cwd=tmp_path, env={"ARGOCD_APP_PARAMETERS": said})
    assert resource(done)["preferredNodes"] == ["a-1", "a-2", "a-3"]
    outside = json.dumps([{"name": "inventory", "array": ["../nodes.yaml"]}])
    done = kaitogen("argocd", "generate", cwd=tmp_path, env={"ARGOCD_APP_PARAMETERS": outside})
    assert (done.code, "KG155" in done.said) == (1, True)


@pytest.mark.parametrize("kind", ["WorkspaceGenerator", "WorkspaceTransformer", "ConfigMap"])
def test_the_same_through_kustomize(tmp_path: Path, kind: str) -> None:
    text = intent({"select": {"quick": "nc96"}})
    given(tmp_path, text, *FLEET)
    value = yaml.safe_load(text)

    def answer(named: Any) -> Done:
        spec: dict[str, Any] = {"inventory": named}
        config: dict[str, Any] = {
            "apiVersion": "kaitogen.io/v1alpha1",
            "kind": kind,
            "metadata": {"name": "a"},
            "spec": spec,
        }
        items = [value]
        if kind == "WorkspaceGenerator":
            spec["intents"], items = [value], []
        elif kind == "ConfigMap":
            config = {
                "apiVersion": "v1",
                "kind": kind,
                "metadata": {"name": "a"},
                "data": {"inventory": named},
            }
        whole = {
            "apiVersion": "config.kubernetes.io/v1",
            "kind": "ResourceList",
            "items": items,
            "functionConfig": config,
        }
        return kaitogen("krm", stdin=yaml.safe_dump(whole).encode(), cwd=tmp_path)

    done = answer("nodes.yaml")
    assert done.code == 0, done.said
    assert yaml.safe_load(done.output)["items"][0]["resource"]["preferredNodes"] == ["a-1", "a-2", "a-3"]
    for named, code in (("../nodes.yaml", "KG142"), ("gone.yaml", "KG143")):
        done = answer(named)
        assert (done.code, code in done.said) == (1, True), done.said


def test_the_report_for_machines_fits_its_schema(tmp_path: Path) -> None:
    given(tmp_path, "", *FLEET, cluster="prod")
    forms = {}
    for form in ("json", "yaml"):
        done = kaitogen(
            "nodes", "list", "--all", "--inventory", "nodes.yaml", "--format", form, *TODAY, cwd=tmp_path
        )
        forms[form] = yaml.safe_load(done.output)
    assert forms["json"] == forms["yaml"]
    Draft202012Validator(schema.document(FILES["nodes"])).validate(forms["json"])
    nodes = {one["name"]: one for one in forms["json"]["nodes"]}
    assert list(nodes) == sorted(node["name"] for node in FLEET)
    assert (nodes["cpu-1"]["gpu"], nodes["a-6"]["status"]) == (None, ["Ready", "Tainted"])
    assert nodes["a-1"]["gpu"]["number"] == 4


def listing(*objects: Mapping[str, Any]) -> bytes:
    return json.dumps({"apiVersion": "v1", "items": objects, "kind": "List"}, indent=4).encode()


def test_what_kubectl_printed_becomes_an_inventory_however_it_comes(tmp_path: Path) -> None:
    nodes = [api_node("gpu-2"), api_node("gpu-1")]
    text = listing(*nodes)
    words = ("nodes", "snapshot", "--cluster", "prod", "--time", "2026-11-24T08:00:00Z")
    (tmp_path / "nodes.json").write_bytes(text)
    (tmp_path / "printed.yaml").write_text(yaml.safe_dump(json.loads(text)))
    made = kaitogen(*words, "nodes.json", cwd=tmp_path)
    assert made.code == 0, made.said
    assert kaitogen(*words, "-", stdin=text).output == made.output
    assert kaitogen(*words, "printed.yaml", cwd=tmp_path).output == made.output
    assert kaitogen(*words, "-", stdin=made.output).output == made.output
    value = yaml.safe_load(made.output)
    assert schema.problems("inventory", value) == []
    assert [one["name"] for one in value["spec"]["nodes"]] == ["gpu-1", "gpu-2"]


@pytest.mark.parametrize(
    "text", [b'{"kind": "List", "items": []}', b"kind: ConfigMap\napiVersion: v1\n", b""]
)
def test_what_holds_no_nodes_makes_no_inventory(text: bytes) -> None:
    done = kaitogen("nodes", "snapshot", "-", stdin=text)
    assert (done.code, done.output, done.said.startswith("<stdin>: error KG320: ")) == (1, b"", True), (
        done.said
    )


def test_free_gpus_from_nodes_and_pods(tmp_path: Path) -> None:
    pod = {
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {"nodeName": "gpu-1", "containers": [{"resources": {"limits": {"nvidia.com/gpu": "3"}}}]},
        "status": {"phase": "Running"},
    }
    done = kaitogen(
        "nodes",
        "list",
        "--inventory",
        "-",
        "--pods",
        "--format",
        "json",
        stdin=listing(api_node("gpu-1"), pod),
    )
    assert done.code == 0, done.said
    assert json.loads(done.output)["nodes"][0]["gpu"]["free"] == 1
    alone = kaitogen("nodes", "list", "--inventory", "-", "--pods", stdin=listing(api_node("gpu-1")))
    assert (alone.code, alone.output) == (2, b"")


def test_merging_into_the_file_itself(tmp_path: Path) -> None:
    given(tmp_path, "", *FLEET, cluster="prod")
    (tmp_path / "now.json").write_bytes(listing(api_node("a-1"), api_node("new-1")))
    words = (
        "nodes",
        "snapshot",
        "now.json",
        "--merge",
        "nodes.yaml",
        "-o",
        "nodes.yaml",
        "-l",
        f"{TYPE}={NC96}",
    )
    done = kaitogen(*words, cwd=tmp_path)
    assert (done.code, done.output) == (0, b""), done.said
    assert "1 new, 5 gone, 1 changed\n    new: new-1\n" in done.said
    value = yaml.safe_load((tmp_path / "nodes.yaml").read_text())["spec"]
    assert [one["name"] for one in value["nodes"]] == ["a-1", "b-1", "cpu-1", "new-1"]
    assert value["cluster"] == "prod"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["intent.yaml", "nodes.yaml", "now.json"]
    other = kaitogen(
        "nodes", "snapshot", "now.json", "--merge", "nodes.yaml", "--cluster", "other", cwd=tmp_path
    )
    assert (other.code, other.output) == (2, b"")


def test_a_snapshot_into_a_link_goes_where_the_link_leads(tmp_path: Path) -> None:
    (tmp_path / "now.json").write_bytes(listing(api_node("gpu-1")))
    (tmp_path / "real.yaml").write_text("old")
    (tmp_path / "real.yaml").chmod(0o600)
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    done = kaitogen("nodes", "snapshot", "now.json", "-o", "link.yaml", cwd=tmp_path)
    assert done.code == 0, done.said
    assert (tmp_path / "link.yaml").readlink() == Path("real.yaml")
    assert yaml.safe_load((tmp_path / "real.yaml").read_text())["spec"]["nodes"][0]["name"] == "gpu-1"
    assert (tmp_path / "real.yaml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("snapshot",), 2),
        (("snapshot", "gone.json"), 3),
        (("snapshot", "."), 3),
        (("snapshot", "intent.yaml"), 1),
        (("snapshot", "--time", "now", "nodes.yaml"), 2),
        (("snapshot", "nodes.yaml", "-o", "gone/nodes.yaml"), 3),
        (("snapshot", "nodes.yaml", "-l", "a in b"), 2),
        (("list",), 2),
        (("list", "--inventory", "gone.yaml"), 3),
        (("list", "--inventory", "nodes.yaml", "-l", "a in b"), 2),
        (("list", "--inventory", "nodes.yaml", "--quick", "nope"), 2),
        (("list", "--inventory", "nodes.yaml", "--context", "a"), 2),
    ],
)
def test_what_goes_wrong_prints_nothing_half(tmp_path: Path, words: Sequence[str], code: int) -> None:
    given(tmp_path, intent(["a-1"]), *FLEET)
    done = kaitogen("nodes", *words, cwd=tmp_path)
    assert (done.code, done.output) == (code, b""), done.said
    assert done.said.startswith(("kaitogen: ", "intent.yaml"))


def test_a_render_with_the_live_cluster_can_be_repeated_without_it(tmp_path: Path) -> None:
    given(tmp_path, intent({"select": {"instanceType": NC96}}))
    reply = Reply({"kind": "NodeList", "metadata": {}, "items": [api_node("gpu-2"), api_node("gpu-1")]})
    with answering(reply) as server:
        config = ("--live", "--kubeconfig", str(kubeconfig(tmp_path, server.address)))
        done = kaitogen("render", *config, "--save-inventory", "kept.yaml", "intent.yaml", cwd=tmp_path)
        listed = kaitogen("nodes", "list", *config, cwd=tmp_path)
        assert {question.path for question in server.asked} == {"/api/v1/nodes"}
    assert done.code == 0, done.said
    assert (listed.code, b"gpu-1" in listed.output) == (0, True), listed.said
    live = yaml.safe_load(done.output)
    assert live["resource"]["preferredNodes"] == ["gpu-1", "gpu-2"]
    mark = live["metadata"].pop("annotations").pop("kaitogen.io/inventory-sha256")
    kept = (tmp_path / "kept.yaml").read_text()
    assert schema.problems("inventory", yaml.safe_load(kept)) == []
    again = kaitogen("render", "--inventory", "kept.yaml", "intent.yaml", cwd=tmp_path)
    assert yaml.safe_load(again.output) == live
    from hashlib import sha256

    from kaitogen.yaml.writer import dump

    assert mark == sha256(dump(yaml.safe_load(kept)["spec"]["nodes"]).encode()).hexdigest()


def test_a_render_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    given(tmp_path, intent({"select": {"instanceType": NC96}}))
    (tmp_path / "out").touch()
    with answering(Reply({"kind": "NodeList", "metadata": {}, "items": [api_node("gpu-1")]})) as server:
        live = (
            "--live",
            "--kubeconfig",
            str(kubeconfig(tmp_path, server.address)),
            "--save-inventory",
            "kept",
        )
        done = kaitogen("render", *live, "-o", "out", "intent.yaml", cwd=tmp_path)
        assert (done.code, (tmp_path / "kept").exists()) == (3, False), done.said
        (tmp_path / "kept").mkdir()
        done = kaitogen("render", *live, "-o", "new", "intent.yaml", cwd=tmp_path)
    assert (done.code, len(os.listdir(tmp_path / "new"))) == (3, 2), done.said
    assert "what is rendered was written, and the facts about nodes were not" in done.said


@pytest.mark.parametrize("name", ["kept.yaml", ""])
def test_a_render_without_a_cluster_keeps_nothing(name: str, tmp_path: Path) -> None:
    given(tmp_path, intent(["a-1"]), *FLEET)
    done = rendered(tmp_path, "--save-inventory", name)
    assert (done.code, done.output, (tmp_path / "kept.yaml").exists()) == (2, b"", False)


#: Ends the process with a code of its own at whatever Python does with sockets, names of hosts included.
#: A name of the Unix domain is how the calls of Argo CD's sidecar take turns, and leads nowhere.
WATCHED = """
import os, sys
def watch(event, given):
    unix = event == "socket.__new__" and given[1] == 1 or event == "socket.bind" and isinstance(given[1], (str, bytes))
    event.startswith("socket.") and not unix and os._exit(97)
sys.addaudithook(watch)
from kaitogen import __main__ as entry
sys.exit(entry.run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("render --inventory nodes.yaml intent.yaml", 0),
        ("validate --inventory nodes.yaml intent.yaml", 0),
        ("plan --inventory nodes.yaml intent.yaml", 0),
        ("nodes list --inventory nodes.yaml", 0),
        ("nodes quick --inventory nodes.yaml", 0),
        ("nodes snapshot nodes.yaml", 0),
        ("argocd generate", 1),
        ("nodes list --live --kubeconfig config", 97),
    ],
)
def test_without_live_no_socket_is_ever_opened(tmp_path: Path, words: str, code: int) -> None:
    given(tmp_path, intent({"select": {"quick": "nc96"}}), *FLEET)
    kubeconfig(tmp_path, "https://127.0.0.1:1").rename(tmp_path / "config")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", WATCHED, *words.split()]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=600
    )
    assert done.returncode == code, done.stderr.decode()


@pytest.mark.checkout
def test_five_thousand_nodes_fit(tmp_path: Path) -> None:
    """Measured as the children's high-water mark: the largest of a list, a snapshot and a render."""
    labels = {f"example.com/label-{number}": f"value-{number}" for number in range(40)}
    nodes = [api_node(f"gpu-{number:05}") for number in range(5000)]
    for node in nodes:
        node["metadata"]["labels"].update(labels)
    (tmp_path / "nodes.json").write_bytes(listing(*nodes))
    (tmp_path / "intent.yaml").write_text(intent({"select": {"quick": "nc96"}, "count": 7}))
    probe = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    for words in (
        ("nodes", "snapshot", "nodes.json", "-o", "nodes.yaml"),
        ("nodes", "list", "--inventory", "nodes.json"),
        ("nodes", "list", "--inventory", "nodes.yaml"),
        ("render", "--inventory", "nodes.yaml", "intent.yaml"),
    ):
        command = [sys.executable, "-c", probe, str(KAITOGEN), *words]
        out = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True).stdout
        code, mebibytes = map(int, out.split())
        assert (code, mebibytes < 150) == (0, True), (words, mebibytes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "a; rm -rf x"}, "KG124"),
        ({"name": "a\x1b[31m"}, "KG124"),
        ({"taints": [{"key": "a;b", "effect": "NoSchedule"}]}, "KG124"),
    ],
)
def test_names_that_a_shell_would_not_take_for_names_are_refused(
    tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    given(tmp_path, intent(["a-1"]), {**FLEET[0], **change})
    done = kaitogen("validate", "--inventory", "nodes.yaml", "--format", "json", "intent.yaml", cwd=tmp_path)
    assert (done.code, json.loads(done.output)["findings"][-1]["code"]) == (1, code), done.output


def test_a_table_cannot_steer_a_terminal(tmp_path: Path) -> None:
    given(tmp_path, "", entry("a-1", {ZONE: "z\x1b[2J"}))
    done = kaitogen("nodes", "list", "--inventory", "nodes.yaml", *TODAY, cwd=tmp_path)
    assert (done.code, b"\x1b" in done.output, rb"z\x1b[2J" in done.output) == (0, False, True)
