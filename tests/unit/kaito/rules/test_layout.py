"""How KAITO has vLLM spread a model over the GPUs of its nodes."""

import pytest

from kaitogen.kaito.rules.layout import Layout, layout_of, whole
from kaitogen.model import GIB, Json

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
    assert layout_of(minor, weights, (gpus, _NODE), nodes) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(1, 1), (8, 8), (0, None), (9, None), (True, None), ("8", None), (None, None)]
)
def test_a_size_is_a_whole_number_up_to_the_most(value: Json, expected: int | None) -> None:
    assert whole({"tensor_parallel_size": value}, "tensor-parallel-size", 8) == expected
