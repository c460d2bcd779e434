"""`kaitogen status --live`: what it asks a cluster, how it waits and watches, and how it fails."""

import gc
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from kaitogen.cli import registry
from kaitogen.commands.result import Outcome
from kaitogen.commands.status import following
from kaitogen.errors import UsageError
from tests.acceptance.command import KAITOGEN, TIMEOUT, interruptible
from tests.acceptance.test_status import INTENT, SET, container, node, pod
from tests.unit.files.cluster.scripted import Question, Reply, answering, kubeconfig, raised, refusal
from tests.unit.kaito.statuses import STATUSES

READY = STATUSES["ws-gpu-4-pod-ready"]
STARTING = STATUSES["ws-gpu-3-node-ready"]
WANTING = STATUSES["ws-gpu-1-nodeclaim-new"]
BROKEN = {**STARTING, "status": STATUSES["ws-byo-multi-2-imagepull"]["status"]}
BROKEN["status"] = json.loads(
    json.dumps(BROKEN["status"]).replace('"observedGeneration": 1', '"observedGeneration": 2')
)
NOBODY = refusal(
    403, 'pods is forbidden: User "me" cannot list resource "pods" in API group "" in the namespace "gp"'
)


class Clock:
    """Time that passes only while somebody sleeps; the last sleep is interrupted, where `ends` says so."""

    def __init__(self, ends: int = 1000) -> None:
        self.now, self.slept, self.ends = 0.0, 0, ends

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += 1
        if self.slept >= self.ends:
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    ticking = Clock()
    monkeypatch.setattr(following, "time", ticking)
    return ticking


def items(*objects: dict[str, Any]) -> Reply:
    return Reply({"metadata": {}, "items": [json.loads(json.dumps(one)) for one in objects]})


def run(*words: str) -> Outcome:
    parsed = registry.parse(["status", "--live", *words])
    assert parsed is not None, words
    command, options = parsed
    return command.run(options)


def asked(
    folder: Path, *replies: Reply, words: tuple[str, ...] = (), intent: str = INTENT
) -> tuple[Outcome, list[Question]]:
    """What comes out of a status of the intent, and what the server was asked for."""
    (folder / "a.intent.yaml").write_text(intent, encoding="utf-8")
    with answering(*replies) as server:
        config = kubeconfig(folder, server.address)
        outcome = run("a.intent.yaml", "--kubeconfig", str(config), *words)
    return outcome, server.asked


def paths(questions: list[Question]) -> list[str]:
    return [one.path for one in questions]


def test_what_is_ready_takes_one_question(tmp_path: Path) -> None:
    outcome, questions = asked(tmp_path, items(READY))
    assert (outcome.exit_code, paths(questions)) == (0, ["/apis/kaito.sh/v1beta1/namespaces/gp/workspaces"])
    assert outcome.stdout.decode().endswith("cluster test: 1 object, 1 ready\n")


def test_what_is_not_ready_is_looked_into(tmp_path: Path) -> None:
    creating = pod(**container(waiting={"reason": "ContainerCreating"}))
    outcome, questions = asked(
        tmp_path, items(STARTING), items(creating), items(), items(node("node-wsecfd3a8ed"))
    )
    assert outcome.exit_code == 5
    assert paths(questions)[1:] == [
        "/api/v1/namespaces/gp/pods",
        "/api/v1/namespaces/gp/events",
        "/api/v1/nodes",
    ]
    assert questions[1].query["labelSelector"] == "kaito.sh/workspace"
    assert questions[2].query["fieldSelector"] == "involvedObject.kind=Pod"
    assert "nodes      1 of 1 ready: node-wsecfd3a8ed" in outcome.stdout.decode()


def test_what_may_not_be_read_is_left_out_with_a_word(tmp_path: Path) -> None:
    outcome, _ = asked(tmp_path, items(STARTING), NOBODY, items(node("node-wsecfd3a8ed")))
    assert outcome.exit_code == 5
    assert (
        "warning KG627: the status goes without them: me may not list pods in namespace gp" in outcome.stderr
    )
    assert "Workspace gp/auto-phi: Progressing, waiting for the image" in outcome.stdout.decode()


