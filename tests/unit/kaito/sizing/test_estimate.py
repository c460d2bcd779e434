"""Column A against a second implementation, which shares no code with it, and against KAITO's own worked cases.

Everything is reckoned in exact fractions from the formula as it is written down in docs/sizing.md; KAITO and kaitogen
use floating point, so that a difference would show here as well.
"""

from fractions import Fraction
from itertools import islice
from math import ceil, floor

import pytest

from kaitogen.kaito.catalogue.models import Model, all_models
from kaitogen.kaito.catalogue.skus import Sku, all_skus
from kaitogen.kaito.rules.layout import Layout
from kaitogen.kaito.rules.sizing import nodes_needed
from kaitogen.kaito.sizing.node_estimator import node_from_labels
from kaitogen.kaito.sizing.size import size
from kaitogen.model import KAITO_VERSIONS, PROVIDERS, Target
from tests.draws import WHOLE
from tests.unit.kaito.sizing.workspaces import context, sized, workspace

GIB = 2**30
CONTEXTS = (2048, 8192, 32768, 131072)
ESTIMATED = [kaito for kaito in KAITO_VERSIONS if int(kaito[2:]) >= 7]


def second_opinion(minor: int, weights: int, per_token: int, gpus: int, memory_gib: int, tokens: int) -> int:
    """Nodes by the formula; 0 where one GPU is too small."""
    each = Fraction(memory_gib * GIB // gpus)
    usable, size = each * 84 / 100, Fraction(weights) * 102 / 100
    if minor < 10:
        usable, size = Fraction(floor(usable)), Fraction(floor(size))
    left = usable - Fraction(23, 10) * GIB - Fraction(tokens * per_token, gpus)
    if left <= 0:
        return 0
    if minor >= 11:
        left = left * 100 / 105
    return ceil(Fraction(floor(size / left) + 1, gpus))


PAIRS = [(model, sku) for model in all_models() for provider in PROVIDERS for sku in all_skus(provider)]


@pytest.mark.parametrize("kaito", ESTIMATED)
def test_every_model_on_every_instance_type(kaito: str) -> None:
    minor = int(kaito[2:])
    differing = []
    for number, (model, sku) in enumerate(PAIRS):
        for tokens in CONTEXTS if WHOLE else CONTEXTS[(number + minor) % 4 :][:1]:
            ours = nodes_needed(
                minor, model.weights, model.bytes_per_token, (sku.gpus, sku.memory * GIB), tokens
            )
            if ours != second_opinion(
                minor, model.weights, model.bytes_per_token, sku.gpus, sku.memory, tokens
            ):
                differing.append((model.id, sku.name, tokens))
    assert differing == []
    assert len(PAIRS) > 5000


def layout_by_the_words(minor: int, model: Model, sku: Sku, nodes: int) -> tuple[int, int, int]:
    if (
        nodes == 1
        and minor >= 10
        and sku.gpus > 1
        and model.weights < Fraction(sku.memory * GIB, 2 * sku.gpus)
    ):
        return sku.gpus, 1, 1
    return 1, sku.gpus, nodes


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_workspace_is_sized_by_it(provider: str) -> None:
    wrong = []
    for turn, model in enumerate(all_models()):
        for sku in all_skus(provider) if WHOLE else islice(all_skus(provider), turn % 3, None, 3):
            if not sku.known_to(12):
                continue
            estimate = sized(model.id, sku.name, provider=provider).estimate
            nodes = second_opinion(12, model.weights, model.bytes_per_token, sku.gpus, sku.memory, 2048)
            expected = Layout(*layout_by_the_words(12, model, sku, nodes)) if nodes else None
            if (estimate.nodes or 0, estimate.layout) != (nodes, expected):
                wrong.append((model.id, sku.name, estimate))
    assert wrong == []


@pytest.mark.parametrize(
    ("weights_gib", "per_token", "sku", "nodes"),
    [("8", 4096, (1, 80), 1), ("62.5", 163840, (1, 80), 2), ("13.44", 8192, (1, 24), 1)],
)
def test_cases_of_kaitos_own_tests(
    weights_gib: str, per_token: int, sku: tuple[int, int], nodes: int
) -> None:
    """nodesestimator/estimator_test.go uses models that it made up."""
    weights = ceil(Fraction(weights_gib) * GIB)
    assert nodes_needed(12, weights, per_token, (sku[0], sku[1] * GIB), 2048) == nodes


@pytest.mark.parametrize(
    ("model", "sku", "settings", "kaito", "nodes", "layout"),
    [
        ("phi-4-mini-instruct", "Standard_NV36ads_A10_v5", "", "0.12", 1, (1, 1, 1)),
        ("phi-4", "Standard_NV36ads_A10_v5", "", "0.12", 2, (1, 1, 2)),
        ("phi-4", "Standard_NV72ads_A10_v5", "", "0.12", 1, (1, 2, 1)),
        ("llama-3.1-8b-instruct", "Standard_NV36ads_A10_v5", context(131072), "0.12", 9, (1, 1, 9)),
        ("llama-3.3-70b-instruct", "Standard_NC80adis_H100_v5", "", "0.12", 1, (1, 2, 1)),
        ("deepseek-r1-0528", "Standard_ND96isr_H100_v5", "", "0.12", 2, (1, 8, 2)),
        ("phi-4-mini-instruct", "Standard_NC96ads_A100_v4", "", "0.12", 1, (4, 1, 1)),
        ("phi-4-mini-instruct", "Standard_NC96ads_A100_v4", "", "0.9", 1, (1, 4, 1)),
    ],
)
def test_worked_cases(
    model: str, sku: str, settings: str, kaito: str, nodes: int, layout: tuple[int, int, int]
) -> None:
    estimate = sized(model, sku, settings, kaito).estimate
    assert (estimate.nodes, estimate.layout) == (nodes, Layout(*layout))
    assert estimate.gpus == nodes * layout[0] * layout[1]


def test_as_many_pairs_change_as_others_have_counted() -> None:
    """The reference counts 46 of 660 between 0.10 and 0.12, and 97 above three nodes, on Azure's NVIDIA cards."""
    pairs = [
        (model, sku)
        for model in all_models()
        for sku in all_skus("azure")
        if sku.known_to(12) and sku.gpu_model.startswith("NVIDIA") and not sku.name.startswith("Standard_NCC")
    ]
    nodes = {
        minor: [
            nodes_needed(minor, model.weights, model.bytes_per_token, (sku.gpus, sku.memory * GIB), 2048)
            for model, sku in pairs
        ]
        for minor in (10, 12)
    }
    assert len(pairs) == 660
    assert sum(old != new for old, new in zip(nodes[10], nodes[12], strict=True)) == 46
    assert sum(number > 3 for number in nodes[12]) == 97


@pytest.mark.parametrize(
    ("kaito", "reason"),
    [
        (
            "0.12",
            "62.25 GiB of weights / 61.33 GiB left on each GPU beside overhead and 2,048 tokens: 2 GPUs",
        ),
        (
            "0.10",
            "62.25 GiB of weights / 64.40 GiB left on each GPU beside overhead and 2,048 tokens: 1 GPU",
        ),
    ],
)
def test_the_reason_is_the_arithmetic(kaito: str, reason: str) -> None:
    """Example 5 of the reference."""
    assert sized("qwen2.5-coder-32b-instruct", "Standard_NC24ads_A100_v4", kaito=kaito).estimate.reasons == (
        reason,
    )


def test_count_changes_nothing_and_is_told() -> None:
    made, maps = workspace("phi-4", "Standard_NV36ads_A10_v5", count=7)
    estimate = size(made, Target(), maps).estimate
    assert (estimate.requested, estimate.nodes) == (7, 2)


@pytest.mark.parametrize(
    ("settings", "tokens", "served", "words"),
    [
        ("", 2048, "auto", "no max-model-len is set"),
        (context(8192), 8192, "8192", "max-model-len in the ConfigMap settings"),
        ('vllm:\n  max-model-len: "8192"\n', 2048, "8192", "line scanner misses"),
        ("vllm:\n  swap-space: 4\n", 2048, "auto", "no max-model-len is set"),
        ("vllm: [\n", 2048, "auto", "no max-model-len is set"),
    ],
)
def test_how_the_context_is_found(settings: str, tokens: int, served: str, words: str) -> None:
    found = sized("phi-4", "Standard_NC24ads_A100_v4", settings).estimate.context
    assert (found.tokens, found.served) == (tokens, served)
    assert words in found.source


def test_a_config_map_that_is_elsewhere_may_say_more() -> None:
    made, _ = workspace("phi-4", "Standard_NC24ads_A100_v4", context(8192))
    found = size(made, Target()).estimate.context
    assert found.tokens == 2048
    assert "not at hand" in found.source


@pytest.mark.parametrize(
    ("kaito", "count", "nodes", "layout", "certain"),
    [
        ("0.4", 3, 3, None, True),
        ("0.6", 1, 1, (1, 2, 1), True),
        ("0.6", 3, None, None, True),
        ("0.12", 3, 1, (2, 1, 1), True),
    ],
)
def test_what_each_version_makes_of_count(
    kaito: str, count: int, nodes: int | None, layout: tuple[int, int, int] | None, certain: bool
) -> None:
    made, maps = workspace("phi-4", "Standard_NC80adis_H100_v5", count=count)
    estimate = size(made, Target(kaito=kaito), maps).estimate
    assert estimate.nodes == nodes
    assert estimate.layout == (None if layout is None else Layout(*layout))
    assert estimate.certain is certain
    assert bool(estimate.unknown) is (nodes is None)


def test_runtimes_that_are_not_estimated() -> None:
    made, maps = workspace("phi-4", "Standard_NC24ads_A100_v4", count=2)
    made["metadata"]["annotations"] = {"kaito.sh/runtime": "transformers"}
    assert size(made, Target(), maps).estimate[1:4] == ("transformers", 2, 2)
    made["inference"] = {"template": {}}
    assert size(made, Target(), maps).estimate[1:4] == ("template", 2, 2)
    made["resource"]["count"] = 0
    assert size(made, Target(), maps).estimate[1:4] == ("template", 0, 1)
    tuned = {"metadata": {}, "resource": {"count": 1}, "tuning": {"preset": {"name": "phi-4"}}}
    assert size(tuned, Target()).estimate[1:4] == ("tuning", 1, 1)


LABELS = {
    "nvidia.com/gpu.product": "NVIDIA-A10",
    "nvidia.com/gpu.count": "2",
    "nvidia.com/gpu.memory": "23028",
}


def test_nodes_that_a_user_brings_are_read_as_kaito_reads_them() -> None:
    node = node_from_labels(LABELS)
    assert node is not None
    assert (node.gpus, node.memory, node.measured) == (2, 44 * GIB, 23028 * 2**20)
    byo = Target(node_provisioner="byo")
    made, maps = workspace("phi-4")
    assert size(made, byo, maps).estimate.nodes is None
    estimate = size(made, byo, maps, node=node).estimate
    assert (estimate.nodes, estimate.layout) == (1, Layout(1, 2, 1))
    made["resource"]["partition"] = {"mode": "accelerator", "count": 1}
    assert size(made, byo, maps, node=node).estimate.layout == Layout(1, 1, 2)
    made["resource"]["partition"]["count"] = 3
    assert size(made, byo, maps, node=node).estimate.unknown == "the partition takes 3 GPUs, and a node has 2"


@pytest.mark.parametrize(
    "broken",
    [{}, {"nvidia.com/gpu.count": "0"}, {"nvidia.com/gpu.memory": "much"}, {"nvidia.com/gpu.product": ""}],
)
def test_labels_that_kaito_cannot_read(broken: dict[str, str]) -> None:
    assert (node_from_labels({**LABELS, **broken}) is None) is bool(broken)


def test_a_slice_is_one_gpu_and_has_to_hold_the_whole_model() -> None:
    byo = Target(node_provisioner="byo", feature_gates={"enableMIG": True})
    made, maps = workspace("phi-4-mini-instruct", partition={"mode": "mig", "profile": "1g.12gb"})
    estimate = size(made, byo, maps).estimate
    assert estimate.nodes is None
    assert "needs 2 slices of 12 GiB" in estimate.unknown
    made["resource"]["partition"]["profile"] = "2g.20gb"
    assert size(made, byo, maps).estimate.layout == Layout(1, 1, 1)


def test_byo_in_0_7_takes_the_gpus_from_the_table() -> None:
    made, maps = workspace("phi-4", "Standard_NC24ads_A100_v4")
    assert size(made, Target("0.7", node_provisioner="byo"), maps).estimate.nodes == 1
    assert size(made, Target("0.8", node_provisioner="byo"), maps).estimate.nodes is None


@pytest.mark.parametrize(
    ("kaito", "name", "nodes", "certain"),
    [
        ("0.12", "gpt-oss-120b", 3, True),
        ("0.10", "gpt-oss-120b", 1, True),
        ("0.9", "openai/gpt-oss-120b", 1, True),
        ("0.10", "openai/gpt-oss-120b", 1, True),
        ("0.7", "phi-4", 1, True),
        ("0.10", "microsoft/phi-4", 1, True),
    ],
)
def test_older_versions_count_with_sizes_of_their_own(
    kaito: str, name: str, nodes: int, certain: bool
) -> None:
    found = sized(name, "Standard_NC24ads_A100_v4", kaito=kaito)
    assert (found.estimate.nodes, found.estimate.certain) == (nodes, certain)
    if not certain:
        assert "asks Hugging Face" in found.estimate.reasons[1]


def test_the_cache_of_deepseek_was_counted_by_heads_in_0_7() -> None:
    nodes = {
        kaito: sized("deepseek-r1-0528", "Standard_ND96isr_H100_v5", context(16384), kaito).estimate.nodes
        for kaito in ("0.7", "0.8")
    }
    assert nodes == {"0.7": 2, "0.8": 2}
    long = {
        kaito: sized("deepseek-r1-0528", "Standard_ND96isr_H100_v5", context(131072), kaito).estimate.nodes
        for kaito in ("0.7", "0.8")
    }
    assert long["0.7"] != long["0.8"]


def test_what_a_model_takes_on_the_card_does_not_depend_on_what_kaito_counts_with() -> None:
    old = sized("gpt-oss-20b", "Standard_NC24ads_A100_v4", kaito="0.10").memory
    new = sized("gpt-oss-20b", "Standard_NC24ads_A100_v4").memory
    assert old is not None
    assert new is not None
    assert old.terms[0] == new.terms[0]
