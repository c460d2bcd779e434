"""Selectors under byo held against an inventory: what KAITO's webhook would say, of intents and of finished Workspaces."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.command import kaitogen
from tests.unit.nodes.samples import entry, inventory

GFD = {"nvidia.com/gpu.product": "A100", "nvidia.com/gpu.count": "1", "nvidia.com/gpu.memory": "81920"}
OURS = {"apps": "phi", **GFD}
ONE = {"nvidia.com/gpu": 1}
LLAMA = {"model": "llama-3.3-70b-instruct", "accessSecret": "hf"}


def found(
    folder: Path, nodes: dict[str, dict[str, str]], *more: str, **spec: Any
) -> tuple[list[tuple[str, str]], str]:
    """Code and path of each error, and all that is said, of an intent and then of what it makes."""
    intent = {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": {"name": "phi"},
        "spec": {"target": {"nodeProvisioner": "byo"}, "inference": {"model": "phi-4"}, **spec},
    }
    (folder / "phi.intent.yaml").write_text(yaml.safe_dump(intent), encoding="utf-8")
    facts = inventory(*(entry(name, labels, allocatable=ONE) for name, labels in nodes.items()))
    (folder / "nodes.yaml").write_text(yaml.safe_dump(facts), encoding="utf-8")
    made = kaitogen("render", "-q", "phi.intent.yaml", cwd=folder)
    assert made.code == 0, made.said
    (folder / "phi.yaml").write_bytes(made.output)
    options = ("--inventory", "nodes.yaml", "--node-provisioner", "byo", *more)
    errors, said = [], ""
    for file in ("phi.intent.yaml", "phi.yaml"):
        done = kaitogen("validate", "--format", "json", *options, file, cwd=folder)
        findings = json.loads(done.output)["findings"]
        errors += [(one["code"], one["path"]) for one in findings if one["severity"] == "error"]
        said += "".join(one["message"] + "\n" for one in findings)
    return errors, said


@pytest.mark.parametrize(
    ("nodes", "inference", "code", "words"),
    [
        ({"a-1": GFD}, {}, "KG423", "no node of the inventory matches apps=phi, and KAITO 0.12 then refuses it: No nodes found matching"),
        ({"a-1": OURS, "a-2": {"apps": "phi"}}, {}, "KG315", "under byo: a-2"),
        ({"a-1": OURS, "a-2": {**OURS, "nvidia.com/gpu.memory": "40960"}}, {}, "KG316", "different GPUs"),
        ({"a-1": OURS}, LLAMA, "KG313", "will wait for 3 nodes of 1 x 80 GiB for meta-llama/Llama-3.3-70B-Instruct, and 1 matches the selector; its webhook refuses them: Insufficient total GPU memory, 80 GiB for 131.4 GiB of weights"),
        ({"a-1": OURS, "a-2": OURS}, LLAMA, "KG313", "and 2 match the selector\n"),
        ({"a-1": OURS}, {**LLAMA, "runtime": "transformers"}, "KG313", "transformers runs it on one node, of 1 x 80 GiB"),
    ],
    ids=["none", "unlabelled", "unlike", "too little memory", "too few", "transformers"],
)  # fmt: skip
def test_a_selector_that_kaito_refuses(
    tmp_path: Path, nodes: dict[str, dict[str, str]], inference: dict[str, str], code: str, words: str
) -> None:
    errors, said = found(tmp_path, nodes, **({"inference": inference} if inference else {}))
    assert [one for one, _ in errors] == [code, code], said
    assert errors[1] == (code, "resource.labelSelector")
    assert said.count(words) == 2, said


def test_nodes_that_fit_are_no_finding_and_answer_what_only_the_cluster_knew(tmp_path: Path) -> None:
    nodes = {"a-1": OURS, "b-1": {"apps": "other"}}
    errors, said = found(tmp_path, nodes, "--notes")
    assert errors == []
    assert "match" not in said


def test_older_versions_and_templates_do_not_ask(tmp_path: Path) -> None:
    template = {"spec": {"containers": [{"name": "one", "image": "registry.example.com/one:1"}]}}
    errors, _ = found(tmp_path, {}, inference={"template": template})
    assert errors == []
    target = {"nodeProvisioner": "byo", "kaito": "0.7"}
    placement = {"preferredNodes": ["a-1"]}
    errors, _ = found(tmp_path, {}, "--kaito", "0.7", target=target, placement=placement)
    assert errors == []