def test_a_set_is_read_with_its_replicas_and_companions(tmp_path: Path) -> None:
    outcome, questions = asked(tmp_path, items(), intent=SET)
    assert (outcome.exit_code, "Missing" in outcome.stdout.decode()) == (5, True)
    live = {**STATUSES["iset-gpu-6-zero"], "metadata": {**STATUSES["iset-gpu-6-zero"]["metadata"]}}
    service = refusal(404, "services not found")
    outcome, questions = asked(
        tmp_path, items(live), service, items(), intent=SET, words=("--format", "json")
    )
    assert paths(questions)[1:3] == [
        "/api/v1/namespaces/sets/services/phi-set",
        "/apis/kaito.sh/v1beta1/namespaces/sets/workspaces",
    ]
    (one,) = json.loads(outcome.stdout)["objects"]
    assert {("Service", "created"), ("InferenceSet", "changed")} == {
        (change["kind"], change["what"]) for change in one["drift"]
    }


def test_everything_is_told_where_nothing_is_written(tmp_path: Path) -> None:
    with answering(items(), items(READY)) as server:
        outcome = run("--kubeconfig", str(kubeconfig(tmp_path, server.address)))
    assert paths(server.asked) == [
        "/apis/kaito.sh/v1beta1/inferencesets",
        "/apis/kaito.sh/v1beta1/workspaces",
    ]
    assert outcome.exit_code == 0
    with answering(items()) as server:
        outcome = run("--kubeconfig", str(kubeconfig(tmp_path, server.address)), "-n", "gp")
    assert (outcome.exit_code, outcome.stdout) == (5, b"cluster test: 0 objects\n")
    assert all("/namespaces/gp/" in path for path in paths(server.asked))


@pytest.mark.parametrize(
    ("replies", "code"),
    [
        ((refusal(401, "Unauthorized"),), "KG626"),
        (
            (refusal(403, 'workspaces.kaito.sh is forbidden: User "me" cannot list resource "workspaces"'),),
            "KG627",
        ),
        ((Reply(b"404 page not found\n", 404),), "KG628"),
        ((Reply(b"<html>log in</html>"),), "KG629"),
        ((refusal(429, Retry_After="3600"),), "KG630"),
        ((refusal(410, "expired"),), "KG630"),
        ((items(STARTING), refusal(401, "Unauthorized")), "KG626"),
        ((items(STARTING), items(), Reply({"kind": "NodeList"})), "KG629"),
    ],
)
@pytest.mark.parametrize("words", [(), ("--wait",)], ids=["once", "wait"])
def test_a_failure_of_the_cluster_is_one_clear_finding(
    tmp_path: Path, replies: tuple[Reply, ...], code: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT, encoding="utf-8")
    with answering(*replies) as server:
        config = str(kubeconfig(tmp_path, server.address))
        found, where, fix = raised(lambda: run("a.intent.yaml", "--kubeconfig", config, *words))
    assert (found, bool(fix)) == (code, True)
    assert where.startswith("cluster test at 127.0.0.1:")


def test_a_wait_ends_when_all_is_ready(tmp_path: Path, clock: Clock) -> None:
    replies = [items(), items(WANTING), items(), items(STARTING), items(), items(), items(READY)]
    outcome, _ = asked(tmp_path, *replies, words=("--wait",))
    assert (outcome.exit_code, outcome.stderr, clock.now) == (0, "", 15)
    assert outcome.stdout.decode().startswith("Workspace gp/auto-phi: Healthy")


def test_a_wait_has_an_end(tmp_path: Path, clock: Clock) -> None:
    outcome, _ = asked(tmp_path, items(), words=("--wait", "--timeout", "2m", "--every", "10"))
    assert (outcome.exit_code, outcome.stderr, clock.now) == (5, "kaitogen: gave up after 2m\n", 120)
    assert "Missing" in outcome.stdout.decode()


def test_a_wait_gives_up_on_what_stays_broken(tmp_path: Path, clock: Clock) -> None:
    broken = (items(BROKEN), items())
    outcome, _ = asked(tmp_path, *broken * 7, words=("--wait", "--patience", "20s"))
    assert (outcome.exit_code, clock.now) == (1, 20)
    assert outcome.stderr == "kaitogen: gave up, as something was broken for 20s\n"
    clock.now = 0
    outcome, _ = asked(tmp_path, *broken, *broken, items(READY), words=("--wait", "--patience", "20s"))
    assert (outcome.exit_code, clock.now) == (0, 10)


