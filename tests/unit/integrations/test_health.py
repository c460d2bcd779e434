"""The health scripts over status samples of every KAITO version, in a real Lua 5.1.

The scripts run three times: as Argo CD runs a script of argocd-cm (no string, math or io,
and no methods on strings), as it runs a built-in one (all libraries), and, in the
end-to-end suite, in Argo CD's own interpreter.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lupa import lua51  # type: ignore[import-untyped]  # ships no types

from kaitogen.kaito import health
from tests.unit.kaito.statuses import STATUSES

FOLDER = Path(__file__).resolve().parents[3] / "deploy" / "argocd" / "health" / "kaito.sh"
KINDS = ("InferenceSet", "RAGEngine", "Workspace")
ALLOWED = {"Healthy", "Progressing", "Degraded", "Suspended"}
#: What Argo CD's restricted interpreter does not have.
MISSING = ("string", "math", "io", "debug", "os", "coroutine", "package", "require", "dofile", "loadfile")


def suite(kind: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((FOLDER / kind / "health_test.yaml").read_text(encoding="utf-8"))["tests"])


SAMPLES = [
    pytest.param(kind, one, id=f"{kind}-{one['inputPath'][9:-5]}") for kind in KINDS for one in suite(kind)
]


def judged(kind: str, obj: Any, *, everything: bool) -> dict[str, Any]:
    """What the script of that kind says about an object."""
    lua = lua51.LuaRuntime(unpack_returned_tuples=True, register_eval=False, register_builtins=False)
    if not everything:
        lua.execute('debug.setmetatable("", nil)')
        for name in MISSING:
            lua.execute(f"{name} = nil")
    lua.globals().obj = table(lua, obj)
    answer = lua.execute((FOLDER / kind / "health.lua").read_text(encoding="utf-8"))
    return dict(answer.items())


def table(lua: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return lua.table_from({key: table(lua, item) for key, item in value.items() if item is not None})
    if isinstance(value, list):
        return lua.table_from([table(lua, item) for item in value])
    return value


@pytest.mark.parametrize("everything", [False, True], ids=["in-argocd-cm", "built-in"])
@pytest.mark.parametrize(("kind", "sample"), SAMPLES)
def test_sample_has_its_health(kind: str, sample: dict[str, Any], everything: bool) -> None:
    obj = yaml.safe_load((FOLDER / kind / sample["inputPath"]).read_text(encoding="utf-8"))
    assert obj["kind"] == kind
    assert judged(kind, obj, everything=everything) == sample["healthStatus"]


@pytest.mark.parametrize("kind", KINDS)
def test_layout_is_that_of_argo_cd(kind: str) -> None:
    folder = FOLDER / kind
    assert sorted(path.name for path in folder.iterdir()) == ["health.lua", "health_test.yaml", "testdata"]
    used = {one["inputPath"] for one in suite(kind)}
    assert used == {f"testdata/{path.name}" for path in (folder / "testdata").iterdir()}
    assert all(set(one) == {"inputPath", "healthStatus"} for one in suite(kind))


def test_every_status_and_every_version_has_a_sample() -> None:
    assert {one["healthStatus"]["status"] for kind in KINDS for one in suite(kind)} == ALLOWED
    names = " ".join(one["inputPath"] for one in suite("Workspace"))
    assert [
        version for version in ("0.4", "0.7", "0.8", "0.9", "0.11", "0.12") if f"_{version}." not in names
    ] == []


WORDS = st.sampled_from(
    [
        "True", "False", "Unknown", "", "Failed", "NotReady", "Ready", "workspaceFailed", "BenchmarkFailed",
        "ImagePullError", "Unschedulable", "inferencesetFailed", "ragengineFailed", "a message",
    ]
)  # fmt: skip
CONDITIONS = st.lists(
    st.dictionaries(
        st.sampled_from(["type", "status", "reason", "message"]),
        st.one_of(
            WORDS,
            st.sampled_from(
                [
                    "WorkspaceSucceeded", "WorkspaceDeleting", "ResourceReady", "InferenceReady", "NodeClaimReady",
                    "NodesReady", "JobStarted", "InferenceSetReady", "RAGEngineSucceeded", "ServiceReady", "Odd",
                ]
            ),
        ),
    ),
    max_size=5,
)  # fmt: skip
STATUS = st.fixed_dictionaries(
    {},
    optional={
        "conditions": CONDITIONS,
        "state": WORDS,
        "targetNodeCount": st.integers(0, 3),
        "readyReplicas": st.integers(0, 3),
    },
)
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "metadata": st.fixed_dictionaries({}, optional={"generation": st.integers(1, 3)}),
        "spec": st.fixed_dictionaries({}, optional={"replicas": st.integers(0, 3)}),
        "status": STATUS,
        "tuning": st.just({}),
    },
)


@pytest.mark.parametrize("kind", KINDS)
@given(obj=OBJECTS)
def test_whatever_the_status_holds_there_is_an_answer(kind: str, obj: dict[str, Any]) -> None:
    answer = judged(kind, obj, everything=False)
    assert answer["status"] in ALLOWED
    assert answer["message"]


@given(conditions=CONDITIONS)
def test_what_has_not_been_seen_yet_is_never_degraded(conditions: list[dict[str, str]]) -> None:
    """Degraded ends a sync, so it takes a summary of KAITO's own to say it."""
    without = [one for one in conditions if one.get("type") != "WorkspaceSucceeded"]
    assert (
        judged("Workspace", {"status": {"conditions": without}}, everything=False)["status"] == "Progressing"
    )


