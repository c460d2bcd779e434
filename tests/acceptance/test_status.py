"""`kaitogen status` of what kubectl printed: real objects, and pods, events and nodes as Kubernetes writes them."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaitogen import schema
from kaitogen.cli import registry
from tests.acceptance.command import Done, kaitogen
from tests.unit.kaito.statuses import STATUSES

INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: auto-phi, namespace: gp}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4}
"""
SET = INTENT.replace("spec:", "spec:\n  replicas: 2\n  endpoint: {service: true}").replace(
    "{name: auto-phi, namespace: gp}", "{name: phi-set, namespace: sets}"
)
SERVING = STATUSES["ws-gpu-4-pod-ready"]
STARTING = STATUSES["ws-gpu-3-node-ready"]
PULL = {"kind": "Event", "apiVersion": "v1", "metadata": {"name": "e1", "namespace": "gp"},
        "involvedObject": {"kind": "Pod", "name": "auto-phi-0", "namespace": "gp"}, "reason": "Pulling",
        "message": 'Pulling image "mcr.example.com/base:1"', "lastTimestamp": "2026-11-26T12:00:00Z"}  # fmt: skip


def dump(folder: Path, *objects: dict[str, Any], name: str = "cluster.yaml") -> Path:
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    (folder / name).write_text(
        text if name.endswith("json") else yaml.safe_dump(json.loads(text)), encoding="utf-8"
    )
    return folder / name


def run(folder: Path, *words: str, stdin: bytes = b"") -> Done:
    return kaitogen("status", *words, cwd=folder, stdin=stdin)


def told(folder: Path, *words: str, code: int = 0) -> list[dict[str, Any]]:
    """The objects of the JSON, which is as its schema says."""
    done = run(folder, *words, "--format", "json")
    assert done.code == code, done
    document = json.loads(done.output)
    assert schema.explain("status", document) == []
    found: list[dict[str, Any]] = document["objects"]
    return found


def pod(name: str = "auto-phi-0", **status: Any) -> dict[str, Any]:
    labels = {"kaito.sh/workspace": name.rpartition("-")[0]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "gp", "uid": "1", "labels": labels},
            "spec": {"nodeName": "node-wsecfd3a8ed"}, "status": status}  # fmt: skip


def container(**state: Any) -> dict[str, Any]:
    return {"containerStatuses": [{"name": "auto-phi", "state": state}]}


def node(name: str, labels: dict[str, str] | None = None, *, ready: str = "True") -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels or {}},
            "status": {"conditions": [{"type": "Ready", "status": ready}]}}  # fmt: skip


def replica(name: str, like: str) -> dict[str, Any]:
    found = json.loads(json.dumps(STATUSES[like]))
    labels = {"inferenceset.kaito.sh/created-by": "phi-byo"}
    found["metadata"].update(name=name, namespace="bsets", labels=labels)
    return dict(found)


def test_what_serves_says_where_and_how_fast(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT, encoding="utf-8")
    dump(tmp_path, SERVING)
    (one,) = told(tmp_path, "a.intent.yaml", "cluster.yaml")
    assert (one["health"], one["outlook"], one["drift"]) == ("Healthy", "ready", [])
    assert (one["replicas"], one["nodes"]["ready"]) == ({"desired": 1, "ready": 1}, 1)
    assert (one["endpoint"]["url"], one["endpoint"]["model"]) == ("http://auto-phi.gp", "phi-4")
    assert one["measured"]["tokensPerMinute"] == 123456.5
    assert (one["planned"]["nodes"], one["planned"]["gpus"]) == (1, 1)
    text = run(tmp_path, "a.intent.yaml", "cluster.yaml").text
    assert "Workspace gp/auto-phi: Healthy, the model is served" in text
    assert "kubectl -n gp port-forward service/auto-phi 8080:80\n" in text
    assert "123,456 tokens per minute, requests of 512 tokens with 128 in answer, 32 at once" in text
    assert text.endswith("cluster.yaml: 1 object, 1 ready\n")