def test_what_mends_and_breaks_again_has_its_time_anew(tmp_path: Path, clock: Clock) -> None:
    broken, missing = (items(BROKEN), items()), (items(),)
    outcome, _ = asked(
        tmp_path, *broken, *missing, *broken * 3, words=("--wait", "--patience", "10s", "--timeout", "1h")
    )
    assert (outcome.exit_code, clock.now) == (1, 20)


def test_a_wait_goes_on_until_it_runs_as_it_is_written(tmp_path: Path, clock: Clock) -> None:
    labelled = INTENT.replace("namespace: gp", "namespace: gp, labels: {team: chat}")
    synced = {**READY, "metadata": {**READY["metadata"], "labels": {"team": "chat"}}}
    outcome, _ = asked(
        tmp_path, items(READY), items(READY), items(synced), words=("--wait",), intent=labelled
    )
    assert (outcome.exit_code, clock.now) == (0, 10)


def test_a_watch_prints_what_changes(
    tmp_path: Path, clock: Clock, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    clock.ends = 4
    replies = [items(), items(), items(READY), items(READY)]
    with pytest.raises(KeyboardInterrupt):
        asked(tmp_path, *replies, words=("--watch",))
    printed, said = capfdbinary.readouterr()
    assert (printed.count(b"cluster test: 1 object"), said) == (2, b"")
    assert printed.index(b"1 waiting") < printed.index(b"\n\nWorkspace gp/auto-phi: Healthy")


def test_a_watch_lets_go_of_what_forms_circles(tmp_path: Path, clock: Clock) -> None:
    """The command starts without Python's collector, and a watch goes on for days."""
    gc.disable()
    try:
        asked(tmp_path, items(READY), words=("--wait",))
        assert gc.isenabled()
    finally:
        gc.enable()


def test_a_watch_that_waits_ends_without_saying_it_twice(
    tmp_path: Path, clock: Clock, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    words = ("--watch", "--wait", "--format", "json")
    outcome, _ = asked(tmp_path, items(), items(READY), words=words)
    assert (outcome.exit_code, outcome.stdout) == (0, b"")
    first, _, second = capfdbinary.readouterr().out.partition(b"\n}\n")
    assert [json.loads(text)["objects"][0]["outlook"] for text in (first + b"}", second)] == [
        "waiting",
        "ready",
    ]


def test_a_watch_is_ended_by_an_interrupt_without_a_word(tmp_path: Path) -> None:
    with answering(items(READY)) as server:
        config = str(kubeconfig(tmp_path, server.address))
        process = interruptible(KAITOGEN, "status", "--live", "-n", "gp", "--watch", "--kubeconfig", config)
        assert process.stdout is not None
        printed = b""
        while b"1 ready" not in printed:
            printed += process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, rest, said) == (130, b"", b"")


@pytest.mark.parametrize("word", ["", "x", "5x", "-1", "1.5", "9999h", "٣"])
def test_a_duration_is_one(tmp_path: Path, word: str) -> None:
    with pytest.raises(UsageError, match="--timeout takes a duration"):
        asked(tmp_path, items(), words=("--wait", "--timeout", word))


@pytest.mark.parametrize("word", ["--wait", "--watch"])
def test_a_file_is_not_waited_for(tmp_path: Path, word: str) -> None:
    (tmp_path / "cluster.json").write_text(json.dumps(READY), encoding="utf-8")
    parsed = registry.parse(["status", "cluster.json", word])
    assert parsed is not None
    command, options = parsed
    with pytest.raises(UsageError, match="a file stays as it is"):
        command.run(options)


def test_a_list_is_asked_for_once_however_many_objects_there_are(tmp_path: Path) -> None:
    second = INTENT.replace("name: auto-phi", "name: auto-b")
    both = [
        {**STARTING, "metadata": {**STARTING["metadata"], "name": name}} for name in ("auto-phi", "auto-b")
    ]
    outcome, questions = asked(tmp_path, items(*both), items(), items(), intent=f"{INTENT}---\n{second}")
    assert "cluster test: 2 objects" in outcome.stdout.decode()
    assert len(questions) == len(set(paths(questions))) == 3
