"""What installs the plugin: plugin.yaml, deploy/argocd/, the form's parameters and the doctor."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.command import KAITOGEN, kaitogen

ROOT = Path(__file__).resolve().parents[2]
FILES = (
    "plugin.yaml",
    "deploy/argocd/plugin-discover.yaml",
    "deploy/argocd/kustomize/kustomization.yaml",
    "deploy/argocd/kustomize/network-policy.yaml",
    "deploy/argocd/kustomize/plugin.yaml",
    "deploy/argocd/kustomize/repo-server.yaml",
    "deploy/argocd/kustomize/argocd-cm.yaml",
    "deploy/argocd/helm/values.yaml",
    "deploy/argocd/examples/application.yaml",
    "deploy/argocd/examples/applicationset.yaml",
    "deploy/argocd/examples/hydrated.yaml",
)
#: What Argo CD reads of an announcement; what it does not know it drops.
ANNOUNCED = {"name", "title", "tooltip", "required", "itemType", "collectionType", "string", "array", "map"}
INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi}
spec:
  target: {kaito: "0.11"}
  placement: {strategy: count, count: 2, instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4-mini-instruct}
"""


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_files_of_the_repository_are_what_install_writes(tmp_path: Path) -> None:
    done = kaitogen("argocd", "install", "-o", tmp_path)
    assert done.code == 0, done.said
    assert sorted(
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    ) == sorted(FILES)
    assert [name for name in FILES if (tmp_path / name).read_bytes() != (ROOT / name).read_bytes()] == []


def test_print_shows_the_same_files_as_one_stream() -> None:
    shown = kaitogen("argocd", "install", "--print").text
    for name in FILES:
        assert f"# file: {name}\n{(ROOT / name).read_text(encoding='utf-8')}" in shown
    assert len(list(yaml.safe_load_all(shown))) == len(FILES)


def test_neither_print_nor_folder_is_wrong_usage() -> None:
    done = kaitogen("argocd", "install")
    assert (done.code, done.output) == (2, b"")


def test_install_renews_its_own_files_and_writes_over_nobody_else_s(tmp_path: Path) -> None:
    kaitogen("argocd", "install", "-o", tmp_path, "--image", "registry.internal/kaitogen:old")
    done = kaitogen("argocd", "install", "-o", tmp_path)
    assert done.code == 0, done.said
    assert [name for name in FILES if (tmp_path / name).read_bytes() != (ROOT / name).read_bytes()] == []
    (tmp_path / "deploy/argocd/examples/application.yaml").unlink()
    (tmp_path / "deploy/argocd/helm/values.yaml").write_text("mine\n")
    (tmp_path / "plugin.yaml.new").write_text("precious\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = kaitogen("argocd", "install", "-o", tmp_path, "--discover")
    assert done.code == 3
    assert "values.yaml exists and was not written by kaitogen" in done.said
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("image", "fix"),
    [
        ("", "write registry/repository:tag"),
        ("a b", "write registry/repository:tag"),
        ("x/Models:1", "write the repository in lower case"),
    ],
)
def test_an_image_that_no_cluster_would_pull_is_refused(image: str, fix: str, tmp_path: Path) -> None:
    """As `--image "$IMAGE"` gives one where the variable is not set."""
    done = kaitogen("argocd", "install", "-o", tmp_path / "install", "--image", image)
    assert (done.code, done.output) == (2, b"")
    assert f"--image {image!r} is no image reference; {fix}" in done.said
    assert not (tmp_path / "install").exists()


@pytest.mark.parametrize("command", [("argocd", "install"), ("kustomize", "components"), ("import", ".")])
def test_an_empty_name_of_a_folder_is_not_the_current_one(command: tuple[str, ...], tmp_path: Path) -> None:
    done = kaitogen(*command, "-o", "", cwd=tmp_path)
    assert (done.code, "-o names no folder" in done.said) == (2, True)
    assert not list(tmp_path.iterdir())


