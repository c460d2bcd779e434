"""Values laid over intents: what Argo CD's parameters say, by path and with the types of the schema."""

import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaitogen.commands import bounds
from kaitogen.integrations.argocd import announce, folder, parameters
from kaitogen.model import Assignment, Document, path_text
from kaitogen.pipeline import overlay
from tests.work import calls

SOURCE = Document("parameter set", 0, None, inline=True)
NAMES = st.sampled_from(["kaito_version", "set", "include", "strict", "other"])
WORDS = st.text(max_size=12)


def intent(name: str = "phi", **spec: Any) -> Document:
    value = {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": {"name": name},
        "spec": spec,
    }
    return Document("phi.intent.yaml", 0, value)


def assigned(path: str, text: str, document: Document | None = None) -> Any:
    """The value that ends up at the path, or the code of what is wrong."""
    steps = overlay.parse_path(path)
    assert steps is not None
    one = Assignment(None, steps, text, SOURCE)
    documents, located = overlay.assign([document or intent()], [one])
    if located:
        return located[0].code
    value = documents[0].value
    for step in steps:
        value = value[step]
    return value


def as_go_writes_it(value: Any) -> str:
    """JSON as Argo CD makes it: UTF-8, but for what could end a script or a line."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": NAMES},
            optional={
                "string": WORDS,
                "array": st.lists(WORDS, max_size=3),
                "map": st.dictionaries(WORDS, WORDS, max_size=3),
            },
        ),
        max_size=4,
    )
)
def test_json_is_read_as_it_was_meant_or_refused(value: Any) -> None:
    """The reader is that of YAML: what it could take for something else it must not take at all."""
    found = parameters.parsed(as_go_writes_it(value))
    assert found in (value, None)


@pytest.mark.parametrize(
    "character", ["\x85", "\x7f", "\u2028", "\ufeff", "\ufffe", "\U0001f600", "\xa0"], ids=ascii
)
@pytest.mark.parametrize("escaped", [False, True])
def test_character_that_yaml_sees_otherwise_than_json(character: str, escaped: bool) -> None:
    value = [{"name": "x", "string": f"a{character} {character}b"}]
    assert parameters.parsed(json.dumps(value, ensure_ascii=escaped)) == value


def test_half_a_character_and_endless_nesting_are_refused() -> None:
    assert parameters.parsed('["\\ud83d"]') is None
    assert parameters.parsed(os.fsdecode(b'["\xff"]')) is None
    assert parameters.parsed("[" * 100_000 + "\x7f") is None


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["a", "b"]), st.text(st.characters(min_codepoint=32, max_codepoint=126))
        )
    )
)
def test_printable_json_is_never_refused(value: Any) -> None:
    assert parameters.parsed(as_go_writes_it(value)) == value


@given(st.text(max_size=300))
def test_whatever_the_variable_holds_there_is_an_answer(text: str) -> None:
    said = parameters.AppParameters({parameters.PARAMETERS_VARIABLE: text})
    assert all(finding.code in {"KG150", "KG151"} for finding in said.findings)


STEP = st.one_of(
    st.sampled_from(["count", "labelSelector", "max-model-len", "a.b/c", "x y"]), st.integers(0, 99)
)


@given(st.sampled_from(["spec", "metadata"]), st.lists(STEP, min_size=1, max_size=5))
def test_path_is_read_as_findings_write_it(top: str, steps: list[Any]) -> None:
    path = (top, *steps)
    assert overlay.parse_path(path_text(path)) == path


@pytest.mark.parametrize(
    "text", ["", "spec", "status.x", "spec.", ".spec.x", "spec..x", "spec[x]", "spec.x[", "spec x", 'spec["']
)
def test_what_is_no_path(text: str) -> None:
    assert overlay.parse_path(text) is None


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("spec.placement.count", "3", 3),
        ("spec.placement.count", "three", "three"),
        ("spec.placement.count", "true", True),
        ("spec.placement.nodes", "[a, b]", ["a", "b"]),
        ("spec.placement.labelSelector", "{matchLabels: {a: b}}", {"matchLabels": {"a": "b"}}),
        ("spec.placement.labelSelector", "{a: [", "{a: ["),
        ("spec.target.kaito", "0.10", "0.10"),
        ("spec.target.featureGates.enableMIG", "true", True),
        ("spec.target.featureGates.enableMIG", "yes", "yes"),
        ("metadata.labels.team", "4711", "4711"),
        ("metadata.labels.on", "true", "true"),
        ("metadata.annotations.note", "{a: b}", "{a: b}"),
        ("spec.inference.config.vllm.gpu-memory-utilization", "0.9", 0.9),
        ("spec.inference.config.vllm.dtype", "auto", "auto"),
        ("spec.inference.config.vllm.some-future-flag", "7", 7),
        ("spec.unknown", "7", 7),
        ("spec.inference.template.spec.containers", "[{name: a}]", [{"name": "a"}]),
    ],
)
def test_text_takes_the_type_that_the_schema_wants(path: str, text: str, value: Any) -> None:
    found = assigned(path, text)
    assert (found, type(found)) == (value, type(value))


def test_items_of_a_list_are_set_in_place() -> None:
    document = intent(inference={"adapters": [{"strength": "0.1"}, {"strength": "0.2"}]})
    assert assigned("spec.inference.adapters[1].strength", "0.7", document) == 0.7
    assert assigned("spec.inference.adapters[2].strength", "0.7", document) == "KG152"


def test_document_that_was_read_is_not_changed() -> None:
    document = intent(placement={"count": 1})
    before = json.dumps(document.value)
    assert assigned("spec.placement.count", "3", document) == 3
    assert json.dumps(document.value) == before


@pytest.mark.parametrize(
    ("value", "intents"),
    [
        (None, 0),
        ([], 0),
        ({"kind": "WorkspaceIntentSet"}, 0),
        ({"kind": "WorkspaceIntentSet", "spec": {"workspaces": [1, {}]}}, 1),
        ({"kind": "WorkspaceIntent", "metadata": 3, "spec": []}, 1),
        ({"kind": "Other"}, 0),
    ],
)
def test_broken_document_is_left_for_validation(value: Any, intents: int) -> None:
    one = Assignment(None, ("spec", "placement", "count"), "3", SOURCE)
    documents, located = overlay.assign([Document("x", 0, value)], [one])
    assert len(documents[0].overrides) + len(located) == intents


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*.yaml", ["a.yaml", ".a.yaml"], ["a.yml", "b/a.yaml"]),
        ("**/*.yaml", ["a.yaml", "b/a.yaml", "b/c/a.yaml"], ["a.yml"]),
        ("b/**", ["b/a", "b/c/a"], ["a", "bb/a"]),
        ("?.[ab]", ["x.a"], ["x.c", "xy.a", "/.a"]),
        ("x.[!ab]", ["x.c"], ["x.a"]),
        ("a[b", ["a[b"], ["ab"]),
        ("a.yaml", ["a.yaml"], ["axyaml"]),
        ("[]-[]", [], ["a"]),
        ("**.yaml", ["a.yaml", "b/c/a.yaml"], ["a.yml"]),
        ("b/x**", ["b/x", "b/x.yaml", "b/xy/c/a"], ["b/a", "x"]),
        ("[^a].yaml", ["b.yaml"], ["a.yaml"]),
    ],
)
def test_glob(pattern: str, matching: list[str], others: list[str]) -> None:
    glob = folder.Glob(pattern)
    assert [name for name in matching if not glob.matches(name)] == []
    assert [name for name in others if glob.matches(name)] == []


@given(st.text("ab*?[]!^-/.\\", max_size=12))
def test_every_glob_can_be_used(pattern: str) -> None:
    folder.Glob(pattern).matches("a/b.a")


@pytest.mark.parametrize("wildcard", ["**/", "*a", "**", "[!b]*/**/"])
def test_many_wildcards_take_no_longer_than_their_number(wildcard: str) -> None:
    glob = folder.Glob(wildcard * 60 + "b")
    path = "a/" * 60 + "a" * 60
    assert not glob.matches(path)
    # Each name of the path is tried at each place of the pattern at most.
    assert calls(lambda: glob.matches(path)) < 10 * 120 * 61


def test_form_is_there_whatever_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(announce, "load", broken)
    # The process of the tests has other work to do, which its bounds would end.
    monkeypatch.setattr(bounds, "bounded", lambda work, *_: work())
    assert json.loads(announce.run(announce.Options()).stdout) == announce.static()