def test_no_name_of_a_cluster_becomes_more_than_a_word_of_a_command(tmp_path: Path) -> None:
    """What a status says to run is copied into a shell, and what kubectl printed may be anybody's."""
    evil = "a';touch ran;'$(touch ran)`touch ran`"
    metadata = {**SERVING["metadata"], "name": evil, "namespace": evil}
    dump(tmp_path, {**SERVING, "metadata": metadata})
    (one,) = told(tmp_path, "cluster.yaml")
    assert shlex.split(one["endpoint"]["forward"]) == [
        "kubectl", "-n", evil, "port-forward", f"service/{evil}", "8080:80"
    ]  # fmt: skip
    named = json.dumps({"vllm": {"served-model-name": "a';touch${IFS}ran;'"}})
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "evil", "namespace": "gp"},
                "data": {"inference_config.yaml": named}}  # fmt: skip
    inference = {**SERVING["inference"], "config": "evil"}
    (tmp_path / "set.yaml").write_text(
        json.dumps(settings)
        + "\n---\n"
        + json.dumps(
            {key: value for key, value in {**SERVING, "inference": inference}.items() if key != "status"}
        )
    )
    dump(tmp_path, SERVING)
    (one,) = told(tmp_path, "set.yaml", "cluster.yaml", code=5)
    assert "touch${IFS}ran" in json.loads(shlex.split(one["endpoint"]["curl"])[-1])["model"]


def test_every_real_object_has_a_status_in_both_formats(tmp_path: Path) -> None:
    for number, one in enumerate(STATUSES.values()):
        metadata = {**one["metadata"], "name": f"{one['metadata']['name']}-{number}"}
        dump(tmp_path, {**one, "metadata": metadata}, name=f"{number}.json")
    names = [f"{number}.json" for number in range(len(STATUSES))]
    assert len(told(tmp_path, *names, code=1)) == len(STATUSES)
    assert run(tmp_path, *names).text.endswith("42 objects, 7 ready, 26 waiting, 9 broken\n")