def test_image_detection_and_dynamic_parameters_are_options(tmp_path: Path) -> None:
    image = "registry.internal/kaitogen@sha256:" + "0" * 64
    done = kaitogen(
        "argocd", "install", "-o", tmp_path, "--image", image, "--discover", "--dynamic-parameters"
    )
    assert done.code == 0
    spec = yaml.safe_load((tmp_path / "plugin.yaml").read_text())["spec"]
    assert spec["discover"] == {"fileName": "intent.yaml"}
    assert spec["parameters"] == {"dynamic": {"command": ["kaitogen"], "args": ["argocd", "parameters"]}}
    for name in ("kustomize/repo-server.yaml", "helm/values.yaml"):
        assert image in (tmp_path / "deploy/argocd" / name).read_text()


@pytest.mark.parametrize("name", [name for name in FILES if "plugin" in name])
def test_plugin_has_only_keys_that_argo_cd_reads(name: str) -> None:
    plugin = load(name)
    assert set(plugin) == {"apiVersion", "kind", "metadata", "spec"}
    assert (plugin["kind"], plugin["metadata"]) == ("ConfigManagementPlugin", {"name": "kaitogen"})
    assert set(plugin["spec"]) - {"discover"} == {"generate", "parameters"}  # above all no version
    assert plugin["spec"]["generate"] == {"command": ["kaitogen"], "args": ["argocd", "generate"]}
    for one in plugin["spec"]["parameters"]["static"]:
        assert set(one) <= ANNOUNCED
        assert all(isinstance(value, str) for value in one.values())
        assert one["collectionType"] in {"string", "array", "map"}


def test_both_ways_to_install_have_the_same_sidecar_plugin_and_health() -> None:
    patch = load("deploy/argocd/kustomize/repo-server.yaml")["spec"]["template"]["spec"]
    values = load("deploy/argocd/helm/values.yaml")
    by_kustomize, by_helm = patch["containers"][0], values["repoServer"]["extraContainers"][0]
    assert by_kustomize["volumeMounts"][:-1] == by_helm["volumeMounts"][:-1]
    assert {key: by_helm[key] for key in by_helm if key != "volumeMounts"} == {
        key: by_kustomize[key] for key in by_kustomize if key != "volumeMounts"
    }
    assert values["configs"]["cmp"]["plugins"]["kaitogen"] == load("plugin.yaml")["spec"]
    assert values["configs"]["cm"] == load("deploy/argocd/kustomize/argocd-cm.yaml")["data"]


def test_both_ways_keep_the_repo_server_from_the_metadata_of_the_cloud() -> None:
    policy = load("deploy/argocd/kustomize/network-policy.yaml")
    assert load("deploy/argocd/helm/values.yaml")["extraObjects"] == [policy]
    kustomization = load("deploy/argocd/kustomize/kustomization.yaml")
    assert kustomization["resources"] == ["network-policy.yaml"]
    blocks = [one["ipBlock"] for rule in policy["spec"]["egress"] for one in rule["to"] if "ipBlock" in one]
    assert [one["except"] for one in blocks] == [["169.254.169.254/32"], ["fd00:ec2::254/128"]]


def test_sidecar_has_the_memory_of_all_its_calls() -> None:
    from kaitogen.commands import bounds
    from kaitogen.integrations.argocd import calls, generate

    sidecar = load("deploy/argocd/kustomize/repo-server.yaml")["spec"]["template"]["spec"]["containers"][0]
    limits = sidecar["resources"]["limits"]
    assert limits == {"cpu": "2", "memory": "3Gi"}
    assert calls.CALLS * (generate.MEBIBYTES + bounds.HEADROOM) <= 3 * 1024


def test_sidecar_is_locked_down() -> None:
    pod = load("deploy/argocd/kustomize/repo-server.yaml")["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["containers"][0]["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 999,
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert "--templates" not in (ROOT / "plugin.yaml").read_text()


def test_health_in_argocd_cm_is_the_tested_script() -> None:
    data = load("deploy/argocd/kustomize/argocd-cm.yaml")["data"]
    for kind in ("InferenceSet", "RAGEngine", "Workspace"):
        script = ROOT / "deploy/argocd/health/kaito.sh" / kind / "health.lua"
        assert data[f"resource.customizations.health.kaito.sh_{kind}"] == script.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["application", "applicationset", "hydrated"])
