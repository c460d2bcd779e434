"""The plugin under Argo CD's own server: what the repo server asks, and what it gets."""

import json
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from kaitogen.integrations.argocd.parameters import PARAMETERS
from tests.acceptance import test_same_everywhere as seeded
from tests.acceptance.cases import Case, cases, name
from tests.acceptance.command import kaitogen
from tests.acceptance.repositories import write
from tests.e2e.argocd.conftest import ROOT, Sidecar

pytestmark = [pytest.mark.e2e, pytest.mark.checkout]

Start = Callable[..., Sidecar]
INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: {name}
spec:
  placement:
    instanceType: Standard_NC24ads_A100_v4
  inference:
    model: phi-4-mini-instruct
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    app = root / "models" / "phi"
    app.mkdir(parents=True)
    (app / "intent.yaml").write_text(INTENT.format(name="phi"), encoding="utf-8")
    (root / "README.md").write_text("models\n", encoding="utf-8")
    return root


def slow_plugin(seconds: int, *arguments: str) -> str:
    return yaml.safe_dump(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "ConfigManagementPlugin",
            "metadata": {"name": "slow"},
            "spec": {
                "init": {"command": ["sleep", str(seconds)]},
                "generate": {"command": ["kaitogen"], "args": ["argocd", "generate", *arguments]},
            },
        }
    )


def test_server_takes_the_plugin_under_its_plain_name(sidecar: Start, plugin: str, repository: Path) -> None:
    running = sidecar(plugin)
    assert running.socket.name == "kaitogen.sock"
    assert running.call("check", repository).answer == {}
    assert running.call("match", repository, "models/phi").answer == {}


def test_variant_detects_exactly_its_file(sidecar: Start, repository: Path) -> None:
    running = sidecar((ROOT / "deploy/argocd/plugin-discover.yaml").read_text(encoding="utf-8"))
    assert running.call("check", repository).answer == {"isDiscoveryConfigured": True}
    assert running.call("match", repository, "models/phi").answer == {
        "isSupported": True,
        "isDiscoveryEnabled": True,
    }
    assert running.call("match", repository, ".").answer == {"isDiscoveryEnabled": True}


def test_every_case_gives_the_objects_of_the_command_line(sidecar: Start, plugin: str) -> None:
    running = sidecar(plugin)

    def differs(case: Case) -> list[str]:
        answer = running.generate(case.folder)
        got = [json.loads(text) for text in answer.answer.get("manifests", [])]
        wanted = list(yaml.safe_load_all(case.expected.read_text(encoding="utf-8")))
        return [] if got == wanted else [f"{name(case)}: {answer.error or got}"]

    with ThreadPoolExecutor(4) as pool:
        wrong = [line for lines in pool.map(differs, cases("positive")) for line in lines]
    assert wrong == []


def test_parameters_reach_the_manifests(sidecar: Start, plugin: str, repository: Path) -> None:
    said: list[dict[str, Any]] = [
        {"name": "set", "map": {"spec.placement.count": "3"}},
        {"name": "kaito_version", "string": "0.4"},
    ]
    answer = sidecar(plugin).generate(repository, "models/phi", said)
    assert [json.loads(text)["resource"]["count"] for text in answer.answer["manifests"]] == [3]


def test_static_parameters_are_announced(sidecar: Start, plugin: str, repository: Path) -> None:
    answer = sidecar(plugin).call("parameters", repository, "models/phi").answer
    announced = {one["name"]: one for one in answer["parameterAnnouncements"]}
    assert list(announced) == [one.name for one in PARAMETERS]
    assert announced["include"]["collectionType"] == "array"
    assert announced["set"]["collectionType"] == "map"
    assert "0.12" in announced["kaito_version"]["tooltip"]


def test_dynamic_parameters_follow_the_intents_and_survive_a_broken_file(
    sidecar: Start, plugin: str, repository: Path
) -> None:
    with_dynamic = yaml.safe_load(plugin)
    with_dynamic["spec"]["parameters"] = {
        "dynamic": {"command": ["kaitogen"], "args": ["argocd", "parameters"]}
    }
    running = sidecar(yaml.safe_dump(with_dynamic))
    answer = running.call("parameters", repository, "models/phi").answer
    announced = {one["name"]: one for one in answer["parameterAnnouncements"]}
    assert announced["set"]["map"]["phi:spec.placement.instanceType"] == "Standard_NC24ads_A100_v4"
    (repository / "models/phi/intent.yaml").write_text("a: [\n", encoding="utf-8")
    answer = running.call("parameters", repository, "models/phi").answer
    assert len(answer["parameterAnnouncements"]) == len(announced)


def test_error_is_what_a_person_reads_and_the_same_each_time(
    sidecar: Start, plugin: str, repository: Path
) -> None:
    intent = repository / "models/phi/intent.yaml"
    intent.write_text(INTENT.format(name="phi").replace("instanceType", "instanceTyp"), encoding="utf-8")
    running = sidecar(plugin)
    answers = [running.generate(repository, "models/phi") for _ in range(3)]
    error = answers[0].error
    assert [one.error for one in answers] == [error] * 3
    assert error.startswith("error generating manifests: `kaitogen argocd generate` failed exit status 1: ")
    said = error.partition("exit status 1: ")[2]
    assert said.startswith("intent.yaml:7:5: error KG120: ")
    assert "instanceType" in said
    assert str(running.work) not in error
    assert len(said.splitlines()[-1]) <= 200


