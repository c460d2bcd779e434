"""Column B: the bill adds up, every figure says what it rests on, and more of the good never makes a fit a misfit."""

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.kaito.catalogue.architectures import Shape
from kaitogen.kaito.catalogue.models import all_models
from kaitogen.kaito.rules.layout import Layout
from kaitogen.kaito.rules.sizing import nodes_needed
from kaitogen.kaito.sizing.memory import memory_of
from kaitogen.kaito.sizing.model_spec import Layers, ModelSpec
from kaitogen.kaito.sizing.size import size
from kaitogen.kaito.sizing.types import Context, EngineArgs, Memory, Node, Term
from kaitogen.model import Target
from tests.draws import examples
from tests.unit.kaito.sizing.workspaces import context, sized, workspace

GIB = 2**30
RANK = {"fails": 0, "tight": 1, "fits": 2}


def bill(model: str, sku: str, text: str = "", **more: Any) -> Memory:
    found = sized(model, sku, text, **more).memory
    assert found is not None
    return found


def term(of: Memory, name: str) -> Term:
    return next(one for one in of.terms if one.name == name)


@pytest.mark.parametrize(
    "sku", ["Standard_NV36ads_A10_v5", "Standard_NC80adis_H100_v5", "Standard_ND96isr_H200_v5"]
)
def test_the_bill_of_every_model_adds_up(sku: str) -> None:
    for model in all_models():
        found = sized(model.id, sku).memory
        assert found is not None, model.id
        assert abs(sum(one.likely for one in found.terms) - found.gpu.likely) <= 2, model.id
        for one in (*found.terms, found.gpu, found.per_token):
            assert one.low <= one.likely <= one.high, (model.id, one)
            assert one.source, one
            if one.label == "exact":
                assert one.low == one.high
        for span in (found.tokens, found.context, found.requests):
            assert 0 <= span.low <= span.likely <= (span.high or span.likely)


def test_figures_say_what_they_rest_on() -> None:
    h100 = bill("llama-3.1-8b-instruct", "Standard_ND96isr_H100_v5")
    assert h100.gpu.label == term(h100, "non-torch").label == term(h100, "activations").label == "measured"
    assert "vLLM 0.19, H100" in term(h100, "activations").source
    assert h100.per_token.label == "exact"
    a100 = bill("llama-3.1-8b-instruct", "Standard_NC24ads_A100_v4")
    assert a100.gpu.label == term(a100, "non-torch").label == term(a100, "activations").label == "assumed"
    old = bill("llama-3.1-8b-instruct", "Standard_ND96isr_H100_v5", kaito="0.9")
    assert term(old, "activations").label == "assumed"
    assert term(old, "activations").likely > 2 * term(h100, "activations").likely
    own = bill(
        "llama-3.1-8b-instruct", "Standard_ND96isr_H100_v5", "vllm:\n  max-num-batched-tokens: 16384\n"
    )
    assert term(own, "activations").label == "assumed"
    assert term(own, "activations").high > term(a100, "activations").high


def test_the_cache_is_split_as_vllm_splits_it() -> None:
    per_token = bill("llama-3.3-70b-instruct", "Standard_NC80adis_H100_v5").per_token.likely
    assert per_token == 327_680 // 2
    # Eight heads in the cache of sixteen GPUs are kept twice; a latent is whole on each GPU of a stage.
    layout = Layout(1, 16, 1)
    assert memory_of(subject(heads=32, kv_heads=8), NODE, launch(layout)).per_token.likely == TOKEN // 8
    latent = subject(heads=32, kv_heads=32, rank=512)
    assert memory_of(latent, NODE, launch(layout)).per_token.likely == TOKEN
    assert memory_of(latent, NODE, launch(Layout(1, 8, 2))).per_token.likely == TOKEN // 2


