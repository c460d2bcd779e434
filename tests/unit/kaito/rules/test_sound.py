"""Whatever a Workspace looks like, judging it ends in findings, always the same ones."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kaitogen.kaito.rules import RuleContext, judge
from kaitogen.model import KAITO_VERSIONS, Target
from tests.draws import examples
from tests.unit.kaito.rules.test_rules import ROWS

_JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, 0, 1, -1, 7, 2**63, 10**400, 0.5, float("nan"), float("inf")),
        *("", " ", "a", "A", "vllm", "x" * 5000, "a\nb", "\x00", "é", "1g.5gb", "mig", "lora", "a/b", "[::1"),
        *(
            "10" * 5000,
            "{",
            "vllm:\n  max-model-len: " + "9" * 5000,
            "training_config: {ModelConfig: 1}",
            "vllm: {max-num-seqs: 1e999, hf-overrides: '[[[', enable-lora: no}",
        ),
        *([], [None], ["a", 1], [{}], {}, {"a": None}, {"name": "phi-4"}, {"matchLabels": None}, {"": {}}),
    ]
)
_KEYS = (
    "apiVersion", "metadata", "name", "namespace", "annotations", "kaito.sh/runtime", "kaito.sh/enablelb", "resource",
    "count", "instanceType", "preferredNodes", "labelSelector", "matchLabels", "matchExpressions", "values", "operator",
    "partition", "mode", "profile", "inference", "preset", "presetOptions", "modelAccessSecret", "template", "config",
    "adapters", "source", "image", "volumeSource", "urls", "strength", "tuning", "method", "input", "output",
)  # fmt: skip
_TREES = st.recursive(
    _JUNK, lambda inner: st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6), max_leaves=30
)
_TARGETS = st.builds(
    Target,
    st.sampled_from(KAITO_VERSIONS),
    st.sampled_from(["azure", "aws", "arc"]),
    st.sampled_from(["azure-gpu-provisioner", "karpenter", "byo"]),
    st.dictionaries(
        st.sampled_from(["vLLM", "enableMIG", "enableAccelerator", "ModelStreaming"]), st.booleans()
    ),
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(found for key, child in children for found in _paths(child, (*path, key)))]


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {key: _with(child, path[1:], new) if key == path[0] else child for key, child in value.items()}
    return [_with(child, path[1:], new) if index == path[0] else child for index, child in enumerate(value)]


@st.composite
def _damaged(draw: st.DrawFn) -> Any:
    workspace: Any = draw(st.sampled_from(ROWS)).workspace
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_paths(workspace)[1:] or [()]))
        if path:
            workspace = _with(workspace, path, draw(st.one_of(_JUNK, _TREES)))
    return workspace


def _check(workspace: Any, target: Target, text: Any, notes: bool) -> None:
    maps: Any = {
        ("", "settings"): {"inference_config.yaml": text, "training_config.yaml": text},
        ("", "a"): {},
    }
    ctx = RuleContext(workspace, target, config_maps=maps, notes=notes)
    problems = judge(ctx)
    assert judge(ctx) == problems
    for problem in problems:
        assert problem.code.startswith(("KG4", "KG313", "KG74", "KG704", "KG709", "KG908"))
        assert problem.message.isprintable()
        assert len(problem.message) <= 200
        assert all(isinstance(step, (str, int)) for step in problem.path)


@examples(200)
@given(_damaged(), _TARGETS, _JUNK, st.booleans())
def test_a_damaged_workspace_is_judged(workspace: Any, target: Target, text: Any, notes: bool) -> None:
    _check(workspace, target, text, notes)


@examples(100)
@given(st.dictionaries(st.sampled_from(_KEYS), _TREES), _TARGETS, _JUNK, st.booleans())
def test_anything_is_judged(workspace: Any, target: Target, text: Any, notes: bool) -> None:
    _check(workspace, target, text, notes)
