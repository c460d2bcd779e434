"""Named nodes as a user meets them: the label that pins, and what happens where it does not."""

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
    pool = {"labelSelector": {"matchLabels": {"pool": "reserved"}}}
    write(tmp_path, a=intent(**pool), b=intent("llama", nodes=["gpu-2"], **pool))
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
        "KG499: kaitogen.io/workspace=phi may belong to another Workspace: this one's own value is team-a.phi"
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
    assert "KG499" not in kaitogen(*options, stdin=made).said
    with_namespace = made.replace(b"name: phi\n", b"name: phi\n  namespace: team-a\n", 1)
    assert "KG499" in kaitogen(*options, stdin=with_namespace).said
