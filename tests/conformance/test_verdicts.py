"""KAITO's own verdicts on some 90,000 objects, and its own estimates of nodes, held against ours."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest

from kaitogen.kaito import rules
from kaitogen.kaito.rules import RuleContext
from kaitogen.kaito.rules.config import KEY
from kaitogen.kaito.sizing.size import size
from kaitogen.model import Target
from tests.conformance import vectors
from tests.conformance.vectors import FAULTS, Vector
from tests.draws import WHOLE

#: The page that shows the counts; `HYPOTHESIS_PROFILE=whole pytest --update-expected` writes them.
TABLE: Final = vectors.FOLDER.parents[2] / "docs" / "conformance.md"
OBJECTS: Final = sorted(path.name for path in vectors.FOLDER.glob("[iow]*.gz") if "update" not in path.name)
UPDATES: Final = sorted(path.name for path in vectors.FOLDER.glob("*update*.gz"))
ESTIMATES: Final = sorted(path.name for path in vectors.FOLDER.glob("estimate-*.gz"))


class Difference(NamedTuple):
    """Objects on which KAITO and kaitogen may differ: what KAITO says of them (or which change was made), and why."""

    says: str
    why: str


DIFFERENCES: Final = (
    Difference(r"spec\.storage\.storageClassName", "whether a StorageClass is there the cluster knows"),
    Difference(
        r"cannot unmarshal !!seq into", "a list as a key, which kaitogen's reader of YAML does not look into"
    ),
    Difference(r"!!bool", "a tag in a ConfigMap's text, which kaitogen's reader of YAML refuses"),
    Difference(
        r"'namespace'\) ''",
        "a namespace that is empty means that of the caller, whose name the files do not say",
    ),
)


def explained(vector: Vector) -> Iterator[str]:
    said = f"{vector.get('says', '')} {vector['change']}"
    return (difference.says for difference in DIFFERENCES if re.search(difference.says, said))


@pytest.mark.checkout
@pytest.mark.parametrize("name", OBJECTS)
def test_verdicts(name: str, update_expected: bool) -> None:
    counts: Counter[str] = Counter()
    faults: list[str] = []
    for vector in vectors.part(name):
        if "old" in vector:
            continue
        verdict = vectors.verdict(vector, vectors.errors(vector))
        counts[verdict] += 1
        if verdict in FAULTS and not any(explained(vector)):
            faults.append(f"{verdict}: {vector['base']}, {vector['change']}: {vector.get('says', '')[:200]}")
    assert faults == []
    row = f"| {name.partition('.jsonl')[0]} | {counts.total():,} | {' | '.join(str(counts[one]) for one in FAULTS)} |"
    if update_expected and WHOLE:
        head = row[: row.index(" |", 2) + 2]
        lines = TABLE.read_text("utf-8").splitlines()
        text = "\n".join(row if line.startswith(head) else line for line in lines) + "\n"
        TABLE.write_text(text, "utf-8")
    if WHOLE:
        assert row in TABLE.read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", [*OBJECTS, *UPDATES])
def test_updates(name: str) -> None:
    """What `diff` alone says of a change: refused where KAITO refuses it, and nowhere else.

    `validate --against` agrees: what diff calls refused is an error there as well.
    """
    faults = []
    for vector in vectors.part(name):
        if "old" not in vector or vector["old"] == vector["object"]:
            continue  # nothing changes: what is wrong with the object, `validate` says
        refused = vectors.refused_update(vector)
        expected = not vector["admitted"]
        if (
            refused != expected
            and not (expected and vectors.STATE.search(vector["says"]))
            and not any(explained(vector))
        ):
            faults.append(f"{vector['base']}, {vector['change']}: {vector.get('says', 'admitted')[:200]}")
        if refused and not vectors.validated_change(vector):
            faults.append(
                f"{vector['base']}, {vector['change']}: validate says nothing of what diff calls refused"
            )
    assert faults == []


def test_every_difference_still_matters() -> None:
    wanted = {difference.says for difference in DIFFERENCES}
    for name in [*OBJECTS, *UPDATES]:
        for vector in vectors.read(name):
            if matching := wanted.intersection(explained(vector)):
                if "old" in vector:
                    differs = vector["admitted"] == vectors.refused_update(vector)
                else:
                    differs = vectors.verdict(vector, vectors.errors(vector)) in FAULTS
                wanted -= matching if differs else set()
                if not wanted:
                    return
    assert wanted == set()


@pytest.mark.parametrize("name", ESTIMATES)
def test_estimates(name: str) -> None:
    """The number of nodes, or an error where KAITO finds none. What a later rule adds (KG445, KG465) is another matter."""
    differing = []
    for vector in vectors.part(name):
        target = Target(kaito=vector["kaito"], provider=vector["provider"])
        inference: dict[str, Any] = {"preset": {"name": vector["model"]}}
        config_maps: dict[tuple[str, str], dict[str, str]] = {}
        if vector["maxModelLen"]:
            inference["config"] = "settings"
            config_maps["", "settings"] = {KEY: f"vllm:\n  max-model-len: {vector['maxModelLen']}\n"}
        workspace = {
            "apiVersion": "kaito.sh/v1beta1", "kind": "Workspace", "metadata": {"name": "w"},
            "resource": {"instanceType": vector["instanceType"], "labelSelector": {"matchLabels": {"apps": "w"}}},
            "inference": inference,
        }  # fmt: skip
        nodes = size(workspace, target, config_maps).estimate.nodes
        failing = {
            one.code for one in rules.judge(RuleContext(workspace, target, config_maps=config_maps)) if one.severity == "error"
        }  # fmt: skip
        agreed = nodes == vector["nodes"] if "nodes" in vector else bool(failing - {"KG437"})
        if not agreed:
            differing.append((vector, nodes, failing))
    assert differing == []