def test_example_names_the_plugin_and_its_parameters(name: str, tmp_path: Path) -> None:
    example = load(f"deploy/argocd/examples/{name}.yaml")
    spec = example["spec"]["template"]["spec"] if name == "applicationset" else example["spec"]
    assert "ServerSideApply=true" in spec["syncPolicy"]["syncOptions"]
    assert "SkipDryRunOnMissingResource=true" in spec["syncPolicy"]["syncOptions"]
    source = spec["sourceHydrator"]["drySource"] if name == "hydrated" else spec["source"]
    plugin = source["plugin"]
    assert plugin["name"] == "kaitogen"
    known = {one["name"] for one in load("plugin.yaml")["spec"]["parameters"]["static"]}
    assert {one["name"] for one in plugin["parameters"]} <= known


def test_example_set_renders_for_a_cluster_of_its_comment(tmp_path: Path) -> None:
    """The generator's file as the comment shows it, filled in as Argo CD does, through the plugin."""
    text = (ROOT / "deploy/argocd/examples/applicationset.yaml").read_text(encoding="utf-8")
    comment = [line.removeprefix("#   ") for line in text.splitlines() if line.startswith("#   ")]
    cluster = yaml.safe_load("\n".join(comment))
    parameters = load("deploy/argocd/examples/applicationset.yaml")["spec"]["template"]["spec"]["source"][
        "plugin"
    ]
    said = json.dumps(parameters["parameters"])
    for key in ("environment", "kaito", "nodeProvisioner"):
        said = said.replace("{{." + key + "}}", cluster[key])
    assert "{{" not in said
    (tmp_path / "intent.yaml").write_text(INTENT)
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "prod.yaml").write_text(
        "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: prod}\n"
        "spec: {defaults: {spec: {placement: {count: 5}}}}\n"
    )
    done = kaitogen("argocd", "generate", cwd=tmp_path, env={"ARGOCD_APP_PARAMETERS": said})
    assert done.code == 0, done.said
    assert next(yaml.safe_load_all(done.output))["resource"]["count"] == 5


def test_parameters_follow_the_intents(tmp_path: Path) -> None:
    (tmp_path / "intent.yaml").write_text(INTENT)
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "prod.yaml").write_text("x: y\n")
    announced = {
        one["name"]: one for one in json.loads(kaitogen("argocd", "parameters", cwd=tmp_path).output)
    }
    static = {one["name"]: one for one in load("plugin.yaml")["spec"]["parameters"]["static"]}
    assert announced.keys() == static.keys()
    assert announced["kaito_version"]["string"] == "0.11"
    assert announced["include"]["array"] == ["intent.yaml"]
    assert "There are: prod." in announced["environment"]["tooltip"]
    assert announced["set"]["map"] == {
        "phi:spec.placement.count": "2",
        "phi:spec.placement.instanceType": "Standard_NC24ads_A100_v4",
        "phi:spec.inference.model": "phi-4-mini-instruct",
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a: [",
        b"\xff\xfe",
        b"kind: WorkspaceIntentSet\nspec: {workspaces: [1, null, {spec: []}]}\n",
        b"- - -\n",
    ],
    ids=["empty", "syntax", "encoding", "shape", "list"],
)
def test_parameters_answer_on_a_broken_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "intent.yaml").write_bytes(content)
    done = kaitogen("argocd", "parameters", cwd=tmp_path)
    assert (done.code, done.said) == (0, "")
    assert len(json.loads(done.output)) == len(load("plugin.yaml")["spec"]["parameters"]["static"])


@pytest.fixture
def sidecar(tmp_path: Path) -> dict[str, str]:
    """A folder laid out as in the sidecar, and the environment that leads there."""
    for name in ("config", "sock", "work"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / "plugin.yaml", tmp_path / "config")
    return {
        "PATH": f"{KAITOGEN.parent}:{os.environ['PATH']}",
        "ARGOCD_PLUGINSOCKFILEPATH": str(tmp_path / "sock"),
        "ARGOCD_CMP_WORKDIR": str(tmp_path / "work"),
    }


