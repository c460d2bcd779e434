"""What KAITO's webhook says to a RAGEngine: what stands in it, and what is said of that."""

from typing import Any

import pytest

from kaitogen.kaito.rules.rag_engine import KG935
from kaitogen.model import Target
from tests.unit.kaito.rules.kinds import ENGINE, places, said
from tests.unit.kaito.rules.workspaces import A100, GONE

_AWS = Target("0.12", "aws")
_OLD = Target("0.10")
_MODEL = {"modelID": "BAAI/bge-small-en-v1.5"}
_IMAGE = {"image": "registry.example.com/embed/bge:1"}
_REMOTE = {"url": "https://embed.example.com/v1"}
_EXISTS = {"matchExpressions": [{"key": "apps", "operator": "Exists"}]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"spec.inferenceService": GONE},
        {"spec.inferenceService.url": GONE},
        {"spec.inferenceService.contextWindowSize": GONE},
        {"spec.inferenceService.contextWindowSize": 1},
        {"spec.compute": GONE},
        {"spec.compute.instanceType": "Standard_D9000"},
    ],
    ids=str,
)
def test_engines_that_kaito_takes(changes: dict[str, Any]) -> None:
    assert said(ENGINE, changes) == []


@pytest.mark.parametrize(
    ("embedding", "field"), [({"remote": _REMOTE}, "remote.url"), ({"local": _IMAGE}, "local.image")]
)
def test_embeddings_that_kaito_takes_and_does_not_read(embedding: dict[str, Any], field: str) -> None:
    assert places(ENGINE, {"spec.embedding": embedding}) == [f"KG908 warning spec.embedding.{field}"]


@pytest.mark.parametrize("instance_type", ["p4d.24xlarge", "g5.xlarge"])
def test_instance_types_of_another_cloud(instance_type: str) -> None:
    assert said(ENGINE, {"spec.compute.instanceType": instance_type}, _AWS) == []


_NO_ADDRESS = "(write the whole address, such as http://phi-4.inference/v1)"
_ONE_OF_BOTH = "(keep one of local and remote)"
_ANY_TYPE = "(take an instance type from kaitogen skus)"
_ONE_SOURCE = "(keep one of image and modelID)"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"spec": {}}, "KG931 error : the webhook ends at a RAGEngine without a spec (add spec with an embedding)"),
        ({"spec.embedding": {}},
         f"KG932 error spec.embedding: the embedding is neither local nor remote {_ONE_OF_BOTH}"),
        ({"spec.embedding": {"local": _MODEL, "remote": _REMOTE}},
         f"KG932 error spec.embedding: the embedding is both local and remote {_ONE_OF_BOTH}"),
        ({"spec.embedding": {"local": {}}},
         f"KG933 error spec.embedding.local: the local embedding has neither image nor modelID {_ONE_SOURCE}"),
        ({"spec.embedding": {"local": _MODEL | _IMAGE}},
         f"KG933 error spec.embedding.local: the local embedding has both image and modelID {_ONE_SOURCE}"),
        ({"spec.embedding": {"local": {"image": "registry/bge"}}},
         ("KG933 error spec.embedding.local.image: registry/bge is no image with a registry and a tag"
          " (write registry/repository:tag)")),
        ({"spec.embedding": {"local": None, "remote": {"url": "x"}}},
         f"KG934 error spec.embedding.remote.url: x is no address {_NO_ADDRESS}"),
        ({"spec.embedding": {"remote": {}}},
         f"KG934 error spec.embedding.remote.url: the address is empty {_NO_ADDRESS}"),
        ({"spec.inferenceService.url": "x"},
         f"KG934 error spec.inferenceService.url: x is no address {_NO_ADDRESS}"),
        ({"spec.inferenceService.contextWindowSize": 0},
         ("KG935 error spec.inferenceService.contextWindowSize: the context window has 0 tokens"
          " (write the model's max-model-len)")),
        ({"spec.compute.instanceType": GONE},
         f"KG936 error spec.compute.instanceType: compute names no instanceType {_ANY_TYPE}"),
        ({"spec.compute.instanceType": "p4d.24xlarge"},
         f"KG936 error spec.compute.instanceType: p4d.24xlarge is not in KAITO's table {_ANY_TYPE}"),
        ({"spec.compute.labelSelector": _EXISTS},
         ("KG411 error spec.compute.labelSelector.matchExpressions.0: KAITO accepts only expressions of operator In"
          " with exactly one value (write it as matchLabels, which is all that KAITO uses)")),
    ],
    ids=str,
)  # fmt: skip
def test_engines_that_kaito_refuses(changes: dict[str, Any], expected: str) -> None:
    assert said(ENGINE, changes) == [expected]


@pytest.mark.parametrize("instance_type", [A100, "Standard_N9000"])
def test_instance_types_of_azure_on_another_cloud(instance_type: str) -> None:
    assert said(ENGINE, {"spec.compute.instanceType": instance_type}, _AWS) == [
        f"KG936 error spec.compute.instanceType: {instance_type} is not in KAITO's table {_ANY_TYPE}"
    ]


@pytest.mark.parametrize(
    ("target", "instance_type"),
    [(_AWS, "g4dn.xlarge"), (Target("0.12", "arc"), "Standard_NK6"), (Target("0.9"), A100.lower())],
)
def test_instance_types_that_this_version_does_not_have(target: Target, instance_type: str) -> None:
    found = places(ENGINE, {"spec.compute.instanceType": instance_type}, target)
    assert found == ["KG936 error spec.compute.instanceType"]


@pytest.mark.parametrize(
    ("target", "instance_type"),
    [(_OLD, A100.lower()), (Target("0.12"), "standard_n9000"), (_AWS, "P4D.24xlarge")],
)
def test_instance_types_in_other_letters(target: Target, instance_type: str) -> None:
    assert said(ENGINE, {"spec.compute.instanceType": instance_type}, target) == []


@pytest.mark.parametrize("embedding", [{"local": {}}, {"local": _MODEL | _IMAGE}, {"remote": {"url": "x"}}])
def test_embeddings_that_old_webhooks_do_not_hold_to_their_rules(embedding: dict[str, Any]) -> None:
    found = places(ENGINE, {"spec.embedding": embedding}, _OLD)
    assert [one for one in found if "error" in one] == []


def test_reserved_labels_alone_are_dropped() -> None:
    found = places(ENGINE, {"spec.compute.labelSelector.matchLabels": {"kaito.sh/workspace": "docs"}})
    assert found == ["KG412 warning spec.compute.labelSelector.matchLabels.kaito.sh/workspace"]


def test_the_default_of_the_older_api_version() -> None:
    changes = {"apiVersion": "kaito.sh/v1alpha1", "spec.compute.instanceType": GONE}
    assert "KG936" not in " ".join(places(ENGINE, changes))


def test_old_webhooks_break_down_without_compute() -> None:
    assert places(ENGINE, {"spec.compute": GONE}, _OLD) == ["KG936 error spec"]


def test_the_context_window_is_checked_from_the_release_that_the_page_names() -> None:
    changes = {"apiVersion": "kaito.sh/v1alpha1", "spec.inferenceService.contextWindowSize": 0}
    assert places(ENGINE, changes, Target("0.7")) == ["KG935 error spec.inferenceService.contextWindowSize"]
    assert KG935.since == "0.7"
