"""Laws of the comparison: nothing differs from itself, both directions touch the same, and the order of keys never matters."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kaitogen.kaito.updates.compare import compare
from kaitogen.kaito.updates.findings import problems
from kaitogen.kaito.updates.model import Item, differences, same
from kaitogen.model import Document, Origin, Target
from tests.draws import examples

_SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b", "1", "true", 1.0, 0.5])
)
_KEYS = st.sampled_from(["name", "source", "a", "b", "labels", "annotations", "data", "x.y/z", "config"])
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
_MAPPINGS = st.dictionaries(_KEYS, _VALUES, max_size=5)


def _workspaces() -> st.SearchStrategy[dict[str, Any]]:
    selector = st.fixed_dictionaries({}, optional={
        "matchLabels": st.dictionaries(st.sampled_from(["apps", "zone"]), st.sampled_from(["one", "two"]), max_size=2),
        "matchExpressions": st.lists(st.fixed_dictionaries({
            "key": st.sampled_from(["apps", "zone"]),
            "operator": st.sampled_from(["In", "Exists"]),
            "values": st.lists(st.sampled_from(["one", "two"]), max_size=2),
        }), max_size=2),
    })  # fmt: skip
    resource = st.fixed_dictionaries({"labelSelector": selector}, optional={
        "count": st.integers(1, 3), "instanceType": st.sampled_from(["Standard_NC24ads_A100_v4", "other", ""]),
        "preferredNodes": st.lists(st.sampled_from(["n1", "n2"]), max_size=2), "partition": _MAPPINGS,
    })  # fmt: skip
    adapter = st.fixed_dictionaries(
        {"source": st.fixed_dictionaries({"name": st.sampled_from(["a", "b", "C_"])})}
    )
    preset = st.fixed_dictionaries(
        {"name": st.sampled_from(["phi-4", "phi-4-mini-instruct"])},
        optional={"accessMode": st.just("public")},
    )
    inference = st.fixed_dictionaries({}, optional={
        "preset": preset, "template": _MAPPINGS, "config": st.sampled_from(["one", "two"]),
        "adapters": st.lists(adapter, max_size=2),
    })  # fmt: skip
    tuning = st.fixed_dictionaries(
        {}, optional={"preset": preset, "method": st.sampled_from(["lora", "LoRA"]), "input": _MAPPINGS}
    )
    metadata = st.fixed_dictionaries(
        {"name": st.sampled_from(["one", "two", "three"])},
        optional={"namespace": st.sampled_from(["x", "y"]), "labels": _MAPPINGS, "annotations": _MAPPINGS},
    )
    return st.fixed_dictionaries(
        {"apiVersion": st.just("kaito.sh/v1beta1"), "kind": st.just("Workspace"), "metadata": metadata},
        # Half a Workspace is no Workspace, and still has to be compared without a word of Python's.
        optional={
            "resource": resource | _VALUES,
            "inference": inference | _VALUES,
            "tuning": tuning | _VALUES,
        },
    )


_TARGETS = st.sampled_from([Target(), Target("0.7"), Target("0.10", node_provisioner="byo"), Target("0.4")])
_SIDES = st.lists(_workspaces(), max_size=4)


def _items(side: list[dict[str, Any]], target: Target) -> list[Item]:
    found = [Item(data, target, Origin(Document("side", number, data))) for number, data in enumerate(side)]
    return list({item.identity: item for item in found}.values())


def _shuffled(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        return {key: _shuffled(value[key], rng) for key in keys}
    return [_shuffled(item, rng) for item in value] if isinstance(value, list) else value


@given(_MAPPINGS, _MAPPINGS, st.randoms(use_true_random=False))
@examples(60)
def test_fields(one: dict[str, Any], other: dict[str, Any], rng: random.Random) -> None:
    assert differences(one, one) == []
    assert differences(one, _shuffled(one, rng)) == []
    there, back = differences(one, other), differences(other, one)
    assert sorted(each.shown for each in there) == sorted(each.shown for each in back)
    assert there == [] or not same(one, other)
    mixed = differences(_shuffled(one, rng), _shuffled(other, rng))
    assert sorted(each.shown for each in mixed) == sorted(each.shown for each in there)


@given(_SIDES, _SIDES, _TARGETS, st.randoms(use_true_random=False))
@examples(60)
def test_objects(
    one: list[dict[str, Any]], other: list[dict[str, Any]], target: Target, rng: random.Random
) -> None:
    before, after = _items(one, target), _items(other, target)
    assert compare(before, before).objects == ()
    there, back = compare(before, after), compare(after, before)
    assert _touched(there) == _touched(back)
    again = compare(_items(_shuffled(one, rng), target), _items(_shuffled(other, rng), target))
    assert [each.judgement for each in again.objects] == [each.judgement for each in there.objects]
    for each in there.objects:
        verdicts = {change.judgement.verdict for change in each.changes}
        assert "refused" not in verdicts or each.judgement.verdict == "refused"
        assert not verdicts & {"create", "delete", "recreate"}
    for located in problems(there):
        assert located.message
        assert located.fix


def _touched(comparison: Any) -> set[tuple[str, ...]]:
    """What a comparison names, whichever side is the old one; a field that only blocks an update is the new side's alone."""
    names: set[tuple[str, ...]] = set()
    for one in comparison.objects:
        if one.changes and not any(map(_differs, one.changes)):
            continue
        sides = [side.identity for side in (one.before, one.after) if side is not None]
        names.add(("object", *sorted({"/".join(side) for side in sides})))
        names |= {
            ("field", "/".join(sides[0]), change.difference.shown)
            for change in one.changes
            if _differs(change)
        }
    return names


def _differs(change: Any) -> bool:
    return change.difference.before is not None or change.difference.after is not None


def test_true_is_not_one() -> None:
    assert not same({"a": True}, {"a": 1})
    assert not same([False], [0])
    assert same({"a": 1.0}, {"a": 1})


def test_lists_go_by_name_where_their_items_have_one() -> None:
    old = {"env": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]}
    new = {"env": [{"name": "b", "value": "3"}, {"name": "c"}]}
    assert [each.shown for each in differences(old, new)] == ["env[a]", "env[b].value", "env[c]"]
    turned = {"env": list(reversed(old["env"]))}
    assert [(each.shown, each.before, each.after) for each in differences(old, turned)] == [
        ("order of env", ["a", "b"], ["b", "a"])
    ]
    assert [each.shown for each in differences({"a": [1, 2]}, {"a": [2]})] == ["a[0]", "a[1]"]
