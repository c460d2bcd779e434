"""How KAITO has vLLM spread a model over the GPUs of its nodes."""

import pytest

from kaitogen.kaito.rules.context import RuleContext
from kaitogen.kaito.rules.layout import Layout, layout_of, whole
from kaitogen.model import GIB, Json, Target

_NODE = 320 * GIB


@pytest.mark.parametrize(
    ("about", "minor", "weights", "gpus", "nodes", "expected"),
    [
        ("less than half of each GPU", 12, 40 * GIB - 1, 4, 1, Layout(data=4, tensor=1, pipeline=1)),
        ("half of each GPU", 12, 40 * GIB, 4, 1, Layout(data=1, tensor=4, pipeline=1)),
        ("before data parallelism", 9, 1 * GIB, 4, 1, Layout(data=1, tensor=4, pipeline=1)),
        ("several nodes", 12, 1 * GIB, 4, 2, Layout(data=1, tensor=4, pipeline=2)),
        ("one GPU", 12, 1 * GIB, 1, 1, Layout(data=1, tensor=1, pipeline=1)),
    ],
)
def test_layout(about: str, minor: int, weights: int, gpus: int, nodes: int, expected: Layout) -> None:
    ctx = RuleContext({"inference": {"preset": {"name": "phi-4"}}}, Target(f"0.{minor}"))
    assert layout_of(ctx, weights, (gpus, _NODE), nodes) == expected


@pytest.mark.parametrize(
    ("preset", "minor", "gpus"),
    [
        ("falcon-7b", 8, 1),
        ("falcon-7b-instruct", 10, 1),
        ("tiiuae/Falcon-7B", 9, 1),
        ("tiiuae/falcon-7b", 12, 2),  # KAITO knows nothing of its own about it any more
        ("falcon-40b", 8, 2),
    ],
)
def test_a_preset_whose_heads_vllm_cannot_divide_stays_on_one_gpu(preset: str, minor: int, gpus: int) -> None:
    ctx = RuleContext({"inference": {"preset": {"name": preset}}}, Target(f"0.{minor}"))
    assert layout_of(ctx, 100 * GIB, (2, _NODE), 1) == Layout(data=1, tensor=gpus, pipeline=1)


@pytest.mark.parametrize(
    ("value", "expected"), [(1, 1), (8, 8), (0, None), (9, None), (True, None), ("8", None), (None, None)]
)
def test_a_size_is_a_whole_number_up_to_the_most(value: Json, expected: int | None) -> None:
    assert whole({"tensor_parallel_size": value}, "tensor-parallel-size", 8) == expected