def test_settings_of_the_user_win() -> None:
    sku = "Standard_NC96ads_A100_v4"
    usual = bill("phi-4", sku)
    assert (usual.utilization, usual.layout) == (0.84, Layout(4, 1, 1))
    own = bill(
        "phi-4",
        sku,
        "vllm:\n  gpu-memory-utilization: 0.9\n  data-parallel-size: 1\n  tensor-parallel-size: 4\n",
    )
    assert (own.utilization, own.layout) == (0.9, Layout(1, 4, 1))
    half = bill("phi-4", sku, "vllm:\n  kv-cache-dtype: fp8\n")
    assert half.tokens.likely in range(2 * usual.tokens.likely - 1, 2 * usual.tokens.likely + 2)
    assert half.pool == usual.pool
    light = bill("phi-4", sku, "vllm:\n  quantization: fp8\n")
    assert term(light, "weights").high < term(usual, "weights").low
    assert bill("phi-4", "Standard_NV72ads_A10_v5").utilization == 0.82
    assert bill("phi-4", "Standard_NV72ads_A10_v5", kaito="0.11").utilization == 0.84


def test_the_verdict_is_that_of_the_range() -> None:
    def verdict(model: str, share: float) -> str:
        return bill(model, "Standard_NV36ads_A10_v5", f"vllm:\n  gpu-memory-utilization: {share}\n").verdict

    llama = [verdict("llama-3.1-8b-instruct", share) for share in (0.8, 0.7, 0.6)]
    assert llama == ["fits", "tight", "fails"]
    # Where nobody knows how many layers keep a growing cache, what is left may be enough.
    gemma = [verdict("google/gemma-4-E4B-it", share) for share in (0.8, 0.64, 0.6)]
    assert gemma == ["fits", "tight", "fails"]


def test_windows_stop_growing() -> None:
    plain, windowed = subject(), subject(layers=Layers(8, 24, 1024))
    long, short = memory_of(windowed, NODE, launch()), memory_of(plain, NODE, launch())
    assert long.per_token.likely * 4 == short.per_token.likely
    assert 3.9 < long.tokens.likely / short.tokens.likely < 4


@pytest.mark.parametrize(
    ("model", "sku", "more", "words"),
    [
        ("phi-4", "g4ad.xlarge", {"provider": "aws"}, "nothing has been measured of vLLM on AMD"),
        ("phi-4", "Standard_NC24ads_A100_v4", {"kaito": "0.6"}, "nothing that is published"),
        ("acme/llm", "Standard_NC24ads_A100_v4", {}, "nothing is known about acme/llm"),
        ("phi-4", "Standard_NC999", {}, "is not in KAITO 0.12's table"),
    ],
)
def test_why_there_is_no_column_b(model: str, sku: str, more: dict[str, str], words: str) -> None:
    found = sized(model, sku, **more)
    assert found.memory is None
    assert words in found.missing


def test_transformers_have_no_column_b() -> None:
    made, _ = workspace("phi-4", "Standard_NC24ads_A100_v4")
    made["metadata"]["annotations"] = {"kaito.sh/runtime": "transformers"}
    assert "transformers runs here" in size(made, Target()).missing


def tight(length: int, share: float) -> str:
    return f"vllm:\n  max-model-len: {length}\n  gpu-memory-utilization: {share}\n"


@pytest.mark.parametrize(
    ("model", "sku", "text", "words", "effect"),
    [
        ("llama-3.1-8b-instruct", "g6.2xlarge", "", "set kv-cache-dtype: fp8", "tokens of context"),
        ("phi-4", "p5.48xlarge", "", "set kv-cache-dtype: fp8", "requests of 16,384 tokens at once"),
        # An A10 and an A100 do not reckon with 8 bits.
        ("llama-3.1-8b-instruct", "g5.2xlarge", "", "take g5.12xlarge", "1 node with 4 GPUs, 131,072 tokens"),
        ("phi-4", "p4de.24xlarge", "", None, ""),
        ("llama-3.1-8b-instruct", "g5.2xlarge", context(8192), None, ""),
        (
            "llama-3.1-8b-instruct",
            "g5.2xlarge",
            tight(4096, 0.71),
            "set max-model-len: 2048",
            "4,096 -> 2,048 tokens",
        ),
        (
            "llama-3.1-8b-instruct",
            "g6.2xlarge",
            tight(4096, 0.71),
            "set kv-cache-dtype: fp8",
            "so that 4,096 fit",
        ),
        ("llama-3.1-8b-instruct", "g5.2xlarge", tight(4096, 0.6), "take g5.", "1 node with"),
        ("zai-org/GLM-5.2-FP8", "p5e.48xlarge", "", None, ""),
    ],
)
def test_the_lever_and_its_effect(model: str, sku: str, text: str, words: str | None, effect: str) -> None:
    lever = sized(model, sku, text, provider="aws").recommendation
    assert (words is None) is (lever is None), lever
    if lever is not None:
        assert lever.change.startswith(words or "")
        assert effect in lever.effect


