"""The schemas as files: sound, explained to editors, and current where they are derived or compiled."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from kaitogen import schema
from kaitogen.files import shipped
from kaitogen.model import INTENT_API_VERSION, INTENT_KIND, KAITO_VERSIONS, SET_KIND
from kaitogen.schema.compiled import FILES
from kaitogen.schema.words import short, written
from kaitogen.yaml.reader import read

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(shipped.folder("schemas"))
#: The schemas that people and editors read, and how many properties they have at least.
WRITTEN_FOR_PEOPLE = {
    "intent": 80,
    "set": 80,
    "findings": 25,
    "plan": 80,
    "inventory": 15,
    "quick-selectors": 8,
    "nodes": 25,
    "prices": 6,
    "budget": 7,
    "models": 18,
    "skus": 20,
    "status": 45,
}


def _read(name: str) -> dict[str, Any]:
    contents: dict[str, Any] = json.loads((FOLDER / FILES[name]).read_text(encoding="utf-8"))
    return contents


def _registry() -> Any:
    resources = [
        (schema.BASE + file, DRAFT202012.create_resource(_read(name))) for name, file in FILES.items()
    ]
    return Registry().with_resources(resources)


def _subschemas(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every subschema below properties, items, additionalProperties and $defs, with its JSON pointer."""
    if not isinstance(node, dict):
        return
    yield place, node
    for word in ("items", "additionalProperties", "propertyNames", "not"):
        yield from _subschemas(node.get(word), f"{place}/{word}")
    for word in ("properties", "$defs"):
        for key, part in node.get(word, {}).items():
            yield from _subschemas(part, f"{place}/{word}/{key.replace('~', '~0').replace('/', '~1')}")


def _properties(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, node in _subschemas(_read(name)):
        # What a set borrows from Kubernetes has no words of ours there either.
        if place.split("/")[-2:-1] == ["properties"] and "-" not in place.split("/")[2]:
            yield place, node


def test_every_schema_file_is_known() -> None:
    found = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.schema.json")}
    assert found - {"editor.schema.json"} == set(FILES.values())


def test_an_editor_needs_no_other_file_and_no_network() -> None:
    text = (FOLDER / "editor.schema.json").read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    assert '"$id"' not in text
    assert set(re.findall(r'"\$ref": "(.)', text)) == {"#"}


@pytest.mark.parametrize("name", FILES)
def test_schema_is_valid_draft_2020_12_under_its_own_address(name: str) -> None:
    contents = _read(name)
    Draft202012Validator.check_schema(contents)
    assert contents["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert contents["$id"] == schema.BASE + FILES[name]


@pytest.mark.parametrize("name", FILES)
def test_every_reference_leads_somewhere(name: str) -> None:
    resolver = _registry().resolver(base_uri=schema.BASE + FILES[name])
    for _, node in _subschemas(_read(name)):
        if "$ref" in node:
            resolver.lookup(node["$ref"])


@pytest.mark.parametrize("name", WRITTEN_FOR_PEOPLE)
def test_every_property_is_explained_to_editors(name: str) -> None:
    bare = [
        f"{place} has no {word}"
        for place, node in _properties(name)
        for word in ("title", "description", "examples")
        if not node.get(word)
    ]
    assert bare == []
    assert len(list(_properties(name))) > WRITTEN_FOR_PEOPLE[name]


@pytest.mark.parametrize("name", WRITTEN_FOR_PEOPLE)
def test_every_example_conforms_to_what_it_explains(name: str) -> None:
    registry, contents = _registry(), _read(name)
    wrong = []
    for place, node in _subschemas(contents):
        validator = Draft202012Validator({"$ref": f"{contents['$id']}#{place}"}, registry=registry)
        wrong += [place for example in node.get("examples", ()) if not validator.is_valid(example)]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(WRITTEN_FOR_PEOPLE))
def test_an_example_that_advice_shows_is_yaml(name: str) -> None:
    """`write it as a mapping, such as {"*": 24}`: an asterisk without quotes would be an alias."""
    for place, node in _subschemas(_read(name)):
        for example in node.get("examples", ()):
            if short(example):
                (document,) = read(f"example: {written(example)}\n")
                assert document.value == {"example": example}, place


@pytest.mark.parametrize("name", WRITTEN_FOR_PEOPLE)
def test_an_alias_is_no_field_beside_the_one_it_stands_for(name: str) -> None:
    """An alias that is a field of its own would never be looked up."""
    for place, node in _subschemas(_read(name)):
        fields = node.get("properties", {})
        aliases = [alias for field in fields.values() for alias in field.get("x-aliases", ())]
        assert len(aliases) == len(set(aliases)), place
        assert not fields.keys() & set(aliases), place


def test_schemas_and_code_agree_on_names_and_versions() -> None:
    intent, fleet = _read("intent"), _read("set")
    assert intent["properties"]["apiVersion"]["const"] == INTENT_API_VERSION
    assert intent["properties"]["kind"]["const"] == INTENT_KIND
    assert fleet["properties"]["kind"]["const"] == SET_KIND
    target = intent["properties"]["spec"]["properties"]["target"]["properties"]
    assert tuple(target["kaito"]["enum"]) == KAITO_VERSIONS
    assert {
        f"workspace-{minor}-{api.partition('/')[2]}"
        for minor in KAITO_VERSIONS
        for api in target["apiVersion"]["enum"]
    } <= set(FILES)


def _fields(node: Any) -> set[str]:
    return set(node["properties"])


@pytest.mark.parametrize("version", KAITO_VERSIONS)
def test_intent_can_say_every_field_of_a_workspace(version: str) -> None:
    said = _read("intent")["properties"]["spec"]["properties"]
    workspace = _read(f"workspace-{version}-v1beta1")["properties"]
    assert _fields(workspace["resource"]) <= _fields(said["placement"])
    source = workspace["inference"]["properties"]["adapters"]["items"]["properties"]["source"]
    adapter = said["inference"]["properties"]["adapters"]["items"]["properties"]
    assert _fields(source) == _fields(adapter["source"])
    # A preset is flattened: its name is the model, its options stand beside it.
    flat = {"preset": {"model", "accessMode"}, "presetOptions": {"image", "imagePullSecrets", "accessSecret"}}
    for workload in ("inference", "tuning"):
        fields = _fields(workspace[workload]) - {"preset"}
        assert fields | flat["preset"] | flat["presetOptions"] <= _fields(said[workload])
        preset = workspace[workload]["properties"]["preset"]["properties"]
        assert set(preset) == {"name", "accessMode", "presetOptions"}
        assert _fields(preset["presetOptions"]) == {"image", "imagePullSecrets", "modelAccessSecret"}
    tuning = workspace["tuning"]["properties"]
    assert _fields(tuning["input"]) == _fields(said["tuning"]["properties"]["input"])
    assert _fields(tuning["output"]) == _fields(said["tuning"]["properties"]["output"])


@pytest.mark.checkout
@pytest.mark.parametrize("script", ["derive_set_schema", "compile_schemas"])
def test_generated_files_are_current(script: str) -> None:
    command = [sys.executable, "-m", f"scripts.{script}", "--check"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
