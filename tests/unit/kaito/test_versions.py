"""What each KAITO release changed: complete, in its block, and in no other module."""

import ast
import json
import os
import re
from pathlib import Path

import pytest

from kaitogen.kaito import versions
from kaitogen.kaito.versions import ANNOTATIONS, GATES, GATES_ON, PROVISIONERS, RELEASES, SPREAD_PRESETS
from kaitogen.model import BYO_BY_GATE, KAITO_VERSIONS, NODE_PROVISIONERS, Feature, Target

MINORS = [int(kaito.partition(".")[2]) for kaito in KAITO_VERSIONS]
#: A folder with the facts that KAITO's source gives, where there is one; they are no part of the checkout.
FACTS = os.environ.get("KAITO_REFERENCE")
FEATURES: dict[str, Feature] = {
    "BYO_BY_GATE": BYO_BY_GATE,
    **{name: value for name, value in vars(versions).items() if isinstance(value, Feature)},
    **{
        key: value
        for table in (GATES, GATES_ON, ANNOTATIONS, PROVISIONERS, SPREAD_PRESETS)
        for key, value in table.items()
    },
}


def _blocks() -> dict[int, str]:
    source = Path(versions.__file__).read_text(encoding="utf-8")
    _, *parts = re.split(r"^# 0\.(\d+)", source, flags=re.MULTILINE)
    return {int(number): text for number, text in zip(parts[::2], parts[1::2], strict=True)}


def test_every_version_has_a_block_and_a_release_and_in_order() -> None:
    assert list(RELEASES) == list(KAITO_VERSIONS)
    assert list(_blocks()) == MINORS
    assert (RELEASES["0.12"].tag, RELEASES["0.12"].vllm) == ("v0.12.0", "0.25.1")
    assert set(PROVISIONERS) == set(NODE_PROVISIONERS)


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_named_in_the_blocks_of_the_releases_that_it_came_and_went_with(name: str) -> None:
    feature, blocks = FEATURES[name], _blocks()
    assert feature.since <= feature.until
    if feature.since:
        assert name in blocks[feature.since]
    if feature.until < MINORS[-1]:
        assert name in blocks[feature.until + 1]


@pytest.mark.parametrize(
    ("feature", "minors"),
    [
        (versions.PARTITIONS, [12]),
        (versions.STRICT_INSTANCE_TYPE, [8, 9, 10, 11, 12]),
        (versions.INSTANCE_TYPE_DEFAULTED, [4, 5, 6, 7]),
        (versions.NODE_LIMIT, [11]),
        (BYO_BY_GATE, [7, 8, 9, 10]),
        (ANNOTATIONS["kaito.sh/run-benchmark"], [10]),
        (GATES["ensureNodeClass"], [4, 5, 6, 7, 8, 9, 10]),
    ],
)
def test_both_ends_of_a_feature_count(feature: Feature, minors: list[int]) -> None:
    assert [minor for minor in MINORS if feature.holds(minor)] == minors
    assert [minor for minor in MINORS if Target(f"0.{minor}").has(feature)] == minors


@pytest.mark.parametrize("kaito", KAITO_VERSIONS)
def test_users_bring_nodes_since_0_7_by_the_gate_until_the_flag_came(kaito: str) -> None:
    by_gate = Target(kaito, feature_gates={"disableNodeAutoProvisioning": True})
    assert by_gate.byo is (kaito in ("0.7", "0.8", "0.9", "0.10"))
    assert Target(kaito, node_provisioner="byo").byo is (kaito not in ("0.4", "0.5", "0.6"))
    assert not Target(kaito).byo


def _numbers_compared_with_a_version(tree: ast.AST) -> list[int]:
    """The lines on which a minor version is compared with a number that is written there."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(
            (isinstance(side, ast.Name) and side.id == "minor")
            or (isinstance(side, ast.Attribute) and side.attr == "minor")
            for side in (node.left, *node.comparators)
        )
        and any(isinstance(side, ast.Constant) for side in (node.left, *node.comparators))
    ]


def test_no_other_module_knows_a_version_by_its_number() -> None:
    package = Path(versions.__file__).resolve().parents[1]
    wrong = [
        f"{path.relative_to(package)}:{line}"
        for path in package.rglob("*.py")
        if "compiled" not in path.parts
        for line in _numbers_compared_with_a_version(ast.parse(path.read_text(encoding="utf-8")))
    ]
    named = [
        f"{path.relative_to(package)}: {name}"
        for path in package.rglob("*.py")
        for name in re.findall(r"^\w+_(?:SINCE|UNTIL)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert wrong == []
    assert named == []


if FACTS:

    @pytest.mark.checkout
    def test_the_tables_are_what_the_facts_say() -> None:
        facts = json.loads((Path(FACTS or "") / "versions.json").read_text(encoding="utf-8"))["versions"]
        assert [one["version"] for one in facts] == [release.tag for release in RELEASES.values()]
        for one, minor, release in zip(facts, MINORS, RELEASES.values(), strict=True):
            assert (one["released"], one["vllmVersion"]) == (release.day, release.vllm)
            assert one["featureGates"] == {
                gate: gate in GATES_ON and GATES_ON[gate].holds(minor)
                for gate, feature in GATES.items()
                if feature.holds(minor)
            }
            assert {item["key"] for item in one["annotations"]} == {
                key for key, feature in ANNOTATIONS.items() if feature.holds(minor)
            }
            assert sorted(one["workspaceServed"]) == ["v1alpha1", "v1beta1"]
