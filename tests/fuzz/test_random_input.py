"""Bytes and intents at random: whatever comes in, findings or manifests come out, and never an exception."""

import copy
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from kaitogen.yaml.writer import dump
from tests.draws import examples
from tests.fuzz.driven import judged
from tests.hostile.texts import RIGHT

YAML = st.text(alphabet=" \n\t-:?[]{},#&*!|>'\"%@`\\~.0123456789eExonyaé\u2028\ufeff\x00\x1b", max_size=120)
KEYS = st.sampled_from(
    ["apiVersion", "kind", "metadata", "spec", "name", "labels", "target", "kaito", "placement", "count", "nodes",
     "instanceType", "labelSelector", "inference", "model", "config", "vllm", "max-model-len", "adapters", "source",
     "tuning", "method", "input", "output", "urls", "image", "template", "defaults", "workspaces", "preset", "resource"]
)  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["phi-4", "lora", "mig", "byo", "0.7", "kaito.sh/v1beta1", "Workspace", "Standard_NC24ads_A100_v4"]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4),
    max_leaves=12,
)
PLACES = st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=6)

INTENT: dict[str, Any] = {
    "apiVersion": "kaitogen.io/v1alpha1",
    "kind": "WorkspaceIntent",
    "metadata": {"name": "phi-4", "labels": {"team": "search"}},
    "spec": {
        "target": {"kaito": "0.12"},
        "placement": {
            "instanceType": "Standard_NC24ads_A100_v4",
            "labelSelector": {"matchLabels": {"a": "b"}},
        },
        "inference": {"model": "phi-4", "config": {"vllm": {"max-model-len": 8192}}},
    },
}
TUNING: dict[str, Any] = {
    **INTENT,
    "spec": {
        "placement": {"instanceType": "Standard_NC24ads_A100_v4"},
        "tuning": {
            "model": "phi-4",
            "method": "lora",
            "input": {"urls": ["https://data.example.com/a"]},
            "output": {"image": "registry.example.com/a:1", "imagePushSecret": "push"},
        },
    },
}
WORKSPACE: dict[str, Any] = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "Workspace",
    "metadata": {"name": "phi-4", "annotations": {"kaito.sh/runtime": "vllm"}},
    "resource": {"instanceType": "Standard_NC24ads_A100_v4", "labelSelector": {"matchLabels": {"a": "b"}}},
    "inference": {"preset": {"name": "phi-4"}, "adapters": [{"source": {"name": "a", "image": "b/c:1"}}]},
}
SET: dict[str, Any] = {
    "apiVersion": "kaitogen.io/v1alpha1",
    "kind": "WorkspaceIntentSet",
    "metadata": {"name": "all"},
    "spec": {"defaults": {"spec": INTENT["spec"]}, "workspaces": [{"metadata": {"name": "phi-4"}}]},
}
WHOLE = st.sampled_from([INTENT, TUNING, WORKSPACE, SET])


def mutated(value: Any, places: list[int], new: Any, key: str | None) -> Any:
    """A copy in which one value, found by going down at random, is replaced, or a key is added beside it."""
    changed = copy.deepcopy(value)
    holder: Any = changed
    for number in places[:-1]:
        below = list(holder.values()) if isinstance(holder, dict) else holder
        inner = below[number % len(below)] if below else None
        if not isinstance(inner, dict | list) or not inner:
            break
        holder = inner
    if isinstance(holder, list):
        holder[places[-1] % len(holder)] = new
    else:
        holder[key or list(holder)[places[-1] % len(holder)]] = new
    return changed


@given(st.binary(max_size=200))
@example(b"\xff")
@examples(150)
def test_bytes(data: bytes) -> None:
    judged(data)


@given(YAML)
@examples(300)
def test_what_looks_like_yaml(text: str) -> None:
    judged(text.encode())
    judged(text.encode(), finished=True)


@given(st.integers(min_value=0, max_value=len(RIGHT)), YAML, st.integers(min_value=0, max_value=20))
@examples(200)
def test_an_intent_with_something_in_the_middle(at: int, text: str, gone: int) -> None:
    judged(RIGHT[:at] + text.encode() + RIGHT[at + gone :])


@given(VALUES)
@examples(150)
def test_values_of_any_shape(value: Any) -> None:
    judged(dump(value).encode())
    judged(dump(value).encode(), finished=True)


@given(WHOLE, PLACES, VALUES, st.none() | KEYS)
@examples(300)
def test_something_right_with_one_other_value(
    whole: dict[str, Any], places: list[int], new: Any, key: str | None
) -> None:
    judged(dump(mutated(whole, places, new, key)).encode(), finished=whole is WORKSPACE)


def test_what_is_mutated_is_right_before() -> None:
    """Without this, everything above could end at the first check."""
    for whole in (INTENT, TUNING, WORKSPACE, SET):
        result = judged(dump(whole).encode(), finished=whole is WORKSPACE)
        assert result.ok, result.findings
        assert result.workspaces == 1
