"""What people build with the functions: overlays, prefixes, hashes, checks, and the flag they forget."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.kustomize.conftest import ALPHA, BIN, Done, Tools, by_identity, function, write

pytestmark = pytest.mark.e2e

SKU = "Standard_NC24ads_A100_v4"
CONFIG = {"vllm": {"max-model-len": 8192}}


def intent(name: str = "phi", **inference: Any) -> dict[str, Any]:
    return {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": {"name": name},
        "spec": {
            "placement": {"instanceType": SKU},
            "inference": {"model": "phi-4-mini-instruct", **inference},
        },
    }


def fleet(*names: str) -> dict[str, Any]:
    spec = intent()["spec"]
    spec["inference"]["config"] = CONFIG
    return {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntentSet",
        "metadata": {"name": "fleet"},
        "spec": {"defaults": {"spec": spec}, "workspaces": [{"metadata": {"name": name}} for name in names]},
    }


def base(folder: Path, *tail: Any, **kustomization: Any) -> Path:
    """A base with an intent, a set, a Deployment that YAML readers disagree about, and a generated ConfigMap."""
    deployment = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n"
        "      containers: [{name: web, image: web, envFrom: [{configMapRef: {name: settings}}]}]\n"
        "      volumes: [{name: keys, secret: {secretName: keys, defaultMode: 0644}}]\n"
    )
    references = (Path(__file__).resolve().parents[3] / "overlays" / "namereference.yaml").read_text("utf-8")
    return write(
        folder,
        phi=intent(config=CONFIG, accessSecret="token"),
        fleet=fleet("one", "two"),
        web=deployment,
        namereference=references,
        kustomization={
            "resources": ["phi.yaml", "fleet.yaml", "web.yaml"],
            "configMapGenerator": [{"name": "settings", "literals": ["a=b"]}],
            "secretGenerator": [
                {"name": "token", "literals": ["t=x"], "options": {"disableNameSuffixHash": True}}
            ],
            "configurations": ["namereference.yaml"],
            **kustomization,
        },
    )


def overlay(folder: Path, env: str, **more: Any) -> Path:
    return write(
        folder / env,
        expand=function("WorkspaceTransformer"),
        kustomization={
            "resources": ["../base"],
            "namePrefix": f"{env}-",
            "nameSuffix": "-x",
            "namespace": env,
            "labels": [{"pairs": {"env": env}}],
            "transformers": ["expand.yaml"],
            **more,
        },
    )


def one(done: Done, kind: str, name: str) -> Any:
    return next(obj for obj in done.objects if obj["kind"] == kind and obj["metadata"]["name"] == name)


def refers_inside(done: Done) -> None:
    """Every name that an object refers to is that of an object in the same build and namespace."""
    there = {key[1:] for key in by_identity(done.objects)}
    for obj in done.objects:
        namespace = obj["metadata"].get("namespace", "")
        if obj["kind"] == "Workspace":
            if "config" in obj["inference"]:
                assert ("ConfigMap", namespace, obj["inference"]["config"]) in there
            secret = obj["inference"]["preset"].get("presetOptions", {}).get("modelAccessSecret")
            assert secret is None or ("Secret", namespace, secret) in there
        if obj["kind"] == "Deployment":
            (source,) = obj["spec"]["template"]["spec"]["containers"][0]["envFrom"]
            assert ("ConfigMap", namespace, source["configMapRef"]["name"]) in there


def test_intent_itself_is_a_generator(tools: Tools, tmp_path: Path) -> None:
    config = intent()
    config["metadata"]["annotations"] = {"config.kubernetes.io/function": "exec: {path: kaitogen-krm}"}
    done = tools.build(write(tmp_path, phi=config, kustomization={"generators": ["phi.yaml"]}))
    (workspace,) = done.objects
    assert workspace["metadata"] == {"name": "phi"}
    assert done.said == ""


def test_inline_intents_and_files_together(tools: Tools, tmp_path: Path) -> None:
    spec = {"intents": [intent("inline"), fleet("a")], "files": ["phi.intent.yaml", "more"]}
    write(
        tmp_path,
        config=function("WorkspaceGenerator", spec=spec),
        kustomization={"generators": ["config.yaml"]},
    )
    (tmp_path / "phi.intent.yaml").write_text(yaml.safe_dump(intent("file")))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "intent.yaml").write_text(yaml.safe_dump(intent("folder")))
    assert tools.build(tmp_path).named("Workspace") == ["a", "file", "folder", "inline"]


def test_generator_in_a_base_reads_its_own_folder(tools: Tools, tmp_path: Path) -> None:
    config = function("WorkspaceGenerator", spec={"files": ["phi.intent.yaml"]})
    write(tmp_path / "base", config=config, kustomization={"generators": ["config.yaml"]})
    (tmp_path / "base" / "phi.intent.yaml").write_text(yaml.safe_dump(intent()))
    top = write(tmp_path / "top", kustomization={"resources": ["../base"], "namePrefix": "top-"})
    assert tools.build(top).named("Workspace") == ["top-phi"]


def test_base_from_a_git_repository(tools: Tools, tmp_path: Path) -> None:
    """kustomize clones it into a folder of its own: generators and intents work there as they do here."""
    config = function("WorkspaceGenerator", spec={"files": ["made.intent.yaml"]})
    write(tmp_path / "repo" / "made", config=config, kustomization={"generators": ["config.yaml"]})
    (tmp_path / "repo" / "made" / "made.intent.yaml").write_text(yaml.safe_dump(intent("made")))
    write(tmp_path / "repo" / "patched", phi=intent(), kustomization={"resources": ["phi.yaml"]})
    git = ("git", "-C", tmp_path / "repo", "-c", "user.name=x", "-c", "user.email=x@example.com")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "x")):
        assert tools.run(*git, *words).code == 0
    repo = f"file://{tmp_path}/repo//"
    kustomization = {
        "resources": [f"{repo}made?ref=main", f"{repo}patched?ref=main"],
        "patches": [{"patch": yaml.safe_dump({**intent(), "spec": {"placement": {"count": 2}}})}],
        "namePrefix": "git-",
        "transformers": ["expand.yaml"],
    }
    done = tools.build(
        write(tmp_path / "top", expand=function("WorkspaceTransformer"), kustomization=kustomization)
    )
    assert done.named("Workspace") == ["git-made", "git-phi"]
    assert one(done, "Workspace", "git-phi")["resource"]["count"] == 2


@pytest.mark.parametrize("way", ["file", "link"])
def test_intent_outside_of_the_kustomization_is_refused(way: str, tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "outside.intent.yaml").write_text(yaml.safe_dump(intent()))
    name = "../outside.intent.yaml"
    folder = tmp_path / "build"
    folder.mkdir()
    if way == "link":
        name = "inside.intent.yaml"
        (folder / name).symlink_to("../outside.intent.yaml")
    config = function("WorkspaceGenerator", spec={"files": [name]})
    done = tools.build(write(folder, config=config, kustomization={"generators": ["config.yaml"]}))
    assert (done.code, done.output) == (1, "")
    assert "KG142" in done.said


def test_overlay_changes_intents_and_everything_still_fits(tools: Tools, tmp_path: Path) -> None:
    base(tmp_path / "base")
    merge = {**intent(), "spec": {"placement": {"count": 2}}}
    json6902 = '[{"op": "replace", "path": "/spec/defaults/spec/placement/instanceType", "value": "Standard_NC48ads_A100_v4"}]'
    patches = [
        {"patch": yaml.safe_dump(merge)},
        {"target": {"kind": "WorkspaceIntentSet"}, "patch": json6902},
    ]
    done = tools.build(overlay(tmp_path, "dev", patches=patches))
    assert done.named("Workspace") == ["dev-one-x", "dev-phi-x", "dev-two-x"]
    assert one(done, "Workspace", "dev-phi-x")["resource"]["count"] == 2
    assert one(done, "Workspace", "dev-one-x")["resource"]["instanceType"] == "Standard_NC48ads_A100_v4"
    assert all(obj["metadata"]["namespace"] == "dev" for obj in done.objects)
    assert all(obj["metadata"]["labels"] == {"env": "dev"} for obj in done.objects)
    assert not any("annotations" in obj["metadata"] for obj in done.objects)
    (volume,) = one(done, "Deployment", "dev-web-x")["spec"]["template"]["spec"]["volumes"]
    assert volume["secret"]["defaultMode"] == 0o644
    assert one(done, "Workspace", "dev-phi-x")["inference"]["preset"]["presetOptions"] == {
        "modelAccessSecret": "dev-token-x"
    }
    refers_inside(done)


def test_hashes_reach_the_names_that_an_intent_says(tools: Tools, tmp_path: Path) -> None:
    """A ConfigMap and a Secret that kustomize makes, named by an intent that is expanded in an overlay."""
    named = intent(config={"configMapName": "mine"}, accessSecret="token")
    generated = {"name": "mine", "literals": ["inference_config.yaml=vllm: {}"]}
    secret = {"name": "token", "literals": ["HF_TOKEN=x"]}
    base(tmp_path / "base", configMapGenerator=[generated], secretGenerator=[secret], resources=["phi.yaml"])
    write(tmp_path / "base", phi=named)
    done = tools.build(overlay(tmp_path, "dev"))
    inference = one(done, "Workspace", "dev-phi-x")["inference"]
    assert inference["config"].startswith("dev-mine-x-")
    assert inference["preset"]["presetOptions"]["modelAccessSecret"].startswith("dev-token-x-")
    refers_inside(done)


def test_patch_that_makes_an_intent_wrong_stops_the_build(tools: Tools, tmp_path: Path) -> None:
    base(tmp_path / "base")
    patch = {**intent(), "spec": {"placement": {"instanceTyp": SKU}}}
    done = tools.build(overlay(tmp_path, "dev", patches=[{"patch": yaml.safe_dump(patch)}]))
    assert (done.code, done.output) == (1, "")
    assert "did you mean instanceType?" in done.said
    assert "WorkspaceIntent dev-phi-x" in done.said


def test_two_overlays_in_one_parent(tools: Tools, tmp_path: Path) -> None:
    base(tmp_path / "base")
    overlay(tmp_path, "dev")
    overlay(tmp_path, "prod")
    patch = {
        "apiVersion": "kaito.sh/v1beta1",
        "kind": "Workspace",
        "metadata": {"name": "phi", "namespace": "dev"},
        "inference": {"config": "by-hand"},
    }
    kustomization: dict[str, Any] = {"resources": ["../dev", "../prod"], "namePrefix": "eu-"}
    done = tools.build(write(tmp_path / "all", kustomization=kustomization))
    assert done.named("Workspace") == [
        f"eu-{env}-{name}-x" for env in ("dev", "prod") for name in ("one", "phi", "two")
    ]
    refers_inside(done)
    kustomization["patches"] = [{"patch": yaml.safe_dump(patch)}]
    patched = tools.build(write(tmp_path / "all", kustomization=kustomization))
    assert one(patched, "Workspace", "eu-dev-phi-x")["inference"]["config"] == "by-hand"


def test_transformer_runs_as_legacy_plugin_of_kubectl_alike(
    tools: Tools, plugin_home: str, tmp_path: Path
) -> None:
    base(tmp_path / "base")
    folder = overlay(tmp_path, "dev")
    by_exec = tools.build(folder)
    write(folder, expand=function("WorkspaceTransformer", run=""))
    by_plugin = tools.kubectl_build(folder, KUSTOMIZE_PLUGIN_HOME=plugin_home)
    assert by_plugin.output == by_exec.output
    refers_inside(by_plugin)


def test_validator_lets_a_good_build_pass_and_stops_a_bad_one(
    tools: Tools, plugin_home: str, tmp_path: Path
) -> None:
    base(tmp_path / "base")
    overlay(tmp_path, "dev")
    plain = tools.build(write(tmp_path / "plain", kustomization={"resources": ["../dev"]}))
    for count, code in ((3, 0), (4, 1)):
        config = function("WorkspaceValidator", spec={"expect": count})
        folder = write(
            tmp_path / "all",
            check=config,
            kustomization={"resources": ["../dev"], "validators": ["check.yaml"]},
        )
        done = tools.build(folder)
        assert (done.code, done.output) == (code, "" if code else plain.output)
        assert ("KG146" in done.said) == bool(code)
    # The same as a legacy plugin.
    write(tmp_path / "dev", expand=function("WorkspaceTransformer", run=""))
    write(folder, check=function("WorkspaceValidator", spec={"expect": 3}, run=""))
    assert tools.kubectl_build(folder, KUSTOMIZE_PLUGIN_HOME=plugin_home).output == plain.output


def test_validator_that_echoes_is_a_transformer(tools: Tools, tmp_path: Path) -> None:
    base(tmp_path / "base")
    overlay(tmp_path, "dev")
    config = function("WorkspaceValidator", spec={"echo": True})
    kustomization = {"resources": ["../dev"], "transformers": ["check.yaml"]}
    done = tools.build(write(tmp_path / "all", check=config, kustomization=kustomization))
    assert done.output == tools.build(tmp_path / "dev").output


def test_validator_finds_intents_that_nobody_expanded(tools: Tools, tmp_path: Path) -> None:
    base(tmp_path / "base", validators=["check.yaml"])
    write(tmp_path / "base", check=function("WorkspaceValidator"))
    done = tools.build(tmp_path / "base")
    assert done.code == 1
    assert done.said.count("KG145:") == 2


@pytest.mark.parametrize("way", ["generator", "transformer"])
def test_forgotten_flag_is_caught_by_the_check_of_the_build(way: str, tools: Tools, tmp_path: Path) -> None:
    if way == "generator":
        config = function("WorkspaceGenerator", spec={"intents": [intent()]})
        kustomization: dict[str, Any] = {"generators": ["config.yaml"]}
    else:
        config = function("WorkspaceTransformer")
        kustomization = {"resources": ["phi.yaml"], "transformers": ["config.yaml"]}
    folder = write(tmp_path / "build", config=config, phi=intent(), kustomization=kustomization)
    skipped = tools.build(folder, *ALPHA)
    assert (skipped.code, skipped.named("Workspace")) == (0, [])
    script = f"'{tools.kustomize}' build $FLAGS '{folder}' | '{BIN}/kaitogen' kustomize check --expect 1"
    assert tools.run("sh", "-c", script, FLAGS=" ".join(ALPHA)).code == 1
    assert tools.run("sh", "-c", script, FLAGS="--enable-alpha-plugins --enable-exec").code == 0
    wrong = script.replace("--expect 1", "--node-provisioner byo")
    assert "KG4" in tools.run("sh", "-c", wrong, FLAGS="--enable-alpha-plugins --enable-exec").said


STUB = """#!/bin/sh
# Stands in for docker: the function in an emptied environment, from a folder that cannot be written to.
case " $* " in *" --network none "*) ;; *) echo "a network was asked for" >&2; exit 9;; esac
cd "{empty}" && exec env -i PYTHONDONTWRITEBYTECODE=1 "{program}"
"""


def test_container_function_needs_neither_home_nor_files(tools: Tools, tmp_path: Path) -> None:
    empty, bin_ = tmp_path / "empty", tmp_path / "bin"
    for folder in (empty, bin_):
        folder.mkdir()
    (bin_ / "docker").write_text(STUB.format(empty=empty, program=BIN / "kaitogen-krm"))
    (bin_ / "docker").chmod(0o755)
    empty.chmod(0o555)
    run = "container: {image: ghcr.io/kaitogen/kaitogen-krm}\n"
    path = {"PATH": f"{bin_}:{tools.env['PATH']}"}
    config = function("WorkspaceGenerator", spec={"intents": [intent(config=CONFIG)]}, run=run)
    folder = write(tmp_path / "build", config=config, kustomization={"generators": ["config.yaml"]})
    assert tools.kubectl_build(folder, **path).named("Workspace") == ["phi"]
    write(folder, config=function("WorkspaceGenerator", spec={"files": ["phi.intent.yaml"]}, run=run))
    (folder / "phi.intent.yaml").write_text(yaml.safe_dump(intent()))
    done = tools.kubectl_build(folder, **path)
    assert done.code == 1
    assert "a container sees no files: put the intents under spec.intents" in done.said
    assert list(empty.iterdir()) == []


PIECES: dict[str, Callable[[Any], bool]] = {
    "byo-nodes": lambda one: "instanceType" not in one["resource"],
    "karpenter": lambda one: one["resource"]["instanceType"] == SKU,
    "mig": lambda one: one["resource"]["partition"] == {"mode": "mig", "profile": "3g.40gb"},
    "throughput": lambda one: one["metadata"]["annotations"] == {"kaito.sh/performance-mode": "throughput"},
    "argocd-waves": lambda one: one["metadata"]["annotations"] == {"argocd.argoproj.io/sync-wave": "10"},
    "keep": lambda one: one["metadata"]["annotations"] == {"argocd.argoproj.io/sync-options": "Prune=false"},
}


def test_every_component_is_built_here(tools: Tools) -> None:
    listed = tools.run(BIN / "kaitogen", "kustomize", "components").output
    names = [line.split()[0] for line in listed.splitlines()]
    assert sorted([*PIECES, "expand.yaml", "namereference.yaml"]) == sorted(names)


@pytest.mark.parametrize("piece", PIECES)
def test_component_does_what_it_says(piece: str, tools: Tools, tmp_path: Path) -> None:
    base(tmp_path / "base")
    folder = tmp_path / "top"
    done = tools.run(BIN / "kaitogen", "kustomize", "components", piece, "expand.yaml", "-o", folder)
    assert done.code == 0, done.said
    kustomization = {"resources": ["../base"], "components": [piece], "transformers": ["expand.yaml"]}
    built = tools.build(write(folder, kustomization=kustomization))
    workspaces = [one for one in built.objects if one["kind"] == "Workspace"]
    assert [PIECES[piece](one) for one in workspaces] == [True] * 3


def test_rendered_folder_is_a_base_like_any_other(tools: Tools, tmp_path: Path) -> None:
    source = tmp_path / "phi.intent.yaml"
    source.write_text(yaml.safe_dump(intent(config=CONFIG)))
    words = (BIN / "kaitogen", "render", source, "-o", tmp_path / "rendered", "--kustomization")
    assert tools.run(*words).code == 0
    assert tools.run(*words, "--check").code == 0
    folder = write(tmp_path / "top", kustomization={"resources": ["../rendered"], "namePrefix": "flux-"})
    done = tools.build(folder, *ALPHA)
    refers_inside(done)
    assert done.named("Workspace") == ["flux-phi"]
    os.unlink(tmp_path / "rendered" / "kustomization.yaml")
    assert tools.run(*words, "--check").code == 1


@pytest.mark.parametrize("pool", [{}, {"pool": {"picker": "epp"}}])
def test_names_inside_what_stands_around_base_and_burst_follow_a_prefix(
    pool: dict[str, Any], tools: Tools, tmp_path: Path
) -> None:
    one = intent()
    around = {
        "target": {"nodeProvisioner": "karpenter"},
        "replicas": {"base": 2, "burst": {"max": 4}},
        "endpoint": {"gateway": {"name": "g", **pool}},
        "disruption": {"maxUnavailable": 1},
        "monitoring": {"podMonitor": True},
    }
    source = tmp_path / "phi.intent.yaml"
    source.write_text(yaml.safe_dump({**one, "spec": {**one["spec"], **around}}))
    done = tools.run(BIN / "kaitogen", "render", source)
    assert done.code == 0, done.said
    (tmp_path / "made.yaml").write_text(done.output)
    references = (Path(__file__).resolve().parents[3] / "overlays" / "namereference.yaml").read_text("utf-8")
    kustomization = {
        "resources": ["../made.yaml"],
        "configurations": ["namereference.yaml"],
        "namePrefix": "x-",
    }
    built = tools.build(
        write(tmp_path / "top", namereference=references, kustomization=kustomization),
        "--load-restrictor", "LoadRestrictionsNone",
    )  # fmt: skip
    text = yaml.safe_dump_all(built.objects)
    both = ["x-phi", "x-phi-burst"]
    assert sorted(built.named("InferenceSet")) == both
    for kind in ("InferencePool" if pool else "Service", "PodMonitor"):
        selectors = [one["spec"]["selector"] for one in built.objects if one["kind"] == kind]
        labels = [one.get("matchLabels", one)["inferenceset.kaito.sh/created-by"] for one in selectors]
        assert sorted(labels) == both, text
    (route,) = (one for one in built.objects if one["kind"] == "HTTPRoute")
    assert [one["name"] for one in route["spec"]["rules"][0]["backendRefs"]] == both
    (budget,) = (one for one in built.objects if one["kind"] == "PodDisruptionBudget")
    assert budget["spec"]["selector"]["matchExpressions"][0]["values"] == both


def replicated(folder: Path, **spec: Any) -> Path:
    """An overlay that asks for four replicas, of a base with an intent of that specification."""
    one = intent(config=CONFIG)
    write(
        folder / "base",
        phi={**one, "spec": {**one["spec"], **spec}},
        namereference=(Path(__file__).resolve().parents[3] / "overlays" / "namereference.yaml").read_text(),
        kustomization={"resources": ["phi.yaml"], "configurations": ["namereference.yaml"]},
    )
    return overlay(folder, "prod", replicas=[{"name": "phi", "count": 4}])


@pytest.mark.parametrize("spec", [{}, {"replicas": 2}])
def test_replicas_of_kustomize_reach_an_intent(spec: dict[str, Any], tools: Tools, tmp_path: Path) -> None:
    built = tools.build(replicated(tmp_path, **spec))
    (made,) = (one for one in built.objects if one["kind"] == "InferenceSet")
    assert (made["metadata"]["name"], made["spec"]["replicas"]) == ("prod-phi-x", 4)
    assert made["spec"]["template"]["inference"]["config"] == built.named("ConfigMap")[0]


SCALING = {
    "by": "keda",
    "max": 3,
    "schedule": [{"start": "0 8 * * *", "end": "0 18 * * *", "timezone": "Europe/Berlin", "replicas": 3}],
}


def test_replicas_of_kustomize_do_not_fight_an_autoscaler(tools: Tools, tmp_path: Path) -> None:
    done = tools.build(replicated(tmp_path, scaling=SCALING))
    assert done.code != 0
    assert "KG225" in done.said


@pytest.mark.parametrize(("spec", "replicas"), [({"replicas": 2}, 4), ({"scaling": SCALING}, None)])
def test_replicas_of_kustomize_reach_a_rendered_set_that_has_a_number(
    spec: dict[str, Any], replicas: int | None, tools: Tools, tmp_path: Path
) -> None:
    one = intent(config=CONFIG)
    write(tmp_path, source={**one, "spec": {**one["spec"], **spec}})
    words = (
        BIN / "kaitogen",
        "render",
        tmp_path / "source.yaml",
        "-o",
        tmp_path / "rendered",
        "--kustomization",
    )
    assert tools.run(*words).code == 0
    kustomization = {
        "resources": ["../rendered"], "namePrefix": "eu-", "replicas": [{"name": "phi", "count": 4}],
    }  # fmt: skip
    built = tools.build(write(tmp_path / "top", kustomization=kustomization), *ALPHA)
    (made,) = (one for one in built.objects if one["kind"] == "InferenceSet")
    assert (made["metadata"]["name"], made["spec"].get("replicas")) == ("eu-phi", replicas)
    assert made["spec"]["template"]["inference"]["config"] == built.named("ConfigMap")[0]


def test_names_inside_intents_that_kaitogen_expands_after_the_build(tools: Tools, tmp_path: Path) -> None:
    named = {"model": "phi-4", "accessSecret": "hf", "config": {"configMapName": "settings"}}
    one = {**intent(), "spec": {**intent()["spec"], "replicas": 2, "inference": named}}
    fleet = {
        "apiVersion": one["apiVersion"],
        "kind": "WorkspaceIntentSet",
        "metadata": {"name": "fleet"},
        "spec": {
            "defaults": {"spec": {"placement": one["spec"]["placement"], "inference": {"config": {"configMapName": "settings"}}}},
            "workspaces": [{"metadata": {"name": "other"}, "spec": {"inference": named}}],
        },
    }  # fmt: skip
    built = tools.build(
        write(
            tmp_path / "base",
            phi=one,
            fleet=fleet,
            namereference=(
                Path(__file__).resolve().parents[3] / "overlays" / "namereference.yaml"
            ).read_text(),
            kustomization={
                "resources": ["phi.yaml", "fleet.yaml"],
                "configurations": ["namereference.yaml"],
                "configMapGenerator": [{"name": "settings", "literals": ["inference_config.yaml=vllm: {}"]}],
                "secretGenerator": [{"name": "hf", "literals": ["HF_TOKEN=a"]}],
                "namePrefix": "eu-",
            },
        )
    )
    (settings,), (secret,) = built.named("ConfigMap"), built.named("Secret")
    assert settings.startswith("eu-settings-")
    made = {"config": {"configMapName": settings}, "accessSecret": secret, "model": "phi-4"}
    by_kind = {each["kind"]: each.get("spec", {}) for each in built.objects}
    assert by_kind["WorkspaceIntent"]["inference"] == made
    assert by_kind["WorkspaceIntentSet"]["workspaces"][0]["spec"]["inference"] == made
    assert by_kind["WorkspaceIntentSet"]["defaults"]["spec"]["inference"] == {"config": made["config"]}


def own_nodes(name: str = "phi") -> dict[str, Any]:
    """An intent for nodes of the user's own, which makes itself a Workspace."""
    own = intent(name)
    own["spec"]["placement"] = {}
    own["spec"]["target"] = {"nodeProvisioner": "byo"}
    own["metadata"]["annotations"] = {"config.kubernetes.io/function": "exec: {path: kaitogen-krm}"}
    return own