def doctor(tmp_path: Path, env: dict[str, str]) -> tuple[int, str]:
    done = kaitogen("argocd", "doctor", "--config-dir-path", tmp_path / "config", env=env)
    return done.code, done.text


def wrong(text: str) -> list[str]:
    """What is wrong, but for the user: tests may run as root, which the sidecar may not."""
    return [line for line in text.splitlines() if line.startswith("wrong") and "as user 0" not in line]


def test_doctor_finds_a_good_installation_good(tmp_path: Path, sidecar: dict[str, str]) -> None:
    code, text = doctor(tmp_path, sidecar)
    assert wrong(text) == []
    assert code == (1 if os.getuid() == 0 else 0)
    assert text.count("ok   ") >= 9


def test_doctor_names_a_work_folder_that_is_none(tmp_path: Path, sidecar: dict[str, str]) -> None:
    folder = str(tmp_path / "none")
    _, text = doctor(tmp_path, {**sidecar, "ARGOCD_CMP_WORKDIR": "", "TMPDIR": folder})
    assert [line.startswith(f"wrong  the work folder {folder}") for line in wrong(text)] == [True]


def test_doctor_says_whether_the_kernel_fences_templates(
    tmp_path: Path, sidecar: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kaitogen.integrations.argocd import doctor as checks
    from kaitogen.pipeline.templating import fence

    plugin = tmp_path / "config" / "plugin.yaml"
    assert "fences templates" not in doctor(tmp_path, sidecar)[1]
    plugin.write_text(plugin.read_text().replace("- generate", "- generate\n      - --templates\n      - t"))
    _, text = doctor(tmp_path, sidecar)
    assert wrong(text) == []
    assert "ok     the kernel fences templates in: landlock, seccomp" in text
    monkeypatch.setattr(fence, "available", lambda: ("seccomp",))
    generator = {"command": ["kaitogen"], "args": ["argocd", "generate", "--templates", "t"]}
    found = [text for ok, text, _ in checks._command(generator) if not ok]
    assert "the kernel fences templates in: seccomp" in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (None, "cannot be read"),
        (("kind: ConfigManagementPlugin", "kind: Plugin"), "kind has to be ConfigManagementPlugin"),
        (("spec:\n", "spec:\n  version: v1\n"), "remove spec.version"),
        (("  generate:", "  lockRepo: true\n  generate:"), "does not read spec.lockRepo"),
        (("- kaitogen", "- kaitogenx"), "put kaitogen on the PATH"),
        (("- generate", "- genrate"), "write args: [argocd, generate]"),
        (("- generate", "- generate\n      - --templtes\n      - x"), "write args: [argocd, generate]"),
        (("name: strict", "name: stict"), "write plugin.yaml anew"),
        (("apiVersion", "a: [\napiVersion"), "cannot be read"),
    ],
)
def test_doctor_says_what_is_wrong_with_the_plugin(
    tmp_path: Path, sidecar: dict[str, str], change: tuple[str, str] | None, said: str
) -> None:
    plugin = tmp_path / "config" / "plugin.yaml"
    if change is None:
        plugin.unlink()
    else:
        plugin.write_text(plugin.read_text().replace(*change))
    code, text = doctor(tmp_path, sidecar)
    assert code == 1
    assert len(wrong(text)) == 1, text
    assert said in text
    assert "fix: " in text


def test_doctor_says_what_is_wrong_with_the_folders(tmp_path: Path, sidecar: dict[str, str]) -> None:
    (tmp_path / "sock").rmdir()
    (tmp_path / "work").rmdir()
    code, text = doctor(tmp_path, sidecar)
    assert code == 1
    assert text.count("cannot be written\n") == 2
    assert ("user 0, which is root\n" in text) == (os.getuid() == 0)
    assert "mount the volume `plugins` there" in text
    assert "mount an emptyDir" in text
