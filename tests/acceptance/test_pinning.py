"""Named nodes as a user meets them: the label that pins, and what happens where it does not."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.command import kaitogen

PIN = "kaitogen.io/workspace"


def intent(name: str = "phi", namespace: str = "team-a", **placement: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": metadata,
        "spec": {
            "target": {"nodeProvisioner": "byo"},
            "placement": {"nodes": ["gpu-1"], **placement},
            "inference": {"model": "phi-4"},
        },
    }


def write(folder: Path, **files: Any) -> None:
    for name, value in files.items():
        (folder / f"{name}.intent.yaml").write_text(yaml.safe_dump(value), encoding="utf-8")


def selectors(folder: Path, *more: str) -> list[dict[str, str]]:
    done = kaitogen("render", "-q", *more, cwd=folder)
    assert done.code == 0, done.said
    return [one["resource"]["labelSelector"]["matchLabels"] for one in yaml.safe_load_all(done.output)]


def test_the_label_holds_the_namespace_and_so_does_the_line_that_sets_it(tmp_path: Path) -> None:
    write(tmp_path, a=intent(), b=intent(namespace="team-b", nodes=["gpu-2"]), c=intent(namespace=""))
    assert selectors(tmp_path) == [{PIN: "team-a.phi"}, {PIN: "team-b.phi"}, {PIN: "phi"}]
    for command in ("validate", "plan"):
        done = kaitogen(command, cwd=tmp_path)
        assert done.code == 0, done.said
        lines = done.said + done.text
        assert f"kubectl label nodes gpu-1 {PIN}=team-a.phi\n" in lines
        assert f"kubectl label nodes gpu-2 {PIN}=team-b.phi\n" in lines


def test_a_long_label_ends_in_a_hash_that_tells_it_from_its_neighbours(tmp_path: Path) -> None:
    names = ["n" * 52, "n" * 51 + "m"]
    write(
        tmp_path, **{f"i{index}": intent(name, "team-search-production") for index, name in enumerate(names)}
    )
    values = [labels[PIN] for labels in selectors(tmp_path)]
    assert len(set(values)) == 2
    assert {len(value) for value in values} == {63}
    assert values[0] == "team-search-production.nnnnnnnnnnnnnnnnnnnnnnn_" + values[0][-16:]
    assert selectors(tmp_path) == [{PIN: value} for value in values]


def test_one_selector_for_different_nodes_is_an_error_over_all_documents(tmp_path: Path) -> None:
    pool = {"matchLabels": {"pool": "reserved"}}
    write(tmp_path, a=intent(labelSelector=pool), b=intent("llama", nodes=["gpu-2"], labelSelector=pool))
    done = kaitogen("validate", cwd=tmp_path)
    assert done.code == 1
    assert "b.intent.yaml" in done.said
    assert "error KG490: team-a/phi names other nodes and selects pool=reserved as well" in done.said
    assert "the other one is in a.intent.yaml, document 1" in done.said
    assert kaitogen("render", cwd=tmp_path).code == 1


@pytest.mark.parametrize(
    "other",
    [
        intent("llama", labelSelector={"matchLabels": {"pool": "reserved"}}),
        intent("llama", nodes=["gpu-2"], labelSelector={"matchLabels": {"pool": "other"}}),
        intent("phi", nodes=["gpu-2"], labelSelector={"matchLabels": {"pool": "reserved"}}),
    ],
    ids=["the same nodes", "another selector", "another cluster"],
)
def test_nothing_is_said_of_nodes_that_are_shared_or_apart(tmp_path: Path, other: dict[str, Any]) -> None:
    write(tmp_path, a=intent(labelSelector={"matchLabels": {"pool": "reserved"}}), b=other)
    assert "KG490" not in kaitogen("validate", cwd=tmp_path).said


def test_finished_workspaces_are_held_against_each_other_too(tmp_path: Path) -> None:
    write(tmp_path, a=intent(), b=intent(namespace="team-b", nodes=["gpu-2"]))
    manifests = kaitogen("render", "-q", cwd=tmp_path).output
    options = ("validate", "--node-provisioner", "byo", "-")
    assert kaitogen(*options, stdin=manifests).code == 0
    old = manifests.replace(b"team-a.phi", b"phi").replace(b"team-b.phi", b"phi")
    done = kaitogen(*options, stdin=old)
    assert done.code == 1
    assert "error KG490: team-a/phi names other nodes" in done.said
    assert (
        "KG317: kaitogen.io/workspace=phi may belong to another Workspace: this one's own value is team-a.phi"
        in done.said
    )


def test_what_was_labelled_by_name_alone_is_imported_as_it_runs(tmp_path: Path) -> None:
    write(tmp_path, a=intent())
    manifest = kaitogen("render", "-q", cwd=tmp_path).output
    for text in (manifest, manifest.replace(b"team-a.phi", b"phi")):
        done = kaitogen("import", "--node-provisioner", "byo", "-", stdin=text)
        assert done.code == 0, done.said
        (tmp_path / "a.intent.yaml").write_bytes(done.output)
        assert kaitogen("render", "-q", cwd=tmp_path).output == text
        assert ("labelSelector" in done.text) is (text != manifest)


def test_a_name_that_kustomize_gave_afterwards_is_found_by_its_check(tmp_path: Path) -> None:
    write(tmp_path, a=intent(namespace=""))
    made = kaitogen("render", "-q", cwd=tmp_path).output
    options = ("kustomize", "check", "--node-provisioner", "byo")
    assert "KG317" not in kaitogen(*options, stdin=made).said
    with_namespace = made.replace(b"name: phi\n", b"name: phi\n  namespace: team-a\n", 1)
    assert "KG317" in kaitogen(*options, stdin=with_namespace).said


def resource(folder: Path, value: dict[str, Any]) -> dict[str, Any]:
    write(folder, a=value)
    done = kaitogen("render", "-q", "a.intent.yaml", cwd=folder)
    assert done.code == 0, done.said
    found: dict[str, Any] = yaml.safe_load(done.output)["resource"]
    return found


def test_no_count_is_written_that_kaito_does_not_read_and_fixes(tmp_path: Path) -> None:
    two = intent(nodes=["gpu-1", "gpu-2"])
    assert list(resource(tmp_path, two)) == ["preferredNodes", "labelSelector"]
    assert "though count asks" not in kaitogen("plan", cwd=tmp_path).text
    template = {"spec": {"containers": [{"name": "one", "image": "registry.example.com/one:1"}]}}
    for inference in ({"model": "phi-4", "runtime": "transformers"}, {"template": template}):
        assert resource(tmp_path, {**two, "spec": {**two["spec"], "inference": inference}})["count"] == 2
    assert resource(tmp_path, intent(nodes=["gpu-1", "gpu-2"], count=2))["count"] == 2
    older = {**two, "spec": {**two["spec"], "target": {"kaito": "0.7", "nodeProvisioner": "byo"}}}
    assert resource(tmp_path, older)["count"] == 2


def test_a_node_can_be_added_to_what_runs(tmp_path: Path) -> None:
    write(tmp_path, a=intent(nodes=["gpu-1", "gpu-2"]))
    (tmp_path / "runs.yaml").write_bytes(kaitogen("render", "-q", cwd=tmp_path).output)
    write(tmp_path, a=intent(nodes=["gpu-1", "gpu-2", "gpu-3"]))
    done = kaitogen("diff", "a.intent.yaml", "--against", "runs.yaml", cwd=tmp_path)
    assert "1 object compared, 1 different: 1 no effect" in done.text


def test_what_was_made_with_a_count_and_the_shorter_label_is_kept_as_the_comparison_says(
    tmp_path: Path,
) -> None:
    write(tmp_path, a=intent(nodes=["gpu-1", "gpu-2"]))
    made = kaitogen("render", "-q", cwd=tmp_path).text
    runs = made.replace("team-a.phi", "phi").replace("resource:\n", "resource:\n  count: 2\n")
    (tmp_path / "runs.yaml").write_text(runs, encoding="utf-8")
    against = ("diff", "a.intent.yaml", "--against", "runs.yaml")
    said = " ".join(kaitogen(*against, cwd=tmp_path).text.split())
    assert "one that is left out is 1; to keep what runs, write count: 2" in said
    assert "to keep what runs, write its labelSelector into the intent" in said
    selector = {"matchLabels": {PIN: "phi"}}
    write(tmp_path, a=intent(nodes=["gpu-1", "gpu-2"], count=2, labelSelector=selector))
    assert "no difference" in kaitogen(*against, cwd=tmp_path).text
    imported = kaitogen("import", "--node-provisioner", "byo", "-", stdin=runs.encode())
    assert yaml.safe_load(imported.output)["spec"]["placement"] == {
        "nodes": ["gpu-1", "gpu-2"], "count": 2, "labelSelector": selector,
    }  # fmt: skip


def test_a_migration_keeps_the_count_of_what_runs(tmp_path: Path) -> None:
    older = intent(nodes=["gpu-1", "gpu-2"])
    older["spec"]["target"]["kaito"] = "0.7"
    write(tmp_path, a=older)
    before = kaitogen("render", "-q", cwd=tmp_path).text
    done = kaitogen("migrate", "--to", "0.12", "--write", "a.intent.yaml", cwd=tmp_path)
    assert done.code == 0, done.said
    assert kaitogen("render", "-q", cwd=tmp_path).text == before


def test_without_a_namespace_the_label_is_noted_where_notes_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path, a=intent(namespace=""), b=intent("llama"))
    done = kaitogen("validate", "--notes", cwd=tmp_path)
    assert done.said.count("KG317") == 1
    assert (
        "note KG317: kaitogen.io/workspace=phi is the label of each Workspace phi, in whichever namespace"
        in done.said
    )


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_another_node_comes_with_the_lines_that_move_the_label(tmp_path: Path, form: str) -> None:
    write(tmp_path, a=intent(nodes=["gpu-1", "gpu-2"]))
    (tmp_path / "runs.yaml").write_bytes(kaitogen("render", "-q", cwd=tmp_path).output)
    write(tmp_path, a=intent(nodes=["gpu-3", "gpu-1"]))
    against = ("diff", "a.intent.yaml", "--against", "runs.yaml", "--format", form)
    lines = [f"kubectl label nodes gpu-3 {PIN}=team-a.phi", f"kubectl label nodes gpu-2 {PIN}-"]
    text = kaitogen(*against, cwd=tmp_path).text
    if form == "json":
        assert json.loads(text)["objects"][0]["commands"] == lines
    else:
        assert [line in text for line in lines] == [True, True]
    write(tmp_path, a=intent(nodes=["gpu-2", "gpu-1"]))
    assert "kubectl" not in kaitogen(*against, cwd=tmp_path).text


def test_nodes_that_are_found_otherwise_are_not_labelled(tmp_path: Path) -> None:
    zone: dict[str, Any] = {"labelSelector": {"matchLabels": {"topology.kubernetes.io/zone": "1"}}}
    for more, target in ((zone, {}), ({}, {"kaito": "0.7"})):
        for nodes in (["gpu-1", "gpu-2"], ["gpu-1", "gpu-3"]):
            value = intent(nodes=nodes, **more)
            value["spec"]["target"].update(target)
            write(tmp_path, a=value)
            if nodes[1] == "gpu-2":
                (tmp_path / "runs.yaml").write_bytes(kaitogen("render", "-q", cwd=tmp_path).output)
        done = kaitogen("diff", "a.intent.yaml", "--against", "runs.yaml", cwd=tmp_path)
        assert "preferredNodes" in done.text
        assert "run: " not in done.text


def test_another_provisioner_is_a_warning_with_what_freezes(tmp_path: Path) -> None:
    """KAITO's own writes are refused as well: seen on a real controller."""
    value = intent(labelSelector={"matchLabels": {"apps": "phi"}})
    del value["spec"]["placement"]["nodes"]
    write(tmp_path, was=value)
    value["spec"]["target"] = {"nodeProvisioner": "karpenter"}
    value["spec"]["placement"]["instanceType"] = "Standard_NC24ads_A100_v4"
    write(tmp_path, now=value)
    done = kaitogen("diff", "now.intent.yaml", "--against", "was.intent.yaml", cwd=tmp_path)
    said = " ".join(done.text.split())
    assert "spec.target.nodeProvisioner: byo -> karpenter no effect (KG827)" in said
    assert "its status freezes as it is, and its deletion hangs until byo is back" in said
    done = kaitogen("validate", "--against", "was.intent.yaml", "now.intent.yaml", cwd=tmp_path)
    assert done.code == 0
    assert (
        "now.intent.yaml:15:22: warning KG827: spec.target.nodeProvisioner changes from byo to karpenter"
        in done.said
    )
    back = kaitogen("diff", "was.intent.yaml", "--against", "now.intent.yaml", cwd=tmp_path)
    assert "KG827" in back.text
    assert "freezes" not in back.text


