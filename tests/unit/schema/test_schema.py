"""What a person is told about a value that does not conform: one finding for each cause, at the right place."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from kaitogen import schema
from kaitogen.errors import InternalError
from kaitogen.model import Diagnostic, Path
from tests.unit.schema_samples import (
    CUSTOM,
    SAMPLES,
    SERVING,
    SET,
    TUNING,
    WORKSPACE,
    at,
    changed,
    places,
    single_changes,
)

TOKEN = "hf_AbCdEfGhIjKlMnOp"


def _with(sample: Any, where: str, value: Any) -> tuple[Any, Path]:
    path: Path = tuple(int(step) if step.isdigit() else step for step in where.split("/"))
    return changed(sample, path, value), path


#: Sample, place, what is put there, then what is told: code, path below the place, words of the message, words of the fix.
_SPEC = schema.document("intent.schema.json")["properties"]["spec"]["properties"]
STRATEGIES = ", ".join(_SPEC["placement"]["properties"]["strategy"]["enum"])
TOLD: list[tuple[Any, str, Any, str, Path, str, str]] = [
    # unknown fields
    (SERVING, "spec/placement/instanceTyp", "a", "KG120", (), "unknown field instanceTyp", "did you mean instanceType?"),
    (SERVING, "spec/placement/instance_type", "a", "KG120", (), "unknown field instance_type", "did you mean instanceType?"),
    (SERVING, "spec/placement/gpu", "a", "KG120", (), "unknown field gpu", "write instanceType instead"),
    (SERVING, "spec/placement/replicas", 2, "KG120", (), "unknown field replicas", "replicas belongs under spec"),
    (SERVING, "spec/placement/nodeSelector", {}, "KG120", (), "unknown field", "write labelSelector instead"),
    (SERVING, "spec/instanceType", "a", "KG120", (), "unknown field", "instanceType belongs under spec.placement"),
    (SERVING, "spec/model", "a", "KG120", (), "unknown field", "model belongs under spec.inference or spec.tuning"),
    (SERVING, "spec/namespace", "a", "KG120", (), "unknown field", "namespace belongs under metadata"),
    (SERVING, "spec/metadata", {}, "KG120", (), "unknown field", "metadata belongs at the top of the document"),
    (SERVING, "spec/resource", {}, "KG120", (), "unknown field resource", "write placement instead"),
    (SERVING, "resource", {}, "KG120", (), "unknown field resource", "write spec.placement instead"),
    (SERVING, "inference", {}, "KG120", (), "unknown field inference", "inference belongs under spec"),
    (SERVING, "spec/inference/preset", {"name": "a"}, "KG120", (), "unknown field preset", "write model instead"),
    (SERVING, "spec/inference/presetOptions", {}, "KG120", (), "unknown field", "write accessSecret instead"),
    (SERVING, "spec/inference/modelAccessSecret", "a", "KG120", (), "unknown field", "write accessSecret instead"),
    (SERVING, "spec/inference/adapters/1/model", "a", "KG120", (), "unknown field", "model belongs under spec.inference"),
    (SERVING, "spec/modelMirror", {"storageClassName": "a", "storage": "5Gi"}, "KG120", ("storage",), "storage", "write size instead"),
    (SERVING, "spec/replicas", {"base": 1, "min": 1, "burst": {"max": 2}}, "KG120", ("min",), "min", "belongs under spec.replicas.burst"),
    (SERVING, "spec/scaling", {"max": 2, "by": "keda", "name": "a"}, "KG120", ("name",), "unknown field name", "name belongs under metadata"),
    (SERVING, "spec/target/gates", {}, "KG120", (), "unknown field", "write featureGates instead"),
    (SERVING, "zzz", 1, "KG120", (), "unknown field zzz", "remove it, or write one of apiVersion, kind"),
    (SERVING, "z" * 200, 1, "KG120", (), "zzz...", "remove it"),
    (CUSTOM, "spec/inference/template/containers", [], "KG120", (), "unknown", "belongs under spec.inference.template.spec"),
    (CUSTOM, "spec/inference/template/spec/containers/0/imag", "a", "KG120", (), "unknown", "did you mean image?"),
    (WORKSPACE, "resource/instance_type", "a", "KG120", (), "unknown field", "did you mean instanceType?"),
    (WORKSPACE, "spec", {}, "KG120", (), "unknown field spec", "remove it, or write one of apiVersion"),
    (SERVING, "spec/inference/containers", [], "KG120", (), "unknown field containers", "write template instead"),
    (SERVING, "spec/placement/tolerations", [], "KG120", (), "unknown field", "a pod of your own is inference.template"),
    (SERVING, "spec/placement/expense", 1, "KG120", (), "unknown field", "remove it, or write one of strategy"),
    # a misspelt field that is required is not missing as well
    (SERVING, "metadata", {"nmae": "a"}, "KG120", ("nmae",), "unknown field nmae", "did you mean name?"),
    (SERVING, "spec/placement/nodes", {"selct": {}}, "KG120", ("selct",), "unknown field selct", "did you mean select?"),
    # missing
    (SERVING, "metadata", {}, "KG121", (), "name is missing", "add name, such as name: "),
    (SERVING, "spec/inference/adapters/0", {}, "KG121", (), "source is missing", "add source"),
    (WORKSPACE, "metadata", {}, "KG121", (), "name is missing", "add name"),
    # types
    (SERVING, "spec/placement/count", "2", "KG122", (), "count must be a whole number, not text", "remove the quotes"),
    (SERVING, "spec/placement/count", 1.5, "KG122", (), "a whole number, not a decimal number", "write a whole number"),
    (SERVING, "spec/placement/count", [], "KG122", (), "a whole number, not a list", "write a single value"),
    (SERVING, "spec/placement", None, "KG122", (), "a mapping, not nothing (null)", "remove it if it is not required"),
    (SERVING, "metadata/name", None, "KG122", (), "text, not nothing (null)", "give it a value, or remove it if it is not required"),
    (SERVING, "spec/placement/count", "x", "KG122", (), "a whole number, not text", "write a whole number"),
    (SERVING, "spec/endpoint", {"service": 1.5}, "KG122", ("service",), "true or false, not a decimal number", "write true or false"),
    (SERVING, "spec/endpoint", {"service": 1}, "KG122", ("service",), "true or false, not a whole number", "write true or false"),
    (SERVING, "spec/placement/nodes", "a", "KG122", (), "a list or a mapping, not text", "write it as a list"),
    (SERVING, "spec/placement/nodes/1", 1, "KG122", (), "nodes[1] must be text, not a whole number", "in quotes"),
    (SERVING, "spec/inference", "phi-4", "KG122", (), "a mapping, not text", "write it as a mapping, such as {model: "),
    (SERVING, "spec/target/kaito", 0.12, "KG122", (), "text, not a decimal number", 'write kaito: "0.12" in quotes'),
    (SERVING, "spec/target/kaito", 0.1, "KG122", (), "text, not a decimal number", 'write kaito: "0.10" in quotes'),
    (SERVING, "spec/target/featureGates/vLLM", "true", "KG122", (), "true or false, not text", "remove the quotes"),
    (SERVING, "spec/target/featureGates/vLLM", "on", "KG122", (), "true or false, not text", "write true or false"),
    (SERVING, "spec/placement/strategy", 1, "KG122", (), "text, not a whole number", f"write one of {STRATEGIES}"),
    (SERVING, "metadata/labels/gpu", True, "KG122", (), "gpu must be text, not true or false", "put the value in quotes"),
    (SERVING, "spec/inference/config/vllm/dtype", ["a"], "KG122", (), "not a list", "write a single value"),
    (SERVING, "spec/inference/accessSecret", [TOKEN], "KG122", (), "text, not a list", "the name of a Secret"),
    (SERVING, "spec/replicas", 1.5, "KG122", (), "a whole number, or auto, not a decimal number", "write it like 3"),
    (SERVING, "spec/replicas", True, "KG122", (), "a whole number, or auto, not true or false", "write it like 3"),
    (SERVING, "spec/replicas", "2", "KG124", (), "replicas must be a whole number, or auto", "remove the quotes"),
    (SERVING, "spec/replicas", "all", "KG124", (), "replicas must be a whole number, or auto", "write it like 3"),
    # choices
    (SERVING, "spec/placement/strategy", "explict", "KG123", (), "strategy can't be explict", "did you mean explicit?"),
    (SERVING, "spec/target/provider", "gcp", "KG123", (), "provider can't be gcp", "write one of azure, aws, arc"),
    (SERVING, "spec/target/kaito", "0.13", "KG123", (), "kaito can't be 0.13", '"0.11", "0.12"'),
    (SERVING, "spec/target/kaito", "0.13", "KG123", (), "newer than what this kaitogen knows (up to 0.12)", "upgrade kaitogen, or write one of"),
    (SERVING, "spec/target/kaito", "v1.0.0", "KG123", (), "newer than what this kaitogen knows", "upgrade kaitogen, or write"),
    (SERVING, "spec/target/kaito", "0.3", "KG123", (), "kaito can't be 0.3", 'write one of "0.4"'),
    (SERVING, "spec/target/kaito", "v0.12.1", "KG123", (), "kaito can't be v0.12.1", "did you mean 0.12?"),
    (SERVING, "spec/placement/nodes", {"select": {}, "spread": "rack"}, "KG123", ("spread",), "rack", "write one of true, false, zone"),
    (TUNING, "spec/tuning/method", "loora", "KG123", (), "method can't be loora", "did you mean lora?"),
    (SERVING, "apiVersion", "v1", "KG123", (), "apiVersion must be kaitogen.io/v1alpha1", "write apiVersion: kaitogen.io/v1alpha1"),
    (SERVING, "kind", "Workspace", "KG123", (), "kind must be WorkspaceIntent", "write kind: WorkspaceIntent"),
    # form, length and size
    (SERVING, "metadata/name", "Phi 4", "KG124", (), "name must be lower-case letters", "write phi-4"),
    (SERVING, "metadata/name", "a\n", "KG124", (), "name must be lower-case letters", "write a"),
    (SERVING, "metadata/name", "a" * 64, "KG124", (), "64 characters; it must have at most 63", "shorten it"),
    (SERVING, "metadata/labels/a b", "c", "KG124", (), "the key a b must be a label key", "write a-b"),
    (SERVING, "metadata/labels/team", "é", "KG124", (), "team must be a label value", "write it like"),
    (SERVING, "spec/placement/count", 0, "KG124", (), "count must be at least 1", "write 1 or more"),
    (SERVING, "spec/placement/nodes", [], "KG124", (), "nodes is empty", "fill it in, or remove it"),
    (SERVING, "spec/inference/model", "", "KG124", (), "model is empty", "give it a value"),
    (SERVING, "spec/inference/model", "a b", "KG124", (), "model must be text without blanks", "remove the blanks"),
    (SERVING, "spec/inference/adapters/0/strength", "2", "KG124", (), "strength must be a number from 0 to 1", ""),
    (SERVING, "spec/inference/accessSecret", TOKEN, "KG124", (), "accessSecret must be the name of a Secret", "the name of a Secret"),
    (SERVING, "spec/inference/imagePullSecrets/0", TOKEN, "KG124", (), "imagePullSecrets[0] must be", "the name of a Secret"),
    (SERVING, "spec/inference/config", {}, "KG124", (), "config is empty", "fill it in"),
    # what only holds together
    (SERVING, "spec/inference/config/configMapName", "a", "KG125", ("..",), "configMapName alone, or the content", "keep one"),
    (SERVING, "spec/placement/nodes", ["a", "b", "a"], "KG125", (2,), "a is listed twice", "remove one of the two"),
    # sets
    (SET, "spec/workspaces", [], "KG124", (), "workspaces is empty", "add an entry for each Workspace"),
    (SET, "spec/workspaces/2/metadata", {}, "KG121", (), "name is missing", "add name"),
    (SET, "spec/workspaces/2/metadata/name", None, "KG122", (), "text, not nothing (null)", "give it a value"),
    (SET, "spec/workspaces/2/spec", None, "KG122", (), "a mapping, not nothing (null)", "remove it"),
    (SET, "spec/workspaces/2/instanceType", "a", "KG120", (), "unknown", "belongs under spec.workspaces[2].spec.placement"),
    (SET, "spec/defaults/instanceType", "a", "KG120", (), "unknown", "belongs under spec.defaults.spec.placement"),
    (SET, "spec/workspaces/0/spec/placement", {"strategy": "auot"}, "KG123", ("strategy",), "can't be auot", "did you mean auto?"),
    (SET, "spec/workspaces/0/spec/inference/adapters", [{}], "KG121", (0,), "source is missing", "add source"),
]  # fmt: skip


def _name(sample: Any) -> str:
    return {"WorkspaceIntentSet": "set", "Workspace": "workspace-0.12-v1beta1"}.get(sample["kind"], "intent")


def _row(row: tuple[Any, ...]) -> str:
    return f"{row[1][:60]}-{row[2]!r:.30}"


@pytest.mark.parametrize("row", TOLD, ids=_row)
def test_what_is_told(row: tuple[Any, str, Any, str, Path, str, str]) -> None:
    sample, where, value, code, below, message, fix = row
    wrong, path = _with(sample, where, value)
    problems = schema.problems(_name(sample), wrong)
    assert len(problems) == 1, problems
    told = problems[0]
    assert (told.code, told.severity) == (code, "error")
    assert told.path == (path[:-1] if below == ("..",) else (*path, *below))
    assert message in told.message
    assert fix in told.fix


def _said(problem: Diagnostic) -> str:
    return " | ".join((problem.message, problem.fix, problem.found, problem.expected))


def test_a_token_in_place_of_a_secrets_name_is_never_repeated() -> None:
    for where in ("accessSecret", "imagePullSecrets", "imagePullSecrets/0"):
        for value in (TOKEN, [TOKEN], {"value": TOKEN}, TOKEN * 30, f"{TOKEN}\n"):
            wrong, _ = _with(SERVING, f"spec/inference/{where}", value)
            problems = schema.problems("intent", wrong)
            assert problems
            assert [
                problem for problem in problems if TOKEN[:8] in _said(problem) or TOKEN[-8:] in _said(problem)
            ] == []


def _free_form(path: Path) -> bool:
    """Below here the keys are the user's own, or not kaitogen's to know."""
    return bool(
        {"labels", "annotations", "matchLabels", "vllm", "training_config", "config", "limits"}
        & set(path[:-1])
    )


def _misspelt(sample: Any) -> Iterator[tuple[Path, str, Any]]:
    for path in places(sample):
        if path and isinstance(path[-1], str) and len(path[-1]) > 3 and not _free_form(path):
            word = path[-1][:-2] + path[-1][-1] + path[-1][-2]
            if word != path[-1]:
                holder = {
                    word if key == path[-1] else key: item for key, item in at(sample, path[:-1]).items()
                }
                yield (*path[:-1], word), path[-1], changed(sample, path[:-1], holder)


@pytest.mark.parametrize("sample", [SERVING, CUSTOM, TUNING, SET, WORKSPACE], ids=_name)
def test_every_misspelt_field_is_one_finding_that_names_the_right_word(sample: Any) -> None:
    told = 0
    for path, meant, wrong in _misspelt(sample):
        problems = schema.problems(_name(sample), wrong)
        assert [(problem.code, problem.path, problem.fix) for problem in problems] == [
            ("KG120", path, f"did you mean {meant}?")
        ]
        told += 1
    assert told > 10


@pytest.mark.parametrize("name", ["intent", "workspace-0.12-v1beta1", "pod-template"])
def test_one_change_makes_one_finding_or_one_for_each_missing_field(name: str) -> None:
    wrong = 0
    for sample in SAMPLES[name]:
        for path, value in single_changes(name, sample, every=3):
            problems = schema.problems(name, value)
            wrong += bool(problems)
            there = {problem.path[: len(path)] for problem in problems}
            assert there <= {path, path[:-1]}, problems
            causes = [problem for problem in problems if problem.code != "KG121"]
            # A mapping put in place of another brings all its wrong fields, a list all its wrong items.
            if not isinstance(_put(value, path), dict | list):
                assert len(problems) <= 1, problems
            assert len(causes) <= 2, problems
    assert wrong > 50


def _put(value: Any, path: Path) -> Any:
    try:
        return at(value, path)
    except (KeyError, IndexError):
        return None


@pytest.mark.parametrize("name", SAMPLES)
def test_words_are_short_and_on_one_line(name: str) -> None:
    for sample in SAMPLES[name]:
        for _, value in single_changes(name, sample, every=7):
            for problem in schema.problems(name, value):
                assert problem.message
                assert len(problem.message) <= 140
                assert not problem.message.endswith(".") or problem.message.endswith("...")
                assert max(map(len, (problem.fix, problem.found, problem.expected))) <= 240
                assert "\n" not in _said(problem)
                assert "[a-z" not in _said(problem)
                assert problem.code in {f"KG12{digit}" for digit in range(6)}


@pytest.mark.parametrize("value", [None, True, 1, "a", [], [1], {}])
def test_a_document_of_another_shape_is_no_crash(value: Any) -> None:
    for name in SAMPLES:
        if not schema.conforms(name, value):
            assert schema.problems(name, value)


def test_an_unknown_schema_is_a_bug() -> None:
    with pytest.raises(InternalError):
        schema.conforms("no-such", {})


def test_a_check_that_contradicts_its_schema_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kaitogen.schema.check_of", lambda _: lambda value: False)
    with pytest.raises(InternalError):
        schema.problems("intent", SERVING)


def test_judging_what_is_valid_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom kaitogen import schema\n"
        "assert schema.conforms('intent', {'apiVersion': 'kaitogen.io/v1alpha1', 'kind': 'WorkspaceIntent',"
        " 'metadata': {'name': 'a'}, 'spec': {}})\n"
        "print(*sorted(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "kaitogen.schema.compiled.intent" in loaded
    heavy = {"jsonschema", "referencing", "json", "dataclasses", "pathlib", "inspect", "difflib"}
    heavy |= {
        "kaitogen.schema.compiled.pod_template",
        "kaitogen.schema.compiled.set",
        "kaitogen.schema.messages",
    }
    assert loaded & heavy == set()