def test_empty_folder_is_an_error(sidecar: Start, plugin: str, repository: Path) -> None:
    running = sidecar(plugin)
    (repository / "empty").mkdir()
    (repository / "empty" / "notes.txt").write_text("nothing\n", encoding="utf-8")
    assert "KG110" in running.generate(repository, "empty").error
    allowed = running.generate(repository, "empty", [{"name": "allow_empty", "string": "true"}])
    assert (allowed.error, allowed.answer.get("manifests", [])) == ("", [])


def test_deadline_ends_the_call_and_leaves_nothing(sidecar: Start, repository: Path) -> None:
    running = sidecar(slow_plugin(30))
    begin = time.monotonic()
    answer = running.generate(repository, "models/phi", timeout="2s")
    assert time.monotonic() - begin < 25  # two, or thirty where nobody ends it
    assert answer.error
    deadline = time.monotonic() + 30
    while left := list((running.work / "_cmp_server").iterdir()):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def test_own_time_limit_comes_first_and_says_why(sidecar: Start, repository: Path) -> None:
    entries = "".join(f"    - metadata: {{name: n{number}}}\n" for number in range(100_000))
    defaults = "placement: {instanceType: Standard_NC24ads_A100_v4}, inference: {model: phi-4-mini-instruct}"
    text = (
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: fleet}\n"
        f"spec:\n  defaults: {{spec: {{{defaults}}}}}\n  workspaces:\n{entries}"
    )
    (repository / "models/phi/intent.yaml").write_text(text, encoding="utf-8")
    answer = sidecar(slow_plugin(0, "--time-limit", "1")).generate(repository, "models/phi")
    assert "KG610" in answer.error
    assert "intent.yaml" in answer.error


def test_large_repository_with_a_thousand_intents(sidecar: Start, plugin: str, tmp_path: Path) -> None:
    root = tmp_path / "large"
    for number in range(1000):
        folder = root / "models" / f"m{number}"
        folder.mkdir(parents=True)
        (folder / "intent.yaml").write_text(INTENT.format(name=f"m{number}"), encoding="utf-8")
    (root / "weights.bin").write_bytes(bytes(20 * 2**20))
    answer = sidecar(plugin).generate(root, "models")
    assert answer.error == ""
    assert len(answer.answer["manifests"]) == 1000


def test_fifty_at_once_do_not_meet(sidecar: Start, plugin: str, tmp_path: Path) -> None:
    running = sidecar(plugin)
    roots = []
    for number in range(50):
        root = tmp_path / f"r{number}"
        root.mkdir()
        (root / "intent.yaml").write_text(INTENT.format(name=f"m{number}"), encoding="utf-8")
        roots.append(root)

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(running.generate, roots))
    assert [json.loads(one.answer["manifests"][0])["metadata"]["name"] for one in answers] == [
        f"m{number}" for number in range(50)
    ]
    assert list((running.work / "_cmp_server").iterdir()) == []


def test_argocds_own_interpreter_agrees_with_every_health_sample(argocd: Path) -> None:
    """Once as a script of argocd-cm runs, once as a built-in one."""
    folders = sorted((ROOT / "deploy/argocd/health/kaito.sh").iterdir())
    wanted = {}
    for folder in folders:
        for test in yaml.safe_load((folder / "health_test.yaml").read_text(encoding="utf-8"))["tests"]:
            wanted[str(folder / test["inputPath"])] = test["healthStatus"]
    for options in ([], ["--open-libs"]):
        done = subprocess.run(
            [argocd, "health", *options, *folders], capture_output=True, text=True, check=True
        )
        assert json.loads(done.stdout) == wanted


def test_link_out_of_the_repository_never_arrives(sidecar: Start, plugin: str, repository: Path) -> None:
    """Argo CD's own guard; ours is behind it."""
    (repository / "models/phi/out.intent.yaml").symlink_to("/etc/passwd")
    answer = sidecar(plugin).generate(repository, "models/phi")
    assert "root:" not in answer.error
    assert answer.error


@pytest.mark.parametrize("number", [0, 14, 32, 37], ids=["intent", "defaults", "environment", "project file"])
def test_the_server_finds_what_ci_finds(sidecar: Start, plugin: str, tmp_path: Path, number: int) -> None:
    """A sample of the mistakes that tests/acceptance holds all of, in a cluster with an environment and a value by path."""
    file, old, new = seeded.MISTAKES[number]
    write(tmp_path, {**seeded.FILES, file: seeded.FILES[file].replace(old, new)})
    options, parameters = seeded.CLUSTERS[2]
    judged = kaitogen("validate", *options, "--format", "json", cwd=tmp_path)
    found = json.loads(judged.output)["findings"]
    assert found
    error = sidecar(plugin).generate(tmp_path, ".", parameters).error
    for one in found:
        assert f"{one['file']}:{one['line']}:{one['column']}: {one['severity']} {one['code']}: " in error