@pytest.mark.parametrize(
    ("status", "health", "step", "words"),
    [
        (container(waiting={"reason": "ImagePullBackOff", "message": "Back-off"}), "Degraded", None, "(ImagePullError)"),
        (container(waiting={"reason": "CrashLoopBackOff"}), "Degraded", None, "(ContainerCrashLoopBackOff)"),
        (container(waiting={"reason": "ContainerCreating"}), "Progressing", "image", 'Pulling image "mcr.example.com'),
        (container(running={"startedAt": "x"}), "Progressing", "model", "runs and does not answer yet"),
        ({"initContainerStatuses": [{"state": {"running": {"startedAt": "x"}}}]}, "Progressing", "model", "adapters"),
        ({"conditions": [{"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}]}, "Progressing", "room",
         "pod auto-phi-0: 0/3 nodes"),
        ({"conditions": [{"type": "Ready", "status": "True"}]}, "Progressing", "server", "Inference workload is not ready"),
    ],
)  # fmt: skip
def test_pods_say_what_kaito_does_not(
    tmp_path: Path, status: dict[str, Any], health: str, step: str | None, words: str
) -> None:
    dump(
        tmp_path,
        STARTING,
        PULL,
        pod(**status),
        pod("other-0", **container(waiting={"reason": "ErrImagePull"})),
    )
    (one,) = told(tmp_path, "cluster.yaml", code=1 if health == "Degraded" else 5)
    assert (one["health"], one["waitsFor"]) == (health, step)
    assert words in one["message"]


def test_a_container_out_of_memory_is_named_so(tmp_path: Path) -> None:
    ended = {"name": "a", "state": {"waiting": {"reason": "CrashLoopBackOff"}},
             "lastState": {"terminated": {"reason": "OOMKilled"}}}  # fmt: skip
    dump(tmp_path, STARTING, pod(containerStatuses=[ended]))
    (one,) = told(tmp_path, "cluster.yaml", code=1)
    assert one["message"].startswith("the server does not start (ContainerOOMKilled)")


def test_a_restart_stays_a_restart(tmp_path: Path) -> None:
    restarting = STATUSES["ws-byo-after-update-phi-4-pinned"]
    one = pod("phi-4-pinned-0", **container(running={"startedAt": "x"}))
    one["metadata"]["namespace"] = "inference"
    dump(tmp_path, restarting, one)
    (seen,) = told(tmp_path, "cluster.yaml", code=5)
    assert seen["health"] == "Progressing"
    assert seen["message"].startswith("restarting, waiting for the model to be downloaded and loaded")


def test_a_lost_node_is_named_before_what_follows(tmp_path: Path) -> None:
    lost = STATUSES["ws-gpu-5-node-lost"]
    dump(tmp_path, lost, node("node-ws16d49b284", ready="Unknown"))
    (one,) = told(tmp_path, "cluster.yaml", code=1)
    assert one["message"].startswith(
        "node node-ws16d49b284 is not ready, node node-wsb9016991a is gone; it was ready and is no longer: "
    )
    assert one["nodes"]["ready"] == 0


def test_nodes_without_the_label_are_waited_for_by_it(tmp_path: Path) -> None:
    waiting = json.loads(json.dumps(STATUSES["ws-byo-multi-1-pending"]))
    waiting["status"]["workerNodes"] = []
    for condition in waiting["status"]["conditions"]:
        if condition["type"] in ("NodesReady", "ResourceReady"):
            condition.update(status="False", reason="NodeNotReady", message="Not enough Nodes are ready")
    labels = waiting["resource"]["labelSelector"]["matchLabels"]
    dump(tmp_path, waiting, node("a", labels), node("b"), node("c"))
    (one,) = told(tmp_path, "cluster.yaml", code=5)
    assert one["waitsFor"] == "node-labels"
    assert "which 1 of 3 have" in one["message"]
    assert one["fix"].startswith("kubectl label nodes NAME ")


def test_an_unread_log_names_the_way_out(tmp_path: Path) -> None:
    dump(tmp_path, STATUSES["ws-benchmark-failed"])
    (one,) = told(tmp_path, "cluster.yaml", code=1)
    assert one["fix"] == "kubectl annotate workspace phi -n team-a kaito.sh/disable-benchmark=true"
    assert "the benchmark failed" not in one["message"]


def test_a_frozen_set_is_seen_by_its_children(tmp_path: Path) -> None:
    frozen = STATUSES["iset-byo-3-frozen"]
    up, down = (
        replica("phi-byo-aaaaa", "ws-byo-multi-7-ready"),
        replica("phi-byo-bbbbb", "ws-byo-multi-6-2of3"),
    )
    dump(tmp_path, frozen)
    assert told(tmp_path, "cluster.yaml")[0]["health"] == "Healthy"  # of its replicas nothing is known
    dump(tmp_path, frozen, up, down)
    (one,) = told(tmp_path, "cluster.yaml", code=5)
    assert one["message"].startswith(
        "1 of 2 replicas are ready, though KAITO's status still says 2; phi-byo-bbbbb: "
    )
    assert (one["health"], one["waitsFor"], one["replicas"]["ready"]) == ("Progressing", "server", 1)
    dump(tmp_path, frozen, up, replica("phi-byo-bbbbb", "ws-byo-multi-2-imagepull"))
    (one,) = told(tmp_path, "cluster.yaml", code=1)
    assert (one["health"], [each["health"] for each in one["each"]]) == ("Degraded", ["Healthy", "Degraded"])
    dump(tmp_path, frozen, up)
    assert told(tmp_path, "cluster.yaml", code=5)[0]["replicas"] == {"desired": 2, "ready": 1}


def test_a_set_counts_what_its_replicas_measured(tmp_path: Path) -> None:
    each = [replica(f"phi-byo-{name}", "ws-byo-multi-7-ready") for name in ("aaaaa", "bbbbb")]
    dump(tmp_path, STATUSES["iset-byo-ready-2"], *each)
    (one,) = told(tmp_path, "cluster.yaml")
    assert (one["measured"]["tokensPerMinute"], one["measured"]["replicas"]) == (246913.0, 2)
    assert (one["nodes"]["desired"], one["endpoint"]["forward"].split()[4]) == (6, "service/phi-byo-aaaaa")


def test_a_set_that_cannot_go_names_the_config_map(tmp_path: Path) -> None:
    stuck = STATUSES["iset-gpu-7-stuck-deleting"]
    other = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "other", "namespace": "sets", "uid": "1"},
    }
    dump(tmp_path, stuck, other)
    (one,) = told(tmp_path, "cluster.yaml", code=5)
    assert one["waitsFor"] == "deletion"
    assert "being deleted since 2026-" in one["message"]
    assert (
        one["fix"] == "apply the ConfigMap phi-set-cfg again: KAITO reads it to delete this, and it is gone"
    )


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(f"{INTENT}---\n{SET}", encoding="utf-8")
    dump(tmp_path, SERVING)
    ready, missing = told(tmp_path, "a.intent.yaml", "cluster.yaml", code=5)
    assert (ready["outlook"], missing["health"], missing["outlook"]) == ("ready", "Missing", "waiting")
    assert missing["planned"]["nodes"] == 2
    assert missing["message"] == "it is not in cluster.yaml"


def test_what_differs_from_the_files_is_not_ready_yet(tmp_path: Path) -> None:
    labelled = INTENT.replace("namespace: gp", "namespace: gp, labels: {team: chat}")
    (tmp_path / "a.intent.yaml").write_text(labelled, encoding="utf-8")
    dump(tmp_path, SERVING)
    (one,) = told(tmp_path, "a.intent.yaml", "cluster.yaml", code=5)
    assert (one["health"], one["outlook"]) == ("Healthy", "waiting")
    assert [(change["verdict"], change["paths"]) for change in one["drift"]] == [
        ("in place", ["metadata.labels.team"])
    ]
    assert (
        "differs in metadata.labels.team; to apply it: in place"
        in run(tmp_path, "a.intent.yaml", "cluster.yaml").text
    )


def test_what_kaito_refuses_will_not_mend(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT.replace("NC24", "NC48"), encoding="utf-8")
    dump(tmp_path, SERVING)
    (one,) = told(tmp_path, "a.intent.yaml", "cluster.yaml", code=1)
    assert (one["health"], one["outlook"], one["drift"][0]["verdict"]) == ("Healthy", "broken", "refused")


def test_a_finished_manifest_is_as_good_as_an_intent(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT, encoding="utf-8")
    (tmp_path / "workspace.yaml").write_bytes(kaitogen("render", "a.intent.yaml", cwd=tmp_path).output)
    dump(tmp_path, SERVING, name="cluster.json")
    intent, manifest = (
        told(tmp_path, name, "cluster.json")[0] for name in ("a.intent.yaml", "workspace.yaml")
    )
    assert {**intent, "file": ""} == {**manifest, "file": ""}
    (found,) = told(tmp_path, "cluster.json")
    assert (found["file"], found["drift"]) == (None, None)


@pytest.mark.parametrize("key", ["served-model-name", "served_model_name"])
def test_a_model_is_called_by_the_name_that_its_settings_say(key: str, tmp_path: Path) -> None:
    named = INTENT.replace("{model: phi-4}", f"{{model: phi-4, config: {{vllm: {{{key}: small}}}}}}")
    (tmp_path / "a.intent.yaml").write_text(named, encoding="utf-8")
    (tmp_path / "objects.yaml").write_bytes(kaitogen("render", "a.intent.yaml", cwd=tmp_path).output)
    dump(tmp_path, SERVING)
    for name in ("a.intent.yaml", "objects.yaml"):
        (one,) = told(tmp_path, name, "cluster.yaml", code=5)
        assert one["endpoint"]["model"] == "small"
        assert '"model": "small"' in one["endpoint"]["curl"]


def test_a_gateway_has_the_address(tmp_path: Path) -> None:
    gateway = "gateway: {name: g, namespace: gateways, hostnames: [models.example.com], path: /phi}"
    (tmp_path / "a.intent.yaml").write_text(SET.replace("service: true", gateway), encoding="utf-8")
    dump(tmp_path, STATUSES["iset-gpu-6-zero"])
    (one,) = told(tmp_path, "a.intent.yaml", "cluster.yaml", code=5)
    assert (one["endpoint"]["url"], one["endpoint"]["forward"]) == ("http://models.example.com/phi", None)
    assert one["endpoint"]["curl"].startswith("curl http://models.example.com/phi/v1/chat/completions ")


def test_standard_input_is_either(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT, encoding="utf-8")
    seen = dump(tmp_path, SERVING).read_bytes()
    assert run(tmp_path, "a.intent.yaml", "-", stdin=seen).text.endswith("<stdin>: 1 object, 1 ready\n")
    assert run(tmp_path, "-", "cluster.yaml", stdin=INTENT.encode()).text.endswith(
        "cluster.yaml: 1 object, 1 ready\n"
    )


def test_a_namespace_that_nobody_writes_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT.replace(", namespace: gp", ""), encoding="utf-8")
    dump(tmp_path, SERVING)
    assert told(tmp_path, "a.intent.yaml", "cluster.yaml")[0]["namespace"] == "gp"
    assert told(tmp_path, "a.intent.yaml", "cluster.yaml", "-n", "other", code=5)[0]["health"] == "Missing"


