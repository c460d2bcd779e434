"""What each KAITO version makes of nodes that are there already: a column for each release."""

from typing import Any

import pytest
import yaml

from kaitogen.kaito.catalogue.models import sized_model
from kaitogen.kaito.rules.resource import least_weights
from kaitogen.model import KAITO_VERSIONS, Document, Request, Target
from kaitogen.nodes.status import of_presets
from kaitogen.pipeline.generate import generate
from tests.unit.nodes.samples import NC96, TYPE, document, entry

MINORS = range(4, 13)


def _codes(kaito: str, provisioner: str = "azure-gpu-provisioner") -> set[str]:
    """What is found where two of three nodes alike are chosen, none of them with NVIDIA's labels."""
    placement: dict[str, Any] = {"nodes": ["a-1", "a-2"], "labelSelector": {"matchLabels": {TYPE: NC96}}}
    intent = {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": {"name": "phi"},
        "spec": {
            "target": {"kaito": kaito, "nodeProvisioner": provisioner},
            "placement": placement,
            "inference": {"model": "phi-4"},
        },
    }
    source = Document("intent.yaml", 0, intent, yaml.safe_dump(intent))
    facts = document(entry("a-1"), entry("a-2"), entry("a-3"))
    return {found.code for found in generate(Request(documents=(source,), inventory=(facts,))).findings}


def test_other_nodes_are_taken_until_kaito_looks_at_its_own_alone() -> None:
    told = ["KG314" in _codes(kaito) for kaito in KAITO_VERSIONS]
    #               0.4   0.5    0.6    0.7    0.8   0.9   0.10  0.11   0.12
    assert told == [True, False, False, False, True, True, True, False, False]


def test_labels_of_nodes_are_read_under_byo_since_0_8() -> None:
    told = ["KG315" in _codes(kaito, "byo") for kaito in KAITO_VERSIONS[3:]]
    assert told == [False, True, True, True, True, True]


def test_pods_run_on_spot_nodes_of_azure_since_0_10() -> None:
    spot = [any("spot" in one.value for one in of_presets(Target(kaito))) for kaito in KAITO_VERSIONS]
    assert spot == [False] * 6 + [True] * 3
    assert not any("spot" in one.value for one in of_presets(Target(provider="aws")))


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("mistral-7b", ["13.50Gi"] * 3 + ["13.49Gi"] * 4 + ["13.50Gi"] * 2),
        ("gpt-oss-20b", ["25.63Gi"] * 3 + ["12.9Gi"] * 4 + ["25.63Gi"] * 2),
    ],
)
def test_kaito_had_sizes_of_its_own_from_0_7_to_0_10(name: str, sizes: list[str]) -> None:
    found = [sized_model(name, minor) for minor in MINORS]
    assert [one.weights_text if one else "" for one in found] == sizes


def test_the_cache_of_deepseek_was_counted_by_heads_in_0_7_alone() -> None:
    found = [sized_model("deepseek-v3-0324", minor) for minor in MINORS]
    assert [one is not None and one.bytes_per_token == 1748992 for one in found] == [False] * 3 + [True] + [
        False
    ] * 5


def test_before_0_7_weights_count_by_nine_tenths() -> None:
    assert [least_weights(minor, 100) for minor in MINORS] == [90] * 3 + [100] * 6