@pytest.mark.parametrize("way", ["over a generator", "in a generator", "under a transformer"])
def test_selector_follows_the_prefix_by_every_route_or_is_told(
    way: str, tools: Tools, tmp_path: Path
) -> None:
    """Three overlays of one base in one parent: each has nodes of its own, or a check says that it has not."""
    made = own_nodes()
    if way == "under a transformer":
        del made["metadata"]["annotations"]
    listed = {"over a generator": "generators"}.get(way, "resources")
    write(tmp_path / "base", phi=made, kustomization={listed: ["phi.yaml"]})
    for env in ("eu", "us", "in"):
        write(tmp_path / env, kustomization={"resources": ["../base"], "namePrefix": f"{env}-"})
    parents: dict[str, dict[str, Any]] = {
        "over a generator": {"resources": ["../eu", "../us", "../in"]},
        "in a generator": {"generators": ["../eu", "../us", "../in"]},
        "under a transformer": {"resources": ["../eu", "../us", "../in"], "transformers": ["expand.yaml"]},
    }
    write(tmp_path / "all", expand=function("WorkspaceTransformer"), kustomization=parents[way])
    done = tools.build(tmp_path / "all")
    assert sorted(done.named("Workspace")) == ["eu-phi", "in-phi", "us-phi"]
    selectors = {obj["resource"]["labelSelector"]["matchLabels"]["apps"] for obj in done.objects}
    (tmp_path / "built.yaml").write_text(done.output)
    check = tools.run(
        "sh",
        "-c",
        f"'{BIN}/kaitogen' kustomize check --expect 3 --node-provisioner byo < '{tmp_path}/built.yaml'",
    )
    told = check.said.count("warning KG234")
    assert (len(selectors), told) == ((1, 2) if way == "over a generator" else (3, 0))


def test_doctor_looks_into_a_folder_that_is_a_generator(tools: Tools, tmp_path: Path) -> None:
    write(tmp_path / "base", phi=own_nodes(), kustomization={"resources": ["phi.yaml"]})
    write(tmp_path / "patched", kustomization={"resources": ["../base"]})
    write(tmp_path / "top", kustomization={"generators": ["../patched"]})
    path = f"{tools.kustomize.parent}{os.pathsep}{tools.env['PATH']}"
    done = tools.run(BIN / "kaitogen", "kustomize", "doctor", tmp_path / "top", PATH=path)
    assert "WorkspaceIntent phi in " in done.output
    assert "nothing in" not in done.output