@pytest.mark.parametrize(
    ("listed", "named", "severity"),
    [
        (["image-family-ubuntu", "gpu-large"], "gpu-large", ""),
        (["image-family-ubuntu", "gpu-large"], "image-family-azure-linux", "error"),
        (None, "gpu-large", "note"),
        (None, "image-family-azure-linux", ""),
    ],
)
def test_a_node_class_is_held_against_the_list_of_the_target(
    tmp_path: Path, listed: list[str] | None, named: str, severity: str
) -> None:
    value = intent()
    value["metadata"]["annotations"] = {"kaito.sh/node-class-name": named}
    value["spec"]["target"] = {"nodeProvisioner": "karpenter", **({"nodeClasses": listed} if listed else {})}
    value["spec"]["placement"] = {"instanceType": "Standard_NC24ads_A100_v4"}
    write(tmp_path, a=value)
    done = kaitogen("validate", cwd=tmp_path)
    assert done.code == (severity == "error")
    assert (f"{severity} KG409" in done.said) if severity else ("KG409" not in done.said)
    value["spec"]["target"].pop("nodeClasses", None)
    write(tmp_path, a=value)
    finished = kaitogen("render", "-q", cwd=tmp_path).output
    options = [word for name in listed or () for word in ("--node-class", name)]
    done = kaitogen("validate", "--node-provisioner", "karpenter", *options, "-", stdin=finished)
    assert done.code == (severity == "error")
    assert (f"{severity} KG409" in done.said) if severity else ("KG409" not in done.said)