def test_a_namespace_that_a_dump_does_not_have_is_no_empty_status(tmp_path: Path) -> None:
    dump(tmp_path, SERVING)
    done = run(tmp_path, "cluster.yaml", "-n", "other")
    assert (done.code, done.text) == (1, "")
    assert "KG771" in done.said
    assert "there is no Workspace and no InferenceSet of namespace other in it, only of gp" in done.said
    assert run(tmp_path, "cluster.yaml", "-n", "gp").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "nothing says what runs; add --live, or name the file"),
        (("a.intent.yaml",), 2, "nothing says what runs"),
        (("a.intent.yaml", "pods.yaml"), 1, "KG771"),
        (("wrong.intent.yaml", "cluster.yaml"), 1, "KG120"),
        (("absent.yaml", "cluster.yaml"), 3, "KG601"),
        (("a.intent.yaml", "cluster.yaml", "--live"), 2, "both say what runs"),
        (("a.intent.yaml", "a.intent.yaml", "cluster.yaml"), 0, ""),
    ],
)
def test_what_cannot_be_told_has_one_reason(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "a.intent.yaml").write_text(INTENT, encoding="utf-8")
    (tmp_path / "wrong.intent.yaml").write_text(f"{INTENT}  wrong: 1\n", encoding="utf-8")
    dump(tmp_path, SERVING)
    dump(tmp_path, pod(), name="pods.yaml")
    done = run(tmp_path, *words)
    assert done.code == code, done
    assert said in done.said
    assert bool(done.output) == (code == 0)


JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, 1, -1, "", [], {}, True, 1.5, [None], [{}], {"a": None}, 10**30, "\x00", ["a", 1]]
)
SEEN = [
    SERVING, STARTING, STATUSES["ws-byo-multi-1-pending"], STATUSES["iset-byo-ready-1"], STATUSES["ws-tuning-2-pod-failed"],
    replica("phi-byo-aaaaa", "ws-byo-multi-6-2of3"), pod(**container(waiting={"reason": "ErrImagePull"})), PULL,
    node("node-wsecfd3a8ed"),
]  # fmt: skip


@pytest.mark.parametrize("name", ["cluster.json", "cluster.yaml"])
def test_a_dump_that_cannot_be_read_says_why(tmp_path: Path, name: str) -> None:
    """It is what should say what runs, so that "nothing says what runs" would send its author looking for another."""
    whole = dump(tmp_path, SERVING, name=name).read_text("utf-8")
    cut = whole[: len(whole) // 2] + ("" if name.endswith("json") else "\n  - [")
    (tmp_path / name).write_text(cut, encoding="utf-8")
    done = run(tmp_path, name)
    assert (done.code, done.text) == (1, "")
    assert done.said.startswith(f"{name}:")
    assert "error KG102" in done.said
    done = run(tmp_path, "-", stdin=cut.encode())
    assert done.said.startswith("<stdin>:")
    assert "error KG102" in done.said
    done = run(tmp_path, "gone.yaml")
    assert done.code == 3
    assert done.said.startswith("gone.yaml: error KG601: cannot be read: no such file or directory\n")


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    keys = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in keys:
        yield from _paths(inner, (*path, key))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_dump_holds_there_is_a_status_or_a_finding(tmp_path: Path, data: st.DataObject) -> None:
    objects = json.loads(json.dumps(data.draw(st.lists(st.sampled_from(SEEN), min_size=1, max_size=4))))
    for _ in range(data.draw(st.integers(1, 3))):
        *above, last = data.draw(st.sampled_from(list(_paths(objects))))
        holder = objects
        for step in above:
            holder = holder[step]
        holder[last] = json.loads(json.dumps(data.draw(JUNK)))
    path = dump(tmp_path, SERVING, *objects, name="cluster.json")
    parsed = registry.parse(["status", str(path), "--format", "json"])
    assert parsed is not None
    command, options = parsed
    outcome = command.run(options)
    assert bool(outcome.stdout) != ("error" in outcome.stderr)
    if outcome.stdout:
        assert schema.explain("status", json.loads(outcome.stdout)) == []
