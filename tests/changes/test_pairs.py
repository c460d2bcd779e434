"""Every field that KAITO fixes, before and after, through a real git revision: what `diff` and `validate` say of it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from kaitogen.files import shipped
from kaitogen.kaito.objects import canonical, merged
from kaitogen.yaml.writer import dump
from tests.acceptance.repositories import committed, write
from tests.changes.running import kaitogen
from tests.samples import BASES

PAIRS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "pairs.yaml").read_text(encoding="utf-8")
)
SCHEMA = Draft202012Validator(json.loads(shipped.read_text("schemas", "changes.schema.json")))
CASES = [(number, kaito) for number, pair in enumerate(PAIRS) for kaito in pair["kaito"]]


def _name(number: int) -> str:
    return f"pair-{number}.yaml"


def _workspace(pair: dict[str, Any], side: str) -> str:
    # Not in canonical form where the pair says what that leaves out.
    value = merged(BASES[pair.get("base", "serving")], pair.get(side, {}))
    return dump(value if "status" in value else canonical(value))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    committed(folder, {_name(number): _workspace(pair, "before") for number, pair in enumerate(PAIRS)})
    write(folder, {_name(number): _workspace(pair, "after") for number, pair in enumerate(PAIRS)})
    return folder


def run(folder: Path, line: str) -> tuple[int, Any]:
    """The exit code and the JSON of a command line in a folder."""
    done = kaitogen(folder, line)
    return done.code, json.loads(done.output)


@pytest.mark.parametrize(
    ("number", "kaito"),
    CASES,
    ids=[f"{PAIRS[number]['what'].replace(' ', '-')}-{kaito}" for number, kaito in CASES],
)
def test_a_change_is_judged_as_kaito_does(number: int, kaito: str, repository: Path) -> None:
    pair = PAIRS[number]
    options = f"--kaito {kaito} {pair.get('options', '')} --against HEAD {_name(number)} --format json"
    code, told = run(repository, f"diff {options}")
    assert list(SCHEMA.iter_errors(told)) == []
    changes = [change for one in told["objects"] for change in one["changes"]]
    said = {change["path"]: [change["verdict"], change["code"], change["rule"]] for change in changes}
    assert said == pair["expect"]
    assert code == (1 if pair["expect"] else 0)
    _, report = run(repository, f"validate {options}")
    found = {one["code"] for one in report["findings"] if one["code"].startswith("KG8")}
    assert found == {code for _, code, _ in pair["expect"].values() if code.startswith("KG8")}


def test_every_rule_has_pairs_and_the_table_names_only_versions_that_differ() -> None:
    rules = {rule for pair in PAIRS for _, _, rule in pair["expect"].values() if rule}
    assert rules == {f"U{number}" for number in range(1, 13)}
    assert len({pair["what"] for pair in PAIRS}) == len(PAIRS)