NODE = Node(16, 16 * 80 * GIB, "NVIDIA H100", "a table")
TOKEN = 131_072


def subject(
    weights: int = 15 * GIB,
    *,
    heads: int = 32,
    kv_heads: int = 8,
    rank: int = 0,
    layers: Layers | None = None,
) -> ModelSpec:
    shape = Shape(32, 4096, heads, kv_heads, 128, rank, 64 if rank else 0, "AnyForCausalLM", "")
    return ModelSpec("acme/any", weights, TOKEN, 131_072, shape, layers or Layers(32), False, False, "a test")


def launch(layout: Layout | None = None, served: str = "auto") -> EngineArgs:
    own = {"max-model-len": int(served)} if served.isdigit() else {}
    return EngineArgs(
        version="0.25.1", batched_tokens=0, utilization=0.84,
        layout=layout or Layout(1, 1, 1), context=Context(2048, "", served, own),
    )  # fmt: skip


class Step(NamedTuple):
    """GiB of a GPU and of weights, and tokens that are asked for; then the same, made easier in one way each."""

    gib: int
    weights: int
    tokens: int
    more: int
    less: int
    fewer: int

    @property
    def easier(self) -> "list[Step]":
        return [
            self._replace(gib=self.gib + self.more),
            self._replace(weights=max(self.weights - self.less, 1)),
            self._replace(tokens=max(self.tokens - self.fewer, 1)),
        ]


STEPS = st.builds(
    Step, st.integers(8, 188), st.integers(1, 700), st.integers(1, 200_000),
    st.integers(0, 64), st.integers(0, 100), st.integers(0, 100_000),
)  # fmt: skip
LAYOUTS = st.sampled_from(
    [Layout(1, 1, 1), Layout(1, 2, 1), Layout(1, 8, 1), Layout(1, 4, 2), Layout(4, 1, 1)]
)
CARDS = st.sampled_from(["NVIDIA H100", "NVIDIA A100", "NVIDIA A10", "NVIDIA L4"])


@given(STEPS, LAYOUTS, CARDS)
@examples(200)
def test_more_memory_a_smaller_model_or_fewer_tokens_never_make_a_fit_a_misfit(
    step: Step, layout: Layout, card: str
) -> None:
    def of(one: Step) -> Memory:
        gpus = layout.data * layout.tensor * layout.pipeline
        node = Node(gpus, gpus * one.gib * GIB, card, "a table")
        return memory_of(subject(one.weights * GIB), node, launch(layout, str(one.tokens)))

    before = of(step)
    for easier in step.easier:
        # From 70 GiB on vLLM batches more by itself, and at 80 a measured figure takes an assumed one's place.
        if (easier.gib >= 70, easier.gib == 80) == (step.gib >= 70, step.gib == 80):
            after = of(easier)
            assert RANK[after.verdict] >= RANK[before.verdict]
            assert after.tokens.likely >= before.tokens.likely


def test_a_card_that_batches_more_still_has_room_for_more() -> None:
    """Of the cards in KAITO's tables."""
    tokens = [bill("llama-3.1-8b-instruct", sku).tokens.likely for sku in BY_MEMORY]
    assert tokens == sorted(tokens)


BY_MEMORY = ("Standard_NV36ads_A10_v5", "Standard_NC24ads_A100_v4", "Standard_NC40ads_H100_v5")


@given(STEPS, st.sampled_from([1, 2, 4, 8]))
@examples(200)
def test_the_same_holds_for_kaitos_estimate(step: Step, gpus: int) -> None:
    def of(one: Step) -> int:
        return nodes_needed(12, one.weights * GIB, TOKEN, (gpus, gpus * one.gib * GIB), one.tokens)

    before = of(step)
    if before:
        assert all(0 < of(easier) <= before for easier in step.easier)


def test_a_context_that_does_not_fit_is_said_so() -> None:
    found = sized("llama-3.1-8b-instruct", "Standard_NV36ads_A10_v5", context(4096))
    assert found.memory is not None
    assert found.memory.verdict == "fits"
    assert found.memory.context.likely == 4096