#: Of these, kaitogen itself says how they are, in the same words.
JUDGED = ("Workspace", "InferenceSet")
PHASES: list[dict[str, Any]] = [
    {"state": "Pending", "targetNodeCount": 1},
    {"state": "NotReady", "targetNodeCount": 1},
    {"state": "Pending", "targetNodeCount": 0},
    {},
]


def assert_same(kind: str, obj: dict[str, Any]) -> None:
    """The script and kaitogen say the same, word for word."""
    found = health.of({**obj, "kind": kind})
    assert judged(kind, obj, everything=False) == {"status": found.state, "message": found.message}


@pytest.mark.parametrize(("kind", "sample"), [one for one in SAMPLES if one.values[0] in JUDGED])
def test_script_and_status_say_the_same_of_samples(kind: str, sample: dict[str, Any]) -> None:
    assert_same(kind, yaml.safe_load((FOLDER / kind / sample["inputPath"]).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", sorted(STATUSES))
def test_script_and_status_say_the_same_of_real_objects(name: str) -> None:
    assert_same(STATUSES[name]["kind"], STATUSES[name])


@pytest.mark.parametrize("kind", JUDGED)
@given(obj=OBJECTS)
def test_script_and_status_say_the_same_of_anything(kind: str, obj: dict[str, Any]) -> None:
    assert_same(kind, obj)


@pytest.mark.parametrize("condition", [*health.CONDITIONS, "Odd"])
@pytest.mark.parametrize("phase", PHASES, ids=["pending", "was-ready", "no-estimate", "old"])
def test_script_and_status_know_the_same_words(condition: str, phase: dict[str, Any]) -> None:
    """Each condition with each reason that either of them could know, whatever the summary."""
    reasons = [*health.REASONS, *health.BROKEN, "WorkspaceInferenceStatusPending", "Odd", ""]
    for summary in ("workspacePending", "workspaceFailed", "BenchmarkFailed", ""):
        for reason in reasons:
            conditions = [{"type": condition, "status": "False", "reason": reason, "message": "its words"}]
            if summary:
                conditions.append({"type": "WorkspaceSucceeded", "status": "False", "reason": summary})
            conditions.append({"type": "ResourceReady", "status": "True"})
            assert_same("Workspace", {"status": {"conditions": conditions, **phase}})


def test_script_knows_no_reason_that_the_table_does_not() -> None:
    script = (FOLDER / "Workspace" / "health.lua").read_text(encoding="utf-8")
    tables = script.partition("local function answer")[0]
    known = {*health.BROKEN, *health.REASONS, *health.CONDITIONS}
    assert (
        set(re.findall(r"^  (\w+) = ", tables, re.M)) | set(re.findall(r'^  { "(\w+)"', tables, re.M))
        == known
    )
